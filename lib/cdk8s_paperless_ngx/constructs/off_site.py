"""Off-site: pushes generations of a backup into a restic repository, and checks what is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.constructs.rules import check_directories, check_generations, check_repository
from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.containers import optional_variable
from cdk8s_paperless_ngx.manifests.cron_jobs import cron_job
from cdk8s_paperless_ngx.manifests.off_site import deciding_container, restic_container, ssh_volumes
from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.backups import off_site_folder
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import BACKUP, OFF_SITE, OFF_SITE_CHECK
from cdk8s_paperless_ngx.model.off_site import Repository, Retention
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.model.storage import Location
from cdk8s_paperless_ngx.model.volumes import AccessMode, ExistingClaim
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation import cron
from cdk8s_paperless_ngx.validation.errors import refusal
from cdk8s_paperless_ngx.validation.names import check_word
from cdk8s_paperless_ngx.validation.numbers import check_duration, check_whole_number
from cdk8s_paperless_ngx.validation.time_zones import check_time_zone
from cdk8s_paperless_ngx.validation.types import checked

# restic keeps the repository's index in memory: about 200 MiB for a terabyte.
_RESOURCES: Final = Resources(cpu_request="50m", memory_request="128Mi", memory_limit="1Gi")
_MINUTE: Final = timedelta(minutes=1)


class OffSite(InstancePart):
    """Two CronJobs: one pushes the newest generation of a backup into a restic repository, one checks what is there.

    The repository is on another machine (S3, SFTP, restic's REST server and more), encrypted, and has a file once,
    however many generations it is in. A push reads every file of the generation and compares it with the checksum that
    was published, before anything is sent; restic then reads what is new. Only after a push that succeeded are older
    snapshots removed, by `retention`, and only those that came from this backup's folder: another cluster's, or a
    person's, stay, whatever their name is.

    Nothing is pushed, and the Job fails, when there is no generation or the newest one is damaged; when the repository
    is another one than before, or is gone; when the generation's number is lower than one that this folder pushed; and
    when a folder that never pushed has many fewer documents than what another one has pushed for this instance, as a
    cluster that began anew. No success is told before the repository lists the generation, with all of its files. A
    repository is begun where restic says that there is none, and only if nothing was ever pushed from this folder.

    What is known of the repository, and the metrics ``off-site.prom`` and ``check.prom``, are in a folder beside the
    generations whose name ends in this construct's `part`. The generations themselves are only read.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation.
        generations: What is pushed, mostly `Backup.generations`.
        repository: Where to.
        part: Second half of the CronJobs' names, the other of which has ``-check`` behind it; give a second one, to
            another repository, another part.
        schedule: When to push, as a cron expression; after the backup.
        check_schedule: When to check what is there.
        time_zone: IANA name of the schedules' time zone; unset, the cluster's.
        retention: Which snapshots stay; None for all, as where the storage lets nobody delete.
        read_data_percent: The share of the repository that a check downloads and reads, at random each time. The rest
            is compared with its index alone.
        meant: A word, such as a date, by which somebody says that what is refused is meant. It counts once, for the
            next push that succeeds.
        deadline: When a push, or a check, is ended. A push that was ended goes on in the next run.
        resources: CPU and memory of restic.

    Raises:
        ValueError: A schedule is not a cron expression, ``time_zone`` not a time zone, ``part`` cannot be a name,
            ``meant`` is no word, ``read_data_percent`` is not 1 to 100, ``deadline`` is below a minute, or the claim
            can only be read. When the app is synthesized: another construct keeps files in the folder of what is known,
            the generations are another instance's, or another `OffSite` pushes into the same repository under the same
            name.
    """

    cron_job: k8s.KubeCronJob
    check: k8s.KubeCronJob

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        generations: ExistingClaim,
        repository: Repository,
        part: str = OFF_SITE,
        schedule: str = "0 5 * * *",
        check_schedule: str = "0 12 * * sun",
        time_zone: str | None = None,
        retention: Retention | None = Retention(),
        read_data_percent: int = 5,
        meant: str | None = None,
        deadline: timedelta = timedelta(hours=12),
        resources: Resources = _RESOURCES,
    ) -> None:
        super().__init__(scope, id, instance=instance)
        path = self.path
        _check_schedules(path, schedule, check_schedule, time_zone)
        check_whole_number(path, "read_data_percent", read_data_percent, minimum=1, maximum=100)
        if meant is not None:
            check_word(path, "meant", meant)
        check_duration(path, "deadline", deadline, minimum=_MINUTE)
        if generations.access_mode is AccessMode.READ_ONLY_MANY:
            rule, advice = "in a claim that can be written to", "what is known of the repository is kept beside them"
            raise refusal(path, "generations", rule, generations.access_mode.value, advice)
        check_generations(self, instance, generations)
        folder = off_site_folder(generations.sub_path, part)
        check_directories(self, instance.namespace, {"generations": Location(volume=generations.name, sub_path=folder)})
        check_repository(self, repository.location, repository.host_of(instance.name))
        read = volumes.volume_mount(BACKUP, paths.BACKUP_DIRECTORY, generations.sub_path, read_only=True)
        known = volumes.volume_mount(BACKUP, paths.OFF_SITE_DIRECTORY, folder)
        variables = (
            Variable(name="BACKUP_DIR", value=paths.BACKUP_DIRECTORY),
            Variable(name="OFF_SITE_DIR", value=paths.OFF_SITE_DIRECTORY),
            *optional_variable("OFF_SITE_MEANT", meant),
        )

        def decides(name: str, *command: str) -> k8s.Container:
            return deciding_container(
                instance, name=name, command=("off_site", *command), variables=variables, mounts=[read, known]
            )

        def restic(step: str, *arguments: str, mounts: tuple[k8s.VolumeMount, ...] = ()) -> k8s.Container:
            return restic_container(
                instance,
                repository,
                name=step,
                arguments=(step, *arguments),
                mounts=mounts,
                resources_wanted=resources,
            )

        claim = [volumes.claim_volume(BACKUP, generations.name), *ssh_volumes(repository)]
        self.cron_job = cron_job(
            self,
            instance,
            decides("report", "report"),
            component=OFF_SITE,
            part=part,
            schedule=schedule,
            time_zone=time_zone,
            deadline=deadline,
            directories=(),
            volumes_beside=claim,
            init_containers=[
                restic("look"),
                decides("plan", "plan", *(retention.words if retention else ())),
                restic("push", mounts=(read,)),
                restic("thin-out"),
            ],
        )
        self.check = cron_job(
            Construct(self, "check"),
            instance,
            decides("report", "checked"),
            component=OFF_SITE_CHECK,
            part=f"{part}-check",
            schedule=check_schedule,
            time_zone=time_zone,
            deadline=deadline,
            directories=(),
            volumes_beside=claim,
            init_containers=[restic("check", str(read_data_percent))],
        )


def _check_schedules(path: str, push: str, check: str, time_zone: str | None) -> None:
    cron.check_schedule(path, "schedule", push)
    cron.check_schedule(path, "check_schedule", check)
    if time_zone is not None:
        check_time_zone(path, "time_zone", time_zone)
