"""Making a generation from the exporter's folder: each file is either linked from an older one or copied and proved."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generations import DamagedError, Generation, checksum
from log import say

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
        linked: How many files cost nothing.
        copied: How many bytes were copied.
    """

    sums: dict[str, str] = field(default_factory=dict[str, str])
    missing: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    healed: list[str] = field(default_factory=list[str])
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
        self._older = [(generation, generation.sums()) for generation in reversed(older)]
        self._compare = compare
        self._links = True
        self.proof = Proof()

    def take(self, manifest: Manifest) -> Proof:
        """Take everything that a manifest names."""
        for name in manifest.own:
            self._copy(self._working / name, name)
        for name, expected in manifest.files.items():
            if self._link_unchanged(name, expected) or self._copy_right(name, expected):
                continue
            if self._heal(name, expected):
                self.proof.healed.append(name)
            elif (self._working / name).exists():
                self._copy(self._working / name, name)
                self.proof.wrong.append(name)
            else:
                self.proof.missing.append(name)
        return self.proof

    def _link_unchanged(self, name: str, expected: Expected) -> bool:
        if not self._older:
            return False
        generation, sums = self._older[0]
        old, new = generation.export / name, self._working / name
        if name not in sums or not _alike(old, new):
            return False
        if expected.algorithm == "sha256" and sums[name] != expected.checksum:
            return False
        if self._compare and not (checksum(old) == sums[name] == checksum(new)):
            return False
        return self._link(old, name, sums[name])

    def _copy_right(self, name: str, expected: Expected) -> bool:
        source = self._working / name
        if not source.is_file():
            return False
        if expected.algorithm and checksum(source, expected.algorithm) != expected.checksum:
            return False
        self._copy(source, name)
        return True

    def _heal(self, name: str, expected: Expected) -> bool:
        """Take a file from an older generation: by its checksum, or else by its name."""
        for generation, sums in self._older:
            same = [name] if name in sums else []
            if expected.algorithm == "sha256":
                same = [old for old, digest in sums.items() if digest == expected.checksum]
            for old in same:
                file = generation.export / old
                if not file.is_file() or checksum(file) != sums[old]:
                    continue
                if expected.algorithm and checksum(file, expected.algorithm) != expected.checksum:
                    continue
                if not self._link(file, name, sums[old]):
                    self._copy(file, name)
                return True
        return False

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

    def _copy(self, source: Path, name: str) -> None:
        """Copy a file, and see that what was written is what was read."""
        target = self._target(name)
        stat = source.stat()
        digest = checksum(source)
        _clone(source, target)
        if checksum(target) != digest:
            msg = f"{name} was changed while it was copied, or the disk is broken"
            raise DamagedError(msg)
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        # A restore gives files in media the permissions that they have here.
        target.chmod(stat.st_mode & 0o777)
        self.proof.sums[name] = digest
        self.proof.copied += stat.st_size

    def _target(self, name: str) -> Path:
        target = self._export / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def _alike(old: Path, new: Path) -> bool:
    try:
        first, second = old.stat(), new.stat()
    except FileNotFoundError:
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
