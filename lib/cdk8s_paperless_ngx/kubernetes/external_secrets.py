"""The External Secrets Operator's one kind that is written here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk8s_paperless_ngx.kubernetes.custom import custom_object
from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels

if TYPE_CHECKING:
    import cdk8s
    from constructs import Construct

    from cdk8s_paperless_ngx.reference import SecretKey
    from cdk8s_paperless_ngx.secret import ExternalSecret


def external_secret(
    scope: Construct, id: str, *, instance: str, source: ExternalSecret, entry: str, target: SecretKey
) -> cdk8s.ApiObject:
    """Create an ExternalSecret whose Secret is fetched once, and stays as it is.

    Args:
        scope: Construct to create it in.
        id: Unique among its siblings.
        instance: Name of the installation.
        source: Store and entry.
        entry: Property of the entry.
        target: Secret, of which the object has the name, and key.
    """
    spec = {
        "refreshPolicy": "CreatedOnce",
        "secretStoreRef": {
            "kind": "ClusterSecretStore" if source.cluster_store else "SecretStore",
            "name": source.store,
        },
        "target": {"name": target.secret, "creationPolicy": "Owner", "immutable": True},
        "data": [{"secretKey": target.key, "remoteRef": {"key": source.key, "property": entry}}],
    }
    labels = object_labels(selector_labels(instance, "secrets"))
    return custom_object(
        scope,
        id,
        api_version="external-secrets.io/v1",
        kind="ExternalSecret",
        name=target.secret,
        labels=labels,
        spec=spec,
    )
