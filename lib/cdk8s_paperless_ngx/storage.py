"""The claims of an instance, and on how many nodes its pods may mount them."""

from __future__ import annotations

import enum
from dataclasses import dataclass, fields
from typing import Final

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.checks import check_object_name, check_optional_name, check_size, check_sub_path, refusal
from cdk8s_paperless_ngx.files import CsiVolume, NfsVolume


class Directory(enum.Enum):
    """A directory that several processes, or several generations of one pod, share."""

    DATA = "data"
    MEDIA = "media"
    CONSUME = "consume"
    SCRATCH = "scratch"
    EXPORT = "export"

    @property
    def path(self) -> str:
        """Where it is in every container: messages between processes carry paths, so it must be the same place."""
        return f"/usr/src/paperless/{self.value}"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewClaim:
    """A claim to be created.

    Args:
        size: Requested capacity, a Kubernetes quantity. It may grow where the class allows it, and never shrink.
        name: Of the claim; unset, ``<instance>-<directory>``. Another name is another, empty volume: that is how data
            moves to another class.

    Raises:
        ValueError: ``size`` is none, or ``name`` cannot exist in Kubernetes.
    """

    size: str
    name: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        check_size(type(self).__name__, "size", self.size)
        check_optional_name(type(self).__name__, "name", self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExistingClaim:
    """A claim that exists in the namespace already.

    Args:
        name: Name of the PersistentVolumeClaim.
        sub_path: Directory inside the volume, to move in with an existing installation; unset, the volume's root.
        access_mode: What the claim was made with, so that combinations that cannot work are refused here.

    Raises:
        ValueError: A name or path has the wrong form, or the access mode admits one pod only.
    """

    name: str
    sub_path: str | None = None
    access_mode: str = "ReadWriteMany"

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        check_object_name(where, "name", self.name)
        if self.sub_path is not None:
            check_sub_path(where, "sub_path", self.sub_path)
        if self.access_mode not in ("ReadWriteOnce", "ReadWriteMany"):
            raise refusal(
                where,
                "access_mode",
                "'ReadWriteOnce' or 'ReadWriteMany'",
                self.access_mode,
                "several pods must write to every directory",
            )


Claim = NewClaim | ExistingClaim
Volume = Claim | CsiVolume | NfsVolume


@dataclass(frozen=True, kw_only=True, slots=True)
class _Storage:
    data: Claim = NewClaim(size="5Gi")
    media: Claim = NewClaim(size="20Gi")
    consume: Volume = NewClaim(size="5Gi")
    scratch: Claim = NewClaim(size="10Gi")
    export: Claim = NewClaim(size="20Gi")

    def volume(self, directory: Directory) -> Volume:
        """Return the volume that holds a directory."""
        volumes: dict[str, Volume] = {f.name: getattr(self, f.name) for f in fields(_Storage)}
        return volumes[directory.value]


@dataclass(frozen=True, kw_only=True, slots=True)
class SingleNodeStorage(_Storage):
    """ReadWriteOnce claims, and every pod that mounts one on the same node: works with any cluster's default class.

    Args:
        data: Search index, classifier, bytecode.
        media: The documents.
        consume: The directory whose files are consumed; it may be any volume, such as a scanner's share.
        scratch: Uploads on their way from the webserver to a worker, and the working files of tasks.
        export: For exports by hand.
        storage_class: Of the new claims; unset, the cluster's default class.

    Raises:
        ValueError: ``storage_class`` is no name.
    """

    storage_class: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        check_optional_name(type(self).__name__, "storage_class", self.storage_class)


@dataclass(frozen=True, kw_only=True, slots=True)
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

    Raises:
        ValueError: An existing claim is ReadWriteOnce.
    """

    storage_class: str

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        check_object_name(where, "storage_class", self.storage_class)
        for directory in Directory:
            claim = self.volume(directory)
            if isinstance(claim, ExistingClaim) and claim.access_mode == "ReadWriteOnce":
                raise refusal(
                    where,
                    directory.value,
                    "a ReadWriteMany claim",
                    claim.access_mode,
                    "use SingleNodeStorage, or move the data to a ReadWriteMany class",
                )


Storage = SingleNodeStorage | SharedStorage

BYTECODE_SUB_PATH: Final = ".bytecode"
"""Inside the data directory; the application does not look at what it does not know there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a directory is: a claim's name or another volume, and the path inside it (unset: its root)."""

    volume: str | CsiVolume | NfsVolume
    sub_path: str | None

    def below(self, name: str) -> Place:
        """Return a directory inside this one."""
        return Place(volume=self.volume, sub_path=f"{self.sub_path}/{name}" if self.sub_path else name)


def claim_name(instance: str, directory: Directory, claim: Claim) -> str:
    """Return the name of a directory's claim."""
    return claim.name or f"{instance}-{directory.value}"


def others_write(storage: Storage) -> bool:
    """Return whether files may come into the consume directory from other nodes, which the kernel's events miss."""
    consume = storage.consume
    if isinstance(storage, SharedStorage) or not isinstance(consume, NewClaim | ExistingClaim):
        return True
    return isinstance(consume, ExistingClaim) and consume.access_mode == "ReadWriteMany"


def place(instance: str, storage: Storage, directory: Directory) -> Place:
    """Return where a directory of an instance is.

    A new claim is mounted by sub path: a fresh block volume has a ``lost+found`` of root's in its root, which the
    consumer would read and the sanity checker report.
    """
    volume = storage.volume(directory)
    if isinstance(volume, NewClaim):
        return Place(volume=claim_name(instance, directory, volume), sub_path=directory.value)
    return Place(volume=volume.name if isinstance(volume, ExistingClaim) else volume, sub_path=volume.sub_path)
