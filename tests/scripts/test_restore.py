"""Restore, as a part of the first migration, against the stand-in's importer; the backup is only read."""

from __future__ import annotations

import json
import shutil

import migration
import pytest
from mark import Mark, Release, State, ready

from tests.scripts.application import application
from tests.scripts.conftest import MemoryStore

__all__ = ["application"]

MINE = Release("3.0.5", "en")
FIRST = "0001-20260921T141320Z"


class Target:
    """A fresh instance beside the one that was backed up."""

    def __init__(self, source, root):
        self.root = root
        root.mkdir()
        self.store = MemoryStore()
        self.unindexed_looks = []
        self.environment = source.environment | {
            "STANDIN": str(root),
            "PAPERLESS_MEDIA_ROOT": str(root / "media"),
            "PAPERLESS_DATA_DIR": str(root / "data"),
            "PAPERLESS_SCRATCH_DIR": str(root / "scratch"),
            "PAPERLESS_CONSUMPTION_DIR": str(root / "consume"),
            "PAPERLESS_ADMIN_USER": "admin",
            "RESTORE_DIR": source.environment["BACKUP_DIR"],
            "RESTORE_GENERATION": "newest",
        }

    def documents(self):
        file = self.root / "database.json"
        return len(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else 0

    def was_migrated(self):
        return (self.root / "database.json").exists()

    def unindexed(self):
        return []

    def bring_up(self, release=MINE, **environment):
        return migration.bring_up(
            self.store,
            release,
            self.environment | environment,
            holdings=self,
            wait_for_others=lambda: None,
            waiting_documents=lambda: 0,
        )

    @property
    def calls(self):
        file = self.root / "calls"
        return [line.split()[0] for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []

    def files(self):
        return contents(self.root / "media" / "documents")


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def state(folder):
    """Return everything of a folder, also when it was changed."""
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_ino, path.is_dir() or path.read_bytes())
        for path in folder.rglob("*")
    }


@pytest.fixture
def target(application, tmp_path):
    application.backup()
    return Target(application, tmp_path / "target")


def test_restore_into_a_fresh_instance(application, target):
    before = state(application.root / "backup")

    assert target.bring_up() == 0

    assert target.files() == contents(application.media)
    assert target.store.mark == ready(MINE, documents=8, restored=FIRST)
    assert target.calls == [
        "check",
        "migrate",
        "document_importer",
        "document_sanity_checker",
        "document_index",
        "document_llmindex",
    ]
    assert State.READY not in [mark.state for mark in target.store.history[:-1]]
    assert state(application.root / "backup") == before


def test_request_stays_in_the_yaml(application, target):
    """Also when there is a newer generation: the instance works, and nothing may be imported into it."""
    target.bring_up()
    done = target.calls
    application.add()
    application.backup()

    assert target.bring_up() == 0
    assert target.bring_up(RESTORE_GENERATION=FIRST) == 0
    assert target.calls == done
    assert target.bring_up(Release("3.0.6", "en")) == 0
    assert target.store.mark.restored == FIRST
    assert target.calls.count("document_importer") == 1


def test_chosen_generation(application, target):
    application.add()
    application.backup()

    assert target.bring_up(RESTORE_GENERATION=FIRST) == 0
    assert (target.store.mark.restored, target.documents()) == (FIRST, 8)


@pytest.mark.parametrize("split", [True, False])
def test_encrypted_export(application, target, capfd, split):
    """Upstream's importer writes decrypted manifests beside those that it reads."""
    application.backup(split=split, passphrase="pass phrase")
    before = state(application.root / "backup")

    assert target.bring_up(EXPORT_PASSPHRASE="pass phrase") == 0

    assert target.files() == contents(application.media)
    assert state(application.root / "backup") == before
    assert "pass phrase" not in capfd.readouterr().out


def refused(target, capsys, sentence, **environment):
    """Check that nothing is done."""
    files, history = target.files(), list(target.store.history)
    assert target.bring_up(**environment) == 1
    assert sentence in capsys.readouterr().out
    assert (target.calls, target.files(), target.store.history) == ([], files, history)


def test_passphrase_that_is_missing(target, application, capsys):
    """The importer would say so, too, but only after a database was made that is then no fresh one."""
    application.backup(passphrase="pass phrase")

    refused(target, capsys, "are encrypted; give the passphrase that it was made with: passphrase=SecretKey(...)")


def test_passphrase_that_is_not_needed(target):
    """A backup that has got one has generations of before; upstream's importer (3.3.0) has no salt for them, and ends.
    So whoever imports may always be given it."""
    assert target.bring_up(EXPORT_PASSPHRASE="pass phrase") == 0
    assert "--passphrase" not in (target.root / "calls").read_text(encoding="utf-8")


def test_target_with_documents(target, capsys):
    (target.root / "database.json").write_text("[{}]", encoding="utf-8")

    refused(target, capsys, "refused: newest is to be restored, but this instance has 1 documents and 0 originals")


