"""Rescue: nothing that anybody may still need is touched, and nothing is left unseen."""

from __future__ import annotations

import base64
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from messages import Message, messages
from report import metrics
from rescue import Limits, Rescue, locked
from scratch import Kind, checksum, kind

NOW = 1_800_000_000.0
AGE = 5400.0


class Stored:
    algorithm = "sha256"

    def __init__(self):
        self.checksums = set()

    def has(self, checksum):
        return checksum in self.checksums


class World:
    """A scratch directory, a consume directory, messages, documents, and a clock."""

    def __init__(self, folder):
        self.scratch = folder / "scratch"
        self.consume = folder / "consume"
        self.scratch.mkdir()
        self.consume.mkdir()
        self.messages = []
        self.stored = Stored()
        self.now = NOW
        self.attempts = 0

    def leave(self, path, content="a document", age=2 * AGE):
        """Have a file, or an empty folder, of an age."""
        target = self.scratch / path
        if content is None:
            target.mkdir(parents=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
        for entry in (target, *target.parents):
            if entry == self.scratch:
                break
            os.utime(entry, (self.now - age, self.now - age))
        return target

    def run(self, hours=1):
        self.now += hours * 3600
        limits = Limits(age=AGE, attempts=self.attempts)
        return Rescue(
            self.scratch, self.consume, messages=self.messages, documents=self.stored, limits=limits, now=self.now
        ).run()

    def run_twice(self):
        self.run()
        return self.run()

    def left(self):
        return {entry.name for entry in self.scratch.iterdir() if not entry.name.startswith(".")}


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("tmpab12/scan.pdf", "x", Kind.ORIGINAL),
        ("paperless-mail-ab12/invoice.pdf", "x", Kind.ORIGINAL),
        ("paperless-mail-ab12.eml", "x", Kind.ORIGINAL),
        ("paperless-barcode-split-ab12/page.pdf", "x", Kind.ORIGINAL),
        ("something-new", "x", Kind.ORIGINAL),
        ("tmpab12", None, Kind.WORKING),
        ("paperless-ngxab12/scan.pdf", "x", Kind.WORKING),
        ("paperless-ab12/archive.pdf", "x", Kind.WORKING),
        ("tmpab12-compressed-archive", "x", Kind.WORKING),
        ("double-sided-staging.pdf", "x", Kind.KEPT),
        ("lost+found", None, Kind.KEPT),
        (".cdk8s-paperless-ngx/lock", "x", Kind.KEPT),
    ],
)
def test_what_an_entry_is(world, path, content, expected):
    world.leave(path, content)

    assert kind(world.scratch / path.split("/")[0]) is expected


def test_lost_original_is_reported_and_stays(world):
    """It may be the only copy; somebody has to look, so the Job fails."""
    world.leave("tmpab12/scan.pdf")
    report = world.run_twice()

    assert (report.lost, report.status) == (["tmpab12/scan.pdf"], 1)
    assert world.left() == {"tmpab12"}


def test_stored_original_is_removed(world):
    """The document was consumed by another delivery of its task."""
    file = world.leave("tmpab12/scan.pdf")
    world.stored.checksums.add(checksum(file, "sha256"))
    report = world.run_twice()

    assert (report.removed, report.lost, report.status) == (["tmpab12"], [], 0)
    assert world.left() == set()


def test_every_file_of_a_folder_counts(world):
    stored = world.leave("paperless-barcode-split-ab/1.pdf", "one")
    world.leave("paperless-barcode-split-ab/2.pdf", "two")
    world.stored.checksums.add(checksum(stored, "sha256"))

    assert world.run_twice().lost == ["paperless-barcode-split-ab/2.pdf"]
    assert world.left() == {"paperless-barcode-split-ab"}


def test_working_files_are_removed(world):
    world.leave("paperless-ngxab12/scan.pdf")
    world.leave("tmpab12", None)

    assert sorted(world.run_twice().removed) == ["paperless-ngxab12", "tmpab12"]


def test_young_entries_are_left_alone(world):
    """A task may still come back: the visibility timeout and the task limit are not over."""
    world.leave("tmpab12/scan.pdf", age=AGE - 2 * 3600 - 1)
    world.leave("paperless-ngxab12/scan.pdf", age=AGE - 2 * 3600 - 1)
    report = world.run_twice()

    assert (report.lost, report.removed) == ([], [])


def test_entry_that_a_task_refers_to_is_left_alone(world):
    """However old it is: the worker may be slow, or the queue long."""
    world.leave("tmpab12/scan.pdf")
    world.messages = [Message(b"... /usr/src/paperless/scratch/tmpab12/scan.pdf ...")]
    report = world.run_twice()

    assert (report.lost, report.removed) == ([], [])


