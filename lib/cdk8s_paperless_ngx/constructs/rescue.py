"""The rescue: looks in scratch for documents that a failed or lost task has left there."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.containers import application_container
from cdk8s_paperless_ngx.manifests.cron_jobs import cron_job
from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.image import Generation
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import RESCUE
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.rescue import RescueOptions
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.types import checked

_DEADLINE: Final = timedelta(minutes=30)


def _checksum(generation: Generation) -> str:
    """Of documents, as the application stores it (upstream migration ``0016_sha256_checksums`` of 3.0)."""
    return "sha256" if generation is Generation.V3 else "md5"


class Rescue(InstancePart):
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

    @checked
    def __init__(
        self, scope: Construct, id: str, *, instance: Instance, options: RescueOptions = RescueOptions()
    ) -> None:
        super().__init__(scope, id, instance=instance)
        mounted = {Directory.SCRATCH, Directory.CONSUME} if options.retries else {Directory.SCRATCH}
        container = application_container(
            instance,
            name=RESCUE,
            command=("python3", paths.script("rescue")),
            environment_beside=(
                Variable(name="RESCUE_ATTEMPTS", value=str(options.retries)),
                Variable(name="RESCUE_CHECKSUM", value=_checksum(instance.image.generation)),
            ),
            mounts=[*volumes.directory_mounts(instance, mounted), *volumes.private_mounts(), volumes.scripts_mount()],
            resources_wanted=options.resources,
        )
        # No gate: it reads checksums, which mean the same in every release.
        self.cron_job = cron_job(
            self,
            instance,
            container,
            component=RESCUE,
            part=RESCUE,
            schedule=options.schedule,
            deadline=_DEADLINE,
            directories=mounted,
        )
