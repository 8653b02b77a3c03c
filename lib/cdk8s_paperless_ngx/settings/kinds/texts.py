"""Texts, and what is a text of some shape: paths, programs, names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.settings.kinds.kind import LEAVE_OUT, Kind, Problem


@dataclass(eq=False, repr=False)
class Text(Kind[str]):
    """One line of text, of a shape where there is one.

    Args:
        means: What it must be, continuing "must be".
        shape: Regular expression of the whole text.
        example: A good one.
    """

    means: str = "a text"
    shape: str = r".*\S.*"
    example: str = ""

    @property
    def rule(self) -> str:
        return f"{self.means} such as {self.example!r}" if self.example else self.means

    def problem_with(self, value: object) -> Problem | None:
        if self.accepts(value):
            return None
        return Problem(self.rule, value, LEAVE_OUT if value == "" else "")

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and value.isprintable() and re.fullmatch(self.shape, value) is not None

    def read(self, text: str) -> str:
        return text


class Template(Text):
    """A text over as many lines as it takes. An environment variable has line ends and tabs as they are."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and value.strip() != "" and re.sub(r"[\t\n]", "", value).isprintable()


class ContainerPath(Text):
    """A place in a container, which the application takes with a slash at its end too."""

    def read(self, text: str) -> str:
        return text.rstrip("/") or text


PATH: Final = ContainerPath("an absolute path without '/' at its end", r"/.*[^/]")
PROGRAM: Final = Text("a program's name, or its absolute path", r"[^/\s]+|/.*[^/]")
DOTTED_NAME: Final = Text("a dotted Python name", r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