def test_target_with_users_and_mail_accounts(target, capsys):
    """Of an installation that had no document yet: the importer writes over rows of the same number."""
    (target.root / "database.json").write_text("[]", encoding="utf-8")

    refused(target, capsys, "but this instance has a database that the application has worked with; restore into a")


def test_target_with_files(target, capsys):
    """A database that was lost, say: the files may be newer than any backup."""
    (target.root / "media/documents/originals").mkdir(parents=True)
    (target.root / "media/documents/originals/1.pdf").touch()

    refused(target, capsys, "refused: the database knows no document, but media has 1 originals")
    refused(target, capsys, "but this instance has 0 documents and 1 originals", START_FROM_NOTHING="today")


def test_target_that_works(target, capsys):
    """Also one without documents: its processes run, and may take one at any moment."""
    target.store.mark = ready(MINE, documents=0)
    (target.root / "data/index").mkdir(parents=True)

    refused(target, capsys, "but this instance has release 3.0.5-en, with 0 documents; restore into a fresh one")


def test_another_versions_export(target, capsys):
    assert target.bring_up(Release("3.0.6", "en")) == 1
    assert "refused: generation 0001-20260921T141320Z is an export of 3.0.5, and only" in capsys.readouterr().out
    assert target.calls == []


def test_damaged_generation_is_not_imported(application, target, capsys):
    (application.folder.generations()[0].export / "Letter 4-thumbnail.webp").write_text("x", encoding="utf-8")

    refused(target, capsys, "damaged: 1 files are not those that were published: Letter 4-thumbnail.webp")


def test_newest_is_the_newest_that_is_whole(application, target, capsys):
    application.add()
    application.backup()
    (application.folder.generations()[1].export / "Letter 9.pdf").write_text("x", encoding="utf-8")

    assert target.bring_up() == 0
    assert target.store.mark.restored == FIRST
    assert "is damaged: 1 files" in capsys.readouterr().out


@pytest.mark.parametrize("wanted", ["0009-20260921T141320Z", ".new", "working", ".."])
def test_generation_that_is_not_there(target, capsys, wanted):
    refused(
        target, capsys, f"refused: there is no generation {wanted} in the backup's folder (there: {FIRST})",
        RESTORE_GENERATION=wanted,
    )  # fmt: skip


def test_claim_that_is_not_mounted(target, capsys):
    refused(target, capsys, "(there: none)", RESTORE_DIR=str(target.root / "nowhere"))


@pytest.mark.parametrize("after", range(8))
def test_import_that_is_killed_is_done_again(application, target, after):
    """Upstream's importer ends at a file that is there, so what is left of the first try has to go."""
    assert target.bring_up(STANDIN_DIE_AFTER=str(after)) == 1
    assert target.store.mark == Mark(None, State.MIGRATING, MINE, restoring=FIRST)

    assert target.bring_up() == 0

    assert target.files() == contents(application.media)
    assert target.store.mark == ready(MINE, documents=8, restored=FIRST)


def test_import_that_was_cut_off_is_of_its_generation(application, target, capsys):
    """Newest means that one, whatever was published meanwhile; without a request it is no instance."""
    target.bring_up(STANDIN_DIE_AFTER="3")
    application.add()
    application.backup()

    for other in ("", "0002-20260921T141320Z"):
        assert target.bring_up(RESTORE_GENERATION=other) == 1
        advice = f"an import of {FIRST} was cut off; have it go on with restore=Restore(generation={FIRST!r})"
        assert advice in capsys.readouterr().out
    assert target.bring_up() == 0
    assert target.store.mark.restored == FIRST


def test_nothing_goes_that_is_not_of_the_import(target, capsys):
    target.bring_up(STANDIN_DIE_AFTER="3")
    file = target.root / "media/documents/originals/mine.pdf"
    file.write_text("mine", encoding="utf-8")
    before = target.files()

    assert target.bring_up() == 1
    assert "(originals/mine.pdf); restore into an empty claim" in capsys.readouterr().out
    assert target.files() == before


@pytest.fixture
def cut_off(application, target):
    """An import was cut off, as its new claim was too small, and somebody puts the old media back."""
    assert target.bring_up(STANDIN_DIE_AFTER="3") == 1
    media = target.root / "media"

    def put_back(**files):
        shutil.rmtree(media)
        shutil.copytree(application.root / "media", media)
        for kind, text in files.items():
            (media / f"documents/{kind}/0000003.pdf").write_text(text, encoding="utf-8")

    return put_back


@pytest.mark.parametrize("kind", ["originals", "archive"])
def test_old_media_behind_an_import_that_was_cut_off(target, cut_off, capsys, kind):
    """A name tells nothing: what lies there under the name of an imported file may be its newer version, and the only
    one."""
    cut_off(**{kind: "newer version of letter 3"})
    before, history = target.files(), list(target.store.history)

    assert target.bring_up() == 1
    advice = f"({kind}/0000003.pdf); restore into an empty claim for media, and keep this one"
    assert f"1 files that are none of {FIRST}, or not as they are there {advice}" in capsys.readouterr().out
    assert (target.files(), target.store.history) == (before, history)


