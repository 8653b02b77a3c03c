"""Redelivery: a message comes back when its worker is gone, never while it may be at work, and never twice."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import cdk8s_paperless_ngx_worker as worker
import deliveries
import pytest
import redelivery
import redis
from deliveries import Deliveries, Delivery, WorkerNote
from messages import messages
from redelivery import Judge, Kubernetes, NoKubernetes, Pods, Redelivery, may_run

from tests.scripts.memory_redis import MemoryRedis

KEYS = deliveries.KEYS
POD = "paperless-worker-1"


def message(tag, *, task="documents.tasks.consume_file", file="/scratch/tmpab12cd34/scan.pdf", **headers):
    return {
        "body": "gASV",
        "headers": {"task": task, "id": f"id-{tag}", "kwargsrepr": f"{{'input_doc': PosixPath('{file}')}}", **headers},
        "properties": {"priority": 0, "delivery_tag": tag, "delivery_info": {"exchange": "", "routing_key": "celery"}},
    }


def take(client, tag, *, owner=POD, prefix="", at=1.0, exchange="", routing_key="celery", of=None):
    """As kombu does when a worker takes a message, and as the worker's module does then."""
    client.zadd(f"{prefix}unacked_index", {tag: at})
    client.hset(f"{prefix}unacked", tag, json.dumps([of or message(tag), exchange, routing_key]))
    if owner:
        client.hset(f"{prefix}{KEYS}owners", tag, owner)


def queued(client, key="celery"):
    return [json.loads(text) for text in client.lrange(key, 0, -1)]


@pytest.mark.parametrize("prefix", ["", "docs:"])
def test_message_is_restored_as_kombu_does(broker, prefix):
    """To the end that is taken from next, marked as redelivered, gone from all that says that it is in work."""
    broker.lpush(f"{prefix}celery", json.dumps(message("new")))
    take(broker, "lost", prefix=prefix)
    (delivery,) = Deliveries(broker, prefix).taken()

    done = Deliveries(broker, prefix).restore(delivery, 3)

    assert delivery == Delivery("lost", 1.0, POD)
    assert done == (
        "given back to celery: documents.tasks.consume_file[id-lost] /scratch/tmpab12cd34/scan.pdf;"
        " its worker was lost (1 of 3)"
    )
    restored = json.loads(broker.rpop(f"{prefix}celery"))
    assert restored["headers"] == message("lost")["headers"] | {"redelivered": True, "cdk8s_lost": 1}
    assert restored["properties"]["delivery_info"]["redelivered"] is True
    assert restored["body"] == "gASV"
    assert broker.hlen(f"{prefix}unacked") == 0
    assert broker.zcard(f"{prefix}unacked_index") == 0
    assert broker.hlen(f"{prefix}{KEYS}owners") == 0


def test_message_that_is_acknowledged_meanwhile_is_not_restored():
    """Restored as well it would run again after its document is stored."""
    client = MemoryRedis()
    take(client, "lost")
    (delivery,) = Deliveries(client, "").taken()
    client.before_exec.append(lambda: (client.hdel("unacked", "lost"), client.zrem("unacked_index", "lost")))

    assert Deliveries(client, "").restore(delivery, 3) is None
    assert queued(client) == []


def test_message_is_restored_once(broker):
    """Two pods of beat may overlap for seconds, and kombu itself restores after an hour."""
    take(broker, "lost")
    (delivery,) = Deliveries(broker, "").taken()
    one, other = Deliveries(broker, ""), Deliveries(broker, "")

    assert one.restore(delivery, 3)
    assert other.restore(delivery, 3) is None
    assert len(queued(broker)) == 1


def test_message_that_another_worker_took_meanwhile_is_left_alone(broker):
    """Its tag is the same as before."""
    take(broker, "lost")
    (delivery,) = Deliveries(broker, "").taken()
    take(broker, "lost", owner="paperless-worker-2", at=2.0)

    assert Deliveries(broker, "").restore(delivery, 3) is None
    assert broker.hlen("unacked") == 1


