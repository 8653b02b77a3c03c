"""PersistentVolumeClaims: where data outlives YAML."""

from __future__ import annotations

from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests.containers import quantity
from cdk8s_paperless_ngx.manifests.objects import metadata, owned
from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model.annotations import KEEP
from cdk8s_paperless_ngx.model.volumes import AccessMode
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping


def claim(
    scope: Construct,
    id: str,
    *,
    namespace: str,
    name: str,
    labels: Mapping[str, str],
    size: str,
    access_mode: AccessMode,
    storage_class: str | None,
    labels_beside: Mapping[str, str] = FrozenMapping(),
    annotations: Mapping[str, str] = FrozenMapping(),
) -> k8s.KubePersistentVolumeClaim:
    """Create a claim that GitOps tools neither prune nor delete."""
    made = k8s.KubePersistentVolumeClaim(
        scope,
        id,
        metadata=metadata(name, {**labels_beside, **labels}, {**annotations, **KEEP}),
        spec=struct(
            k8s.PersistentVolumeClaimSpec,
            access_modes=[access_mode.value],
            storage_class_name=storage_class,
            resources=struct(k8s.ResourceRequirements, requests={"storage": quantity(size)}),
        ),
    )
    return owned(made, namespace, name)
