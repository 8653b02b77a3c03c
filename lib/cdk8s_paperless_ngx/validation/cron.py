"""Cron expressions, in the two dialects that matter here: Kubernetes' and Celery's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from cdk8s_paperless_ngx.validation.errors import refusal

_PART: Final = r"(?a:(?P<star>\*)|(?P<first>\w+)(?:-(?P<last>\w+))?)(?a:/(?P<step>[0-9]+))?"
CRON_EXAMPLE: Final = "for example '30 2 * * *'"


class _Field(NamedTuple):
    """One of the five fields: its bounds, and names that count from the lower one."""

    least: int
    greatest: int
    names: str = ""

    def number(self, text: str, *, full_names: bool) -> int:
        """Return what a number or a name stands for; -1 for anything else."""
        if text.isascii() and text.isdecimal():
            return int(text)
        known = {name[:3]: number for number, name in enumerate(self.names.split(), self.least)}
        if full_names:
            known |= {name: number for number, name in enumerate(self.names.split(), self.least)}
        return known.get(text.lower(), -1)


_MONTHS: Final = "january february march april may june july august september october november december"
_DAYS: Final = "sunday monday tuesday wednesday thursday friday saturday"
_FIELDS: Final = (_Field(0, 59), _Field(0, 23), _Field(1, 31), _Field(1, 12, _MONTHS), _Field(0, 6, _DAYS))


@dataclass(frozen=True)
class CronDialect:
    """What one program accepts in the place of a standard cron expression.

    Attributes:
        full_names: Whether months and days may be written in full.
        wraps: Whether a range may end before it begins, as in ``fri-mon``.
        step_after_number: Whether a step may follow a single number, as in ``5/10``.
    """

    full_names: bool
    wraps: bool
    step_after_number: bool

    def accepts(self, expression: str) -> bool:
        """Return whether an expression has five valid fields with single spaces between them."""
        fields = expression.split(" ")
        return len(fields) == len(_FIELDS) and all(map(self._accepts_field, fields, _FIELDS))

    def _accepts_field(self, text: str, field: _Field) -> bool:
        return all(self._accepts_part(part, field) for part in text.split(","))

    def _accepts_part(self, text: str, field: _Field) -> bool:
        match = re.fullmatch(_PART, text)
        if match is None:
            return False
        if match["step"] is not None:
            is_range = match["star"] or match["last"]
            if int(match["step"]) == 0 or not (is_range or self.step_after_number):
                return False
        ends = [field.number(end, full_names=self.full_names) for end in match.group("first", "last") if end]
        return all(field.least <= end <= field.greatest for end in ends) and (self.wraps or ends == sorted(ends))


KUBERNETES: Final = CronDialect(full_names=False, wraps=False, step_after_number=True)
"""CronJobs, by ``github.com/robfig/cron/v3``."""
CELERY: Final = CronDialect(full_names=True, wraps=True, step_after_number=False)
"""Beat, by ``crontab_parser`` in ``celery/schedules.py``."""


def check_schedule(where: str, argument: str, value: str) -> None:
    """Refuse a value that is not a schedule of a CronJob."""
    if not KUBERNETES.accepts(value):
        raise refusal(
            where, argument, "a cron expression of five fields with single spaces between", value, CRON_EXAMPLE
        )
