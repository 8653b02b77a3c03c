"""The redelivery: gives messages back whose worker is gone, and queues again what is due for another try."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.manifests.accounts import account
from cdk8s_paperless_ngx.manifests.deployments import process_deployment
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import REDELIVERY
from cdk8s_paperless_ngx.model.processes.redelivery import RedeliveryOptions, redelivery
from cdk8s_paperless_ngx.validation.types import checked


class Redelivery(InstancePart):
    """A Deployment of exactly one pod: without it a killed worker's task comes back after an hour, a retry never.

    It asks the API server which pods there are, and so has a token. That is why it is a pod of its own: containers of
    one pod see each other's files.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        options: How it runs.
    """

    deployment: k8s.KubeDeployment

    @checked
    def __init__(
        self, scope: Construct, id: str, *, instance: Instance, options: RedeliveryOptions = RedeliveryOptions()
    ) -> None:
        super().__init__(scope, id, instance=instance)
        self.deployment = process_deployment(
            self,
            instance,
            redelivery(instance, options),
            part=REDELIVERY,
            options=options,
            service_account=account(
                Construct(self, "redelivery"), instance, part=REDELIVERY, resource="pods", verb="list"
            ),
        )
