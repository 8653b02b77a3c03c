"""PostgreSQL for those who bring none."""

from __future__ import annotations

from constructs import Construct

from cdk8s_paperless_ngx.constructs.server import ServerPart
from cdk8s_paperless_ngx.model.database import BundledPostgres
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.servers import postgres
from cdk8s_paperless_ngx.validation.types import checked


class Postgres(ServerPart):
    """PostgreSQL: a StatefulSet of one pod, its Service and its claim.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        options: What it is like.
    """

    @checked
    def __init__(self, scope: Construct, id: str, *, instance: Instance, options: BundledPostgres) -> None:
        super().__init__(scope, id, instance=instance, server=postgres(instance.name, options))
