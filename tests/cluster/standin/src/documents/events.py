"""What happened, in the order in which it did, with the version of the image that did it."""

import os
import socket
from contextlib import closing


def _connect():
    """Connect as upstream does: with the driver of the engine, and its options."""
    options = dict(pair.split("=") for pair in os.environ.get("PAPERLESS_DB_OPTIONS", "").split(",") if pair)
    login = {name: os.environ[f"PAPERLESS_DB{name.upper()}"] for name in ("host", "user")}
    port, password, database = (os.environ[f"PAPERLESS_DB{name}"] for name in ("PORT", "PASS", "NAME"))
    if os.environ["PAPERLESS_DBENGINE"] == "mariadb":
        import MySQLdb

        tls = {"ssl_mode": options["ssl_mode"]} if "ssl_mode" in options else {}
        if "ssl.ca" in options:
            tls["ssl"] = {"ca": options["ssl.ca"]}
        return MySQLdb.connect(**login, port=int(port), password=password, database=database, autocommit=True, **tls)
    import psycopg

    tls = {name: options[name] for name in ("sslmode", "sslrootcert") if name in options}
    return psycopg.connect(**login, port=port, password=password, dbname=database, autocommit=True, **tls)


def sql(statement, *parameters):
    """Run one statement; return the rows, where there are any."""
    with closing(_connect()) as connection, connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def record(process, what):
    sql(
        "INSERT INTO standin_event (version, pod, process, what) VALUES (%s, %s, %s, %s)",
        os.environ["STANDIN_VERSION"],
        socket.gethostname(),
        process,
        what,
    )
