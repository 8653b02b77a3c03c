"""Arguments against their annotations: what type checkers refuse, an app without types is told in a sentence, too."""

from __future__ import annotations

import enum
import functools
import typing
from collections.abc import Hashable, Mapping
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Final, cast

from cdk8s_paperless_ngx.checks import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN: Final = (bool, int, float)
_SECRET: Final = "name where a secret value stands, as SecretKey(secret=..., key=...)"  # noqa: S105


@functools.cache
def _hints(of: Hashable) -> dict[str, object]:
    return typing.get_type_hints(of)


def check_fields(value: object) -> None:
    """Refuse a dataclass of which a field has a value of another class than it is declared with."""
    for name, hint in _hints(cast("Hashable", type(value))).items():
        check_type(type(value).__name__, name, getattr(value, name), hint)


def check_arguments(where: str, function: Callable[..., object], arguments: Mapping[str, object]) -> None:
    """Refuse arguments of another class than a function's annotations say.

    Args:
        where: Construct path.
        function: Whose annotations count.
        arguments: Its local variables; those that are no arguments do not matter.
    """
    for name, hint in _hints(function).items():
        if name in arguments:
            check_type(where, name, arguments[name], hint)


def check_type(where: str, argument: str, value: object, hint: object) -> None:
    """Refuse a value of another class than a type hint says, and what is in it likewise."""
    for member in _members(hint):
        if _is(value, member):
            _check_items(where, argument, value, member)
            return
    choices, names = _members(hint), [_name(choice) for choice in _members(hint)]
    enums = [choice for choice in choices if isinstance(choice, type) and issubclass(choice, enum.Enum)]
    members = " or ".join(str(item) for choice in enums for item in choice)
    advice = f"use {members}" if members else ""
    if "SecretKey" in names:
        advice = _SECRET
    # What is in the place of one of this library's values may be a password, or a URL that contains one.
    shown = value is None or (isinstance(value, (*_PLAIN, str)) and not any(map(_is_ours, choices)))
    raise refusal(where, argument, f"of type {' or '.join(names)}", value if shown else type(value), advice)


def _members(hint: object) -> tuple[object, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, UnionType) else (hint,)


def _is(value: object, member: object) -> bool:
    kind = typing.get_origin(member) or member
    # In Python True is a number.
    return isinstance(kind, type) and isinstance(value, kind) and (not isinstance(value, bool) or kind is bool)


def _check_items(where: str, argument: str, value: object, member: object) -> None:
    kind, of = typing.get_origin(member), typing.get_args(member)
    if kind is tuple:
        for number, item in enumerate(cast("tuple[object, ...]", value)):
            check_type(where, f"{argument}[{number}]", item, of[0])
    elif kind is Mapping:
        for key, item in cast("Mapping[object, object]", value).items():
            check_type(where, f"{argument}[{key!r}]", key, of[0])
            check_type(where, f"{argument}[{key!r}]", item, of[1])


def _is_ours(member: object) -> bool:
    package = __name__.partition(".")[0]
    return isinstance(member, type) and member.__module__.startswith(package) and not issubclass(member, enum.Enum)


def _name(member: object) -> str:
    if member is NoneType:
        return "None"
    of = " or ".join(dict.fromkeys(_name(item) for item in typing.get_args(member) if item is not ...))
    kind = typing.get_origin(member) or member
    name = kind.__name__ if isinstance(kind, type) else str(kind)
    return f"{name} of {of}" if of else name
