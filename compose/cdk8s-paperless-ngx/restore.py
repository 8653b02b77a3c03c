"""Restore: imports a generation of a backup into an instance that has never worked; it only reads the backup.

It is a part of the first migration, between the database's and the index's, so that no process works meanwhile:

* Nothing is written before every file of the generation was read and proved, and the target was seen to be empty.
* That an import has begun is written down before it begins, and stays until the release is ready.
* Of media nothing goes but what the generation has as well, byte for byte: what an import left that was cut off. Media
  itself may be another one by then, as somebody may have put the old claim back.
* That it was done is written down together with the release, so the request may stay in the YAML.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import loss
import manifest as manifests
from generations import DamagedError, Folder, Generation, checksum
from log import say
from management import MANAGE, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from manifest import Manifest
    from mark import Mark, Release

NEWEST = "newest"
_BLOCK = 4096


class RestoreError(Exception):
    """A generation is not restored."""


@dataclass(frozen=True)
class Restore:
    """A generation that was proved, and is to be imported.

    Attributes:
        generation: What to import.
        sums: Each file's SHA-256, by its path in the export.
        manifest: What it holds.
        documents: How many documents it has.
        left: What an import of it left in media that was cut off.
    """

    generation: Generation
    sums: Mapping[str, str]
    manifest: Manifest
    documents: int
    left: Sequence[Path] = ()

    def make(self, environment: Mapping[str, str]) -> None:
        """Import, and see that every file arrived; how many documents did is the caller's to count.

        Raises:
            RestoreError: A file is not what it is in the generation.
            CommandError: The importer ended with an error.
        """
        media = Path(environment["PAPERLESS_MEDIA_ROOT"], "documents")
        for path in self.left:
            # Upstream's importer ends at an original that is there.
            path.unlink()
        # Upstream's importer ends where it is given one for what is not encrypted, as a backup was before it had one.
        passphrase = environment.get("EXPORT_PASSPHRASE", "") if self.manifest.encrypted else ""
        flags = ("--passphrase", passphrase) if passphrase else ()
        # In place, the importer would write decrypted manifests beside the backup's (3.0.5).
        with tempfile.TemporaryDirectory() as folder:
            self._stage(Path(folder))
            command = (*MANAGE, "document_importer", folder, "--no-progress-bar", *flags)
            run(command, environment, secret=passphrase)
        self._prove(media)
        # For the log: it ends with 0 whatever it finds.
        run((*MANAGE, "document_sanity_checker", "--no-progress-bar"), environment)

    def _stage(self, folder: Path) -> None:
        """Show the export to the importer: links to files, copies of what it may write beside."""
        export = self.generation.export
        for name in self.sums:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if name in self.manifest.own:
                target.write_bytes((export / name).read_bytes())
            else:
                target.symlink_to(export / name)
        for name in self.manifest.files.keys() - self.sums.keys():
            # The importer takes all documents or none.
            say(f"the backup has no such file, so an empty one takes its place: {name}")
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()

    def _prove(self, media: Path) -> None:
        named = [
            (name, media / expected.media)
            for name, expected in self.manifest.files.items()
            if expected.media and name in self.sums
        ]
        wrong = [name for name, path in named if not path.is_file() or checksum(path) != self.sums[name]]
        if wrong:
            msg = f"{len(wrong)} files are not what they are in {self.generation.name}: {', '.join(sorted(wrong)[:5])}"
            raise RestoreError(msg)
        say(f"{len(named)} files are what they are in {self.generation.name}")


class Target(Protocol):
    """What an instance holds that something is restored into; see ``Archive``."""

    def documents(self) -> int:
        """Return how many documents there are."""
        ...

    def was_migrated(self) -> bool:
        """Return whether the application has ever made its tables."""
        ...


def requested(mark: Mark | None, mine: Release, target: Target, environment: Mapping[str, str]) -> Restore | None:
    """Return what is to be restored, or None where nothing is or it was done.

    Args:
        mark: Of the target.
        mine: The target's release.
        target: What it has.
        environment: Of the migration.

    Raises:
        RestoreError: The target is no fresh instance, there is no such generation, it is damaged, or it is another
            version's.
    """
    wanted = environment.get("RESTORE_GENERATION", "")
    begun = mark.restoring if mark else None
    if begun and wanted not in {NEWEST, begun}:
        msg = (
            f"refused: an import of {begun} was cut off; have it go on with restore=Restore(generation={begun!r}), or "
            "begin with an empty database and an empty claim for media, and keep the old one"
        )
        raise RestoreError(msg)
    if not wanted or (mark and mark.restored and wanted in {NEWEST, mark.restored}):
        return None
    if not begun:
        _check_fresh(mark, target, wanted, Path(environment["PAPERLESS_MEDIA_ROOT"]))
    generation, sums = _proved(Folder(Path(environment["RESTORE_DIR"]), ""), begun or wanted)
    version = generation.facts()["version"]
    if version != mine.version:
        msg = (
            f"refused: generation {generation.name} is an export of {version}, and only that version imports it: "
            f"restore with the image of {version}, and change to {mine.version} afterwards"
        )
        raise RestoreError(msg)
    try:
        manifest = manifests.read(generation.export)
    except manifests.ManifestError as error:
        raise RestoreError(f"refused: generation {generation.name}: {error}") from error
    check_passphrase(generation, manifest, environment)
    media = Path(environment["PAPERLESS_MEDIA_ROOT"], "documents")
    return Restore(generation, sums, manifest, manifest.documents, _left(generation, sums, manifest, media))


def _left(generation: Generation, sums: Mapping[str, str], manifest: Manifest, media: Path) -> list[Path]:
    """Return what an import of a generation left in media, where nothing else may be.

    Raises:
        RestoreError: Something else is there, and must not go.
    """
    ours = {
        # What the backup does not have was imported as an empty file.
        media / expected.media: generation.export / name if name in sums else Path(os.devnull)
        for name, expected in manifest.files.items()
        if expected.media
    }
    there = {path for kind in ("originals", "archive") for path in (media / kind).rglob("*") if path.is_file()}
    there |= {path for path in ours if path.is_file()}
    others = sorted(str(path.relative_to(media)) for path in there if path not in ours or not _begins(path, ours[path]))
    if others:
        msg = (
            f"refused: media has {len(others)} files that are none of {generation.name}, or not as they are there "
            f"({', '.join(others[:5])}); restore into an empty claim for media, and keep this one"
        )
        raise RestoreError(msg)
    if there:
        say(f"{len(there)} files are in media that an import of {generation.name} left; they will be imported anew")
    return sorted(there)


def _begins(file: Path, whole: Path) -> bool:
    """Return whether a file is a copy of another, or was to become one: zeros are what a lost node left unwritten."""
    with file.open("rb") as copy, whole.open("rb") as original:
        blocks = iter(lambda: copy.read(_BLOCK), b"")
        return all(original.read(_BLOCK).startswith(block.rstrip(b"\0")) for block in blocks)


def check_passphrase(generation: Generation, manifest: Manifest, environment: Mapping[str, str]) -> None:
    """See that there is one where it is needed, before anything is done that the importer would only then refuse.

    Raises:
        RestoreError: There is none.
    """
    if manifest.encrypted and not environment.get("EXPORT_PASSPHRASE"):
        msg = (
            f"refused: passwords and tokens in generation {generation.name} are encrypted; give the passphrase that it "
            "was made with: passphrase=SecretKey(...)"
        )
        raise RestoreError(msg)


def _check_fresh(mark: Mark | None, target: Target, wanted: str, media: Path) -> None:
    files, documents = loss.originals(media), target.documents()
    if mark is None or mark.current is None:
        found = f"{documents} documents and {files} originals" if documents or files else ""
        if not found and mark is None and target.was_migrated():
            # The importer writes over what has the same number: users, mail accounts and the like.
            found = "a database that the application has worked with"
    else:
        found = f"release {mark.current}, with {documents} documents"
    if found:
        msg = (
            f"refused: {wanted} is to be restored, but this instance has {found}; restore into a fresh one, or take "
            "restore away"
        )
        raise RestoreError(msg)


def _proved(folder: Folder, wanted: str) -> tuple[Generation, dict[str, str]]:
    """Return a generation whose every file was read; the newest is the newest of those that are what they were."""
    there = folder.generations() if folder.path.is_dir() else []
    chosen = [generation for generation in there if wanted in {NEWEST, generation.name}]
    for generation in reversed(chosen):
        try:
            say(f"reading every file of {generation.name} …")
            sums = generation.check()
        except DamagedError as error:
            say(str(error))
            continue
        if wanted != NEWEST and (newer := [other.name for other in there if other.number > generation.number]):
            say(f"newer ones are there: {', '.join(newer)}; take restore away when {wanted} is restored")
        return generation, sums
    names = ", ".join(generation.name for generation in there) or "none"
    damaged = " that is not damaged" if chosen else ""
    msg = f"refused: there is no generation {wanted}{damaged} in the backup's folder (there: {names})"
    raise RestoreError(msg)