def test_clock_that_jumps_makes_no_document_lost(world):
    """An upload on its way looks old of a sudden; only the next run acts, and by then it is gone or referred to."""
    world.leave("tmpab12/scan.pdf", age=0)
    report = world.run(hours=24 * 365)
    assert (report.lost, report.removed) == ([], [])
    world.messages = [Message(b"tmpab12")]
    assert world.run().lost == []


def test_entry_that_changes_is_seen_anew(world):
    file = world.leave("tmpab12/scan.pdf")
    world.run()
    file.write_text("more", encoding="utf-8")
    os.utime(file, (world.now - 1.5 * AGE, world.now - 1.5 * AGE))

    assert world.run().lost == []
    assert world.run().lost == ["tmpab12/scan.pdf"]


def test_damaged_note_is_written_anew(world):
    world.leave("tmpab12/scan.pdf")
    world.run()
    note = world.scratch / ".cdk8s-paperless-ngx" / "notes" / "tmpab12"
    note.write_text('{"changed": ', encoding="utf-8")

    assert world.run().lost == []
    assert world.run().lost == ["tmpab12/scan.pdf"]


def test_notes_on_what_is_gone_are_removed(world):
    world.leave("tmpab12/scan.pdf").unlink()
    (world.scratch / "tmpab12").rmdir()
    world.leave("tmpcd34/scan.pdf")
    world.run()
    (world.scratch / "tmpcd34" / "scan.pdf").unlink()
    (world.scratch / "tmpcd34").rmdir()
    world.run()

    assert list((world.scratch / ".cdk8s-paperless-ngx" / "notes").iterdir()) == []


def test_retry_puts_a_copy_into_the_consume_directory(world):
    """A copy: the original stays until the document is stored."""
    world.attempts = 2
    file = world.leave("tmpab12/scan.pdf")
    report = world.run_twice()

    assert (report.retried, report.lost, report.status) == (["tmpab12/scan.pdf"], [], 0)
    assert [(path.name, path.read_text()) for path in world.consume.iterdir()] == [("scan.pdf", "a document")]
    assert file.exists()

    (world.consume / "scan.pdf").unlink()
    world.stored.checksums.add(checksum(file, "sha256"))
    assert world.run().removed == ["tmpab12"]
    assert list(world.consume.iterdir()) == []


def test_copy_gets_time_to_be_consumed(world):
    world.attempts = 2
    world.leave("tmpab12/scan.pdf")
    world.run_twice()
    report = world.run(hours=1)

    assert (report.retried, report.given_up) == ([], [])
    assert [path.name for path in world.consume.iterdir()] == ["scan.pdf"]


def test_retries_end(world):
    """A document that kills its worker every time must be seen, not tried for ever."""
    world.attempts = 2
    world.leave("tmpab12/scan.pdf")
    world.run()
    reports = [world.run(hours=2) for _ in range(4)]

    assert [report.retried for report in reports] == [["tmpab12/scan.pdf"]] * 2 + [[]] * 2
    assert [report.status for report in reports] == [0, 0, 1, 1]
    assert reports[-1].given_up == ["tmpab12/scan.pdf"]
    assert world.left() == {"tmpab12"}
    assert list(world.consume.iterdir()) == [], "the last copy would be tried at the consumer's next start"


