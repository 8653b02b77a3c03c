"""The consumer: watches the consume directory and puts its files into the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.kubernetes.workloads import gate, process_deployment
from cdk8s_paperless_ngx.processes import definitions

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.instance import Instance
    from cdk8s_paperless_ngx.resources import Resources


class Consumer(Construct):
    """``manage.py document_consumer``: one Deployment of exactly one pod.

    Two consumers would queue every file twice, so nothing can change the number, and the old pod is gone before a new
    one is created.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        resources: CPU and memory of the pod.
    """

    deployment: k8s.KubeDeployment

    def __init__(
        self, scope: Construct, id: str, *, instance: Instance, resources: Resources = definitions.SMALL_RESOURCES
    ) -> None:
        super().__init__(scope, id)
        process = definitions.consumer(resources)
        self.deployment = process_deployment(
            self, instance, process, part=process.component, replicas=1, gate=gate(instance, process)
        )
