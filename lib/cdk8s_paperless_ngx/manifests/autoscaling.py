"""What decides how many pods of a Deployment there are, and how many may be taken away at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests.containers import number_or_text, quantity
from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.objects import custom_object, metadata, owned
from cdk8s_paperless_ngx.manifests.scopes import scope_of
from cdk8s_paperless_ngx.manifests.structs import plain, struct
from cdk8s_paperless_ngx.model.broker import ExternalRedis
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import object_name
from cdk8s_paperless_ngx.model.scaling import ByCpu, ByQueue, Scaling
from cdk8s_paperless_ngx.model.tls import Verification
from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.validation.errors import conflict
from cdk8s_paperless_ngx.validation.numbers import seconds

_KEDA: Final = "keda.sh/v1alpha1"

# Up: at once, doubling each 15 seconds, or by 4 where there are fewer. Down: one pod a minute, as the one that is
# chosen may be at work, and then stays beside the others until it has finished.
_UP: Final = (("Percent", 100, 15), ("Pods", 4, 15))
_DOWN: Final = (("Pods", 1, 60),)
_AT_ONCE: Final = timedelta(0)


def autoscale(scope: Construct, instance: Instance, part: str, scaling: Scaling) -> None:
    """Create what the scaling of a part needs beside its Deployment.

    A PodDisruptionBudget only where two pods are certain: with one it would keep every node from being drained.
    """
    if isinstance(scaling, ByCpu):
        _by_cpu(scope, instance, part, scaling)
    if isinstance(scaling, ByQueue):
        _check_queue(scope_of(scope).path, instance)
        _by_queue(scope, instance, part, scaling)
    if scaling.minimum > 1:
        name, selector = object_name(instance.name, part), selector_labels(instance.name, part)
        made = k8s.KubePodDisruptionBudget(
            scope,
            "disruption-budget",
            metadata=metadata(name, object_labels(selector)),
            spec=struct(
                k8s.PodDisruptionBudgetSpec,
                max_unavailable=number_or_text(1),
                selector=struct(k8s.LabelSelector, match_labels=selector),
                # A pod that waits in its gate, or crashes, works on nothing and holds no node back.
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
        )
        owned(made, instance.namespace, name)


def _by_cpu(scope: Construct, instance: Instance, part: str, scaling: ByCpu) -> None:
    name = object_name(instance.name, part)
    made = k8s.KubeHorizontalPodAutoscalerV2(
        scope,
        "autoscaler",
        metadata=metadata(name, object_labels(selector_labels(instance.name, part))),
        spec=struct(
            k8s.HorizontalPodAutoscalerSpecV2,
            scale_target_ref=struct(
                k8s.CrossVersionObjectReferenceV2, api_version="apps/v1", kind="Deployment", name=name
            ),
            min_replicas=scaling.minimum,
            max_replicas=scaling.maximum,
            metrics=[
                struct(
                    k8s.MetricSpecV2,
                    type="Resource",
                    resource=struct(
                        k8s.ResourceMetricSourceV2,
                        name="cpu",
                        target=struct(k8s.MetricTargetV2, type="AverageValue", average_value=quantity(scaling.cpu)),
                    ),
                )
            ],
            behavior=struct(
                k8s.HorizontalPodAutoscalerBehaviorV2,
                scale_up=_rules(_UP, _AT_ONCE),
                scale_down=_rules(_DOWN, scaling.idle),
            ),
        ),
    )
    owned(made, instance.namespace, name)


def _rules(policies: Iterable[tuple[str, int, int]], window: timedelta) -> k8s.HpaScalingRulesV2:
    return struct(
        k8s.HpaScalingRulesV2,
        stabilization_window_seconds=seconds(window),
        select_policy="Max",
        policies=[
            struct(k8s.HpaScalingPolicyV2, type=kind, value=value, period_seconds=period)
            for kind, value, period in policies
        ],
    )


def _by_queue(scope: Construct, instance: Instance, part: str, scaling: ByQueue) -> None:
    """Two numbers make the queue: Celery's list of waiting tasks, and kombu's hash of those taken and not yet done.

    One of them alone would call a worker idle that is in the middle of a document, or leave documents waiting.
    """
    name, labels = object_name(instance.name, part), object_labels(selector_labels(instance.name, part))
    common: dict[str, Any] = {
        "api_version": _KEDA,
        "namespace": instance.namespace,
        "name": name,
        "labels": labels,
    }
    if login := _login(instance.broker):
        custom_object(scope, "broker-login", kind="TriggerAuthentication", spec=login, **common)
    custom_object(
        scope,
        "autoscaler",
        kind="ScaledObject",
        spec=_scaled_object(instance, name, scaling, authentication=name if login else None),
        annotations={"autoscaling.keda.sh/paused-replicas": "0"} if instance.suspended else None,
        **common,
    )


def _scaled_object(instance: Instance, name: str, scaling: ByQueue, *, authentication: str | None) -> dict[str, Any]:
    return {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "minReplicaCount": scaling.minimum,
        "maxReplicaCount": scaling.maximum,
        "pollingInterval": seconds(scaling.polling_interval),
        # From 1 to 0; the behavior below is for the rest.
        "cooldownPeriod": seconds(scaling.idle),
        "triggers": [
            _trigger(instance, authentication, "waiting", "celery"),
            _trigger(instance, authentication, "running", "unacked"),
        ],
        "advanced": {
            "scalingModifiers": {
                "formula": "waiting + running",
                # One task for each worker: it works on one at a time.
                "target": "1",
                # More than this and there is a first worker.
                "activationTarget": "0",
            },
            "horizontalPodAutoscalerConfig": {
                "behavior": {
                    "scaleUp": plain(_rules(_UP, _AT_ONCE)),
                    "scaleDown": plain(_rules(_DOWN, scaling.idle)),
                }
            },
        },
    }


def _check_queue(where: str, instance: Instance) -> None:
    """Refuse what KEDA cannot do that the application can.

    Raises:
        ValueError: Of the broker's certificate only the authority is to be verified.
    """
    tls = instance.broker.tls
    if tls is not None and tls.verification is Verification.AUTHORITY:
        problem = "ByQueue does not go with Verification.AUTHORITY of the broker, as KEDA always compares host names"
        raise conflict(where, problem, "use Verification.FULL, or scale by CPU")


def _login(broker: ExternalRedis) -> dict[str, Any]:
    """Return what KEDA takes from Secrets and ConfigMaps of the namespace to reach the broker."""
    secrets: list[dict[str, str]] = []
    config_maps: list[dict[str, str]] = []
    if broker.password is not None:
        secrets.append({"parameter": "password", "name": broker.password.secret, "key": broker.password.key})
    ca = broker.tls.ca if broker.tls else None
    if isinstance(ca, SecretKey):
        secrets.append({"parameter": "ca", "name": ca.secret, "key": ca.key})
    elif ca is not None:
        config_maps.append({"parameter": "ca", "name": ca.config_map, "key": ca.key})
    found = {"secretTargetRef": secrets, "configMapTargetRef": config_maps}
    return {kind: entries for kind, entries in found.items() if entries}


def _trigger(instance: Instance, authentication: str | None, name: str, key: str) -> dict[str, Any]:
    broker = instance.broker
    # KEDA looks from its own namespace.
    host = broker.host if "." in broker.host else f"{broker.host}.{instance.namespace}.svc"
    metadata = {
        "address": f"{host}:{broker.port}",
        "databaseIndex": str(broker.database),
        "listName": f"{broker.prefix}{key}",
        # KEDA wants one, and the formula's target replaces it.
        "listLength": "1",
    }
    if broker.user:
        metadata["username"] = broker.user
    if broker.tls:
        metadata["enableTLS"] = "true"
        if broker.tls.verification is Verification.NONE:
            metadata["unsafeSsl"] = "true"
    trigger: dict[str, Any] = {"type": "redis", "name": name, "metadata": metadata}
    return trigger | ({"authenticationRef": {"name": authentication}} if authentication else {})
