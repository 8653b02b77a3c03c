"""Labels: what selects pods for ever, and what only describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

APPLICATION: Final = "paperless-ngx"
NAME: Final = "app.kubernetes.io/name"
INSTANCE: Final = "app.kubernetes.io/instance"
COMPONENT: Final = "app.kubernetes.io/component"
RELEASE: Final = "cdk8s-paperless-ngx/release"
"""On pods only: the migration waits for pods of other releases by it."""
NODE: Final = "cdk8s-paperless-ngx/node"
"""On pods that mount ReadWriteOnce claims, and so must share a node."""


def instance_labels(instance: str) -> dict[str, str]:
    """Return the labels that all pods of the application in one instance have."""
    return {NAME: APPLICATION, INSTANCE: instance}


def selector_labels(instance: str, component: str, *, name: str = APPLICATION) -> dict[str, str]:
    """Return the labels that select the pods of one component; a selector can never change once it is in a cluster."""
    return {NAME: name, INSTANCE: instance, COMPONENT: component}


def object_labels(selector: Mapping[str, str], *, version: str | None = None) -> dict[str, str]:
    """Return the labels of an object's own metadata, which nothing selects by."""
    labels = {
        **selector,
        "app.kubernetes.io/part-of": APPLICATION,
        "app.kubernetes.io/managed-by": "cdk8s",
    }
    return labels | {"app.kubernetes.io/version": version} if version else labels
