"""NetworkPolicies: who may connect to which pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests.containers import number_or_text
from cdk8s_paperless_ngx.manifests.labels import object_labels
from cdk8s_paperless_ngx.manifests.objects import metadata, owned
from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.network import IpBlock, NetworkPeer

_NAMESPACE: Final = "kubernetes.io/metadata.name"
"""The label that Kubernetes itself gives to each namespace."""


def only_from(
    scope: Construct,
    instance: Instance,
    *,
    name: str,
    selector: Mapping[str, str],
    port: str,
    peers: Sequence[NetworkPeer],
) -> k8s.KubeNetworkPolicy:
    """Create a NetworkPolicy that lets nobody but some connect to pods, and those to one port.

    Args:
        scope: Construct to create it in.
        instance: The installation.
        name: Of the object.
        selector: Labels of the pods.
        port: Name of the container's port.
        peers: Who may connect.
    """
    rule = struct(
        k8s.NetworkPolicyIngressRule,
        from_=[_peer(instance, peer) for peer in peers],
        ports=[struct(k8s.NetworkPolicyPort, port=number_or_text(port))],
    )
    made = k8s.KubeNetworkPolicy(
        scope,
        "network-policy",
        metadata=metadata(name, object_labels(selector)),
        spec=struct(
            k8s.NetworkPolicySpec,
            pod_selector=struct(k8s.LabelSelector, match_labels=dict(selector)),
            policy_types=["Ingress"],
            ingress=[rule],
        ),
    )
    return owned(made, instance.namespace, name)


def _peer(instance: Instance, peer: NetworkPeer) -> k8s.NetworkPolicyPeer:
    if isinstance(peer, IpBlock):
        return struct(k8s.NetworkPolicyPeer, ip_block=struct(k8s.IpBlock, cidr=peer.cidr))
    namespace = {_NAMESPACE: peer.namespace or instance.namespace}
    return struct(
        k8s.NetworkPolicyPeer,
        namespace_selector=struct(k8s.LabelSelector, match_labels=namespace),
        pod_selector=struct(k8s.LabelSelector, match_labels=dict(peer.labels)),
    )
