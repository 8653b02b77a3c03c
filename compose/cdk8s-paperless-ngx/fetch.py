"""Fetch: brings a generation out of a restic repository back into a backup's folder, from where a restore takes it.

Four containers, one after another: restic lists what is there, ``plan`` decides, restic brings the files into a folder
beside the generations (``off_site.sh``), ``place`` proves them and gives the folder its name. A generation that is
there and whole is never changed, and one has its name only when it is whole.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import snapshots
from generations import DamagedError, Folder, FolderError, Generation
from log import end_at_sigterm, one_line, say
from snapshots import RefusedError
from used_words import UsedWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from snapshots import Snapshot

NEWEST = "newest"
FETCHED = ".fetched"
"""Where restic puts it."""
_DAMAGED = ".damaged"
"""Where a generation is whose place a whole one takes."""


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

    def plan(self) -> None:
        """Decide what is to be fetched, if anything.

        Raises:
            FolderError: The folder is somebody else's.
            RefusedError: What is wanted is nowhere, or nobody can know what it is.
        """
        wanted = self._work / "wanted"
        # Of an earlier try in the same pod.
        wanted.unlink(missing_ok=True)
        self._folder.path.mkdir(parents=True, exist_ok=True)
        self._folder.claim()
        there = self._folder.generations()
        if there and self._word in self._words:
            names = ", ".join(generation.name for generation in there)
            way = f"to fetch again, remove used/{self._word}"
            say(f"nothing is fetched: {self._wanted} was before (there: {names}); {way}")
            return
        found = self._off_site()
        if here := self._here(there, found):
            say(f"nothing is fetched: {here.name} is there, and whole")
            shutil.rmtree(self._fetched, ignore_errors=True)
            self._words.add(self._word)
            return
        if not found:
            raise RefusedError(f"refused: neither the folder nor the repository has a whole generation {self._wanted}")
        wanted.write_text(found.id, encoding="utf-8")
        (self._work / "name").write_text(found.generation, encoding="utf-8")
        say(f"fetching {found.generation}, with {found.documents} documents …")

    def _off_site(self) -> Snapshot | None:
        _, there = snapshots.read(self._work)
        if self._wanted == NEWEST:
            return snapshots.newest(there)
        later = [snapshot.generation for snapshot in there if snapshot.place > snapshots.place(self._wanted)]
        if later:
            say(f"{self._wanted} is what restore names; the repository has newer ones, up to {later[-1]}")
        return snapshots.newest(snapshot for snapshot in there if snapshot.generation == self._wanted)

    def _here(self, there: list[Generation], found: Snapshot | None) -> Generation | None:
        """Return the generation that needs no fetching."""
        for generation in reversed(there):
            older = found and snapshots.place(generation.name) < found.place
            if older or self._wanted not in {NEWEST, generation.name}:
                continue
            say(f"reading every file of {generation.name} …")
            try:
                generation.check()
            except DamagedError as error:
                say(one_line(error))
            else:
                return generation
        return None

    def place(self) -> None:
        """Prove what was fetched, and make it a generation of the folder.

        Raises:
            DamagedError: It is not what was published.
        """
        if not (self._work / "wanted").exists():
            return
        name = (self._work / "name").read_text(encoding="utf-8")
        fetched = Generation(self._fetched)
        told = str(fetched.facts()["generation"])
        if told != name:
            raise DamagedError(f"what was fetched as {name} says of itself that it is {told}")
        say(f"reading every file of {name} …")
        try:
            fetched.check()
        except DamagedError as error:
            msg = f"{error}: what was fetched as {name} is not whole; name an older generation"
            raise DamagedError(msg) from error
        os.sync()
        damaged = self._folder.path / _DAMAGED
        shutil.rmtree(damaged, ignore_errors=True)
        if (self._folder.path / name).exists():
            (self._folder.path / name).rename(damaged)
        self._fetched.rename(self._folder.path / name)
        shutil.rmtree(damaged, ignore_errors=True)
        self._words.add(self._word)
        say(f"fetched {name}")

    @property
    def _word(self) -> str:
        return f"fetched-{self._wanted}"


def main(arguments: list[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run in a pod."""
    end_at_sigterm()
    fetch = Fetch(environment)
    try:
        {"plan": fetch.plan, "place": fetch.place}[arguments[1]]()
    except (DamagedError, FolderError, RefusedError, OSError, ValueError) as error:
        say(one_line(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
