"""The External Secrets Operator's one kind that is written here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk8s_paperless_ngx.kubernetes.custom import custom_object
from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    import cdk8s
    from constructs import Construct

    from cdk8s_paperless_ngx.secret import ExternalSecret


def external_secret(
    scope: Construct, id: str, *, instance: str, name: str, source: ExternalSecret, properties: Mapping[str, str]
) -> cdk8s.ApiObject:
    """Create an ExternalSecret whose Secret is fetched once, and stays as it is.

    Args:
        scope: Construct to create it in.
        id: Unique among its siblings.
        instance: Name of the installation.
        name: Of the object and of the Secret.
        source: Store and entry.
        properties: Key in the Secret, and property of the entry.
    """
    spec = {
        "refreshPolicy": "CreatedOnce",
        "secretStoreRef": {
            "kind": "ClusterSecretStore" if source.cluster_store else "SecretStore",
            "name": source.store,
        },
        "target": {"name": name, "creationPolicy": "Owner", "immutable": True},
        "data": [
            {"secretKey": key, "remoteRef": {"key": source.key, "property": of}} for key, of in properties.items()
        ],
    }
    labels = object_labels(selector_labels(instance, "secrets"))
    return custom_object(
        scope, id, api_version="external-secrets.io/v1", kind="ExternalSecret", name=name, labels=labels, spec=spec
    )
