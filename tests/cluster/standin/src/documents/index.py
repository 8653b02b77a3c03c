"""The search index: a line for each document, of which a later one counts. ``packages`` has what reads it."""

import json
import os
from pathlib import Path

from documents.events import sql


def _file():
    return Path(os.environ["PAPERLESS_DATA_DIR"], "index", "documents")


def _line(number, content):
    return json.dumps({"id": number, "content": content}) + "\n"


def add(name):
    """Add the newest document of a name."""
    (number, content) = sql("SELECT id, content FROM documents_document WHERE name = %s ORDER BY id", name)[-1]
    with _file().open("a") as file:
        file.write(_line(number, content))


def write(documents):
    """Make it anew, of pairs of an id and a text."""
    _file().parent.mkdir(parents=True, exist_ok=True)
    _file().write_text("".join(_line(number, content) for number, content in documents))
