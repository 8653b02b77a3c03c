"""The one Deployment shape of all processes, and the container shape they share with Jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk8s import Chart
from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.checks import MAX_NAME_LENGTH, check_dns_label, refusal
from cdk8s_paperless_ngx.files import ExistingClaim, Extras
from cdk8s_paperless_ngx.image import Generation
from cdk8s_paperless_ngx.kubernetes import fields, volumes
from cdk8s_paperless_ngx.kubernetes.labels import RELEASE, object_labels, selector_labels
from cdk8s_paperless_ngx.kubernetes.pods import application_pod, placement, pod_metadata
from cdk8s_paperless_ngx.processes.process import BYTECODE_DIRECTORY, WORKING_DIRECTORY, Rollout
from cdk8s_paperless_ngx.processes.supervisord import supervised
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.scaling import Fixed, most, replicas
from cdk8s_paperless_ngx.storage import Directory, SharedStorage
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs import Construct

    from cdk8s_paperless_ngx.instance import Instance
    from cdk8s_paperless_ngx.processes.process import Process
    from cdk8s_paperless_ngx.scaling import Scaling

CHECKSUM = "cdk8s-paperless-ngx/checksum"
"""Annotation of every pod: a ConfigMap that changes rolls nothing by itself."""
SECRET_REVISION = "cdk8s-paperless-ngx/secret-revision"  # noqa: S105 (an annotation's name)
"""Annotation of every pod, where there is one: a Secret that changes rolls nothing either."""

_CLUSTER_AUTOSCALER_PATIENCE_SECONDS = 600
"""Its ``--max-graceful-termination-sec``: whatever a pod's grace period is, it kills after this long."""
_HOME = (
    Variable(name="HOME", value="/tmp"),  # noqa: S108 (private to the pod)
    Variable(name="XDG_CACHE_HOME", value="/tmp/cache"),  # noqa: S108
)
"""The image's home is on the read-only root."""
_GATE_RESOURCES = Resources(cpu_request="10m", memory_request="32Mi", memory_limit="128Mi")


def part_name(scope: Construct, instance: Instance, part: str) -> str:
    """Return the name of an object, from the instance and the part alone: never from the construct's path.

    Raises:
        ValueError: The name would not do for every kind of object, or the object would be in another namespace than the
            instance.
    """
    namespace = Chart.of(scope).namespace
    if namespace != instance.namespace:
        advice = f"what the instance consists of is found in {instance.namespace!r} alone"
        raise refusal(scope.node.path, "namespace", "the instance's on the chart", namespace, advice)
    check_dns_label(scope.node.path, "part", part)
    name = f"{instance.name}-{part}"
    if len(name) > MAX_NAME_LENGTH:
        raise refusal(
            scope.node.path,
            "part",
            f"short enough for names of at most {MAX_NAME_LENGTH} characters",
            name,
            "shorten the instance's name or the part",
        )
    return name


def application_environment(instance: Instance, extra: Iterable[Variable] = ()) -> list[k8s.EnvVar]:
    """Environment of every container of the application, beside the ConfigMap."""
    return fields.environment((*instance.variables, *_HOME, *extra))


def release_environment(instance: Instance) -> tuple[Variable, ...]:
    """What the scripts know the release by."""
    return (
        Variable(name="INSTANCE", value=instance.name),
        Variable(name="RELEASE_VERSION", value=instance.release.version),
        Variable(name="RELEASE_LANGUAGE", value=instance.release.index_language),
    )


def application_container(
    instance: Instance,
    *,
    name: str,
    command: Sequence[str],
    environment: Iterable[Variable],
    mounts: Sequence[k8s.VolumeMount],
    resources: Resources,
    process: Process | None = None,
) -> k8s.Container:
    """Return a container of the application's image with the instance's settings."""
    return k8s.Container(
        name=name,
        image=instance.image_reference,
        image_pull_policy="IfNotPresent",
        command=list(command) or None,
        working_dir=WORKING_DIRECTORY,
        env_from=[k8s.EnvFromSource(config_map_ref=k8s.ConfigMapEnvSource(name=instance.config_map))],
        env=application_environment(instance, environment),
        volume_mounts=[*mounts, *volumes.trust_mounts(instance)],
        ports=[k8s.ContainerPort(name=port, container_port=number) for port, number in process.ports.items()]
        if process and process.ports
        else None,
        startup_probe=fields.probe(process.startup) if process else None,
        liveness_probe=fields.probe(process.liveness) if process else None,
        readiness_probe=fields.probe(process.readiness) if process else None,
        resources=fields.resources(resources),
        security_context=fields.container_security(),
    )


def gate(instance: Instance, process: Process) -> k8s.Container:
    """Return the init container that waits until a process may start."""
    return release_gate(instance, sees_index=Directory.DATA in process.shares)


def release_gate(instance: Instance, *, sees_index: bool) -> k8s.Container:
    """Return the init container that waits until the pod's release is the instance's.

    Args:
        instance: The installation.
        sees_index: Whether it also waits for the search index, which must then be mounted in the pod.
    """
    mounts = volumes.shared_mounts(instance, {Directory.DATA}) if sees_index else []
    return application_container(
        instance,
        name="gate",
        command=("python3", f"{volumes.SCRIPTS_PATH}/gate.py"),
        environment=(
            *release_environment(instance),
            Variable(name="GATE_NEEDS_INDEX", value="true" if sees_index else "false"),
        ),
        mounts=[volumes.scripts_mount(), *mounts, *volumes.private_mounts()],
        resources=_GATE_RESOURCES,
    )


