"""Rescue: finds documents that no task will store any more, names them, and keeps them.

Nothing is moved and nothing overwritten. Removed are working files alone, whose task has ended: older than any task can
be (Redis's visibility timeout and the task limit), no message in the broker with their name, and seen just so by an
earlier run: a clock that jumps makes a file old, but not seen before. A lock keeps a second run out.

Named are, once they are as old and were seen before:

* originals in scratch that no message refers to;
* files in the consume directory that no message refers to: their task failed, and the consumer takes a file up once;
* originals in media that no document has: a process died between removing the original and the commit;
* what the redelivery has put aside, as workers were lost with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import redis
from deliveries import Deliveries
from engines import engine
from log import end_at_sigterm, one_line, say
from messages import References, messages
from report import NOTHING_LOOKED_AT, Report, metrics
from scratch import Kind, changed, checksum, kind, originals, remove
from stored import Documents, StoredDocuments

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

_VISIBILITY_TIMEOUT_SECONDS = 3600
"""After which Redis gives a task that was not acknowledged to another worker; the image's settings pin it."""
_FOLDER = ".cdk8s-paperless-ngx"
"""Inside scratch: the lock, what was seen, the metrics."""
_PAUSE_SECONDS = 2
"""Between two looks at the broker: a message that a worker is just taking is for a moment in no key."""
_OVERDUE_SECONDS = 600
"""After which a try that is due and not queued again shows that the redelivery does not run."""
_BATCH = 500

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Directories:
    """Where documents may lie.

    Attributes:
        scratch: Uploads, attachments, working files.
        consume: Files that the consumer takes up; None where it is not mounted.
        originals: Those of stored documents; None where media is not mounted.
    """

    scratch: Path
    consume: Path | None
    originals: Path | None


class Seen:
    """How entries were when a run saw them last, in one file: an entry's name may be as long as a name can be."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before = self._read()
        self._now: dict[str, float] = {}

    def before(self, name: str, last: float) -> bool:
        """Return whether an entry was there in an earlier run, and is still as it was."""
        self._now[name] = last
        return self._before.get(name) == last

    def write(self) -> None:
        """Keep it for the next run; a full disk keeps what the last run saw."""
        try:
            self._file.parent.mkdir(exist_ok=True)
            replace(self._file, json.dumps(self._now))
        except OSError as error:
            say(f"what was seen is not written down: {one_line(error)}; the next run finds less")

    def _read(self) -> dict[str, float]:
        try:
            values = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return values if isinstance(values, dict) else {}  # pyright: ignore[reportUnknownVariableType]


class Rescue:
    """One run."""

    def __init__(
        self,
        directories: Directories,
        *,
        look: Callable[[References], None],
        documents: Documents,
        age: float,
        now: float,
    ) -> None:
        """Take what is needed.

        Args:
            directories: Where to look.
            look: Shows all messages to what it is given, twice.
            documents: What is stored.
            age: Seconds that a file must have been left alone.
            now: In seconds since 1970.
        """
        self._directories = directories
        self._look = look
        self._documents = documents
        self._age = age
        self._now = now
        self._seen = Seen(directories.scratch / _FOLDER / "seen.json")
        self.report = Report()

    def run(self) -> Report:
        """Look at everything once."""
        scratch = {entry.name: entry for entry in self._old(self._scratch())}
        consume = {str(file): file for file in self._old(self._consume())}
        references = References(scratch, consume)
        if scratch or consume:
            self._look(references)
        for name, entry in scratch.items():
            if name not in references.names:
                self._careful(entry, self._judge)
        for path, file in consume.items():
            if path not in references.files:
                self.report.forgotten.append(shown(file.relative_to(self._directories.consume or file)))
        for name in self.report.forgotten:
            say(f"forgotten in the consume directory: {name}; no task refers to it, and no consumer will take it up")
        self._find_orphans()
        self._seen.write()
        return self.report

    def _scratch(self) -> Iterator[Path]:
        return (entry for entry in sorted(self._directories.scratch.iterdir()) if kind(entry) is not Kind.KEPT)

    def _consume(self) -> Iterator[Path]:
        folder = self._directories.consume
        if folder is None or not folder.is_dir():
            return
        for directory, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (Path(directory, name) for name in sorted(names) if not name.startswith("."))

    def _old(self, entries: Iterable[Path]) -> Iterator[Path]:
        """Give those that were left alone for long enough, and that an earlier run saw so."""
        for entry in entries:
            if self._careful(entry, self._is_old):
                yield entry

    def _is_old(self, entry: Path) -> bool:
        last = changed(entry)
        return self._seen.before(str(entry), last) and self._now - last >= self._age

    def _careful(self, entry: Path, action: Callable[[Path], _Result]) -> _Result | None:
        """Do something with one entry; what cannot be done with it hides no other."""
        try:
            return action(entry)
        except FileNotFoundError:
            # What vanishes while it is looked at has found its way.
            return None
        except OSError as error:
            self.report.skipped.append(shown(entry.name))
            say(f"not looked at: {shown(entry.name)}: {one_line(error)}")
            return None

    def _judge(self, entry: Path) -> None:
        what = kind(entry)
        if what is Kind.WORKING:
            if entry.is_dir() and not any(entry.iterdir()):
                # Each upload leaves one, so none is named; and this fails where something came into it meanwhile.
                entry.rmdir()
            else:
                remove(entry)
                say(f"removed {shown(entry.name)}: left by a task that ended")
            self.report.removed.append(shown(entry.name))
            return
        for file in originals(entry):
            name = shown(file.relative_to(self._directories.scratch))
            if self._documents.has(checksum(file, self._documents.algorithm)):
                self.report.stored.append(name)
                say(f"stored: {name}; it may be deleted")
            elif what is Kind.ORIGINAL or not self._is_elsewhere(file):
                self.report.lost.append(name)
                say(f"lost: {name}; no task refers to it and no document has its checksum")

    def _is_elsewhere(self, copy: Path) -> bool:
        """Return whether the original of a working copy is there, by its name and content."""
        others = (
            file
            for entry in self._directories.scratch.iterdir()
            if kind(entry) is Kind.ORIGINAL
            for file in originals(entry)
        )
        size = copy.stat().st_size
        digest = checksum(copy, self._documents.algorithm)
        return any(
            file.stat().st_size == size and checksum(file, self._documents.algorithm) == digest
            for file in itertools.chain(others, self._consume())
        )

    def _find_orphans(self) -> None:
        folder = self._directories.originals
        if folder is None or not folder.is_dir():
            return
        found = self._old(path for path in _files(folder))
        while batch := list(itertools.islice(found, _BATCH)):
            names = {os.fsencode(path.relative_to(folder)).decode(errors="replace"): path for path in batch}
            for name in self._documents.without_document(list(names)):
                self._careful(names[name], self._name_orphan)

    def _name_orphan(self, file: Path) -> None:
        name = shown(file.relative_to(self._directories.originals or file))
        if self._documents.has(checksum(file, self._documents.algorithm)):
            say(f"in media without a document, but stored: {name}; it may be deleted")
            self.report.stored.append(name)
            return
        self.report.orphans.append(name)
        say(f"in media without a document: {name}; to have it consumed, in a worker: {_consume_command(file)}")


def _files(folder: Path) -> Iterator[Path]:
    for directory, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(directory, name) for name in sorted(names) if not name.startswith("."))


def _consume_command(file: Path) -> str:
    quoted = "'" + shown(file).replace("'", "'\\''") + "'"
    return f'cp --no-clobber {quoted} "$PAPERLESS_CONSUMPTION_DIR"'


def shown(path: Path | str) -> str:
    """Return a name for a log: one line, whatever bytes it is of."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


