"""The External Secrets Operator's one kind that is written here."""

from __future__ import annotations

import cdk8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.objects import custom_object
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import SECRETS
from cdk8s_paperless_ngx.model.secrets import ExternalSecret
from cdk8s_paperless_ngx.references import SecretKey


def external_secret(
    scope: Construct, id: str, *, instance: Instance, source: ExternalSecret, entry: str, target: SecretKey
) -> cdk8s.ApiObject:
    """Create an ExternalSecret whose Secret is fetched once, and stays as it is.

    Args:
        scope: Construct to create it in.
        id: Unique among its siblings.
        instance: The installation.
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
    return custom_object(
        scope,
        id,
        api_version="external-secrets.io/v1",
        kind="ExternalSecret",
        namespace=instance.namespace,
        name=target.secret,
        labels=object_labels(selector_labels(instance.name, SECRETS)),
        spec=spec,
    )