def process_deployment(
    scope: Construct,
    instance: Instance,
    process: Process,
    *,
    part: str,
    gate: k8s.Container,
    scaling: Scaling = Fixed(),
    priority_class: str | None = None,
    extras: Extras = Extras(),
    gate_mounts: frozenset[Directory] = frozenset(),
    service_account: str | None = None,
) -> k8s.KubeDeployment:
    """Deploy one process, so that all agree on labels, user, environment, directories and order.

    Args:
        scope: Construct to create the Deployment in, as its default child.
        instance: The installation.
        process: What to run.
        part: Name of the object, after the instance's.
        gate: What must end before the process starts.
        scaling: How many pods there are.
        priority_class: Name of the pods' PriorityClass; unset, the instance's.
        extras: What the process gets beside what all have in common.
        gate_mounts: Directories that only the gate mounts.
        service_account: Whose token the gate gets; unset, there is none.
    """
    name = part_name(scope, instance, part)
    selector = selector_labels(instance.name, part)
    if instance.image.generation is Generation.SUPERVISORD:
        process = supervised(process)
    claimed = process.shares | gate_mounts
    place = placement(instance, mounts_claims=bool(claimed))
    spread = most(scaling) > 1 and isinstance(instance.storage, SharedStorage)
    more = (*process.mounts, *extras.mounts)
    _check_mounts(scope.node.path, process, extras, many_nodes=spread)
    mounts = [
        *volumes.shared_mounts(instance, process.shares),
        *volumes.private_mounts(process.private),
        *volumes.extra_mounts(more),
        *volumes.supervisord_mounts(process),
    ]
    environment = process.environment
    if process.reads_bytecode:
        mounts.append(volumes.bytecode_mount(instance, read_only=True))
        bytecode = f"{BYTECODE_DIRECTORY}/{instance.image.version}"
        environment = (*environment, Variable(name="PYTHONPYCACHEPREFIX", value=bytecode))
    _check_environment(scope.node.path, (*instance.variables, *_HOME, *environment), extras)
    pod_volumes = [
        *volumes.shared_volumes(instance, claimed),
        volumes.private_volume(),
        volumes.scripts_volume(instance),
        *volumes.extra_volumes(more),
        *volumes.supervisord_volumes(instance, process),
        *volumes.trust_volumes(instance),
    ]
    if service_account:
        pod_volumes.append(volumes.token_volume())
    container = application_container(
        instance,
        name=process.component,
        # Without one the image's entrypoint starts supervisord.
        command=() if process.supervised else process.command,
        environment=(*environment, *extras.environment),
        mounts=mounts,
        resources=process.resources,
        process=process,
    )
    labels = selector | {RELEASE: str(instance.release)} | place.labels
    return k8s.KubeDeployment(
        scope,
        "Default",
        metadata=k8s.ObjectMeta(name=name, labels=object_labels(selector, version=instance.image.version)),
        spec=k8s.DeploymentSpec(
            replicas=0 if instance.suspended else replicas(scaling),
            selector=k8s.LabelSelector(match_labels=selector),
            strategy=_strategy(process.rollout),
            progress_deadline_seconds=instance.progress_deadline_seconds,
            template=k8s.PodTemplateSpec(
                metadata=pod_metadata(instance, labels, _annotations(instance, process)),
                spec=application_pod(
                    instance,
                    container,
                    pod_volumes,
                    init_containers=[gate],
                    service_account=service_account,
                    affinity=place.affinity,
                    grace_seconds=process.grace_seconds,
                    spread=_spread(selector) if spread else None,
                    priority_class=priority_class,
                ),
            ),
        ),
    )


def _check_mounts(where: str, process: Process, extras: Extras, *, many_nodes: bool) -> None:
    taken = {mount.path for mount in process.mounts}
    for mount in extras.mounts:
        if mount.path in taken:
            advice = "the instance's consume_scripts are there; mount it elsewhere"
            raise refusal(where, "extras.mounts", "at paths that are free", mount.path, advice)
        files = mount.files
        if many_nodes and isinstance(files, ExistingClaim) and files.access_mode == "ReadWriteOnce":
            advice = "its pods run on several nodes"
            raise refusal(where, "extras.mounts", "of claims that are ReadWriteMany", files.name, advice)


def _check_environment(where: str, own: Iterable[Variable], extras: Extras) -> None:
    taken = {variable.name for variable in own}
    for variable in extras.environment:
        if variable.name in taken:
            advice = "the process has that variable already; drop it"
            raise refusal(where, "extras.environment", "of variables that are free", variable.name, advice)


def _strategy(rollout: Rollout) -> k8s.DeploymentStrategy:
    if rollout is Rollout.ONE_AT_A_TIME:
        return k8s.DeploymentStrategy(type=rollout.value)
    return k8s.DeploymentStrategy(
        type=rollout.value,
        rolling_update=k8s.RollingUpdateDeployment(
            max_surge=k8s.IntOrString.from_number(0), max_unavailable=k8s.IntOrString.from_string("100%")
        ),
    )


def _annotations(instance: Instance, process: Process) -> dict[str, str]:
    annotations = {CHECKSUM: instance.checksum, **revision(instance)}
    if process.grace_seconds > _CLUSTER_AUTOSCALER_PATIENCE_SECONDS:
        annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"] = "false"
    return annotations


def revision(instance: Instance) -> dict[str, str]:
    """Return the annotation that starts pods anew when Secrets were changed."""
    return {SECRET_REVISION: instance.secret_revision} if instance.secret_revision else {}


def _spread(selector: dict[str, str]) -> list[k8s.TopologySpreadConstraint]:
    """Prefer nodes with fewer pods of the same kind; on one node they run all the same."""
    return [
        k8s.TopologySpreadConstraint(
            max_skew=1,
            topology_key="kubernetes.io/hostname",
            when_unsatisfiable="ScheduleAnyway",
            label_selector=k8s.LabelSelector(match_labels=selector),
        )
    ]
