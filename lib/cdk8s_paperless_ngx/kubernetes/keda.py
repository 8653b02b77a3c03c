"""KEDA's two kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cdk8s_paperless_ngx.kubernetes.custom import custom_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    import cdk8s
    from constructs import Construct

_API_VERSION = "keda.sh/v1alpha1"


def scaled_object(
    scope: Construct, id: str, *, name: str, labels: Mapping[str, str], spec: Mapping[str, Any], suspended: bool
) -> cdk8s.ApiObject:
    """Create a ScaledObject: KEDA makes a HorizontalPodAutoscaler of it, and does what that cannot, 0 and 1."""
    made = custom_object(scope, id, api_version=_API_VERSION, kind="ScaledObject", name=name, labels=labels, spec=spec)
    if suspended:
        made.metadata.add_annotation("autoscaling.keda.sh/paused-replicas", "0")
    return made


def trigger_authentication(
    scope: Construct, id: str, *, name: str, labels: Mapping[str, str], spec: Mapping[str, Any]
) -> cdk8s.ApiObject:
    """Create a TriggerAuthentication: where KEDA finds what a trigger logs in with."""
    return custom_object(
        scope, id, api_version=_API_VERSION, kind="TriggerAuthentication", name=name, labels=labels, spec=spec
    )
