"""What a rescue found and did, for whoever watches: an exit status, and numbers in Prometheus' text format."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """What a run found and did; names as in scratch."""

    lost: list[str] = field(default_factory=list[str])
    retried: list[str] = field(default_factory=list[str])
    given_up: list[str] = field(default_factory=list[str])
    stopped: list[str] = field(default_factory=list[str])
    removed: list[str] = field(default_factory=list[str])

    @property
    def status(self) -> int:
        """Exit status: 1 when somebody has to look."""
        return 1 if self.lost or self.given_up or self.stopped else 0


def metrics(report: Report, now: float) -> str:
    """Return a report in Prometheus' text format."""
    values = {
        "lost": (len(report.lost), "documents in scratch that no task refers to and that are not stored"),
        "given_up": (len(report.given_up), "documents that were put into the consume directory too often"),
        "stopped": (len(report.stopped), "documents that were put aside because workers were lost with them"),
        "retried": (len(report.retried), "documents that were put into the consume directory by the last run"),
        "removed": (len(report.removed), "leftovers that the last run removed"),
        "last_run_timestamp_seconds": (int(now), "when the last run ended"),
    }
    lines = (
        f"# HELP paperless_ngx_rescue_{name} {text}\n# TYPE paperless_ngx_rescue_{name} gauge\n"
        f"paperless_ngx_rescue_{name} {value}\n"
        for name, (value, text) in values.items()
    )
    return "".join(lines)
