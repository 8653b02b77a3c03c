"""The consumer: watches the consume directory and puts its files into the queue."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.manifests.containers import gate
from cdk8s_paperless_ngx.manifests.deployments import process_deployment
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import CONSUMER
from cdk8s_paperless_ngx.model.processes.consumer import ConsumerOptions, consumer
from cdk8s_paperless_ngx.validation.types import checked


class Consumer(InstancePart):
    """``manage.py document_consumer``: one Deployment of exactly one pod.

    Two consumers would queue every file twice, so nothing can change the number, and the old pod is gone before a new
    one is created.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        options: How it runs.
    """

    deployment: k8s.KubeDeployment

    @checked
    def __init__(
        self, scope: Construct, id: str, *, instance: Instance, options: ConsumerOptions = ConsumerOptions()
    ) -> None:
        super().__init__(scope, id, instance=instance)
        self.deployment = process_deployment(
            self,
            instance,
            consumer(options),
            part=CONSUMER,
            options=options,
            init_container=gate(instance, needs_index=False),
        )
