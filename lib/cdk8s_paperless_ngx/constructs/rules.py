"""Rules over a whole app, checked when it is synthesized: what no single construct can know.

There is one validation for each app, and it walks the tree once. What constructs of this library are and
where they keep files is remembered in Python, so that only objects of somebody else are asked through Node.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Final, cast

import constructs
import jsii
from cdk8s import ApiObject
from constructs import Construct

from cdk8s_paperless_ngx.manifests.objects import Identity, identity_of_owned
from cdk8s_paperless_ngx.manifests.scopes import scope_of
from cdk8s_paperless_ngx.model.hosts import full_name
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.storage import Location

_ID: Final = "cdk8s-paperless-ngx"
"""Of a construct below the root; errors begin with it."""
_ATTRIBUTE: Final = "_cdk8s_paperless_ngx_known"


@dataclass(frozen=True)
class _Directories:
    """Where one construct keeps files, by the argument that says so; claims are those of a namespace."""

    owner: Construct
    namespace: str
    by_argument: Mapping[str, Location]


def check_instance(scope: Construct, instance: Instance) -> None:
    """Have an app refused in which an instance shares its names, its database or its broker with somebody.

    Args:
        scope: The construct that made the instance.
        instance: What must share nothing.
    """
    _known(scope).instances.append((scope, instance))


def check_directories(scope: Construct, namespace: str, by_argument: Mapping[str, Location]) -> None:
    """Have an app refused in which two constructs keep files in one place.

    One would take, overwrite or delete what is the other's.

    Args:
        scope: The construct that keeps files.
        namespace: Of the claims.
        by_argument: Where, by the argument that says so.
    """
    _known(scope).directories.append(_Directories(scope, namespace, by_argument))


def _known(scope: Construct) -> _Known:
    """Return what is known of the app that a construct is in; Node is asked once for each chart."""
    root = scope_of(scope).root
    known: _Known | None = getattr(root, _ATTRIBUTE, None)
    if known is None:
        # A root that Node has made is another object in Python whenever it is asked for, and forgets the attribute.
        child = root.node.try_find_child(_ID)
        known = child if isinstance(child, _Known) else _Known(cast("Construct", root), _ID)
        setattr(root, _ATTRIBUTE, known)
    return known


class _Known(Construct):
    """What the constructs of an app have said about themselves, in the order in which they were created.

    It is a construct so that it can be found from any other one; nothing is rendered of it.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.node.add_validation(_Rules(self))
        self.instances: list[tuple[Construct, Instance]] = []
        self.directories: list[_Directories] = []


@jsii.implements(constructs.IValidation)
class _Rules:
    """All rules over one app.

    Args:
        known: What its constructs have said about themselves.
    """

    def __init__(self, known: _Known) -> None:
        self._known = known
        self._synthesis: FrameType | None = None
        self._found: list[str] = []

    def validate(self) -> list[str]:
        """Return a sentence for each rule that is broken.

        cdk8s asks for the whole app once more with each chart (``_synthChart`` in its ``app.js``), so that rules which
        walk the tree would cost the square of the charts. Within one synthesis the answer is the same.
        """
        synthesis = _outermost_call()
        if synthesis is None or synthesis is not self._synthesis:
            self._found = self._broken()
            self._synthesis = synthesis
        return self._found

    def _broken(self) -> list[str]:
        """Two instances of one name break every rule at once, for one reason."""
        if shared_names := list(self._shared_names()):
            return shared_names
        return [*self._duplicates(), *self._shared_servers(), *self._shared_directories()]

    def _shared_names(self) -> Iterator[str]:
        for scope, instance, other in _pairs(self._known.instances, lambda it: (it.namespace, it.name)):
            yield (
                f"{scope.node.path}: name {instance.name!r} is that of {other.node.path}, too; "
                f"give one of the two another name, or another namespace"
            )

    def _duplicates(self) -> Iterator[str]:
        """Two objects of one kind and name in a namespace would overwrite each other without a word."""
        first: dict[Identity, ApiObject] = {}
        for construct in self._known.node.root.node.find_all():
            if not isinstance(construct, ApiObject):
                continue
            own = identity_of_owned(construct)
            identity = own or Identity(construct.kind, construct.metadata.namespace, construct.name)
            other = first.setdefault(identity, construct)
            if other is construct or (own is None and identity_of_owned(other) is None):
                continue
            if other.api_group == construct.api_group:
                kind, namespace, name = identity
                yield (
                    f"{construct.node.path}: it makes a second {kind} {name!r} in namespace {namespace!r}, beside "
                    f"{other.node.path}; give one of the two another name or part"
                )

    def _shared_servers(self) -> Iterator[str]:
        """Two instances in one database overwrite each other's documents; on one queue they take each other's tasks."""
        servers: tuple[tuple[str, Callable[[Instance], str], str], ...] = (
            ("database", _database, "give each a database of its own"),
            ("broker", _broker, "give each another prefix: for status messages an index is not enough"),
        )
        for argument, server, advice in servers:
            for scope, instance, other in _pairs(self._known.instances, server):
                address = server(instance)
                yield f"{scope.node.path}: {argument} {address!r} is that of {other.node.path}, too; {advice}"

    def _shared_directories(self) -> Iterator[str]:
        taken: dict[tuple[str | None, object], list[tuple[str, Location, Construct]]] = {}
        for directories in self._known.directories:
            scope = directories.owner
            for argument, location in directories.by_argument.items():
                # A claim is another one in another namespace; a file server is the same everywhere.
                namespace = directories.namespace if isinstance(location.volume, str) else None
                others = taken.setdefault((namespace, location.volume_identity), [])
                for name, other, owner in others:
                    if owner is not scope and location.overlaps(other):
                        yield (
                            f"{scope.node.path}: {argument}, {location}, is not apart from {name} of "
                            f"{owner.node.path}, {other}; give each a directory of its own"
                        )
                others.append((argument, location, scope))


def _outermost_call() -> FrameType | None:
    """Return the call into Node that is going on: nobody can change an app before it returns."""
    frame, outermost = inspect.currentframe(), None
    while frame is not None:
        if frame.f_globals.get("__name__") == "jsii._kernel":
            outermost = frame
        frame = frame.f_back
    return outermost


def _pairs(
    instances: list[tuple[Construct, Instance]], key: Callable[[Instance], Hashable]
) -> Iterator[tuple[Construct, Instance, Construct]]:
    """Yield each instance for which an earlier one has the same key, with that one's construct."""
    first: dict[Hashable, Construct] = {}
    for scope, instance in instances:
        other = first.setdefault(key(instance), scope)
        if other is not scope:
            yield scope, instance, other


def _database(instance: Instance) -> str:
    database = instance.database
    return f"{full_name(database.host, instance.namespace)}:{database.port}/{database.name}"


def _broker(instance: Instance) -> str:
    """The index is no part of it: publish and subscribe (channels_redis) know the prefix alone."""
    broker = instance.broker
    return f"{full_name(broker.host, instance.namespace)}:{broker.port}#{broker.prefix}"
