"""Paths in volumes and in containers."""

from __future__ import annotations

import re
from typing import Final

from cdk8s_paperless_ngx.validation.errors import refusal

_ABSOLUTE: Final = r"(/[^/:]+)+"


def check_sub_path(where: str, argument: str, value: str) -> None:
    """Refuse a path that leaves its volume, or is not in its shortest form."""
    if {"", ".", ".."} & set(value.split("/")):
        advice = "for example 'paperless/media'; leave it out to mount the whole volume"
        raise refusal(where, argument, "a relative path inside the volume", value, advice)


def is_absolute_path(value: str) -> bool:
    """Return whether a path is absolute and in its shortest form. Kubernetes takes no colon in one."""
    return re.fullmatch(_ABSOLUTE, value) is not None and not {".", ".."} & set(value.split("/"))


def is_at_or_below(path: str, folder: str) -> bool:
    """Return whether a path is a folder or lies below it."""
    return f"{path}/".startswith(f"{folder}/")
