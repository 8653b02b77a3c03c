"""The directories of an instance: where they are, and on how many nodes its pods may mount them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from pathlib import PurePosixPath
from typing import Final, cast

from cdk8s_paperless_ngx.model.names import object_name
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.volumes import (
    AccessMode,
    Claim,
    CsiVolume,
    DirectoryVolume,
    ExistingClaim,
    ExistingVolume,
    NewClaim,
    NfsVolume,
)
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.names import check_object_name, check_optional_name
from cdk8s_paperless_ngx.validation.value import value


@value
class _Storage:
    """Where each directory is."""

    data: Claim = NewClaim(size="5Gi")
    media: Claim = NewClaim(size="20Gi")
    consume: DirectoryVolume = NewClaim(size="5Gi")
    scratch: Claim = NewClaim(size="10Gi")
    export: Claim = NewClaim(size="20Gi")
    consume_folders: Mapping[str, ExistingVolume] = FrozenMapping()

    def volume(self, directory: Directory) -> DirectoryVolume:
        """Return the volume that holds a directory."""
        return cast("DirectoryVolume", getattr(self, directory.value))


@value
class SingleNodeStorage(_Storage):
    """ReadWriteOnce claims, and every pod that mounts one on the same node: works with any cluster's default class.

    Args:
        data: Search index, classifier, bytecode.
        media: The documents.
        consume: The directory whose files are consumed; it may be any volume, such as a scanner's share.
        scratch: Uploads on their way from the webserver to a worker, and the working files of tasks.
        export: For exports by hand.
        consume_folders: More volumes, each in a folder of the consume directory by its name, such as a second scanner's
            share. They take ``settings.consumption.recursive``.
        storage_class: Of the new claims; unset, the cluster's default class.

    Raises:
        ValueError: ``storage_class`` is no name, or two directories are one place.
    """

    storage_class: str | None = None

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_optional_name(where, "storage_class", self.storage_class)
        _check_modes(
            where,
            self,
            (AccessMode.READ_WRITE_ONCE, AccessMode.READ_WRITE_MANY),
            "the application writes to every directory",
        )
        _check_folders(where, self)
        check_apart(where, self)


@value
class SharedStorage(_Storage):
    """ReadWriteMany claims, so that pods may run on any node.

    The file system must honour ``flock`` between nodes (NFSv4, CephFS): the search index and the media directory are
    locked with it.

    Args:
        storage_class: Of the new claims; named because a cluster's default class is rarely ReadWriteMany.
        data: Search index, classifier, bytecode.
        media: The documents.
        consume: The directory whose files are consumed; it may be any volume, such as a scanner's share.
        scratch: Uploads on their way from the webserver to a worker, and the working files of tasks.
        export: For exports by hand.
        consume_folders: More volumes, each in a folder of the consume directory by its name, such as a second scanner's
            share. They take ``settings.consumption.recursive``.

    Raises:
        ValueError: ``storage_class`` is no name, an existing claim is not ReadWriteMany, or two directories are one
            place.
    """

    storage_class: str

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_object_name(where, "storage_class", self.storage_class)
        advice = "use SingleNodeStorage, or move the data to a ReadWriteMany class"
        _check_modes(where, self, (AccessMode.READ_WRITE_MANY,), advice)
        _check_folders(where, self)
        check_apart(where, self)


Storage = SingleNodeStorage | SharedStorage


def _check_modes(where: str, storage: _Storage, modes: tuple[AccessMode, ...], advice: str) -> None:
    """Refuse an existing claim of another access mode."""
    claims = {directory.value: storage.volume(directory) for directory in Directory}
    claims |= {_folder_argument(name): volume for name, volume in storage.consume_folders.items()}
    for argument, claim in claims.items():
        if isinstance(claim, ExistingClaim) and claim.access_mode not in modes:
            rule = f"a {' or '.join(mode.value for mode in modes)} claim"
            raise refusal(where, argument, rule, claim.access_mode.value, advice)


def _check_folders(where: str, storage: _Storage) -> None:
    """Refuse a folder's name that the consumer would pass over, or that is a path."""
    for name in storage.consume_folders:
        if not re.fullmatch(_FOLDER, name):
            rule, advice = (
                "named by letters, digits, '.', '_' and '-' that begin with none of these signs",
                "as 'scanner'",
            )
            raise refusal(where, _folder_argument(name), rule, name, advice)


