"""A service account that may do one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk8s_plus_27 import k8s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct


def account(scope: Construct, *, name: str, namespace: str, labels: Mapping[str, str], resource: str, verb: str) -> str:
    """Create a ServiceAccount, a Role with one verb on one resource, and the binding; return the account's name."""
    metadata = k8s.ObjectMeta(name=name, labels=dict(labels))
    k8s.KubeServiceAccount(scope, "account", metadata=metadata, automount_service_account_token=False)
    k8s.KubeRole(
        scope, "role", metadata=metadata, rules=[k8s.PolicyRule(api_groups=[""], resources=[resource], verbs=[verb])]
    )
    k8s.KubeRoleBinding(
        scope,
        "binding",
        metadata=metadata,
        role_ref=k8s.RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name=name),
        subjects=[k8s.Subject(kind="ServiceAccount", name=name, namespace=namespace)],
    )
    return name
