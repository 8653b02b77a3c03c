"""What happened, in the order in which it did, with the version of the image that did it."""

import os
import socket
from contextlib import closing, contextmanager


def _connect(*, autocommit=True):
    """Connect as upstream does: with the driver of the engine, and its options."""
    options = dict(pair.split("=") for pair in os.environ.get("PAPERLESS_DB_OPTIONS", "").split(",") if pair)
    login = {name: os.environ[f"PAPERLESS_DB{name.upper()}"] for name in ("host", "user")}
    port, password, database = (os.environ[f"PAPERLESS_DB{name}"] for name in ("PORT", "PASS", "NAME"))
    if os.environ["PAPERLESS_DBENGINE"] == "mariadb":
        import MySQLdb

        more = {"ssl_mode": options["ssl_mode"]} if "ssl_mode" in options else {}
        if "ssl.ca" in options:
            more["ssl"] = {"ca": options["ssl.ca"]}
        if "connect_timeout" in options:
            more["connect_timeout"] = int(options["connect_timeout"])
        login |= {"port": int(port), "password": password, "database": database}
        return MySQLdb.connect(**login, autocommit=autocommit, **more)
    import psycopg

    return psycopg.connect(**login, port=port, password=password, dbname=database, autocommit=autocommit, **options)


def sql(statement, *parameters):
    """Run one statement; return the rows, where there are any."""
    with closing(_connect()) as connection, connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def transaction():
    """Give a function that runs statements, on a connection that stays open while a task works."""
    with closing(_connect(autocommit=False)) as connection, connection.cursor() as cursor:
        yield lambda statement, *parameters: cursor.execute(statement, parameters)
        connection.commit()


def record(process, what):
    sql(
        "INSERT INTO standin_event (version, pod, process, what) VALUES (%s, %s, %s, %s)",
        os.environ["STANDIN_VERSION"],
        socket.gethostname(),
        process,
        what,
    )
