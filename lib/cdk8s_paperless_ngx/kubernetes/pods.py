"""The one shape of all pods that run the application's image, and where they may run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.kubernetes import fields
from cdk8s_paperless_ngx.kubernetes.labels import NODE, selector_labels
from cdk8s_paperless_ngx.processes.process import USER_ID
from cdk8s_paperless_ngx.storage import SingleNodeStorage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdk8s_paperless_ngx.instance import Instance
    from cdk8s_paperless_ngx.pods import Pods


def pod_metadata(
    instance: Instance, labels: Mapping[str, str], annotations: Mapping[str, str] | None = None
) -> k8s.ObjectMeta:
    """Return a pod's metadata, with what all pods of the instance get."""
    found = {**instance.pods.annotations, **(annotations or {})}
    return k8s.ObjectMeta(labels={**instance.pods.labels, **labels}, annotations=found or None)


def image_pull_secrets(pods: Pods) -> list[k8s.LocalObjectReference] | None:
    """What registries ask for."""
    return [k8s.LocalObjectReference(name=name) for name in pods.image_pull_secrets] or None


def node_selector(pods: Pods) -> dict[str, str] | None:
    """Labels that a node must have."""
    return dict(pods.node_selector) or None


def tolerations(pods: Pods) -> list[k8s.Toleration] | None:
    """Taints that a node may have."""
    return [
        k8s.Toleration(
            key=toleration.key,
            operator="Exists" if toleration.value is None else "Equal",
            value=toleration.value,
            effect=toleration.effect,
        )
        for toleration in pods.tolerations
    ] or None


def application_pod(
    instance: Instance,
    container: k8s.Container,
    pod_volumes: list[k8s.Volume],
    *,
    init_containers: Sequence[k8s.Container] = (),
    service_account: str | None = None,
    affinity: k8s.Affinity | None = None,
    grace_seconds: int | None = None,
    restart_policy: str | None = None,
    spread: list[k8s.TopologySpreadConstraint] | None = None,
    priority_class: str | None = None,
) -> k8s.PodSpec:
    """Return a pod as all of them are: one user, no token of its own, no service links, one process namespace."""
    return k8s.PodSpec(
        automount_service_account_token=False,
        service_account_name=service_account,
        # A Service called "paperless" would set PAPERLESS_PORT=tcp://... in every pod.
        enable_service_links=False,
        # A process that is PID 1 ignores signals it has no handler for, also before it installs one.
        share_process_namespace=True,
        termination_grace_period_seconds=grace_seconds,
        restart_policy=restart_policy,
        security_context=fields.pod_security(USER_ID),
        affinity=affinity,
        topology_spread_constraints=spread,
        priority_class_name=priority_class or instance.pods.priority_class,
        image_pull_secrets=image_pull_secrets(instance.pods),
        node_selector=node_selector(instance.pods),
        tolerations=tolerations(instance.pods),
        init_containers=list(init_containers) or None,
        containers=[container],
        volumes=pod_volumes,
    )


@dataclass(frozen=True)
class Placement:
    """Where a pod may run: its label, by which the others find it, and the rule that goes with it."""

    labels: dict[str, str]
    affinity: k8s.Affinity | None


def placement(instance: Instance, *, mounts_claims: bool = True) -> Placement:
    """Return where a pod may run that mounts claims of an instance, or none."""
    if not mounts_claims or not isinstance(instance.storage, SingleNodeStorage):
        return Placement({}, None)
    shared = {NODE: "shared"}
    return Placement(shared, _same_node(instance, shared))


def _same_node(instance: Instance, shared: dict[str, str]) -> k8s.Affinity:
    """Require the node of the instance's other pods; the first one may choose, as it matches its own rule."""
    everyone = {key: value for key, value in selector_labels(instance.name, "").items() if value} | shared
    return k8s.Affinity(
        pod_affinity=k8s.PodAffinity(
            required_during_scheduling_ignored_during_execution=[
                k8s.PodAffinityTerm(
                    label_selector=k8s.LabelSelector(match_labels=everyone), topology_key="kubernetes.io/hostname"
                )
            ]
        )
    )
