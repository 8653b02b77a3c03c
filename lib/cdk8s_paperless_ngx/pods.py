"""What all pods of an instance get, so that they fit a cluster; no mirror of what Kubernetes has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.checks import (
    check_annotation_key,
    check_annotations,
    check_label,
    check_label_value,
    check_object_name,
    check_optional_name,
    refusal,
)

_EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_OWN_LABELS: Final = ("app.kubernetes.io/", "cdk8s-paperless-ngx/", "cdk8s.io/")
_DOCKER_HUB: Final = "docker.io"
_MIRROR: Final = re.compile(r"[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9._-]+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Toleration:
    """A taint of nodes that pods may run on all the same.

    Args:
        key: Of the taint.
        value: Of the taint; unset, any.
        effect: ``NoSchedule``, ``PreferNoSchedule`` or ``NoExecute``; unset, all of them.

    Raises:
        ValueError: ``key`` is no key, or ``effect`` is none.
    """

    key: str
    value: str | None = None
    effect: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        check_annotation_key(where, "key", self.key)
        if self.effect is not None and self.effect not in _EFFECTS:
            raise refusal(where, "effect", " or ".join(map(repr, _EFFECTS)), self.effect, "leave it out for all")
        if self.value is not None:
            check_label_value(where, "value", self.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pods:
    """What all pods of an instance get: processes, Jobs, and the servers beside it.

    Args:
        registry_mirror: Registry, with an optional path, that stands in for each image's own; or one for each registry,
            as ``{"ghcr.io": "registry.example.org/ghcr", "docker.io": "registry.example.org/hub"}``.
        image_pull_secrets: Names of Secrets that registries ask for.
        node_selector: Labels that a node must have.
        tolerations: Taints that a node may have.
        priority_class: Name of a PriorityClass, for processes that name none themselves.
        labels: More labels of pods.
        annotations: More annotations of pods.

    Raises:
        ValueError: A name, key or label value cannot exist in Kubernetes, a label is the library's own, or a mirror is
            no registry.
    """

    registry_mirror: str | Mapping[str, str] | None = None
    image_pull_secrets: tuple[str, ...] = ()
    node_selector: Mapping[str, str] = field(default_factory=dict[str, str])
    tolerations: tuple[Toleration, ...] = ()
    priority_class: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        for secret in self.image_pull_secrets:
            check_object_name(where, "image_pull_secrets", secret)
        check_optional_name(where, "priority_class", self.priority_class)
        for name in ("node_selector", "labels", "annotations"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for key, value in self.node_selector.items():
            check_label(where, "node_selector", key, value)
        for key, value in self.labels.items():
            check_label(where, "labels", key, value)
            if key.startswith(_OWN_LABELS):
                raise refusal(where, f"labels[{key!r}]", "left to the library", value, "selectors depend on it")
        check_annotations(where, "annotations", self.annotations)
        if isinstance(self.registry_mirror, Mapping):
            object.__setattr__(self, "registry_mirror", MappingProxyType(dict(self.registry_mirror)))
        for registry, mirror in self._mirrors().items():
            if not _MIRROR.fullmatch(mirror):
                advice = "as 'registry.example.org/hub'"
                raise refusal(where, "registry_mirror", "a registry, perhaps with a path", mirror, advice)
            if registry != "*" and not _is_registry(registry):
                rule, advice = "for a registry's host", "as 'ghcr.io' or 'docker.io'"
                raise refusal(where, f"registry_mirror[{registry!r}]", rule, registry, advice)

    def image(self, reference: str) -> str:
        """Return where an image comes from."""
        registry, slash, rest = reference.partition("/")
        if not slash or not _is_registry(registry):
            registry, rest = _DOCKER_HUB, reference if slash else f"library/{reference}"
        mirrors = self._mirrors()
        mirror = mirrors.get(registry, mirrors.get("*"))
        return f"{mirror}/{rest}" if mirror else reference

    def _mirrors(self) -> Mapping[str, str]:
        if self.registry_mirror is None:
            return {}
        return {"*": self.registry_mirror} if isinstance(self.registry_mirror, str) else self.registry_mirror


def _is_registry(text: str) -> bool:
    """Return whether the first part of an image's reference is a host, as containerd decides it."""
    return "/" not in text and ("." in text or ":" in text or text == "localhost")


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """A proxy for requests that leave the cluster (mail by OAuth, webhooks, models, single sign-on).

    Args:
        url: Of the proxy, for HTTP and HTTPS.
        exceptions: Hosts and domains that are reached without it, beside the cluster's own.

    Raises:
        ValueError: ``url`` is none, or has a password in it, which would be in git.
    """

    url: str
    exceptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        if "@" in self.url:
            raise refusal(
                where, "url", "without user and password", self.url, "let the proxy admit the cluster's nodes"
            )
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/?", self.url):
            raise refusal(where, "url", "a URL", self.url, "for example 'http://proxy.example.org:3128'")
        for exception in self.exceptions:
            if not exception or set(exception) & set(" ,"):
                raise refusal(where, "exceptions", "hosts, domains or networks, one in each item", exception)

    def settings(self, *services: str) -> dict[str, str]:
        """Return the variables that programs read; curl knows one of them in lower case only.

        Args:
            services: Names and domains inside the cluster that are reached without the proxy, beside its usual ones.
        """
        exceptions = ",".join(("localhost", "127.0.0.1", ".svc", ".cluster.local", *services, *self.exceptions))
        values = {"HTTP_PROXY": self.url, "HTTPS_PROXY": self.url, "NO_PROXY": exceptions}
        return values | {name.lower(): value for name, value in values.items()}
