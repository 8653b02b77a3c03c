"""The stand-in's documents, and a backup of them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from backup import Backup, Options
from generations import Folder

STANDIN = Path(__file__).parent / "standin"


class Application:
    """The stand-in's documents."""

    def __init__(self, root):
        self.root = root
        self.media = root / "media" / "documents"
        self.environment = {
            "PATH": os.environ["PATH"],
            "STANDIN": str(root),
            "INSTANCE": "docs",
            "BACKUP_DIR": str(root / "backup"),
            "PAPERLESS_MEDIA_ROOT": str(root / "media"),
            "PAPERLESS_CONSUMPTION_DIR": str(root / "consume"),
            "BACKUP_WAITING_DIR": str(root / "waiting"),
            "PAPERLESS_SECRET_KEY": "very-private",
            "PAPERLESS_REDIS": "redis://:very-private@redis",
            "PAPERLESS_TIME_ZONE": "Europe/Zurich",
        }
        self.documents = []
        for kind in ("originals", "archive", "thumbnails"):
            (self.media / kind).mkdir(parents=True)
        for name in ("backup", "consume"):
            (root / name).mkdir()
        self.save()

    def save(self):
        (self.root / "database.json").write_text(json.dumps(self.documents), encoding="utf-8")

    def file(self, name, text):
        path = self.media / name
        path.write_text(text, encoding="utf-8")
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def add(self, number=1, **fields):
        for _ in range(number):
            pk = max((document["pk"] for document in self.documents), default=0) + 1
            document = {
                "pk": pk,
                "title": f"Letter {pk}",
                "filename": f"{pk:07}.pdf",
                "checksum": self.file(f"originals/{pk:07}{fields.get('suffix', '.pdf')}", f"letter {pk}"),
                "archive_filename": f"{pk:07}.pdf",
                "archive_checksum": self.file(f"archive/{pk:07}.pdf", f"archived letter {pk}"),
                "content": f"text of letter {pk} é",
            }
            if "suffix" in fields:
                document["filename"] = f"{pk:07}{fields['suffix']}"
            self.file(f"thumbnails/{pk:07}.webp", f"picture of {pk}")
            self.documents.append(document | {name: value for name, value in fields.items() if name != "suffix"})
        self.save()

    def rotate(self, pk):
        """Write over a file in place, as the application does."""
        document = self.documents[pk - 1]
        document["archive_checksum"] = self.file(f"archive/{document['archive_filename']}", f"rotated letter {pk}")
        self.save()

    def delete(self, number, *, files=True):
        for document in self.documents[:number]:
            if files:
                (self.media / "originals" / document["filename"]).unlink()
        del self.documents[:number]
        self.save()

    def backup(self, now=1_790_000_000, **given):
        options = Options(self.root / "backup", **{"instance": "docs", **given})
        made = Backup(options, self.environment, documents=lambda: len(self.documents), now=lambda: now)
        return made.run()

    @property
    def folder(self):
        return Folder(self.root / "backup", "docs")

    @property
    def names(self):
        return [generation.name for generation in self.folder.generations()]

    def contents(self):
        """Return every byte of every published generation."""
        return {
            str(path.relative_to(generation.path.parent)): path.read_bytes()
            for generation in self.folder.generations()
            for path in generation.path.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def application(tmp_path, monkeypatch):
    monkeypatch.chdir(STANDIN)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    made = Application(tmp_path)
    made.environment["PYTHONDONTWRITEBYTECODE"] = "1"
    made.add(8)
    return made
