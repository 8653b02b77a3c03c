"""Definitions of custom resources, as strict as the API server is about fields that it knows."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

Schema = dict[str, Any]


def _strict(schema: Schema) -> Schema:
    """The schema with unknown fields as errors, which the API server would drop with a warning."""
    schema = copy.deepcopy(schema)

    def close(node: object) -> None:
        if isinstance(node, dict):
            if "properties" in node and not node.get("x-kubernetes-preserve-unknown-fields"):
                node.setdefault("additionalProperties", False)
            for value in node.values():
                close(value)

    close(schema)
    schema["properties"].update({"apiVersion": {}, "kind": {}, "metadata": {}})
    return schema


def _stored(crd: Schema) -> Schema:
    (version,) = [version for version in crd["spec"]["versions"] if version["storage"]]
    return version["schema"]["openAPIV3Schema"]


CUSTOM = {
    crd["spec"]["names"]["kind"]: _strict(_stored(crd))
    for file in sorted((Path(__file__).parent.parent / "imports" / "schemas").iterdir())
    for crd in yaml.safe_load_all(file.read_text(encoding="utf-8"))
}
"""By kind."""
