"""The mark: what an instance's release is, written down in the application's own database.

Invariants, on which everything else rests:

* A process of a release works only between two moments at which the mark said ``ready`` for that release.
* ``draining`` is written before pods are looked at, so that no process of the current release starts any more.
* ``migrating`` is written before anything is changed, and stays until all is done: whoever finds it knows that database
  and index are at neither release.
* The mark never forgets the newest version that may have touched the database.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Release:
    """Image version and search-index language."""

    version: str
    language: str

    def __str__(self) -> str:
        """Return the form that is a pod's label."""
        return f"{self.version}-{self.language}"


class State(enum.Enum):
    """What is going on."""

    DRAINING = "draining"
    MIGRATING = "migrating"
    READY = "ready"


@dataclass(frozen=True)
class Mark:
    """The one row: the release that was last ready, what goes on, and the release it leads to."""

    current: Release | None
    state: State
    target: Release


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
    same_language = mark is not None and mark.current is not None and mark.current.language == mine.language
    return Plan(
        needed=not (arrived and index_exists),
        # Also where the release stays but the index is gone: no pod of another release can be there then.
        drain=not arrived,
        # An index that a killed migration left, or one of another language, says of itself that it is up to date.
        full_reindex=killed_halfway or not same_language or not index_exists,
    )


def migrating(mark: Mark | None, mine: Release) -> Mark:
    """Return the mark of a migration that begins to change things."""
    return Mark(mark.current if mark else None, State.MIGRATING, mine)


def draining(mark: Mark | None, mine: Release) -> Mark:
    """Return the mark of a migration that waits for others to end; one that was killed half-way stays what it is."""
    if mark is not None and mark.state is State.MIGRATING:
        return migrating(mark, mine)
    return Mark(mark.current if mark else None, State.DRAINING, mine)


def ready(mine: Release) -> Mark:
    """Return the mark of a release that may work."""
    return Mark(mine, State.READY, mine)
