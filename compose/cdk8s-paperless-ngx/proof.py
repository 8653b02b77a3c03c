"""Making a generation from the exporter's folder: each file is either linked from an older one or copied and proved."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generations import DamagedError, Generation, checksum, is_right
from log import one_line, say

if TYPE_CHECKING:
    from pathlib import Path

    from manifest import Expected, Manifest

_CANNOT_CLONE = (errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.EACCES)
_CANNOT_LINK = (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV, errno.ENOSYS)


@dataclass
class Proof:
    """What came of the files.

    Attributes:
        sums: Each file's SHA-256.
        missing: Files that are nowhere.
        wrong: Files that are not what the manifest says, and of which no older generation has the right one: taken as
            they are, as no other copy may be left.
        healed: Files that media has lost or spoiled, from an older generation.
        unreadable: Files that the exporter's folder had on a broken disk, and has no more.
        linked: How many files cost nothing.
        copied: How many bytes were copied.
    """

    sums: dict[str, str] = field(default_factory=dict[str, str])
    missing: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    healed: list[str] = field(default_factory=list[str])
    unreadable: list[str] = field(default_factory=list[str])
    linked: int = 0
    copied: int = 0


class Prover:
    """Takes files into a new generation.

    Args:
        working: The exporter's folder.
        export: The new generation's.
        older: Published good ones, the newest last.
        compare: Read files that seem to be unchanged as well, here and in the generation that they are linked from.
    """

    def __init__(self, working: Path, export: Path, older: list[Generation], *, compare: bool) -> None:
        self._working = working
        self._export = export
        self._older = older
        # Of the others they are read only where something has to be healed: of a big archive one list takes 100 MB.
        self._newest = older[-1].sums() if older else {}
        self._compare = compare
        self._links = True
        self.proof = Proof()

    def take(self, manifest: Manifest) -> Proof:
        """Take everything that a manifest names."""
        for name in manifest.own:
            file = self._working / name
            self._copy(file, name, checksum(file))
        lost = {
            name: expected
            for name, expected in manifest.files.items()
            if not self._link_unchanged(name, expected) and not self._copy_right(name, expected)
        }
        self._heal(lost)
        for name in lost:
            file = self._working / name
            if file.exists():
                self._copy(file, name, checksum(file))
                self.proof.wrong.append(name)
            else:
                self.proof.missing.append(name)
        return self.proof

    def _link_unchanged(self, name: str, expected: Expected) -> bool:
        digest = self._newest.get(name)
        if digest is None:
            return False
        old, new = self._older[-1].export / name, self._working / name
        if not _alike(old, new):
            return False
        if expected.algorithm == "sha256" and digest != expected.checksum:
            return False
        if self._compare and not (is_right(old, digest) and is_right(new, digest)):
            return False
        return self._link(old, name, digest)

    def _copy_right(self, name: str, expected: Expected) -> bool:
        source = self._working / name
        if not source.is_file():
            return False
        algorithm = expected.algorithm or "sha256"
        try:
            found = checksum(source, algorithm)
        except OSError as error:
            say(f"{name} cannot be read in the exporter's folder, and is taken out of it: {one_line(error)}")
            source.unlink()
            self.proof.unreadable.append(name)
            return False
        if expected.algorithm and found != expected.checksum:
            return False
        self._copy(source, name, found, algorithm)
        return True

    def _heal(self, lost: dict[str, Expected]) -> None:
        """Take files out of the list that an older generation has: by their checksum, or else by their name."""
        for generation in reversed(self._older):
            if not lost:
                return
            sums = self._newest if generation is self._older[-1] else generation.sums()
            wanted = {expected.checksum for expected in lost.values() if expected.algorithm == "sha256"}
            places: dict[str, list[str]] = {}
            for old, digest in sums.items():
                if digest in wanted:
                    places.setdefault(digest, []).append(old)
            for name, expected in list(lost.items()):
                by_name = [name] if name in sums else []
                same = places.get(expected.checksum, []) if expected.algorithm == "sha256" else by_name
                if any(self._take_from(generation.export / old, sums[old], name, expected) for old in same):
                    del lost[name]
                    self.proof.healed.append(name)

    def _take_from(self, file: Path, digest: str, name: str, expected: Expected) -> bool:
        """Take a file of an older generation, if it is what it was and what is wanted."""
        if not file.is_file() or not is_right(file, digest):
            return False
        if expected.algorithm and not is_right(file, expected.checksum, expected.algorithm):
            return False
        if not self._link(file, name, digest):
            self._copy(file, name, digest)
        return True

    def _link(self, old: Path, name: str, digest: str) -> bool:
        target = self._target(name)
        if not self._links:
            return False
        try:
            os.link(old, target)
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            if error.errno != errno.EMLINK:
                say("the backup's file system has no hard links: each generation is a whole copy")
                self._links = False
            return False
        self.proof.sums[name] = digest
        self.proof.linked += 1
        return True

    def _copy(self, source: Path, name: str, digest: str, algorithm: str = "sha256") -> None:
        """Copy a file, and see that what was written is what was read: it has the checksum that was found then."""
        target = self._target(name)
        stat = source.stat()
        _clone(source, target)
        if checksum(target, algorithm) != digest:
            msg = f"{name} was changed while it was copied, or the disk is broken"
            raise DamagedError(msg)
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        # A restore gives files in media the permissions that they have here.
        target.chmod(stat.st_mode & 0o777)
        self.proof.sums[name] = digest if algorithm == "sha256" else checksum(target)
        self.proof.copied += stat.st_size

    def _target(self, name: str) -> Path:
        target = self._export / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def spoiled(media: Path, manifest: Manifest, begin: float) -> list[str]:
    """Return the files that are not in media what the manifest says, by their names in the export.

    With checksums to compare upstream's exporter reads what it has exported before, and not what it exports. A file
    that is gone was there when the exporter looked: its document is another one now, or was deleted since.

    Args:
        media: The application's ``documents`` folder.
        manifest: What it should have.
        begin: When the export began, in seconds since 1970. What was changed later was meant to be.
    """
    return [
        name
        for name, expected in manifest.files.items()
        if expected.algorithm
        and expected.media
        # Before 3.0: encrypted with GnuPG, which only the exporter decrypts.
        and not expected.media.endswith(".gpg")
        and _is_spoiled(media / expected.media, expected, begin)
    ]


def _is_spoiled(file: Path, expected: Expected, begin: float) -> bool:
    try:
        # A file that was renamed to this name has a new time of this kind as well.
        return not is_right(file, expected.checksum, expected.algorithm) and file.stat().st_ctime < begin
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _alike(old: Path, new: Path) -> bool:
    try:
        first, second = old.stat(), new.stat()
    except OSError:
        return False
    return (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)


def _clone(source: Path, target: Path) -> None:
    """Copy a file; file systems that can share blocks (XFS, Btrfs, NFS 4.2) then store it once."""
    with source.open("rb") as read, target.open("wb") as write:
        try:
            while os.copy_file_range(read.fileno(), write.fileno(), 1 << 30):
                pass
        except OSError as error:
            if error.errno not in _CANNOT_CLONE:
                raise
        else:
            return
    shutil.copyfile(source, target)
