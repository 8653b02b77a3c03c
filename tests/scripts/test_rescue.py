"""Rescue: it names what nobody else will find, and nothing that anybody may still need is touched."""

from __future__ import annotations

import base64
import errno
import json
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath

import pytest
import rescue
from deliveries import KEYS, Deliveries
from messages import Message, References, messages
from report import NOTHING_LOOKED_AT, Report, metrics
from rescue import Directories, Rescue, locked, look_twice, name_stopped
from scratch import Kind, checksum, kind
from stored import StoredDocuments

NOW = 1_800_000_000.0
AGE = 5400.0
LONGEST = "x" * 251 + ".pdf"


class Stored:
    algorithm = "sha256"

    def __init__(self):
        self.checksums = set()
        self.filenames = set()

    def has(self, checksum):
        return checksum in self.checksums

    def without_document(self, names):
        return [name for name in names if name not in self.filenames]


class World:
    """Scratch, consume and media, messages, documents, and a clock."""

    def __init__(self, folder):
        self.scratch = folder / "scratch"
        self.consume = folder / "consume"
        self.originals = folder / "media" / "documents" / "originals"
        for directory in (self.scratch, self.consume, self.originals):
            directory.mkdir(parents=True)
        self.messages = []
        self.stored = Stored()
        self.now = NOW

    def leave(self, path, content="a document", age=2 * AGE, *, below=None):
        """Have a file, or an empty folder, of an age."""
        below = below or self.scratch
        target = below / path
        if content is None:
            target.mkdir(parents=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
        for entry in (target, *target.parents):
            if entry == below:
                break
            os.utime(entry, (self.now - age, self.now - age))
        return target

    def look(self, references):
        for message in self.messages:
            references.take(message)

    def run(self, hours=1):
        self.now += hours * 3600
        directories = Directories(self.scratch, self.consume, self.originals)
        return Rescue(directories, look=self.look, documents=self.stored, age=AGE, now=self.now).run()

    def run_twice(self):
        self.run()
        return self.run()

    def everything(self):
        """All files with their content, but for what the rescue writes for itself."""
        folder = self.scratch.parent
        own = self.scratch / ".cdk8s-paperless-ngx"
        return {
            str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
            for path in sorted(folder.rglob("*"))
            if own not in (path, *path.parents)
        }


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("tmpab12cd34/scan.pdf", "x", Kind.ORIGINAL),
        ("tmpab12cd34/barcode.pdf", "x", Kind.ORIGINAL),
        ("tmpab12cd34/archive.zip", "x", Kind.ORIGINAL),
        ("paperless-mail-ab12cd34/invoice.pdf", "x", Kind.ORIGINAL),
        ("paperless-mail-ab12cd34.eml", "x", Kind.ORIGINAL),
        ("paperless-barcode-split-ab12cd34/page.pdf", "x", Kind.ORIGINAL),
        ("something-new", "x", Kind.ORIGINAL),
        ("something.zip", "x", Kind.ORIGINAL),
        ("tmpab12cd34/unknown/scan.pdf", "x", Kind.ORIGINAL),
        ("tmpab12cd34", None, Kind.WORKING),
        ("paperless-barcode-split-ab12cd34", None, Kind.WORKING),
        ("tmpab12cd34/barcodeab12cd34/scan_document_0.pdf", "x", Kind.WORKING),
        ("tmpab12cd34.zip", "x", Kind.WORKING),
        ("tmpab12cd34-compressed-archive", "x", Kind.WORKING),
        ("paperless-ngxab12cd34/scan.pdf", "x", Kind.COPY),
        ("paperless-ngxab12cd34", None, Kind.WORKING),
        ("paperless-ab12cd34/archive.pdf", "x", Kind.WORKING),
        ("double-sided-staging.pdf", "x", Kind.KEPT),
        ("lost+found", None, Kind.KEPT),
        (".cdk8s-paperless-ngx/lock", "x", Kind.KEPT),
    ],
)
def test_what_an_entry_is(world, path, content, expected):
    world.leave(path, content)

    assert kind(world.scratch / path.split("/")[0]) is expected


