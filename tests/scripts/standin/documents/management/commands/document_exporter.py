"""Exports as upstream's command does, as far as it matters: in place, by size and time, and it ends at any fault."""

import argparse
import json
import os
from pathlib import Path

from documents.export.sinks import DirectoryExportSink
from documents.storage import MEDIA, VERSION, load


class Command:
    """One run."""

    def run(self, arguments):
        parser = argparse.ArgumentParser()
        parser.add_argument("target", type=Path)
        for flag in ("--delete", "--no-progress-bar", "--compare-checksums", "--split-manifest"):
            parser.add_argument(flag, action="store_true")
        parser.add_argument("--passphrase")
        options = parser.parse_args(arguments)
        self.check_paths()
        self.target = options.target.resolve()
        self.sink = DirectoryExportSink(self.target, compare_checksums=options.compare_checksums)
        self.names = set()
        part = self.target / "manifest.json.tmp"
        records, split = [{"model": "auth.user", "pk": 1, "fields": {"username": "admin"}}], {}
        for document in load():
            record = {"model": "documents.document", "pk": document["pk"], "fields": dict(document)}
            base = self.generate_base_name(document)
            stem = Path(base).stem
            record["__exported_file_name__"] = base
            self.put(MEDIA / "originals" / document["filename"], document["checksum"], self.target / base)
            if document["archive_filename"]:
                record["__exported_archive_name__"] = name = f"{stem}-archive.pdf"
                source = MEDIA / "archive" / document["archive_filename"]
                self.put(source, document["archive_checksum"], self.target / name)
            if (MEDIA / f"thumbnails/{document['pk']:07}.webp").exists():
                record["__exported_thumbnail_name__"] = name = f"{stem}-thumbnail.webp"
                self.put(MEDIA / f"thumbnails/{document['pk']:07}.webp", None, self.target / name)
            if options.split_manifest:
                split[f"{stem}-manifest.json"] = [record]
            else:
                records.append(record)
            part.write_text(json.dumps(records, indent=2), encoding="utf-8")
        part.write_text(json.dumps(records, indent=2), encoding="utf-8")
        part.rename(self.target / "manifest.json")
        metadata = {"version": VERSION} | ({"__crypto__": {}} if options.passphrase else {})
        split["metadata.json"] = metadata
        for name, content in split.items():
            (self.target / name).write_text(json.dumps(content), encoding="utf-8")
        for path in self.sink.left - {self.target / name for name in (*split, "manifest.json")}:
            path.unlink()

    def check_paths(self):
        """Write into the directories, as the system checks do that each command begins with."""
        for name in ("PAPERLESS_MEDIA_ROOT", "PAPERLESS_CONSUMPTION_DIR"):
            path = Path(os.environ[name], f"__write_test_{os.getpid()}__")
            path.touch()
            path.unlink()

    def generate_base_name(self, document):
        for counter in range(1000):
            name = document["title"] + (f"_{counter:02}" if counter else "") + Path(document["filename"]).suffix
            if name not in self.names:
                self.names.add(name)
                return name
        raise ValueError(document)

    def put(self, source, checksum, target):
        self.sink.add_file(source, str(target.relative_to(self.target)), checksum=checksum)


class CommandBefore31(Command):
    """The same, which copies by itself."""

    def put(self, source, checksum, target):
        self.check_and_copy(source, checksum, target)

    def check_and_copy(self, source, source_checksum, target):
        self.sink.add_file(source, str(target.relative_to(self.target)), checksum=source_checksum)


if os.environ.get("STANDIN_BEFORE_3_1"):
    Command = CommandBefore31
