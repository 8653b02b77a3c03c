"""The rescue: looks for documents that no task will store any more."""

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

_LOOKED_AT: Final = frozenset({Directory.CONSUME, Directory.MEDIA})
_DEADLINE: Final = timedelta(minutes=30)


def _checksum(generation: Generation) -> str:
    """Of documents, as the application stores it (upstream migration ``0016_sha256_checksums`` of 3.0)."""
    return "sha256" if generation is Generation.V3 else "md5"


class Rescue(InstancePart):
    """A CronJob that finds documents which no task will store any more: in scratch, in consume, and in media.

    It names them in its log, and its Job fails; the files stay where they are. Working files in scratch that nobody
    needs are removed.

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
        container = application_container(
            instance,
            name=RESCUE,
            command=("python3", paths.script("rescue")),
            environment_beside=(Variable(name="RESCUE_CHECKSUM", value=_checksum(instance.image.generation)),),
            mounts=[
                *volumes.directory_mounts(instance, {Directory.SCRATCH}),
                *volumes.directory_mounts(instance, _LOOKED_AT, read_only=True),
                *volumes.private_mounts(),
                volumes.scripts_mount(),
            ],
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
            directories={Directory.SCRATCH, *_LOOKED_AT},
        )
