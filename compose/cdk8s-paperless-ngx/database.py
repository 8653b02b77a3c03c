"""The mark in the application's own database."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from log import Waiting, one_line
from mark import Mark, Release, State

if TYPE_CHECKING:
    from engines import Connection, Engine

_TABLE = "cdk8s_paperless_ngx_release"
_COLUMNS = ("current_version", "current_language", "state", "target_version", "target_language")


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
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(f"SELECT {', '.join(_COLUMNS)} FROM {_TABLE} WHERE id = 1")
            except self._engine.error as error:
                if self._engine.is_missing_table(error):
                    return None
                raise
            row = cursor.fetchone()
        if row is None:
            return None
        current = None if row[0] is None else Release(row[0], row[1])
        return Mark(current, State(row[2]), Release(row[3], row[4]))

    def write(self, mark: Mark) -> None:
        """Replace the mark; who writes holds the lock, so nobody else does."""
        current = (mark.current.version, mark.current.language) if mark.current else (None, None)
        values = (*current, mark.state.value, mark.target.version, mark.target.language)
        with self._connection.cursor() as cursor:
            if self.read() is not None:
                assignments = ", ".join(f"{column} = %s" for column in _COLUMNS)
                cursor.execute(f"UPDATE {_TABLE} SET {assignments}, changed = CURRENT_TIMESTAMP WHERE id = 1", values)
                return
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {_TABLE} (id integer PRIMARY KEY CHECK (id = 1),"
                " current_version varchar(64), current_language varchar(64), state varchar(64) NOT NULL,"
                " target_version varchar(64) NOT NULL, target_language varchar(64) NOT NULL,"
                " changed timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)"
            )
            cursor.execute(f"INSERT INTO {_TABLE} (id, {', '.join(_COLUMNS)}) VALUES (1, %s, %s, %s, %s, %s)", values)

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
