"""Words by which somebody said once that something dangerous is meant: each does so a single time."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from pathlib import Path


class UsedWords:
    """Words that were used, as empty directories beside what they are about.

    Directories are made at once or not at all, and in media the sanity checker names files that it does not know, but
    no directories.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __contains__(self, word: str) -> bool:
        """Return whether a word was used."""
        return (self._folder / quote(word, safe="")).is_dir()

    def add(self, word: str) -> None:
        """Write a word down."""
        (self._folder / quote(word, safe="")).mkdir(parents=True, exist_ok=True)
