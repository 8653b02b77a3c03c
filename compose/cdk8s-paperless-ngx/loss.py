"""Whether an instance looks as if its database was lost: media has originals of which the database knows nothing.

Each document has one original, also one in the trash and each later version; so there are as many of one as of the
other, but for a few originals that a process left when it died. A database that was put back from an older backup knows
fewer. What is refused is one that knows less than half of them: nobody deletes documents and keeps their files.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mark import Mark

_SHARE = 2
"""How many originals there may be for each document."""
_NO_DOCUMENTS = ("Thumbs.db", "desktop.ini")
"""Files that others leave in folders (``IGNORABLE_FILES`` in upstream's settings), beside hidden ones."""


def originals(media: Path) -> int:
    """Return how many originals there are.

    Raises:
        OSError: A folder cannot be read; what is in there must not count as nothing.
    """
    folder = media / "documents" / "originals"
    if not folder.is_dir():
        return 0
    return sum(
        not name.startswith(".") and name not in _NO_DOCUMENTS
        for _, _, names in os.walk(folder, onerror=_fail)
        for name in names
    )


def _fail(error: OSError) -> None:
    raise error


def suspected(mark: Mark | None, documents: int) -> bool:
    """Return whether originals have to be counted, which takes long on a network file system.

    They have to where nobody knows how many documents there were, or less than half of them are left.
    """
    return mark is None or mark.documents is None or documents * _SHARE < mark.documents


def refusal(documents: int, files: int) -> str | None:
    """Return why a release may not begin with so few documents beside so many originals, or None if it may."""
    if files <= documents * _SHARE:
        return None
    known = f"only {documents} documents" if documents else "no document"
    return (
        f"refused: the database knows {known}, but media has {files} originals, so the database seems to be lost; "
        "put it back from a backup (or move the originals away and restore an export); if those originals may really "
        "be left behind, set start_from_nothing to a word that was not used for it before, such as today's date"
    )
