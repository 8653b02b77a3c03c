"""Files that a process gets from elsewhere: volumes that this library does not make."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.checks import check_object_name, check_optional_name, check_sub_path, is_key, refusal
from cdk8s_paperless_ngx.secrecy import holds_a_secret, names_a_secret
from cdk8s_paperless_ngx.variable import Variable

_DIRECTORIES: Final = tuple(f"/usr/src/paperless/{name}" for name in ("data", "media", "consume", "scratch", "export"))
_RESERVED: Final = (
    *_DIRECTORIES,
    "/usr/src/paperless/src",
    "/usr/src/paperless/static",
    "/opt/cdk8s-paperless-ngx",
    "/etc/cdk8s-paperless-ngx",
    "/etc/supervisord.conf",
    "/var/cache/bytecode",
    "/var/cache/fontconfig",
    "/var/run/secrets",
    "/run/secrets",
    "/tmp",  # noqa: S108 (inside a pod)
    "/dev",
    "/proc",
    "/sys",
)
"""Where the library or the container runtime mounts something, or the image has its own."""
_ACCESS_MODES: Final = ("ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany")
_PATH: Final = re.compile(r"(/[^/:]+)+")
_PROGRAMS: Final = tuple(f"{prefix}/{name}" for prefix in ("", "/usr", "/usr/local") for name in ("bin", "sbin"))
"""Where the official image has programs."""


def _is_path(value: str) -> bool:
    """Return whether a path is absolute and cannot be written shorter; Kubernetes takes no colon."""
    return _PATH.fullmatch(value) is not None and not {".", ".."} & set(value.split("/"))


def _is_below(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigMapFiles:
    """The keys of a ConfigMap as files, which anybody may read and run.

    Args:
        name: Of the ConfigMap.

    Raises:
        ValueError: ``name`` cannot exist in Kubernetes.
    """

    name: str

    def __post_init__(self) -> None:
        check_fields(self)
        check_object_name(type(self).__name__, "name", self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class SecretFiles:
    """The keys of a Secret as files.

    Args:
        name: Of the Secret.

    Raises:
        ValueError: ``name`` cannot exist in Kubernetes.
    """

    name: str

    def __post_init__(self) -> None:
        check_fields(self)
        check_object_name(type(self).__name__, "name", self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExistingClaim:
    """A claim that exists in the namespace already.

    Args:
        name: Name of the PersistentVolumeClaim.
        sub_path: Directory inside the volume, to move in with an existing installation; unset, the volume's root.
        access_mode: What the claim was made with, so that combinations that cannot work are refused here.

    Raises:
        ValueError: A name or path has the wrong form, or the access mode is none, or admits one pod only.
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
        if self.access_mode not in _ACCESS_MODES:
            raise refusal(where, "access_mode", " or ".join(map(repr, _ACCESS_MODES)), self.access_mode)


@dataclass(frozen=True, kw_only=True, slots=True)
class CsiVolume:
    """A volume that a CSI driver makes for each pod, such as a share on a file server; *restricted* allows it.

    The driver must support it inline (``volumeLifecycleModes: Ephemeral``), as those for SMB and NFS do. Files must be
    writable for user and group 1000; an SMB driver takes that as mount options.

    Args:
        driver: Name of the driver, for example ``smb.csi.k8s.io``.
        attributes: What the driver has to know, for example ``source`` and ``mountOptions``; no password.
        secret: Name of the Secret with what the driver logs in with. The driver is told both as Kubernetes does it
            (``nodePublishSecretRef``) and by the attribute ``secretName``, which that for SMB reads.
        sub_path: Directory inside the volume; unset, its root.

    Raises:
        ValueError: A name or path has the wrong form, or an attribute contains a password.
    """

    driver: str
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    secret: str | None = None
    sub_path: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        check_object_name(where, "driver", self.driver)
        check_optional_name(where, "secret", self.secret)
        if self.sub_path is not None:
            check_sub_path(where, "sub_path", self.sub_path)
        for name, value in self.attributes.items():
            if names_a_secret(name) or holds_a_secret(value):
                advice = "attributes stand in git; put username and password into a Secret and name it as secret"
                raise refusal(where, f"attributes[{name!r}]", "without a password", type(value), advice)
        object.__setattr__(self, "attributes", MappingProxyType(dict(self.attributes)))


@dataclass(frozen=True, kw_only=True, slots=True)
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
        check_fields(self)
        where = type(self).__name__
        if not self.server or set(self.server) & set("/ "):
            raise refusal(where, "server", "a name or an address", self.server)
        if not self.path.startswith("/") or ".." in self.path.split("/"):
            raise refusal(where, "path", "the absolute path that the server exports", self.path)
        if self.sub_path is not None:
            check_sub_path(where, "sub_path", self.sub_path)


