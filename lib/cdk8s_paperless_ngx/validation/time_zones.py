"""Names of time zones."""

from __future__ import annotations

import re
import zoneinfo
from typing import Final

from cdk8s_paperless_ngx.validation.errors import refusal

_TIME_ZONE: Final = r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*"
_OTHER_FILES: Final = frozenset({"localtime", "posixrules", "Factory", "right", "posix"})
"""Files and folders of a zone database that are not time zones."""

TIME_ZONE_RULE: Final = "an IANA time zone such as 'Europe/Zurich'"


def is_time_zone(value: str) -> bool:
    """Return whether a value is a time zone's name, as far as its form and this machine's zone database tell."""
    well_formed = re.fullmatch(_TIME_ZONE, value) is not None and value.partition("/")[0] not in _OTHER_FILES
    return well_formed and _is_in_zone_database(value)


def check_time_zone(where: str, argument: str, value: str) -> None:
    """Refuse a value that is not a time zone's name."""
    if not is_time_zone(value):
        raise refusal(where, argument, TIME_ZONE_RULE, value)


def _is_in_zone_database(name: str) -> bool:
    if name == "UTC":
        return True
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
        # Where the machine has no database, every well-formed name passes.
        return not zoneinfo.available_timezones()
    return True
