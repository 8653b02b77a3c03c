"""What the servers have in common that are brought along and keep data."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.constructs.rules import check_directories
from cdk8s_paperless_ngx.manifests.servers import stateful_server
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import object_name
from cdk8s_paperless_ngx.model.server import StatefulServer
from cdk8s_paperless_ngx.model.storage import Location


class ServerPart(InstancePart):
    """A StatefulSet of one pod, its Service, and its claim, which is the server's alone.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        server: What it is.
    """

    stateful_set: k8s.KubeStatefulSet

    def __init__(self, scope: Construct, id: str, *, instance: Instance, server: StatefulServer) -> None:
        super().__init__(scope, id, instance=instance)
        claim = Location(volume=object_name(instance.name, server.component), sub_path=None)
        check_directories(self, instance.namespace, {"data": claim})
        self.stateful_set = stateful_server(self, instance, server)
