"""Environment of a service, and the secrets that stand in the file ``.env`` instead of in a cluster."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cdk8s_paperless_ngx.compose.manifests import Manifest, Objects
from cdk8s_paperless_ngx.settings.identity_providers import CLIENT_SECRET
from cdk8s_paperless_ngx.settings.sections.single_sign_on import PROVIDERS

_REFERENCE: Final = r"(\$\$|\$\([^)]*\))"
"""What Kubernetes replaces (third_party/forked/golang/expansion)."""
_DATABASE: Final = ("database", "BundledPostgres() without password")
_BROKER: Final = ("broker", "BundledRedis() without password")
_ARGUMENTS: Final = {
    "PAPERLESS_SECRET_KEY": ("secret", "GeneratedSecret()"),
    "PAPERLESS_ADMIN_PASSWORD": ("admin.password", "left out"),
    "PAPERLESS_DBPASS": _DATABASE,
    "POSTGRES_PASSWORD": _DATABASE,
    "REDIS_PASSWORD": _BROKER,
    "REDISCLI_AUTH": _BROKER,
    "BASIC_AUTH_PASSWORD": ("flower.password", "left out"),
}
"""By which argument, in which form, a variable's value is one that the library makes."""
_GIVEN: Final = (CLIENT_SECRET, PROVIDERS)
"""Beginnings of variables whose values somebody else has made, so that the owner of ``.env`` writes them there."""


def secret_variables(found: Objects) -> dict[str, int]:
    """Return the secrets that a cluster would make: name of the variable, and length of its value."""
    return {
        _variable(found, secret, key): length
        for secret, keys in found.made_secrets.items()
        for key, length in keys.items()
    }


def environment(found: Objects, container: Manifest) -> dict[str, str]:
    """Return all variables of a container: those of its ConfigMap, then its own.

    Raises:
        ValueError: A value stands in a Secret of a cluster, or comes from elsewhere.
    """
    config_maps = {manifest["metadata"]["name"]: manifest.get("data", {}) for manifest in found.of("ConfigMap")}
    values: dict[str, str] = {}
    for source in container.get("envFrom", []):
        name = source.get("configMapRef", {}).get("name")
        if name not in config_maps or "prefix" in source:
            advice = "set the variables in compose.override.yaml under environment"
            raise found.refuse(f"{container['name']}.envFrom", "a ConfigMap of the instance", source, advice)
        values |= {name: literal(value) for name, value in config_maps[name].items()}
    for entry in container.get("env", []):
        values[entry["name"]] = _value(found, entry, values)
    return values


def _value(found: Objects, entry: Manifest, earlier: Mapping[str, str]) -> str:
    if "valueFrom" not in entry:
        return expanded(entry.get("value", ""), earlier)
    name, source = entry["name"], entry["valueFrom"]
    if "secretKeyRef" not in source:
        advice = "set it in compose.override.yaml under environment"
        raise found.refuse(name, "a value, or one of a Secret", next(iter(source)), advice)
    secret, key = source["secretKeyRef"]["name"], source["secretKeyRef"]["key"]
    if key in found.made_secrets.get(secret, {}):
        return f"${{{_variable(found, secret, key)}:?is missing in the file .env}}"
    if name.startswith(_GIVEN):
        return f"${{{name}:?is missing in the file .env}}"
    got = f"Secret {secret}"
    if name in _ARGUMENTS:
        argument, rule = _ARGUMENTS[name]
        raise found.refuse(argument, rule, got, "write a value of your own into the file .env")
    raise found.refuse(name, "left out", got, "set it in compose.override.yaml under environment")


def expanded(text: str, values: Mapping[str, str]) -> str:
    """Return a text with what Kubernetes puts in when a container starts.

    That is the value for ``$(NAME)``, which stays as it is where there is no such variable, and ``$`` for ``$$``.
    """
    parts = re.split(_REFERENCE, text)
    return "".join(_expansion(part, values) if index % 2 else literal(part) for index, part in enumerate(parts))


def _expansion(reference: str, values: Mapping[str, str]) -> str:
    # `$$` is one dollar sign for Compose, too.
    return reference if reference == "$$" else values.get(reference[2:-1], literal(reference))


def _variable(found: Objects, secret: str, key: str) -> str:
    purpose = found.part_of(secret)
    name = key if purpose == "application" else f"{purpose}-{key}"
    return re.sub(r"\W", "_", name).upper()


def literal(text: str) -> str:
    """Return a text in which Compose expands nothing."""
    return text.replace("$", "$$")
