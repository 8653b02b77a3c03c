"""PostgreSQL for those who bring none."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.constructs.rules import check_directories
from cdk8s_paperless_ngx.manifests.servers import stateful_server
from cdk8s_paperless_ngx.model.database import BundledPostgres
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import object_name
from cdk8s_paperless_ngx.model.servers import postgres
from cdk8s_paperless_ngx.model.storage import Location
from cdk8s_paperless_ngx.validation.types import checked


class Postgres(InstancePart):
    """PostgreSQL: a StatefulSet of one pod, its Service and its claim.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        options: What it is like.
    """

    stateful_set: k8s.KubeStatefulSet

    @checked
    def __init__(self, scope: Construct, id: str, *, instance: Instance, options: BundledPostgres) -> None:
        super().__init__(scope, id, instance=instance)
        server = postgres(instance.name, options)
        name = object_name(instance.name, server.component)
        check_directories(self, instance.namespace, {"data": Location(volume=name, sub_path=None)})
        self.stateful_set = stateful_server(self, instance, server)
