"""ConfigMaps."""

from __future__ import annotations

from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.objects import metadata, owned
from cdk8s_paperless_ngx.model.names import CONFIG


def config_map(
    scope: Construct, id: str, *, namespace: str, instance: str, name: str, data: Mapping[str, str]
) -> k8s.KubeConfigMap:
    """Create an immutable ConfigMap of an instance, with a name that follows from its content (`content_name`).

    A pod reads for all its life what it was made with: also where its container starts again, or an autoscaler adds
    another one of its kind, while the next release is on its way.
    """
    labels = object_labels(selector_labels(instance, CONFIG))
    made = k8s.KubeConfigMap(scope, id, metadata=metadata(name, labels), data=dict(data), immutable=True)
    return owned(made, namespace, name)
