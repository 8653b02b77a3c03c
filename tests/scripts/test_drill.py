"""Drill against the stand-in's importer, with an index of which the test says what is in it."""

from __future__ import annotations

from pathlib import Path

import drill
import pytest

from tests.scripts.application import application
from tests.scripts.test_restore import state

__all__ = ["application"]


class Drill:
    """A pod of the drill."""

    def __init__(self, application):
        self.application = application
        self.ids = {document["pk"] for document in application.documents}
        self.words = {}
        root = application.root
        (root / "drill").mkdir()
        self.metrics = root / "drill.prom"
        self.environment = application.environment | {
            "RELEASE_VERSION": "3.0.5",
            "DRILL_DIR": str(root / "drill"),
            "DRILL_METRICS": str(self.metrics),
            "PAPERLESS_DBHOST": "the-real-database",
            "PAPERLESS_DB_READ_CACHE_ENABLED": "true",
            "PAPERLESS_DATA_DIR": str(root / "data"),
        }

    def run(self, **environment):
        return drill.main(self.environment | environment)

    def said(self, name):
        lines = self.metrics.read_text(encoding="utf-8").splitlines()
        return next(line.split()[1] for line in lines if line.startswith(f"paperless_ngx_drill_{name} "))


@pytest.fixture
def drilled(application, monkeypatch):
    application.backup()
    made = Drill(application)
    monkeypatch.setattr("drill.indexed", lambda _index, *, tantivy: made.ids if tantivy else set())
    monkeypatch.setattr("drill.found", lambda _index, word, *, tantivy: made.words.get(word, {1}) if tantivy else set())
    return made


def test_drill_finds_everything_and_touches_nothing(application, drilled, capsys):
    before = state(application.root / "backup"), state(application.root / "media"), state(application.root / "drill")

    assert drilled.run() == 0

    after = state(application.root / "backup"), state(application.root / "media"), state(application.root / "drill")
    assert after == before
    assert not (application.root / "data").exists()
    assert "found everything: 8 documents" in capsys.readouterr().out
    assert (drilled.said("failed"), drilled.said("generation"), drilled.said("documents")) == ("0", "1", "8")
    assert drilled.said("last_success_timestamp_seconds") == drilled.said("last_run_timestamp_seconds")


def test_instance_of_its_own(drilled, tmp_path):
    """A cache of the real database's queries is in the broker; a drill that used it would change what users see."""
    environment = drill.isolated(drilled.environment, tmp_path)

    assert not {"PAPERLESS_DBHOST", "PAPERLESS_DB_READ_CACHE_ENABLED"} & environment.keys()
    assert environment["PAPERLESS_MEDIA_ROOT"] == str(tmp_path / "media")
    assert environment["PAPERLESS_DBENGINE"] == "sqlite"
    assert environment["PAPERLESS_REDIS_PREFIX"] == "drill:"
    assert environment["PAPERLESS_TIME_ZONE"] == "Europe/Zurich"


def failed(drilled, capsys, sentence):
    assert drilled.run() == 1
    assert f"failed: {sentence}" in capsys.readouterr().out
    assert drilled.said("failed") == "1"
    assert list((drilled.application.root / "drill").iterdir()) == []


def test_damaged_generation_is_found(application, drilled, capsys):
    """Not left out for an older one: it is the newest that somebody would restore."""
    assert drilled.run() == 0
    success = drilled.said("last_success_timestamp_seconds")
    application.backup()
    (application.folder.generations()[1].export / "Letter 2.pdf").write_text("x", encoding="utf-8")

    failed(drilled, capsys, "generation 0002-20260921T141320Z is damaged: 1 files are not those that were published")
    assert drilled.said("last_success_timestamp_seconds") == success
    assert drilled.said("generation") == "2"


def test_no_generation(application, drilled, capsys):
    application.folder.generations()[0].path.rename(application.root / "gone")

    failed(drilled, capsys, "there is no generation")
    assert drilled.said("last_success_timestamp_seconds") == "0"


def test_another_instances_backup(drilled, capsys):
    drilled.environment["INSTANCE"] = "other"

    failed(drilled, capsys, "refused: the backup's folder is that of the instance 'docs', not of 'other'")


def test_another_versions_export(drilled, capsys):
    drilled.environment["RELEASE_VERSION"] = "3.0.6"

    failed(drilled, capsys, "0001-20260921T141320Z is an export of 3.0.5, and this image is 3.0.6")


def test_passphrase_that_is_missing(application, drilled, capsys):
    """A drill that lacks it tells so at once."""
    application.backup(passphrase="pass phrase")

    failed(drilled, capsys, "refused: passwords and tokens in generation 0002-20260921T141320Z are encrypted; give the")


def test_importer_fails(drilled, capsys):
    drilled.environment["STANDIN_FAIL"] = "document_importer"

    failed(drilled, capsys, "document_importer")


def test_importer_that_is_killed(drilled, capsys):
    drilled.environment["STANDIN_DIE_AFTER"] = "2"

    failed(drilled, capsys, "document_importer")


def test_records_that_did_not_arrive(drilled, capsys, monkeypatch):
    run = drill.run

    def lose(command, environment):
        run(command, environment)
        import sqlite3

        with sqlite3.connect(Path(environment["PAPERLESS_DATA_DIR"], "db.sqlite3")) as database:
            database.execute("CREATE TABLE documents_tag (id integer)")

    monkeypatch.setattr("drill.run", lose)
    facts = drilled.application.folder.generations()[0].path / "generation.json"
    text = facts.read_text(encoding="utf-8").replace('"auth.user"', '"documents.tag": 3, "auth.user"')
    facts.write_text(text, encoding="utf-8")

    failed(drilled, capsys, "0 records of documents.tag were imported, and the backup has 3")


def test_document_that_is_not_in_the_index(drilled, capsys):
    drilled.ids = {1, 2, 4, 5, 6, 7, 8}

    failed(drilled, capsys, "1 documents are not in the search index: 3")


def test_word_that_is_not_found(drilled, capsys):
    """The index knows the document, and nothing of its text."""
    drilled.words["letter"] = {2}

    failed(drilled, capsys, "a search for a word of document 1 does not find it")


@pytest.mark.parametrize("split", [True, False])
def test_trash_and_later_versions_need_not_be_found(application, drilled, split):
    application.add(1, deleted_at="2026-01-01")
    application.add(1, root_document=1)
    application.backup(split=split)

    assert drilled.run() == 0
    assert list((application.root / "drill").iterdir()) == []
