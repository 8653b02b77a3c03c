"""The database, and where files are."""

import json
import os
from pathlib import Path

ROOT = Path(os.environ["STANDIN"])
MEDIA = Path(os.environ["PAPERLESS_MEDIA_ROOT"], "documents")
VERSION = os.environ.get("STANDIN_VERSION", "3.0.5")


def load():
    """Return every document."""
    return json.loads((ROOT / "database.json").read_text(encoding="utf-8"))


def save(documents):
    """Replace all documents."""
    (ROOT / "database.json").write_text(json.dumps(documents), encoding="utf-8")
