"""Several values of one kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, cast

from cdk8s_paperless_ngx.settings.kinds.kind import LEAVE_OUT, Kind, Problem
from cdk8s_paperless_ngx.settings.versions import Version

T = TypeVar("T")


@dataclass(eq=False, repr=False)
class Listed(Kind[tuple[T, ...]]):
    """Several values of one kind, with a separator between, which none of them may contain.

    Args:
        each: What each of them is.
        separator: What stands between.
        repeats: Whether one may be there twice, because the application counts them.
    """

    each: Kind[T]
    separator: str = ","
    repeats: bool = False

    @property
    def rule(self) -> str:
        return f"a tuple, each {self.each.rule}"

    @property
    def advice(self) -> str:
        return self.each.advice

    def asks(self, version: Version) -> str:
        return f"a list with {self.separator!r} between, each {self.each.asks(version)}"

    def problem_with(self, value: object) -> Problem | None:
        if not isinstance(value, tuple) or not value:
            return Problem(self.rule, value, LEAVE_OUT if value == () else "")
        members = cast("tuple[T, ...]", value)
        for member in members:
            if (wrong := self.each.problem_with(member)) is not None:
                return Problem(self.rule, wrong.got)
            if self.separator in self.each.write(member):
                return Problem(f"a tuple of texts without {self.separator!r}", member)
        if len(set(members)) < len(members) and not self.repeats:
            return Problem("a tuple of values that are all different", members)
        return None

    def write(self, value: tuple[T, ...]) -> str:
        return self.separator.join(map(self.each.write, value))

    def read(self, text: str) -> tuple[T, ...]:
        members = [self.each.read(part.strip()) for part in text.split(self.separator) if part.strip()]
        return tuple(members if self.repeats else dict.fromkeys(members))
