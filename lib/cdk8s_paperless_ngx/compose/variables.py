"""Environment of a service, and the secrets that stand in the file ``.env`` instead of in a cluster."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdk8s_paperless_ngx.compose.manifests import Manifest, Objects


def secrets(found: Objects) -> dict[str, int]:
    """Return the secrets that a cluster would make: name of the variable, and length of its value."""
    wanted: dict[str, dict[str, int]] = {}
    for job in found.of("Job"):
        (container,) = job["spec"]["template"]["spec"]["containers"]
        wanted |= json.loads(container["command"][-1])["secrets"]
    return {_variable(found, secret, key): length for secret, keys in wanted.items() for key, length in keys.items()}


def environment(found: Objects, container: Manifest) -> dict[str, str]:
    """Return all variables of a container: those of its ConfigMap, then its own.

    Raises:
        ValueError: A value stands in a Secret of a cluster.
    """
    config_maps = {manifest["metadata"]["name"]: manifest["data"] for manifest in found.of("ConfigMap")}
    values: dict[str, str] = {}
    for source in container.get("envFrom", []):
        values |= {name: literal(value) for name, value in config_maps[source["configMapRef"]["name"]].items()}
    for entry in container.get("env", []):
        values[entry["name"]] = _value(found, entry, values)
    return values


def _value(found: Objects, entry: Manifest, earlier: dict[str, str]) -> str:
    if "valueFrom" in entry:
        reference = entry["valueFrom"]["secretKeyRef"]
        name = _variable(found, reference["name"], reference["key"])
        if name not in secrets(found):
            advice = "leave it out: the file .env has the secrets; write yours into it"
            raise found.refuse(entry["name"], "made by the library", f"Secret {reference['name']}", advice)
        return f"${{{name}:?is missing in the file .env}}"
    return expanded(entry.get("value", ""), earlier)


def expanded(text: str, values: Mapping[str, str]) -> str:
    """Return a text with what Kubernetes puts in for ``$(NAME)`` when a container starts."""
    parts = re.split(r"\$\((\w+)\)", text)
    return "".join(values.get(part, "") if index % 2 else literal(part) for index, part in enumerate(parts))


def _variable(found: Objects, secret: str, key: str) -> str:
    purpose = secret.removeprefix(f"{found.instance.name}-")
    name = key if purpose == "application" else f"{purpose}-{key}"
    return re.sub(r"\W", "_", name).upper()


def literal(text: str) -> str:
    """Return a text in which Compose expands nothing."""
    return text.replace("$", "$$")