def test_lost_original_is_named_and_stays(world):
    """It may be the only copy; somebody has to look, so the Job fails."""
    world.leave("tmpab12cd34/scan.pdf")
    before = world.everything()
    report = world.run_twice()

    assert (report.lost, report.status) == (["tmpab12cd34/scan.pdf"], 1)
    assert world.everything() == before


def test_nothing_in_consume_is_ever_touched(world):
    """A new `scan.pdf` of somebody else has the name of the lost one, and files appear while the rescue runs."""
    world.leave("tmpab12cd34/scan.pdf", "lost")
    world.leave("scan.pdf", "new, of somebody else", age=0, below=world.consume)
    world.leave(".scan.pdf.part", "of somebody else", below=world.consume)
    before = world.everything()
    for _ in range(10):
        world.run()

    assert world.everything() == before


def test_original_whose_document_is_stored_is_named_and_stays(world, capsys):
    """It may be deleted, by somebody; nothing fails for it."""
    file = world.leave("tmpab12cd34/scan.pdf")
    world.stored.checksums.add(checksum(file, "sha256"))
    report = world.run_twice()

    assert (report.stored, report.lost, report.status) == (["tmpab12cd34/scan.pdf"], [], 0)
    assert "stored: tmpab12cd34/scan.pdf; it may be deleted" in capsys.readouterr().out
    assert file.exists()


def test_document_in_the_trash_is_not_stored():
    """From there it vanishes, and the upload may be the only one then."""
    asked = []

    class Cursor:
        def __enter__(self):
            return self

        def __exit__(self, *_error):
            pass

        def execute(self, statement, parameters):
            asked.append((statement, parameters))

        def fetchone(self):
            return None

    class Connection:
        def cursor(self):
            return Cursor()

    assert not StoredDocuments(Connection(), "sha256").has("abc")
    assert "AND deleted_at IS NULL" in asked[0][0]
    assert StoredDocuments(Connection(), "sha256").without_document(["a.pdf"]) == ["a.pdf"]
    assert "deleted_at" not in asked[1][0], "a file of a document in the trash is no orphan"


def test_page_of_a_barcode_split_is_named_alone(world):
    """Four pages of one folder are four tasks; that one failed says nothing of the others."""
    one = world.leave("paperless-barcode-split-ab12cd34/1.pdf", "one")
    world.leave("paperless-barcode-split-ab12cd34/2.pdf", "two")
    world.stored.checksums.add(checksum(one, "sha256"))

    assert world.run_twice().lost == ["paperless-barcode-split-ab12cd34/2.pdf"]
    assert sorted(path.name for path in (world.scratch / "paperless-barcode-split-ab12cd34").iterdir()) == [
        "1.pdf",
        "2.pdf",
    ]


def test_folder_whose_pages_workers_take_one_after_the_other_stays(world):
    """It was once taken for a document that kills its workers, as each page is a delivery of its own."""
    world.leave("paperless-barcode-split-ab12cd34/1.pdf")
    before = world.everything()
    world.messages = [Message(b"paperless-barcode-split-ab12cd34")]
    for _ in range(10):
        world.run()

    assert world.everything() == before


def test_leftovers_of_a_killed_task_are_no_documents(world):
    """Pages that were not queued yet, and archives of stored documents."""
    world.leave("tmpab12cd34/barcodeef56gh78/scan_document_0.pdf")
    world.leave("tmpij90kl12.zip")
    world.leave("paperless-mn34op56/archive.pdf")
    report = world.run_twice()

    assert sorted(report.removed) == ["paperless-mn34op56", "tmpab12cd34", "tmpij90kl12.zip"]
    assert report.lost == []


def test_working_copy_beside_its_original_is_no_document(world):
    world.leave("tmpab12cd34/scan.pdf")
    world.leave("paperless-ngxef56gh78/scan.pdf")

    assert world.run_twice().lost == ["tmpab12cd34/scan.pdf"]
    assert (world.scratch / "paperless-ngxef56gh78" / "scan.pdf").exists()


def test_working_copy_without_an_original_is_lost(world):
    """Its task was killed after it had removed the original, and before the commit."""
    world.leave("paperless-ngxef56gh78/scan.pdf")

    assert world.run_twice().lost == ["paperless-ngxef56gh78/scan.pdf"]


