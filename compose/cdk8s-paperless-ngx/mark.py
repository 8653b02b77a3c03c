"""The mark: what an instance's release is, written down in the application's own database.

Invariants, on which everything else rests:

* A process of a release works only between two moments at which the mark said ``ready`` for that release.
* ``draining`` is written before pods are looked at, so that no process of the current release starts any more.
* ``migrating`` is written before anything is changed, and stays until all is done: whoever finds it knows that database
  and index are at neither release.
* The mark never forgets the newest version that may have touched the database.
* What else it holds (documents, generations) is carried through every state until it is replaced.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True)
class Release:
    """Image version, search-index language, and a word that asks for the index to be made anew.

    The word is part of a release because an index may be made anew only while no process uses it: pods of another word
    are waited for as those of another version are.
    """

    version: str
    language: str
    rebuild: str = ""

    def __str__(self) -> str:
        """Return the form that is a pod's label."""
        return "-".join(filter(None, (self.version, self.language, self.rebuild)))


def release(environment: Mapping[str, str]) -> Release:
    """Return the release of a pod with these variables."""
    return Release(
        environment["RELEASE_VERSION"], environment["RELEASE_LANGUAGE"], environment.get("REBUILD_INDEX", "")
    )


class State(enum.Enum):
    """What is going on."""

    DRAINING = "draining"
    MIGRATING = "migrating"
    READY = "ready"


@dataclass(frozen=True)
class Mark:
    """The one row: the release that was last ready, what goes on, and the release it leads to.

    Attributes:
        current: The release that was last ready.
        state: What goes on.
        target: What it leads to.
        documents: How many there were when a release was last ready; None where nobody counted.
        restoring: The backup's generation whose import has begun into an empty instance, and has not ended.
        restored: The backup's generation that the instance was made from.
    """

    current: Release | None
    state: State
    target: Release
    documents: int | None = None
    restoring: str | None = None
    restored: str | None = None


class Store(Protocol):
    """Where the mark is kept."""

    def read(self) -> Mark | None:
        """Return the mark, or None where none was ever written."""
        ...

    def write(self, mark: Mark) -> None:
        """Replace the mark."""
        ...


def numbers(version: str) -> tuple[int, ...]:
    """Return a version in a form that compares: 3.0.10 is newer than 3.0.9."""
    return tuple(int(part) for part in version.split("."))


def newest_touch(mark: Mark) -> str:
    """Return the newest version that may have changed the database."""
    versions = [mark.current.version] if mark.current else []
    if mark.state is not State.DRAINING:
        versions.append(mark.target.version)
    return max(versions, key=numbers, default="0")


def refusal(mark: Mark | None, mine: Release) -> str | None:
    """Return why a release may not work on this database, or None if it may."""
    if mark is None:
        return None
    newest = newest_touch(mark)
    if numbers(mine.version) >= numbers(newest):
        return None
    return (
        f"refused: this pod is release {mine.version}, older than {newest} that the database is at; "
        f"put the newer image back, or restore a backup made with {mine.version}"
    )


def waiting_for(mark: Mark | None, mine: Release, *, index_exists: bool) -> str | None:
    """Return what a process of a release has to wait for, or None if it may start.

    Args:
        mark: As it is in the database, read after the index was looked for.
        mine: The process's release.
        index_exists: Whether the index directory is there, or the process does not use it.
    """
    if mark is None:
        return f"the first migration, to release {mine}"
    if mark.state is not State.READY:
        return f"release {mark.target}, which is {mark.state.value}"
    if mark.current != mine:
        return f"the migration from release {mark.current} to {mine}"
    if not index_exists:
        return "the search index, which the migration makes anew"
    return None


@dataclass(frozen=True)
class Plan:
    """What a migration has to do.

    Attributes:
        needed: Whether there is anything to do but to say that the release is ready.
        drain: Whether pods of other releases have to end first.
        full_reindex: Whether the index has to be made anew, whatever it says of itself.
    """

    needed: bool
    drain: bool
    full_reindex: bool


def plan(mark: Mark | None, mine: Release, *, index_exists: bool) -> Plan:
    """Return what a migration to a release has to do."""
    killed_halfway = mark is not None and mark.state is State.MIGRATING
    arrived = mark is not None and mark.current == mine and not killed_halfway
    before = mark.current if mark else None
    same_language = before is not None and before.language == mine.language
    asked_for = bool(mine.rebuild) and (before is None or before.rebuild != mine.rebuild)
    return Plan(
        needed=not (arrived and index_exists),
        # Also where the release stays but the index is gone: no pod of another release can be there then.
        drain=not arrived,
        # An index that a killed migration left, or one of another language, says of itself that it is up to date.
        full_reindex=killed_halfway or asked_for or not same_language or not index_exists,
    )


def migrating(mark: Mark | None, mine: Release) -> Mark:
    """Return the mark of a migration that begins to change things."""
    return _towards(mark, State.MIGRATING, mine)


def draining(mark: Mark | None, mine: Release) -> Mark:
    """Return the mark of a migration that waits for others to end; one that was killed half-way stays what it is."""
    if mark is not None and mark.state is State.MIGRATING:
        return migrating(mark, mine)
    return _towards(mark, State.DRAINING, mine)


def ready(mine: Release, *, documents: int | None = None, restored: str | None = None) -> Mark:
    """Return the mark of a release that may work."""
    return Mark(mine, State.READY, mine, documents=documents, restored=restored)


def _towards(mark: Mark | None, state: State, mine: Release) -> Mark:
    return Mark(None, state, mine) if mark is None else replace(mark, state=state, target=mine)
