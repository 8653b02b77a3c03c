"""The rescue: looks in scratch for documents that a failed or lost task has left there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_arguments, check_fields
from cdk8s_paperless_ngx.checks import check_schedule, check_whole_number
from cdk8s_paperless_ngx.image import Generation
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.kubernetes import volumes
from cdk8s_paperless_ngx.kubernetes.jobs import cron_job
from cdk8s_paperless_ngx.kubernetes.workloads import application_container
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.storage import Directory
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from cdk8s_plus_27 import k8s


_PART: Final = "rescue"
_DEADLINE_SECONDS: Final = 1800


@dataclass(frozen=True, kw_only=True, slots=True)
class RescueOptions:
    """What is done about documents that were left in scratch.

    Args:
        schedule: When to look, as a cron expression in the cluster's time zone. A document is acted upon by the second
            run that finds it.
        retries: How often a document is put into the consume directory; 0 only reports. What was given at an upload
            (tags, title, owner) is lost then, as the file is all there is.
        resources: CPU and memory of the pod.

    Raises:
        ValueError: ``schedule`` is no cron expression, or ``retries`` is no number from 0 to 10.
    """

    schedule: str = "23 * * * *"
    retries: int = 0
    resources: Resources = Resources(cpu_request="10m", memory_request="64Mi", memory_limit="256Mi")

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        check_schedule(where, "schedule", self.schedule)
        check_whole_number(where, "retries", self.retries, minimum=0, maximum=10)


def _checksum(generation: Generation) -> str:
    """Of documents, as the application stores it (upstream migration ``0016_sha256_checksums`` of 3.0)."""
    return "sha256" if generation is Generation.V3 else "md5"


class Rescue(Construct):
    """A CronJob that finds originals in scratch to which no task refers and which are no stored document.

    A task that fails, say because the database restarted, or whose worker's child ran out of memory, leaves its
    document there, and nobody comes back for it. Its Job fails when there is one, and its log names it; working files
    that nobody needs are removed.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation.
        options: When to look, and what to do.
    """

    cron_job: k8s.KubeCronJob

    def __init__(
        self, scope: Construct, id: str, *, instance: Instance, options: RescueOptions = RescueOptions()
    ) -> None:
        super().__init__(scope, id)
        check_arguments(self.node.path, Rescue.__init__, locals())
        mounted = {Directory.SCRATCH} | ({Directory.CONSUME} if options.retries else set[Directory]())
        container = application_container(
            instance,
            name=_PART,
            command=("python3", f"{volumes.SCRIPTS_PATH}/rescue.py"),
            environment=(
                Variable(name="RESCUE_ATTEMPTS", value=str(options.retries)),
                Variable(name="RESCUE_CHECKSUM", value=_checksum(instance.image.generation)),
            ),
            mounts=[*volumes.shared_mounts(instance, mounted), *volumes.private_mounts(), volumes.scripts_mount()],
            resources=options.resources,
        )
        # No gate: it reads checksums, which mean the same in every release.
        self.cron_job = cron_job(
            self,
            instance,
            container,
            part=_PART,
            schedule=options.schedule,
            deadline_seconds=_DEADLINE_SECONDS,
            directories=mounted,
        )
