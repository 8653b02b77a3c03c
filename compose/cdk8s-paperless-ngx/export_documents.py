"""Runs upstream's ``document_exporter`` so that it goes on beyond two faults: its arguments are that command's.

Upstream's ends at the first file that is missing in media, and so does every later export. And it names the archive and
the thumbnail of ``a.pdf`` and ``a.png`` alike (two documents of one title and date), so that one writes over the other.
Here a file that cannot be read is left out and listed, and such documents get different names.

It imports nothing that lies beside it: names there may be those of the application's modules.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any


def unreadable(file: Path) -> bool:
    """Return whether a file is missing, or cannot be read to its end."""
    try:
        with file.open("rb") as content:
            while content.read(1 << 20):
                pass
    except OSError:
        return True
    return False


def go_on(command: Any, missing: list[str]) -> None:  # noqa: ANN401 (upstream's class)
    """Make the command one that goes on; one that has not these methods (before 2.0) stays what it is.

    Args:
        command: Upstream's.
        missing: Gets the names, in the export, of files that could not be read.
    """
    name_it: Any = getattr(command, "generate_base_name", None)
    copy_it: Any = getattr(command, "check_and_copy", None)
    taken: set[str] = set()

    def generate_base_name(self: Any, document: Any) -> Any:  # noqa: ANN401 (2.14 has text, later ones paths)
        while True:
            # Upstream's gives another one each time.
            base = name_it(self, document)
            path = Path(base)
            beside = (path.with_name(f"{path.stem}-{kind}") for kind in ("archive.pdf", "thumbnail.webp"))
            names = {str(each).lower() for each in (path, *beside)}
            if not names & taken:
                taken.update(names)
                return base

    def check_and_copy(self: Any, source: Any, source_checksum: str | None, target: Any) -> None:  # noqa: ANN401
        try:
            copy_it(self, source, source_checksum, target)
        except OSError:
            # A full disk, say, is none of the source's faults.
            if not unreadable(Path(source)):
                raise
            missing.append(str(Path(target).resolve().relative_to(Path(self.target).resolve())))

    if name_it:
        command.generate_base_name = generate_base_name
    if copy_it:
        command.check_and_copy = check_and_copy


def main() -> None:
    """Run in the backup's pod."""
    sys.path[0] = str(Path.cwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paperless.settings")
    importlib.import_module("django").setup()
    exporter: Any = importlib.import_module("documents.management.commands.document_exporter")
    missing: list[str] = []
    go_on(exporter.Command, missing)
    management: Any = importlib.import_module("django.core.management")
    management.execute_from_command_line(["manage.py", "document_exporter", *sys.argv[1:]])
    Path(os.environ["MISSING_FILES"]).write_text(json.dumps(missing), encoding="utf-8")


if __name__ == "__main__":
    main()
