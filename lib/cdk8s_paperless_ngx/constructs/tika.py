"""Apache Tika and Gotenberg for those who bring none: they read and print office documents and mails."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart, Part
from cdk8s_paperless_ngx.manifests.servers import stateless_server
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import GOTENBERG, TIKA
from cdk8s_paperless_ngx.model.servers import gotenberg, tika
from cdk8s_paperless_ngx.model.tika import BundledTika
from cdk8s_paperless_ngx.validation.types import checked


class TikaAndGotenberg(InstancePart):
    """Apache Tika and Gotenberg: a Deployment of one pod and a Service each.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation they belong to.
        options: What they are like.
    """

    tika: k8s.KubeDeployment
    gotenberg: k8s.KubeDeployment

    @checked
    def __init__(self, scope: Construct, id: str, *, instance: Instance, options: BundledTika = BundledTika()) -> None:
        super().__init__(scope, id, instance=instance)
        self.tika = stateless_server(Part(self, TIKA), instance, tika(options))
        self.gotenberg = stateless_server(Part(self, GOTENBERG), instance, gotenberg(options))
