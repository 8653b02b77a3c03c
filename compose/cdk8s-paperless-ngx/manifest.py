"""What an export says of itself: the records of its manifest, and the files that belong to it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHUNK = 1 << 20
_FILE, _ARCHIVE, _THUMBNAIL, _BUNDLE = (
    f"__exported_{name}__" for name in ("file_name", "archive_name", "thumbnail_name", "share_link_bundle_name")
)
"""Upstream ``src/documents/settings.py``."""
_ALGORITHMS = {32: "md5", 64: "sha256"}
"""By the length of a checksum; MD5 before 3.0."""


class ManifestError(Exception):
    """An export does not fit what it says of itself."""


@dataclass(frozen=True)
class Expected:
    """A file that a manifest names.

    Attributes:
        checksum: What the application has as its checksum; empty for thumbnails and bundles, which have none.
        original: Whether it is a document's original.
        media: Where the application keeps it, below ``documents`` in media; empty where that is not known.
    """

    checksum: str = ""
    original: bool = False
    media: str = ""

    @property
    def algorithm(self) -> str:
        """Return how the checksum is made."""
        return _ALGORITHMS.get(len(self.checksum), "")


@dataclass
class Manifest:
    """What an export holds.

    Attributes:
        version: The application's.
        encrypted: Whether passwords and tokens are.
        kinds: How many records there are of each model.
        files: What it names, by path.
        own: Files that say what the export is.
    """

    version: str
    encrypted: bool
    kinds: Counter[str] = field(default_factory=Counter[str])
    files: dict[str, Expected] = field(default_factory=dict[str, Expected])
    own: list[str] = field(default_factory=list[str])

    @property
    def documents(self) -> int:
        """Return how many documents there are."""
        return self.kinds["documents.document"]


def read(export: Path) -> Manifest:
    """Read what an export says of itself.

    Raises:
        ManifestError: It cannot be read, is cut off, or names files outside of the export, or one of them twice.
    """
    try:
        metadata: dict[str, Any] = json.loads((export / "metadata.json").read_text(encoding="utf-8"))
        manifest = Manifest(str(metadata["version"]), encrypted="__crypto__" in metadata)
        parts = sorted(str(path.relative_to(export)) for path in export.glob("**/*-manifest.json"))
        manifest.own = ["manifest.json", "metadata.json", *parts]
        for name in ("manifest.json", *parts):
            for record in records(export / name):
                _add(manifest, record)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"the export's manifest cannot be read: {type(error).__name__} {error}"
        raise ManifestError(msg) from error
    return manifest


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Give a manifest's records one by one: it holds the text of every document.

    Raises:
        ValueError: It is cut off, or no list.
    """
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8") as file:
        text = file.read(_CHUNK).lstrip()
        if not text.startswith("["):
            msg = f"{path.name} is no list"
            raise ValueError(msg)
        text = text[1:]
        while True:
            text = text.lstrip().removeprefix(",").lstrip()
            if text.startswith("]"):
                return
            try:
                record, end = decoder.raw_decode(text)
            except ValueError:
                # As much again as there is: a record of many chunks is not begun anew with each of them.
                more = file.read(max(_CHUNK, len(text)))
                if not more:
                    msg = f"{path.name} is cut off"
                    raise ValueError(msg) from None
                text += more
            else:
                yield record
                text = text[end:]


def _add(manifest: Manifest, record: dict[str, Any]) -> None:
    model: str = record["model"]
    manifest.kinds[model] += 1
    fields: dict[str, Any] = record["fields"]
    if model == "documents.document":
        checksum, archived = fields.get("checksum") or "", fields.get("archive_checksum") or ""
        name, archive = fields.get("filename"), fields.get("archive_filename")
        # A document without a filename is of a time when the number was the name, and no longer exported.
        _expect(manifest, record[_FILE], Expected(checksum, original=True, media=f"originals/{name}" if name else ""))
        if record.get(_ARCHIVE):
            media = f"archive/{archive}" if archive else ""
            _expect(manifest, record[_ARCHIVE], Expected(archived, media=media))
        if record.get(_THUMBNAIL):
            _expect(manifest, record[_THUMBNAIL], Expected(media=f"thumbnails/{record['pk']:07}.webp"))
    elif record.get(_BUNDLE):
        _expect(manifest, record[_BUNDLE], Expected())


def _expect(manifest: Manifest, name: str, expected: Expected) -> None:
    path = PurePosixPath(name)
    for each in (path, PurePosixPath(expected.media or "none")):
        if each.is_absolute() or ".." in each.parts or not each.parts:
            msg = f"{str(each)!r} is outside of its folder"
            raise ValueError(msg)
    if str(path) in manifest.files:
        msg = f"two documents have the file {name!r}"
        raise ValueError(msg)
    manifest.files[str(path)] = expected
