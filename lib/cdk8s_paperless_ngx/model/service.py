"""How a Service is reached."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from cdk8s_paperless_ngx.validation.errors import conflict
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.names import check_annotations
from cdk8s_paperless_ngx.validation.numbers import check_port
from cdk8s_paperless_ngx.validation.value import value


class ServiceType(enum.Enum):
    """From where a Service can be reached."""

    CLUSTER_IP = "ClusterIP"
    """From inside the cluster, as by an Ingress."""
    NODE_PORT = "NodePort"
    """On a port of every node."""
    LOAD_BALANCER = "LoadBalancer"
    """At an address that the cluster's load balancer gives it."""


@value
class ServiceOptions:
    """The webserver's Service.

    Args:
        type: From where it can be reached.
        port: Number that clients connect to.
        node_port: Number on the nodes; unset, Kubernetes chooses one.
        annotations: As load balancers read them.

    Raises:
        ValueError: A number is out of bounds, ``node_port`` is given for a type without one, or an annotation's key
            cannot exist in Kubernetes.
    """

    type: ServiceType = ServiceType.CLUSTER_IP
    port: int = 80
    node_port: int | None = None
    annotations: Mapping[str, str] = FrozenMapping()

    def __post_init__(self) -> None:
        where = "ServiceOptions"
        check_port(where, "port", self.port)
        if self.node_port is not None:
            check_port(where, "node_port", self.node_port)
            if self.type is ServiceType.CLUSTER_IP:
                problem = f"a ClusterIP Service has no node_port, got {self.node_port}"
                raise conflict(where, problem, "use ServiceType.NODE_PORT or LOAD_BALANCER")
        check_annotations(where, "annotations", self.annotations)
