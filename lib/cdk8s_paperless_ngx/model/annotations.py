"""Annotations that other programs read, and labels and annotations beside those that are the library's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cdk8s_paperless_ngx.validation.errors import conflict
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.names import check_annotations, check_labels

KEEP: Final = FrozenMapping(
    {
        # Argo CD: neither prune it nor delete it with the application.
        "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
        # Flux: leave it when it vanishes from git.
        "kustomize.toolkit.fluxcd.io/prune": "disabled",
    }
)
"""For what holds data and must outlive YAML, such as claims, volumes and the Namespace they are in."""
_OWN_LABELS: Final = ("app.kubernetes.io/", "cdk8s-paperless-ngx/", "cdk8s.io/")


def check_own_labels(where: str, argument: str, labels: Mapping[str, str]) -> None:
    """Refuse labels that cannot exist in Kubernetes, or that are the library's own."""
    check_labels(where, argument, labels)
    for key in labels:
        if key.startswith(_OWN_LABELS):
            raise conflict(where, f"{argument}[{key!r}] is the library's own, on which selectors depend", "drop it")


def check_claim_annotations(where: str, argument: str, annotations: Mapping[str, str]) -> None:
    """Refuse annotations that cannot exist in Kubernetes, or that would let a claim be deleted."""
    check_annotations(where, argument, annotations)
    for key in annotations:
        if key in KEEP:
            raise conflict(where, f"{argument}[{key!r}] is the library's own, which keeps the claim", "drop it")
