"""The mark in the application's own database."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from log import Waiting, one_line
from mark import Mark, Release, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engines import Connection, Engine

_TABLE = "cdk8s_paperless_ngx_release"
_COLUMNS = ("current_version", "current_language", "state", "target_version", "target_language")
_LATER = {
    "current_rebuild": "varchar(64)",
    "target_rebuild": "varchar(64)",
    "documents": "integer",
    "restoring": "varchar(64)",
    "restored": "varchar(64)",
}
"""Columns that a table of an earlier version of these scripts has not; each may be NULL, so that those can write."""
_ALL = (*_COLUMNS, *_LATER)
_UNDEFINED_COLUMN = "42703"
"""PostgreSQL's SQLSTATE."""
_BAD_FIELD = 1054
"""MariaDB's ER_BAD_FIELD_ERROR."""


def connect_when_reachable(engine: Engine) -> closing[Connection]:
    """Connect, however long the database takes to come up."""
    waiting = Waiting()
    while True:
        try:
            return closing(engine.connect())
        except engine.unreachable as error:
            waiting.say(f"the database: {one_line(error)}")
            time.sleep(1)


class DatabaseStore:
    """The mark as the one row of a table; its backup is the database's."""

    def __init__(self, connection: Connection, engine: Engine) -> None:
        self._connection = connection
        self._engine = engine

    def read(self) -> Mark | None:
        """Return the mark, or None where none was ever written."""
        try:
            row = self._row(_ALL)
        except self._engine.error as error:
            if self._engine.is_missing_table(error):
                return None
            if not is_missing_column(error):
                raise
            # Named one by one, and not by ``*``: a prepared statement fails when its columns become more.
            row = self._row(_COLUMNS)
        if row is None:
            return None
        version, language, state, target_version, target_language, *later = row
        rebuild, target_rebuild, documents, restoring, restored = later or (None,) * len(_LATER)
        return Mark(
            None if version is None else Release(version, language, rebuild or ""),
            State(state),
            Release(target_version, target_language, target_rebuild or ""),
            documents=documents,
            restoring=restoring,
            restored=restored,
        )

    def write(self, mark: Mark) -> None:
        """Replace the mark; who writes holds the lock, so nobody else does."""
        current = (mark.current.version, mark.current.language) if mark.current else (None, None)
        values = (
            *current,
            mark.state.value,
            mark.target.version,
            mark.target.language,
            mark.current.rebuild if mark.current else None,
            mark.target.rebuild,
            mark.documents,
            mark.restoring,
            mark.restored,
        )
        self._make_table()
        with self._connection.cursor() as cursor:
            if self._row(("id",)) is not None:
                assignments = ", ".join(f"{column} = %s" for column in _ALL)
                cursor.execute(f"UPDATE {_TABLE} SET {assignments}, changed = CURRENT_TIMESTAMP WHERE id = 1", values)
                return
            places = ", ".join(["%s"] * len(_ALL))
            cursor.execute(f"INSERT INTO {_TABLE} (id, {', '.join(_ALL)}) VALUES (1, {places})", values)

    def _row(self, columns: Sequence[str]) -> Any:  # noqa: ANN401 (a row has any types)
        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(columns)} FROM {_TABLE} WHERE id = 1")
            return cursor.fetchone()

    def _make_table(self) -> None:
        """Make the table, or add what one of an earlier version has not; either may have been cut off before."""
        try:
            self._row(_ALL)
        except self._engine.error as error:
            if not self._engine.is_missing_table(error) and not is_missing_column(error):
                raise
        else:
            return
        with self._connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {_TABLE} (id integer PRIMARY KEY CHECK (id = 1),"
                " current_version varchar(64), current_language varchar(64), state varchar(64) NOT NULL,"
                " target_version varchar(64) NOT NULL, target_language varchar(64) NOT NULL,"
                " changed timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)"
            )
            for column, kind in _LATER.items():
                cursor.execute(f"ALTER TABLE {_TABLE} ADD COLUMN IF NOT EXISTS {column} {kind}")

    def lock(self) -> None:
        """Keep every other migration out for as long as this connection lives."""
        waiting = Waiting()
        while True:
            with self._connection.cursor() as cursor:
                cursor.execute(self._engine.lock)
                row = cursor.fetchone()
            if row and row[0] == 1:
                return
            waiting.say("another migration to end")
            time.sleep(1)


def is_missing_column(error: Exception) -> bool:
    """Return whether an error says that a column does not exist."""
    return getattr(error, "sqlstate", None) == _UNDEFINED_COLUMN or error.args[:1] == (_BAD_FIELD,)
