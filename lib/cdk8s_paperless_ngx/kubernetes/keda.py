"""KEDA's two kinds. They are no part of cdk8s-plus-27, and a library cannot ship bindings that its users generate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cdk8s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

_API_VERSION = "keda.sh/v1alpha1"


def scaled_object(
    scope: Construct, id: str, *, name: str, labels: Mapping[str, str], spec: Mapping[str, Any], suspended: bool
) -> cdk8s.ApiObject:
    """Create a ScaledObject: KEDA makes a HorizontalPodAutoscaler of it, and does what that cannot, 0 and 1."""
    made = _object(scope, id, kind="ScaledObject", name=name, labels=labels, spec=spec)
    if suspended:
        made.metadata.add_annotation("autoscaling.keda.sh/paused-replicas", "0")
    return made


def trigger_authentication(
    scope: Construct, id: str, *, name: str, labels: Mapping[str, str], spec: Mapping[str, Any]
) -> cdk8s.ApiObject:
    """Create a TriggerAuthentication: where KEDA finds what a trigger logs in with."""
    return _object(scope, id, kind="TriggerAuthentication", name=name, labels=labels, spec=spec)


def _object(
    scope: Construct, id: str, *, kind: str, name: str, labels: Mapping[str, str], spec: Mapping[str, Any]
) -> cdk8s.ApiObject:
    # An ApiObject's constructor takes no spec in Python; a patch on it keeps every field.
    made = cdk8s.ApiObject(
        scope,
        id,
        api_version=_API_VERSION,
        kind=kind,
        metadata=cdk8s.ApiObjectMetadata(name=name, labels=dict(labels)),
    )
    made.add_json_patch(cdk8s.JsonPatch.add("/spec", spec))
    return made