def test_queue_of_an_exchange_and_of_a_priority(broker):
    broker.sadd("_kombu.binding.direct", "key\x06\x16\x06\x16slow", "other\x06\x16\x06\x16fast")
    urgent = message("lost")
    urgent["properties"]["priority"] = 7
    take(broker, "lost", exchange="direct", routing_key="key", of=urgent)
    (delivery,) = Deliveries(broker, "").taken()

    assert Deliveries(broker, "").restore(delivery, 3)
    assert len(queued(broker, "slow\x06\x166")) == 1


def test_third_lost_worker_puts_a_document_aside(broker):
    """It would kill one worker after the other; all others go on."""
    one = Deliveries(broker, "")
    take(broker, "killer")
    for lost in range(3):
        (delivery,) = one.taken()
        done = one.restore(delivery, 3)
        if lost < 2:
            taken = json.loads(broker.rpop("celery"))
            take(broker, "killer", at=lost + 2.0, of=taken)

    assert done.startswith(
        "put aside: documents.tasks.consume_file[id-killer] /scratch/tmpab12cd34/scan.pdf; 3 workers"
    )
    assert (queued(broker), one.taken()) == ([], [])
    assert list(one.aside()) == ["killer"]
    assert one.counts() == {"restored": 2, "put_aside": 1, "waiting_for_retry": 0}


@pytest.mark.parametrize(("again", "waiting"), [(True, 1), (False, 0)])
def test_what_was_put_aside_is_taken_up_by_hand(broker, again, waiting):
    """With its count from the beginning, so that more memory gets three tries as well."""
    take(broker, "killer", of=message("killer", cdk8s_lost=2))
    one = Deliveries(broker, "")
    one.restore(one.taken()[0], 3)

    assert one.take_up("killer", again=again)
    assert not one.take_up("killer", again=again)
    assert one.aside() == {}
    assert [entry["headers"].get("cdk8s_lost") for entry in queued(broker)] == [None] * waiting


def test_due_retries_go_to_the_end_of_their_queue(broker):
    """Others come first: what fails again and again holds nobody up."""
    broker.lpush("celery", json.dumps(message("waiting")))
    for tag, due in (("due", time.time() - 1), ("later", time.time() + 60)):
        broker.zadd(f"{KEYS}retries", {json.dumps([message(tag, cdk8s_tries=2), "", "celery"]): due})
    one = Deliveries(broker, "")

    assert one.give_back_due() == ["documents.tasks.consume_file[id-due] /scratch/tmpab12cd34/scan.pdf"]
    assert one.give_back_due() == []
    assert [entry["headers"]["id"] for entry in queued(broker)] == ["id-due", "id-waiting"]
    assert queued(broker)[0]["headers"]["cdk8s_tries"] == 2
    assert one.counts() == {"waiting_for_retry": 1}


def test_owners_of_what_is_in_work_no_more_are_forgotten(broker):
    take(broker, "running")
    broker.hset(f"{KEYS}owners", "done", POD)
    Deliveries(broker, "").forget_owners()

    assert broker.hkeys(f"{KEYS}owners") == [b"running"]


def test_message_and_module_agree_on_names():
    """The worker's module is mounted alone, so it has them a second time."""
    assert (worker.KEYS, worker.LOST) == (deliveries.KEYS, deliveries.LOST)
    assert worker._LOST_LIMIT == redelivery._LOST_LIMIT
    assert redelivery._LOOK_SECONDS > worker._TICK_SECONDS


# Which messages are free -------------------------------------------------------------------------------------------


class Looks:
    """A sequence of looks at workers that live on, or do not."""

    def __init__(self, pods=("paperless-worker-1", "paperless-worker-2"), *, cluster=True):
        self.judge = Judge()
        self.pods = set(pods)
        self.cluster = cluster
        self.notes = {}
        self.now = 0.0

    def beat(self, name, *tags, process="a"):
        number = self.notes[name].beat[1] + 1 if name in self.notes else 0
        self.notes[name] = WorkerNote((process, number), frozenset(tags))

    def look(self, *taken, seconds=10.0):
        self.now += seconds
        pods = Pods(frozenset(self.pods), frozenset(self.pods)) if self.cluster else None
        return [delivery.tag for delivery in self.judge.look(taken, dict(self.notes), pods, self.now)]


LOST = Delivery("lost", 1.0, "paperless-worker-1")
UNKNOWN = Delivery("lost", 1.0, None)


