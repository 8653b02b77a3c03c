"""Exports as upstream's command does, as far as it matters: in place, by size and time, and it ends at any fault."""

import argparse
import hashlib
import json
import os
import shutil
import signal
import time
from pathlib import Path

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
        self.compare = options.compare_checksums
        self.copies = int(os.environ.get("STANDIN_DIE_AFTER", "-1"))
        self.names = set()
        before = {path.resolve() for path in self.target.rglob("*") if path.is_file()}
        self.left = before
        part = self.target / "manifest.json.tmp"
        records, split = [{"model": "auth.user", "pk": 1, "fields": {"username": "admin"}}], {}
        for document in load():
            record = {"model": "documents.document", "pk": document["pk"], "fields": dict(document)}
            base = self.generate_base_name(document)
            stem = Path(base).stem
            record["__exported_file_name__"] = base
            self.check_and_copy(MEDIA / "originals" / document["filename"], document["checksum"], self.target / base)
            if document["archive_filename"]:
                record["__exported_archive_name__"] = name = f"{stem}-archive.pdf"
                source = MEDIA / "archive" / document["archive_filename"]
                self.check_and_copy(source, document["archive_checksum"], self.target / name)
            if (MEDIA / f"thumbnails/{document['pk']:07}.webp").exists():
                record["__exported_thumbnail_name__"] = name = f"{stem}-thumbnail.webp"
                self.check_and_copy(MEDIA / f"thumbnails/{document['pk']:07}.webp", None, self.target / name)
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
        for path in self.left - {self.target / name for name in (*split, "manifest.json")}:
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

    def check_and_copy(self, source, source_checksum, target):
        self.left.discard(target.resolve())
        if target.exists():
            old, new = target.stat(), source.stat()
            if self.compare and source_checksum:
                if hashlib.sha256(target.read_bytes()).hexdigest() == source_checksum:
                    return
            elif (old.st_size, old.st_mtime) == (new.st_size, new.st_mtime):
                return
        if not self.copies:
            target.write_bytes(source.read_bytes()[:1])
            os.kill(os.getpid(), signal.SIGKILL)
        self.copies -= 1
        if os.environ.get("STANDIN_DISK_FULL") == source.name:
            target.write_bytes(source.read_bytes()[:1])
            raise OSError(28, "No space left on device", str(target))
        time.sleep(float(os.environ.get("STANDIN_SECONDS_FOR_EACH", "0")))
        shutil.copyfile(source, target)
        stat = source.stat()
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
