"""What all constructs of this library have in common."""

from __future__ import annotations

from constructs import Construct

from cdk8s_paperless_ngx.manifests.scopes import create_child
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.validation.errors import conflict


class Part(Construct):
    """A construct that knows in Python where it is.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings.
    """

    path: str
    """By which errors name it."""
    namespace: str | None
    """Of the chart that it is in."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        where = create_child(scope, id, self)
        self.path, self.namespace = where.path, where.namespace


class InstancePart(Part):
    """A construct of one instance, and so in its namespace.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.

    Raises:
        ValueError: The chart is in another namespace than the instance.
    """

    def __init__(self, scope: Construct, id: str, *, instance: Instance) -> None:
        super().__init__(scope, id)
        if self.namespace != instance.namespace:
            problem = f"the chart's namespace is {self.namespace!r}, and the instance's is {instance.namespace!r}"
            advice = "give the chart the instance's: what an instance consists of is found in its namespace alone"
            raise conflict(self.path, problem, advice)
