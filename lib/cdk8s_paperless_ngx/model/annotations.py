"""Annotations that other programs read."""

from __future__ import annotations

from typing import Final

from cdk8s_paperless_ngx.validation.frozen import FrozenMapping

KEEP: Final = FrozenMapping(
    {
        # Argo CD: neither prune it nor delete it with the application.
        "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
        # Flux: leave it when it vanishes from git.
        "kustomize.toolkit.fluxcd.io/prune": "disabled",
    }
)
"""For what holds data and must outlive YAML, such as claims, volumes and the Namespace they are in."""
