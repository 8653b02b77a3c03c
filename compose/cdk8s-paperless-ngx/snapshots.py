"""Snapshots off-site: which are there, which of them is the newest, and which retention removes.

Their order is that of the generations' numbers, as clocks jump (decision 11); a date only tells one day from another.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

TAG = "cdk8s-paperless-ngx"
"""Of every snapshot that is made here: others in the same repository are somebody else's."""
_GENERATION = re.compile(r"\d{4,}-\d{8}T\d{6}Z")
_FORMS = {"daily": "%Y-%m-%d", "weekly": "%G-%V", "monthly": "%Y-%m", "yearly": "%Y"}


class RefusedError(Exception):
    """Nothing is done, as something seems to be wrong."""


@dataclass(frozen=True)
class Snapshot:
    """A generation in a repository.

    Attributes:
        id: restic's; empty before it was pushed.
        origin: The folder that it came from.
        whole: Whether all files are there: restic leaves a snapshot also where it could not read some.
    """

    id: str
    generation: str
    origin: str
    documents: int
    whole: bool
    time: datetime

    @property
    def place(self) -> tuple[int, str]:
        """Return its place in the order."""
        return place(self.generation)


def place(generation: str) -> tuple[int, str]:
    """Return a generation's place in the order."""
    return int(generation.partition("-")[0]), generation


def tags(generation: str, origin: str, documents: int, files: int) -> str:
    """Return what a snapshot is told by."""
    return ",".join((TAG, generation, f"from-{origin}", f"documents-{documents}", f"files-{files}"))


def read(work: Path) -> tuple[str, list[Snapshot]]:
    """Return the repository's id, which is empty where there is none, and its snapshots, the newest last."""
    config = work / "config.json"
    if not config.exists():
        return "", []
    # Of none restic says ``null``.
    found: list[dict[str, Any]] = json.loads((work / "snapshots.json").read_text(encoding="utf-8")) or []
    there = [snapshot for told in found if (snapshot := _snapshot(told))]
    return str(json.loads(config.read_text(encoding="utf-8"))["id"]), sorted(there, key=lambda it: it.place)


def _snapshot(told: Mapping[str, Any]) -> Snapshot | None:
    names = list(told.get("tags") or ())
    generation = next((name for name in names if _GENERATION.fullmatch(name)), "")
    if not generation:
        return None

    def said(prefix: str) -> str:
        return next((name.removeprefix(prefix) for name in names if name.startswith(prefix)), "")

    wanted = int(said("files-") or 0)
    return Snapshot(
        id=str(told["id"]),
        generation=generation,
        origin=said("from-"),
        documents=int(said("documents-") or 0),
        # restic keeps with a snapshot how many files it has read (``summary`` in its design.rst, since 0.17).
        whole=int(told.get("summary", {}).get("total_files_processed", wanted)) >= wanted,
        time=datetime.fromisoformat(told["time"]).astimezone(UTC),
    )


def newest(snapshots: Iterable[Snapshot]) -> Snapshot | None:
    """Return the newest whole one, or None.

    A folder that was restored from another begins where that ends, by number and by date. Two that push side by side
    are two instances, or one and a copy of it.

    Raises:
        RefusedError: Several folders have pushed side by side.
    """
    whole = sorted((snapshot for snapshot in snapshots if snapshot.whole), key=lambda it: (it.place, it.time))
    if not whole:
        return None
    ours = [snapshot for snapshot in whole if snapshot.origin == whole[-1].origin]
    others = list({it.origin: it for it in whole if it.origin != ours[0].origin}.values())
    if any(it.place > ours[0].place or it.time > ours[0].time for it in others):
        each = (f"from-{it.origin} {it.generation} with {it.documents} documents" for it in (*others, ours[-1]))
        raise RefusedError(
            f"refused: several folders have pushed side by side under this name ({', '.join(each)}); name the "
            "generation that is meant, or forget what is of no use: docs/off-site.md"
        )
    return ours[-1]


def surplus(snapshots: Iterable[Snapshot], keep: Mapping[str, int]) -> list[str]:
    """Return the ids of those that retention removes.

    Of each of the last days, weeks, months and years the newest stays. So do the last two, whatever their dates are:
    the one that is being pushed, and that of before, should this push not be what it seems to be.
    """
    there = list(snapshots)
    whole = sorted((it for it in there if it.whole), key=lambda it: (it.place, it.time), reverse=True)
    kept = {snapshot.id for snapshot in whole[:2]}
    for period, form in _FORMS.items():
        of_each: dict[str, str] = {}
        for snapshot in whole:
            of_each.setdefault(snapshot.time.strftime(form), snapshot.id)
        kept.update(list(of_each.values())[: keep.get(period, 0)])
    return [snapshot.id for snapshot in there if snapshot.id not in kept]
