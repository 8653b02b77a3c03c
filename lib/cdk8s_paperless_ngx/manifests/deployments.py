"""The one Deployment shape of all processes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.containers import HOME, application_container, number_or_text
from cdk8s_paperless_ngx.manifests.labels import RELEASE, object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.objects import metadata, owned
from cdk8s_paperless_ngx.manifests.pod_specs import (
    placement,
    placement_labels,
    pod_metadata,
    pod_spec,
    secret_revision,
)
from cdk8s_paperless_ngx.manifests.scopes import scope_of
from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.extras import Extras
from cdk8s_paperless_ngx.model.image import Generation
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import checked_object_name
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.processes.process import Process, ProcessOptions, Rollout
from cdk8s_paperless_ngx.model.processes.supervisord import supervised
from cdk8s_paperless_ngx.model.scaling import Fixed, Scaling
from cdk8s_paperless_ngx.model.storage import SharedStorage, bytecode_sub_path
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.errors import conflict
from cdk8s_paperless_ngx.validation.numbers import seconds

_CLUSTER_AUTOSCALER_PATIENCE_SECONDS = 600
"""Its ``--max-graceful-termination-sec``: whatever a pod's grace period is, it kills after this long."""


def process_deployment(
    scope: Construct,
    instance: Instance,
    process: Process,
    *,
    part: str,
    options: ProcessOptions,
    init_container: k8s.Container | None = None,
    before_init: Sequence[k8s.Container] = (),
    scaling: Scaling = Fixed(),
    init_directories: frozenset[Directory] = frozenset(),
    init_volumes: Sequence[k8s.Volume] = (),
    service_account: str | None = None,
) -> k8s.KubeDeployment:
    """Deploy one process, so that all agree on labels, user, environment, directories and order.

    Args:
        scope: Construct to create the Deployment in, as its default child.
        instance: The installation.
        process: What to run.
        part: Name of the object, after the instance's.
        options: What the user said of it.
        init_container: What must end before the process starts: the gate or the migration; unset, nothing.
        before_init: What must end before that, in this order.
        scaling: How many pods there are.
        init_directories: Directories that only init containers mount.
        init_volumes: What else only init containers mount.
        service_account: Whose token the one container gets that mounts it; unset, there is none.
    """
    where = scope_of(scope).path
    name = checked_object_name(where, instance.name, part)
    selector = selector_labels(instance.name, part)
    if instance.image.generation is Generation.SUPERVISORD and not process.is_script:
        process = supervised(process)
    claimed = process.shares | init_directories
    bound = bool(claimed) or (instance.extras.of_one_node is not None and not process.is_script)
    many_nodes = scaling.maximum > 1 and isinstance(instance.storage, SharedStorage)
    variables = (*process.environment, *_modules(process), *_bytecode(instance, process))
    _check_mounts(where, instance, process, options.extras, many_nodes=many_nodes)
    own = (*instance.variables, *HOME, *instance.extras.environment, *variables)
    _check_environment(where, own, options.extras)
    labels = selector | {RELEASE: str(instance.release)} | (placement_labels(instance) if bound else {})
    made = k8s.KubeDeployment(
        scope,
        "Default",
        metadata=metadata(name, object_labels(selector, version=instance.image.version)),
        spec=struct(
            k8s.DeploymentSpec,
            # Nothing where an autoscaler decides, or each apply would undo its decision.
            replicas=0 if instance.suspended else scaling.replicas if isinstance(scaling, Fixed) else None,
            selector=struct(k8s.LabelSelector, match_labels=selector),
            strategy=_strategy(process.rollout),
            progress_deadline_seconds=seconds(instance.progress_deadline),
            template=struct(
                k8s.PodTemplateSpec,
                metadata=pod_metadata(instance, labels, _annotations(instance, process)),
                spec=pod_spec(
                    instance,
                    _container(instance, process, options.extras, variables),
                    [
                        *_volumes(instance, process, options.extras, claimed, token=service_account is not None),
                        *init_volumes,
                    ],
                    init_containers=[*before_init, *([init_container] if init_container else [])],
                    service_account=service_account,
                    affinity=placement(instance) if bound else None,
                    grace_seconds=seconds(process.time_to_end),
                    spread=_spread(selector) if many_nodes else None,
                    priority_class=options.priority_class,
                ),
            ),
        ),
    )
    return owned(made, instance.namespace, name)


