"""Containers, and the pieces that they consist of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Final

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.processes.process import CommandProbe, HttpProbe, Probe, Process
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.references import SecretKey, Variable
from cdk8s_paperless_ngx.validation.numbers import seconds

HOME: Final = (
    Variable(name="HOME", value=paths.TEMPORARY_DIRECTORY),
    Variable(name="XDG_CACHE_HOME", value=paths.CACHE_DIRECTORY),
)
"""The image's home is on the read-only root."""


def environment(variables: Iterable[Variable]) -> list[k8s.EnvVar]:
    """Environment entries, in order, so that a value can refer to an earlier one."""
    return [_environment_entry(variable) for variable in variables]


@lru_cache
def _environment_entry(variable: Variable) -> k8s.EnvVar:
    if isinstance(variable.value, SecretKey):
        selector = struct(k8s.SecretKeySelector, name=variable.value.secret, key=variable.value.key)
        return struct(k8s.EnvVar, name=variable.name, value_from=struct(k8s.EnvVarSource, secret_key_ref=selector))
    return struct(k8s.EnvVar, name=variable.name, value=variable.value)


@lru_cache
def resources(wanted: Resources) -> k8s.ResourceRequirements:
    """CPU, memory and room on its node's disk of a container."""
    limits = {"memory": wanted.memory_limit} | ({"cpu": wanted.cpu_limit} if wanted.cpu_limit else {})
    requests = {
        "cpu": wanted.cpu_request,
        "memory": wanted.memory_request,
        "ephemeral-storage": wanted.ephemeral_storage_request,
    }
    return struct(k8s.ResourceRequirements, requests=_quantities(requests), limits=_quantities(limits))


def _quantities(values: Mapping[str, str]) -> dict[str, k8s.Quantity]:
    return {name: quantity(text) for name, text in values.items()}


@lru_cache
def quantity(text: str) -> k8s.Quantity:
    """A quantity, which Node makes."""
    return k8s.Quantity.from_string(text)


@lru_cache
def number_or_text(value: str | int) -> k8s.IntOrString:
    """A field that may be a number or a text, which Node makes."""
    return k8s.IntOrString.from_string(value) if isinstance(value, str) else k8s.IntOrString.from_number(value)


@lru_cache
def probe(wanted: Probe | None) -> k8s.Probe | None:
    """A probe, or none."""
    if isinstance(wanted, HttpProbe):
        host = struct(k8s.HttpHeader, name="Host", value="localhost")
        return struct(
            k8s.Probe,
            http_get=struct(k8s.HttpGetAction, path=wanted.path, port=number_or_text(wanted.port), http_headers=[host]),
            period_seconds=seconds(wanted.period),
            timeout_seconds=seconds(wanted.timeout),
            failure_threshold=wanted.failures,
        )
    if isinstance(wanted, CommandProbe):
        return struct(
            k8s.Probe,
            exec=struct(k8s.ExecAction, command=list(wanted.command)),
            period_seconds=seconds(wanted.period),
            timeout_seconds=seconds(wanted.timeout),
            failure_threshold=wanted.failures,
            initial_delay_seconds=seconds(wanted.delay) or None,
        )
    return None


@lru_cache
def _keep_serving(time: timedelta) -> k8s.Lifecycle | None:
    """A pause before SIGTERM. Kubernetes' own action ``sleep`` is not in its 1.27, of which the classes here are."""
    if not time:
        return None
    pause = struct(k8s.ExecAction, command=["sleep", str(seconds(time))])
    return struct(k8s.Lifecycle, pre_stop=struct(k8s.LifecycleHandler, exec=pause))


@lru_cache
def container_security() -> k8s.SecurityContext:
    """What Pod Security *restricted* asks of a container, and a read-only root."""
    return struct(
        k8s.SecurityContext,
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=struct(k8s.Capabilities, drop=["ALL"]),
    )


@lru_cache
def settings_source(config_map: str) -> k8s.EnvFromSource:
    """All settings, as variables."""
    return struct(k8s.EnvFromSource, config_map_ref=struct(k8s.ConfigMapEnvSource, name=config_map))


def ports(wanted: Mapping[str, int]) -> list[k8s.ContainerPort] | None:
    """Ports by name, or none."""
    return [struct(k8s.ContainerPort, name=name, container_port=number) for name, number in wanted.items()] or None


def application_container(
    instance: Instance,
    *,
    name: str,
    command: Sequence[str],
    environment_beside: Iterable[Variable],
    mounts: Sequence[k8s.VolumeMount],
    resources_wanted: Resources,
    process: Process | None = None,
    with_settings: bool = True,
) -> k8s.Container:
    """Return a container of the application's image.

    Args:
        instance: The installation.
        name: Of the container.
        command: Exec form; empty for the image's entrypoint.
        environment_beside: Variables beside those that every container has.
        mounts: What it mounts, beside the certificates of authorities.
        resources_wanted: CPU and memory.
        process: Whose ports and probes it has.
        with_settings: Whether it gets the instance's settings, secrets and extras.
    """
    variables = (*instance.variables, *HOME, *instance.extras.environment) if with_settings else HOME
    extras = volumes.instance_extra_mounts(instance) if with_settings else []
    return struct(
        k8s.Container,
        name=name,
        image=instance.image_reference,
        image_pull_policy="IfNotPresent",
        command=list(command) or None,
        working_dir=paths.WORKING_DIRECTORY,
        env_from=[settings_source(instance.config_map)] if with_settings else None,
        env=environment((*variables, *environment_beside)),
        volume_mounts=[*mounts, *extras, *volumes.certificate_mounts(instance)],
        ports=ports(process.ports) if process else None,
        startup_probe=probe(process.startup) if process else None,
        liveness_probe=probe(process.liveness) if process else None,
        readiness_probe=probe(process.readiness) if process else None,
        lifecycle=_keep_serving(process.keep_serving) if process else None,
        resources=resources(resources_wanted),
        security_context=container_security(),
    )


def optional_variable(name: str, value: str | SecretKey | None) -> tuple[Variable, ...]:
    """Return a variable, or none where it has no value: an empty one is another thing to who reads it."""
    return () if value is None else (Variable(name=name, value=value),)


def release_variables(instance: Instance) -> tuple[Variable, ...]:
    """Return what the scripts know the release by."""
    return (
        Variable(name="INSTANCE", value=instance.name),
        Variable(name="RELEASE_VERSION", value=instance.release.version),
        Variable(name="RELEASE_LANGUAGE", value=instance.release.index_language),
        *optional_variable("REBUILD_INDEX", instance.release.rebuild_index),
    )


def gate(instance: Instance, *, needs_index: bool, environment_beside: Iterable[Variable] = ()) -> k8s.Container:
    """Return the init container that waits until the pod's release is the instance's.

    Args:
        instance: The installation.
        needs_index: Whether it also waits for the search index, which must then be mounted in the pod.
        environment_beside: Client secrets and what contains them, which it looks at before the process gets them.
    """
    mounts = volumes.directory_mounts(instance, {Directory.DATA}) if needs_index else []
    return application_container(
        instance,
        name="gate",
        command=("python3", paths.script("gate")),
        environment_beside=(
            *release_variables(instance),
            Variable(name="GATE_NEEDS_INDEX", value="true" if needs_index else "false"),
            *environment_beside,
        ),
        mounts=[volumes.scripts_mount(), *mounts, *volumes.private_mounts()],
        resources_wanted=instance.pods.gate_resources,
    )
