"""What an export does not hold: settings, of which those that are no secret are written down, and what waits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAY_BE_SECRET = re.compile(r"pass|pwd|secret|token|credential|key|auth|//[^/\s]*@", re.IGNORECASE)
"""In a variable's name or its value: a setting too few is harmless."""
_WAITING = ("consume", "scratch")


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the application's settings without any that may be secret."""
    return {
        name: value
        for name, value in sorted(environment.items())
        if name.startswith("PAPERLESS_") and not _MAY_BE_SECRET.search(f"{name}={value}")
    }


def counts(environment: Mapping[str, str]) -> dict[str, str | int]:
    """Return what is not in an export, with the number of files that wait to be consumed."""
    found: dict[str, str | int] = {
        "secrets": "keep them elsewhere: SECRET_KEY, passwords of database, broker and administrator",
        "api_tokens": "users make new ones",
        "search_index": "made anew by a restore",
    }
    for name in _WAITING:
        found[f"files_in_{name}"] = _files(Path(environment["BACKUP_WAITING_DIR"], name))
    return found


def _files(folder: Path) -> str | int:
    """Count those that are not hidden: marks of ours, and what synchronizing tools and file servers keep."""
    try:
        return sum(
            path.is_file()
            for path in folder.rglob("*")
            if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        )
    except OSError as error:
        # A share that is away must not stop the backup of what was consumed.
        return f"not counted: {error}"