def test_worker_at_work_keeps_its_message():
    looks = Looks()
    for _ in range(20):
        looks.beat("paperless-worker-1", "lost")
        assert looks.look(LOST) == []


def test_message_of_a_pod_that_is_gone_comes_back_after_two_looks():
    looks = Looks()
    looks.beat("paperless-worker-1", "lost")
    assert looks.look(LOST) == []
    looks.pods.remove("paperless-worker-1")

    assert [looks.look(LOST) for _ in range(2)] == [[], ["lost"]]
    assert looks.now <= 60


def test_pod_that_exists_and_is_silent_keeps_its_message():
    """A partition: the worker may be storing the document this moment; only the API server's word ends that."""
    looks = Looks()
    looks.beat("paperless-worker-1", "lost")
    assert [looks.look(LOST) for _ in range(500)] == [[]] * 500
    looks.pods.remove("paperless-worker-1")

    assert [looks.look(LOST) for _ in range(2)] == [[], ["lost"]]


def test_worker_that_is_cut_off_from_the_api_server_alone_keeps_its_message():
    """Its pod was removed by force, and it is at work all the same: it says so."""
    looks = Looks(pods=())
    for _ in range(20):
        looks.beat("paperless-worker-1", "lost")
        assert looks.look(LOST) == []


def test_container_that_was_restarted_in_place():
    """The pod has the same name, and its new worker does not know the message."""
    looks = Looks()
    looks.beat("paperless-worker-1", "lost")
    looks.look(LOST)
    found = []
    for _ in range(3):
        looks.beat("paperless-worker-1", process="b")
        found.append(looks.look(LOST))

    assert found == [[], ["lost"], ["lost"]]


def test_message_without_an_owner_waits_for_every_worker_to_answer():
    """One that is silent may have it."""
    looks = Looks()
    for _ in range(5):
        looks.beat("paperless-worker-1")
        assert looks.look(UNKNOWN) == []
    found = []
    for _ in range(3):
        looks.beat("paperless-worker-1")
        looks.beat("paperless-worker-2")
        found.append(looks.look(UNKNOWN))

    assert found == [[], ["lost"], ["lost"]]


def test_worker_without_the_module_holds_messages_without_owner():
    """As one of another release of this library that drains: its pod is a worker's, and it never says anything."""
    looks = Looks(pods=("paperless-worker-1", "old"))
    for _ in range(20):
        looks.beat("paperless-worker-1")
        assert looks.look(UNKNOWN) == []


def test_new_delivery_of_a_message_begins_anew():
    looks = Looks(pods=("paperless-worker-2",))
    looks.look(LOST)
    looks.look(LOST)

    assert looks.look(Delivery("lost", 2.0, "paperless-worker-3")) == []


def test_after_a_failed_question_nothing_is_known():
    looks = Looks(pods=())
    looks.look(LOST)
    looks.look(LOST)
    looks.judge.forget()

    assert [looks.look(LOST) for _ in range(3)] == [[], [], ["lost"]]


def test_without_kubernetes_silence_takes_longer():
    """A host that is busy, or a Redis that restarts, silences workers as well."""
    looks = Looks(cluster=False)
    looks.beat("paperless-worker-1", "lost")
    looks.look(LOST)
    looks.beat("paperless-worker-1", "lost")
    looks.look(LOST)
    found = [looks.look(LOST) for _ in range(32)]

    assert found.index(["lost"]) * 10 >= 300
    assert ["lost"] in found


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"phase": "Running", "containerStatuses": [{"state": {"running": {}}}]}, True),
        ({"phase": "Running", "containerStatuses": [{"state": {"terminated": {"reason": "OOMKilled"}}}]}, False),
        ({"phase": "Running", "containerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}, False),
        ({"phase": "Succeeded"}, False),
        ({"phase": "Failed"}, False),
        ({"phase": "Unknown"}, True),
        ({}, True),
    ],
)
def test_which_pods_may_have_a_running_process(status, expected):
    """What a lost node said last counts: it may be cut off and at work."""
    assert may_run({"metadata": {"name": "x"}, "status": status}) is expected


