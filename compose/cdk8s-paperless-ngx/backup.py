"""Backup: exports everything, proves it, and publishes it as a generation that nothing changes any more."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import loss
import manifest as manifests
from archive import Archive
from backup_report import Report, metrics
from database import connect_when_reachable
from engines import engine
from generations import DamagedError, Folder, FolderError, Generation
from log import end_at_sigterm, one_line, say
from management import CommandError, run
from outside import counts, settings
from proof import Prover, spoiled
from used_words import UsedWords

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from manifest import Manifest
    from proof import Proof

_FEW = 5
"""So many documents may always become fewer, or be without their files: of a few, each is a large share."""
_EXPORTER = Path(__file__).parent / "export_documents.py"


class RefusedError(Exception):
    """An export is not published, as documents seem to be lost."""


@dataclass(frozen=True)
class Options:
    """How to back up.

    Attributes:
        folder: The backup's folder.
        instance: Whose it is.
        keep: How many good generations are kept.
        fall: The share, in percent, of a generation's documents that may be gone in the next one.
        meant: A word that says once that more is meant.
        compare: Read unchanged files as well, and those in media.
        split: A manifest for each document.
        passphrase: Encrypts mail passwords and tokens.
        limit: Seconds after which the exporter is ended, which no document is stored beside; what it has copied stays,
            and the next run goes on from there.
        same_class: Whether the folder is on the data's storage class, as far as the manifests tell.
    """

    folder: Path
    instance: str
    keep: int = 14
    fall: int = 20
    meant: str = ""
    compare: bool = True
    split: bool = False
    passphrase: str = ""
    limit: float | None = None
    same_class: bool = False


def options(environment: Mapping[str, str]) -> Options:
    """Return what a pod's variables say."""
    return Options(
        folder=Path(environment["BACKUP_DIR"]),
        instance=environment["INSTANCE"],
        keep=int(environment.get("BACKUP_KEEP", "14")),
        fall=int(environment.get("BACKUP_FALL_PERCENT", "20")),
        meant=environment.get("BACKUP_MEANT", ""),
        compare=environment.get("BACKUP_COMPARE_CHECKSUMS", "true") == "true",
        split=environment.get("BACKUP_SPLIT_MANIFEST") == "true",
        passphrase=environment.get("EXPORT_PASSPHRASE", ""),
        limit=float(environment["BACKUP_EXPORT_SECONDS"]) if "BACKUP_EXPORT_SECONDS" in environment else None,
        same_class=environment.get("BACKUP_SAME_CLASS") == "true",
    )


