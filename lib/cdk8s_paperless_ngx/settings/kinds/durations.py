"""Spans of time, which the application counts in a unit."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.settings.kinds.kind import Kind, Problem
from cdk8s_paperless_ngx.settings.versions import Version, version_numbers

_ZERO: Final = dt.timedelta(0)


SECONDS: Final = dt.timedelta(seconds=1)
DAYS: Final = dt.timedelta(days=1)


@dataclass(eq=False, repr=False)
class Duration(Kind[dt.timedelta]):
    """A span of time, which the application counts in a unit.

    Args:
        unit: What it counts.
        maximum: How many at most; 0 for no limit.
        minimum: How many at least.
    """

    unit: dt.timedelta
    maximum: int = 0
    minimum: int = 1

    @property
    def rule(self) -> str:
        return f"a timedelta of whole {self._bounds}"

    def asks(self, version: Version) -> str:
        del version
        return f"a whole number of {self._bounds}"

    @property
    def _bounds(self) -> str:
        name = "days" if self.unit == DAYS else "seconds"
        return f"{name}, {self.minimum} to {self.maximum}" if self.maximum else f"{name}, {self.minimum} or more"

    def accepts(self, value: object) -> bool:
        if not isinstance(value, dt.timedelta) or value % self.unit:
            return False
        return self.minimum * self.unit <= value and not (self.maximum and value > self.maximum * self.unit)

    def write(self, value: dt.timedelta) -> str:
        return str(value // self.unit)

    def read(self, text: str) -> dt.timedelta:
        try:
            return int(text) * self.unit
        except OverflowError as error:
            raise ValueError(text) from error


@dataclass(eq=False, repr=False)
class Seconds(Kind[dt.timedelta]):
    """A span of time that the application counts in seconds, with or without fraction.

    Args:
        whole_before: First version that takes fractions.
        never_zero: Why it must not be 0; empty where it may.
    """

    whole_before: str = ""
    never_zero: str = ""

    @property
    def rule(self) -> str:
        return f"a timedelta {self._bounds}"

    @property
    def _bounds(self) -> str:
        return "above 0" if self.never_zero else "of 0 or more"

    def asks(self, version: Version) -> str:
        if self._is_whole(version):
            return "a whole number of seconds, 0 or more"
        return f"a number of seconds{' above 0' if self.never_zero else ', 0 or more'}"

    def problem_with(self, value: object) -> Problem | None:
        if self.accepts(value):
            return None
        return Problem(self.rule, value, self.never_zero if value == _ZERO else "")

    def accepts(self, value: object) -> bool:
        return isinstance(value, dt.timedelta) and value >= _ZERO and not (self.never_zero and value == _ZERO)

    def problem_in(self, value: dt.timedelta, version: Version) -> Problem | None:
        if self._is_whole(version) and value % SECONDS:
            return Problem("a timedelta of whole seconds", value, f"fractions are allowed since {self.whole_before}")
        return None

    def _is_whole(self, version: Version) -> bool:
        return bool(self.whole_before) and version < version_numbers(self.whole_before)

    def write(self, value: dt.timedelta) -> str:
        return str(value // SECONDS) if not value % SECONDS else str(value.total_seconds())

    def read(self, text: str) -> dt.timedelta:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        try:
            return dt.timedelta(seconds=number)
        except OverflowError as error:
            raise ValueError(text) from error
