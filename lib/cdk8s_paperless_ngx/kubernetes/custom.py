"""Custom resources: kinds that are no part of cdk8s-plus-27; a library cannot ship bindings that its users generate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cdk8s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct


def custom_object(
    scope: Construct,
    id: str,
    *,
    api_version: str,
    kind: str,
    name: str,
    labels: Mapping[str, str],
    spec: Mapping[str, Any],
) -> cdk8s.ApiObject:
    """Create an object of a custom kind, from plain values."""
    # An ApiObject's constructor takes no spec in Python; a patch on it keeps every field.
    made = cdk8s.ApiObject(
        scope,
        id,
        api_version=api_version,
        kind=kind,
        metadata=cdk8s.ApiObjectMetadata(name=name, labels=dict(labels)),
    )
    made.add_json_patch(cdk8s.JsonPatch.add("/spec", spec))
    return made