class Backup:
    """One run.

    Args:
        given: How to back up.
        environment: Of the exporter.
        documents: Counts those in the database.
        now: Seconds since 1970.
    """

    def __init__(
        self,
        given: Options,
        environment: Mapping[str, str],
        *,
        documents: Callable[[], int],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._given = given
        self._environment = environment
        self._documents = documents
        self._now = now
        self._media = Path(environment["PAPERLESS_MEDIA_ROOT"])
        self._folder = Folder(given.folder, given.instance)
        self._words = UsedWords(given.folder / "used")
        self._meant = bool(given.meant) and given.meant not in self._words
        self.report = Report()

    def run(self) -> Report:
        """Publish a generation, or say why not."""
        begin = time.monotonic()
        try:
            self._folder.claim()
            with self._folder.locked() as alone:
                if not alone:
                    say("another run is at work; this one does nothing")
                    self.report.reason = "another run is at work"
                    return self.report
                try:
                    self._publish(begin)
                finally:
                    self.report.seconds = time.monotonic() - begin
                    self._tell()
        except FolderError as error:
            self._fail(error, refused=True)
        except OSError as error:
            self._fail(error)
        return self.report

    def _publish(self, begin: float) -> None:
        try:
            self._folder.clear()
            older = self._folder.good()
            self._look_before()
            exported = time.time()
            missing, manifest, proof = self._make(older)
            if again := {*proof.wrong, *proof.unreadable}:
                say(f"{len(again)} files are not what the manifest says, and are exported once more")
                for name in again:
                    (self._folder.working / name).unlink(missing_ok=True)
                self._folder.clear()
                exported = time.time()
                missing, manifest, proof = self._make(older)
            if self._given.compare:
                missing += spoiled(self._media / "documents", manifest, exported)
            self._look_at_files(manifest, {*missing, *proof.missing, *proof.wrong, *proof.healed})
            self._end(manifest, proof, missing, begin)
        except RefusedError as error:
            self._fail(error, refused=True)
        except (CommandError, manifests.ManifestError, DamagedError, OSError) as error:
            self._fail(error)
        finally:
            # Not what a later step needs; what cannot be removed now is removed by the next run.
            self._clear_quietly()

    def _make(self, older: list[Generation]) -> tuple[list[str], Manifest, Proof]:
        """Export, and take what was exported into a new generation."""
        missing = self._export()
        manifest = manifests.read(self._folder.working)
        self._look_for_gone(manifest, older)
        export = self._folder.new / "export"
        export.mkdir(parents=True)
        proof = Prover(self._folder.working, export, older, compare=self._given.compare).take(manifest)
        return missing, manifest, proof

    def _look_before(self) -> None:
        """See that the database knows the originals, before the exporter follows it in its folder."""
        documents, files = self._documents(), loss.originals(self._media)
        if loss.refusal(documents, files):
            self._refuse(f"the database knows {documents} documents, but media has {files} originals")

    def _export(self) -> list[str]:
        """Run the exporter; return the files that it could not read."""
        working, given = self._folder.working, self._given
        working.mkdir(exist_ok=True)
        # Of a run that was killed: the exporter would look for it in the end, in vain, and fail (3.0.5).
        (working / "manifest.json.tmp").unlink(missing_ok=True)
        flags = ["--delete", "--no-progress-bar"]
        flags += ["--compare-checksums"] if given.compare else []
        flags += ["--split-manifest"] if given.split else []
        flags += ["--passphrase", given.passphrase] if given.passphrase else []
        note = given.folder / ".missing.json"
        note.unlink(missing_ok=True)
        command = (sys.executable, str(_EXPORTER), str(working), *flags)
        begin = time.monotonic()
        try:
            run(command, {**self._environment, "MISSING_FILES": str(note)}, secret=given.passphrase, limit=given.limit)
        except CommandError:
            if given.limit and time.monotonic() - begin >= given.limit:
                say("what it has copied stays, and the next run goes on from there")
            raise
        missing: list[str] = json.loads(note.read_text(encoding="utf-8"))
        note.unlink()
        return missing

    def _look_for_gone(self, manifest: Manifest, older: list[Generation]) -> None:
        """See that the documents of the newest generation are still there: as many others are no substitute."""
        there = {expected.checksum for expected in manifest.files.values() if expected.original}
        for generation in reversed(older):
            try:
                before = manifests.read(generation.export)
            except manifests.ManifestError as error:
                say(f"generation {generation.name}: {one_line(error)}; an older one is compared with")
                continue
            sums = generation.sums()
            # An upgrade to 3.0 makes other checksums of the same files: SHA-256, which the list has.
            gone = sum(
                expected.original and not {expected.checksum, sums.get(name)} & there
                for name, expected in before.files.items()
            )
            if gone > max(_FEW, before.documents * self._given.fall // 100) or 0 < gone == before.documents:
                self._refuse(f"{gone} of the {before.documents} documents of generation {generation.name} are gone")
            return

    def _look_at_files(self, manifest: Manifest, lost: set[str]) -> None:
        originals = sum(name in lost and expected.original for name, expected in manifest.files.items())
        if originals > max(_FEW, manifest.documents * self._given.fall // 100):
            self._refuse(f"media has lost or spoiled the originals of {originals} of {manifest.documents} documents")

    def _refuse(self, what: str) -> None:
        if self._meant:
            say(f"{what}; meant={self._given.meant!r} says that this is meant")
            return
        used = f" ({self._given.meant} was used before)" if self._given.meant else ""
        msg = (
            f"refused: {what}, so documents seem to be lost; nothing is published, and every generation is as it was; "
            f"if it is meant, set meant to a word that was not used for it before, such as today's date{used}"
        )
        raise RefusedError(msg)

    def _end(self, manifest: Manifest, proof: Proof, missing: list[str], begin: float) -> None:
        lost, wrong = sorted(proof.missing), sorted(proof.wrong)
        # What media has lost or spoiled may still be in the exporter's folder.
        healed = sorted({*proof.healed, *missing} - {*lost, *wrong})
        facts: dict[str, Any] = {
            "instance": self._given.instance,
            "version": manifest.version,
            "image_version": self._environment.get("RELEASE_VERSION", manifest.version),
            "documents": manifest.documents,
            "kinds": dict(manifest.kinds),
            "files": len(proof.sums),
            "linked": proof.linked,
            "copied_bytes": proof.copied,
            "encrypted": manifest.encrypted,
            "split_manifest": self._given.split,
            "missing": lost,
            "wrong": wrong,
            "healed": healed,
            "settings": settings(self._environment),
            "not_in_it": counts(self._environment),
            "seconds": round(time.monotonic() - begin, 1),
        }
        moment = datetime.fromtimestamp(self._now(), tz=UTC)
        facts["time"] = moment.isoformat(timespec="seconds")
        if self._given.meant:
            # Before, so that it never counts twice. Also where it was not needed: else it could be the one day on which
            # documents are lost.
            self._words.add(self._given.meant)
        generation = self._folder.publish(proof.sums, facts, moment.strftime("%Y%m%dT%H%M%SZ"))
        self.report.published, self.report.copied = generation.name, proof.copied
        self.report.missing, self.report.wrong, self.report.healed = lost, wrong, healed
        say(
            f"published {generation.name}: {manifest.documents} documents, {len(proof.sums)} files, "
            f"{proof.linked} of them unchanged, {proof.copied} bytes copied"
        )
        for text, names in (
            ("missing", lost),
            ("not what its checksum says", wrong),
            ("lost or spoiled in media, taken from an earlier export", healed),
        ):
            for name in names:
                say(f"{text}: {name}")
        self._folder.thin_out(self._given.keep)

    def _fail(self, error: Exception, *, refused: bool = False) -> None:
        self.report.reason, self.report.refused = one_line(error), refused
        say(self.report.reason)

    def _clear_quietly(self) -> None:
        try:
            self._folder.clear()
        except OSError as error:
            say(f"left for the next run: {one_line(error)}")

    def _on_one_file_system(self) -> bool:
        return self._media.stat().st_dev == self._given.folder.stat().st_dev

    def _tell(self) -> None:
        """Write the metrics; a full disk must not hide why the run failed, nor leave those of a run that did not."""
        told = self._given.folder / "metrics.prom"
        try:
            self.report.beside = self._given.same_class or self._on_one_file_system()
            good = self._folder.good()
            self.report.generations = len(self._folder.generations())
            if good:
                facts = good[-1].facts()
                self.report.documents = int(facts["documents"])
                self.report.newest = datetime.fromisoformat(facts["time"]).timestamp()
            new = self._given.folder / ".metrics.new"
            new.write_text(metrics(self.report, self._now()), encoding="utf-8")
            new.rename(told)
        except (OSError, DamagedError) as error:
            say(f"no metrics: {one_line(error)}")
            told.unlink(missing_ok=True)


def main() -> int:
    """Run in a pod."""
    end_at_sigterm()
    given = options(os.environ)
    database = engine()

    def documents() -> int:
        try:
            with connect_when_reachable(database) as connection:
                return Archive(connection, database, given.folder, tantivy=True).documents()
        except database.error as error:
            raise CommandError(f"the database: {one_line(error)}") from error

    return Backup(given, os.environ, documents=documents).run().status


if __name__ == "__main__":
    sys.exit(main())
