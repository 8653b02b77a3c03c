"""Redis for those who bring none: the broker, and the cache beside it."""

from __future__ import annotations

from constructs import Construct

from cdk8s_paperless_ngx.constructs.server import ServerPart
from cdk8s_paperless_ngx.model.broker import BundledRedis
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.servers import redis
from cdk8s_paperless_ngx.validation.types import checked


class Redis(ServerPart):
    """Redis: a StatefulSet of one pod, its Service and its claim.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        options: What it is like.
    """

    @checked
    def __init__(self, scope: Construct, id: str, *, instance: Instance, options: BundledRedis) -> None:
        super().__init__(scope, id, instance=instance, server=redis(instance.name, options))
