"""What decides how many pods of a Deployment there are, and how many may be taken away at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.checks import refusal
from cdk8s_paperless_ngx.kubernetes import keda
from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.kubernetes.workloads import part_name
from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.scaling import ByCpu, ByQueue, least
from cdk8s_paperless_ngx.trust import Verification

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import Construct

    from cdk8s_paperless_ngx.backing.external import ExternalRedis
    from cdk8s_paperless_ngx.instance import Instance
    from cdk8s_paperless_ngx.scaling import Scaling

# Up: at once, doubling each 15 seconds, or by 4 where there are fewer. Down: one pod a minute, as the one that is
# chosen may be at work, and then stays beside the others until it has finished.
_UP: Final = (("Percent", 100, 15), ("Pods", 4, 15))
_DOWN: Final = (("Pods", 1, 60),)


def autoscale(scope: Construct, instance: Instance, part: str, scaling: Scaling) -> None:
    """Create what the scaling of a part needs beside its Deployment.

    A PodDisruptionBudget only where two pods are certain: with one it would keep every node from being drained.
    """
    if isinstance(scaling, ByCpu):
        _by_cpu(scope, instance, part, scaling)
    if isinstance(scaling, ByQueue):
        check_queue(scope.node.path, instance, scaling)
        _by_queue(scope, instance, part, scaling)
    if least(scaling) > 1:
        selector = selector_labels(instance.name, part)
        k8s.KubePodDisruptionBudget(
            scope,
            "disruption-budget",
            metadata=k8s.ObjectMeta(name=part_name(scope, instance, part), labels=object_labels(selector)),
            spec=k8s.PodDisruptionBudgetSpec(
                max_unavailable=k8s.IntOrString.from_number(1),
                selector=k8s.LabelSelector(match_labels=selector),
                # A pod that waits in its gate, or crashes, works on nothing and holds no node back.
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
        )


def _by_cpu(scope: Construct, instance: Instance, part: str, scaling: ByCpu) -> None:
    name = part_name(scope, instance, part)
    k8s.KubeHorizontalPodAutoscalerV2(
        scope,
        "autoscaler",
        metadata=k8s.ObjectMeta(name=name, labels=object_labels(selector_labels(instance.name, part))),
        spec=k8s.HorizontalPodAutoscalerSpecV2(
            scale_target_ref=k8s.CrossVersionObjectReferenceV2(api_version="apps/v1", kind="Deployment", name=name),
            min_replicas=scaling.minimum,
            max_replicas=scaling.maximum,
            metrics=[
                k8s.MetricSpecV2(
                    type="Resource",
                    resource=k8s.ResourceMetricSourceV2(
                        name="cpu",
                        target=k8s.MetricTargetV2(
                            type="AverageValue", average_value=k8s.Quantity.from_string(scaling.cpu)
                        ),
                    ),
                )
            ],
            behavior=k8s.HorizontalPodAutoscalerBehaviorV2(
                scale_up=_rules(_UP, 0), scale_down=_rules(_DOWN, scaling.idle_seconds)
            ),
        ),
    )


def _rules(policies: Iterable[tuple[str, int, int]], window_seconds: int) -> k8s.HpaScalingRulesV2:
    return k8s.HpaScalingRulesV2(
        stabilization_window_seconds=window_seconds,
        select_policy="Max",
        policies=[
            k8s.HpaScalingPolicyV2(type=kind, value=value, period_seconds=seconds) for kind, value, seconds in policies
        ],
    )


def _by_queue(scope: Construct, instance: Instance, part: str, scaling: ByQueue) -> None:
    """Two numbers make the queue: Celery's list of waiting tasks, and kombu's hash of those taken and not yet done.

    One of them alone would call a worker idle that is in the middle of a document, or leave documents waiting.
    """
    name = part_name(scope, instance, part)
    labels = object_labels(selector_labels(instance.name, part))
    login = _login(instance.broker)
    if login:
        keda.trigger_authentication(scope, "broker-login", name=name, labels=labels, spec=login)
    authentication = name if login else None
    keda.scaled_object(
        scope,
        "autoscaler",
        name=name,
        labels=labels,
        suspended=instance.suspended,
        spec={
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicaCount": scaling.minimum,
            "maxReplicaCount": scaling.maximum,
            "pollingInterval": scaling.polling_seconds,
            # From 1 to 0; the behavior below is for the rest.
            "cooldownPeriod": scaling.idle_seconds,
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
                        "scaleUp": _plain_rules(_UP, 0),
                        "scaleDown": _plain_rules(_DOWN, scaling.idle_seconds),
                    }
                },
            },
        },
    )


def check_queue(where: str, instance: Instance, scaling: Scaling) -> None:
    """Refuse what KEDA cannot do that the application can.

    Raises:
        ValueError: The scaling is by queue, and of the broker's certificate only the authority is to be verified.
    """
    tls = instance.broker.tls
    if isinstance(scaling, ByQueue) and tls is not None and tls.verification is Verification.AUTHORITY:
        advice = "KEDA always compares host names; use Verification.FULL, or scale by CPU"
        raise refusal(where, "scaling", "Fixed or ByCpu with Verification.AUTHORITY of the broker", scaling, advice)


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


def _plain_rules(policies: Iterable[tuple[str, int, int]], window_seconds: int) -> dict[str, Any]:
    return {
        "stabilizationWindowSeconds": window_seconds,
        "selectPolicy": "Max",
        "policies": [{"type": kind, "value": value, "periodSeconds": seconds} for kind, value, seconds in policies],
    }
