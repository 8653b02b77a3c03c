"""Names of objects: the one place where they are put together.

They follow from the instance's name and the part alone, never from a construct's path: code that moves in Python must
not make a second beat or an empty claim.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.validation.errors import refusal
from cdk8s_paperless_ngx.validation.names import check_dns_label

MAX_NAME_LENGTH: Final = 52
"""The strictest limit on any object here: a CronJob's (63, less 11 for the names of its Jobs)."""
_MAX_INSTANCE_LENGTH: Final = 40
"""Leaves 11 characters for a part, and one for its hyphen."""

CONFIG: Final = "config"
SCRIPTS: Final = "scripts"
BACKUP_SCRIPTS: Final = "backup-scripts"
SUPERVISORD: Final = "supervisord"
SECRETS: Final = "secrets"
WEBSERVER: Final = "webserver"
CONSUMER: Final = "consumer"
WORKER: Final = "worker"
BEAT: Final = "beat"
FLOWER: Final = "flower"
MIGRATION: Final = "migration"
BACKUP: Final = "backup"
BACKUP_CLAIM: Final = "backup-claim"
DRILL: Final = "drill"
OFF_SITE: Final = "off-site"
OFF_SITE_CHECK: Final = "off-site-check"
REDELIVERY: Final = "redelivery"
RESCUE: Final = "rescue"
POSTGRES: Final = "postgres"
REDIS: Final = "redis"
TIKA: Final = "tika"
GOTENBERG: Final = "gotenberg"


def check_instance_name(where: str, name: str) -> None:
    """Refuse a name from which no objects' names can be made."""
    check_dns_label(where, "name", name)
    if len(name) > _MAX_INSTANCE_LENGTH:
        rule = f"at most {_MAX_INSTANCE_LENGTH} characters, as parts are added to it"
        raise refusal(where, "name", rule, name, "shorten it")


def object_name(instance: str, part: str) -> str:
    """Return the name of an object.

    Args:
        instance: Name of the installation.
        part: What the object is for, such as `WORKER`.
    """
    return f"{instance}-{part}"


def digest(content: object, digits: int) -> str:
    """Return the end of the name of an object that cannot be changed: another content makes another object.

    Args:
        content: What JSON can say.
        digits: How many there are.
    """
    rendered = json.dumps(content, sort_keys=True)
    return hashlib.sha256(rendered.encode()).hexdigest()[:digits]


def content_name(instance: str, part: str, content: Mapping[str, str]) -> str:
    """Return the name of an object that never changes: with another content it is another object.

    Args:
        instance: Name of the installation.
        part: What the object is for, such as `CONFIG`.
        content: What the name stands for.
    """
    return f"{object_name(instance, part)}-{digest(dict(content), 10)}"


def part_of(instance: str, name: str) -> str:
    """Return what an object is for: its name without the instance's."""
    return name.removeprefix(f"{instance}-")


def checked_object_name(where: str, instance: str, part: str) -> str:
    """Return the name of an object whose part is a user's choice.

    Raises:
        ValueError: The name would not do for every kind of object.
    """
    check_dns_label(where, "part", part)
    name = object_name(instance, part)
    if len(name) > MAX_NAME_LENGTH:
        rule = f"short enough for names of at most {MAX_NAME_LENGTH} characters"
        raise refusal(where, "part", rule, name, "shorten the instance's name or the part")
    return name


def service_hosts(instance: str, part: str, namespace: str) -> tuple[str, ...]:
    """Return the host names by which clients in the cluster reach a Service."""
    name = object_name(instance, part)
    return name, f"{name}.{namespace}", f"{name}.{namespace}.svc", f"{name}.{namespace}.svc.cluster.local"


def password_of(instance: str, part: str) -> SecretKey:
    """Return where the password of a server is stored that is made in the cluster."""
    return SecretKey(secret=object_name(instance, part), key="password")