@pytest.mark.parametrize(
    "message", [b"tmpab12cd34", b"... /scratch/tmpab12cd34/scan.pdf ...", b"\x8c\x0btmpab12cd34\x94"]
)
def test_entry_that_a_task_refers_to_is_left_alone(world, message):
    """However old it is: the worker may be slow, or the queue long."""
    world.leave("tmpab12cd34/scan.pdf")
    world.leave("tmpab12cd34.zip")
    before = world.everything()
    world.messages = [Message(message), Message(b"tmpab12cd34.zip")]
    report = world.run_twice()

    assert (report.lost, report.removed) == ([], [])
    assert world.everything() == before


def test_empty_folders_are_removed_and_only_counted(world, capsys):
    """Each good upload leaves one: named they would hide what matters."""
    world.leave("tmpab12cd34", None)
    world.leave("paperless-mn34op56/page.png")

    assert sorted(world.run_twice().removed) == ["paperless-mn34op56", "tmpab12cd34"]
    said = capsys.readouterr().out
    assert "removed paperless-mn34op56" in said
    assert "tmpab12cd34" not in said


def test_young_entries_are_left_alone(world):
    """A task may still come back: the visibility timeout and the task limit are not over."""
    world.leave("tmpab12cd34", None, age=AGE - 2 * 3600 - 1)

    assert world.run_twice().removed == []


def test_clock_that_jumps_makes_no_document_lost(world):
    """An upload on its way looks old of a sudden; only the next run acts, and by then it is gone or referred to."""
    world.leave("tmpab12cd34/scan.pdf", age=0)
    report = world.run(hours=24 * 365)
    assert (report.lost, report.removed) == ([], [])
    world.messages = [Message(b"tmpab12cd34")]
    assert world.run().lost == []


def test_entry_that_changes_is_seen_anew(world):
    file = world.leave("tmpab12cd34/scan.pdf")
    world.run()
    file.write_text("more", encoding="utf-8")
    os.utime(file, (world.now - 1.5 * AGE, world.now - 1.5 * AGE))

    assert world.run().lost == []
    assert world.run().lost == ["tmpab12cd34/scan.pdf"]


def test_longest_names(world):
    """Notes with names of their own could not have been written for them."""
    world.leave(f"tmpab12cd34/{LONGEST}")
    world.leave(LONGEST)
    world.leave(LONGEST, below=world.consume)
    report = world.run_twice()

    assert report.lost == [f"tmpab12cd34/{LONGEST}", LONGEST]
    assert report.forgotten == [LONGEST]


def test_names_of_any_bytes_are_one_line_each(world, capsys):
    folder = world.leave("tmpab12cd34", None)
    Path(os.fsdecode(bytes(folder) + b"/a\xff\nlost: b")).touch()
    os.utime(os.fsdecode(bytes(folder) + b"/a\xff\nlost: b"), (NOW - 2 * AGE, NOW - 2 * AGE))
    os.utime(folder, (NOW - 2 * AGE, NOW - 2 * AGE))

    assert world.run_twice().lost == ["tmpab12cd34/a\\xff\\nlost: b"]
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("lost")] == []


def test_full_disk_ends_nothing(world, monkeypatch):
    """It names what it knows, and removes what makes room."""
    world.leave("tmpab12cd34/scan.pdf")
    world.leave("paperless-ngxempty", None)
    world.run()
    monkeypatch.setattr(rescue, "replace", no_space)
    report = world.run()

    assert (report.lost, report.removed) == (["tmpab12cd34/scan.pdf"], ["paperless-ngxempty"])


def no_space(*_arguments):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / "seen.json"
    rescue.replace(target, "old")
    monkeypatch.setattr(Path, "rename", no_space)
    with pytest.raises(OSError, match="No space"):
        rescue.replace(target, "new")

    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("seen.json", "old")]


def test_damaged_notes_are_written_anew(world):
    world.leave("tmpab12cd34/scan.pdf")
    world.run()
    (world.scratch / ".cdk8s-paperless-ngx" / "seen.json").write_text('["changed', encoding="utf-8")

    assert world.run().lost == []
    assert world.run().lost == ["tmpab12cd34/scan.pdf"]


