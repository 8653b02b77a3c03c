"""Documents on their way, and workers that go while they work."""

from __future__ import annotations

import time

import pytest

pytestmark = pytest.mark.cluster


@pytest.fixture(autouse=True)
def clean(instance):
    instance.start_at("3.3.0")
    instance.forget_events()


def test_upload_is_consumed_and_found(instance):
    """Webserver and worker hand it over by a path in the shared scratch directory."""
    instance.upload("letter.txt", "a letter about quinces")
    instance.wait_for_event("consumed letter.txt")

    assert [found["name"] for found in instance.search("quinces")] == ["letter.txt"]
    assert instance.exec("webserver", "ls", "/usr/src/paperless/media/documents/originals").split().count("letter.txt")


def test_dropped_file_is_consumed(instance):
    """Consumer and worker see the same consume directory at the same path."""
    instance.exec("consumer", "sh", "-c", "echo about medlars > /usr/src/paperless/consume/dropped.txt")
    instance.wait_for_event("consumed dropped.txt")

    assert [found["name"] for found in instance.search("medlars")] == ["dropped.txt"]
    assert instance.exec("consumer", "ls", "/usr/src/paperless/consume").split() == []


def test_beat_s_tasks_reach_a_worker(instance):
    event = instance.wait_for_event("trains the classifier")

    assert event.process == "worker"


def test_drain_finishes_the_task(instance):
    """A pod that is told to go (a node's drain, a scale-down, an upgrade) has its task limit to finish its document."""
    instance.upload("long.txt", "about sloes, sleep 12")
    worker = instance.wait_for_event("consumes long.txt").pod
    instance.kubectl("delete", "pod", worker, "--wait=false")
    begin = time.monotonic()
    event = instance.wait_for_event("consumed long.txt")

    assert event.pod == worker
    instance.wait_for("the drained pod to be gone", lambda: worker not in instance.pods("worker"))
    assert time.monotonic() - begin < 60
    assert len(instance.search("sloes")) == 1


def test_killed_worker_s_document_comes_back_by_itself(instance):
    """SIGKILL, a lost node or an out-of-memory kill loses no document: late acknowledgement keeps its message in Redis.

    Redis gives it back an hour after it was taken, which the image pins; the redelivery does it as soon as it knows
    that nobody works on it. (`test_faults.py` has all other ways to die.)
    """
    instance.upload("killed.txt", "about damsons, sleep 8")
    instance.wait_for_event("consumes killed.txt")
    instance.kill("worker", "/usr/local/bin/celery")
    killed = time.monotonic()

    messages = instance.redis("HKEYS", "unacked")
    assert len([tag for tag in messages if "consume_file" in "".join(instance.redis("HGET", "unacked", tag))]) == 1
    assert instance.search("damsons") == []
    instance.wait_for_event("consumed killed.txt", seconds=600)
    seconds = time.monotonic() - killed
    assert len(instance.search("damsons")) == 1
    instance.wait_for("the acknowledgement", lambda: instance.redis("HLEN", "unacked") == ["0"])
    assert seconds < 120, f"the document was there {seconds:.0f} s after its worker was killed"


def test_pod_that_is_told_to_go_at_once_goes(instance):
    """As PID 1 a process ignores signals that it has no handler for yet, and would stay for 31 minutes."""
    instance.kubectl("delete", "pod", instance.pod("worker"), "--wait=false")

    def started():
        statuses = [
            (pod["metadata"]["name"], status)
            for pod in instance.list("pods", "app.kubernetes.io/component=worker")
            for status in pod["status"].get("containerStatuses", [])
            if "deletionTimestamp" not in pod["metadata"]
        ]
        return next((name for name, status in statuses if "running" in status["state"]), None)

    name = instance.wait_for("a new worker", started)
    instance.kubectl("delete", "pod", name, "--timeout=30s")
