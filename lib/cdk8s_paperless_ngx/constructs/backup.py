"""The backup: an export of everything, daily, proved and published as a generation."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.constructs.rules import check_backup, check_directories
from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.claims import claim as new_claim
from cdk8s_paperless_ngx.manifests.containers import (
    application_container,
    gate,
    optional_variable,
    release_variables,
)
from cdk8s_paperless_ngx.manifests.cron_jobs import cron_job
from cdk8s_paperless_ngx.manifests.jobs import claim_job
from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.backups import GENERATIONS
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import BACKUP, checked_object_name
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.model.storage import Location
from cdk8s_paperless_ngx.model.volumes import AccessMode, ExistingClaim, NewClaim
from cdk8s_paperless_ngx.references import SecretKey, Variable
from cdk8s_paperless_ngx.validation.cron import check_schedule
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.names import check_optional_name, check_word
from cdk8s_paperless_ngx.validation.numbers import check_duration, check_whole_number, seconds
from cdk8s_paperless_ngx.validation.time_zones import check_time_zone
from cdk8s_paperless_ngx.validation.types import checked

_SHARED: Final = frozenset({Directory.MEDIA})
"""Also written to: the lock that keeps files still while they are copied is there."""
_COUNTED: Final = frozenset({Directory.CONSUME, Directory.SCRATCH})
"""Only read: what waits there is not in an export, and a generation says how much that was."""
_RESOURCES: Final = Resources(cpu_request="50m", memory_request="256Mi", memory_limit="2Gi")
_MARGIN: Final = timedelta(minutes=5)
"""Left of the task limit to a task that waited for an export: its own work, before and after."""
_LEAST_LIMIT: Final = timedelta(seconds=30)
_MINUTE: Final = timedelta(minutes=1)


class Backup(InstancePart):
    """A CronJob that publishes a generation of documents, files and configuration of an instance each day.

    Beside it a new claim, and a Job that uses it once, so that it is bound before the first night whatever its class.

    A run has upstream's ``document_exporter`` write into a folder of its own, compares every file with the checksum
    that the application has of it, and then publishes a dated generation, in which a file that has not changed costs
    nothing (a hard link). Nothing changes a published generation any more, whatever happens to the instance or to a
    later run; the newest `keep` good ones stay. ``document_importer`` of the same version reads a generation's
    ``export``, and ``sha256sum -c SHA256SUMS`` proves it anywhere.

    Nothing is published, and the Job fails, when many or all documents of the newest generation are gone, also where
    others have come, or when media has originals that the database does not know, or has lost or spoiled as many. A
    file that media has lost or spoiled is taken from an older generation; the Job fails then, too, so that somebody
    looks.

    Not in a generation: Secrets and ConfigMaps, API tokens, the search index, and files that still wait in consume and
    scratch. Passwords of mail accounts and tokens of single sign-on are in it **in clear text**, unless there is a
    `passphrase`: whoever reads the claim has them.

    While the exporter runs, it keeps the media directory's lock: documents are not stored, and workers wait, up to
    their task limit, at which a task fails. So it is ended before that; what it has copied stays, and the next run goes
    on from there. All else that a run does needs no lock. A run waits for a migration to end, and a migration waits for
    a run.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation.
        part: Second half of the CronJob's name and of a new claim's; give a second backup another one.
        schedule: When, as a cron expression.
        time_zone: IANA name of the schedule's time zone; unset, the cluster's.
        claim: Where to: a new ReadWriteOnce claim ``<instance>-<part>``, or an existing one with the folder in it
            (``sub_path``) that is this backup's alone. It takes twice what is in media, and what changes over `keep`
            generations; on file systems that share blocks (XFS, Btrfs, NFS 4.2) once.
        storage_class: Of a new claim; unset, the cluster's default class. Better another one than that of the data,
            which is on the same disks otherwise; the metric ``paperless_ngx_backup_beside_data`` is 1 then.
        keep: How many good generations stay.
        fall_percent: The share of the documents that may be gone since the generation before.
        meant: A word, such as a date, by which somebody says that so many documents are meant to be gone. It counts
            once, for the next generation that is published.
        compare_checksums: Read unchanged files as well, here and in the generation that they are linked from, so that
            one that has rotted is not linked again, and those in media, so that one that was spoiled there is noticed.
            Without it a run is much faster; then only a drill finds the former, and of the latter only those whose size
            or time has changed are found.
        split_manifest: Write a manifest for each document.
        passphrase: Encrypts passwords of mail accounts and tokens. Keep it elsewhere, too: without it they are lost.
        export_limit: When the exporter is ended; unset, five minutes less than the workers' task limit, 25 by default.
            With more, let no document arrive meanwhile, or make the task limit longer, too.
        deadline: When a whole run is ended.
        resources: CPU and memory of the pod. The exporter keeps the texts of all documents in memory, twice.

    Raises:
        ValueError: ``schedule`` is not a cron expression, ``time_zone`` not a time zone, ``part`` or ``storage_class``
            cannot be a name, ``meant`` is no word, ``keep`` is below 1, ``fall_percent`` is not 0 to 99,
            ``export_limit`` is below 30 seconds or ``deadline`` not longer; or an existing claim has no ``sub_path``,
            or a storage class beside it. When the app is synthesized: there are files of somebody else where the backup
            goes to.
    """

    cron_job: k8s.KubeCronJob
    generations: ExistingClaim
    """Where they are: what `RestoreDrill` and `Restore` take."""

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        part: str = BACKUP,
        schedule: str = "0 3 * * *",
        time_zone: str | None = None,
        claim: NewClaim | ExistingClaim = NewClaim(size="50Gi"),
        storage_class: str | None = None,
        keep: int = 14,
        fall_percent: int = 20,
        meant: str | None = None,
        compare_checksums: bool = True,
        split_manifest: bool = False,
        passphrase: SecretKey | None = None,
        export_limit: timedelta | None = None,
        deadline: timedelta = timedelta(hours=6),
        resources: Resources = _RESOURCES,
    ) -> None:
        super().__init__(scope, id, instance=instance)
        path = self.path
        check_schedule(path, "schedule", schedule)
        if time_zone is not None:
            check_time_zone(path, "time_zone", time_zone)
        check_optional_name(path, "storage_class", storage_class)
        check_whole_number(path, "keep", keep, minimum=1)
        check_whole_number(path, "fall_percent", fall_percent, minimum=0, maximum=99)
        if meant is not None:
            check_word(path, "meant", meant)
        export_limit = _default_limit(instance) if export_limit is None else export_limit
        _check_times(path, export_limit, deadline)
        self.generations = self._claim(path, instance, part, claim, storage_class)
        # Of a claim that exists nobody here knows the class.
        same_class = isinstance(claim, NewClaim) and storage_class == instance.storage.storage_class
        folder = Location(volume=self.generations.name, sub_path=self.generations.sub_path)
        check_directories(self, instance.namespace, {"claim": folder})
        check_backup(self, instance, self.generations, passphrase)
        container = application_container(
            instance,
            name=BACKUP,
            command=("python3", paths.script("backup")),
            environment_beside=(
                *release_variables(instance),
                Variable(name="BACKUP_DIR", value=paths.BACKUP_DIRECTORY),
                Variable(name="BACKUP_WAITING_DIR", value=paths.WAITING_DIRECTORY),
                Variable(name="BACKUP_KEEP", value=str(keep)),
                Variable(name="BACKUP_FALL_PERCENT", value=str(fall_percent)),
                Variable(name="BACKUP_COMPARE_CHECKSUMS", value="true" if compare_checksums else "false"),
                Variable(name="BACKUP_SPLIT_MANIFEST", value="true" if split_manifest else "false"),
                Variable(name="BACKUP_SAME_CLASS", value="true" if same_class else "false"),
                Variable(name="BACKUP_EXPORT_SECONDS", value=str(seconds(export_limit))),
                *optional_variable("BACKUP_MEANT", meant),
                *optional_variable("EXPORT_PASSPHRASE", passphrase),
            ),
            mounts=[
                *volumes.directory_mounts(instance, _SHARED),
                *volumes.directory_mounts(instance, _COUNTED, read_only=True, below=paths.WAITING_DIRECTORY),
                *volumes.private_mounts(
                    (directory for directory in Directory if directory not in _SHARED), instance.trash
                ),
                volumes.scripts_mount(),
                volumes.volume_mount(BACKUP, paths.BACKUP_DIRECTORY, folder.sub_path),
            ],
            resources_wanted=resources,
        )
        self.cron_job = cron_job(
            self,
            instance,
            container,
            component=BACKUP,
            part=part,
            schedule=schedule,
            time_zone=time_zone,
            deadline=deadline,
            directories=_SHARED | _COUNTED,
            volumes_beside=[volumes.claim_volume(BACKUP, self.generations.name)],
            gate=gate(instance, needs_index=False),
        )
        if isinstance(claim, NewClaim) and not instance.suspended:
            claim_job(self, instance, part=part, claim=self.generations.name, directories=_SHARED | _COUNTED)

    def _claim(
        self, path: str, instance: Instance, part: str, claim: NewClaim | ExistingClaim, storage_class: str | None
    ) -> ExistingClaim:
        """Return the claim and the folder inside it; create it where it is new."""
        if isinstance(claim, ExistingClaim):
            if claim.sub_path is None:
                advice = "name a folder that is this backup's alone"
                raise conflict(path, f"claim {claim.name!r} has no sub_path", advice)
            if claim.access_mode is AccessMode.READ_ONLY_MANY:
                raise refusal(path, "claim", "one that can be written to", claim.access_mode.value, "name another one")
            if storage_class is not None:
                raise conflict(path, f"storage_class {storage_class!r} is of no use to a claim that exists", "drop it")
            return claim
        name = claim.name or checked_object_name(path, instance.name, part)
        new_claim(
            self,
            "claim",
            namespace=instance.namespace,
            name=name,
            labels=object_labels(selector_labels(instance.name, BACKUP)),
            size=claim.size,
            access_mode=AccessMode.READ_WRITE_ONCE,
            storage_class=storage_class,
            labels_beside=claim.labels,
            annotations=claim.annotations,
        )
        return ExistingClaim(name=name, sub_path=GENERATIONS, access_mode=AccessMode.READ_WRITE_ONCE)


def _default_limit(instance: Instance) -> timedelta:
    """Return how long a task that began with the export can wait for it."""
    return max(instance.task_limit - _MARGIN, instance.task_limit // 2)


def _check_times(path: str, export_limit: timedelta, deadline: timedelta) -> None:
    check_duration(path, "export_limit", export_limit, minimum=_LEAST_LIMIT)
    check_duration(path, "deadline", deadline, minimum=_MINUTE)
    if deadline <= export_limit:
        problem = f"deadline {deadline} leaves no time after an export of {export_limit}"
        raise conflict(path, problem, "files are read, compared and linked after it; make it longer")
