"""What a rescue found and did, for whoever watches: an exit status, and numbers in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NOTHING_LOOKED_AT = 75
"""Exit status where the database or the broker was away, as ``EX_TEMPFAIL`` in sysexits.h."""
SOMEBODY_MUST_LOOK = 1

_TEXTS = {
    "lost": "documents in scratch that no task refers to and that are not stored",
    "forgotten": "files in the consume directory that no task refers to",
    "orphans": "originals in media that no document has",
    "stopped": "documents that were put aside because workers were lost with them",
    "stored": "files in scratch that no task refers to and that are stored",
    "removed": "working files of ended tasks that the last run removed",
    "skipped": "entries that could not be looked at",
}


@dataclass
class Report:
    """What a run found and did, by name."""

    lost: list[str] = field(default_factory=list[str])
    forgotten: list[str] = field(default_factory=list[str])
    orphans: list[str] = field(default_factory=list[str])
    stopped: list[str] = field(default_factory=list[str])
    stored: list[str] = field(default_factory=list[str])
    removed: list[str] = field(default_factory=list[str])
    skipped: list[str] = field(default_factory=list[str])

    @property
    def status(self) -> int:
        """Exit status."""
        found = self.lost or self.forgotten or self.orphans or self.stopped or self.skipped
        return SOMEBODY_MUST_LOOK if found else 0

    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {name: len(getattr(self, name)) for name in _TEXTS}


def metrics(report: Report, redelivery: Mapping[str, int], now: float) -> str:
    """Return a report in Prometheus' text format.

    Args:
        report: What was found.
        redelivery: How often messages were given back, tried again and put aside.
        now: When the run ended, in seconds since 1970.
    """
    lines = [_metric(f"rescue_{name}", "gauge", count, _TEXTS[name]) for name, count in report.counts().items()]
    lines += [
        _metric(f"redelivery_{name}", "gauge", count, f"messages: {name.replace('_', ' ')}")
        for name, count in sorted(redelivery.items())
    ]
    lines.append(_metric("rescue_last_run_timestamp_seconds", "gauge", int(now), "when the last run ended"))
    return "".join(lines)


def _metric(name: str, kind: str, value: int, text: str) -> str:
    full = f"paperless_ngx_{name}"
    return f"# HELP {full} {text}\n# TYPE {full} {kind}\n{full} {value}\n"