def test_entry_of_somebody_else_hides_no_other(world, monkeypatch):
    world.leave("tmpab12cd34/scan.pdf")
    world.leave("tmpef56gh78/scan.pdf")

    def denied(file, algorithm):
        if "ab12" in str(file):
            raise PermissionError(errno.EACCES, "Permission denied")
        return checksum(file, algorithm)

    monkeypatch.setattr(rescue, "checksum", denied)
    report = world.run_twice()

    assert (report.lost, report.skipped, report.status) == (["tmpef56gh78/scan.pdf"], ["tmpab12cd34"], 1)


# The consume directory and media -----------------------------------------------------------------------------------


def test_forgotten_file_in_consume_is_named(world):
    """Its task failed, and the consumer takes a file up once, until it is restarted."""
    for path in ("scan.pdf", "inbox/2024/scan.pdf", ".hidden.pdf", ".stfolder/x"):
        world.leave(path, below=world.consume)
    world.leave("new.pdf", age=-3600, below=world.consume)
    report = world.run_twice()

    assert (report.forgotten, report.status) == (["scan.pdf", "inbox/2024/scan.pdf"], 1)


def body_of(path, *, version=pickle.HIGHEST_PROTOCOL):
    body = base64.b64encode(
        b"h" * 32 + pickle.dumps(([], {"input_doc": {"original_file": path}}, {}), version)
    ).decode()
    return {"body": body, "content-encoding": "binary", "headers": {"task": "documents.tasks.consume_file"}}


def in_one_text(path):
    """A path as Python 3.13 pickles it."""
    return ("PurePosixPath", str(path))


def in_pieces(path):
    """A path as Python 3.14 pickles it where it was joined, as the consumer does: folder / name."""
    return ("PurePosixPath", str(PurePosixPath(path).parent.parent), *PurePosixPath(path).parts[-2:])


@pytest.mark.parametrize("kind_of_path", [PurePosixPath, str, in_one_text, in_pieces])
def test_file_in_consume_that_a_task_refers_to_is_not_forgotten(world, kind_of_path):
    """Its message waits; one for a file of the same name elsewhere is another."""
    file = world.leave("scan.pdf", below=world.consume)
    world.messages = [from_json(body_of(kind_of_path(file)))]
    assert world.run_twice().forgotten == []

    world.messages = [from_json(body_of(kind_of_path("/elsewhere/scan.pdf")))]
    assert world.run_twice().forgotten == ["scan.pdf"]


def from_json(value):
    client = redis_with(value)
    return next(iter(messages(client, "")))


def redis_with(*values):
    from tests.scripts.memory_redis import MemoryRedis

    client = MemoryRedis()
    client.rpush("celery", *(json.dumps(value) for value in values))
    return client


def test_orphan_in_media_is_named_with_what_to_do(world, capsys):
    """A process died between removing the original and the commit: its document is there and nowhere known."""
    world.leave("2024/it's.pdf", below=world.originals)
    world.leave("known.pdf", below=world.originals)
    world.leave("new.pdf", age=-3600, below=world.originals)
    world.stored.filenames.add("known.pdf")
    before = world.everything()
    report = world.run_twice()

    assert (report.orphans, report.status) == (["2024/it's.pdf"], 1)
    path = str(world.originals / "2024/it'\\''s.pdf")
    assert f"""in a worker: cp --no-clobber '{path}' "$PAPERLESS_CONSUMPTION_DIR\"""" in capsys.readouterr().out
    assert world.everything() == before


def test_orphan_that_was_consumed_may_be_deleted(world):
    file = world.leave("lost.pdf", below=world.originals)
    world.stored.checksums.add(checksum(file, "sha256"))
    report = world.run_twice()

    assert (report.orphans, report.stored, report.status) == ([], ["lost.pdf"], 0)


