"""Gate and migration against a stand-in manage.py and a mark in memory."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import gate
import migration
import pytest
import redis
from mark import Mark, Release, State, ready

from tests.scripts.conftest import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIPTS = Path(gate.__file__).parent
OLD = Release("3.0.4", "en")
MINE = Release("3.0.5", "en")
REBUILT = Release("3.0.5", "en", "2026-11-25")
MANAGE = """
import os, pathlib, sys
command = " ".join(sys.argv[1:])
with open("calls", "a") as calls:
    calls.write(command + "\\n")
if os.environ.get("FAIL") and command.startswith(os.environ["FAIL"]):
    sys.exit(3)
if command.startswith("document_index"):
    # As upstream's: without its directory it fails.
    (pathlib.Path(os.environ["PAPERLESS_DATA_DIR"]) / "index" / "sentinel").touch()
"""


@pytest.fixture
def environment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "manage.py").write_text(MANAGE, encoding="utf-8")
    return {
        "PATH": os.environ["PATH"],
        "PAPERLESS_DATA_DIR": str(tmp_path / "data"),
        "PAPERLESS_MEDIA_ROOT": str(tmp_path / "media"),
        "PAPERLESS_SCRATCH_DIR": str(tmp_path / "scratch"),
        "PAPERLESS_CONSUMPTION_DIR": str(tmp_path / "consume"),
        "PAPERLESS_ADMIN_USER": "admin",
    }


def calls():
    path = Path("calls")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


class Holdings:
    """What an instance holds, as far as it is counted; each full reindex may find more."""

    def __init__(self, documents=0, unindexed=()):
        self.count = documents
        self.looks = list(unindexed)

    def documents(self):
        return self.count

    def unindexed(self):
        return self.looks.pop(0) if self.looks else []


def bring_up(store, environment, release=MINE, *, queued=0, holdings=None):
    drained = []

    def drain():
        assert store.mark.state is not State.READY, "pods must not be looked at before the mark says so"
        drained.append(store.mark)

    status = migration.bring_up(
        store,
        release,
        environment,
        holdings=holdings or Holdings(),
        wait_for_others=drain,
        waiting_documents=lambda: queued,
    )
    return status, drained


def test_first_install(store, environment):
    status, drained = bring_up(store, environment)

    assert (status, len(drained)) == (0, 1)
    assert calls() == [
        "check --tag compatibility paperless",
        "migrate --skip-checks --no-input",
        "document_index reindex --no-progress-bar",
        "document_llmindex migrate",
        "manage_superuser",
    ]
    assert [mark.state for mark in store.history] == [State.DRAINING, State.MIGRATING, State.READY]
    for name in ("data/index", "media/documents/originals", "media/documents/thumbnails", "scratch", "consume"):
        assert Path(name).is_dir()


def test_trash_is_made_before_anything_asks_for_it(store, environment, tmp_path):
    """Upstream's checks end every command where it is missing, and nobody else makes a folder inside media."""
    trash = tmp_path / "media" / "trash" / "papers"
    bring_up(store, environment | {"PAPERLESS_EMPTY_TRASH_DIR": str(trash)})

    assert trash.is_dir()
    assert calls()


def test_settings_change_does_nothing_and_waits_for_nobody(store, environment):
    bring_up(store, environment)
    done, written = calls(), len(store.history)

    status, drained = bring_up(store, environment)

    assert (status, drained, calls(), len(store.history)) == (0, [], done, written)


def test_upgrade_reindexes_only_if_needed(environment):
    """An index is rebuilt when its schema changes, which it says itself; a full reindex of a big archive takes long."""
    Path("data/index").mkdir(parents=True)
    store = MemoryStore(ready(OLD))

    status, drained = bring_up(store, environment)

    assert (status, len(drained)) == (0, 1)
    assert "document_index reindex --if-needed --no-progress-bar" in calls()
    assert store.mark == ready(MINE, documents=0)


class Broker:
    """A Redis that some workers have subscribed to, or none that can be reached."""

    def __init__(self, subscribed: Mapping[str, int] | None) -> None:
        self.subscribed = subscribed

    def get_connection_kwargs(self) -> dict[str, object]:
        return {"host": "redis", "db": 2}

    def publish(self, channel: str, message: str) -> int:
        assert message == "", "kombu passes over nothing else"
        if self.subscribed is None:
            raise redis.ConnectionError
        return self.subscribed.get(channel, 0)


