"""How a Service is reached."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.checks import check_annotations, check_port, refusal


class ServiceType(enum.Enum):
    """From where a Service can be reached."""

    CLUSTER_IP = "ClusterIP"
    """From inside the cluster, as by an Ingress."""
    NODE_PORT = "NodePort"
    """On a port of every node."""
    LOAD_BALANCER = "LoadBalancer"
    """At an address that the cluster's load balancer gives it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceOptions:
    """The webserver's Service.

    Args:
        type: From where it can be reached.
        port: Number that clients connect to.
        node_port: Number on the nodes; unset, Kubernetes chooses one.
        annotations: As load balancers read them.

    Raises:
        ValueError: A number is out of bounds, ``node_port`` is given for a type that has none, or a key is none.
    """

    type: ServiceType = ServiceType.CLUSTER_IP
    port: int = 80
    node_port: int | None = None
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        check_port(where, "port", self.port)
        if self.node_port is not None:
            check_port(where, "node_port", self.node_port)
            if self.type is ServiceType.CLUSTER_IP:
                advice = "use ServiceType.NODE_PORT or LOAD_BALANCER"
                raise refusal(where, "node_port", "left out for a ClusterIP Service", self.node_port, advice)
        object.__setattr__(self, "annotations", MappingProxyType(dict(self.annotations)))
        check_annotations(where, "annotations", self.annotations)