# Messages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "docs:"])
def test_messages_of_every_key_are_read(broker, prefix):
    """Waiting, of whatever priority; in work; waiting for another try; put aside. Of another instance none."""
    broker.lpush(f"{prefix}celery", json.dumps(body_of("/scratch/tmpwaiting1/a.pdf")))
    broker.lpush(f"{prefix}celery\x06\x169", json.dumps(body_of("/scratch/tmpurgent12/a.pdf")))
    broker.hset(f"{prefix}unacked", "tag", json.dumps([body_of("/scratch/tmprunning1/a.pdf"), "", "celery"]))
    broker.zadd(f"{prefix}{KEYS}retries", {json.dumps([body_of("/scratch/tmpfailed12/a.pdf"), "", "celery"]): 1})
    aside = {"message": json.dumps([body_of("/scratch/tmpaside123/a.pdf"), "", "celery"]), "why": "x"}
    broker.hset(f"{prefix}{KEYS}aside", "tag", json.dumps(aside))
    broker.lpush("other:celery", json.dumps(body_of("/scratch/tmpother123/a.pdf")))
    names = ["tmpwaiting1", "tmpurgent12", "tmprunning1", "tmpfailed12", "tmpaside123", "tmpother123", "unknown"]
    references = References(names, [])
    look_twice(broker, prefix, pause=0)(references)

    assert references.names == set(names[:5])


def test_message_of_another_kind_is_taken_as_it_is():
    (message,) = messages(redis_with("tmpab12cd34 and no message"), "")

    assert message.refers_to("tmpab12cd34")


def test_message_that_moves_while_it_is_looked_for_is_found():
    """From the queue to a worker, and back from those that wait for another try."""
    client = redis_with(body_of("/scratch/tmpab12cd34/a.pdf"))
    references = References(["tmpab12cd34"], [])
    look = client._lrange

    def moves(key, first, last):
        if key == "celery" and first == 0 and client.llen("celery"):
            client.hset("unacked", "tag", json.dumps([json.loads(client.rpop("celery")), "", "celery"]))
        return look(key, first, last)

    client._lrange = moves
    look_twice(client, "", pause=0)(references)

    assert references.names == {"tmpab12cd34"}


def test_thirty_thousand_messages_take_little_memory(real_redis):
    """All of them at once took 285 MiB, more than the Job's limit."""
    client = real_redis.client
    client.flushall()
    text = json.dumps(body_of("/scratch/tmpab12cd34/" + "x" * 1000))
    pipeline = client.pipeline()
    for number in range(30_000):
        pipeline.lpush("celery", text.replace("gASV", f"{number:04}"[-4:]))
    pipeline.execute()
    program = (
        "import sys, time, resource, redis; sys.path.insert(0, sys.argv[1])\n"
        "from messages import References; from rescue import look_twice\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "names = References([f'tmp{n:08}' for n in range(30_000)] + ['other'], [])\n"
        "look_twice(redis.Redis.from_url(sys.argv[2]), '', pause=0)(names)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    scripts = str(Path(rescue.__file__).parent)
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program, scripts, real_redis.url], capture_output=True, text=True, check=True
    )
    client.flushall()

    assert int(done.stdout) < 20 * 1024, "KiB"
    assert time.monotonic() - begin < 60


# The program -------------------------------------------------------------------------------------------------------