@pytest.mark.parametrize(
    ("subscribed", "refused"),
    [({"docs:/2.celery.pidbox": 1}, True), ({}, False), ({"/2.celery.pidbox": 1, "docs:/0.celery.pidbox": 1}, False)],
)
def test_without_kubernetes_nobody_is_waited_for(environment, capsys, subscribed, refused):
    """Perhaps nobody ends the old containers meanwhile, so waiting for them might never end."""
    store = MemoryStore(ready(OLD))

    def others():
        migration.refuse_beside_workers(Broker(subscribed), "docs:")

    done = migration.bring_up(
        store, MINE, environment, holdings=Holdings(), wait_for_others=others, waiting_documents=lambda: 0
    )

    assert done == (1 if refused else 0)
    assert ("refused: workers of another release still run; stop them first" in capsys.readouterr().out) is refused
    assert (store.mark.state is State.DRAINING) is refused
    assert bool(calls()) is not refused


def test_broker_that_does_not_say_who_listens_is_no_permission(environment):
    """Only an answer means that nobody runs."""
    store = MemoryStore(ready(OLD))

    def others():
        migration.refuse_beside_workers(Broker(None), "")

    with pytest.raises(redis.ConnectionError):
        migration.bring_up(
            store, MINE, environment, holdings=Holdings(), wait_for_others=others, waiting_documents=lambda: 0
        )

    assert not calls()
    assert store.mark.state is State.DRAINING


def test_in_a_cluster_pods_are_waited_for(environment, monkeypatch):
    """Where there is an API server, it is asked, whatever workers answer."""
    asked = []
    monkeypatch.setattr("migration.ApiServer", lambda: "api")
    monkeypatch.setattr("migration.wait_until_gone", lambda *arguments: asked.append(arguments))

    migration._others(MINE, environment | {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "INSTANCE": "docs"})()

    assert asked == [("api", "docs", MINE)]


@pytest.mark.parametrize("password", ["", "aB3-._~", "a!&'()*+,;=b"])
def test_broker_password_that_a_url_takes(password):
    migration.check_broker_password(password)


@pytest.mark.parametrize("password", ["12/34", "50%off", "a@b", "a#b", "a?b", "ä"])
def test_broker_password_that_makes_another_url(password):
    """Nobody would answer at the address that the clients read out of it, or the password would be another one."""
    with pytest.raises(SystemExit, match=r"must be of letters, digits and .* alone, as it becomes part of a URL; give"):
        migration.check_broker_password(password)


def test_major_upgrade_waits_for_an_empty_queue(environment, capsys):
    """Each major version drops the other's messages, and with them the documents; nothing was changed yet."""
    last = Release("2.20.15", "en")
    store = MemoryStore(ready(last))

    assert bring_up(store, environment, queued=2)[0] == 1
    assert "refused: 2 documents wait in the queue of release 2.20.15-en, which 3.0.5-en would drop" in (
        capsys.readouterr().out
    )
    assert calls() == []
    assert bring_up(store, environment, last)[0] == 0
    assert bring_up(store, environment)[0] == 0


def test_minor_upgrade_keeps_the_queue(environment):
    assert bring_up(MemoryStore(ready(OLD)), environment, queued=2)[0] == 0


def test_database_that_is_too_old_leaves_the_way_back_open(environment):
    """Upstream migrates to 3.0 only from the last 2.20; whoever skipped that puts the old image back."""
    before = Release("2.14.7", "en")
    store = MemoryStore(ready(before))

    assert bring_up(store, environment | {"FAIL": "check"})[0] == 1
    assert store.mark.state is State.DRAINING
    assert bring_up(store, environment, before)[0] == 0
    assert store.mark == ready(before, documents=0)


def test_before_3_the_index_is_made_once(store, environment):
    """Upstream's entrypoint looks for the note, and would index everything again in each pod that finds none."""
    first = Release("2.14.7", "en")
    assert bring_up(store, environment, first)[0] == 0
    assert calls() == [
        "migrate --skip-checks --no-input",
        "document_index reindex --no-progress-bar",
        "manage_superuser",
    ]
    assert Path("data/.index_version").read_text(encoding="utf-8") == "9\n"

    assert bring_up(store, environment, Release("2.20.15", "en"))[0] == 0
    assert calls().count("document_index reindex --no-progress-bar") == 1