def _modules(process: Process) -> tuple[Variable, ...]:
    return (Variable(name="PYTHONPATH", value=paths.MODULES_DIRECTORY),) if process.loads_modules else ()


def _bytecode(instance: Instance, process: Process) -> tuple[Variable, ...]:
    if not process.reads_bytecode or bytecode_sub_path(instance.storage) is None:
        return ()
    folder = f"{paths.BYTECODE_DIRECTORY}/{instance.image.version}"
    return (Variable(name="PYTHONPYCACHEPREFIX", value=folder),)


def _container(instance: Instance, process: Process, extras: Extras, variables: tuple[Variable, ...]) -> k8s.Container:
    return application_container(
        instance,
        name=process.component,
        # Without one the image's entrypoint starts supervisord.
        command=() if process.supervised else process.command,
        environment_beside=(*variables, *extras.environment),
        mounts=[
            *volumes.directory_mounts(instance, process.shares),
            *volumes.private_mounts(process.private, instance.trash),
            *volumes.extra_mounts((*process.mounts, *extras.mounts)),
            *volumes.supervisord_mounts(process),
            *(volumes.bytecode_mounts(instance, read_only=True) if process.reads_bytecode else []),
            *(volumes.module_mounts() if process.loads_modules else []),
            *([volumes.scripts_mount(), volumes.token_mount()] if process.is_script else []),
        ],
        resources_wanted=process.resources,
        process=process,
        with_settings=not process.is_script,
    )


def _volumes(
    instance: Instance, process: Process, extras: Extras, directories: frozenset[Directory], *, token: bool
) -> list[k8s.Volume]:
    return [
        *volumes.directory_volumes(instance, directories),
        volumes.private_volume(instance.private_size(documents=process.writes_documents)),
        volumes.scripts_volume(instance),
        *volumes.extra_volumes((*process.mounts, *extras.mounts)),
        *([] if process.is_script else volumes.instance_extra_volumes(instance)),
        *volumes.supervisord_volumes(instance, process),
        *volumes.certificate_volumes(instance),
        *([volumes.token_volume()] if token else []),
    ]


def _check_mounts(where: str, instance: Instance, process: Process, extras: Extras, *, many_nodes: bool) -> None:
    taken = {mount.path: "consume_scripts" for mount in process.mounts}
    taken |= {mount.path: "extras" for mount in instance.extras.mounts}
    for mount in extras.mounts:
        if mount.path in taken:
            problem = f"extras.mounts has one at {mount.path}, where the instance's {taken[mount.path]} are"
            raise conflict(where, problem, "mount it elsewhere")
    if many_nodes and (claim := extras.of_one_node) is not None:
        problem = f"extras.mounts has the ReadWriteOnce claim {claim.name!r}, and the pods run on several nodes"
        raise conflict(where, problem, "use a ReadWriteMany claim")


def _check_environment(where: str, own: Iterable[Variable], extras: Extras) -> None:
    taken = {variable.name for variable in own}
    for variable in extras.environment:
        if variable.name in taken:
            raise conflict(where, f"extras.environment has {variable.name}, which the process has already", "drop it")


def _strategy(rollout: Rollout) -> k8s.DeploymentStrategy:
    if rollout is Rollout.ONE_AT_A_TIME:
        return struct(k8s.DeploymentStrategy, type=rollout.value)
    rolling = struct(k8s.RollingUpdateDeployment, max_surge=number_or_text(0), max_unavailable=number_or_text("100%"))
    return struct(k8s.DeploymentStrategy, type=rollout.value, rolling_update=rolling)


def _annotations(instance: Instance, process: Process) -> dict[str, str]:
    annotations = secret_revision(instance)
    if seconds(process.time_to_end) > _CLUSTER_AUTOSCALER_PATIENCE_SECONDS:
        annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"] = "false"
    return annotations


def _spread(selector: dict[str, str]) -> list[k8s.TopologySpreadConstraint]:
    """Prefer nodes with fewer pods of the same kind; on one node they run all the same."""
    return [
        struct(
            k8s.TopologySpreadConstraint,
            max_skew=1,
            topology_key="kubernetes.io/hostname",
            when_unsatisfiable="ScheduleAnyway",
            label_selector=struct(k8s.LabelSelector, match_labels=selector),
        )
    ]
