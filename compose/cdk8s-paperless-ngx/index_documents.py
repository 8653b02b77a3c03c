"""Runs upstream's ``document_index`` so that a log shows how far it is: its arguments are that command's.

Upstream shows a bar, which a log cannot have, or nothing; a big archive is silent for many minutes then. Where the
command is not as it was known (before 3.0), it just runs.

It imports nothing that lies beside it: names there may be those of the application's modules.
"""

from __future__ import annotations

import importlib
import os
import runpy
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_EVERY_SECONDS = 10.0


def tell(command: Any, every: float = _EVERY_SECONDS) -> None:  # noqa: ANN401 (upstream's class)
    """Make a class of commands tell how many of its things are done.

    Args:
        command: Upstream's ``PaperlessCommand``.
        every: Seconds between lines.
    """
    go_through: Any = getattr(command, "track", None)
    if go_through is None:
        return

    def track(self: Any, iterable: Iterable[Any], **known: Any) -> Iterator[Any]:  # noqa: ANN401
        total, said = known.get("total"), time.monotonic()
        for done, item in enumerate(go_through(self, iterable, **known), start=1):
            yield item
            if time.monotonic() - said >= every:
                said = time.monotonic()
                print(f"indexed {done} of {total or 'some'} documents", flush=True)

    command.track = track


def main() -> None:
    """Run in the migration."""
    sys.path[0] = str(Path.cwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paperless.settings")
    try:
        importlib.import_module("django").setup()
        tell(importlib.import_module("documents.management.commands.base").PaperlessCommand)
    except ModuleNotFoundError:
        pass
    sys.argv = ["manage.py", "document_index", *sys.argv[1:]]
    runpy.run_path("manage.py", run_name="__main__")


if __name__ == "__main__":
    main()
