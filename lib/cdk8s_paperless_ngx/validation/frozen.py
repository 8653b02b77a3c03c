"""Mappings that nobody can change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar, cast

V = TypeVar("V")


class FrozenMapping(Mapping[str, V]):
    """A mapping that can be hashed, copied and pickled, which a `types.MappingProxyType` cannot."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V] = MappingProxyType({})) -> None:
        self._items = dict(items)

    def __getitem__(self, key: str) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


def frozen(value: object) -> object:
    """Return what JSON can say with tuples for lists and frozen mappings for objects, all the way down."""
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return FrozenMapping({name: frozen(member) for name, member in members.items()})
    if isinstance(value, list | tuple):
        return tuple(map(frozen, cast("list[object]", value)))
    return value
