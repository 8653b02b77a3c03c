"""What a backup did, for whoever watches: an exit status, and numbers in Prometheus' text format."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """What a run did.

    Attributes:
        published: The new generation; empty where there is none.
        reason: Why there is none, or what failed after it was there.
        refused: Whether there is none because something looks lost.
        documents: How many are in the newest generation.
        missing: Files that are nowhere.
        wrong: Files that are not what their checksum says.
        healed: Files that media has lost, from an older generation.
        generations: How many there are.
        newest: When the newest good one was made, in seconds since 1970.
        beside: Whether the backup is of the class of the data, or on its very file system.
        copied: Bytes.
        seconds: How long it took.
    """

    published: str = ""
    reason: str = ""
    refused: bool = False
    documents: int = 0
    missing: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    healed: list[str] = field(default_factory=list[str])
    generations: int = 0
    newest: float = 0
    beside: bool = False
    copied: int = 0
    seconds: float = 0

    @property
    def status(self) -> int:
        """Exit status: 1 when nothing was published, 2 when something else is wrong, in media or in the folder."""
        if not self.published:
            return 1
        return 2 if self.reason or self.missing or self.wrong or self.healed else 0


def metrics(report: Report, now: float) -> str:
    """Return a report in Prometheus' text format."""
    values = {
        "failed": (int(not report.published), "whether the last run published no generation"),
        "refused": (int(report.refused), "whether it did so because documents seem to be lost"),
        "documents": (report.documents, "documents in the newest generation"),
        "missing_files": (len(report.missing), "files of documents that neither media nor an older generation has"),
        "wrong_files": (len(report.wrong), "files that are not what their checksum says, everywhere"),
        "healed_files": (len(report.healed), "files that media has lost or spoiled, and an older generation has"),
        "generations": (report.generations, "generations that are kept"),
        "beside_data": (int(report.beside), "whether a loss of the data's storage most likely takes the backup along"),
        "copied_bytes": (report.copied, "bytes that the last run copied"),
        "duration_seconds": (round(report.seconds, 1), "how long the last run took"),
        "newest_timestamp_seconds": (int(report.newest), "when the newest good generation was made"),
        "last_run_timestamp_seconds": (int(now), "when the last run ended"),
    }
    lines = (
        f"# HELP paperless_ngx_backup_{name} {text}\n# TYPE paperless_ngx_backup_{name} gauge\n"
        f"paperless_ngx_backup_{name} {value}\n"
        for name, (value, text) in values.items()
    )
    return "".join(lines)
