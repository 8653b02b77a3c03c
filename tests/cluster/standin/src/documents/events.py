"""What happened, in the order in which it did, with the version of the image that did it."""

import os
import socket

import psycopg


def connect():
    return psycopg.connect(
        host=os.environ["PAPERLESS_DBHOST"],
        port=os.environ["PAPERLESS_DBPORT"],
        dbname=os.environ["PAPERLESS_DBNAME"],
        user=os.environ["PAPERLESS_DBUSER"],
        password=os.environ["PAPERLESS_DBPASS"],
        autocommit=True,
    )


def record(process, what):
    with connect() as connection:
        connection.execute(
            "INSERT INTO standin_event (version, pod, process, what) VALUES (%s, %s, %s, %s)",
            (os.environ["STANDIN_VERSION"], socket.gethostname(), process, what),
        )
