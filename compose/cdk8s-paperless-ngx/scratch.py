"""What lies in the scratch directory.

By the names that the application gives: upstream 3.0.5, every use of ``SCRATCH_DIR``.
"""

from __future__ import annotations

import enum
import hashlib
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ORIGINALS = ("paperless-mail-", "paperless-barcode-split-")
"""Attachments and pages on their way to a worker; uploads are in folders ``tmp…``."""
_WORKING = "paperless-"
"""The consumer's working copies and the parsers' folders."""
_DOWNLOAD = "-compressed-archive"
_OTHERS = ("double-sided-staging.pdf", "lost+found")
"""Waits for the scan of the other sides, and says itself when it is too old (``documents/double_sided.py``); the file
system's own."""


class Kind(enum.Enum):
    """What an entry of the scratch directory is."""

    ORIGINAL = "original"
    """May be the only copy of a document."""
    WORKING = "working"
    """Is of use to nobody when its task has ended."""
    KEPT = "kept"
    """Is none of ours to judge."""


def kind(entry: Path) -> Kind:
    """Return what an entry is; an unknown one counts as an original."""
    name = entry.name
    if name.startswith(".") or name in _OTHERS or entry.is_symlink():
        return Kind.KEPT
    if not files(entry) or name.endswith(_DOWNLOAD):
        return Kind.WORKING
    if name.startswith(_WORKING) and not name.startswith(_ORIGINALS):
        return Kind.WORKING
    return Kind.ORIGINAL


def files(entry: Path) -> list[Path]:
    """Return an entry's files: itself, or those below it."""
    if not entry.is_dir():
        return [entry]
    return sorted(path for path in entry.rglob("*") if path.is_file())


def changed(entry: Path) -> float:
    """Return when an entry or anything below it was changed last, in seconds since 1970."""
    below = entry.rglob("*") if entry.is_dir() else ()
    return max(float(path.stat().st_mtime) for path in (entry, *below))


def checksum(file: Path, algorithm: str) -> str:
    """Return what the application calls a document's checksum, which is MD5 before 3.0 and SHA-256 since."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, algorithm).hexdigest()


def remove(entry: Path) -> None:
    """Remove an entry with everything below it."""
    if entry.is_dir():
        shutil.rmtree(entry)
    else:
        entry.unlink()
