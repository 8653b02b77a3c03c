"""What a container may refer to: keys of Secrets and ConfigMaps, and the variables that take values from them."""

from __future__ import annotations

from cdk8s_paperless_ngx.validation.names import check_key, check_object_name, check_variable_name
from cdk8s_paperless_ngx.validation.value import value


@value
class SecretKey:
    """One value in a Secret of the instance's namespace.

    Args:
        secret: Name of the Secret.
        key: Key in it.

    Raises:
        ValueError: One of them cannot exist in Kubernetes.
    """

    secret: str
    key: str

    def __post_init__(self) -> None:
        check_object_name(type(self).__name__, "secret", self.secret)
        check_key(type(self).__name__, "key", self.key)


@value
class ConfigMapKey:
    """One value in a ConfigMap of the instance's namespace.

    Args:
        config_map: Name of the ConfigMap.
        key: Key in it.

    Raises:
        ValueError: One of them cannot exist in Kubernetes.
    """

    config_map: str
    key: str

    def __post_init__(self) -> None:
        check_object_name(type(self).__name__, "config_map", self.config_map)
        check_key(type(self).__name__, "key", self.key)


@value
class Variable:
    """One environment variable of a container.

    Args:
        name: Its name.
        value: Its text, which may refer to earlier variables as ``$(NAME)``, or where its value is stored.

    Raises:
        ValueError: ``name`` cannot be the name of a variable.
    """

    name: str
    value: str | SecretKey

    def __post_init__(self) -> None:
        check_variable_name(type(self).__name__, "name", self.name)
