"""Workers that come and go, with KEDA's operator and the cluster's autoscaler."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest

from cdk8s_paperless_ngx import ByCpu, ByQueue, Fixed
from tests.cluster.cluster import NAMESPACE

pytestmark = pytest.mark.cluster

QUICK = ByQueue(minimum=0, maximum=3, polling_interval=timedelta(seconds=1), idle=timedelta(seconds=10))


@pytest.fixture(autouse=True)
def clean(instance):
    instance.start_at("3.3.0")
    instance.forget_events()
    yield
    kinds = ["horizontalpodautoscalers", "poddisruptionbudgets"]
    if keda(instance):
        kinds += ["scaledobjects", "triggerauthentications"]
    for kind in kinds:
        instance.kubectl("delete", kind, "--all")


def keda(instance):
    return instance.find("customresourcedefinition/scaledobjects.keda.sh")


@pytest.fixture
def by_queue(instance):
    if not keda(instance):
        pytest.skip("KEDA is not on this cluster")
    instance.apply(scaling=QUICK)
    # Beat's task, once a minute, keeps one for a while.
    instance.wait_for("no worker while there is nothing to do", lambda: not instance.pods("worker"), 150)
    return instance


def workers(instance):
    return [
        pod["metadata"]["name"]
        for pod in instance.list("pods", "app.kubernetes.io/component=worker")
        if "deletionTimestamp" not in pod["metadata"]
    ]


def consumed_by(instance, name):
    """The workers that consumed a document."""
    return [event.pod for event in instance.events() if event.what == f"consumed {name}"]


def test_workers_come_with_documents_and_go_after_them(by_queue):
    """From none to one for each document, and to none again; nothing is worked on twice."""
    names = [f"scan-{number}.txt" for number in range(3)]
    for name in names:
        by_queue.upload(name, "sleep 30")
    by_queue.wait_for("three workers", lambda: len(workers(by_queue)) == 3)
    for name in names:
        by_queue.wait_for_event(f"consumed {name}", seconds=120)

    assert len({worker for name in names for worker in consumed_by(by_queue, name)}) == 3
    by_queue.wait_for("no worker any more", lambda: not by_queue.pods("worker"), 240)
    assert [len(consumed_by(by_queue, name)) for name in names] == [1, 1, 1]


def test_worker_in_mid_task_is_not_idle(by_queue):
    """Nothing waits, one task runs for several times the idle time: its worker stays."""
    by_queue.upload("long.txt", "sleep 40")
    worker = by_queue.wait_for_event("consumes long.txt").pod
    assert by_queue.redis("LLEN", "celery") == ["0"]
    while not consumed_by(by_queue, "long.txt"):
        assert worker in workers(by_queue)
        time.sleep(1)

    assert consumed_by(by_queue, "long.txt") == [worker]


def test_worker_in_mid_task_survives_a_scale_down(by_queue):
    """Whichever worker the autoscaler takes away, a document is finished by the one that began it."""
    by_queue.upload("short.txt", "sleep 10")
    by_queue.upload("long.txt", "sleep 60")
    worker = by_queue.wait_for_event("consumes long.txt").pod
    by_queue.wait_for_event("consumed short.txt")
    by_queue.wait_for("one worker less", lambda: len(workers(by_queue)) == 1, 120)
    assert consumed_by(by_queue, "long.txt") == [], "the scale-down came too late to show anything"
    by_queue.wait_for_event("consumed long.txt")

    assert consumed_by(by_queue, "long.txt") == [worker]


def test_cpu_autoscaler_sees_its_target(instance):
    instance.apply(scaling=ByCpu(minimum=1, maximum=2))

    def metric():
        found = instance.find("horizontalpodautoscaler/paperless-worker")
        return [
            current["resource"]["current"].get("averageValue")
            for current in found["status"].get("currentMetrics") or []
            if "resource" in current
        ]

    assert instance.wait_for("a metric", metric, 120)


def test_disruption_budget_holds_an_eviction(instance):
    """A node that is drained takes one worker at a time."""
    instance.apply(scaling=Fixed(replicas=2))
    instance.wait_until_ready()
    # Nobody gets past the gate, so the first one's successor is not ready.
    instance.sql("UPDATE cdk8s_paperless_ngx_release SET state = 'migrating'")
    first, second = (evict(instance, name) for name in workers(instance))
    instance.sql("UPDATE cdk8s_paperless_ngx_release SET state = 'ready'")

    assert first.returncode == 0
    assert "Cannot evict pod as it would violate the pod's disruption budget" in second.stderr


def evict(instance, name):
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": NAMESPACE}}
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{name}/eviction"
    return instance.kubectl_process("create", "--raw", path, "--filename", "-", input=json.dumps(body))
