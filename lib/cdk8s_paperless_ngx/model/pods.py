"""What all pods of an instance get, so that they fit a cluster."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import Final

from cdk8s_paperless_ngx.model.annotations import check_own_labels
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.names import (
    check_annotations,
    check_label_value,
    check_labels,
    check_object_name,
    check_optional_name,
    check_qualified_name,
)
from cdk8s_paperless_ngx.validation.value import value

IMAGE_USER: Final = 1000
"""The image's user and group ``paperless``."""
_GREATEST_ID: Final = 2**31 - 1
_DOCKER_HUB: Final = "docker.io"
_MIRROR: Final = r"[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9._-]+)*"


class TaintEffect(enum.Enum):
    """What a taint does to pods that do not tolerate it."""

    NO_SCHEDULE = "NoSchedule"
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    NO_EXECUTE = "NoExecute"


@value
class Toleration:
    """A taint of nodes that pods may run on all the same.

    Args:
        key: Of the taint.
        value: Of the taint; unset, any.
        effect: Of the taint; unset, any.

    Raises:
        ValueError: ``key`` or ``value`` cannot exist in Kubernetes.
    """

    key: str
    value: str | None = None
    effect: TaintEffect | None = None

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_qualified_name(where, "key", self.key)
        if self.value is not None:
            check_label_value(where, "value", self.value)


class IpFamily(enum.Enum):
    """A kind of addresses."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"


class NodeSelectorOperator(enum.Enum):
    """How a node's label is compared with values."""

    IN = "In"
    NOT_IN = "NotIn"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"
    GT = "Gt"
    LT = "Lt"


_WITHOUT_VALUES: Final = (NodeSelectorOperator.EXISTS, NodeSelectorOperator.DOES_NOT_EXIST)
_WITH_A_NUMBER: Final = (NodeSelectorOperator.GT, NodeSelectorOperator.LT)


@value
class NodeSelectorRequirement:
    """What a label of a node must be.

    Args:
        key: Of the label.
        values: What it is compared with: some for IN and NOT_IN, one whole number for GT and LT, none for the others.
        operator: How it is compared.

    Raises:
        ValueError: ``key`` or a value cannot exist in Kubernetes, or there are values where the operator has none, or
            the other way round.
    """

    key: str
    values: tuple[str, ...] = ()
    operator: NodeSelectorOperator = NodeSelectorOperator.IN

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_qualified_name(where, "key", self.key)
        for item in self.values:
            check_label_value(where, "values", item)
        if self.operator in _WITHOUT_VALUES and self.values:
            raise refusal(where, "values", f"left out with {self.operator.value}", self.values)
        if self.operator in _WITH_A_NUMBER and not (len(self.values) == 1 and self.values[0].isdecimal()):
            raise refusal(where, "values", f"one whole number with {self.operator.value}", self.values)
        if self.operator not in _WITHOUT_VALUES and not self.values:
            raise refusal(where, "values", f"at least one with {self.operator.value}", self.values)


@value
class NodeAffinity:
    """Which nodes pods run on, beyond labels that a node must have.

    Args:
        required: All of them must hold.
        preferred: Each of them counts the same where there is a choice.

    Raises:
        ValueError: There is neither.
    """

    required: tuple[NodeSelectorRequirement, ...] = ()
    preferred: tuple[NodeSelectorRequirement, ...] = ()

    def __post_init__(self) -> None:
        if not self.required and not self.preferred:
            raise conflict(type(self).__name__, "neither required nor preferred is given", "leave node_affinity out")


