"""PersistentVolumeClaims: where data outlives YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.kubernetes.fields import KEEP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct


def claim(
    scope: Construct,
    id: str,
    *,
    name: str,
    labels: Mapping[str, str],
    size: str,
    access_mode: str,
    storage_class: str | None,
) -> k8s.KubePersistentVolumeClaim:
    """Create a claim that GitOps tools neither prune nor delete."""
    return k8s.KubePersistentVolumeClaim(
        scope,
        id,
        metadata=k8s.ObjectMeta(name=name, labels=dict(labels), annotations=dict(KEEP)),
        spec=k8s.PersistentVolumeClaimSpec(
            access_modes=[access_mode],
            storage_class_name=storage_class,
            resources=k8s.ResourceRequirements(requests={"storage": k8s.Quantity.from_string(size)}),
        ),
    )
