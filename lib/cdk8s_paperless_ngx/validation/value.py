"""Values: frozen dataclasses that check the types of their fields, and that start fast.

``@dataclass(frozen=True, kw_only=True, slots=True)`` would write and compile six methods for each class. With some 80
classes that took a tenth of a synthesis, so the methods are here once.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from typing import Any, Final, TypeGuard, TypeVar, cast, dataclass_transform

from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.types import check_fields

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """Make a class a frozen dataclass that takes keyword arguments only.

    Instances can be compared, hashed, copied and pickled; mappings in them cannot be changed. An argument of another
    type than its annotation raises `TypeError`. Then ``__post_init__`` is called, which raises `ValueError` for
    whatever else is wrong.
    """
    made = dataclass(init=False, repr=False, eq=False, kw_only=True)(cls)
    for name, method in _METHODS.items():
        if name not in vars(made):
            setattr(made, name, method)
    return made


def _init(self: object, *unnamed: object, **given: object) -> None:
    known = fields(cast("Any", self))
    values = {each.name: given[each.name] if each.name in given else _default(each) for each in known}
    cls = type(self).__name__
    if unnamed:
        raise TypeError(f"{cls}() takes keyword arguments only: {', '.join(f'{name}=...' for name in values)}")
    for name in given:
        if name not in values:
            raise TypeError(f"{cls}() got an unexpected keyword argument {name!r}")
    missing = [repr(name) for name, item in values.items() if item is MISSING]
    if missing:
        raise TypeError(f"{cls}() lacks the keyword arguments {', '.join(missing)}")
    if given:
        check_fields(type(self), given)
    vars(self).update({name: _frozen(item) for name, item in values.items()})
    if (check := getattr(self, "__post_init__", None)) is not None:
        check()


def _default(known: Field[Any]) -> object:
    return known.default if known.default_factory is MISSING else known.default_factory()


def _frozen(item: object) -> object:
    return FrozenMapping(item) if _can_be_changed(item) else item


def _can_be_changed(item: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(item, Mapping) and not isinstance(item, FrozenMapping)


def _values(self: object) -> tuple[object, ...]:
    return tuple(getattr(self, known.name) for known in fields(cast("Any", self)))


def _repr(self: object) -> str:
    """Show the arguments that are not their defaults."""
    pairs = ((known, getattr(self, known.name)) for known in fields(cast("Any", self)))
    given = ", ".join(f"{known.name}={item!r}" for known, item in pairs if item != _default(known))
    return f"{type(self).__name__}({given})"


def _eq(self: object, other: object) -> bool:
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _hash(self: object) -> int:
    return hash((type(self), *_values(self)))


def _setattr(self: object, name: str, item: object) -> None:
    del item
    raise FrozenInstanceError(f"{type(self).__name__} cannot be changed: use dataclasses.replace({name}=...)")


def _delattr(self: object, name: str) -> None:
    raise FrozenInstanceError(f"{type(self).__name__} cannot be changed: {name} cannot be deleted")


class _Signature:
    """The signature of a class, made when somebody asks for it."""

    def __get__(self, instance: object, cls: type) -> inspect.Signature:
        def parameter(known: Field[Any]) -> inspect.Parameter:
            default = inspect.Parameter.empty if _default(known) is MISSING else _default(known)
            kind = inspect.Parameter.KEYWORD_ONLY
            return inspect.Parameter(known.name, kind, default=default, annotation=known.type)

        return inspect.Signature([parameter(known) for known in fields(cast("Any", cls))], return_annotation=None)


_METHODS: Final = {
    "__init__": _init,
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": _hash,
    "__setattr__": _setattr,
    "__delattr__": _delattr,
    "__signature__": _Signature(),
}
