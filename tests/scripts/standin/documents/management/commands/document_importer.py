"""Imports as upstream's command does, as far as it matters: it writes beside a manifest, and ends where a file is."""

import argparse
import json
import os
import shutil
import signal
from pathlib import Path

from documents.storage import MEDIA, save


class Command:
    """One run."""

    def run(self, arguments):
        parser = argparse.ArgumentParser()
        parser.add_argument("source", type=Path)
        parser.add_argument("--no-progress-bar", action="store_true")
        parser.add_argument("--passphrase")
        options = parser.parse_args(arguments)
        records = []
        for path in [options.source / "manifest.json", *options.source.glob("**/*-manifest.json")]:
            records += json.loads(path.read_text(encoding="utf-8"))
            if options.passphrase:
                path.with_name(f"{path.stem}.decrypted.json").write_text("[]", encoding="utf-8")
        documents = [record for record in records if record["model"] == "documents.document"]
        self.check(options.source, documents)
        save([record["fields"] for record in documents])
        copies = int(os.environ.get("STANDIN_DIE_AFTER", "-1"))
        for record in documents:
            fields = record["fields"]
            if not copies:
                os.kill(os.getpid(), signal.SIGKILL)
            copies -= 1
            target = MEDIA / "originals" / fields["filename"]
            if target.exists():
                raise FileExistsError(target)
            self.copy(options.source / record["__exported_file_name__"], target)
            if name := record.get("__exported_archive_name__"):
                self.copy(options.source / name, MEDIA / "archive" / fields["archive_filename"])
            if name := record.get("__exported_thumbnail_name__"):
                self.copy(options.source / name, MEDIA / f"thumbnails/{fields['pk']:07}.webp")

    def check(self, folder, documents):
        for record in documents:
            for kind in ("file", "archive", "thumbnail"):
                name = record.get(f"__exported_{kind}_name__")
                if name and not (folder / name).exists():
                    raise SystemExit(f"The manifest file refers to {name}")

    def copy(self, source, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source.resolve(), target)
