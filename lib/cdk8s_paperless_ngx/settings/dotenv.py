"""Files of environment variables, as Docker Compose reads them (``env_file`` and ``.env``).

https://docs.docker.com/reference/compose-file/services/#env_file-format; what that page leaves open is as in
``dotenv/parser.go`` of compose-go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cdk8s_paperless_ngx.settings.found import Found
from cdk8s_paperless_ngx.settings.interpolation import Lookup, interpolate

_LINE: Final = r"""(?sx)
    [ \t]* (?: export [ \t]+ )? (?P<name> [A-Za-z_][A-Za-z0-9_]* ) [ \t]*
    (?: [=:] [ \t]* (?:
        ' (?P<single> (?: \\. | [^'\\] )* ) ' [ \t]* (?: \#[^\n]* )?
        | " (?P<double> (?: \\. | [^"\\] )* ) " [ \t]* (?: \#[^\n]* )?
        | (?P<plain> (?! ['"] ) [^\n]*? ) (?: (?<=[ \t=]) \#[^\n]* )?
    ) )? [ \t]*
    """
_OPEN_QUOTE: Final = r"[^=:]*[=:][ \t]*['\"]"
_ESCAPES: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "$": "$$"}
"""After a backslash in double quotes; one before anything else is a backslash."""
_NO_VARIABLE: Final = "it is neither a variable nor a comment: write NAME=value"


def nothing(name: str) -> None:
    """Look a variable up where there is none."""
    del name


def read_dotenv(text: str, lookup: Lookup = nothing) -> Found:
    """Return the variables of a file; the last of one name counts.

    A line that is neither a variable nor a comment becomes a remark with its number from 1. The line itself is not
    repeated, as it may be a password.

    Args:
        text: Of the file.
        lookup: Where the values of references come from that stand in no earlier line.
    """
    found = Found()

    def value(name: str) -> str | None:
        return found.value(name) if name in found.variables else lookup(name)

    for number, line in _logical_lines(text):
        match = re.fullmatch(_LINE, line)
        if match is None:
            found.remarks[f"line {number}"] = _NO_VARIABLE
        elif match["single"] is not None:
            found.set(match["name"], match["single"].replace("\\'", "'"))
        elif match["double"] is not None:
            found.set_interpolated(match["name"], interpolate(_unescaped(match["double"]), value))
        elif match["plain"] is not None:
            found.set_interpolated(match["name"], interpolate(match["plain"].strip(), value))
        else:
            found.set(match["name"], lookup(match["name"]))
    return found


def parse_dotenv(text: str) -> dict[str, str | None]:
    """Return the variables of a file alone; None where the file does not say a value."""
    return read_dotenv(text).variables


def variable_names(text: str) -> set[str]:
    """Return the names of a file's variables, whatever else is in it."""
    matches = (re.fullmatch(_LINE, line) for _, lines in _logical_lines(text) for line in _variables_in(lines))
    return {match["name"] for match in matches if match}


def _variables_in(lines: str) -> list[str]:
    """Return a variable whole, over however many lines; of anything else (an open quote) each line's name."""
    return [lines] if re.fullmatch(_LINE, lines) else [re.split("[=:]", line)[0] for line in lines.splitlines()]


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that says something; one in quotes may go on over several."""
    # Editors on Windows begin a file with a mark of its encoding.
    lines = text.removeprefix("\ufeff").splitlines()
    number = 0
    while number < len(lines):
        line, taken = lines[number], 1
        if re.match(_OPEN_QUOTE, line) and not re.fullmatch(_LINE, line):
            whole, taken = _closed(lines[number:])
            line = whole or line
        if line.strip() and not line.lstrip().startswith("#"):
            yield number + 1, line
        number += taken


def _closed(lines: list[str]) -> tuple[str, int]:
    """Return a line with those after it that its quotes go on over, and how many; nothing and 1 where they do not."""
    for end in range(2, len(lines) + 1):
        whole = "\n".join(lines[:end])
        if re.fullmatch(_LINE, whole):
            return whole, end
    return "", 1


def _unescaped(quoted: str) -> str:
    return re.sub(r'\\(["abfnrtv$\\])', lambda match: _ESCAPES.get(match[1], match[1]), quoted)
