"""The backup: an export of everything, daily."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.constructs.rules import check_directories
from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.claims import claim as new_claim
from cdk8s_paperless_ngx.manifests.containers import application_container, gate
from cdk8s_paperless_ngx.manifests.cron_jobs import cron_job
from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import BACKUP, checked_object_name
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.model.storage import Location
from cdk8s_paperless_ngx.model.volumes import AccessMode, ExistingClaim, NewClaim
from cdk8s_paperless_ngx.validation.cron import check_schedule
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.names import check_optional_name
from cdk8s_paperless_ngx.validation.numbers import check_duration
from cdk8s_paperless_ngx.validation.time_zones import check_time_zone
from cdk8s_paperless_ngx.validation.types import checked

_SHARED: Final = frozenset({Directory.MEDIA})
"""Also written to: the lock that keeps files still while they are copied is there."""
_RESOURCES: Final = Resources(cpu_request="50m", memory_request="256Mi", memory_limit="1Gi")
_MARGIN: Final = timedelta(minutes=5)
"""Left of the task limit to a task that waited for an export: its own work, before and after."""
_MINUTE: Final = timedelta(minutes=1)


class Backup(InstancePart):
    """A CronJob that exports documents, files and configuration of an instance to a place of its own.

    ``document_exporter`` writes what ``document_importer`` of the same version reads into an empty instance. Unchanged
    files are not copied again, and whatever else is in its folder is **deleted**: files of documents that are gone, and
    all that is not the export's. Passwords of mail accounts and tokens of single sign-on are in it **in clear text**:
    whoever reads the claim has them. Not in it: Secrets and ConfigMaps, API tokens, and files that still wait in
    consume and scratch.

    While it runs, it keeps the media directory's lock: documents are not stored, and workers wait, up to their task
    limit, at which a task fails. So a run ends before that, unless another deadline is named. A run that was ended
    keeps what it has copied, and the next one goes on from there.

    It waits for a migration to end, and a migration waits for it.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation.
        part: Second half of the CronJob's name and of a new claim's; give a second backup another one.
        schedule: When, as a cron expression.
        time_zone: IANA name of the schedule's time zone; unset, the cluster's.
        claim: Where to: a new ReadWriteOnce claim ``<instance>-<part>``, or an existing one with the folder in it
            (``sub_path``) that is the exporter's alone.
        storage_class: Of a new claim; unset, the cluster's default class.
        deadline: When a run is ended; unset, five minutes less than the workers' task limit, 25 by default. With more,
            let no document arrive meanwhile, or make the task limit longer, too.
        resources: CPU and memory of the pod.

    Raises:
        ValueError: ``schedule`` is not a cron expression, ``time_zone`` not a time zone, ``part`` or ``storage_class``
            cannot be a name, or ``deadline`` is below a minute; or an existing claim has no ``sub_path``, or a storage
            class beside it. When the app is synthesized: there are files of somebody else where the export goes to.
    """

    cron_job: k8s.KubeCronJob

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
        claim: NewClaim | ExistingClaim = NewClaim(size="20Gi"),
        storage_class: str | None = None,
        deadline: timedelta | None = None,
        resources: Resources = _RESOURCES,
    ) -> None:
        super().__init__(scope, id, instance=instance)
        path = self.path
        check_schedule(path, "schedule", schedule)
        if time_zone is not None:
            check_time_zone(path, "time_zone", time_zone)
        check_optional_name(path, "storage_class", storage_class)
        if deadline is not None:
            check_duration(path, "deadline", deadline, minimum=_MINUTE)
        name, folder = self._claim(path, instance, part, claim, storage_class)
        check_directories(self, instance.namespace, {"claim": Location(volume=name, sub_path=folder)})
        container = application_container(
            instance,
            name=BACKUP,
            command=(
                "python3",
                "manage.py",
                "document_exporter",
                paths.BACKUP_DIRECTORY,
                "--delete",
                "--no-progress-bar",
            ),
            environment_beside=(),
            mounts=[
                *volumes.directory_mounts(instance, _SHARED),
                *volumes.private_mounts(directory for directory in Directory if directory not in _SHARED),
                volumes.volume_mount(BACKUP, paths.BACKUP_DIRECTORY, folder),
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
            deadline=deadline or _default_deadline(instance),
            directories=_SHARED,
            volumes_beside=[volumes.claim_volume(BACKUP, name)],
            gate=gate(instance, needs_index=False),
        )

    def _claim(
        self, path: str, instance: Instance, part: str, claim: NewClaim | ExistingClaim, storage_class: str | None
    ) -> tuple[str, str]:
        """Return the claim's name and the folder inside it; create it where it is new."""
        if isinstance(claim, ExistingClaim):
            if claim.sub_path is None:
                advice = "name a folder that is the exporter's alone: it deletes there what is not of the export"
                raise conflict(path, f"claim {claim.name!r} has no sub_path", advice)
            if claim.access_mode is AccessMode.READ_ONLY_MANY:
                raise refusal(path, "claim", "one that can be written to", claim.access_mode.value, "name another one")
            if storage_class is not None:
                raise conflict(path, f"storage_class {storage_class!r} is of no use to a claim that exists", "drop it")
            return claim.name, claim.sub_path
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
        )
        # Not the volume's root: `--delete` would try to remove a lost+found there.
        return name, BACKUP


def _default_deadline(instance: Instance) -> timedelta:
    """Return how long a task that began with the export can wait for it."""
    return max(instance.task_limit - _MARGIN, instance.task_limit // 2)
