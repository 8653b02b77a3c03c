"""Pieces of pod specifications, from plain values; each function writes one field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.processes.process import CommandCheck, HttpCheck
from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cdk8s_paperless_ngx.processes.process import Check
    from cdk8s_paperless_ngx.resources import Resources

KEEP: Final = {
    # Argo CD: neither prune it nor delete it with the application.
    "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
    # Flux: leave it when it vanishes from git.
    "kustomize.toolkit.fluxcd.io/prune": "disabled",
}
"""Annotations of what holds data and must outlive YAML."""


def environment(variables: Iterable[Variable]) -> list[k8s.EnvVar]:
    """Environment entries, in order, so that a value can refer to an earlier one."""
    return [
        k8s.EnvVar(
            name=variable.name,
            value_from=k8s.EnvVarSource(
                secret_key_ref=k8s.SecretKeySelector(name=variable.value.secret, key=variable.value.key)
            ),
        )
        if isinstance(variable.value, SecretKey)
        else k8s.EnvVar(name=variable.name, value=variable.value)
        for variable in variables
    ]


def resources(wanted: Resources) -> k8s.ResourceRequirements:
    """CPU and memory of a container."""
    limits = {"memory": wanted.memory_limit} | ({"cpu": wanted.cpu_limit} if wanted.cpu_limit else {})
    return k8s.ResourceRequirements(
        requests=_quantities({"cpu": wanted.cpu_request, "memory": wanted.memory_request}), limits=_quantities(limits)
    )


def _quantities(values: Mapping[str, str]) -> dict[str, k8s.Quantity]:
    return {name: k8s.Quantity.from_string(value) for name, value in values.items()}


def probe(check: Check | None) -> k8s.Probe | None:
    """A probe, or none."""
    if isinstance(check, HttpCheck):
        return k8s.Probe(
            http_get=k8s.HttpGetAction(
                path=check.path,
                port=k8s.IntOrString.from_string(check.port),
                http_headers=[k8s.HttpHeader(name="Host", value="localhost")],
            ),
            period_seconds=check.period_seconds,
            timeout_seconds=check.timeout_seconds,
            failure_threshold=check.failures,
        )
    if isinstance(check, CommandCheck):
        return k8s.Probe(
            exec=k8s.ExecAction(command=list(check.command)),
            period_seconds=check.period_seconds,
            timeout_seconds=check.timeout_seconds,
            failure_threshold=check.failures,
            initial_delay_seconds=check.delay_seconds or None,
        )
    return None


def container_security() -> k8s.SecurityContext:
    """What Pod Security *restricted* asks of a container, and a read-only root."""
    return k8s.SecurityContext(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=k8s.Capabilities(drop=["ALL"]),
    )


def pod_security(user_id: int) -> k8s.PodSecurityContext:
    """What Pod Security *restricted* asks of a pod; a big volume's ownership is looked at, not rewritten."""
    return k8s.PodSecurityContext(
        run_as_non_root=True,
        run_as_user=user_id,
        run_as_group=user_id,
        fs_group=user_id,
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
    )
