"""Backup against a stand-in manage.py: whatever goes wrong, every published generation stays what it was."""

from __future__ import annotations

import contextlib
import errno
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import backup
import export_documents
import outside
import proof
import pytest
from backup import Backup
from generations import DamagedError, Generation, checksum
from manifest import Expected, Manifest
from proof import Prover

from cdk8s_paperless_ngx.constructs import backup as construct
from tests.scripts.application import STANDIN, application

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANGES = {"os.link", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.utime", "os.chmod", "shutil.rmtree"}
"""Audit events of calls that change something; ``open`` is one where it writes."""


__all__ = ["application"]


def check_all(application):
    for generation in application.folder.generations():
        generation.check()


def test_first_run(application):
    report = application.backup()

    assert (report.status, report.documents, report.generations) == (0, 8, 1)
    assert application.names == ["0001-20260921T141320Z"]
    generation = application.folder.generations()[0]
    facts = generation.facts()
    assert (facts["documents"], facts["version"], facts["missing"], facts["files"]) == (8, "3.0.5", [], 8 * 3 + 2)
    assert facts["kinds"] == {"documents.document": 8, "auth.user": 1}
    assert facts["settings"]["PAPERLESS_TIME_ZONE"] == "Europe/Zurich"
    assert "very-private" not in json.dumps(facts)
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=generation.path, check=False)
    assert checked.returncode == 0
    metrics = (application.root / "backup/metrics.prom").read_text(encoding="utf-8")
    assert "paperless_ngx_backup_failed 0\n" in metrics
    assert "paperless_ngx_backup_newest_timestamp_seconds 1790000000\n" in metrics


def test_what_waits_is_counted(application):
    """It is not in the export. Hidden files are marks, or a file server's own."""
    consume = Path(application.environment["BACKUP_WAITING_DIR"], "consume")
    for name in ("scan.pdf", "taxes/2026.pdf", ".stfolder/mark", ".hidden"):
        (consume / name).parent.mkdir(parents=True, exist_ok=True)
        (consume / name).touch()
    application.backup()

    facts = application.folder.generations()[0].facts()["not_in_it"]
    assert (facts["files_in_consume"], facts["files_in_scratch"]) == (2, 0)


def test_share_that_is_away_stops_no_backup(application, monkeypatch):
    """What was consumed does not depend on the scanner's share."""

    def stale(path: Path, _pattern: str) -> Iterator[Path]:
        raise OSError(errno.ESTALE, "Stale file handle", str(path))

    monkeypatch.setattr(Path, "rglob", stale)
    found = outside.counts(application.environment)

    assert "Stale file handle" in str(found["files_in_consume"])


def test_unchanged_run_costs_nothing(application):
    application.backup()
    report = application.backup()

    first, second = application.folder.generations()
    assert report.status == 0
    for name in first.sums():
        shared = (first.export / name).stat().st_ino == (second.export / name).stat().st_ino
        assert shared is not name.startswith(("manifest", "metadata"))


def test_published_files_are_nobody_elses(application):
    """The exporter writes over its files in place: one that is linked to a generation would change it."""
    application.backup()
    before = application.contents()
    application.rotate(3)
    application.backup()

    after = application.contents()
    assert {name: after[name] for name in before} == before
    second = application.folder.generations()[1]
    assert (second.export / "Letter 3-archive.pdf").read_text(encoding="utf-8") == "rotated letter 3"
    working = {path.stat().st_ino for path in application.folder.working.rglob("*") if path.is_file()}
    published = {
        path.stat().st_ino
        for generation in application.folder.generations()
        for path in generation.export.rglob("*")
        if path.is_file()
    }
    assert not working & published


def test_clock_that_jumps_back(application):
    """The number orders generations, and so decides which ones go."""
    for now in (1_790_000_000, 1_000_000_000, 1_500_000_000):
        application.backup(now, keep=2)

    assert application.names == ["0002-20010909T014640Z", "0003-20170714T024000Z"]


def test_retention(application):
    for _ in range(4):
        application.backup(keep=3)

    assert [name[:4] for name in application.names] == ["0002", "0003", "0004"]
    check_all(application)


def test_damaged_generation_counts_for_no_good_one(application):
    """With one to keep, the last good one stays until the next good one is there."""
    application.backup(keep=1)
    (application.folder.generations()[0].path / "generation.json").unlink()
    application.add()
    application.backup(keep=5)
    (application.folder.generations()[1].path / "SHA256SUMS").write_text("", encoding="utf-8")
    application.backup(keep=5)

    assert [name[:4] for name in application.names] == ["0001", "0002", "0003"]
    assert [generation.number for generation in application.folder.good()] == [3]
    assert application.folder.thin_out(1) == ["0001-20260921T141320Z", "0002-20260921T141320Z"]
    assert [name[:4] for name in application.names] == ["0003"]