def test_pods_are_the_instance_s(api, server):
    def pod(name, component):
        return {"metadata": {"name": name, "labels": {"app.kubernetes.io/component": component}}, "status": {}}

    long = "docs-worker-" + "x" * 60
    server.answers = [(200, {"items": [pod("docs-beat-1", "beat"), pod(long, "worker")], "metadata": {}})]

    found = Kubernetes(api, "docs").pods()

    assert found == Pods(frozenset({"docs-beat-1", long[:63]}), frozenset({long[:63]}))
    assert server.requests[0][2]["labelSelector"] == [
        "app.kubernetes.io/name=paperless-ngx,app.kubernetes.io/instance=docs"
    ]


class StandInCluster:
    def __init__(self):
        self.answer = Pods(frozenset(), frozenset())
        self.error = None

    def pods(self):
        if self.error:
            raise self.error
        return self.answer


def test_whole_turn(broker, capsys):
    """A worker that noted its message and is gone, by the keys that the worker's module writes."""
    take(broker, "lost", owner=None)
    one = worker.Broker(broker, "", POD)
    one.own("lost")
    one.say(["lost"])
    turn = Redelivery(Deliveries(broker, ""), StandInCluster(), Judge())
    for look in range(3):
        turn.look(look * 10.0)

    assert [entry["headers"]["id"] for entry in queued(broker)] == ["id-lost"]
    assert f"its worker was lost (1 of 3); owner: {POD}" in capsys.readouterr().out


@pytest.mark.parametrize(("same_process", "counted"), [(True, 0), (False, 1)])
def test_worker_that_lost_its_connection_is_no_lost_worker(broker, capsys, same_process, counted):
    """Celery drops what it has not begun when Redis restarts: three restarts would put an innocent document aside."""
    take(broker, "dropped", owner=None)
    one = worker.Broker(broker, "", POD)
    one.own("dropped")
    if not same_process:
        one = worker.Broker(broker, "", POD)
    turn = Redelivery(Deliveries(broker, ""), StandInCluster(), Judge())
    for look in range(4):
        one.say([])
        turn.look(look * 10.0)

    assert [entry["headers"]["cdk8s_lost"] for entry in queued(broker)] == [counted]
    assert ("its worker dropped it and lives" in capsys.readouterr().out) is same_process


def test_what_was_put_aside_is_said_once_at_the_start(broker, capsys):
    """Also where Redis came up later than this pod."""
    take(broker, "killer")
    worker.Broker(broker, "", POD).put_aside("killer", 3, "3 processes were lost with it")
    turn = Redelivery(Deliveries(broker, ""), NoKubernetes(), Judge())
    for _ in range(2):
        turn.give_back_due()

    assert capsys.readouterr().out.count("is put aside: documents.tasks.consume_file[id-killer]") == 1


def test_what_cannot_be_read_holds_up_nothing(broker):
    """Somebody else's member, or one of a later release."""
    broker.zadd(f"{KEYS}retries", {"garbage": 0, json.dumps([message("due"), "", "celery"]): 1})
    turn = Redelivery(Deliveries(broker, ""), NoKubernetes(), Judge())
    turn.give_back_due()

    assert [entry["headers"]["id"] for entry in queued(broker)] == ["id-due"]
    assert broker.zrange(f"{KEYS}retries", 0, -1) == [b"garbage"]


def test_api_server_that_refuses_leaves_all_as_it_is(broker, capsys):
    take(broker, "lost")
    cluster = StandInCluster()
    turn = Redelivery(Deliveries(broker, ""), cluster, Judge())
    for look in range(6):
        cluster.error = OSError("no route to host") if look % 2 else None
        turn.look(look * 10.0)

    assert broker.hlen("unacked") == 1
    assert "waiting for the API server: no route to host" in capsys.readouterr().out


def test_redis_that_is_away_is_waited_for(capsys):
    client = MemoryRedis()
    client.away = True
    turn = Redelivery(Deliveries(client, ""), NoKubernetes(), Judge())
    turn.look(0)
    turn.give_back_due()

    assert "waiting for Redis: Connection refused" in capsys.readouterr().out


def test_workers_that_are_no_more_are_forgotten(broker):
    worker.Broker(broker, "", "old").say([])
    turn = Redelivery(Deliveries(broker, ""), StandInCluster(), Judge())
    for hour in range(3):
        turn.look(hour * 1800.0)

    assert Deliveries(broker, "").workers() == {}


# What a worker does with its messages ------------------------------------------------------------------------------


