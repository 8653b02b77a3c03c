"""A service account that may do one thing."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.objects import metadata, owned
from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import object_name


def account(scope: Construct, instance: Instance, *, part: str, resource: str, verb: str) -> str:
    """Create a ServiceAccount, a Role with one verb on one resource, and the binding; return the account's name."""
    name, namespace = object_name(instance.name, part), instance.namespace
    about = metadata(name, object_labels(selector_labels(instance.name, part)))
    service_account = k8s.KubeServiceAccount(scope, "account", metadata=about, automount_service_account_token=False)
    rules = [struct(k8s.PolicyRule, api_groups=[""], resources=[resource], verbs=[verb])]
    role = k8s.KubeRole(scope, "role", metadata=about, rules=rules)
    binding = k8s.KubeRoleBinding(
        scope,
        "binding",
        metadata=about,
        role_ref=struct(k8s.RoleRef, api_group="rbac.authorization.k8s.io", kind="Role", name=name),
        subjects=[struct(k8s.Subject, kind="ServiceAccount", name=name, namespace=namespace)],
    )
    for made in (service_account, role, binding):
        owned(made, namespace, name)
    return name
