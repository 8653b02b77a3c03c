"""Which Secrets have to be made in the cluster, or fetched from a store, and what is in each."""

from __future__ import annotations

from typing import Final

from cdk8s_paperless_ngx.model.admin import Admin
from cdk8s_paperless_ngx.model.broker import BundledRedis, ExternalRedis
from cdk8s_paperless_ngx.model.database import BundledPostgres, Database
from cdk8s_paperless_ngx.model.processes.flower import FlowerOptions
from cdk8s_paperless_ngx.model.secrets import ApplicationSecrets, ExternalSecret, GeneratedSecret, SecretSource
from cdk8s_paperless_ngx.references import SecretKey

_PASSWORD_LENGTH: Final = 32
_SECRET_KEY_LENGTH: Final = 64


def generated_secrets(
    instance: str,
    *,
    source: SecretSource,
    secrets: ApplicationSecrets,
    admin: Admin | None,
    database: BundledPostgres | Database,
    broker: BundledRedis | ExternalRedis,
    flower: FlowerOptions | None,
) -> dict[SecretKey, int]:
    """Return where random values have to be stored that nobody named a Secret for, and how long each is.

    Args:
        instance: Name of the installation.
        source: Where the application's own secret values come from.
        secrets: Where those are stored.
        admin: The first administrator.
        database: The database.
        broker: The broker.
        flower: Celery's monitoring interface.
    """
    wanted: dict[SecretKey, int] = {}
    if isinstance(source, GeneratedSecret):
        wanted[secrets.secret_key] = _SECRET_KEY_LENGTH
        if admin is not None and admin.password is None:
            wanted[secrets.admin_password] = _PASSWORD_LENGTH
    if isinstance(database, BundledPostgres) and database.password is None:
        wanted[database.password_key(instance)] = _PASSWORD_LENGTH
    if isinstance(broker, BundledRedis) and broker.password is None:
        wanted[broker.password_key(instance)] = _PASSWORD_LENGTH
    if flower is not None and flower.password is None:
        wanted[flower.password_key(instance)] = _PASSWORD_LENGTH
    return wanted


def fetched_secrets(source: ExternalSecret, secrets: ApplicationSecrets, admin: Admin | None) -> dict[SecretKey, str]:
    """Return where values of a store have to be stored, and which property of its entry each is.

    Args:
        source: Store and entry.
        secrets: Where the application's own secret values are stored.
        admin: The first administrator.
    """
    wanted = {secrets.secret_key: source.secret_key}
    if admin is not None and admin.password is None:
        wanted[secrets.admin_password] = source.admin_password
    return wanted