@pytest.mark.parametrize("compare", [True, False])
def test_file_that_rotted_in_a_generation(application, compare):
    """Its size and time are as they were: only reading tells, and then it is not linked again."""
    application.backup()
    file = application.folder.generations()[0].export / "Letter 2.pdf"
    stat = file.stat()
    file.chmod(0o644)
    file.write_text("lettex 2", encoding="utf-8")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    assert application.backup(compare=compare).status == 0

    first, second = application.folder.generations()
    with pytest.raises(DamagedError, match=r"1 files are not those that were published: Letter 2\.pdf"):
        first.check()
    if compare:
        second.check()
    else:
        with pytest.raises(DamagedError):
            second.check()


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda export: (export / "Letter 2.pdf").unlink(), "Letter 2.pdf"),
        (lambda export: (export / "new").write_text("x", encoding="utf-8"), "new"),
    ],
)
def test_generation_with_other_files(application, damage, found):
    application.backup()
    generation = application.folder.generations()[0]
    damage(generation.export)

    with pytest.raises(DamagedError, match=found):
        generation.check()


@pytest.fixture
def broken(monkeypatch):
    """Have files give an input/output error where they are read; writing them anew takes other sectors."""
    files = set()
    opened, removed = Path.open, Path.unlink

    def opens(path, mode="r", *arguments, **named):
        if path in files and "r" in mode:
            raise OSError(errno.EIO, "Input/output error", str(path))
        return opened(path, mode, *arguments, **named)

    def removes(path, *arguments, **named):
        files.discard(path)
        removed(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", opens)
    monkeypatch.setattr(Path, "unlink", removes)
    return files


def test_broken_disk_below_the_newest_generation(application, broken):
    """One sector ended every later backup. What cannot be read is not linked again, and the right file is copied."""
    application.backup(compare=True)
    broken.add(application.folder.generations()[0].export / "Letter 3.pdf")
    application.add()

    assert application.backup(compare=True).status == 0
    application.folder.generations()[1].check()


@pytest.mark.parametrize("lost", [False, True])
def test_broken_disk_below_the_exporters_folder(application, broken, capsys, lost):
    """What cannot be read is exported anew; where media has lost it meanwhile, an older generation has it."""
    application.backup()
    broken.add(application.folder.working / "Letter 3.pdf")
    if lost:
        (application.media / "originals/0000003.pdf").unlink()

    report = application.backup()

    assert (report.status, report.healed) == ((2, ["Letter 3.pdf"]) if lost else (0, []))
    assert not broken
    assert "Letter 3.pdf cannot be read in the exporter's folder, and is taken out of it" in capsys.readouterr().out
    application.folder.generations()[1].check()
    assert application.backup().status == (2 if lost else 0)


def test_broken_disk_below_the_generation_that_would_heal(application, broken):
    """An older one has the file, too."""
    application.backup()
    (application.folder.working / "Letter 3.pdf").unlink()
    (application.media / "originals/0000003.pdf").unlink()
    shutil.copytree(application.folder.generations()[0].path, application.root / "backup/0002-20260921T141320Z")
    broken.add(application.folder.generations()[1].export / "Letter 3.pdf")

    assert application.backup().healed == ["Letter 3.pdf"]
    application.folder.generations()[2].check()


@pytest.mark.parametrize("way", ["sink", "command"])
def test_exporter_goes_on_beyond_a_broken_disk(tmp_path, broken, way):
    """Upstream's reads what it exported before, to compare it, and would end there every night."""

    class Sink:
        _target = target = tmp_path

        def add_file(self, source, arcname, *, checksum=None):
            del checksum
            if (tmp_path / arcname).exists():
                (tmp_path / arcname).read_bytes()
            (tmp_path / arcname).write_bytes(Path(source).read_bytes())

        def check_and_copy(self, source, source_checksum, target):
            self.add_file(source, target.name, checksum=source_checksum)

    for name in ("source", "target"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    broken.add(tmp_path / "target")
    missing = []
    if way == "sink":
        export_documents.go_on(None, Sink, missing)
        Sink().add_file(tmp_path / "source", "target")
    else:
        export_documents.go_on(Sink, None, missing)
        Sink().check_and_copy(tmp_path / "source", None, tmp_path / "target")

    assert missing == []
    assert (tmp_path / "target").read_text(encoding="utf-8") == "source"


def test_file_that_changes_while_it_is_taken_is_not_published(application, monkeypatch):
    """It had the application's checksum when it was read, and another one when it was copied."""

    def change(file, algorithm="sha256"):
        found = checksum(file, algorithm)
        if file.name == "Letter 3.pdf":
            file.write_text("lettex 3", encoding="utf-8")
        return found

    monkeypatch.setattr(proof, "checksum", change)
    report = application.backup()

    assert (report.status, application.names) == (1, [])
    assert "Letter 3.pdf was changed while it was copied, or the disk is broken" in report.reason


@pytest.mark.parametrize("stuck", ["rename", "rmtree"])
def test_old_generation_that_cannot_be_removed(application, monkeypatch, capsys, stuck):
    """A file that may not be changed (``chattr +i``), say. The Job fails, so that somebody looks before the disk is
    full; later generations are published, and other old ones go."""
    rename, remove = Path.rename, shutil.rmtree

    def renames(path, target):
        if stuck == "rename" and path.name.startswith("0001-"):
            raise PermissionError(errno.EPERM, "Operation not permitted", str(path))
        return rename(path, target)

    def removes(path, *arguments, **named):
        if stuck == "rmtree" and "0001-" in Path(path).name:
            raise PermissionError(errno.EPERM, "Operation not permitted", str(path))
        remove(path, *arguments, **named)

    monkeypatch.setattr(Path, "rename", renames)
    monkeypatch.setattr(shutil, "rmtree", removes)
    application.backup(keep=1)

    for number in range(2, 5):
        report = application.backup(keep=1)
        # What is no generation any more is only said.
        assert report.status == (2 if stuck == "rename" or number == 2 else 0)
        assert report.published.startswith(f"000{number}-")
        assert "Operation not permitted" in capsys.readouterr().out

    assert [name[:4] for name in application.names] == (["0001", "0004"] if stuck == "rename" else ["0004"])
    check_all(application)


def test_link_with_the_name_of_a_generation(application):
    """Somebody's; it is neither counted nor removed, and stops nothing."""
    application.backup(keep=1)
    elsewhere = application.root / "elsewhere"
    shutil.copytree(application.folder.generations()[0].path, elsewhere)
    (application.root / "backup/0000-20200101T000000Z").symlink_to(elsewhere)

    for _ in range(3):
        assert application.backup(keep=1).status == 0
    assert [name[:4] for name in application.names] == ["0004"]
    assert (elsewhere / "generation.json").exists()


def test_word_is_used_before_anything_is_published(application, monkeypatch):
    """A run that is ended in between must not let it count twice."""
    application.add(12)
    application.backup()
    application.delete(10)

    def end(*_arguments):
        raise SystemExit(143)

    monkeypatch.setattr(backup.Folder, "publish", end)
    with pytest.raises(SystemExit):
        application.backup(meant="2026-11-25")
    monkeypatch.undo()
    monkeypatch.chdir(STANDIN)

    assert application.backup(meant="2026-11-25").status == 1


def test_lost_database_reaches_no_generation(application, capsys):
    """The exporter is not even run: it would empty its folder, and the next export would take long."""
    application.backup()
    before = application.contents()
    application.delete(8, files=False)

    report = application.backup()

    assert (report.status, report.refused) == (1, True)
    assert application.contents() == before
    assert (application.folder.working / "Letter 1.pdf").exists()
    assert "refused: the database knows 0 documents, but media has 8 originals" in capsys.readouterr().out
    metrics = (application.root / "backup/metrics.prom").read_text(encoding="utf-8")
    assert "paperless_ngx_backup_refused 1\n" in metrics
    assert "paperless_ngx_backup_newest_timestamp_seconds 1790000000\n" in metrics


@pytest.mark.parametrize(
    ("number", "deleted", "status"),
    [(20, 20, 1), (20, 10, 1), (20, 5, 0), (8, 8, 1), (8, 5, 0), (100, 20, 0), (100, 21, 1)],
)
def test_documents_that_became_fewer(application, number, deleted, status):
    """All of them at once are always too many; a few may always go."""
    application.add(number - 8)
    application.backup()
    application.delete(deleted)

    assert application.backup().status == status
    assert len(application.names) == (1 if status else 2)


def exchange(application, number):
    """Give the instance other documents in place of so many."""
    application.delete(number)
    for pk in range(1001, 1001 + number):
        sha256 = application.file(f"originals/{pk:07}.pdf", f"other {pk}")
        fields = {"pk": pk, "title": f"Other {pk}", "filename": f"{pk:07}.pdf", "checksum": sha256}
        application.documents.append({**fields, "archive_filename": "", "content": ""})
    application.save()


@pytest.mark.parametrize(
    ("number", "exchanged", "status"), [(20, 20, 1), (20, 6, 1), (20, 5, 0), (8, 8, 1), (8, 5, 0), (1, 1, 1)]
)
def test_other_documents_are_no_substitute(application, capsys, number, exchanged, status):
    """As many as before, but others: a second instance of the same name, say, that backs up into the same folder. A
    fortnight later no generation would have the first one's documents."""
    application.add(number - 8) if number > 8 else application.delete(8 - number)
    application.backup()
    exchange(application, exchanged)

    report = application.backup()

    assert (report.status, report.refused) == (status, bool(status))
    assert len(application.names) == (1 if status else 2)
    if status:
        gone = f"{exchanged} of the {number} documents of generation 0001-20260921T141320Z are gone"
        assert f"refused: {gone}, so documents seem to be lost" in capsys.readouterr().out
        assert application.backup(meant="2026-11-25").status == 0


def test_upgrade_that_changes_checksums_loses_nothing(application):
    """Before 3.0 they were MD5. The files are the same, whose SHA-256 a generation has beside."""
    application.add(12)
    sums = [document["checksum"] for document in application.documents]
    for document in application.documents:
        document["checksum"] = checksum(application.media / "originals" / document["filename"], "md5")
        document["archive_filename"] = ""
    application.save()
    assert application.backup(compare=False).status == 0
    assert application.backup(compare=False).status == 0
    for document, sha256 in zip(application.documents, sums, strict=True):
        document["checksum"] = sha256
        document["title"] += " as 3.0 calls it"
    application.save()

    assert application.backup().status == 0


def test_newest_generation_whose_manifest_cannot_be_read(application, capsys):
    """It stops no backup, and loses no older one: that one is compared with."""
    application.add(12)
    application.backup()
    application.backup()
    (application.folder.generations()[1].export / "manifest.json").write_text("[", encoding="utf-8")
    exchange(application, 20)

    assert (application.backup().status, len(application.names)) == (1, 2)
    out = capsys.readouterr().out
    assert "generation 0002-20260921T141320Z: the export's manifest cannot be read" in out
    assert "20 of the 20 documents of generation 0001-20260921T141320Z are gone" in out


def test_fewer_documents_that_are_meant_once(application, capsys):
    """The word stays in the YAML."""
    application.add(12)
    application.backup()
    application.delete(10)
    assert application.backup(meant="2026/11").status == 0
    application.add(10)
    application.backup()
    application.delete(10)

    assert application.backup(meant="2026/11").status == 1
    assert "(2026/11 was used before)" in capsys.readouterr().out
    assert application.backup(meant="2026/12").status == 0


def test_word_that_was_not_needed_is_used_as_well(application):
    application.backup(meant="2026-11-25")
    application.delete(8)

    assert application.backup(meant="2026-11-25").status == 1


@pytest.fixture(params=["since 3.1", "before 3.1"])
def each_exporter(application, request):
    """Upstream's exporter hands files to a sink since 3.1; before, it copied them by itself."""
    if request.param == "before 3.1":
        application.environment["STANDIN_BEFORE_3_1"] = "true"


def test_exporter_that_was_never_seen_is_said(capsys):
    """A later version may do it otherwise again; then a missing file ends the export, and the log has the reason."""

    class Command:
        pass

    export_documents.go_on(Command, None, [])

    assert "it may end at the first file that is missing" in capsys.readouterr().out


@pytest.mark.usefixtures("each_exporter")
def test_file_that_media_has_lost_does_not_stop_backups(application, capsys):
    """Upstream's exporter ends there; an earlier export has the file, so nothing is lost, but somebody has to look."""
    application.backup()
    (application.media / "originals/0000003.pdf").unlink()
    application.add()

    report = application.backup()

    assert (report.status, report.missing, report.healed) == (2, [], ["Letter 3.pdf"])
    second = application.folder.generations()[1]
    second.check()
    assert (second.export / "Letter 3.pdf").read_text(encoding="utf-8") == "letter 3"
    assert (second.export / "Letter 9.pdf").exists()
    assert "taken from an earlier export: Letter 3.pdf" in capsys.readouterr().out


def test_lost_file_is_taken_from_an_older_generation(application):
    """By its checksum: the document has another title meanwhile, and the exporter's folder is empty."""
    application.backup()
    application.documents[2]["title"] = "Bill"
    (application.media / "originals/0000003.pdf").unlink()
    application.save()
    for path in application.folder.working.iterdir():
        path.unlink()

    report = application.backup()

    assert (report.status, report.healed) == (2, ["Bill.pdf"])
    assert (application.folder.generations()[1].export / "Bill.pdf").read_text(encoding="utf-8") == "letter 3"


@pytest.mark.usefixtures("each_exporter")
def test_file_that_is_nowhere_is_named(application):
    (application.media / "originals/0000003.pdf").unlink()
    (application.media / "thumbnails/0000004.webp").unlink()

    for _ in range(2):
        report = application.backup()
        assert (report.status, report.missing) == (2, ["Letter 3.pdf"])

    for generation in application.folder.generations():
        assert generation.facts()["missing"] == ["Letter 3.pdf"]
        generation.check()
    metrics = (application.root / "backup/metrics.prom").read_text(encoding="utf-8")
    assert "paperless_ngx_backup_missing_files 1\n" in metrics


@pytest.mark.parametrize("compare", [True, False])
def test_spoiled_file_is_kept_as_it_is(application, compare):
    """It is the only copy; and the right one takes its place where an older generation has it."""
    (application.media / "originals/0000003.pdf").write_text("lettex 3", encoding="utf-8")
    report = application.backup(compare=compare)
    assert (report.status, report.wrong) == (2, ["Letter 3.pdf"])
    generation = application.folder.generations()[0]
    assert (generation.export / "Letter 3.pdf").read_text(encoding="utf-8") == "lettex 3"

    application.file("originals/0000003.pdf", "letter 3")
    assert application.backup(compare=compare).status == 0
    (application.media / "originals/0000003.pdf").write_text("lettey 3", encoding="utf-8")
    report = application.backup(compare=compare)
    assert (report.status, report.wrong, report.healed) == (2, [], ["Letter 3.pdf"])
    assert (application.folder.generations()[2].export / "Letter 3.pdf").read_text(encoding="utf-8") == "letter 3"


@pytest.mark.parametrize("compare", [True, False])
def test_file_that_rotted_in_the_exporters_folder(application, compare):
    """Size and time fit, so the exporter leaves it; the checksum does not, so it is exported once more."""
    application.backup()
    for path in application.folder.generations()[0].path.rglob("Letter 3.pdf"):
        path.unlink()
    file = application.folder.working / "Letter 3.pdf"
    stat = file.stat()
    file.write_text("lettex 3", encoding="utf-8")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    report = application.backup(compare=compare)

    assert (report.status, report.wrong) == (0, [])
    application.folder.generations()[1].check()


@pytest.mark.parametrize("compare", [True, False])
def test_spoiled_media_is_refused(application, capsys, compare):
    """With checksums to compare upstream's exporter never reads what it exports: it finds that what it exported before
    is right, and so every night would be well."""
    application.add(12)
    application.backup(compare=compare)
    before = application.contents()
    for path in (application.media / "originals").iterdir():
        path.write_text(f"give us money for {path.name}", encoding="utf-8")

    report = application.backup(compare=compare)

    assert (report.status, report.refused) == (1, True)
    assert application.contents() == before
    assert "refused: media has lost or spoiled the originals of 20 of 20" in capsys.readouterr().out


def test_file_that_rotted_in_media(application):
    """Its size and time are as they were."""
    application.backup()
    file = application.media / "archive/0000003.pdf"
    stat = file.stat()
    file.write_text("archived lettex 3", encoding="utf-8")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    report = application.backup()

    assert (report.status, report.healed) == (2, ["Letter 3-archive.pdf"])
    second = application.folder.generations()[1]
    assert (second.export / "Letter 3-archive.pdf").read_text(encoding="utf-8") == "archived letter 3"
    assert metric(application, "healed_files") == "1"


def test_document_that_changes_after_the_export_is_not_spoiled(application, monkeypatch):
    """Media is read without the lock: meanwhile documents are edited, renamed and deleted."""
    exported = Backup._export

    def edit(self):
        missing = exported(self)
        originals = application.media / "originals"
        application.rotate(1)
        (originals / "0000002.pdf").unlink()
        (originals / "0000003.pdf").rename(originals / "0000004.pdf")
        return missing

    monkeypatch.setattr(Backup, "_export", edit)
    report = application.backup()

    assert (report.status, report.missing, report.healed, report.wrong) == (0, [], [], [])


def test_what_is_encrypted_in_media_is_not_spoiled(tmp_path):
    """Before 3.0: the checksum is of what the exporter decrypts."""
    (tmp_path / "originals").mkdir()
    (tmp_path / "originals/1.pdf.gpg").write_text("encrypted", encoding="utf-8")
    files = {"a.pdf": Expected("0" * 32, original=True, media="originals/1.pdf.gpg")}

    assert proof.spoiled(tmp_path, Manifest("2.20.0", encrypted=False, files=files), time.time() + 60) == []


def test_what_counts_without_a_word_is_what_the_construct_says():
    """A test that gives no value tests what users have."""
    arguments = inspect.signature(construct.Backup.__init__).parameters
    given = backup.options({"BACKUP_DIR": "/backup", "INSTANCE": "docs"})
    assert given == backup.Options(Path("/backup"), "docs")
    assert (given.keep, given.fall) == (arguments["keep"].default, arguments["fall_percent"].default)
    assert (given.compare, given.split) == (
        arguments["compare_checksums"].default,
        arguments["split_manifest"].default,
    )


def test_lost_media_is_refused(application, capsys):
    application.add(12)
    application.backup()
    for path in (application.media / "originals").iterdir():
        path.unlink()

    report = application.backup()

    assert (report.status, report.refused, len(application.names)) == (1, True, 1)
    assert "refused: media has lost or spoiled the originals of 20 of 20" in capsys.readouterr().out


def test_two_documents_of_one_title_keep_their_archives(application):
    """Upstream calls the archive of ``a.pdf`` and of ``a.png`` alike, and one writes over the other."""
    application.add(1, title="Letter 1", suffix=".png")

    report = application.backup()

    assert (report.status, report.wrong) == (0, [])
    texts = {path.read_text(encoding="utf-8") for path in application.folder.generations()[0].export.glob("*archive*")}
    assert {"archived letter 1", "archived letter 9"} <= texts


@pytest.mark.parametrize("split", [True, False])
def test_split_manifest_and_passphrase(application, capfd, split):
    assert application.backup(split=split, passphrase="pass phrase").status == 0

    generation = application.folder.generations()[0]
    assert generation.facts()["encrypted"] is True
    assert (generation.export / "Letter 1-manifest.json").exists() is split
    assert generation.facts()["documents"] == 8
    assert "pass phrase" not in capfd.readouterr().out
    assert "--passphrase pass phrase" in (application.root / "calls").read_text(encoding="utf-8")


def test_folder_of_somebody_else(application, capsys):
    """Also the one into which earlier versions exported: they deleted what is not of the export."""
    (application.root / "backup/manifest.json").write_text("[]", encoding="utf-8")

    assert application.backup().status == 1
    assert [path.name for path in (application.root / "backup").iterdir()] == ["manifest.json"]
    assert not (application.root / "calls").exists()
    assert "refused: the backup's folder has files that are none of a backup's (manifest.json)" in (
        capsys.readouterr().out
    )


def test_folder_of_another_instance(application, capsys):
    application.backup()
    before = application.contents()

    assert application.backup(instance="other").status == 1
    assert application.contents() == before
    assert "refused: the backup's folder is that of the instance 'docs', not of 'other'" in capsys.readouterr().out


def test_file_systems_own_folder_is_nobodys(application):
    (application.root / "backup/lost+found").mkdir()

    assert application.backup().status == 0


def test_two_first_runs_at_once_are_not_both_alone(application, monkeypatch):
    """Both see that the folder is nobody's; one of them is later to say that it is its own."""
    first, second = application.folder, application.folder
    write, locks = Path.write_text, contextlib.ExitStack()

    def late(path, *arguments, **named):
        monkeypatch.undo()
        first.claim()
        assert locks.enter_context(first.locked())
        return write(path, *arguments, **named)

    monkeypatch.setattr(Path, "write_text", late)
    with locks:
        second.claim()
        with second.locked() as alone:
            assert not alone
    assert [path.name for path in first.path.iterdir()] == [".cdk8s-paperless-ngx.json"]


def test_folder_is_claimed_without_hard_links(application, monkeypatch):
    """As on a share of Windows."""

    def cannot(*_arguments):
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "link", cannot)
    application.folder.claim()

    assert [path.name for path in application.folder.path.iterdir()] == [".cdk8s-paperless-ngx.json"]


def test_exporters_folder_that_is_a_link(application, capsys):
    """The exporter removes what is not of the export, wherever the link leads to."""
    holiday = application.root / "holiday"
    holiday.mkdir()
    (holiday / "picture").touch()
    (application.root / "backup/working").symlink_to(holiday)
    (application.root / "backup/.cdk8s-paperless-ngx.json").write_text('{"instance": "docs"}', encoding="utf-8")

    assert application.backup().status == 1
    assert "refused: working in the backup's folder is a link" in capsys.readouterr().out
    assert [path.name for path in holiday.iterdir()] == ["picture"]


def test_full_disk_leaves_no_old_metrics(application, monkeypatch):
    """Those of the run before say that all is well. None is what an alert waits for, too."""
    application.backup()
    write = Path.write_text

    def full(path, *arguments, **named):
        if path.name == ".metrics.new":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, *arguments, **named)

    monkeypatch.setattr(Path, "write_text", full)
    application.environment["STANDIN_FAIL"] = "document_exporter"

    assert application.backup().status == 1
    assert not (application.root / "backup/metrics.prom").exists()


