"""Rules over the whole tree, checked when it is synthesized: what no single construct can know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import constructs
import jsii
from cdk8s import ApiObject

from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.kubernetes.labels import INSTANCE
from cdk8s_paperless_ngx.storage import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs import Construct

_T = TypeVar("_T")


@jsii.implements(constructs.IValidation)
class NoDuplicates:
    """Two objects of one kind and name in a namespace would overwrite each other without a word.

    Args:
        scope: Any construct of the app, all of which is looked at.
        instance: Of whose objects there must be no second ones.
        namespace: Where they live.
    """

    def __init__(self, scope: Construct, *, instance: str, namespace: str) -> None:
        self._scope = scope
        self._instance = instance
        self._namespace = namespace

    def validate(self) -> list[str]:
        """Return one sentence for the first object that exists twice, or nothing."""
        seen: dict[tuple[str, str, str], ApiObject] = {}
        for construct in self._scope.node.root.node.find_all():
            if not isinstance(construct, ApiObject) or construct.metadata.namespace != self._namespace:
                continue
            first = seen.setdefault((construct.api_group, construct.kind, construct.name), construct)
            if first is not construct and self._instance in map(_instance_of, (first, construct)):
                where = f"in namespace {self._namespace!r} at {construct.node.path}"
                rule = f"name must be the instance's alone, got a second {construct.kind} {construct.name!r} {where}"
                return [f"{rule}; give one of the two another name or part"]
        return []


def _instance_of(found: ApiObject) -> str | None:
    return found.metadata.get_label(INSTANCE)


@jsii.implements(constructs.IValidation)
class NothingShared:
    """Two instances in one database overwrite each other's documents; on one queue they work on each other's tasks.

    Args:
        scope: The construct that made the instance.
        instance: What must share nothing.
    """

    def __init__(self, scope: Construct, instance: Instance) -> None:
        self._scope = scope
        self._instance = instance

    def validate(self) -> list[str]:
        """Return one sentence for each server that an earlier instance of the app uses in the same way."""
        servers = (
            ("database", _database, "give each a database of its own"),
            ("broker", _broker, "give each another prefix: for status messages an index is not enough"),
        )
        return [
            f"{argument} must be the instance's alone, got {server(other)!r} that is {path}'s too; {advice}"
            for path, other in _earlier(self._scope, "instance", Instance)
            # A construct of somebody else's may keep the value that it was given.
            if other != self._instance
            for argument, server, advice in servers
            if server(self._instance) == server(other)
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where one construct keeps files, by the argument that says so; claims are those of a namespace."""

    namespace: str
    by_argument: Mapping[str, Place]


@jsii.implements(constructs.IValidation)
class PlacesApart:
    """Where two keep files in one place, one takes, overwrites or deletes what is the other's.

    Args:
        scope: The construct that keeps files, and has `Places` as its attribute ``places``.
        places: Where.
    """

    def __init__(self, scope: Construct, places: Places) -> None:
        self._scope = scope
        self._places = places

    def validate(self) -> list[str]:
        """Return one sentence for each place that is also, or lies in, or contains one of an earlier construct."""
        return [
            f"{argument} must be apart from {taken} of {path}, got {str(place)!r}; give each a directory of its own"
            for path, earlier in _earlier(self._scope, "places", Places)
            for argument, place in self._places.by_argument.items()
            for taken, other in earlier.by_argument.items()
            if place.overlaps(other)
            and (earlier.namespace == self._places.namespace or not isinstance(place.volume, str))
        ]


def _earlier(scope: Construct, attribute: str, kind: type[_T]) -> Iterator[tuple[str, _T]]:
    """Return what constructs before this one have as an attribute, with their paths."""
    for construct in scope.node.root.node.find_all():
        if construct is scope:
            return
        found = getattr(construct, attribute, None)
        if isinstance(found, kind):
            yield construct.node.path, found


def _host(instance: Instance, host: str) -> str:
    """Return one of the names that a host has: of a Service the shortest that is the same in all namespaces."""
    name = host.lower().removesuffix(".").removesuffix(".cluster.local").removesuffix(".svc")
    return name if "." in name else f"{name}.{instance.namespace}"


def _database(instance: Instance) -> str:
    database = instance.database
    return f"{_host(instance, database.host)}:{database.port}/{database.name}"


def _broker(instance: Instance) -> str:
    """The index is no part of it: publish and subscribe (channels_redis) know the prefix alone."""
    broker = instance.broker
    return f"{_host(instance, broker.host)}:{broker.port}#{broker.prefix}"
