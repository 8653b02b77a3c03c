"""Documents for the exporter and the importer, which are those of the scripts' own tests."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from documents import index
from documents.events import sql

MEDIA = Path(os.environ["PAPERLESS_MEDIA_ROOT"], "documents")
VERSION = os.environ["STANDIN_VERSION"]


def load():
    """Return every document."""
    return [
        {
            "pk": number,
            "title": Path(name).stem,
            "filename": name,
            "checksum": checksum,
            "archive_filename": None,
            "content": content,
        }
        for number, name, checksum, content in sql(
            "SELECT id, name, checksum, content FROM documents_document ORDER BY id"
        )
    ]


def save(documents):
    """Make these all that there is, as the importer does in an empty database, and the index of them."""
    rows = [(each["pk"], each["filename"], each["checksum"], each["content"]) for each in documents]
    if os.environ["PAPERLESS_DBENGINE"] == "sqlite":
        with closing(sqlite3.connect(Path(os.environ["PAPERLESS_DATA_DIR"], "db.sqlite3"))) as database, database:
            database.execute("CREATE TABLE documents_document (id integer PRIMARY KEY, name, checksum, content)")
            database.executemany("INSERT INTO documents_document VALUES (?, ?, ?, ?)", rows)
    else:
        for row in rows:
            sql("INSERT INTO documents_document (id, name, checksum, content) VALUES (%s, %s, %s, %s)", *row)
        sql("UPDATE documents_document SET filename = name")
    index.write((number, content) for number, _, _, content in rows)