def test_second_run_at_once_is_kept_out(world):
    """`kubectl create job` beside the schedule; the lock is the file system's, so it ends with its process."""
    program = "import sys, rescue, pathlib\nwith rescue.locked(pathlib.Path(sys.argv[1])) as alone: print(alone)"

    def other():
        done = subprocess.run(
            [sys.executable, "-c", program, str(world.scratch)],
            env=os.environ | {"PYTHONPATH": str(Path(rescue.__file__).parent)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    with locked(world.scratch) as alone:
        assert alone
        assert other() == "False"
    assert other() == "True"


def test_disk_without_room_for_a_lock(world, monkeypatch, capsys):
    monkeypatch.setattr(Path, "open", no_space)
    with locked(world.scratch) as alone:
        assert alone

    assert "without a lock: [Errno 28]" in capsys.readouterr().out


def test_what_was_put_aside_fails_the_job_until_somebody_takes_it_away(broker, capsys):
    message = {"headers": {"task": "documents.tasks.consume_file", "id": "1", "kwargsrepr": "('/scratch/a.pdf')"}}
    entry = {"message": json.dumps([message, "", "celery"]), "why": "3 workers were lost with it"}
    broker.hset(f"{KEYS}aside", "tag-1", json.dumps(entry))
    report = Report()
    name_stopped(report, Deliveries(broker, ""))

    assert (report.stopped, report.status) == (["tag-1"], 1)
    assert "put aside: documents.tasks.consume_file[1] /scratch/a.pdf; 3 workers were lost with it; tag tag-1" in (
        capsys.readouterr().out
    )


def test_what_the_redelivery_should_have_queued_again_fails_the_job(broker, capsys):
    """Where its pod does not run, tasks that wait for another try wait for ever, and their files look cared for."""
    message = {"headers": {"task": "documents.tasks.consume_file", "id": "1", "kwargsrepr": "('/scratch/a.pdf')"}}
    second, _ = broker.time()
    entries = {json.dumps([message, "", "celery"]): second - 700, "garbage": second - 700, "recent": second - 10}
    broker.zadd(f"{KEYS}retries", entries)
    report = Report()
    name_stopped(report, Deliveries(broker, ""))

    assert (len(report.stopped), report.status) == (2, 1)
    said = capsys.readouterr().out
    assert "waits for the redelivery, which does not run: documents.tasks.consume_file[1] /scratch/a.pdf" in said
    assert "unreadable: b'garbage'" in said


class Engine:
    error = LookupError

    def __init__(self, error=None):
        self._error = error

    def connect(self):
        if self._error:
            raise self._error
        return self

    def close(self):
        pass


@pytest.mark.parametrize(
    ("away", "lost", "status"),
    [("", False, 0), ("", True, 1), ("database", True, NOTHING_LOOKED_AT), ("broker", True, NOTHING_LOOKED_AT)],
)
def test_exit_status_tells_lost_documents_from_servers_that_were_away(  # noqa: PLR0917 (pytest gives them by name)
    world, monkeypatch, capsys, away, lost, status
):
    """Who watches the Job should not be called at night for a database that was restarted."""
    client = redis_with({"headers": {}})
    client.away = away == "broker"
    if lost:
        world.leave("tmpab12cd34/scan.pdf", age=time.time())
    os.utime(world.scratch)
    monkeypatch.setattr(rescue, "engine", lambda: Engine(LookupError("closed") if away == "database" else None))
    monkeypatch.setattr(rescue, "StoredDocuments", lambda *_: world.stored)
    monkeypatch.setattr("redis.Redis.from_url", lambda *_, **__: client)
    monkeypatch.setattr(rescue, "end_at_sigterm", lambda: None)
    monkeypatch.setattr("time.sleep", lambda _: None)
    for name, value in {
        "PAPERLESS_SCRATCH_DIR": world.scratch,
        "PAPERLESS_CONSUMPTION_DIR": world.consume,
        "PAPERLESS_MEDIA_ROOT": world.originals.parent.parent,
        "PAPERLESS_REDIS": "redis://broker",
        "PAPERLESS_WORKER_TIMEOUT": "1800",
        "RESCUE_CHECKSUM": "sha256",
    }.items():
        monkeypatch.setenv(name, str(value))

    assert [rescue.main(), rescue.main()][-1] == status
    assert ("not all was looked at" in capsys.readouterr().out) is (status == NOTHING_LOOKED_AT)
    written = world.scratch / ".cdk8s-paperless-ngx" / "metrics.prom"
    assert written.exists() is (status != NOTHING_LOOKED_AT)


def test_metrics(world):
    world.leave("tmpab12cd34/scan.pdf")
    text = metrics(world.run_twice(), {"retried": 4, "waiting_for_retry": 1}, NOW)

    assert "\npaperless_ngx_rescue_lost 1\n" in text
    assert "\npaperless_ngx_rescue_forgotten 0\n" in text
    assert "\npaperless_ngx_redelivery_retried 4\n" in text
    assert f"\npaperless_ngx_rescue_last_run_timestamp_seconds {int(NOW)}\n" in text
    assert text.count("# TYPE") == 10
