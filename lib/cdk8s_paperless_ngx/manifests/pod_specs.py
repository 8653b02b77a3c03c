"""The one shape of all pods that run the application's image, and where they may run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.manifests.labels import NODE, instance_labels
from cdk8s_paperless_ngx.manifests.structs import plain, struct
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.pods import Pods
from cdk8s_paperless_ngx.model.processes.process import USER_ID
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
def pod_security(user_id: int) -> k8s.PodSecurityContext:
    """What Pod Security *restricted* asks of a pod; a big volume's ownership is looked at, not rewritten."""
    return struct(
        k8s.PodSecurityContext,
        run_as_non_root=True,
        run_as_user=user_id,
        run_as_group=user_id,
        fs_group=user_id,
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=struct(k8s.SeccompProfile, type="RuntimeDefault"),
    )


def image_pull_secrets(pods: Pods) -> list[k8s.LocalObjectReference] | None:
    """What registries ask for."""
    return [struct(k8s.LocalObjectReference, name=name) for name in pods.image_pull_secrets] or None


def node_selector(pods: Pods) -> dict[str, str] | None:
    """Labels that a node must have."""
    return dict(pods.node_selector) or None


def tolerations(pods: Pods) -> list[k8s.Toleration] | None:
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


def application_pod(
    instance: Instance,
    container: k8s.Container,
    volumes: list[k8s.Volume],
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
    return struct(
        k8s.PodSpec,
        automount_service_account_token=False,
        service_account_name=service_account,
        # A Service called "paperless" would set PAPERLESS_PORT=tcp://... in every pod.
        enable_service_links=False,
        # A process that is PID 1 ignores signals that it has no handler for, also before it installs one.
        share_process_namespace=True,
        termination_grace_period_seconds=grace_seconds,
        restart_policy=restart_policy,
        security_context=pod_security(USER_ID),
        affinity=affinity,
        topology_spread_constraints=spread,
        priority_class_name=priority_class or instance.pods.priority_class,
        image_pull_secrets=image_pull_secrets(instance.pods),
        node_selector=node_selector(instance.pods),
        tolerations=tolerations(instance.pods),
        init_containers=[plain(each) for each in init_containers] or None,
        containers=[plain(container)],
        volumes=[plain(volume) for volume in volumes],
    )


def placement_labels(instance: Instance) -> dict[str, str]:
    """Return the labels by which pods that mount claims find each other, where they must share a node."""
    return {NODE: "shared"} if isinstance(instance.storage, SingleNodeStorage) else {}


def placement(instance: Instance) -> k8s.Affinity | None:
    """Require the node of the instance's other pods that mount claims, where they must share one.

    The first one may choose its node, as it matches its own rule.
    """
    labels = placement_labels(instance)
    if not labels:
        return None
    selector = struct(k8s.LabelSelector, match_labels=instance_labels(instance.name) | labels)
    term = struct(k8s.PodAffinityTerm, label_selector=selector, topology_key="kubernetes.io/hostname")
    return struct(
        k8s.Affinity, pod_affinity=struct(k8s.PodAffinity, required_during_scheduling_ignored_during_execution=[term])
    )
