"""The backup: an export of everything, daily."""

from __future__ import annotations

from typing import Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_arguments
from cdk8s_paperless_ngx.checks import (
    check_optional_name,
    check_schedule,
    check_time_zone,
    check_whole_number,
    refusal,
)
from cdk8s_paperless_ngx.files import ExistingClaim
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.kubernetes import volumes
from cdk8s_paperless_ngx.kubernetes.claims import claim as new_claim
from cdk8s_paperless_ngx.kubernetes.jobs import cron_job
from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.kubernetes.workloads import application_container, part_name, release_gate
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.rules import Places, PlacesApart
from cdk8s_paperless_ngx.storage import Directory, NewClaim, Place

_COMPONENT: Final = "backup"
_PATH: Final = "/usr/src/paperless/backup"
_SHARED: Final = frozenset({Directory.MEDIA})
"""Also written to: the lock that keeps files still while they are copied is there."""
_RESOURCES: Final = Resources(cpu_request="50m", memory_request="256Mi", memory_limit="1Gi")
_MARGIN_SECONDS: Final = 300
"""Left of the task limit to a task that waited for an export: its own work, before and after."""


class Backup(Construct):
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
        deadline_minutes: When a run is ended; unset, five minutes less than the workers' task limit, 25 by default.
            With more, let no document arrive meanwhile, or make the task limit longer, too.
        resources: CPU and memory of the pod.

    Raises:
        ValueError: ``schedule`` is no cron expression, ``time_zone`` no time zone, ``part`` or ``storage_class`` no
            name, or ``deadline_minutes`` is below 1; or an existing claim has no ``sub_path``, or a storage class
            beside it. When it is synthesized: where the export goes to are files of somebody else.
    """

    cron_job: k8s.KubeCronJob
    places: Places

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        part: str = _COMPONENT,
        schedule: str = "0 3 * * *",
        time_zone: str | None = None,
        claim: NewClaim | ExistingClaim = NewClaim(size="20Gi"),
        storage_class: str | None = None,
        deadline_minutes: int | None = None,
        resources: Resources = _RESOURCES,
    ) -> None:
        super().__init__(scope, id)
        check_arguments(self.node.path, Backup.__init__, locals())
        path = self.node.path
        check_schedule(path, "schedule", schedule)
        if time_zone is not None:
            check_time_zone(path, "time_zone", time_zone)
        check_optional_name(path, "storage_class", storage_class)
        if deadline_minutes is not None:
            check_whole_number(path, "deadline_minutes", deadline_minutes, minimum=1)
        name, folder = self._claim(instance, part, claim, storage_class)
        self.places = Places(namespace=instance.namespace, by_argument={"claim": Place(volume=name, sub_path=folder)})
        self.node.add_validation(PlacesApart(self, self.places))
        private = [directory for directory in Directory if directory not in _SHARED]
        container = application_container(
            instance,
            name=_COMPONENT,
            command=("python3", "manage.py", "document_exporter", _PATH, "--delete", "--no-progress-bar"),
            environment=(),
            mounts=[
                *volumes.shared_mounts(instance, _SHARED),
                *volumes.private_mounts(private),
                k8s.VolumeMount(name=_COMPONENT, mount_path=_PATH, sub_path=folder),
            ],
            resources=resources,
        )
        self.cron_job = cron_job(
            self,
            instance,
            container,
            part=part,
            schedule=schedule,
            time_zone=time_zone,
            deadline_seconds=deadline_minutes * 60 if deadline_minutes else _deadline_seconds(instance),
            directories=_SHARED,
            volumes_beside=[volumes.claim_volume(_COMPONENT, name)],
            gate=release_gate(instance, sees_index=False),
        )

    def _claim(
        self, instance: Instance, part: str, claim: NewClaim | ExistingClaim, storage_class: str | None
    ) -> tuple[str, str]:
        """Return the claim's name and the folder inside it; create it where it is new."""
        path = self.node.path
        if isinstance(claim, ExistingClaim):
            if claim.sub_path is None:
                advice = "name a folder that is the exporter's alone: it deletes there what is not of the export"
                raise refusal(path, "claim.sub_path", "given for an existing claim", claim.sub_path, advice)
            if storage_class is not None:
                raise refusal(path, "storage_class", "left out beside an existing claim", storage_class)
            return claim.name, claim.sub_path
        name = claim.name or part_name(self, instance, part)
        new_claim(
            self,
            "claim",
            name=name,
            labels=object_labels(selector_labels(instance.name, _COMPONENT)),
            size=claim.size,
            access_mode="ReadWriteOnce",
            storage_class=storage_class,
        )
        # Not the volume's root: `--delete` would try to remove a lost+found there.
        return name, _COMPONENT


def _deadline_seconds(instance: Instance) -> int:
    """Return how long a task that began with the export can wait for it."""
    return max(instance.task_limit - _MARGIN_SECONDS, instance.task_limit // 2)
