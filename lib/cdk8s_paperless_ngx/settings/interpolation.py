"""References to variables inside a value: ``${NAME}`` as Docker Compose resolves it, ``$(NAME)`` as Kubernetes does.

https://docs.docker.com/reference/compose-file/interpolation/
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

Lookup = Callable[[str], str | None]
"""Returns a variable's value; None where it has none."""

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_BRACED: Final = rf"\{{(?P<braced>{_NAME})(?P<operator>:?[-+?=]|\}})"
_START: Final = rf"\$(?:(?P<dollar>\$)|(?P<name>{_NAME})|{_BRACED})"
_BRACES_ONLY: Final = rf"\$(?:\$(?=(?P<dollar>\{{))|(?P<name>(?!))|{_BRACED})"
_OF_A_POD: Final = rf"\$(?:(?P<dollar>\$)|\((?P<name>{_NAME})\))"


class Interpolated(NamedTuple):
    """A text with the values of others in it.

    Args:
        text: What came out; a reference that has no value is left as it was.
        missing: Names that have no value, in the order of the text.
    """

    text: str
    missing: tuple[str, ...] = ()


def interpolate(text: str, lookup: Lookup, *, braces_only: bool = False) -> Interpolated:
    """Return a text with each reference resolved, its default too.

    Args:
        text: With references.
        lookup: Where values come from.
        braces_only: Whether ``$NAME`` and ``$$`` stay as they are; Flux, which fills in the manifests that it applies,
            knows ``${NAME}`` alone, and ``$${NAME}`` for one that is none.
    """
    parts: list[Interpolated] = []
    position = 0
    pattern = re.compile(_BRACES_ONLY if braces_only else _START)
    while match := pattern.search(text, position):
        parts.append(Interpolated(text[position : match.start()]))
        position = match.end()
        if match["dollar"]:
            parts.append(Interpolated("$"))
        elif match["operator"] in (None, "}"):
            parts.append(_value(match.group(), match["name"] or match["braced"], lookup))
        elif (end := _end(text, position)) is None:
            # Without its end it is no reference.
            parts.append(Interpolated(match.group()))
        else:
            inner = text[position:end]
            parts.append(_with_operator(match["braced"], match["operator"], inner, lookup, braces_only=braces_only))
            position = end + 1
    missing = (name for part in parts for name in part.missing)
    return Interpolated("".join(part.text for part in parts) + text[position:], tuple(dict.fromkeys(missing)))


def interpolate_in_pod(text: str, lookup: Lookup) -> Interpolated:
    """Return a text with what Kubernetes puts in for ``$(NAME)``, which it leaves alone where it knows no such name."""

    def expanded(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        found = lookup(match["name"])
        return match.group() if found is None else found

    names = [match["name"] for match in re.finditer(_OF_A_POD, text) if match["name"]]
    missing = tuple(dict.fromkeys(name for name in names if lookup(name) is None))
    return Interpolated(re.sub(_OF_A_POD, expanded, text), missing)


def _end(text: str, position: int) -> int | None:
    """Return where the brace closes that was opened before a position; references may stand inside."""
    depth = 1
    while position < len(text):
        if text.startswith("${", position):
            depth += 1
        elif text[position] == "}":
            depth -= 1
            if not depth:
                return position
        position += 1
    return None


def _value(reference: str, name: str, lookup: Lookup) -> Interpolated:
    found = lookup(name)
    return Interpolated(reference, (name,)) if found is None else Interpolated(found)


def _with_operator(name: str, operator: str, inner: str, lookup: Lookup, *, braces_only: bool) -> Interpolated:
    """Return what stands for ``${NAME:-inner}`` and its like; with a colon, an empty value is none."""
    found = lookup(name)
    is_set = found is not None and not (operator.startswith(":") and not found)
    match operator[-1]:
        case "+":
            return interpolate(inner, lookup, braces_only=braces_only) if is_set else Interpolated("")
        case "?" if not is_set:
            return Interpolated(f"${{{name}{operator}{inner}}}", (name,))
        case _ if is_set:
            return Interpolated(found or "")
        case _:
            return interpolate(inner, lookup, braces_only=braces_only)
