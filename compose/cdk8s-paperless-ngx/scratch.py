"""What lies in the scratch directory.

By the names that the application gives: upstream 3.0.5, every use of ``SCRATCH_DIR``.
"""

from __future__ import annotations

import enum
import hashlib
import re
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ORIGINALS = ("paperless-mail-", "paperless-barcode-split-")
"""Attachments and pages on their way to a worker; uploads are in folders ``tmp…``."""
_COPIES = "paperless-ngx"
"""A folder of the consumer, with its working copy of an original (``documents/consumer.py``)."""
_WORKING = "paperless-"
"""The parsers' folders, and the exporter's."""
_ARCHIVE = re.compile(r"tmp[a-z0-9_]{8}(?:\.zip|.*-compressed-archive)")
"""Archives of stored documents: ``build_share_link_bundle`` and bulk downloads. Uploads are in folders."""
_BARCODES = re.compile(r"barcode[a-z0-9_]{8}")
"""A folder inside that of a task, with pages that are copied out before they are queued (``documents/barcodes.py``)."""
_OTHERS = ("double-sided-staging.pdf", "lost+found")
"""Waits for the scan of the other sides, and says itself when it is too old (``documents/double_sided.py``); the file
system's own."""
_BLOCK = 1 << 20


class Kind(enum.Enum):
    """What an entry of the scratch directory is."""

    ORIGINAL = "original"
    """May be the only copy of a document."""
    COPY = "copy"
    """Is a copy of an original, and the only one if its task was killed in one certain moment."""
    WORKING = "working"
    """Is of use to nobody when its task has ended."""
    KEPT = "kept"
    """Is none of ours to judge."""


def kind(entry: Path) -> Kind:
    """Return what an entry is; an unknown one counts as an original."""
    name = entry.name
    if name.startswith(".") or name in _OTHERS or entry.is_symlink():
        return Kind.KEPT
    if not entry.is_dir():
        return Kind.WORKING if _ARCHIVE.fullmatch(name) else Kind.ORIGINAL
    if name.startswith(_ORIGINALS):
        return Kind.ORIGINAL if any(originals(entry)) else Kind.WORKING
    if name.startswith(_COPIES):
        return Kind.COPY if any(originals(entry)) else Kind.WORKING
    return Kind.WORKING if name.startswith(_WORKING) or not any(originals(entry)) else Kind.ORIGINAL


def originals(entry: Path) -> Iterator[Path]:
    """Give the files of an entry that may be documents: itself, or those below it, but for barcodes' pages."""
    if not entry.is_dir():
        yield entry
        return
    for path in sorted(entry.iterdir()):
        if path.is_symlink() or (path.is_dir() and _BARCODES.fullmatch(path.name)):
            continue
        if path.is_dir():
            yield from (below for below in sorted(path.rglob("*")) if below.is_file())
        else:
            yield path


def changed(entry: Path) -> float:
    """Return when an entry or anything below it was changed last, in seconds since 1970."""
    below = entry.rglob("*") if entry.is_dir() else ()
    return max(float(path.lstat().st_mtime) for path in (entry, *below))


def checksum(file: Path, algorithm: str) -> str:
    """Return what the application calls a document's checksum, which is MD5 before 3.0 and SHA-256 since."""
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def remove(entry: Path) -> None:
    """Remove an entry with everything below it."""
    if entry.is_dir():
        shutil.rmtree(entry)
    else:
        entry.unlink()
