"""The backup: an export of everything, daily."""

from __future__ import annotations

from typing import Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_arguments
from cdk8s_paperless_ngx.checks import check_optional_name, check_schedule, check_time_zone, check_whole_number
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.kubernetes import volumes
from cdk8s_paperless_ngx.kubernetes.claims import claim as new_claim
from cdk8s_paperless_ngx.kubernetes.jobs import cron_job
from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.kubernetes.workloads import application_container, part_name, release_gate
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.storage import Directory, ExistingClaim, NewClaim

_PART: Final = "backup"
_PATH: Final = "/usr/src/paperless/backup"
_SHARED: Final = frozenset({Directory.MEDIA})
"""Also written to: the lock that keeps files still while they are copied is there."""
_RESOURCES: Final = Resources(cpu_request="50m", memory_request="256Mi", memory_limit="1Gi")


class Backup(Construct):
    """A CronJob that exports documents, files and configuration of an instance to a claim of its own.

    ``document_exporter`` writes what ``document_importer`` of the same version reads into an empty instance. Unchanged
    files are not copied again, and those of documents that are gone are removed. Not in it: Secrets and ConfigMaps, API
    tokens, and files that still wait in consume and scratch. While it runs, documents are not stored: workers wait, up
    to their task limit.

    It waits for a migration to end, and a migration waits for it.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation.
        schedule: When, as a cron expression.
        time_zone: IANA name of the schedule's time zone; unset, the cluster's.
        claim: Where to: a new ReadWriteOnce claim ``<instance>-backup``, or an existing one.
        storage_class: Of a new claim; unset, the cluster's default class.
        deadline_minutes: When a run is ended; keep it below the workers' task limit if documents arrive meanwhile.
        resources: CPU and memory of the pod.

    Raises:
        ValueError: ``schedule`` is no cron expression, ``time_zone`` no time zone, ``storage_class`` no name, or
            ``deadline_minutes`` is below 1.
    """

    cron_job: k8s.KubeCronJob

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        schedule: str = "0 3 * * *",
        time_zone: str | None = None,
        claim: NewClaim | ExistingClaim = NewClaim(size="20Gi"),
        storage_class: str | None = None,
        deadline_minutes: int = 60,
        resources: Resources = _RESOURCES,
    ) -> None:
        super().__init__(scope, id)
        check_arguments(self.node.path, Backup.__init__, locals())
        path = self.node.path
        check_schedule(path, "schedule", schedule)
        if time_zone is not None:
            check_time_zone(path, "time_zone", time_zone)
        check_optional_name(path, "storage_class", storage_class)
        check_whole_number(path, "deadline_minutes", deadline_minutes, minimum=1)
        name, sub_path = self._claim(instance, claim, storage_class)
        private = [directory for directory in Directory if directory not in _SHARED]
        container = application_container(
            instance,
            name=_PART,
            command=("python3", "manage.py", "document_exporter", _PATH, "--delete", "--no-progress-bar"),
            environment=(),
            mounts=[
                *volumes.shared_mounts(instance, _SHARED),
                *volumes.private_mounts(private),
                k8s.VolumeMount(name=_PART, mount_path=_PATH, sub_path=sub_path),
            ],
            resources=resources,
        )
        target = k8s.PersistentVolumeClaimVolumeSource(claim_name=name)
        self.cron_job = cron_job(
            self,
            instance,
            container,
            part=_PART,
            schedule=schedule,
            time_zone=time_zone,
            deadline_seconds=deadline_minutes * 60,
            directories=_SHARED,
            volumes_beside=[k8s.Volume(name=_PART, persistent_volume_claim=target)],
            gate=release_gate(instance, sees_index=False),
        )

    def _claim(
        self, instance: Instance, claim: NewClaim | ExistingClaim, storage_class: str | None
    ) -> tuple[str, str | None]:
        """Return the claim's name and the path inside it; create it where it is new."""
        if isinstance(claim, ExistingClaim):
            return claim.name, claim.sub_path
        name = part_name(self, instance, _PART)
        new_claim(
            self,
            "claim",
            name=name,
            labels=object_labels(selector_labels(instance.name, _PART)),
            size=claim.size,
            access_mode="ReadWriteOnce",
            storage_class=storage_class,
        )
        # Not the volume's root: `--delete` would try to remove a lost+found there.
        return name, _PART