def test_repeated_message_is_moved_whole(broker):
    """Arguments, id and headers stay, so title, tags and owner do; it is nowhere twice, and the rescue sees it."""
    take(broker, "failed")
    one = worker.Broker(broker, "", POD)

    assert one.repeat("failed", worker.TRIES, 1, 30)
    assert not one.repeat("failed", worker.TRIES, 1, 30)
    ((text, due),) = broker.zrange(f"{KEYS}retries", 0, -1, withscores=True)
    moved, exchange, routing_key = json.loads(text)
    assert moved == message("failed", cdk8s_tries=1)
    assert (exchange, routing_key) == ("", "celery")
    assert due == pytest.approx(time.time() + 30, abs=5)
    assert (broker.hlen("unacked"), broker.zcard("unacked_index"), broker.hlen(f"{KEYS}owners")) == (0, 0, 0)
    assert [found.refers_to("tmpab12cd34") for found in messages(broker, "")] == [True]


def test_message_stays_in_unacked_until_redis_takes_its_move():
    """It is never acknowledged without being somewhere else."""
    client = MemoryRedis()
    take(client, "failed")
    settlements = worker.Settlements()
    client.away = True
    settlements.add("failed", lambda: worker.Broker(client, "", POD).repeat("failed", worker.TRIES, 1, 0))
    assert settlements.tags == {"failed"}, "the worker still says that it has it"
    client.away = False
    assert client.hlen("unacked") == 1
    settlements.work()

    assert settlements.tags == set()
    assert (client.hlen("unacked"), client.zcard(f"{KEYS}retries")) == (0, 1)


def test_done_is_acknowledged_once_redis_is_back():
    """Else the document would be taken once more, and its task fail, as the file is gone."""
    client = MemoryRedis()
    take(client, "done")
    settlements = worker.Settlements()
    client.away = True
    settlements.add("done", lambda: worker.Broker(client, "", POD).done("done"))
    client.away = False
    settlements.work()

    assert (client.hlen("unacked"), client.zcard("unacked_index"), client.hlen(f"{KEYS}owners")) == (0, 0, 0)


def test_full_server_takes_note_of_a_message_and_forgets_one(real_redis):
    """A server at its ``maxmemory`` refuses both in a transaction; what was taken would be nowhere."""
    client = real_redis.client
    client.flushall()
    take(client, "done")
    one = worker.Broker(client, "", POD)
    client.config_set("maxmemory", 1)
    try:
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            client.set("a", "b")
        one.take_when_full("taken", 1234.5, json.dumps([message("taken"), "", "celery"]))
        one.done("done")
    finally:
        client.config_set("maxmemory", 0)

    assert client.hkeys("unacked") == [b"taken"]
    assert client.zrange("unacked_index", 0, -1, withscores=True) == [(b"taken", 1234.5)]
    assert client.hlen(f"{KEYS}owners") == 0
    assert one.repeat("taken", worker.TRIES, 1, 30), "it is as any other"


def test_message_put_aside_by_a_worker_is_the_redelivery_s(broker):
    take(broker, "killer")
    assert worker.Broker(broker, "", POD).put_aside("killer", 3, "3 processes were lost with it")

    assert Deliveries(broker, "").aside() == {
        "killer": "documents.tasks.consume_file[id-killer] /scratch/tmpab12cd34/scan.pdf; 3 processes were lost with it"
    }
    assert broker.hlen("unacked") == 0


def test_running_tasks_outlive_a_lost_connection():
    """Celery before 5.6 forgets them, and nobody acknowledges what they did."""
    running, waiting = SimpleNamespace(_accepted=True), SimpleNamespace(_accepted=False)
    cache = {1: running, 2: waiting}
    flushed = []

    def flush():
        flushed.append(dict(cache))
        cache.clear()

    pool = SimpleNamespace(flush=flush, _pool=SimpleNamespace(_cache=cache))
    for _ in range(2):
        pool.flush = worker.flush_without_running(pool)
    pool.flush()

    assert flushed == [{1: running, 2: waiting}], "once, however often the connection is lost"
    assert cache == {1: running}


def test_memory_redis_refuses_the_wrong_kind():
    client = MemoryRedis()
    client.lpush("celery", "x")
    with pytest.raises(redis.ResponseError):
        client.hget("celery", "x")
