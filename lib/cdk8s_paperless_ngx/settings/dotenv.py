"""Files of environment variables, as Docker Compose reads them (``env_file`` and ``.env``).

https://docs.docker.com/reference/compose-file/services/#env_file-format
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_LINE: Final = r"""(?sx)
    [ \t]* (?: export [ \t]+ )? (?P<name> [A-Za-z_][A-Za-z0-9_]* ) [ \t]*
    (?: = [ \t]* (?:
        ' (?P<single> [^']* ) ' [ \t]* (?: \#.* )?
        | " (?P<double> (?: \\. | [^"\\] )* ) " [ \t]* (?: \#.* )?
        | (?P<plain> (?! ['"] ) .*? ) (?: (?<=[ \t=]) \#.* )?
    ) )? [ \t]*
    """
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}
_REFERENCE: Final = r"\$[A-Za-z_{]"


class NotAVariableError(ValueError):
    """A line is neither a variable nor a comment. The line itself is not repeated, as it may be a password.

    Args:
        number: Of the line, from 1.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number} is neither a variable nor a comment")
        self.number = number


def parse_dotenv(text: str) -> dict[str, str | None]:
    """Return the variables of a file; the last of one name counts.

    A value is None where Compose would put it together from elsewhere: a name alone, or a reference such as
    ``${NAME}``.

    Raises:
        NotAVariableError: A line is neither a variable nor a comment.
    """
    variables: dict[str, str | None] = {}
    for number, line in _logical_lines(text):
        match = re.fullmatch(_LINE, line)
        if match is None:
            raise NotAVariableError(number)
        variables[match["name"]] = _value(match)
    return variables


def variable_names(text: str) -> set[str]:
    """Return the names of a file's variables, whatever else is in it."""
    matches = (re.fullmatch(_LINE, line) for _, lines in _logical_lines(text) for line in _variables_in(lines))
    return {match["name"] for match in matches if match}


def _variables_in(lines: str) -> list[str]:
    """Return a variable whole, over however many lines; of anything else (``A: b``, an open quote) each line's name."""
    return [lines] if re.fullmatch(_LINE, lines) else [re.split("[=:]", line)[0] for line in lines.splitlines()]


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that says something; one in quotes may go on over several."""
    pending, start = "", 0
    # Editors on Windows begin a file with a mark of its encoding.
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not pending and (not line.strip() or line.lstrip().startswith("#")):
            continue
        pending, start = (f"{pending}\n{line}", start) if pending else (line, number)
        if re.fullmatch(_LINE, pending) or not re.match(r"[^=]*=[ \t]*['\"]", pending):
            yield start, pending
            pending = ""
    if pending:
        yield start, pending


def _value(match: re.Match[str]) -> str | None:
    if match["single"] is not None:
        return match["single"]
    quoted, plain = match["double"], match["plain"]
    if quoted is None and plain is None:
        return None
    text: str = plain.strip() if quoted is None else quoted
    if re.search(_REFERENCE, text.replace("$$", "")):
        return None
    text = text.replace("$$", "$")
    return text if quoted is None else re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), text)