def _folder_argument(name: str) -> str:
    return f"consume_folders[{name!r}]"


_BYTECODE: Final = "bytecode"
_FOLDER: Final = r"[A-Za-z0-9][A-Za-z0-9._-]*"


@value
class Location:
    """Where a directory is: a claim's name or another volume, and the path inside it (unset: its root)."""

    volume: str | CsiVolume | NfsVolume
    sub_path: str | None

    def overlaps(self, other: Location) -> bool:
        """Return whether one of the two is the other, or lies in it."""
        path, other_path = self._path_in_volume, other._path_in_volume
        related = path.is_relative_to(other_path) or other_path.is_relative_to(path)
        return self.volume_identity == other.volume_identity and related

    @property
    def volume_identity(self) -> object:
        """What stays the same however the volume is named."""
        if isinstance(self.volume, NfsVolume):
            return self.volume.server.lower()
        if isinstance(self.volume, CsiVolume):
            return self.volume.driver, self.volume.attributes
        return self.volume

    @property
    def _path_in_volume(self) -> PurePosixPath:
        root = self.volume.path if isinstance(self.volume, NfsVolume) else ""
        return PurePosixPath(root) / (self.sub_path or "")

    def __str__(self) -> str:
        """Return how to name it in a sentence."""
        if isinstance(self.volume, NfsVolume):
            name = f"{self.volume.server}:{self.volume.path}"
        else:
            name = self.volume if isinstance(self.volume, str) else self.volume.driver
        return f"{self.sub_path or 'the root'} of {name}"


def claim_name(instance: str, directory: Directory, claim: Claim) -> str:
    """Return the name of a directory's claim."""
    return claim.name or object_name(instance, directory.value)


def is_written_elsewhere(storage: Storage) -> bool:
    """Return whether files may come into the consume directory from other nodes, which the kernel's events miss.

    A claim that exists may be a network share whatever its access mode says, as a static volume of a file server does.
    """
    own = isinstance(storage, SingleNodeStorage) and isinstance(storage.consume, NewClaim)
    return not own or bool(storage.consume_folders)


@lru_cache
def location(instance: str, storage: Storage, directory: Directory) -> Location:
    """Return where a directory of an instance is.

    A new claim is mounted by sub path: a fresh block volume has a ``lost+found`` of root's in its root, which the
    consumer would read and the sanity checker report.
    """
    volume = storage.volume(directory)
    if isinstance(volume, NewClaim):
        return Location(volume=claim_name(instance, directory, volume), sub_path=directory.value)
    return _existing(volume)


def _existing(volume: ExistingVolume) -> Location:
    return Location(volume=volume.name if isinstance(volume, ExistingClaim) else volume, sub_path=volume.sub_path)


def locations(instance: str, storage: Storage) -> dict[str, Location]:
    """Return where everything is that the application keeps, by the argument that says so."""
    found = {directory.value: location(instance, storage, directory) for directory in Directory}
    return found | {_folder_argument(name): _existing(volume) for name, volume in storage.consume_folders.items()}


def bytecode_sub_path(storage: Storage) -> str | None:
    """Return where the data directory's claim has the bytecode of the application, or None where it can have none.

    Not inside that directory: workers write there, and what they write would be executed by the migration, which has
    more rights. Beside it, so there is no place where the directory is the whole claim.
    """
    data = storage.data
    if isinstance(data, NewClaim):
        return _BYTECODE
    return f"{data.sub_path}.{_BYTECODE}" if data.sub_path else None


def check_apart(where: str, storage: Storage, instance: str = "") -> None:
    """Refuse two directories in one place: what is put into the one would be taken for what belongs into the other.

    Args:
        where: The name of the value's class, or a construct path.
        storage: Where the directories are.
        instance: Name of the installation; unset, names that follow from it are those of no existing claim.
    """
    everything = locations(instance, storage)
    for (one, first), (other, second) in combinations(everything.items(), 2):
        if first.overlaps(second):
            problem = f"{other}, which is {second}, is not apart from {one}, which is {first}"
            raise conflict(where, problem, "give each a directory of its own by its sub_path")
    bytecode = Location(volume=location(instance, storage, Directory.DATA).volume, sub_path=bytecode_sub_path(storage))
    for argument, place in everything.items() if bytecode.sub_path else ():
        if place.overlaps(bytecode):
            problem = f"{argument} is {bytecode}, where the migration has the application's bytecode"
            raise conflict(where, problem, "give it another sub_path")
