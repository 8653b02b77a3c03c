"""Days and time zones."""

from __future__ import annotations

import datetime as dt
from typing import Final

from cdk8s_paperless_ngx.settings.kinds.kind import Kind, Problem, Translation
from cdk8s_paperless_ngx.settings.versions import Version, version_numbers
from cdk8s_paperless_ngx.validation.former_time_zones import SUCCESSORS
from cdk8s_paperless_ngx.validation.time_zones import TIME_ZONE_RULE, is_time_zone

NO_FORMER_NAMES: Final = "2.20.0"
"""First version whose official image is built on Debian 13 (its ``Dockerfile``)."""


class TimeZone(Kind[str]):
    """A place in the IANA database."""

    @property
    def rule(self) -> str:
        return TIME_ZONE_RULE

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and is_time_zone(value)

    def problem_in(self, value: str, version: Version) -> Problem | None:
        if value not in SUCCESSORS or version < version_numbers(NO_FORMER_NAMES):
            return None
        return Problem(self.rule, value, f"it is {SUCCESSORS[value]} now")

    def read(self, text: str) -> str:
        return text


def as_today(text: str) -> Translation | None:
    """Return the successor of a time zone's former name; None for any other text."""
    if text not in SUCCESSORS:
        return None
    return Translation({"PAPERLESS_TIME_ZONE": SUCCESSORS[text]}, "as images lack former names: no process would start")


class Date(Kind[dt.date]):
    """A day. It is written with the month's name, which no order of day and month can turn into another day."""

    @property
    def rule(self) -> str:
        return "a datetime.date"

    @property
    def advice(self) -> str:
        return "with the month's name no order of day and month makes another day of it"

    def asks(self, version: Version) -> str:
        del version
        return "a day such as 24 December 1980 or 1980-12-24"

    def accepts(self, value: object) -> bool:
        return isinstance(value, dt.date) and not isinstance(value, dt.datetime)

    def write(self, value: dt.date) -> str:
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year:04}"

    def read(self, text: str) -> dt.date:
        day, _, rest = text.strip().partition(" ")
        month, _, year = rest.partition(" ")
        if month in _MONTHS:
            return dt.date(int(year), _MONTHS.index(month) + 1, int(day))
        return dt.date.fromisoformat(text.strip())


# strftime would ask the locale.
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
