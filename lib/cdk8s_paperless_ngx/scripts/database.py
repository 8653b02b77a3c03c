"""The mark in PostgreSQL; the one place where another engine would come in."""

from __future__ import annotations

import os
import time
from typing import Any

import psycopg
from log import Waiting, one_line
from mark import Mark, Release, State

_TABLE = "cdk8s_paperless_ngx_release"
_LOCK = 7_304_115_022_981
"""Any number that nobody else takes for an advisory lock."""

Connection = psycopg.Connection[Any]


def connect() -> Connection:
    """Connect as the application does, once."""
    return psycopg.connect(
        host=os.environ["PAPERLESS_DBHOST"],
        port=os.environ["PAPERLESS_DBPORT"],
        dbname=os.environ["PAPERLESS_DBNAME"],
        user=os.environ["PAPERLESS_DBUSER"],
        password=os.environ["PAPERLESS_DBPASS"],
        connect_timeout=5,
        keepalives_idle=30,
        autocommit=True,
    )


def connect_when_reachable() -> Connection:
    """Connect, however long the database takes to come up."""
    waiting = Waiting()
    while True:
        try:
            return connect()
        except psycopg.OperationalError as error:
            waiting.say(f"the database: {one_line(error)}")
            time.sleep(1)


class DatabaseStore:
    """The mark as the one row of a table; its backup is the database's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self) -> Mark | None:
        """Return the mark, or None where none was ever written."""
        try:
            row = self._connection.execute(
                "SELECT current_version, current_language, state, target_version, target_language"
                f" FROM {_TABLE} WHERE id = 1"
            ).fetchone()
        except psycopg.errors.UndefinedTable:
            return None
        if row is None:
            return None
        current = None if row[0] is None else Release(row[0], row[1])
        return Mark(current, State(row[2]), Release(row[3], row[4]))

    def write(self, mark: Mark) -> None:
        """Replace the mark."""
        self._connection.execute(
            f"CREATE TABLE IF NOT EXISTS {_TABLE} (id integer PRIMARY KEY CHECK (id = 1),"
            " current_version text, current_language text, state text NOT NULL,"
            " target_version text NOT NULL, target_language text NOT NULL, changed timestamptz NOT NULL DEFAULT now())"
        )
        current = (mark.current.version, mark.current.language) if mark.current else (None, None)
        self._connection.execute(
            f"INSERT INTO {_TABLE} (id, current_version, current_language, state, target_version, target_language)"
            " VALUES (1, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET"
            " (current_version, current_language, state, target_version, target_language, changed) ="
            " (EXCLUDED.current_version, EXCLUDED.current_language, EXCLUDED.state,"
            " EXCLUDED.target_version, EXCLUDED.target_language, now())",
            (*current, mark.state.value, mark.target.version, mark.target.language),
        )

    def lock(self) -> None:
        """Keep every other migration out for as long as this connection lives."""
        waiting = Waiting()
        while True:
            row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
            if row and row[0]:
                return
            waiting.say("another migration to end")
            time.sleep(1)