def test_release_that_comes_back_is_migrated_to_again(environment):
    """A to B and back to A: a Job of A would be complete already, and all pods would wait for ever."""
    german = Release("3.0.5", "de")
    store = MemoryStore()
    for release in (MINE, german, MINE):
        assert bring_up(store, environment, release)[0] == 0
        assert store.mark == ready(release, documents=0)

    assert calls().count("document_index reindex --no-progress-bar") == 3


def test_failed_command_leaves_the_mark_migrating(store, environment, capsys):
    """The kubelet restarts it; until then nobody may work on a database that is neither old nor new."""
    assert bring_up(store, environment | {"FAIL": "migrate"})[0] == 1
    assert store.mark == Mark(None, State.MIGRATING, MINE)
    assert "migrate --skip-checks --no-input ended with status 3" in capsys.readouterr().out

    assert bring_up(store, environment)[0] == 0
    assert store.mark == ready(MINE, documents=0)


REINDEX = "document_index reindex --no-progress-bar"


def originals(number):
    folder = Path("media/documents/originals/2026")
    folder.mkdir(parents=True)
    for name in range(number):
        (folder / f"{name}.pdf").touch()


def test_lost_database_is_refused_and_left_as_it_was(store, environment, capsys):
    """A lost claim of PostgreSQL came up empty; whoever puts it back must find nothing that was done meanwhile."""
    originals(3)

    assert bring_up(store, environment)[0] == 1

    assert (store.history, calls()) == ([], [])
    assert "refused: the database knows no document, but media has 3 originals" in capsys.readouterr().out


def test_lost_database_is_left_behind_once(store, environment, capsys):
    """The word stays in the YAML, and the database may be lost again."""
    originals(3)
    meant = environment | {"START_FROM_NOTHING": "2026-11-25/1"}

    assert bring_up(store, meant)[0] == 0
    assert bring_up(store, meant)[0] == 0
    assert bring_up(MemoryStore(), meant)[0] == 1
    assert "(2026-11-25/1 was used before)" in capsys.readouterr().out
    assert bring_up(MemoryStore(), meant | {"START_FROM_NOTHING": "2026-11-26"})[0] == 0


@pytest.mark.parametrize("lost", ["media", "data"])
def test_word_is_remembered_where_one_place_has_lost_it(store, environment, lost):
    """A snapshot, or a copy, of media may have its visible folders alone; a claim for data may be a new one."""
    meant = environment | {"START_FROM_NOTHING": "2026-11-25"}
    assert bring_up(store, meant)[0] == 0
    shutil.rmtree(Path(lost, ".cdk8s-paperless-ngx"))
    originals(3)

    assert bring_up(MemoryStore(), meant)[0] == 1


def test_word_counts_as_used_only_when_the_release_is_ready(store, environment):
    """A migration that is killed, or fails, goes on with the same word."""
    originals(3)
    meant = environment | {"START_FROM_NOTHING": "2026-11-25"}

    assert bring_up(store, meant | {"FAIL": "migrate"})[0] == 1
    assert bring_up(store, meant)[0] == 0


def test_word_that_was_not_needed_is_used_as_well(store, environment):
    """Else it would be the one day on which the database is lost."""
    meant = environment | {"START_FROM_NOTHING": "2026-11-25"}
    assert bring_up(store, meant)[0] == 0
    originals_after = Path("media/documents/originals/later.pdf")
    originals_after.touch()

    assert bring_up(MemoryStore(), meant)[0] == 1


def test_moving_in_with_a_database_that_was_put_back(store, environment):
    originals(3)

    assert bring_up(store, environment, holdings=Holdings(3))[0] == 0
    assert store.mark == ready(MINE, documents=3)


@pytest.mark.parametrize(
    ("before", "now", "files", "status"),
    [
        (6, 0, 6, 1),
        (6, 2, 6, 1),
        (6, 2, 2, 0),
        (6, 0, 0, 0),
        (6, 4, 6, 0),
        (None, 0, 6, 1),
        (0, 0, 1, 0),
    ],
    ids=[
        "emptied database",
        "database of long ago",
        "somebody deleted documents",
        "somebody deleted all",
        "database of yesterday",
        "mark of an earlier version",
        "orphan of a process that died",
    ],
)
def test_documents_that_became_fewer(environment, before, now, files, status):
    """The mark is there, and the release is the same; so nothing else would be done at all."""
    Path("data/index").mkdir(parents=True)
    originals(files)
    store = MemoryStore(ready(MINE, documents=before))

    assert bring_up(store, environment, holdings=Holdings(now))[0] == status
    assert store.mark == (ready(MINE, documents=before) if status else ready(MINE, documents=now))
    assert calls() == []


