"""The worker's module in real workers: Celery and Redis as they are, with what the image has of each.

They need Celery and redis-server, which `make test` does not install: without them they are skipped. The tests on the
cluster have the same workers with the stand-in.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cdk8s_paperless_ngx_worker as worker
import pytest
from deliveries import KEYS, Deliveries
from redelivery import Judge, NoKubernetes, Redelivery

from tests.scripts.conftest import RealRedis

pytest.importorskip("celery", reason="celery is not installed: the worker's module is tested on the cluster alone")
if shutil.which("redis-server") is None:
    pytest.skip("redis-server is not installed", allow_module_level=True)

HERE = Path(__file__).parent
PREFIX = "docs:"
OVERRIDES = {"title": "A title", "tags": [1, 2], "owner": 3}


class World:
    """Redis, workers, files, and the redelivery's turn when a test wants it."""

    def __init__(self, folder):
        self.folder = folder
        self.store = folder / "store"
        self.store.mkdir()
        (folder / "redis").mkdir()
        (folder / "module").mkdir()
        shutil.copy(worker.__file__, folder / "module")
        self.redis = RealRedis(folder / "redis")
        self.workers = {}
        self.judge = Judge(patience=4)

    @property
    def environment(self):
        paths = (self.folder / "module", HERE, os.environ.get("PYTHONPATH", ""))
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PAPERLESS_REDIS": self.redis.url,
            "PAPERLESS_REDIS_PREFIX": PREFIX,
            "STORE": str(self.store),
            "C_FORCE_ROOT": "1",
        }

    def start(self, name, *, module=True):
        include = ("--include", "cdk8s_paperless_ngx_worker") if module else ()
        with (self.folder / f"{name}.log").open("ab") as log:
            self.workers[name] = self._popen(name, include, log)
        self.until(lambda: "ready." in self.log(name), f"{name} to be ready")

    def _popen(self, name, include, log):
        return subprocess.Popen(
            [sys.executable, "-c", HOSTNAME, name, "celery", "--app", "celery_application", "worker",
             "--loglevel", "INFO", "--without-mingle", "--without-gossip", "--disable-prefetch", *include,
             "task.acks_late=true", "result.backend_always_retry=true"],
            env=self.environment | {"NAME": name}, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def kill(self, name):
        process = self.workers.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def queue(self, name, text, task="consume_file"):
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        program = f"import celery_application as a; a.{task}.delay({str(file)!r}, {OVERRIDES!r})"
        subprocess.run([sys.executable, "-c", program], env=self.environment, check=True)
        return file

    def turn(self):
        one = Redelivery(Deliveries(self.redis.client, PREFIX), NoKubernetes(), self.judge)
        one.give_back_due()
        one.look(time.monotonic())

    def now(self):
        """Say that every pause is over."""
        for member in self.redis.client.zrange(f"{PREFIX}{KEYS}retries", 0, -1):
            self.redis.client.zadd(f"{PREFIX}{KEYS}retries", {member: 0})
        self.turn()

    def lines(self, what):
        log = self.store / "log"
        found = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [line for line in found if line.startswith(what)]

    def stored(self, name):
        return list(self.store.glob(f"{name}-*"))

    def count(self, key):
        lengths = {b"hash": self.redis.client.hlen, b"zset": self.redis.client.zcard, b"list": self.redis.client.llen}
        length = lengths.get(self.redis.client.type(PREFIX + key))
        return length(PREFIX + key) if length else 0

    def until(self, condition, what, seconds=40):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"waited in vain for {what}"
            time.sleep(0.2)

    def close(self):
        for name in list(self.workers):
            self.kill(name)
        self.redis.close()


HOSTNAME = """
import socket, sys, runpy
name, *sys.argv = sys.argv[1:]
socket.gethostname = lambda: name
from celery.__main__ import main
main()
"""


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def test_passing_reason_with_everything_that_was_given(world):
    world.start("one")
    world.queue("full.txt", "once full")
    world.until(lambda: world.count(f"{KEYS}retries") == 1, "the try that failed")
    assert "failed for a passing reason; try 1 of 720 in 5 s: OSError: [Errno 28]" in world.log("one")
    assert (world.count("unacked"), world.stored("full.txt")) == (0, [])
    world.now()
    world.until(lambda: world.stored("full.txt"), "the second try")
    world.until(lambda: world.count("unacked") == 0, "the acknowledgement")

    (stored,) = world.stored("full.txt")
    assert stored.read_text(encoding="utf-8") == repr(OVERRIDES)
    assert world.count(f"{KEYS}retries") == 0
    assert Deliveries(world.redis.client, PREFIX).counts()["retried"] == 1


def test_attachment_of_a_mail_is_tried_five_times(world):
    """Upstream queues attachments as a chord, and fetches the mail anew until all of it has ended."""
    world.start("one")
    file, after = world.folder / "attached.txt", world.folder / "after.txt"
    file.write_text("full", encoding="utf-8")
    program = (
        "import celery, celery_application as a; "
        f"celery.chord([a.consume_file.s({str(file)!r})], a.consume_file.si({str(after)!r})).delay()"
    )
    subprocess.run([sys.executable, "-c", program], env=world.environment, check=True)
    for tries in range(1, 6):
        world.until(lambda: world.count(f"{KEYS}retries") == 1, "the retry")
        assert len(world.lines("begin attached.txt")) == tries
        world.now()
    world.until(lambda: "raised unexpected" in world.log("one"), "the failure")

    assert len(world.lines("begin attached.txt")) == 6
    assert (world.count("unacked"), world.count(f"{KEYS}retries"), file.exists()) == (0, 0, True)


def test_lasting_reason_fails_once(world):
    world.start("one")
    world.queue("fail.txt", "fail")
    world.until(lambda: "damaged" in world.log("one") and world.count("unacked") == 0, "the failure")
    world.queue("next.txt", "")
    world.until(lambda: world.stored("next.txt"), "the next document")

    assert len(world.lines("begin fail.txt")) == 1
    assert world.count(f"{KEYS}retries") == 0


def test_task_that_must_not_run_twice_fails_once(world):
    world.start("one")
    program = "import celery_application as a; a.bulk_update_documents.delay()"
    subprocess.run([sys.executable, "-c", program], env=world.environment, check=True)
    world.until(lambda: world.lines("begin bulk") and world.count("unacked") == 0, "the failure")

    assert world.count(f"{KEYS}retries") == 0


@pytest.mark.parametrize("text", ["unlink", "split"])
def test_document_that_would_be_there_twice_is_not_repeated(world, text):
    """Its file is gone, so it was stored before the fault; or parts of it are queued already."""
    world.start("one")
    world.queue("twice.txt", text)
    world.until(lambda: "is not tried again" in world.log("one"), "the decision")
    world.until(lambda: world.count("unacked") == 0, "the end")

    assert world.count(f"{KEYS}retries") == 0


def test_killed_child_three_times_is_put_aside_and_others_go_on(world):
    world.start("one")
    file = world.queue("killer.txt", "kill")
    for number in range(1, 3):
        world.until(lambda: world.count(f"{KEYS}retries") == 1, "the lost child")
        assert f"lost its process; trying again ({number} of 3)" in world.log("one")
        world.now()
    world.until(lambda: world.count(f"{KEYS}aside") == 1, "the third lost child")
    world.queue("next.txt", "")
    world.until(lambda: world.stored("next.txt"), "the next document")

    assert f"is put aside: 3 processes were lost with it, perhaps for memory; {file}" in world.log("one")
    assert (file.exists(), len(world.lines("begin killer.txt"))) == (True, 3)
    assert (world.count("unacked"), world.count("celery"), world.count(f"{KEYS}retries")) == (0, 0, 0)


def test_killed_worker_s_message_comes_back(world):
    """Both processes of a worker, as an out-of-memory kill of a container takes them."""
    world.start("one")
    world.queue("long.txt", "once sleep 30")
    world.until(lambda: world.lines("begin long.txt"), "the first delivery")
    world.turn()
    world.kill("one")
    world.start("two")
    begin = time.monotonic()
    while not world.stored("long.txt"):
        world.turn()
        time.sleep(1)
        assert time.monotonic() - begin < 40
    world.until(lambda: world.count("unacked") == 0, "the acknowledgement")

    assert [line.rpartition(" ")[2] for line in world.lines("begin long.txt")] == ["one", "two"]
    assert len(world.stored("long.txt")) == 1


def test_stopped_worker_is_silent_and_its_message_stays_until_its_pod_is_gone(world):
    """A partition, as the broker sees it; without an API server patience ends it, which is minutes in a pod."""
    world.judge.patience = 3600
    world.start("one")
    world.queue("long.txt", "sleep 6")
    world.until(lambda: world.lines("begin long.txt"), "the first delivery")
    world.turn()
    os.killpg(world.workers["one"].pid, signal.SIGSTOP)
    world.start("two")
    for _ in range(8):
        world.turn()
        time.sleep(1)
    assert world.count("unacked") == 1
    os.killpg(world.workers["one"].pid, signal.SIGCONT)
    world.until(lambda: world.stored("long.txt"), "the end of the first delivery")
    world.until(lambda: world.count("unacked") == 0, "the acknowledgement")

    assert len(world.lines("begin long.txt")) == 1


@pytest.mark.parametrize("module", [False, True])
def test_lost_connection_does_not_give_a_running_task_to_another_worker(world, module):
    """Kombu gives back what it has in mind; without the module the task runs twice at the same time."""
    world.start("one", module=module)
    world.queue("long.txt", "sleep 8")
    world.until(lambda: world.lines("begin long.txt"), "the delivery")
    connections = [client["id"] for client in world.redis.client.client_list(_type="pubsub")]
    world.start("two", module=module)
    for connection in connections:
        # The other worker waits for a message all the time, so it is the one that gets what is given back.
        world.redis.client.client_kill_filter(_id=connection)
    world.until(
        lambda: len(world.lines("begin long.txt")) > 1 or world.lines("end long.txt"), "a second delivery, or none"
    )
    time.sleep(1)

    assert len(world.lines("begin long.txt")) == (1 if module else 2)
    if module:
        world.until(lambda: world.count("unacked") == 0, "the acknowledgement")
        assert len(world.stored("long.txt")) == 1


def test_worker_that_is_at_work_takes_no_other_task_after_a_reconnection(world):
    """The other one would wait for it, while another worker has nothing to do."""
    world.start("one")
    world.queue("long.txt", "sleep 25")
    world.until(lambda: world.lines("begin long.txt"), "the delivery")
    world.redis.client.client_kill_filter(_type="pubsub")
    world.until(lambda: world.log("one").count("Connected to") == 2, "the reconnection")
    world.queue("next.txt", "")
    world.start("two")
    world.until(lambda: world.stored("next.txt"), "the next document")

    assert world.lines("end next.txt")[0].endswith(" two")
    assert world.lines("end long.txt") == []


def test_redis_killed_in_mid_task(world):
    """The task ends while Redis is away; it is acknowledged when it is back, and nothing runs twice."""
    world.start("one")
    world.queue("long.txt", "sleep 3")
    world.until(lambda: world.lines("begin long.txt"), "the delivery")
    world.redis.kill()
    world.until(lambda: world.lines("end long.txt"), "the end")
    world.redis.start()
    world.until(lambda: world.count("unacked") == 0, "the acknowledgement", seconds=60)
    world.queue("next.txt", "")
    world.until(lambda: world.stored("next.txt"), "the next document", seconds=60)

    assert (len(world.lines("begin long.txt")), len(world.stored("long.txt"))) == (1, 1)
    assert (world.count(f"{KEYS}retries"), world.count("celery")) == (0, 0)


def test_redis_killed_in_a_task_that_fails_for_it(world):
    """It is away when the failure is to be written down: the message stays until it can be moved."""
    world.start("one")
    world.queue("full.txt", "sleep 3\nonce full")
    world.until(lambda: world.lines("begin full.txt"), "the delivery")
    world.redis.kill()
    time.sleep(4)
    world.redis.start()
    world.until(lambda: world.count(f"{KEYS}retries") == 1, "the retry", seconds=60)
    assert world.count("unacked") == 0
    world.now()
    world.until(lambda: world.stored("full.txt"), "the second try", seconds=60)

    assert len(world.stored("full.txt")) == 1


def test_document_that_is_stored_while_redis_is_away_does_not_fail(world):
    """Its success is written down when Redis is back: a document that is there and shown as failed is sent again."""
    world.start("one")
    world.queue("long.txt", "sleep 3")
    world.until(lambda: world.lines("begin long.txt"), "the delivery")
    world.redis.kill()
    world.until(lambda: world.stored("long.txt"), "the document")
    world.redis.start()
    world.until(lambda: "succeeded in" in world.log("one"), "the success", seconds=60)

    world.until(lambda: world.count("unacked") == 0, "the acknowledgement")
    assert not [line for line in world.log("one").splitlines() if "raised" in line and "documents.tasks" in line]
    assert (len(world.stored("long.txt")), world.count(f"{KEYS}retries")) == (1, 0)


def test_drain_says_that_nothing_is_left(world):
    world.start("one")
    world.queue("long.txt", "sleep 3")
    world.until(lambda: world.lines("begin long.txt"), "the delivery")
    world.workers["one"].terminate()
    world.workers["one"].wait(timeout=30)

    assert len(world.stored("long.txt")) == 1
    assert world.count("unacked") == 0
    note = json.loads(world.redis.client.hget(f"{PREFIX}{KEYS}workers", "one"))
    assert note["tags"] == []


def test_full_broker_loses_no_message(world):
    """Taking a message and acknowledging one are writes as well, which a server at its ``maxmemory`` refuses.

    kombu takes a message out of its list first and notes it in ``unacked`` then: what is refused in between is nowhere.
    """
    world.start("one")
    world.queue("first.txt", "sleep 5")
    world.until(lambda: world.lines("begin first.txt"), "the first task")
    for name in ("second.txt", "third.txt", "fourth.txt"):
        world.queue(name, "")
    world.redis.client.config_set("maxmemory", world.redis.client.info("memory")["used_memory"] - 200_000)
    world.until(lambda: world.lines("end first.txt"), "the first task's end")
    time.sleep(15)
    kept = world.count("celery") + world.count("unacked") + world.count(f"{KEYS}retries") + len(world.lines("end"))
    world.redis.client.config_set("maxmemory", 0)
    for name in ("first.txt", "second.txt", "third.txt", "fourth.txt"):
        world.until(lambda name=name: (world.now(), world.stored(name))[1], name)
    world.until(lambda: world.count("unacked") == 0, "the acknowledgements")

    assert kept >= 4
    assert all(len(world.stored(name)) == 1 for name in ("first.txt", "second.txt", "third.txt", "fourth.txt"))
