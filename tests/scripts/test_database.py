"""The mark's table and what is counted, in SQLite, which is told the few words that are PostgreSQL's alone."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager

import pytest
import tantivy
from archive import Archive, indexed
from database import DatabaseStore
from engines import Engine
from mark import Mark, Release, State, ready

OLD_TABLE = """
CREATE TABLE cdk8s_paperless_ngx_release (
    id integer PRIMARY KEY, current_version varchar(64), current_language varchar(64), state varchar(64) NOT NULL,
    target_version varchar(64) NOT NULL, target_language varchar(64) NOT NULL,
    changed timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)
"""
MINE = Release("3.0.5", "en")
FULL = Mark(Release("3.0.4", "de", "a"), State.MIGRATING, Release("3.0.5", "de", "b"), 12, "0002", "0001")


class MissingColumnError(sqlite3.Error):
    """As PostgreSQL's."""

    sqlstate = "42703"


class Cursor:
    def __init__(self, connection):
        self.connection = connection
        self.cursor = connection.database.cursor()

    def execute(self, statement, parameters=()):
        statement = statement.replace("%s", "?")
        if found := re.match(r"ALTER TABLE (\w+) ADD COLUMN IF NOT EXISTS (\w+)", statement):
            columns = [row[1] for row in self.cursor.execute(f"PRAGMA table_info({found[1]})")]
            if found[2] in columns:
                return
            statement = statement.replace("IF NOT EXISTS ", "")
        if self.connection.changes is not None and not statement.startswith("SELECT"):
            if not self.connection.changes:
                raise KeyboardInterrupt
            self.connection.changes -= 1
        try:
            self.cursor.execute(statement, parameters)
        except sqlite3.OperationalError as error:
            if "no such column" in str(error):
                raise MissingColumnError(*error.args) from error
            raise

    def fetchone(self):
        return self.cursor.fetchone()


class Connection:
    def __init__(self):
        self.database = sqlite3.connect(":memory:", isolation_level=None)
        self.changes = None
        """How many statements may change something until this is killed."""

    @contextmanager
    def cursor(self):
        yield Cursor(self)


@pytest.fixture
def connection():
    connection = Connection()
    yield connection
    connection.database.close()


@pytest.fixture
def engine():
    return Engine(
        connect=Connection,
        unreachable=ConnectionError,
        error=sqlite3.Error,
        is_missing_table=lambda error: "no such table" in str(error),
        lock="SELECT 1",
    )


@pytest.fixture
def store(connection, engine):
    return DatabaseStore(connection, engine)


def test_mark_is_read_as_it_was_written(store):
    assert store.read() is None
    for mark in (Mark(None, State.DRAINING, MINE), FULL, ready(MINE)):
        store.write(mark)
        assert store.read() == mark


def test_table_of_an_earlier_version(store, connection):
    """It is read as it is, by gates before any migration, and gets its columns with the first mark."""
    connection.database.execute(OLD_TABLE)
    connection.database.execute(
        "INSERT INTO cdk8s_paperless_ngx_release VALUES (1, '3.0.4', 'en', 'ready', '3.0.4', 'en', '2026-01-01')"
    )

    assert store.read() == ready(Release("3.0.4", "en"))
    store.write(FULL)
    assert store.read() == FULL


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("kill", range(8))
def test_making_the_table_is_killed(store, connection, kill, old):
    """However far it came, the mark is the one before or the new one, and the next run writes."""
    before = ready(Release("3.0.4", "en"))
    if old:
        connection.database.execute(OLD_TABLE)
        connection.database.execute(
            "INSERT INTO cdk8s_paperless_ngx_release VALUES (1, '3.0.4', 'en', 'ready', '3.0.4', 'en', '2026-01-01')"
        )
    connection.changes = kill
    killed = False
    try:
        store.write(FULL)
    except KeyboardInterrupt:
        killed = True
    assert killed is (kill < 7)
    assert store.read() == (FULL if not killed else before if old else None)
    connection.changes = None

    store.write(FULL)

    assert store.read() == FULL


@pytest.fixture
def documents(connection):
    connection.database.execute(
        "CREATE TABLE documents_document (id integer PRIMARY KEY, deleted_at text, root_document_id integer)"
    )
    rows = [(1, None, None), (2, None, None), (3, "2026-01-01", None), (4, None, 1)]
    connection.database.executemany("INSERT INTO documents_document VALUES (?, ?, ?)", rows)


@pytest.fixture
def archive(connection, engine, monkeypatch):
    def made(*, tantivy=True, found=()):
        monkeypatch.setattr("archive._in_tantivy" if tantivy else "archive._in_whoosh", lambda _folder: set(found))
        return Archive(connection, engine, "index", tantivy=tantivy)

    return made


