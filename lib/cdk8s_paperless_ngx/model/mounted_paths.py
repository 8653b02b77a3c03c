"""Files and directories that settings name, and what mounts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.extras import Extras
from cdk8s_paperless_ngx.model.names import WEBSERVER, WORKER
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.volumes import ConfigMapVolume, Mount, SecretVolume
from cdk8s_paperless_ngx.settings import Settings
from cdk8s_paperless_ngx.validation.errors import conflict
from cdk8s_paperless_ngx.validation.paths import is_at_or_below

TRASH: Final = "paths.empty_trash_dir"
READ_BY: Final[Mapping[str, tuple[str, ...]]] = {
    # System checks of every process and command look at these two (upstream ``paperless/checks.py``).
    TRASH: (),
    "incoming_mail.email_certificate_location": (),
    "paths.model_file": (WEBSERVER, WORKER),
    "paths.staticdir": (WEBSERVER,),
    "paths.nltk_dir": (WORKER,),
    "incoming_mail.email_gnupg_home": (WORKER,),
    "software_tweaks.convert_tmpdir": (WORKER,),
}
"""Settings that are paths, and the processes that read each; empty for all of them."""
_FILES: Final = frozenset({"incoming_mail.email_certificate_location", "paths.model_file"})
"""Those of them that are files; what is mounted is their folder."""
_SHARED: Final = {
    WEBSERVER: (Directory.DATA, Directory.MEDIA, Directory.SCRATCH, Directory.EXPORT),
    WORKER: (Directory.DATA, Directory.MEDIA, Directory.CONSUME, Directory.SCRATCH),
}
_IN_THE_IMAGE: Final = (
    "/etc/ssl/certs",
    "/usr/share/ca-certificates",
    "/usr/share/nltk_data",
    f"{paths.APPLICATION_DIRECTORY}/static",
    paths.CERTIFICATES_DIRECTORY,
)
"""Where the official image, or this library, has such files."""


def check_paths(
    where: str, settings: Settings, *, official: bool, extras: Extras, of_processes: Mapping[str, Extras]
) -> None:
    """Refuse a setting that names a place at which nothing is.

    Args:
        where: Construct path of the instance.
        settings: Its argument.
        official: Whether its image is upstream's own, of which it is known what it has.
        extras: Its argument.
        of_processes: What webserver and worker get beside that.

    Raises:
        ValueError: There is one; the sentence says which mount it takes.
    """
    for argument, readers in READ_BY.items():
        group, _, name = argument.partition(".")
        path: str | None = getattr(getattr(settings, group), name)
        if path is None:
            continue
        if argument == TRASH:
            _check_trash(where, path, extras)
        else:
            _check_readable(where, argument, path, readers, official=official, extras=extras, of_processes=of_processes)


def _check_trash(where: str, path: str, extras: Extras) -> None:
    """Refuse a place from which originals would vanish, or be taken for documents."""
    argument = f"settings.{TRASH}"
    inside = f"name a folder inside media, such as '{Directory.MEDIA.path}/trash'"
    for directory in Directory:
        if is_at_or_below(path, directory.path):
            own = (directory.path, f"{directory.path}/documents", f"{directory.path}/.cdk8s-paperless-ngx")
            taken = path == own[0] or any(is_at_or_below(path, folder) for folder in own[1:])
            if directory is not Directory.MEDIA or taken:
                raise conflict(where, f"{argument} is {path!r}, where something else is kept", inside)
            return
    mount = _mount_of(path, extras.mounts)
    if mount is None:
        problem = f"{argument} is {path!r}, where nothing is mounted that lasts"
        raise conflict(where, problem, f"{_advice(path, 'extras', writable=True)}, or {inside}")
    if mount.read_only or isinstance(mount.volume, ConfigMapVolume | SecretVolume):
        problem = f"{argument} is {path!r}, and nobody can write to what is mounted at {mount.path}"
        raise conflict(where, problem, "mount a claim or a share there, with read_only=False")


def _check_readable(
    where: str,
    argument: str,
    path: str,
    readers: tuple[str, ...],
    *,
    official: bool,
    extras: Extras,
    of_processes: Mapping[str, Extras],
) -> None:
    """Refuse a place that is not there for each of the processes that read it."""
    if not official and not any(is_at_or_below(path, directory.path) for directory in Directory):
        # An image of one's own may have it.
        return
    if _mount_of(path, extras.mounts) or any(is_at_or_below(path, folder) for folder in _IN_THE_IMAGE):
        return
    folder = str(PurePosixPath(path).parent) if argument in _FILES else path
    if not readers:
        problem = f"settings.{argument} is {path!r}, where nothing is mounted in all containers"
        raise conflict(where, problem, _advice(folder, "extras", writable=False))
    for process in readers:
        shared = (*(directory.path for directory in _SHARED[process]), paths.TEMPORARY_DIRECTORY)
        if any(is_at_or_below(path, each) for each in shared) or _mount_of(path, of_processes[process].mounts):
            continue
        problem = f"settings.{argument} is {path!r}, where nothing is mounted for the {process}"
        place = "extras" if len(readers) > 1 else f"the extras of {process}"
        raise conflict(where, problem, _advice(folder, place, writable=len(readers) > 1))


def _mount_of(path: str, mounts: Iterable[Mount]) -> Mount | None:
    return next((mount for mount in mounts if is_at_or_below(path, mount.path)), None)


def _advice(folder: str, argument: str, *, writable: bool) -> str:
    how = ", read_only=False" if writable else ""
    return f"have a Mount(path={folder!r}, volume=...{how}) in {argument}"
