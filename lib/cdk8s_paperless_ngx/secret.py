"""Where secret values come from; no argument of this library takes such a value itself."""

from __future__ import annotations

from dataclasses import dataclass

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
        check_object_name(type(self).__name__, "secret", self.secret)
        check_secret_key(type(self).__name__, "key", self.key)


@dataclass(frozen=True, kw_only=True, slots=True)
class GeneratedSecret:
    """Secrets made inside the cluster with random values, once, and never overwritten.

    One Secret per purpose: ``<instance>-application`` and ``<instance>-admin``.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class ExistingSecret:
    """A Secret that somebody else puts into the namespace: by hand, sealed, or by an operator.

    Args:
        name: Name of the Secret.
        secret_key: Key of the value for ``PAPERLESS_SECRET_KEY``.
        admin_password: Key of the first administrator's password.

    Raises:
        ValueError: A name cannot exist in Kubernetes.
    """

    name: str
    secret_key: str = "secret-key"  # noqa: S105 (a key's name, not its value)
    admin_password: str = "admin-password"  # noqa: S105

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_object_name(where, "name", self.name)
        check_secret_key(where, "secret_key", self.secret_key)
        check_secret_key(where, "admin_password", self.admin_password)


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationSecrets:
    """The two secret values of the application itself, wherever they come from."""

    secret_key: SecretKey
    admin_password: SecretKey


def application_secrets(instance: str, source: GeneratedSecret | ExistingSecret) -> ApplicationSecrets:
    """Return where the application's own secret values stand."""
    if isinstance(source, ExistingSecret):
        return ApplicationSecrets(
            secret_key=SecretKey(secret=source.name, key=source.secret_key),
            admin_password=SecretKey(secret=source.name, key=source.admin_password),
        )
    return ApplicationSecrets(
        secret_key=SecretKey(secret=f"{instance}-application", key="secret-key"),
        admin_password=SecretKey(secret=f"{instance}-admin", key="password"),
    )