def test_no_table_is_no_document(archive):
    assert archive().documents() == 0


def test_database_that_the_application_has_worked_with(connection, archive):
    """Also one without a document: it may have users."""
    assert archive().was_migrated() is False
    connection.database.execute("CREATE TABLE django_migrations (id integer PRIMARY KEY)")
    connection.database.execute("INSERT INTO django_migrations VALUES (1)")

    assert archive().was_migrated() is True


@pytest.mark.usefixtures("documents")
def test_documents_also_count_in_the_trash(archive):
    """Their files are in media as well."""
    assert archive().documents() == 4


def test_documents_before_there_was_a_trash(connection, archive):
    connection.database.execute("CREATE TABLE documents_document (id integer PRIMARY KEY)")
    connection.database.execute("INSERT INTO documents_document VALUES (1), (2)")

    assert archive(tantivy=False, found={2}).unindexed() == [1]


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize(
    ("tantivy", "found", "missing"),
    [
        (True, {1, 2}, []),
        (True, {1, 4}, [2]),
        (True, {1, 7, 8}, [2]),
        (False, {1, 2}, [4]),
        (False, set(), [1, 2, 4]),
    ],
    ids=["all", "a version is found by the first", "orphans in the index", "no versions before 3.0", "empty"],
)
def test_documents_that_no_search_finds(archive, tantivy, found, missing):
    """Numbers alone would not do: an index may hold documents that are gone."""
    counted = archive(tantivy=tantivy, found=found)

    assert counted.unindexed() == missing


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("tantivy", [True, False])
def test_index_that_cannot_be_read_is_not_taken_for_an_empty_one(connection, engine, tmp_path, capsys, tantivy):
    """Whoever waits for a complete one would wait for ever where its form is another."""
    assert Archive(connection, engine, tmp_path, tantivy=tantivy).unindexed() is None
    assert "the search index cannot be read" in capsys.readouterr().out


def test_index_of_no_documents_need_not_be_read(connection, engine, tmp_path):
    connection.database.execute(
        "CREATE TABLE documents_document (id integer PRIMARY KEY, deleted_at text, root_document_id integer)"
    )

    assert Archive(connection, engine, tmp_path, tantivy=True).unindexed() == []


def index_of(folder, *, fast=True, name="id"):
    """Make an index of three documents, one of them deleted, as the application does: with tokenizers of its own."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("title", stored=True, tokenizer_name="paperless_text")
    builder.add_json_field("barcodes", stored=True, tokenizer_name="paperless_text")
    builder.add_unsigned_field(name, stored=True, indexed=True, fast=fast)
    index = tantivy.Index(builder.build(), path=str(folder))
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).build()
    index.register_tokenizer("paperless_text", analyzer)
    writer = index.writer(heap_size=15_000_000, num_threads=1)
    for number in (1, 2, 3):
        document = tantivy.Document()
        document.add_unsigned(name, number)
        document.add_text("title", f"letter {number}")
        document.add_json("barcodes", {"value": "ASN1"})
        writer.add_document(document)
    writer.commit()
    writer.delete_documents_by_query(tantivy.Query.term_query(index.schema, name, 3))
    writer.commit()
    writer.wait_merging_threads()


@pytest.mark.parametrize("fast", [True, False], ids=["a column", "stored only"])
def test_ids_in_a_real_index(tmp_path, fast):
    """Wherever the field stands among others, and without the tokenizers, which only the application has."""
    index_of(tmp_path, fast=fast)

    assert indexed(tmp_path, tantivy=True) == {1, 2}


def test_real_indexes_that_cannot_be_read(tmp_path, capsys):
    """A field of another name, and files that are gone or broken."""
    other, broken = tmp_path / "other", tmp_path / "broken"
    for folder in (other, broken):
        folder.mkdir()
    index_of(other, name="pk")
    index_of(broken)
    for file in broken.glob("*.store"):
        file.write_bytes(b"")
    for file in broken.glob("*.fast"):
        file.write_bytes(b"")

    assert indexed(other, tantivy=True) is None
    assert indexed(broken, tantivy=True) is None
    (broken / "meta.json").unlink()
    assert indexed(broken, tantivy=True) is None
    assert capsys.readouterr().out.count("the search index cannot be read") == 3


def test_empty_index(tmp_path):
    """As it is in the middle of being made anew."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", stored=True, indexed=True, fast=True)
    tantivy.Index(builder.build(), path=str(tmp_path))

    assert indexed(tmp_path, tantivy=True) == set()
