"""The backup's folder: published generations, which nothing changes any more, and what tells whose folder it is.

::

    .cdk8s-paperless-ngx.json        whose folder it is
    working/                         the exporter's own, which writes over files in place: so nothing is linked to it
    .new/                            a generation that is being made
    0007-20261125T030000Z/           a generation: its number orders it, whatever clocks do
        generation.json              what it is
        SHA256SUMS                   of every file below ``export``; ``sha256sum -c`` reads it
        export/                      what ``document_importer`` reads
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from log import one_line, say

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

_MARKER = ".cdk8s-paperless-ngx.json"
_NAME = re.compile(r"(\d{4,})-\d{8}T\d{6}Z")
_NEW, _OLD = ".new", ".old"
_SUMS, _FACTS, _EXPORT = "SHA256SUMS", "generation.json", "export"
_NOBODYS = ("lost+found",)
"""The file system's own."""


class FolderError(Exception):
    """A folder is not the instance's to write to."""


class DamagedError(Exception):
    """A generation is not what it was when it was published."""


@dataclass(frozen=True)
class Generation:
    """A published generation."""

    path: Path

    @property
    def name(self) -> str:
        """Return its id."""
        return self.path.name

    @property
    def number(self) -> int:
        """Return its place in the order."""
        return int(self.name.partition("-")[0])

    @property
    def export(self) -> Path:
        """Return what ``document_importer`` reads."""
        return self.path / _EXPORT

    def facts(self) -> dict[str, Any]:
        """Return what it says of itself.

        Raises:
            DamagedError: It cannot be read.
        """
        try:
            facts: dict[str, Any] = json.loads((self.path / _FACTS).read_text(encoding="utf-8"))
            _ = facts["sums"], int(facts["documents"]), facts["version"], facts["missing"]
            datetime.fromisoformat(facts["time"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            msg = f"generation {self.name} cannot be read: {type(error).__name__} {one_line(error)}"
            raise DamagedError(msg) from error
        return facts

    def sums(self) -> dict[str, str]:
        """Return each file's SHA-256, by its path in the export.

        Raises:
            DamagedError: The list is not the one that was published.
        """
        wanted = self.facts()["sums"]
        try:
            text = (self.path / _SUMS).read_bytes()
        except OSError as error:
            msg = f"generation {self.name} cannot be read: {one_line(error)}"
            raise DamagedError(msg) from error
        if hashlib.sha256(text).hexdigest() != wanted:
            msg = f"generation {self.name} is damaged: {_SUMS} was changed"
            raise DamagedError(msg)
        return _parse(text.decode())

    def check(self) -> dict[str, str]:
        """Read every file, and return their sums.

        Raises:
            DamagedError: A file is not the one that was published, or there are other files.
        """
        sums = self.sums()
        there = {str(path.relative_to(self.export)) for path in self.export.rglob("*") if not path.is_dir()}
        wrong = sorted(there ^ sums.keys())
        wrong += [name for name in sorted(there & sums.keys()) if not is_right(self.export / name, sums[name])]
        if wrong:
            shown = ", ".join(wrong[:5]) + (" …" if len(wrong) > len(wrong[:5]) else "")
            msg = f"generation {self.name} is damaged: {len(wrong)} files are not those that were published: {shown}"
            raise DamagedError(msg)
        return sums


def is_right(file: Path, wanted: str, algorithm: str = "sha256") -> bool:
    """Return whether a file has a checksum; one that cannot be read, as on a broken disk, has none."""
    try:
        return checksum(file, algorithm) == wanted
    except OSError:
        return False


def checksum(file: Path, algorithm: str = "sha256") -> str:
    """Return a file's checksum."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, algorithm).hexdigest()


class Folder:
    """A backup's folder.

    Args:
        path: Where it is.
        instance: Whose it is.
    """

    def __init__(self, path: Path, instance: str) -> None:
        self.path = path
        self._instance = instance

    @property
    def working(self) -> Path:
        """The exporter's own folder."""
        return self.path / "working"

    @property
    def new(self) -> Path:
        """The generation that is being made."""
        return self.path / _NEW

    def claim(self) -> None:
        """Make an empty folder the instance's, or see that it is.

        Raises:
            FolderError: It is somebody else's, or the exporter's folder in it is a link.
        """
        marker = self.path / _MARKER
        if not marker.exists():
            found = [path.name for path in self.path.iterdir()]
            others = sorted(name for name in found if name not in _NOBODYS and not name.startswith(_MARKER))
            if others:
                msg = (
                    f"refused: the backup's folder has files that are none of a backup's ({', '.join(others[:5])}); "
                    "give it an empty folder of its own"
                )
                raise FolderError(msg)
            part = self.path / f"{_MARKER}.{secrets.token_hex(4)}"
            part.write_text(json.dumps({"instance": self._instance}), encoding="utf-8")
            _name_once(part, marker)
        self.check()
        if self.working.is_symlink():
            msg = "refused: working in the backup's folder is a link, whose target the exporter would empty; remove it"
            raise FolderError(msg)

    def check(self) -> None:
        """See that the folder is the instance's, without writing.

        Raises:
            FolderError: It is not.
        """
        try:
            owner = json.loads((self.path / _MARKER).read_text(encoding="utf-8"))["instance"]
        except FileNotFoundError as error:
            msg = f"refused: {self.path} is no backup's folder"
            raise FolderError(msg) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            msg = f"refused: whose folder the backup's is cannot be read: {type(error).__name__} {one_line(error)}"
            raise FolderError(msg) from error
        if owner != self._instance:
            msg = f"refused: the backup's folder is that of the instance {owner!r}, not of {self._instance!r}"
            raise FolderError(msg)

    @contextlib.contextmanager
    def locked(self) -> Generator[bool]:
        """Keep a second run out; gives whether this one is alone."""
        with (self.path / _MARKER).open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def generations(self) -> list[Generation]:
        """Return every published one, the newest last."""
        found = [
            Generation(path)
            for path in self.path.iterdir()
            # A link is somebody's; nothing here made it.
            if _NAME.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
        ]
        return sorted(found, key=lambda generation: generation.number)

    def good(self) -> list[Generation]:
        """Return those whose list of files is the one that was published, the newest last."""
        good: list[Generation] = []
        for generation in self.generations():
            try:
                generation.sums()
            except DamagedError as error:
                say(str(error))
            else:
                good.append(generation)
        return good

    def clear(self) -> None:
        """Remove what a run left that was killed; none of it has the name of a generation.

        What is left of old generations is in nobody's way.
        """
        if self.new.exists():
            shutil.rmtree(self.new)
        for path in self.path.glob(f"{_OLD}*"):
            try:
                shutil.rmtree(path)
            except OSError as error:
                say(f"cannot be removed: {one_line(error)}")

    def publish(self, sums: dict[str, str], facts: dict[str, Any], time: str) -> Generation:
        """Make the new generation a published one.

        Args:
            sums: Each file's SHA-256, by its path in the export.
            facts: What it is.
            time: When it is, in the form of a generation's name.
        """
        text = _format(sums).encode()
        (self.new / _SUMS).write_bytes(text)
        number = max((generation.number for generation in self.generations()), default=0) + 1
        name = f"{number:04}-{time}"
        facts = {"generation": name, **facts, "sums": hashlib.sha256(text).hexdigest()}
        (self.new / _FACTS).write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        # All of its files are on the disk before its name is: one call, as one for each of many small files is slow.
        os.sync()
        self.new.rename(self.path / name)
        _sync(self.path)
        return Generation(self.path / name)

    def thin_out(self, keep: int) -> list[str]:
        """Remove each generation that has at least so many newer good ones, and return their names.

        So a good one goes only when others are there, and a damaged one does not count for any.

        Raises:
            OSError: One cannot be removed; all others are.
        """
        good = [generation.number for generation in self.good()]
        removed: list[str] = []
        failed: OSError | None = None
        for generation in self.generations():
            if sum(number > generation.number for number in good) >= max(keep, 1):
                # A removal that is killed must not leave half of a generation under its name.
                old = self.path / f"{_OLD}-{generation.name}"
                try:
                    generation.path.rename(old)
                    shutil.rmtree(old)
                except OSError as error:
                    failed = error
                    continue
                say(f"removed {generation.name}")
                removed.append(generation.name)
        if failed:
            raise failed
        return removed


def _name_once(part: Path, file: Path) -> None:
    """Give a file its name, unless another run has done so: what that one may have locked must not be replaced."""
    try:
        os.link(part, file)
    except FileExistsError:
        part.unlink()
    except OSError:
        # A file system without hard links.
        part.rename(file)
    else:
        part.unlink()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems cannot, and keep names at once.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _format(sums: dict[str, str]) -> str:
    return "".join(_line(name, digest) for name, digest in sorted(sums.items()))


def _line(name: str, digest: str) -> str:
    """Return a line as sha256sum writes it: a backslash in front says that the path has some."""
    path = f"{_EXPORT}/{name}"
    escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return ("\\" if escaped != path else "") + f"{digest}  {escaped}\n"


def _parse(text: str) -> dict[str, str]:
    sums: dict[str, str] = {}
    for line in text.removesuffix("\n").split("\n") if text else ():
        digest, _, path = line.removeprefix("\\").partition("  ")
        if line.startswith("\\"):
            path = re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), path)
        sums[path.removeprefix(f"{_EXPORT}/")] = digest
    return sums
