"""The worker: consumes documents and does everything else that takes time."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.manifests.autoscaling import autoscale
from cdk8s_paperless_ngx.manifests.containers import gate
from cdk8s_paperless_ngx.manifests.deployments import process_deployment
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import WORKER
from cdk8s_paperless_ngx.model.processes.worker import WorkerOptions, worker
from cdk8s_paperless_ngx.validation.types import checked


class Worker(InstancePart):
    """``celery --app paperless worker``: a Deployment whose pods each work on one task at a time, and what scales it.

    A worker that is asked to end finishes its task first, however long it takes within the task limit; one that is
    killed loses nothing, as its task is acknowledged only when done.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        part: Second half of the Deployment's name; give a second set of workers another one.
        options: How many there are, and how they work.

    Raises:
        ValueError: ``part`` cannot end a name, or the scaling does not go with the broker.
    """

    deployment: k8s.KubeDeployment

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        part: str = WORKER,
        options: WorkerOptions = WorkerOptions(),
    ) -> None:
        super().__init__(scope, id, instance=instance)
        self.deployment = process_deployment(
            self,
            instance,
            worker(instance, options),
            part=part,
            options=options,
            init_container=gate(instance, needs_index=True),
            scaling=options.scaling,
        )
        autoscale(self, instance, part, options.scaling)