def test_files_that_are_no_documents(store, environment):
    folder = Path("media/documents/originals")
    folder.mkdir(parents=True)
    for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
        (folder / name).touch()

    assert bring_up(store, environment)[0] == 0


def test_originals_that_cannot_be_read_are_not_nothing(store, environment, monkeypatch):
    originals(3)

    def scandir(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", scandir)

    with pytest.raises(PermissionError):
        bring_up(store, environment)
    assert store.history == []


def test_index_of_another_database_is_made_anew(environment):
    """It fits the version, so upstream finds nothing to do, and restored documents could not be found."""
    Path("data/index").mkdir(parents=True)
    store = MemoryStore(ready(OLD))

    assert bring_up(store, environment, holdings=Holdings(2, [[1, 2]]))[0] == 0
    assert calls().count(REINDEX) == 1


def test_release_is_not_ready_while_documents_cannot_be_found(store, environment, capsys):
    """An attempt of a run is bounded, and the next run makes the index anew again."""
    holdings = Holdings(12, [list(range(12))] * 3)

    assert bring_up(store, environment, holdings=holdings)[0] == 1
    assert "refused: 12 documents are not in the search index although" in capsys.readouterr().out
    assert store.mark.state is State.MIGRATING
    assert calls().count(REINDEX) == 3
    assert "manage_superuser" not in calls()
    assert bring_up(store, environment, holdings=Holdings(12))[0] == 0


@pytest.mark.parametrize(
    ("looks", "status", "reindexes", "said"),
    [
        ([None, []], 0, 2, "documents that nobody can count are not in the search index, which is made anew"),
        ([None, [3]], 1, 2, "refused: 1 documents are not in the search index although"),
        ([None, None], 0, 2, "cannot be read here although it was made anew without an error"),
        ([[3], None, None], 0, 3, "search for an old and a new document"),
    ],
    ids=["broken", "broken and incomplete", "of another form", "of another form, later"],
)
def test_index_that_cannot_be_read(environment, capsys, looks, status, reindexes, said):  # noqa: PLR0917
    """What is broken is made anew. What has a form that is not known here does not keep a release back for ever: the
    command that made it has ended well, and the log says that nobody has counted."""
    assert bring_up(MemoryStore(), environment, holdings=Holdings(12, looks))[0] == status
    assert said in capsys.readouterr().out
    assert calls().count(REINDEX) == reindexes


def test_index_that_cannot_be_read_is_told_while_workers_run(environment, capsys):
    Path("data/index").mkdir(parents=True)

    assert bring_up(MemoryStore(ready(MINE)), environment, holdings=Holdings(2, [None]))[0] == 0
    assert calls() == []
    assert "what is in the search index cannot be counted" in capsys.readouterr().out


def test_kill_in_the_middle_of_a_rebuild_is_healed(environment):
    """The application writes its note of the index's form first, and believes it the next time."""
    Path("data/index").mkdir(parents=True)
    store = MemoryStore(ready(OLD))
    environment["FAIL"] = "document_index"
    assert bring_up(store, environment, holdings=Holdings(9, [[5, 6]]))[0] == 1
    assert store.mark.state is State.MIGRATING
    del environment["FAIL"]

    assert bring_up(store, environment, holdings=Holdings(9))[0] == 0
    assert calls()[-3:] == [REINDEX, "document_llmindex migrate", "manage_superuser"]
    assert store.mark.state is State.READY


def test_index_is_made_anew_once_for_a_word(environment):
    """The word is part of the release: an index may be made anew only while nobody uses it."""
    store = MemoryStore()
    for rebuild in ("", "2026-11-25", "2026-11-25", ""):
        assert bring_up(store, environment, Release("3.0.5", "en", rebuild))[0] == 0

    assert calls().count(REINDEX) == 2
    assert calls().count("document_index reindex --if-needed --no-progress-bar") == 1


def test_documents_that_a_search_cannot_find_are_told_while_workers_run(environment, capsys):
    """No more: making the index anew beside workers would break it, and what is missing may be on its way."""
    Path("data/index").mkdir(parents=True)

    assert bring_up(MemoryStore(ready(MINE)), environment, holdings=Holdings(2, [[7]]))[0] == 0
    assert calls() == []
    assert "1 documents are not in the search index" in capsys.readouterr().out


def test_downgrade_changes_nothing(environment, capsys):
    store = MemoryStore(ready(MINE))

    assert bring_up(store, environment, OLD)[0] == 1
    assert (calls(), store.history) == ([], [])
    assert "refused: this pod is release 3.0.4, older than 3.0.5 that the database is at" in capsys.readouterr().out


def test_bytecode_is_the_migration_s_own(store, environment, tmp_path):
    """It is executed unchecked: what lies there already, of whatever version, is gone before anything runs."""
    folder, elsewhere = tmp_path / "bytecode", tmp_path / "elsewhere"
    (folder / "3.0.4").mkdir(parents=True)
    (folder / "3.0.5").mkdir()
    (folder / "3.0.5" / "planted.pyc").touch()
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (folder / "link").symlink_to(elsewhere)
    (tmp_path / "manage.py").write_text(
        MANAGE + f"\nassert not list(pathlib.Path({str(folder)!r}).rglob('*planted*'))", encoding="utf-8"
    )

    assert bring_up(store, environment | {"BYTECODE_DIR": str(folder)})[0] == 0

    assert not list(folder.rglob("planted.pyc"))
    assert [path.name for path in folder.iterdir()] in ([], ["3.0.5"])
    assert (elsewhere / "kept").exists()


def test_sigterm_ends_a_migration_at_once(environment, tmp_path):
    """A rollout that is taken back must not wait for it; the mark stays, and the next one does it again."""
    (tmp_path / "manage.py").write_text("import time; time.sleep(60)", encoding="utf-8")
    program = "import migration, os; migration.end_at_sigterm(); migration.run(('python3', 'manage.py'), os.environ)"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment | {"PYTHONPATH": str(SCRIPTS)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert "…" in process.stdout.readline()
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 128 + signal.SIGTERM


class ChangingStore:
    """A mark that is another at each look."""

    def __init__(self, *marks):
        self.marks = list(marks)

    def read(self):
        return self.marks.pop(0)


def test_gate_waits_for_its_release(capsys):
    store = ChangingStore(
        None, ready(OLD), Mark(OLD, State.DRAINING, MINE), Mark(OLD, State.MIGRATING, MINE), ready(MINE)
    )

    assert gate.wait(store, MINE, None, pause=0) == 0

    lines = [line.split(" ", 2)[2] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "waiting for the first migration, to release 3.0.5-en",
        "waiting for the migration from release 3.0.4-en to 3.0.5-en",
        "waiting for release 3.0.5-en, which is draining",
        "waiting for release 3.0.5-en, which is migrating",
        "release 3.0.5-en is ready",
    ]


def test_gate_of_another_word_waits(monkeypatch, capsys):
    """The index is made anew only when no process of another word is left; a gate that did not know its word would
    wait for ever."""
    store = ChangingStore(ready(MINE), Mark(MINE, State.DRAINING, REBUILT), ready(REBUILT))
    for name, value in {"VERSION": "3.0.5", "LANGUAGE": "en"}.items():
        monkeypatch.setenv(f"RELEASE_{name}", value)
    monkeypatch.setenv("REBUILD_INDEX", "2026-11-25")
    monkeypatch.delenv("GATE_NEEDS_INDEX", raising=False)
    monkeypatch.setattr(gate, "_PAUSE_SECONDS", 0)
    monkeypatch.setattr(gate, "engine", lambda: SimpleNamespace(unreachable=OSError))
    monkeypatch.setattr(gate, "connect_when_reachable", lambda _: nullcontext())
    monkeypatch.setattr(gate, "DatabaseStore", lambda *_: store)

    assert gate.main() == 0

    lines = [line.split(" ", 2)[2] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "waiting for the migration from release 3.0.5-en to 3.0.5-en-2026-11-25",
        "waiting for release 3.0.5-en-2026-11-25, which is draining",
        "release 3.0.5-en-2026-11-25 is ready",
    ]


def test_gate_looks_for_the_index_before_it_reads_the_mark(tmp_path):
    """The migration writes its mark before it makes the directory, so the other order could open on an empty index."""
    index = tmp_path / "index"

    class Store:
        reads = 0

        def read(self):
            index.mkdir(exist_ok=True)
            self.reads += 1
            return ready(MINE)

    store = Store()
    assert gate.wait(store, MINE, index, pause=0) == 0
    assert store.reads == 2


def test_gate_refuses_an_older_release(capsys):
    assert gate.wait(ChangingStore(ready(MINE)), OLD, None) == 1
    assert "put the newer image back, or restore a backup made with 3.0.4" in capsys.readouterr().out