@pytest.mark.parametrize("time", [None, "yesterday"])
def test_generation_that_does_not_say_when_it_was_made(application, time):
    """It is damaged; the next one is published beside it."""
    application.backup()
    file = application.folder.generations()[0].path / "generation.json"
    facts = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**facts, "time": time}), encoding="utf-8")

    assert application.backup().status == 0
    assert [generation.number for generation in application.folder.good()] == [2]


def test_second_run_beside_the_first_does_nothing(application):
    application.backup()
    with application.folder.locked() as alone:
        assert alone
        assert application.backup().status == 1
    assert len(application.names) == 1


def test_exporter_fails(application):
    application.backup()
    application.environment["STANDIN_FAIL"] = "document_exporter"

    report = application.backup()

    assert (report.status, report.refused) == (1, False)
    assert "ended with status 3" in report.reason
    assert "paperless_ngx_backup_failed 1\n" in (application.root / "backup/metrics.prom").read_text(encoding="utf-8")


def test_manifest_that_does_not_fit(application, monkeypatch):
    """An export that is cut off, say, although the exporter says nothing."""
    application.backup()
    exported = Backup._export

    def cut_off(self):
        missing = exported(self)
        file = application.folder.working / "manifest.json"
        file.write_bytes(file.read_bytes()[:-20])
        return missing

    monkeypatch.setattr(Backup, "_export", cut_off)
    report = application.backup()

    assert report.status == 1
    assert "manifest.json is cut off" in report.reason
    assert len(application.names) == 1