def test_try_is_counted_before_it_is_made(world, monkeypatch):
    """A run that dies while it copies has tried."""
    world.attempts = 1
    world.leave("tmpab12/scan.pdf")
    world.run()
    monkeypatch.setattr("shutil.copyfile", lambda *_: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space left"):
        world.run()
    monkeypatch.undo()

    assert world.run().given_up == ["tmpab12/scan.pdf"]


def test_copy_never_replaces_a_file(world):
    world.attempts = 1
    world.leave("tmpab12/scan.pdf")
    (world.consume / "scan.pdf").write_text("another document", encoding="utf-8")
    world.run_twice()

    assert (world.consume / "scan.pdf").read_text() == "another document"
    assert (world.consume / "scan-tmpab12-1.pdf").read_text() == "a document"


def test_same_name_twice_in_one_folder(world):
    world.attempts = 1
    world.leave("tmpab12/one/scan.pdf", "one")
    world.leave("tmpab12/two/scan.pdf", "two")
    world.run_twice()

    assert sorted(path.read_text() for path in world.consume.iterdir()) == ["one", "two"]


def test_entry_of_somebody_else_hides_no_other(world, monkeypatch):
    world.leave("tmpab12/scan.pdf")
    world.leave("tmpcd34/scan.pdf")
    monkeypatch.setattr(
        "rescue.checksum", lambda file, algorithm: checksum(file, algorithm) if "cd34" in str(file) else deny()
    )

    assert world.run_twice().lost == ["tmpcd34/scan.pdf"]


def deny():
    raise PermissionError(13, "Permission denied")


def test_second_run_at_once_is_kept_out(world):
    """`kubectl create job` beside the schedule; the lock is the file system's, so it ends with its process."""
    program = "import sys, rescue, pathlib\nwith rescue.locked(pathlib.Path(sys.argv[1])) as alone: print(alone)"

    def other():
        done = subprocess.run(
            [sys.executable, "-c", program, str(world.scratch)],
            env=os.environ | {"PYTHONPATH": str(Path(sys.modules["rescue"].__file__).parent)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    with locked(world.scratch) as alone:
        assert alone
        assert other() == "False"
    assert other() == "True"


def test_metrics(world):
    world.leave("tmpab12/scan.pdf")
    text = metrics(world.run_twice(), NOW)

    assert "\npaperless_ngx_rescue_lost 1\n" in text
    assert "\npaperless_ngx_rescue_given_up 0\n" in text
    assert text.count("# TYPE") == 6


def test_document_that_kills_its_workers_is_stopped(world):
    """Redis gives its task to a worker each hour, for ever; with the file put aside the next one fails and ends it."""
    world.leave("tmpab12/scan.pdf")
    for hour in range(4):
        world.messages = [Message(b"tmpab12", taken=NOW + hour * 3600)]
        # A second look at the same delivery counts nothing.
        world.run(hours=0)
        report = world.run(hours=1)
        if hour < 3:
            assert (report.stopped, world.left()) == ([], {"tmpab12"})

    assert world.left() == set()
    assert (report.stopped, report.status) == ([".cdk8s-paperless-ngx/stopped/tmpab12"], 1)
    assert (world.scratch / report.stopped[0] / "scan.pdf").read_text() == "a document"
    world.messages = []
    assert world.run_twice().stopped == report.stopped, "it is named until somebody takes it away"


def test_document_that_waits_long_is_not_stopped(world):
    world.leave("tmpab12/scan.pdf")
    world.messages = [Message(b"tmpab12")]
    for _ in range(10):
        world.run()

    assert world.left() == {"tmpab12"}


class StandInRedis:
    """Lists, hashes and sorted sets, read in one transaction as by redis-py."""

    def __init__(self, lists=None, hashes=None, sets=None):
        self.lists, self.hashes, self.sets, self.answers = lists or {}, hashes or {}, sets or {}, []

    def pipeline(self, *, transaction):
        assert transaction
        return self

    def lrange(self, key, _first, _last):
        self.answers.append(self.lists.get(key, []))

    def hgetall(self, key):
        self.answers.append(self.hashes.get(key, {}))

    def zrange(self, key, _first, _last, *, withscores):
        assert withscores
        self.answers.append(self.sets.get(key, []))

    def execute(self):
        return self.answers


def body_of(path):
    body = base64.b64encode(pickle.dumps(([{"original_file": PurePosixPath(path)}], {}, {}))).decode()
    return {"body": body, "content-encoding": "binary", "headers": {"task": "documents.tasks.consume_file"}}


@pytest.mark.parametrize("prefix", ["", "docs:"])
def test_messages_of_every_key_are_read(prefix):
    """Waiting, of whatever priority; in work; and with another instance's prefix none."""
    client = StandInRedis(
        {
            f"{prefix}celery": [json.dumps(body_of("/scratch/tmpwaiting/a.pdf")).encode()],
            f"{prefix}celery\x06\x169": [json.dumps(body_of("/scratch/tmpurgent/a.pdf")).encode()],
            "other:celery": [json.dumps(body_of("/scratch/tmpother/a.pdf")).encode()],
        },
        {f"{prefix}unacked": {b"tag": json.dumps([body_of("/scratch/tmprunning/a.pdf"), "", "celery"]).encode()}},
        {f"{prefix}unacked_index": [(b"tag", 12.5)]},
    )
    found = messages(client, prefix)

    def taken(name):
        return [message.taken for message in found if message.refers_to(name)]

    assert taken("tmpwaiting") == [None]
    assert taken("tmpurgent") == [None]
    assert taken("tmprunning") == [12.5]
    assert taken("tmpother") == []


def test_message_of_another_kind_is_taken_as_it_is():
    (message,) = messages(StandInRedis({"celery": [b"tmpab12 and no JSON"]}), "")

    assert message.refers_to("tmpab12")
