"""The mark's table and what is counted, in SQLite, which is told the few words that are PostgreSQL's alone."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager

import pytest
from archive import Archive
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
def test_index_that_cannot_be_read_holds_nothing(connection, engine, tmp_path, capsys, tantivy):
    """Then it is made anew; neither library is where this test runs."""
    assert Archive(connection, engine, tmp_path, tantivy=tantivy).unindexed() == ([1, 2] if tantivy else [1, 2, 4])
    assert "the search index cannot be read" in capsys.readouterr().out
