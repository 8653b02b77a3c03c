"""The two database engines, as far as they differ: driver, missing tables, locks that end with their connection."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, cast

_LOCK = 7_304_115_022_981
"""Any number that nobody else takes for an advisory lock."""
_NO_SUCH_TABLE = 1146
"""MariaDB's ER_NO_SUCH_TABLE."""


class Cursor(Protocol):
    """What is used of a DB-API cursor."""

    def execute(self, statement: str, parameters: tuple[object, ...] = ...) -> object:
        """Run one statement, with a parameter for each ``%s``."""
        ...

    def fetchone(self) -> Any:  # noqa: ANN401 (a row has any types)
        """Return the next row, or None."""
        ...


class Connection(Protocol):
    """What is used of a DB-API connection; each statement is a transaction of its own."""

    def cursor(self) -> AbstractContextManager[Cursor]:
        """Return a new cursor."""
        ...

    def close(self) -> None:
        """End it."""
        ...


@dataclass(frozen=True)
class Engine:
    """How one engine is talked to.

    Attributes:
        connect: Opens a connection as the application does.
        unreachable: What is raised when there is no server, or it went away.
        error: What is raised for anything.
        is_missing_table: Whether an error says that a table does not exist.
        lock: A statement that takes the migration's lock and gives 1, or gives 0.
    """

    connect: Callable[[], Connection]
    unreachable: type[Exception]
    error: type[Exception]
    is_missing_table: Callable[[Exception], bool]
    lock: str


def options(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the driver options: those of ``PAPERLESS_DB_OPTIONS``, or of the variables before 3.0."""
    pairs = (pair.partition("=") for pair in environment.get("PAPERLESS_DB_OPTIONS", "").split(",") if pair.strip())
    found = {key.strip(): value.strip() for key, _, value in pairs}
    for variable, names in (("DBSSLMODE", ("sslmode", "ssl_mode")), ("DBSSLROOTCERT", ("sslrootcert", "ssl.ca"))):
        if f"PAPERLESS_{variable}" in environment:
            found |= dict.fromkeys(names, environment[f"PAPERLESS_{variable}"])
    return found


def _postgres() -> Engine:
    import psycopg  # noqa: PLC0415 (the one that is asked for)

    def connect() -> Connection:
        given = options(os.environ)
        connection = psycopg.connect(
            host=os.environ["PAPERLESS_DBHOST"],
            port=os.environ["PAPERLESS_DBPORT"],
            dbname=os.environ["PAPERLESS_DBNAME"],
            user=os.environ["PAPERLESS_DBUSER"],
            password=os.environ["PAPERLESS_DBPASS"],
            sslmode=given.get("sslmode", "prefer"),
            sslrootcert=given.get("sslrootcert"),
            connect_timeout=5,
            keepalives_idle=10,
            keepalives_interval=2,
            keepalives_count=3,
            tcp_user_timeout=15_000,
            autocommit=True,
        )
        return cast("Connection", connection)

    return Engine(
        connect=connect,
        unreachable=psycopg.OperationalError,
        error=psycopg.Error,
        is_missing_table=lambda error: isinstance(error, psycopg.errors.UndefinedTable),
        lock=f"SELECT CASE WHEN pg_try_advisory_lock({_LOCK}) THEN 1 ELSE 0 END",
    )


def _mariadb() -> Engine:
    driver: Any = importlib.import_module("MySQLdb")

    def connect() -> Connection:
        given = options(os.environ)
        tls: dict[str, Any] = {"ssl_mode": given["ssl_mode"]} if "ssl_mode" in given else {}
        if "ssl.ca" in given:
            tls["ssl"] = {"ca": given["ssl.ca"]}
        connection = driver.connect(
            host=os.environ["PAPERLESS_DBHOST"],
            port=int(os.environ["PAPERLESS_DBPORT"]),
            database=os.environ["PAPERLESS_DBNAME"],
            user=os.environ["PAPERLESS_DBUSER"],
            password=os.environ["PAPERLESS_DBPASS"],
            charset="utf8mb4",
            connect_timeout=5,
            autocommit=True,
            **tls,
        )
        return cast("Connection", connection)

    return Engine(
        connect=connect,
        unreachable=driver.OperationalError,
        error=driver.Error,
        is_missing_table=lambda error: bool(error.args) and error.args[0] == _NO_SUCH_TABLE,
        # Locks are the server's, not the database's.
        lock=f"SELECT GET_LOCK(CONCAT('{_LOCK}:', DATABASE()), 0)",
    )


def engine() -> Engine:
    """Return the application's own engine."""
    return _mariadb() if os.environ.get("PAPERLESS_DBENGINE") == "mariadb" else _postgres()
