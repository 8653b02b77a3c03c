"""Redis for those who bring none: the broker, and the cache beside it."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.constructs.rules import check_directories
from cdk8s_paperless_ngx.manifests.servers import stateful_server
from cdk8s_paperless_ngx.model.broker import BundledRedis
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import object_name
from cdk8s_paperless_ngx.model.servers import redis
from cdk8s_paperless_ngx.model.storage import Location
from cdk8s_paperless_ngx.validation.types import checked


class Redis(InstancePart):
    """Redis: a StatefulSet of one pod, its Service and its claim.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        options: What it is like.
    """

    stateful_set: k8s.KubeStatefulSet

    @checked
    def __init__(self, scope: Construct, id: str, *, instance: Instance, options: BundledRedis) -> None:
        super().__init__(scope, id, instance=instance)
        server = redis(instance.name, options)
        name = object_name(instance.name, server.component)
        check_directories(self, instance.namespace, {"data": Location(volume=name, sub_path=None)})
        self.stateful_set = stateful_server(self, instance, server)
