"""Members of closed sets."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from cdk8s_paperless_ngx.settings.kinds.kind import Kind, Problem
from cdk8s_paperless_ngx.settings.versions import Version, version_numbers, version_text

E = TypeVar("E", bound=enum.Enum)


class Change(NamedTuple):
    """When a member of a closed set came or went, and what to use in versions without it."""

    since: str = ""
    until: str = ""
    instead: str = ""


@dataclass(eq=False, repr=False)
class OneOf(Kind[E]):
    """A member of a closed set.

    Args:
        members: The set; each member's value is what the application reads.
        changes: Those that not every version has.
        any_case: Whether the application takes small letters for capitals.
    """

    members: type[E]
    changes: Mapping[E, Change] = field(default_factory=dict[E, Change])
    any_case: bool = False

    @property
    def rule(self) -> str:
        return "one of " + ", ".join(map(str, self.members))

    def asks(self, version: Version) -> str:
        return "one of " + ", ".join(map(self.write, self._known_by(version)))

    def accepts(self, value: object) -> bool:
        return isinstance(value, self.members)

    def problem_in(self, value: E, version: Version) -> Problem | None:
        known = self._known_by(version)
        if value in known:
            return None
        names = ", ".join(map(str, known))
        advice = self.changes[value].instead
        return Problem(f"one of {names} with paperless-ngx {version_text(version)}", value, advice)

    def _known_by(self, version: Version) -> list[E]:
        return [member for member in self.members if self._exists(member, version)]

    def _exists(self, member: E, version: Version) -> bool:
        change = self.changes.get(member, Change())
        return not (
            (change.since and version < version_numbers(change.since))
            or (change.until and version >= version_numbers(change.until))
        )

    def write(self, value: E) -> str:
        return str(value.value)

    def read(self, text: str) -> E:
        word = text.upper() if self.any_case else text
        for member in self.members:
            if self.write(member) == word:
                return member
        raise ValueError(text)
