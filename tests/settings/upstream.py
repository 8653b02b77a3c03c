"""What upstream's code says about its variables at 2.14.7, 2.20.15 and 3.0.5, read apart from this library."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

VERSIONS = ("2.14.7", "2.20.15", "3.0.5")


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
