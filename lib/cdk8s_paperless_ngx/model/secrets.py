"""Where secret values come from; no argument of this library takes such a value itself."""

from __future__ import annotations

from typing import Final

from cdk8s_paperless_ngx.model.names import object_name, password_of
from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.validation.errors import refusal
from cdk8s_paperless_ngx.validation.names import check_key, check_object_name
from cdk8s_paperless_ngx.validation.value import value

SECRET_KEY: Final = "secret-key"  # noqa: S105 (a key's name, not its value)
ADMIN_PASSWORD: Final = "admin-password"  # noqa: S105


@value
class GeneratedSecret:
    """Secrets made inside the cluster with random values, once, and never overwritten.

    One Secret per purpose: ``<instance>-application`` and ``<instance>-admin``.
    """


@value
class ExistingSecret:
    """A Secret that somebody else puts into the namespace: by hand, sealed, or by an operator.

    Args:
        name: Name of the Secret.
        secret_key: Key of the value for ``PAPERLESS_SECRET_KEY``.
        admin_password: Key of the first administrator's password, unless `Admin` says where that is.

    Raises:
        ValueError: A name cannot exist in Kubernetes.
    """

    name: str
    secret_key: str = SECRET_KEY
    admin_password: str = ADMIN_PASSWORD

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_object_name(where, "name", self.name)
        check_key(where, "secret_key", self.secret_key)
        check_key(where, "admin_password", self.admin_password)


@value
class ExternalSecret:
    """A Secret that the External Secrets Operator fetches from a store, once: no silent refresh.

    A value that changed in the store would reach one pod today and another tomorrow, and processes that disagree about
    the secret key drop each other's tasks. So the Secrets' names end in `Paperless`'s ``secret_revision``: another
    revision is another Secret, fetched anew, and all pods get it together. Another store, key or property is fetched
    with another revision only, too.

    One Secret per purpose: ``<instance>-application`` and ``<instance>-admin``.

    Args:
        store: Name of the SecretStore or ClusterSecretStore.
        key: Of the entry in the store.
        cluster_store: Whether it is a ClusterSecretStore.
        secret_key: Property of the entry with the value for ``PAPERLESS_SECRET_KEY``.
        admin_password: Property with the first administrator's password, unless `Admin` says where that is.

    Raises:
        ValueError: A name cannot exist in Kubernetes, or ``key`` or a property is empty.
    """

    store: str
    key: str
    cluster_store: bool = False
    secret_key: str = SECRET_KEY
    admin_password: str = ADMIN_PASSWORD

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_object_name(where, "store", self.store)
        for argument in ("key", "secret_key", "admin_password"):
            if not getattr(self, argument).strip():
                raise refusal(where, argument, "a name in the store", getattr(self, argument))


SecretSource = GeneratedSecret | ExistingSecret | ExternalSecret


@value
class ApplicationSecrets:
    """Where the two secret values of the application itself are stored."""

    secret_key: SecretKey
    admin_password: SecretKey


_APPLICATION: Final = "application"
_ADMIN: Final = "admin"


def application_secrets(
    instance: str, source: SecretSource, *, admin_password: SecretKey | None, revision: str
) -> ApplicationSecrets:
    """Return where the application's own secret values are stored.

    Args:
        instance: Name of the installation.
        source: Where they come from.
        admin_password: Where that one is stored, if it was said apart.
        revision: Of what comes from a store; empty for the first.
    """
    if isinstance(source, ExistingSecret):
        secret_key = SecretKey(secret=source.name, key=source.secret_key)
        password = SecretKey(secret=source.name, key=source.admin_password)
    else:
        end = f"-{revision}" if revision and isinstance(source, ExternalSecret) else ""
        secret_key = SecretKey(secret=object_name(instance, _APPLICATION) + end, key=SECRET_KEY)
        password = password_of(instance, _ADMIN + end)
    return ApplicationSecrets(secret_key=secret_key, admin_password=admin_password or password)
