"""Volumes that pods mount, and mounts of those that this library does not make."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.annotations import check_claim_annotations, check_own_labels
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.names import check_object_name, check_optional_name
from cdk8s_paperless_ngx.validation.paths import check_sub_path, is_absolute_path, is_at_or_below
from cdk8s_paperless_ngx.validation.quantities import check_size
from cdk8s_paperless_ngx.validation.secrecy import looks_like_a_secret
from cdk8s_paperless_ngx.validation.value import value


class AccessMode(enum.Enum):
    """By how many nodes a volume can be mounted. A volume for a single pod cannot hold what processes share."""

    READ_WRITE_ONCE = "ReadWriteOnce"
    """By one node."""
    READ_WRITE_MANY = "ReadWriteMany"
    """By many nodes."""
    READ_ONLY_MANY = "ReadOnlyMany"
    """By many nodes, to be read only."""


@value
class NewClaim:
    """A PersistentVolumeClaim to be created.

    Args:
        size: Requested capacity, a Kubernetes quantity. It may grow where the class allows it, and never shrink.
        name: Of the claim; unset, ``<instance>-<directory>``. Another name is another, empty volume: that is how data
            moves to another class.
        labels: More labels of the claim.
        annotations: More annotations of the claim, as programs read them that copy volumes.

    Raises:
        ValueError: ``size`` is not a valid quantity, a name, key or value cannot exist in Kubernetes, or a label or
            annotation is the library's own.
    """

    size: str
    name: str | None = None
    labels: Mapping[str, str] = FrozenMapping()
    annotations: Mapping[str, str] = FrozenMapping()

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_size(where, "size", self.size)
        check_optional_name(where, "name", self.name)
        check_own_labels(where, "labels", self.labels)
        check_claim_annotations(where, "annotations", self.annotations)


@value
class ExistingClaim:
    """A PersistentVolumeClaim that is in the namespace already.

    Args:
        name: Name of the PersistentVolumeClaim.
        sub_path: Directory inside the volume, to move in with an existing installation; unset, the volume's root.
        access_mode: What the claim was made with, so that combinations that cannot work are refused here.

    Raises:
        ValueError: A name or path has the wrong form.
    """

    name: str
    sub_path: str | None = None
    access_mode: AccessMode = AccessMode.READ_WRITE_MANY

    def __post_init__(self) -> None:
        check_object_name(type(self).__name__, "name", self.name)
        _check_optional_sub_path(type(self).__name__, self.sub_path)


@value
class CsiVolume:
    """A volume that a CSI driver makes for each pod, such as a share on a file server. *restricted* allows it.

    The driver must support it inline (``volumeLifecycleModes: Ephemeral``), as those for SMB and NFS do. Files must be
    writable for the user and group of `Pods`, 1000 by default; an SMB driver takes that as mount options.

    Args:
        driver: Name of the driver, for example ``smb.csi.k8s.io``.
        attributes: What the driver has to know, for example ``source`` and ``mountOptions``; no password.
        secret: Name of the Secret with which the driver logs in. The driver is told both as Kubernetes does it
            (``nodePublishSecretRef``) and by the attribute ``secretName``, which that for SMB reads.
        sub_path: Directory inside the volume; unset, its root.

    Raises:
        ValueError: A name or path has the wrong form, or an attribute contains a password.
    """

    driver: str
    attributes: Mapping[str, str] = FrozenMapping()
    secret: str | None = None
    sub_path: str | None = None

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_object_name(where, "driver", self.driver)
        check_optional_name(where, "secret", self.secret)
        _check_optional_sub_path(where, self.sub_path)
        for name, text in self.attributes.items():
            if looks_like_a_secret(name, text):
                advice = "attributes are in git; put username and password into a Secret and name it as secret"
                raise conflict(where, f"attributes[{name!r}] looks like a password", advice)


@value
class NfsVolume:
    """A directory of an NFS server, without a PersistentVolume.

    Pod Security *restricted* and *baseline* do not admit it: where one of them is enforced, use a static
    PersistentVolume with `ExistingClaim`, or `CsiVolume` with an NFS driver.

    Args:
        server: Name or address.
        path: What the server exports.
        sub_path: Directory inside it; unset, its root.

    Raises:
        ValueError: ``server`` is empty, or a path has the wrong form.
    """

    server: str
    path: str
    sub_path: str | None = None

    def __post_init__(self) -> None:
        where = type(self).__name__
        if not self.server or set(self.server) & set("/ "):
            raise refusal(where, "server", "a name or an address", self.server)
        if not self.path.startswith("/") or ".." in self.path.split("/"):
            raise refusal(where, "path", "the absolute path that the server exports", self.path)
        _check_optional_sub_path(where, self.sub_path)


@value
class ConfigMapVolume:
    """The keys of a ConfigMap as files, which anybody in the container may read and run.

    Args:
        name: Of the ConfigMap.

    Raises:
        ValueError: ``name`` cannot exist in Kubernetes.
    """

    name: str

    def __post_init__(self) -> None:
        check_object_name(type(self).__name__, "name", self.name)


@value
class SecretVolume:
    """The keys of a Secret as files.

    Args:
        name: Of the Secret.

    Raises:
        ValueError: ``name`` cannot exist in Kubernetes.
    """

    name: str

    def __post_init__(self) -> None:
        check_object_name(type(self).__name__, "name", self.name)


def _check_optional_sub_path(where: str, sub_path: str | None) -> None:
    if sub_path is not None:
        check_sub_path(where, "sub_path", sub_path)


Claim = NewClaim | ExistingClaim
ExistingVolume = ExistingClaim | CsiVolume | NfsVolume
"""What somebody else has made."""
DirectoryVolume = Claim | CsiVolume | NfsVolume
"""What can hold a directory of an instance."""
MountedVolume = ConfigMapVolume | SecretVolume | ExistingClaim | CsiVolume | NfsVolume
"""What can be mounted beside the directories of an instance."""


@value
class Mount:
    """A volume at a path of a container.

    Args:
        path: Absolute path in the container, a directory. Python finds a package, such as a Django app, in a folder of
            its name in the working directory, ``/usr/src/paperless/src``.
        volume: What is mounted there.
        read_only: Whether the process may not write it.

    Raises:
        ValueError: ``path`` is not absolute, or the library mounts something there.
    """

    path: str
    volume: MountedVolume
    read_only: bool = True

    def __post_init__(self) -> None:
        where = type(self).__name__
        if not is_absolute_path(self.path):
            raise refusal(where, "path", "an absolute path without '..', '//', ':' or trailing '/'", self.path)
        if is_at_or_below(self.path, Directory.CONSUME.path) and self.path != Directory.CONSUME.path:
            problem = f"path {self.path!r} is inside the consume directory, which several pods must see alike"
            raise conflict(where, problem, "use consume_folders of the storage")
        for reserved in paths.RESERVED:
            if is_at_or_below(self.path, reserved) or is_at_or_below(reserved, self.path):
                raise conflict(where, f"path {self.path!r} is in the way of {reserved}, which every process has there")
        package = self.path.removeprefix(f"{paths.WORKING_DIRECTORY}/")
        if self.path == paths.WORKING_DIRECTORY or package.startswith(paths.APPLICATION_PACKAGES):
            problem = f"path {self.path!r} is in the way of the application, which every process has there"
            raise conflict(where, problem)
