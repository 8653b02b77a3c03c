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
from cdk8s_paperless_ngx.model.volumes import AccessMode, ExistingClaim
from cdk8s_paperless_ngx.references import SecretKey

_ID: Final = "cdk8s-paperless-ngx"
"""Of a construct below the root; errors begin with it."""
_ATTRIBUTE: Final = "_cdk8s_paperless_ngx_known"


@dataclass(frozen=True)
class _Directories:
    """Where one construct keeps files, by the argument that says so; claims are those of a namespace."""

    owner: Construct
    namespace: str
    by_argument: Mapping[str, Location]


@dataclass(frozen=True)
class _Generations:
    """Generations that one construct makes, or takes."""

    owner: Construct
    instance: Instance
    claim: ExistingClaim
    passphrase: SecretKey | None
    imports: bool = False

    @property
    def place(self) -> tuple[str, Location]:
        """Where they are; claims are those of a namespace."""
        return self.instance.namespace, Location(volume=self.claim.name, sub_path=self.claim.sub_path)

    def are_of(self, instance: Instance) -> bool:
        """Return whether they are an instance's."""
        return (self.instance.namespace, self.instance.name) == (instance.namespace, instance.name)


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


def check_backup(scope: Construct, instance: Instance, claim: ExistingClaim, passphrase: SecretKey | None) -> None:
    """Let an app know where an instance's generations are, so that whoever takes others instead is refused.

    Args:
        scope: The backup.
        instance: What it is of.
        claim: Where it keeps generations.
        passphrase: By which passwords in them are encrypted.
    """
    _known(scope).backups.append(_Generations(scope, instance, claim, passphrase))


def check_generations(
    scope: Construct,
    instance: Instance,
    claim: ExistingClaim,
    *,
    imports: bool = False,
    passphrase: SecretKey | None = None,
) -> None:
    """Have an app refused in which the generations that a construct takes are another instance's.

    Args:
        scope: The construct that takes them.
        instance: Whose they must be.
        claim: Where they are.
        imports: Whether they are imported, for which a passphrase is needed where they are encrypted.
        passphrase: The one that there is.
    """
    _known(scope).taken.append(_Generations(scope, instance, claim, passphrase, imports))


def check_repository(scope: Construct, location: str, host: str) -> None:
    """Have an app refused in which two constructs push into one repository under one name.

    Each would have what the other pushed among its own, and nobody could say which is the newest.

    Args:
        scope: The construct that pushes.
        location: Of the repository.
        host: Under which name.
    """
    _known(scope).repositories.append((scope, (location.rstrip("/"), host)))


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
        self.backups: list[_Generations] = []
        self.taken: list[_Generations] = []
        self.repositories: list[tuple[Construct, tuple[str, str]]] = []


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
        return [
            *self._duplicates(),
            *self._shared_servers(),
            *self._shared_directories(),
            *self._restores_from_nowhere(),
            *self._others_generations(),
            *self._encrypted_generations(),
            *self._shared_repositories(),
        ]

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
        for directories in (*self._known.directories, *self._fetched()):
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

    def _shared_repositories(self) -> Iterator[str]:
        first: dict[tuple[str, str], Construct] = {}
        for scope, repository in self._known.repositories:
            other = first.setdefault(repository, scope)
            if other is not scope:
                location, host = repository
                yield (
                    f"{scope.node.path}: repository {location!r} has what {other.node.path} pushes under the name "
                    f"{host!r}, too; give one of the two another location, or a host of its own: Repository(host=...)"
                )

    def _restores(self) -> Iterator[_Generations]:
        for scope, instance in self._known.instances:
            if restore := instance.restore:
                claim = restore.generations(instance.name)
                yield _Generations(scope, instance, claim, restore.passphrase, imports=True)

    def _fetched(self) -> Iterator[_Directories]:
        """A restore keeps files where it fetches to; in the folder of the instance's own backup they are that one's."""
        for restore in self._restores():
            backup = self._backup_at(restore)
            wanted = restore.instance.restore
            if wanted and wanted.repository and not (backup and backup.are_of(restore.instance)):
                namespace, location = restore.place
                yield _Directories(restore.owner, namespace, {"restore.claim": location})

    def _restores_from_nowhere(self) -> Iterator[str]:
        """A claim that is not there keeps the pod waiting; one that the backup has left has old generations."""
        for restore in self._restores():
            backups = [backup for backup in self._known.backups if backup.are_of(restore.instance)]
            wanted = restore.instance.restore
            if wanted and not wanted.claim and backups and self._backup_at(restore) not in backups:
                yield (
                    f"{restore.owner.node.path}: restore looks for generations in {restore.place[1]}, and "
                    f"{backups[0].owner.node.path} keeps the instance's elsewhere; write "
                    f"restore=Restore(claim={_written(backups[0].claim)})"
                )

    def _others_generations(self) -> Iterator[str]:
        """A restore may make an instance from another one's backup, which it only reads; what comes after may not."""
        for taken in self._known.taken:
            backup = self._backup_at(taken)
            if backup and not backup.are_of(taken.instance):
                yield (
                    f"{taken.owner.node.path}: generations, {taken.place[1]}, are those that "
                    f"{backup.owner.node.path} makes of {backup.instance.name!r}, and it is of "
                    f"{taken.instance.name!r}; give it those of a backup of {taken.instance.name!r}"
                )

    def _encrypted_generations(self) -> Iterator[str]:
        """Whoever imports needs the backup's passphrase, and would say so on a Sunday, or on the day of the loss."""
        subjects = [*(("it", taken) for taken in self._known.taken), *(("restore", each) for each in self._restores())]
        for subject, taken in subjects:
            backup = self._backup_at(taken)
            if taken.imports and not taken.passphrase and backup and (key := backup.passphrase):
                yield (
                    f"{taken.owner.node.path}: {subject} has no passphrase, and {backup.owner.node.path} encrypts what "
                    f"is imported; write passphrase=SecretKey(secret={key.secret!r}, key={key.key!r})"
                )

    def _backup_at(self, generations: _Generations) -> _Generations | None:
        return next((backup for backup in self._known.backups if backup.place == generations.place), None)


def _written(claim: ExistingClaim) -> str:
    """Return how a claim is written in an app."""
    folder = f", sub_path={claim.sub_path!r}" if claim.sub_path else ""
    mode = f", access_mode={claim.access_mode}" if claim.access_mode is not AccessMode.READ_WRITE_MANY else ""
    return f"ExistingClaim(name={claim.name!r}{folder}{mode})"


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
