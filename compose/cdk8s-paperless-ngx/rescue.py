"""Rescue: finds documents that a failed or lost task has left in scratch, and reports them or has them consumed again.

What makes it safe:

* An entry is touched only when it is older than any task can be (Redis's visibility timeout and the task limit), when
  no message in the broker has its name in it, and when an earlier run has seen it just so: a clock that jumps makes a
  file old, but not seen before.
* An original is removed only when the database has a document with its checksum. Until then it stays where it is, also
  while a copy of it is on its way through the consume directory.
* How often that was tried is written down before each try.
* What workers take again and again and never finish, as it kills them, is put aside, so that its task fails at last.
* A lock keeps a second run out.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import shutil
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import redis
from engines import engine
from log import end_at_sigterm, one_line, say
from messages import Message, messages
from report import Report, metrics
from scratch import Kind, changed, checksum, files, kind, remove

if TYPE_CHECKING:
    from collections.abc import Generator

    from engines import Connection

_VISIBILITY_TIMEOUT_SECONDS = 3600
"""After which Redis gives a task that was not acknowledged to another worker; the image's settings pin it."""
_FOLDER = ".cdk8s-paperless-ngx"
"""Inside scratch: the lock, the notes on entries, the metrics."""
_DELIVERIES = 3
"""That many workers may be lost with a document, an hour apart; the next one would be killed by it, too."""
_PAUSE_SECONDS = 2
"""Between two looks at the broker: a message that a worker is just taking is for a moment in no key."""


class Documents(Protocol):
    """What the application has stored."""

    @property
    def algorithm(self) -> str:
        """Of its checksums, as ``hashlib`` calls it."""
        ...

    def has(self, checksum: str) -> bool:
        """Return whether there is a document with this checksum, also in the trash."""
        ...


@dataclass(frozen=True)
class Limits:
    """When to act, and how.

    Attributes:
        age: Seconds that an entry must have been left alone.
        attempts: How often an original may be put into the consume directory; 0 to report only.
    """

    age: float
    attempts: int


@dataclass(frozen=True)
class Note:
    """What is known of an entry: how it was when it was seen, and what was tried.

    Attributes:
        changed: When it was changed last.
        attempts: How often it was put into the consume directory.
        tried: When that was done last.
        copies: Names of the copies there.
        deliveries: When workers took its task, as far as runs have seen.
    """

    changed: float
    attempts: int = 0
    tried: float = 0
    copies: tuple[str, ...] = ()
    deliveries: tuple[float, ...] = ()


class Rescue:
    """One run over the scratch directory."""

    def __init__(
        self, scratch: Path, consume: Path, *, messages: list[Message], documents: Documents, limits: Limits, now: float
    ) -> None:
        self._scratch = scratch
        self._consume = consume
        self._messages = messages
        self._documents = documents
        self._limits = limits
        self._now = now
        self._notes = scratch / _FOLDER / "notes"
        self._stopped = scratch / _FOLDER / "stopped"
        self.report = Report()

    def run(self) -> Report:
        """Look at every entry once."""
        self._notes.mkdir(parents=True, exist_ok=True)
        entries = {entry.name: entry for entry in sorted(self._scratch.iterdir())}
        for path in self._notes.iterdir():
            if path.name not in entries:
                path.unlink()
        for entry in entries.values():
            try:
                self._look_at(entry)
            except FileNotFoundError:
                # What vanishes while it is looked at has found its way.
                continue
            except PermissionError as error:
                say(f"not looked at: {entry.name}: {one_line(error)}")
        if self._stopped.is_dir():
            self.report.stopped = self._names(sorted(self._stopped.iterdir()))
        for name in self.report.stopped:
            say(f"stopped: {name}; workers took it {_DELIVERIES + 1} times and were lost with it, perhaps for memory")
        return self.report

    def _look_at(self, entry: Path) -> None:
        what = kind(entry)
        if what is Kind.KEPT:
            return
        last = changed(entry)
        if self._now - last < self._limits.age:
            return
        tasks = [message for message in self._messages if message.refers_to(entry.name)]
        if tasks:
            self._count_deliveries(entry, [message.taken for message in tasks if message.taken is not None])
            return
        note = self._read(entry.name)
        if note is None or note.changed != last:
            self._write(entry.name, Note(changed=last))
            return
        if what is Kind.WORKING:
            self._remove(entry, "left by a task that ended")
            return
        missing = [file for file in files(entry) if not self._documents.has(checksum(file, self._documents.algorithm))]
        if not missing:
            self._remove(entry, "its document is stored")
        elif not self._limits.attempts:
            self.report.lost += self._names(missing)
            say(f"lost: {', '.join(self._names(missing))}; no task refers to it and no document has its checksum")
        else:
            self._retry(entry, note, missing)

    def _count_deliveries(self, entry: Path, taken: list[float]) -> None:
        note = self._read(entry.name) or Note(changed=0)
        deliveries = tuple(sorted({*note.deliveries, *taken}))
        if deliveries == note.deliveries:
            return
        self._write(entry.name, replace(note, deliveries=deliveries))
        if len(deliveries) > _DELIVERIES:
            self._stopped.mkdir(exist_ok=True)
            entry.rename(self._stopped / entry.name)

    def _retry(self, entry: Path, note: Note, missing: list[Path]) -> None:
        left = [self._consume / name for name in note.copies if (self._consume / name).exists()]
        if left and self._now - note.tried < self._limits.age:
            say(f"waiting for the consumer: {', '.join(path.name for path in left)}")
            return
        for name in note.copies:
            # Its task has failed, and the consumer takes a file up once.
            (self._consume / name).unlink(missing_ok=True)
            _hidden(self._consume / name).unlink(missing_ok=True)
        if note.attempts >= self._limits.attempts:
            self.report.given_up += self._names(missing)
            say(f"given up after {note.attempts} tries: {', '.join(self._names(missing))}; it stays where it is")
            return
        targets = self._targets(entry, missing)
        copies = tuple(target.name for target in targets)
        note = replace(note, attempts=note.attempts + 1, tried=self._now, copies=copies)
        self._write(entry.name, note)
        for file, target in zip(missing, targets, strict=True):
            # The consumer sees the renamed file whole.
            shutil.copyfile(file, _hidden(target))
            _hidden(target).rename(target)
        self.report.retried += self._names(missing)
        say(f"try {note.attempts} of {self._limits.attempts}: put into the consume directory: {', '.join(copies)}")

    def _targets(self, entry: Path, originals: list[Path]) -> list[Path]:
        """Return where copies go: under their own names, unless those are taken."""
        taken = {path.name for path in self._consume.iterdir()}
        targets: list[Path] = []
        for file in originals:
            others = (f"{file.stem}-{entry.name}-{number}{file.suffix}" for number in itertools.count(1))
            name = next(name for name in itertools.chain([file.name], others) if name not in taken)
            taken.add(name)
            targets.append(self._consume / name)
        return targets

    def _names(self, paths: list[Path]) -> list[str]:
        return [str(path.relative_to(self._scratch)) for path in paths]

    def _remove(self, entry: Path, why: str) -> None:
        remove(entry)
        (self._notes / entry.name).unlink(missing_ok=True)
        self.report.removed.append(entry.name)
        say(f"removed {entry.name}: {why}")

    def _read(self, name: str) -> Note | None:
        try:
            values: dict[str, Any] = json.loads((self._notes / name).read_text(encoding="utf-8"))
            values |= {name: tuple(values[name]) for name in ("copies", "deliveries")}
            return Note(**values)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _write(self, name: str, note: Note) -> None:
        _replace(self._notes / name, json.dumps(asdict(note)))


