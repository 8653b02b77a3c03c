"""References to what stands in the instance's namespace already."""

from __future__ import annotations

from dataclasses import dataclass

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.checks import check_object_name, check_secret_key


@dataclass(frozen=True, kw_only=True, slots=True)
class SecretKey:
    """One value in a Secret of the instance's namespace.

    Args:
        secret: Name of the Secret.
        key: Key inside it.

    Raises:
        ValueError: One of them cannot exist in Kubernetes.
    """

    secret: str
    key: str

    def __post_init__(self) -> None:
        check_fields(self)
        check_object_name(type(self).__name__, "secret", self.secret)
        check_secret_key(type(self).__name__, "key", self.key)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigMapKey:
    """One value in a ConfigMap of the instance's namespace.

    Args:
        config_map: Name of the ConfigMap.
        key: Key inside it.

    Raises:
        ValueError: One of them cannot exist in Kubernetes.
    """

    config_map: str
    key: str

    def __post_init__(self) -> None:
        check_fields(self)
        check_object_name(type(self).__name__, "config_map", self.config_map)
        check_secret_key(type(self).__name__, "key", self.key)