def test_old_media_that_is_what_the_backup_has(application, target, cut_off):
    """Nothing is lost by importing it: each of its bytes is in the generation."""
    cut_off()

    assert target.bring_up() == 0
    assert target.files() == contents(application.media)


def test_old_media_has_what_the_backup_lacks(application, target, capsys):
    """The empty file that takes its place at an import must not take its place in media."""
    original = application.media / "originals/0000003.pdf"
    original.unlink()
    for path in (application.root / "backup").rglob("Letter 3.pdf"):
        path.unlink()
    application.backup()
    assert target.bring_up(STANDIN_DIE_AFTER="4") == 1
    found = target.root / "media/documents/originals/0000003.pdf"
    assert found.read_bytes() == b""
    found.write_text("letter 3", encoding="utf-8")

    assert target.bring_up() == 1
    assert "(originals/0000003.pdf); restore into an empty claim" in capsys.readouterr().out
    assert found.read_text(encoding="utf-8") == "letter 3"


@pytest.mark.parametrize("left", [b"", b"lett", bytes(8), b"lett" + bytes(4096)])
def test_half_a_file_is_imported_anew(application, target, left):
    """A killed process leaves the beginning of a file, a lost node zeros where it had not written yet."""
    assert target.bring_up(STANDIN_DIE_AFTER="3") == 1
    (target.root / "media/documents/originals/0000002.pdf").write_bytes(left)

    assert target.bring_up() == 0
    assert target.files() == contents(application.media)


def test_files_in_the_way_of_a_first_import(target, capsys):
    """Upstream's importer writes over archives that are there, whosever they are."""
    (target.root / "media/documents/archive").mkdir(parents=True)
    (target.root / "media/documents/archive/0000003.pdf").write_text("mine", encoding="utf-8")

    refused(target, capsys, "media has 1 files that are none of")


def test_named_generation_that_stays_in_the_yaml(application, target, capsys):
    """After a total loss months later it is imported again, as nobody is left who knows that it was; that must not be
    silent."""
    application.add(50)
    application.backup()

    assert target.bring_up(RESTORE_GENERATION=FIRST) == 0
    said = f"newer ones are there: 0002-20260921T141320Z; take restore away when {FIRST} is restored"
    assert said in capsys.readouterr().out


def test_failed_index_after_the_import(application, target):
    """The mark still says that an import has begun, and it is done again."""
    target.environment["STANDIN_FAIL"] = "document_index"
    assert target.bring_up() == 1
    del target.environment["STANDIN_FAIL"]

    assert target.bring_up() == 0
    assert target.files() == contents(application.media)


def test_import_that_loses_a_document(target, monkeypatch, capsys):
    monkeypatch.setattr(target, "documents", lambda: 7 if "document_importer" in target.calls else 0)

    assert target.bring_up() == 1
    assert f"7 documents were imported, and {FIRST} has 8" in capsys.readouterr().out
    assert target.store.mark.state is State.MIGRATING


def test_import_that_spoils_a_file(target, capsys, monkeypatch):
    run = migration.run

    def spoil(command, *arguments, **given):
        run(command, *arguments, **given)
        if "document_importer" in command:
            (target.root / "media/documents/archive/0000002.pdf").write_text("x", encoding="utf-8")

    monkeypatch.setattr("restore.run", spoil)

    assert target.bring_up() == 1
    assert f"1 files are not what they are in {FIRST}: Letter 2-archive.pdf" in capsys.readouterr().out


def test_backup_without_a_file(application, target, capsys):
    """The importer takes all documents or none: an empty file takes its place, as named as it was in the backup."""
    (application.media / "originals/0000003.pdf").unlink()
    (application.media / "archive/0000003.pdf").unlink()
    application.add()
    for path in (application.root / "backup").rglob("Letter 3*.pdf"):
        path.unlink()
    application.backup()

    assert target.bring_up() == 0
    assert target.store.mark.restored == "0002-20260921T141320Z"
    assert target.documents() == 9
    assert (target.root / "media/documents/originals/0000003.pdf").read_bytes() == b""
    assert "an empty one takes its place: Letter 3.pdf" in capsys.readouterr().out


def test_restored_files_may_be_written_to(target):
    """The application writes over archives in place."""
    assert target.bring_up() == 0
    assert all(path.stat().st_mode & 0o200 for path in (target.root / "media/documents").rglob("*"))


def test_manifest_that_leads_elsewhere(application):
    """A file's name in media is what would be removed after a cut."""
    application.documents[0]["filename"] = "../../../elsewhere.pdf"
    (application.root / "elsewhere.pdf").write_text("letter 1", encoding="utf-8")
    application.save()

    report = application.backup()

    assert report.status == 1
    assert "is outside of its folder" in report.reason
