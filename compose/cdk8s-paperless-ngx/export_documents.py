"""Runs upstream's ``document_exporter`` so that it goes on beyond three faults: its arguments are that command's.

Upstream's ends at the first file that is missing in media, and so does every later export. And it names the archive and
the thumbnail of ``a.pdf`` and ``a.png`` alike (two documents of one title and date), so that one writes over the other.
And with ``--compare-checksums`` it ends at a file of an earlier export that a broken disk does not give back.
Here a file that cannot be read is left out and listed, such documents get different names, and what an earlier export
has on a broken disk is exported anew.

It imports nothing that lies beside it: names there may be those of the application's modules.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def unreadable(file: Path) -> bool:
    """Return whether a file is missing, or cannot be read to its end."""
    try:
        with file.open("rb") as content:
            while content.read(1 << 20):
                pass
    except OSError:
        return True
    return False


def _put(put_it: Callable[[], None], source: Path, target: Path) -> bool:
    """Export a file; return whether that could be done, which it cannot where the source cannot be read."""
    try:
        put_it()
    except OSError:
        if unreadable(source):
            return False
        # A full disk, say, is neither's fault.
        if not target.exists() or not unreadable(target):
            raise
        target.unlink()
        put_it()
    return True


def go_on(command: Any, sink: Any, missing: list[str]) -> None:  # noqa: ANN401 (upstream's classes)
    """Make the command one that goes on; one that has not these methods (before 2.0) stays what it is.

    Args:
        command: Upstream's.
        sink: What it hands files to, since 3.1 (upstream ``src/documents/export/sinks.py``); None before.
        missing: Gets the names, in the export, of files that could not be read.
    """
    _give_different_names(command)
    known = [_skip_in_command(command, missing), _skip_in_sink(sink, missing)]
    if not any(known):
        print("document_exporter is not as it was known: it may end at the first file that is missing", flush=True)


def _give_different_names(command: Any) -> None:  # noqa: ANN401 (upstream's class)
    name_it: Any = getattr(command, "generate_base_name", None)
    if not name_it:
        return
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

    command.generate_base_name = generate_base_name


def _skip_in_command(command: Any, missing: list[str]) -> bool:  # noqa: ANN401 (upstream's class)
    """Return whether the command copies files by itself, as before 3.1; it skips those that it cannot read then."""
    copy_it: Any = getattr(command, "check_and_copy", None)
    if not copy_it:
        return False

    def check_and_copy(self: Any, source: Any, source_checksum: str | None, target: Any) -> None:  # noqa: ANN401
        if not _put(lambda: copy_it(self, source, source_checksum, target), Path(source), Path(target)):
            missing.append(str(Path(target).resolve().relative_to(Path(self.target).resolve())))

    command.check_and_copy = check_and_copy
    return True


def _skip_in_sink(sink: Any, missing: list[str]) -> bool:  # noqa: ANN401 (upstream's class)
    """Return whether the sink takes files, as since 3.1; it skips those that it cannot read then."""
    add_it: Any = getattr(sink, "add_file", None)
    if not add_it:
        return False

    def add_file(self: Any, source: Any, arcname: str, *, checksum: str | None = None) -> None:  # noqa: ANN401
        # Upstream's own; without it nothing is exported anew.
        target = Path(getattr(self, "_target", ""), arcname)
        if not _put(lambda: add_it(self, source, arcname, checksum=checksum), Path(source), target):
            missing.append(arcname)

    sink.add_file = add_file
    return True


def _sink() -> Any:  # noqa: ANN401 (upstream's class)
    """Return what the exporter hands files to, or None where there is no such thing."""
    try:
        return importlib.import_module("documents.export.sinks").DirectoryExportSink
    except ModuleNotFoundError:
        return None


def main() -> None:
    """Run in the backup's pod."""
    sys.path[0] = str(Path.cwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paperless.settings")
    importlib.import_module("django").setup()
    exporter: Any = importlib.import_module("documents.management.commands.document_exporter")
    missing: list[str] = []
    go_on(exporter.Command, _sink(), missing)
    management: Any = importlib.import_module("django.core.management")
    management.execute_from_command_line(["manage.py", "document_exporter", *sys.argv[1:]])
    Path(os.environ["MISSING_FILES"]).write_text(json.dumps(missing), encoding="utf-8")


if __name__ == "__main__":
    main()