@pytest.mark.usefixtures("each_exporter")
def test_disk_full_while_exporting(application):
    """Not taken for a file that is missing; and the half of it that was written is exported again."""
    application.environment["STANDIN_DISK_FULL"] = "0000005.pdf"

    assert application.backup().status == 1
    assert application.names == []
    del application.environment["STANDIN_DISK_FULL"]
    assert application.backup().status == 0
    check_all(application)


def test_disk_full_while_publishing(application, monkeypatch):
    application.backup()
    before = application.contents()
    application.add(3)
    copies = []

    def full(*_arguments):
        copies.append(1)
        if len(copies) > 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        return 0

    monkeypatch.setattr(os, "copy_file_range", full)
    report = application.backup()
    monkeypatch.undo()
    monkeypatch.chdir(STANDIN)

    assert report.status == 1
    assert application.contents() == before
    assert not application.folder.new.exists()
    assert application.backup().status == 0


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EOPNOTSUPP])
def test_file_system_that_shares_no_blocks_and_has_no_links(application, monkeypatch, capsys, number):
    def cannot(*_arguments, **_named):
        raise OSError(number, "no")

    monkeypatch.setattr(os, "copy_file_range", cannot)
    monkeypatch.setattr(os, "link", cannot)
    application.backup()
    assert application.backup().status == 0

    check_all(application)
    assert capsys.readouterr().out.count("has no hard links") == 1


