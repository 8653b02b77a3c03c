"""Fetch: brings a generation out of a restic repository back into a backup's folder, from where a restore takes it.

Three containers, one after another: ``look`` decides, restic (``off_site.sh``) brings the files into a folder beside
the generations, ``place`` proves them and gives the folder its name. Nothing that is there is changed, and a generation
has its name only when it is whole.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generations import DamagedError, Folder, FolderError, Generation
from log import end_at_sigterm, one_line, say
from off_site import TAG
from used_words import UsedWords

if TYPE_CHECKING:
    from collections.abc import Mapping

NEWEST = "newest"
FETCHED = ".fetched"
"""Where restic puts it."""


class Fetch:
    """A generation that is wanted in a backup's folder.

    Args:
        environment: Of the pod.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._folder = Folder(Path(environment["BACKUP_DIR"]), environment["INSTANCE"])
        self._wanted = environment["RESTORE_GENERATION"]
        self._work = Path(environment["OFF_SITE_WORK"])
        self._fetched = self._folder.path / FETCHED
        self._words = UsedWords(self._folder.path / "used")

    def look(self) -> None:
        """Decide whether anything is to be fetched.

        Raises:
            FolderError: The folder is somebody else's.
        """
        wanted = self._work / "wanted"
        # Of an earlier try in the same pod.
        wanted.unlink(missing_ok=True)
        self._folder.path.mkdir(parents=True, exist_ok=True)
        self._folder.claim()
        there = [generation.name for generation in self._folder.generations()]
        if self._wanted in there:
            self._note()
        if self._word in self._words or (there and self._wanted in {NEWEST, *there}):
            say(f"nothing is fetched: it was before, or the folder has generations ({', '.join(there) or 'none'})")
            return
        tags = [TAG] if self._wanted == NEWEST else [TAG, self._wanted]
        wanted.write_text(",".join(tags), encoding="utf-8")
        say(f"fetching {self._wanted} …")

    def place(self) -> None:
        """Prove what was fetched, and make it a generation of the folder.

        Raises:
            DamagedError: It is not what was published.
        """
        if not (self._work / "wanted").exists():
            return
        fetched = Generation(self._fetched)
        facts = fetched.facts()
        name = str(facts["generation"])
        if self._wanted not in {NEWEST, name}:
            raise DamagedError(f"what was fetched as {self._wanted} says of itself that it is {name}")
        say(f"reading every file of {name} …")
        try:
            fetched.check()
        except DamagedError as error:
            msg = f"{error}: what was fetched as {self._wanted} is not whole; name an older generation"
            raise DamagedError(msg) from error
        os.sync()
        self._fetched.rename(self._folder.path / name)
        self._note()
        say(f"fetched {name}")

    def _note(self) -> None:
        """Write down that it was fetched: it may be thinned out some day, and must not come back with the pod."""
        if self._wanted != NEWEST:
            self._words.add(self._word)

    @property
    def _word(self) -> str:
        return f"fetched-{self._wanted}"


def main(arguments: list[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run in a pod."""
    end_at_sigterm()
    fetch = Fetch(environment)
    try:
        {"look": fetch.look, "place": fetch.place}[arguments[1]]()
    except (DamagedError, FolderError, OSError) as error:
        say(one_line(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
