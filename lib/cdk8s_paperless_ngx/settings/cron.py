"""When tasks are queued, as Celery reads it: its rules are others than those of Kubernetes' CronJobs.

From ``celery/schedules.py`` (``crontab_parser``) of the Celery in each image. Every process reads all expressions when
it starts, so that one that Celery does not take stops them all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cdk8s_paperless_ngx.settings.kinds import Kind, Wrong
from cdk8s_paperless_ngx.settings.version import version_numbers

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.settings.version import Version

DISABLED: Final = "disable"
"""Upstream's word for a task that is never queued."""
_MONTHS_SINCE: Final = "2.15.1"
"""First version with Celery 5.5, which knows names of months (its own ``uv.lock``)."""
_PART: Final = r"(?a:(?P<star>\*)|(?P<first>\w+)(?:-(?P<last>\w+))?)(?a:/(?P<step>[0-9]+))?"
_MONTHS: Final = "january february march april may june july august september october november december"
_DAYS: Final = "sunday monday tuesday wednesday thursday friday saturday"
_FIELDS: Final = ((0, 59, ""), (0, 23, ""), (1, 31, ""), (1, 12, _MONTHS), (0, 6, _DAYS))
"""Of each field the least and the greatest number, and the names that count from the least."""
_MONTH: Final = 3


class Cron(Kind[str]):
    """When a task is queued."""

    @property
    def rule(self) -> str:
        return "a cron expression of five fields with single spaces between, or DISABLED"

    def asks(self, version: Version) -> str:
        del version
        return f"a cron expression of five fields with single spaces between, or {DISABLED}"

    def wrong(self, value: object) -> Wrong | None:
        if isinstance(value, str) and (value == DISABLED or _is_schedule(value)):
            return None
        if isinstance(value, str) and re.search(r"(^|[ ,])\w+/", value):
            return Wrong(self.rule, value, "Celery takes a step after '*' or a range alone, as in '5-59/10 * * * *'")
        return Wrong(self.rule, value, "for example '30 2 * * *'")

    def wrong_in(self, value: str, version: Version) -> Wrong | None:
        if value == DISABLED or version >= version_numbers(_MONTHS_SINCE):
            return None
        if re.search("[A-Za-z]", value.split(" ")[_MONTH]):
            return Wrong(
                "a cron expression without names of months", value, f"names came with {_MONTHS_SINCE}; write 1 to 12"
            )
        return None

    def read(self, text: str) -> str:
        return DISABLED if text.strip().lower() == DISABLED else text


def _is_schedule(text: str) -> bool:
    fields = text.split(" ")
    return len(fields) == len(_FIELDS) and all(map(_is_field, fields, _FIELDS))


def _is_field(text: str, bounds: tuple[int, int, str]) -> bool:
    least, greatest, names = bounds
    matches = [re.fullmatch(_PART, part) for part in text.split(",")]
    return all(
        match is not None
        and (match["step"] is None or (int(match["step"]) > 0 and bool(match["star"] or match["last"])))
        # A range may wrap around, as in fri-mon.
        and all(least <= _number(end, least, names) <= greatest for end in match.group("first", "last") if end)
        for match in matches
    )


def _number(text: str, least: int, names: str) -> int:
    """Return what a number or a name stands for; what is neither is below every bound."""
    if text.isascii() and text.isdecimal():
        return int(text)
    known = {form: number for number, name in enumerate(names.split(), least) for form in (name, name[:3])}
    return known.get(text.lower(), -1)
