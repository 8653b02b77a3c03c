"""What upstream says about its variables, read apart from this library.

At 2.14.7, 2.20.15 and 3.0.5 that is its code; at 3.3.0 its documentation (docs/configuration.md) and release notes.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

VERSIONS = ("2.14.7", "2.20.15", "3.0.5", "3.3.0")


class Fact(NamedTuple):
    type: str
    versions: frozenset[str]
    since: str
    default: str
    read_by: tuple[str, ...]


def _facts():
    with Path(__file__).with_name("upstream.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        for name, kind, present, since, default, read_by in rows:
            versions = frozenset(version for version, mark in zip(VERSIONS, present, strict=True) if mark == "Y")
            empty = {"-": ""}
            yield (
                name,
                Fact(kind, versions, empty.get(since, since), empty.get(default, default), tuple(read_by.split())),
            )


FACTS: dict[str, Fact] = dict(_facts())
