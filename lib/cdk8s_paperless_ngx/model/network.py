"""Who may connect to pods, in the words of Kubernetes' NetworkPolicy."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from cdk8s_paperless_ngx.validation.errors import refusal
from cdk8s_paperless_ngx.validation.names import check_labels, check_optional_name
from cdk8s_paperless_ngx.validation.value import value


@value
class PodPeer:
    """Pods that may connect.

    Args:
        labels: That they have, all of them.
        namespace: Where they are; unset, the instance's own.

    Raises:
        ValueError: There is no label, or one cannot exist in Kubernetes, or the namespace cannot.
    """

    labels: Mapping[str, str]
    namespace: str | None = None

    def __post_init__(self) -> None:
        where = type(self).__name__
        if not self.labels:
            raise refusal(where, "labels", "at least one label", self.labels, "without one it would be every pod")
        check_labels(where, "labels", self.labels)
        check_optional_name(where, "namespace", self.namespace)


@value
class IpBlock:
    """Addresses outside the cluster that may connect.

    What comes through a node port or a load balancer often has a node's address, as ``externalTrafficPolicy`` has it.

    Args:
        cidr: The addresses, such as ``192.0.2.7/32``.

    Raises:
        ValueError: It is no network, or all of them.
    """

    cidr: str

    def __post_init__(self) -> None:
        where = type(self).__name__
        try:
            network = ipaddress.ip_network(self.cidr)
        except ValueError:
            advice = "for example '192.0.2.7/32'"
            raise refusal(where, "cidr", "a network as address/length, its host bits 0", self.cidr, advice) from None
        if "/" not in self.cidr or network.prefixlen == 0:
            raise refusal(where, "cidr", "a network as address/length, and not everything", self.cidr)


NetworkPeer = PodPeer | IpBlock
