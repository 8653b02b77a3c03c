"""ConfigMaps."""

from __future__ import annotations

from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.objects import metadata, owned
from cdk8s_paperless_ngx.model.names import CONFIG, object_name


def config_map(
    scope: Construct, id: str, *, namespace: str, instance: str, part: str, data: Mapping[str, str]
) -> k8s.KubeConfigMap:
    """Create a ConfigMap of an instance."""
    name = object_name(instance, part)
    labels = object_labels(selector_labels(instance, CONFIG))
    return owned(k8s.KubeConfigMap(scope, id, metadata=metadata(name, labels), data=dict(data)), namespace, name)