Files = ConfigMapFiles | SecretFiles | ExistingClaim | CsiVolume | NfsVolume


@dataclass(frozen=True, kw_only=True, slots=True)
class Mount:
    """Files at a path of a process.

    Args:
        path: Absolute path in the container, a directory.
        files: Where they come from.
        read_only: Whether the process may not write them.

    Raises:
        ValueError: ``path`` is not absolute, or what the library mounts is there.
    """

    path: str
    files: Files
    read_only: bool = True

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        if not _is_path(self.path):
            raise refusal(where, "path", "an absolute path without '..', '//', ':' or trailing '/'", self.path)
        for reserved in _RESERVED:
            if _is_below(self.path, reserved) or _is_below(reserved, self.path):
                raise refusal(where, "path", f"apart from {reserved}", self.path, "the instance has that directory")


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Extras:
    """What one process gets beside everything that all of them have in common.

    Args:
        mounts: Files from elsewhere.
        environment: More variables, no settings of paperless-ngx: those are the same for every process.

    Raises:
        ValueError: Two mounts have one path, two variables one name, or a variable is a setting.
    """

    mounts: tuple[Mount, ...] = ()
    environment: tuple[Variable, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        for path in _repeated(mount.path for mount in self.mounts):
            raise refusal(where, "mounts", "all at different paths", path)
        for name in _repeated(variable.name for variable in self.environment):
            raise refusal(where, "environment", "of variables with different names", name)
        for variable in self.environment:
            if isinstance(variable.value, str) and (names_a_secret(variable.name) or holds_a_secret(variable.value)):
                advice = "it would stand in git; name where it stands, as SecretKey(secret=..., key=...)"
                raise refusal(where, f"environment[{variable.name!r}]", "a SecretKey", type(variable.value), advice)
            if variable.name.startswith(("PAPERLESS_", "GRANIAN_")):
                advice = "processes that disagree lose documents; use Settings, or Settings(extra_env=...)"
                raise refusal(where, "environment", "without settings of paperless-ngx", variable.name, advice)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsumeScripts:
    """Programs that a worker runs before it reads a document, and after it has stored it.

    Args:
        pre: The first one (``PAPERLESS_PRE_CONSUME_SCRIPT``): a key of the ConfigMap, or a path in the image.
        post: The second one (``PAPERLESS_POST_CONSUME_SCRIPT``), likewise.
        config_map: Name of the ConfigMap that has them; unset, they are in an image of one's own.

    Raises:
        ValueError: Neither is given, or one has the wrong form.
    """

    pre: str | None = None
    post: str | None = None
    config_map: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        check_optional_name(where, "config_map", self.config_map)
        if self.pre is None and self.post is None:
            raise refusal(where, "pre", "given, or post", None)
        for name, value in (("pre", self.pre), ("post", self.post)):
            if value is None:
                continue
            if self.config_map is None and not _is_path(value):
                raise refusal(where, name, "an absolute path in the image", value, "or name its config_map")
            if self.config_map is not None and not is_key(value):
                raise refusal(where, name, "a key of the ConfigMap", value)

    @property
    def mount(self) -> Mount | None:
        """Where a worker finds them; None where the image has them."""
        if self.config_map is None:
            return None
        return Mount(path=_SCRIPTS_PATH, files=ConfigMapFiles(name=self.config_map))

    def check(self, where: str, *, official: bool, mounts: Iterable[Mount]) -> None:
        """Refuse a path that workers cannot find anything at.

        Args:
            where: Construct path of the instance.
            official: Whether its image is upstream's own, which has no such scripts.
            mounts: What else its workers mount.

        Raises:
            ValueError: Neither image nor volumes can have a script.
        """
        if self.config_map is not None or not official:
            return
        folders = (*_DIRECTORIES, *_PROGRAMS, *(mount.path for mount in mounts))
        for name, value in (("pre", self.pre), ("post", self.post)):
            if value is not None and not any(_is_below(value, folder) for folder in folders):
                advice = "name the config_map that has it, an image of your own, or a Mount of the worker's extras"
                raise refusal(where, f"consume_scripts.{name}", "a file that workers have", value, advice)

    def settings(self) -> dict[str, str]:
        """Return the application's settings for them."""
        folder = f"{_SCRIPTS_PATH}/" if self.config_map else ""
        scripts = {"PAPERLESS_PRE_CONSUME_SCRIPT": self.pre, "PAPERLESS_POST_CONSUME_SCRIPT": self.post}
        return {name: f"{folder}{script}" for name, script in scripts.items() if script}


_SCRIPTS_PATH: Final = "/usr/src/paperless/scripts"