@value
class Pods:
    """What all pods of an instance get: processes, Jobs, and the servers beside it.

    Args:
        registry_mirror: Registry, with an optional path, that stands in for each image's own; or one for each registry,
            as ``{"ghcr.io": "registry.example.org/ghcr", "docker.io": "registry.example.org/hub"}``.
        image_pull_secrets: Names of Secrets that registries ask for.
        node_selector: Labels that a node must have.
        node_affinity: More about nodes, as a choice of labels, or nodes that are only preferred.
        tolerations: Taints that a node may have.
        priority_class: Name of a PriorityClass, for processes that name none themselves.
        labels: More labels of pods.
        annotations: More annotations of pods.
        ip_families: Addresses of the instance's Services, of which the first is the main one: IPv6 alone, or both, for
            clusters that have them. With IPv6 the webserver listens on ``::``, which is IPv4, too, and which fails on
            nodes without IPv6. Unset, the cluster gives Services what it has, and the webserver listens on IPv4 alone.
            The other servers listen on both.
        gate_resources: CPU and memory of the gate in which a pod waits for its release, and of the Job that makes
            Secrets, as a quota may want limits of every container.
        user_id: Number of the user that owns the application's files; what Docker's ``USERMAP_UID`` was. It is the same
            in all of the application's pods, as uploads lie in directories of mode 0700. None has the cluster choose
            one for each pod of the namespace, as OpenShift's security contexts do. Other servers' images have users of
            their own, which it does not change but by None.
        group_id: Number of its group, which volumes are made writable for (``fsGroup``) where their driver does that;
            what ``USERMAP_GID`` was. None goes with a `user_id` of None.

    Raises:
        ValueError: A name, key or label value cannot exist in Kubernetes, a label is the library's own, a mirror is no
            registry, a number is root's or none that Kubernetes takes, just one of the two is None, or a family of
            addresses is there twice.
    """

    registry_mirror: str | Mapping[str, str] | None = None
    image_pull_secrets: tuple[str, ...] = ()
    node_selector: Mapping[str, str] = FrozenMapping()
    node_affinity: NodeAffinity | None = None
    tolerations: tuple[Toleration, ...] = ()
    priority_class: str | None = None
    labels: Mapping[str, str] = FrozenMapping()
    annotations: Mapping[str, str] = FrozenMapping()
    ip_families: tuple[IpFamily, ...] = ()
    gate_resources: Resources = Resources(cpu_request="10m", memory_request="32Mi", memory_limit="128Mi")
    user_id: int | None = IMAGE_USER
    group_id: int | None = IMAGE_USER

    def __post_init__(self) -> None:
        where = type(self).__name__
        for argument, number in (("user_id", self.user_id), ("group_id", self.group_id)):
            if number is not None and not 0 < number <= _GREATEST_ID:
                advice = "processes never run as root; name who owns the files"
                raise refusal(where, argument, f"a whole number, 1 to {_GREATEST_ID}", number, advice)
        if (self.user_id is None) is not (self.group_id is None):
            problem = f"user_id is {self.user_id} and group_id is {self.group_id}"
            raise conflict(where, problem, "name both, or have the cluster choose both")
        for secret in self.image_pull_secrets:
            check_object_name(where, "image_pull_secrets", secret)
        if len(set(self.ip_families)) < len(self.ip_families):
            families = ", ".join(family.value for family in self.ip_families)
            raise refusal(where, "ip_families", "each family once", families, "leave one out")
        check_optional_name(where, "priority_class", self.priority_class)
        check_labels(where, "node_selector", self.node_selector)
        check_own_labels(where, "labels", self.labels)
        check_annotations(where, "annotations", self.annotations)
        for registry, mirror in self._mirrors().items():
            if not re.fullmatch(_MIRROR, mirror):
                advice = "as 'registry.example.org/hub'"
                raise refusal(where, "registry_mirror", "a registry, perhaps with a path", mirror, advice)
            if registry != "*" and not _is_registry(registry):
                rule, advice = "for a registry's host", "as 'ghcr.io' or 'docker.io'"
                raise refusal(where, f"registry_mirror[{registry!r}]", rule, registry, advice)

    @property
    def has_ipv6(self) -> bool:
        """Whether pods are reached by IPv6."""
        return IpFamily.IPV6 in self.ip_families

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
