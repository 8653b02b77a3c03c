"""The one shape of all pods, and where they may run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.manifests.labels import NODE, instance_labels
from cdk8s_paperless_ngx.manifests.structs import plain, struct
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.pods import NodeSelectorRequirement, Pods
from cdk8s_paperless_ngx.model.storage import SingleNodeStorage

_SECRET_REVISION = "cdk8s-paperless-ngx/secret-revision"  # noqa: S105 (an annotation's name)


def secret_revision(instance: Instance) -> dict[str, str]:
    """Return the annotation that starts pods anew when Secrets were changed, which by itself starts nothing."""
    return {_SECRET_REVISION: instance.secret_revision} if instance.secret_revision else {}


def pod_metadata(
    instance: Instance, labels: Mapping[str, str], annotations: Mapping[str, str] | None = None
) -> k8s.ObjectMeta:
    """Return a pod's metadata, with what all pods of the instance get."""
    found = {**instance.pods.annotations, **(annotations or {})}
    return struct(k8s.ObjectMeta, labels={**instance.pods.labels, **labels}, annotations=found or None)


@lru_cache
def _pod_security(user_id: int | None, group_id: int | None) -> k8s.PodSecurityContext:
    """What Pod Security *restricted* asks of a pod; a big volume's ownership is looked at, not rewritten."""
    return struct(
        k8s.PodSecurityContext,
        run_as_non_root=True,
        run_as_user=user_id,
        run_as_group=group_id,
        fs_group=group_id,
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=struct(k8s.SeccompProfile, type="RuntimeDefault"),
    )


def _image_pull_secrets(pods: Pods) -> list[k8s.LocalObjectReference] | None:
    """What registries ask for."""
    return [struct(k8s.LocalObjectReference, name=name) for name in pods.image_pull_secrets] or None


def _node_selector(pods: Pods) -> dict[str, str] | None:
    """Labels that a node must have."""
    return dict(pods.node_selector) or None


def _tolerations(pods: Pods) -> list[k8s.Toleration] | None:
    """Taints that a node may have."""
    return [
        struct(
            k8s.Toleration,
            key=toleration.key,
            operator="Exists" if toleration.value is None else "Equal",
            value=toleration.value,
            effect=toleration.effect.value if toleration.effect else None,
        )
        for toleration in pods.tolerations
    ] or None


@lru_cache
def _node_affinity(pods: Pods) -> k8s.NodeAffinity | None:
    """Which nodes it may or should run on, beyond labels that a node must have."""
    wanted = pods.node_affinity
    if wanted is None:
        return None
    required = struct(k8s.NodeSelectorTerm, match_expressions=[_requirement(each) for each in wanted.required])
    preferred = [
        struct(
            k8s.PreferredSchedulingTerm,
            weight=1,
            preference=struct(k8s.NodeSelectorTerm, match_expressions=[_requirement(each)]),
        )
        for each in wanted.preferred
    ]
    return struct(
        k8s.NodeAffinity,
        required_during_scheduling_ignored_during_execution=(
            struct(k8s.NodeSelector, node_selector_terms=[required]) if wanted.required else None
        ),
        preferred_during_scheduling_ignored_during_execution=preferred or None,
    )


def _requirement(wanted: NodeSelectorRequirement) -> k8s.NodeSelectorRequirement:
    return struct(
        k8s.NodeSelectorRequirement,
        key=wanted.key,
        operator=wanted.operator.value,
        values=list(wanted.values) or None,
    )


def _affinity(pods: Pods, to_pods: k8s.PodAffinity | None) -> k8s.Affinity | None:
    to_nodes = _node_affinity(pods)
    if to_nodes is None and to_pods is None:
        return None
    return struct(k8s.Affinity, node_affinity=to_nodes, pod_affinity=to_pods)


def pod_spec(
    instance: Instance,
    container: k8s.Container,
    volumes: list[k8s.Volume],
    *,
    user_id: int | None = None,
    share_process_namespace: bool = True,
    init_containers: Sequence[k8s.Container] = (),
    service_account: str | None = None,
    affinity: k8s.PodAffinity | None = None,
    grace_seconds: int | None = None,
    restart_policy: str | None = None,
    spread: list[k8s.TopologySpreadConstraint] | None = None,
    priority_class: str | None = None,
) -> k8s.PodSpec:
    """Return a pod as all of them are: one user, no token of its own, no service links.

    Args:
        instance: The installation.
        container: What runs in it.
        volumes: What its containers mount.
        user_id: Of its image, user and group; unset, those of the application's files.
        share_process_namespace: Whether there is one for all containers. A process that is PID 1 ignores signals that
            it has no handler for, also before it installs one.
        init_containers: What must end before.
        service_account: Whose token a container may mount; unset, none's.
        affinity: Pods whose node it must run on; unset, nobody's.
        grace_seconds: Between SIGTERM and SIGKILL; unset, Kubernetes' default.
        restart_policy: Unset, always.
        spread: How it keeps away from others of its kind.
        priority_class: Name of its PriorityClass; unset, the instance's.
    """
    pods = instance.pods
    # Where the cluster chooses, it chooses for all: it admits no number of an image's own.
    user, group = (pods.user_id, pods.group_id) if None in (user_id, pods.user_id) else (user_id, user_id)
    return struct(
        k8s.PodSpec,
        automount_service_account_token=False,
        service_account_name=service_account,
        # A Service called "paperless" would set PAPERLESS_PORT=tcp://... in every pod.
        enable_service_links=False,
        share_process_namespace=share_process_namespace or None,
        termination_grace_period_seconds=grace_seconds,
        restart_policy=restart_policy,
        security_context=_pod_security(user, group),
        affinity=_affinity(pods, affinity),
        topology_spread_constraints=spread,
        priority_class_name=priority_class or instance.pods.priority_class,
        image_pull_secrets=_image_pull_secrets(instance.pods),
        node_selector=_node_selector(instance.pods),
        tolerations=_tolerations(instance.pods),
        init_containers=[plain(each) for each in init_containers] or None,
        containers=[plain(container)],
        volumes=[plain(volume) for volume in volumes],
    )


def placement_labels(instance: Instance) -> dict[str, str]:
    """Return the labels by which pods that mount claims find each other, where they must share a node."""
    return {NODE: "shared"} if isinstance(instance.storage, SingleNodeStorage) else {}


def placement(instance: Instance) -> k8s.PodAffinity | None:
    """Require the node of the instance's other pods that mount claims, where they must share one.

    The first one may choose its node, as it matches its own rule.
    """
    labels = placement_labels(instance)
    if not labels:
        return None
    selector = struct(k8s.LabelSelector, match_labels=instance_labels(instance.name) | labels)
    term = struct(k8s.PodAffinityTerm, label_selector=selector, topology_key="kubernetes.io/hostname")
    return struct(k8s.PodAffinity, required_during_scheduling_ignored_during_execution=[term])
