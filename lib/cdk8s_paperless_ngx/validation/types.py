"""Arguments against their annotations: an app without a type checker is told in a sentence, too."""

from __future__ import annotations

import enum
import functools
import inspect
import typing
from collections.abc import Callable, Hashable, Mapping
from datetime import timedelta
from types import NoneType, UnionType
from typing import Final, ParamSpec, Protocol, TypeVar, cast

from cdk8s_paperless_ngx.validation.secrecy import presentable

P = ParamSpec("P")
R = TypeVar("R")

_MANY: Final = 3
"""More types than this are not worth naming inside another one."""


@functools.cache
def _hints(of: Hashable) -> dict[str, object]:
    return typing.get_type_hints(of)


def check_fields(cls: type, given: Mapping[str, object]) -> None:
    """Refuse arguments of a class of another type than its fields are declared with.

    Args:
        cls: A dataclass.
        given: Its arguments by name.

    Raises:
        TypeError: One is.
    """
    hints = _hints(cast("Hashable", cls))
    for name, value in given.items():
        check_type(cls.__name__, name, value, hints[name])


class _Node(Protocol):
    @property
    def path(self) -> str: ...


class _Scope(Protocol):
    @property
    def node(self) -> _Node: ...


def checked(init: Callable[P, R]) -> Callable[P, R]:
    """Have a construct's ``__init__`` refuse keyword arguments of other types than declared.

    Nothing is asked of Node unless there is an error to report.
    """

    @functools.wraps(init)
    def check_and_init(*args: P.args, **kwargs: P.kwargs) -> R:
        for name, value in kwargs.items():
            hint = _hints(init).get(name)
            if hint is not None and not _fits(value, hint):
                given = inspect.signature(init).bind(*args, **kwargs).arguments
                scope, id_ = cast("_Scope", given["scope"]), cast("str", given["id"])
                check_type("/".join(filter(None, (scope.node.path, id_))), name, value, hint)
        return init(*args, **kwargs)

    return check_and_init


def check_type(where: str, argument: str, value: object, hint: object) -> None:
    """Refuse a value of another type than an annotation says, and what is in it likewise.

    Raises:
        TypeError: It is.
    """
    for inner, item, item_hint in _mismatches(argument, value, hint):
        raise TypeError(_sentence(where, inner, item, item_hint))


def _sentence(where: str, argument: str, value: object, hint: object) -> str:
    # A password may be in the place of one of this library's values, or in a URL.
    shown = value is None or (isinstance(value, str | int | float) and not _has_ours(hint))
    got = repr(presentable(value)) if shown else type(value).__name__
    return f"{where}: {argument} must be of type {_name(hint)}, got {got}{_advice(value, hint)}"


def _advice(value: object, hint: object) -> str:
    if isinstance(instead := getattr(type(value), "instead", None), str):
        return f"; {instead}"
    members = _members(hint)
    if "SecretKey" in map(_name, members):
        text = "write it in quotes, or " if str in members else ""
        return f"; {text}name where the value is stored, as SecretKey(secret=..., key=...)"
    if timedelta in members and isinstance(value, int | float):
        return f"; write what it counts, such as timedelta(seconds={value})"
    choices = [str(item) for member in members if _is_enum(member) for item in member]
    return f"; use {' or '.join(choices)}" if choices else ""


def _fits(value: object, hint: object) -> bool:
    return not any(True for _ in _mismatches("", value, hint))


def _mismatches(argument: str, value: object, hint: object) -> typing.Iterator[tuple[str, object, object]]:
    """Yield what has another type than its annotation says: its name, the value, the annotation."""
    for member in _members(hint):
        if _is(value, member):
            yield from _mismatches_inside(argument, value, member)
            return
    yield argument, value, hint


def _mismatches_inside(argument: str, value: object, member: object) -> typing.Iterator[tuple[str, object, object]]:
    kind, of = typing.get_origin(member), typing.get_args(member)
    if kind is tuple:
        for number, item in enumerate(cast("tuple[object, ...]", value)):
            yield from _mismatches(f"{argument}[{number}]", item, of[0])
    elif kind is Mapping:
        for key, item in cast("Mapping[object, object]", value).items():
            yield from _mismatches(f"{argument}[{key!r}]", key, of[0])
            yield from _mismatches(f"{argument}[{key!r}]", item, of[1])


def _members(hint: object) -> tuple[object, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, UnionType) else (hint,)


def _is(value: object, member: object) -> bool:
    if isinstance(member, TypeVar | typing.ForwardRef):
        # What a type variable stands for is not known here, nor what an alias says deeper inside itself.
        return True
    kind = typing.get_origin(member) or member
    if isinstance(value, bool):
        # In Python, True is an int.
        return kind is bool
    if kind is float:
        return isinstance(value, int | float)
    return isinstance(kind, type) and isinstance(value, kind)


def _has_ours(hint: object) -> bool:
    """Return whether an annotation names one of this library's values anywhere."""
    package = __name__.partition(".")[0]
    if isinstance(hint, type) and hint.__module__.startswith(package) and not _is_enum(hint):
        return True
    return any(map(_has_ours, typing.get_args(hint)))


def _is_enum(member: object) -> typing.TypeGuard[type[enum.Enum]]:
    return isinstance(member, type) and issubclass(member, enum.Enum)


def _name(hint: object, depth: int = 0) -> str:
    """Return an annotation as one says it."""
    members = _members(hint)
    if depth and len(members) > _MANY:
        return "values of several types"
    return " or ".join(_name_of_member(member, depth) for member in members)


def _name_of_member(member: object, depth: int) -> str:
    if member is NoneType:
        return "None"
    kind = typing.get_origin(member) or member
    of = [_name(item, depth + 1) for item in typing.get_args(member) if item is not ...]
    name = kind.__name__ if isinstance(kind, type) else str(kind)
    match of:
        case []:
            return name
        case [key, item]:
            return f"{name} from {key} to {item}"
        case _:
            return f"{name} of {', '.join(of)}"