@contextlib.contextmanager
def locked(scratch: Path) -> Generator[bool]:
    """Keep a second run out; gives whether this one is alone."""
    folder = scratch / _FOLDER
    try:
        folder.mkdir(exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError as error:
        # As on a disk that has no room for another file; two runs at once name everything twice, and no more.
        say(f"without a lock: {one_line(error)}")
        yield True
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        OSError: The disk is full, say; the old file is as it was.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.rename(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def look_twice(client: redis.Redis, prefix: str, pause: float = _PAUSE_SECONDS) -> Callable[[References], None]:
    """Return what shows all messages of a broker, in two looks."""

    def look(references: References) -> None:
        for look in range(2):
            time.sleep(pause if look else 0)
            for message in messages(client, prefix):
                references.take(message)

    return look


def name_stopped(report: Report, deliveries: Deliveries) -> None:
    """Name what the redelivery, or a worker, has put aside, and what should have been queued again long ago."""
    for tag, described in deliveries.aside().items():
        report.stopped.append(tag)
        say(f"put aside: {shown(described)}; tag {tag}")
    for described in deliveries.overdue(_OVERDUE_SECONDS):
        report.stopped.append(described)
        say(f"waits for the redelivery, which does not run: {shown(described)}")


def main() -> int:
    """Run in a pod."""
    end_at_sigterm()
    database = engine()
    scratch = Path(os.environ["PAPERLESS_SCRATCH_DIR"])
    media = os.environ.get("PAPERLESS_MEDIA_ROOT")
    directories = Directories(
        scratch,
        consume=Path(os.environ["PAPERLESS_CONSUMPTION_DIR"]) if "PAPERLESS_CONSUMPTION_DIR" in os.environ else None,
        originals=Path(media, "documents", "originals") if media else None,
    )
    client: Any = redis.Redis.from_url(os.environ["PAPERLESS_REDIS"], socket_timeout=30)  # pyright: ignore[reportUnknownMemberType]
    prefix = os.environ.get("PAPERLESS_REDIS_PREFIX", "")
    with locked(scratch) as alone:
        if not alone:
            say("another run is at work")
            return 0
        try:
            with contextlib.closing(database.connect()) as connection:
                now = time.time()
                rescue = Rescue(
                    directories,
                    look=look_twice(client, prefix),
                    documents=StoredDocuments(connection, os.environ["RESCUE_CHECKSUM"]),
                    age=_VISIBILITY_TIMEOUT_SECONDS + float(os.environ["PAPERLESS_WORKER_TIMEOUT"]),
                    now=now,
                )
                report = rescue.run()
            deliveries = Deliveries(client, prefix)
            name_stopped(report, deliveries)
            redelivery = deliveries.counts()
        except (database.error, redis.RedisError) as error:
            say(f"not all was looked at: {one_line(error)}; the next run tries again")
            return NOTHING_LOOKED_AT
        with contextlib.suppress(OSError):
            replace(scratch / _FOLDER / "metrics.prom", metrics(report, redelivery, now))
        say(", ".join(f"{name}: {count}" for name, count in report.counts().items()))
        return report.status


if __name__ == "__main__":
    sys.exit(main())
