"""Names of time zones."""

from __future__ import annotations

import importlib.resources
from functools import cache
from typing import Final

from cdk8s_paperless_ngx.validation.errors import refusal

TIME_ZONE_RULE: Final = "an IANA time zone such as 'Europe/Zurich'"


def is_time_zone(value: str) -> bool:
    """Return whether a value is a time zone's name, a former one too, whatever this machine's zone database has."""
    return value in _names()


def check_time_zone(where: str, argument: str, value: str) -> None:
    """Refuse a value that is not a time zone's name."""
    if not is_time_zone(value):
        raise refusal(where, argument, TIME_ZONE_RULE, value)


@cache
def _names() -> frozenset[str]:
    # The package that Python's zoneinfo takes where a machine has no database of its own: its list of all names.
    return frozenset(importlib.resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split())
