"""What an export does not hold: settings, of which those that are no secret are written down, and what waits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAY_BE_SECRET = re.compile(r"pass|pwd|secret|token|credential|key|auth|//[^/\s]*@", re.IGNORECASE)
"""In a variable's name or its value: a setting too few is harmless."""
_WAITING = {"consume": "PAPERLESS_CONSUMPTION_DIR", "scratch": "PAPERLESS_SCRATCH_DIR"}


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the application's settings without any that may be secret."""
    return {
        name: value
        for name, value in sorted(environment.items())
        if name.startswith("PAPERLESS_") and not _MAY_BE_SECRET.search(f"{name}={value}")
    }


def counts(environment: Mapping[str, str]) -> dict[str, str | int]:
    """Return what is not in an export, with the number of files where they can be counted from here."""
    found: dict[str, str | int] = {
        "secrets": "keep them elsewhere: SECRET_KEY, passwords of database, broker and administrator",
        "api_tokens": "users make new ones",
        "search_index": "made anew by a restore",
    }
    for name, variable in _WAITING.items():
        # Not every pod mounts them: an empty directory of its own would say that nothing waits.
        if environment.get("BACKUP_SEES_WAITING") == "true":
            folder = Path(environment[variable])
            found[f"files_in_{name}"] = sum(path.is_file() for path in folder.rglob("*")) if folder.is_dir() else 0
        else:
            found[f"files_in_{name}"] = "not counted"
    return found