def test_export_that_is_killed_goes_on(application):
    """It leaves half of a file, and a half of its manifest, which would make upstream's next export fail."""
    application.environment["STANDIN_DIE_AFTER"] = "10"
    assert application.backup().status == 1
    assert (application.folder.working / "manifest.json.tmp").exists()
    done = (application.folder.working / "Letter 1.pdf").stat()
    del application.environment["STANDIN_DIE_AFTER"]

    assert application.backup().status == 0

    assert (application.folder.working / "Letter 1.pdf").stat().st_ctime_ns == done.st_ctime_ns
    check_all(application)


KILLED = """
import json, os, signal, sys
from pathlib import Path

from backup import Backup, Options

root, step, changes = sys.argv[1], int(sys.argv[2]), sys.argv[3].split()
seen = 0


def count(event, arguments):
    global seen
    writes = isinstance(arguments[1], str) and arguments[1][0] in "wxa" if event == "open" else event in changes
    if writes and root in str(arguments[0]):
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)


documents = len(json.loads(Path(root, "database.json").read_text(encoding="utf-8")))
sys.addaudithook(count)
run = Backup(Options(Path(root, "backup"), "docs", keep=2), os.environ, documents=lambda: documents).run()
sys.exit(run.status)
"""


def run_and_kill(application, step):
    """Run a backup in a process that kills itself at its so-many-th change; return whether it was killed.

    It is a new one: pytest has threads, and a fork of a process with threads may hang, as Python says since 3.12.
    """
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(application.root), str(step), " ".join(CHANGES)],
        env=application.environment | {"PYTHONPATH": str(Path(backup.__file__).parent)},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode in {0, -signal.SIGKILL}
    return done.returncode != 0


