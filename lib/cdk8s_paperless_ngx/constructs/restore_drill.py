"""The drill: restores the newest generation of a backup, weekly, and looks whether everything is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.constructs.rules import check_directories, check_generations
from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.containers import application_container, optional_variable, release_variables
from cdk8s_paperless_ngx.manifests.cron_jobs import cron_job
from cdk8s_paperless_ngx.manifests.off_site import fetch_containers, ssh_volumes
from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.backups import NEWEST, drill_folder, off_site_folder
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import BACKUP, DRILL
from cdk8s_paperless_ngx.model.off_site import Repository
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.model.storage import Location
from cdk8s_paperless_ngx.model.volumes import AccessMode, ExistingClaim
from cdk8s_paperless_ngx.references import SecretKey, Variable
from cdk8s_paperless_ngx.validation.cron import check_schedule
from cdk8s_paperless_ngx.validation.names import check_optional_name
from cdk8s_paperless_ngx.validation.numbers import check_duration
from cdk8s_paperless_ngx.validation.quantities import check_size
from cdk8s_paperless_ngx.validation.time_zones import check_time_zone
from cdk8s_paperless_ngx.validation.types import checked

# As the migration's: it imports, and makes an index.
_RESOURCES: Final = Resources(cpu_request="100m", memory_request="256Mi", memory_limit="2Gi")
_FETCHED: Final = "fetched"
_MINUTE: Final = timedelta(minutes=1)


class RestoreDrill(InstancePart):
    """A CronJob that imports the newest generation of a backup into a throw-away instance, and looks.

    Database (SQLite), media and index are in the pod and go with it. It compares every file with its checksum, counts
    records, has upstream's sanity checker look, and searches for a word. The Job fails when anything is not there, and
    also when the newest generation is of another version than the image, as it is between an upgrade and the next
    backup. It has no password of the database and mounts none of the instance's directories; the backup is read-only to
    it, and so are the instance's extra mounts. It needs Redis, where it leaves keys with the prefix ``drill:``.

    With a `repository` the newest generation is fetched from there, and what is tried is the copy off-site.

    How it went is in the file ``drill.prom``, in a folder beside the generations whose name ends in ``-drill``; with a
    repository it ends in this construct's `part`.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation.
        generations: Where they are, mostly `Backup.generations`.
        repository: Where the newest generation is fetched from; unset, that of the claim is tried.
        part: Second half of the CronJob's name; give a second drill another one.
        schedule: When, as a cron expression; not while the backup runs.
        time_zone: IANA name of the schedule's time zone; unset, the cluster's.
        passphrase: The one that the backup was made with.
        size: Room for one generation, its database and its index, and with a repository for the fetched generation as
            well, that is for two. A drill that needs more is ended, and nobody else.
        storage_class: Of a volume that is made for each run and goes with its pod; unset, it works on the node's own
            disk.
        deadline: When a run is ended.
        resources: CPU and memory of the pod.

    Raises:
        ValueError: ``schedule`` is not a cron expression, ``time_zone`` not a time zone, ``part`` or ``storage_class``
            cannot be a name, ``size`` is no quantity, or ``deadline`` is below a minute. When the app is synthesized:
            the generations are another instance's, or their backup has a passphrase and the drill has none.
    """

    cron_job: k8s.KubeCronJob

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        generations: ExistingClaim,
        repository: Repository | None = None,
        part: str = DRILL,
        schedule: str = "0 6 * * sun",
        time_zone: str | None = None,
        passphrase: SecretKey | None = None,
        size: str = "25Gi",
        storage_class: str | None = None,
        deadline: timedelta = timedelta(hours=6),
        resources: Resources = _RESOURCES,
    ) -> None:
        super().__init__(scope, id, instance=instance)
        path = self.path
        check_schedule(path, "schedule", schedule)
        if time_zone is not None:
            check_time_zone(path, "time_zone", time_zone)
        check_optional_name(path, "storage_class", storage_class)
        check_duration(path, "deadline", deadline, minimum=_MINUTE)
        check_size(path, "size", size)
        check_generations(self, instance, generations, imports=True, passphrase=passphrase)
        if repository is None:
            folder = drill_folder(generations.sub_path)
            tried = volumes.volume_mount(BACKUP, paths.BACKUP_DIRECTORY, generations.sub_path, read_only=True)
            fetch: list[k8s.Container] = []
        else:
            folder = off_site_folder(generations.sub_path, part)
            tried = volumes.private_mount(paths.BACKUP_DIRECTORY, _FETCHED)
            fetch = fetch_containers(instance, repository, generation=NEWEST, target=tried)
        mounts, variables = self._metrics(instance, generations, folder)
        container = application_container(
            _harmless(instance),
            name=DRILL,
            command=("python3", paths.script("drill")),
            environment_beside=(
                *release_variables(instance),
                Variable(name="BACKUP_DIR", value=paths.BACKUP_DIRECTORY),
                Variable(name="DRILL_DIR", value=paths.TEMPORARY_DIRECTORY),
                *variables,
                *optional_variable("EXPORT_PASSPHRASE", passphrase),
            ),
            mounts=[
                *volumes.private_mounts(),
                volumes.scripts_mount(),
                tried,
                *mounts,
            ],
            resources_wanted=resources,
        )
        self.cron_job = cron_job(
            self,
            instance,
            container,
            component=DRILL,
            part=part,
            schedule=schedule,
            time_zone=time_zone,
            deadline=deadline,
            directories=(),
            volumes_beside=[
                *([volumes.claim_volume(BACKUP, generations.name)] if mounts or not fetch else []),
                *ssh_volumes(repository),
            ],
            init_containers=fetch,
            private=volumes.throw_away_volume(size, storage_class),
        )

    def _metrics(
        self, instance: Instance, generations: ExistingClaim, folder: str
    ) -> tuple[list[k8s.VolumeMount], tuple[Variable, ...]]:
        """Return how to keep what a drill found, where that can be written."""
        if generations.access_mode is AccessMode.READ_ONLY_MANY:
            return [], ()
        check_directories(self, instance.namespace, {"generations": Location(volume=generations.name, sub_path=folder)})
        mount = volumes.volume_mount(BACKUP, paths.DRILL_DIRECTORY, folder)
        return [mount], (Variable(name="DRILL_METRICS", value=f"{paths.DRILL_DIRECTORY}/drill.prom"),)


def _harmless(instance: Instance) -> Instance:
    """Return the instance as one sees it who must neither reach its database nor change its files."""
    secret = instance.database.secret_variables()
    mounts = tuple(replace(mount, read_only=True) for mount in instance.extras.mounts)
    return replace(
        instance,
        variables=tuple(each for each in instance.variables if each not in secret),
        extras=replace(instance.extras, mounts=mounts),
    )
