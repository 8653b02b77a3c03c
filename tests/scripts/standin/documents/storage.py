"""The database, and where files are."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

ROOT = Path(os.environ["STANDIN"])
MEDIA = Path(os.environ["PAPERLESS_MEDIA_ROOT"], "documents")
VERSION = os.environ.get("STANDIN_VERSION", "3.0.5")


def load():
    """Return every document."""
    return json.loads((ROOT / "database.json").read_text(encoding="utf-8"))


def save(documents):
    """Replace all documents: in SQLite where that is asked for, else in the file."""
    if os.environ.get("PAPERLESS_DBENGINE") == "sqlite":
        with closing(sqlite3.connect(Path(os.environ["PAPERLESS_DATA_DIR"], "db.sqlite3"))) as database, database:
            database.execute("CREATE TABLE documents_document (id integer PRIMARY KEY)")
            database.executemany("INSERT INTO documents_document VALUES (?)", [(each["pk"],) for each in documents])
        return
    (ROOT / "database.json").write_text(json.dumps(documents), encoding="utf-8")