def test_kill_at_every_step_leaves_every_generation(application):
    """The last step of a run is the removal of the oldest generation; the next run finishes whatever was left."""
    application.delete(6)
    application.backup(keep=2)
    application.backup(keep=2)
    step = kills = 0
    while True:
        step += 1
        application.rotate(1)
        before = application.contents()
        killed = run_and_kill(application, step)
        kills += killed
        kept = {name for name in before if name.split("/")[0] in application.names}
        assert {name: application.contents()[name] for name in kept} == {name: before[name] for name in kept}
        assert len(application.names) >= 2
        check_all(application)
        assert len(application.folder.good()) == len(application.names)
        if not killed:
            break
    assert kills > 30
    assert application.backup(keep=2).status == 0
    assert len(application.names) == 2


def test_kill_while_a_folder_is_claimed(application):
    """What it leaves of its own does not make it somebody else's."""
    for step in range(1, 6):
        assert run_and_kill(application, step)

    assert application.backup().status == 0
    check_all(application)


def test_terminated_run_leaves_nothing_half(application):
    """A pod that is told to end, as by its deadline."""
    application.backup()
    before = application.contents()
    program = (
        "import os, sys, backup\n"
        "backup.end_at_sigterm()\n"
        "given = backup.options(os.environ)\n"
        "sys.exit(backup.Backup(given, os.environ, documents=lambda: 8).run().status)\n"
    )
    (application.root / "slow").mkdir()
    slow = "import time\nprint('exporting', flush=True)\ntime.sleep(60)\n"
    exporter = application.root / "slow/export_documents.py"
    exporter.write_text(slow, encoding="utf-8")
    program = program.replace("given =", f"import pathlib; backup._EXPORTER = pathlib.Path({str(exporter)!r})\ngiven =")
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=application.environment | {"PYTHONPATH": str(Path(backup.__file__).parent)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        while "exporting" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 128 + signal.SIGTERM
    assert application.contents() == before
    assert "paperless_ngx_backup_failed 1\n" in (application.root / "backup/metrics.prom").read_text(encoding="utf-8")


def test_exporter_that_takes_too_long_is_ended_and_goes_on_the_next_time(application, capsys):
    """While it runs no document is stored, and a task that waits longer than its limit fails; so the first export of a
    big archive takes some nights."""
    application.environment["STANDIN_SECONDS_FOR_EACH"] = "0.2"
    nights = 0
    while application.backup(limit=2).status:
        nights += 1
        assert not application.names
        assert nights < 20
    assert nights > 1
    assert "was ended after 2 s\n" in capsys.readouterr().out
    check_all(application)


def test_limit_is_said_in_seconds():
    given = {"BACKUP_DIR": "/backup", "INSTANCE": "docs"}
    assert backup.options(given).limit is None
    assert backup.options({**given, "BACKUP_EXPORT_SECONDS": "1500"}).limit == 1500


def test_lists_of_older_generations_stay_unread_while_nothing_is_lost(application, monkeypatch):
    """Each takes 100 MB for 300,000 files: with all that are kept at once a run would need more than a gigabyte."""
    for _ in range(3):
        application.backup()
    read = []
    inside = [False]
    sums, take = Generation.sums, Prover.take

    def counted(generation):
        if inside[0]:
            read.append(generation.number)
        return sums(generation)

    def taken(prover, manifest):
        inside[0] = True
        try:
            return take(prover, manifest)
        finally:
            inside[0] = False

    monkeypatch.setattr(Generation, "sums", counted)
    monkeypatch.setattr(Prover, "take", taken)
    assert application.backup().status == 0
    assert read == []

    (application.media / "originals/0000002.pdf").unlink()
    (application.folder.working / "Letter 2.pdf").unlink()
    (application.folder.generations()[-1].export / "Letter 2.pdf").unlink()
    assert application.backup().status == 2
    assert read == [3]


def metric(application, name):
    lines = (application.root / "backup" / "metrics.prom").read_text(encoding="utf-8").splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"paperless_ngx_backup_{name} "))


def test_backup_beside_the_data_is_told(application, monkeypatch):
    """On one file system, or on one class where the manifests say so; and not where it is apart from the data."""
    application.backup()
    assert metric(application, "beside_data") == "1"

    monkeypatch.setattr("backup.Backup._on_one_file_system", lambda _: False)
    application.backup()
    assert metric(application, "beside_data") == "0"
    application.backup(same_class=True)
    assert metric(application, "beside_data") == "1"