def _hidden(path: Path) -> Path:
    """The name of a file that is not whole yet; the consumer does not look at hidden ones."""
    return path.with_name(f".{path.name}.part")


@contextlib.contextmanager
def locked(scratch: Path) -> Generator[bool]:
    """Keep a second run out; gives whether this one is alone."""
    folder = scratch / _FOLDER
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.rename(path)


class StoredDocuments:
    """The application's own table."""

    def __init__(self, connection: Connection, algorithm: str) -> None:
        self._connection = connection
        self.algorithm = algorithm

    def has(self, checksum: str) -> bool:
        """Return whether there is a document with this checksum, also in the trash."""
        query = "SELECT 1 FROM documents_document WHERE checksum = %s OR archive_checksum = %s LIMIT 1"
        with self._connection.cursor() as cursor:
            cursor.execute(query, (checksum, checksum))
            return cursor.fetchone() is not None


def _messages() -> list[Message]:
    prefix = os.environ.get("PAPERLESS_REDIS_PREFIX", "")
    client: Any = redis.Redis.from_url(os.environ["PAPERLESS_REDIS"], socket_timeout=30)  # pyright: ignore[reportUnknownMemberType]
    first = messages(client, prefix)
    time.sleep(_PAUSE_SECONDS)
    return first + messages(client, prefix)


def main() -> int:
    """Run in a pod."""
    end_at_sigterm()
    database = engine()
    scratch = Path(os.environ["PAPERLESS_SCRATCH_DIR"])
    limits = Limits(
        age=_VISIBILITY_TIMEOUT_SECONDS + float(os.environ["PAPERLESS_WORKER_TIMEOUT"]),
        attempts=int(os.environ["RESCUE_ATTEMPTS"]),
    )
    with locked(scratch) as alone:
        if not alone:
            say("another run is at work")
            return 0
        try:
            with contextlib.closing(database.connect()) as connection:
                found = _messages()
                now = time.time()
                consume = Path(os.environ["PAPERLESS_CONSUMPTION_DIR"])
                documents = StoredDocuments(connection, os.environ["RESCUE_CHECKSUM"])
                rescue = Rescue(scratch, consume, messages=found, documents=documents, limits=limits, now=now)
                report = rescue.run()
        except (database.error, redis.RedisError) as error:
            say(f"nothing was looked at: {one_line(error)}; the next run tries again")
            return 1
        _replace(scratch / _FOLDER / "metrics.prom", metrics(report, now))
        counts = {name: len(names) for name, names in asdict(report).items()}
        say(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items()))
        return report.status


if __name__ == "__main__":
    sys.exit(main())
