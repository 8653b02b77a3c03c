"""Beat: puts scheduled tasks into the queue; its pod also migrates."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.manifests.accounts import account
from cdk8s_paperless_ngx.manifests.deployments import process_deployment
from cdk8s_paperless_ngx.manifests.migration import MIGRATION_DIRECTORIES, fetch, migration
from cdk8s_paperless_ngx.manifests.off_site import ssh_volumes
from cdk8s_paperless_ngx.manifests.volumes import restore_volumes
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import BEAT, MIGRATION
from cdk8s_paperless_ngx.model.processes.beat import BeatOptions, beat
from cdk8s_paperless_ngx.validation.types import checked


class Beat(InstancePart):
    """``celery --app paperless beat``: one Deployment of exactly one pod, whose init container is the migration.

    Two beats would double every schedule, so nothing can change the number. For the same reason the migration is here:
    this pod exists once and starts anew at every change, whereas a Job that has completed does not run again when a
    release comes back or a database is restored.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        options: How it runs.
    """

    deployment: k8s.KubeDeployment

    @checked
    def __init__(self, scope: Construct, id: str, *, instance: Instance, options: BeatOptions = BeatOptions()) -> None:
        super().__init__(scope, id, instance=instance)
        self.deployment = process_deployment(
            self,
            instance,
            beat(instance, options),
            part=BEAT,
            options=options,
            init_container=migration(instance, options.migration_resources),
            before_init=fetch(instance),
            init_directories=MIGRATION_DIRECTORIES,
            init_volumes=[
                *restore_volumes(instance),
                *ssh_volumes(instance.restore.repository if instance.restore else None),
            ],
            # It may list pods, to see whether any of another release is left.
            service_account=account(
                Construct(self, "migration"), instance, part=MIGRATION, resource="pods", verb="list"
            ),
        )
