"""Rules over the whole tree, checked when it is synthesized: what no single construct can know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import constructs
import jsii
from cdk8s import ApiObject

from cdk8s_paperless_ngx.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs import Construct


@jsii.implements(constructs.IValidation)
class NoDuplicates:
    """Two objects of one kind and name in a namespace would overwrite each other without a word.

    Args:
        scope: Any construct of the app, all of which is looked at.
        instance: Whose objects are meant.
        namespace: Where they live.
    """

    def __init__(self, scope: Construct, *, instance: str, namespace: str) -> None:
        self._scope = scope
        self._instance = instance
        self._namespace = namespace

    def validate(self) -> list[str]:
        """Return one sentence for the first object that exists twice, or nothing."""
        seen: set[tuple[str, str]] = set()
        for construct in self._scope.node.root.node.find_all():
            if not isinstance(construct, ApiObject) or construct.metadata.namespace != self._namespace:
                continue
            kind, name = identity = (construct.kind, construct.name)
            if identity in seen and name.startswith(f"{self._instance}-"):
                where = f"in namespace {self._namespace!r} at {construct.node.path}"
                rule = f"name must be the instance's alone, got a second {kind} {name!r} {where}"
                return [f"{rule}; give one of the two another name or part"]
            seen.add(identity)
        return []


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
        """Return one sentence for each place that an earlier instance of the app uses as well."""
        places = (
            ("database", _database, "give each a database of its own"),
            ("broker", _broker, "give each another database index or prefix"),
        )
        return [
            f"{argument} must be the instance's alone, got {place(other)!r} that is {path}'s too; {advice}"
            for path, other in self._earlier()
            for argument, place, advice in places
            if place(self._instance) == place(other)
        ]

    def _earlier(self) -> Iterator[tuple[str, Instance]]:
        for construct in self._scope.node.root.node.find_all():
            if construct is self._scope:
                return
            found = getattr(construct, "instance", None)
            # A construct of somebody else's may keep the value that it was given.
            if isinstance(found, Instance) and found != self._instance:
                yield construct.node.path, found


def _host(instance: Instance, host: str) -> str:
    return host if "." in host else f"{host}.{instance.namespace}"


def _database(instance: Instance) -> str:
    database = instance.database
    return f"{_host(instance, database.host)}:{database.port}/{database.name}"


def _broker(instance: Instance) -> str:
    broker = instance.broker
    return f"{_host(instance, broker.host)}:{broker.port}/{broker.database}#{broker.prefix}"
