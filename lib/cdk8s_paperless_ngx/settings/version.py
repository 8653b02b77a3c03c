"""Versions of paperless-ngx, as far as settings depend on them."""

from __future__ import annotations

from functools import cache

Version = tuple[int, ...]


@cache
def version_numbers(version: str) -> Version:
    """Return the numbers of a version, which compare as versions do."""
    return tuple(map(int, version.split(".")))
