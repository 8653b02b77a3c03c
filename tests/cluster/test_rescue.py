"""The rescue on a real scratch volume, with a real broker."""

from __future__ import annotations

import itertools
import time

import pytest

from cdk8s_paperless_ngx import RescueOptions

pytestmark = pytest.mark.cluster

SCRATCH = "/usr/src/paperless/scratch"
_NUMBERS = itertools.count()
OLD = "find . -mindepth 1 -not -path './.cdk8s*' -exec touch -d '3 hours ago' {} +"


@pytest.fixture(autouse=True)
def clean(instance):
    instance.start_at("3.0.5")
    instance.forget_events()
    in_scratch(instance, "find . -mindepth 1 -delete")
    # Its own schedule would come in between.
    instance.kubectl("patch", "cronjob/paperless-rescue", "--patch", '{"spec": {"suspend": true}}')


def in_scratch(instance, script):
    return instance.exec("webserver", "sh", "-c", f"cd {SCRATCH} && {script}")


def left(instance):
    return set(in_scratch(instance, "ls").split())


def run(instance):
    """Start the Job by hand, as README tells; return its exit status, log and metrics."""
    name = f"by-hand-{next(_NUMBERS)}"
    instance.kubectl("create", "job", name, "--from=cronjob/paperless-rescue")

    def finished():
        (pod,) = instance.list("pods", f"batch.kubernetes.io/job-name={name}") or [{"status": {}}]
        (status,) = pod["status"].get("containerStatuses") or [{"state": {}}]
        return status["state"].get("terminated")

    status = instance.wait_for("the rescue to end", finished)["exitCode"]
    metrics = in_scratch(instance, "cat .cdk8s-paperless-ngx/metrics.prom")
    return status, instance.kubectl("logs", f"job/{name}"), metrics


def leave_everything(instance):
    """Leave one of each: what is lost, stored, empty, a working copy, none of ours, new, in work, and waiting."""
    instance.upload("known.txt", "a stored document")
    instance.wait_for_event("consumed known.txt")
    instance.upload("lost.txt", "fail")
    instance.wait_for_event("consumes lost.txt")
    instance.wait_for("the task to fail", lambda: instance.redis("HLEN", "unacked") == ["0"])
    in_scratch(
        instance,
        "mkdir -m 700 tmpstored tmpempty paperless-ngxcopy"
        " && printf 'a stored document' > tmpstored/again.txt"
        " && echo half > paperless-ngxcopy/half.txt"
        " && echo staged > double-sided-staging.pdf",
    )
    for name in ("running", "waiting"):
        instance.upload(f"{name}.txt", "sleep 40")
    instance.wait_for_event("consumes running.txt")
    in_scratch(instance, f"{OLD} && mkdir tmpnew && echo new > tmpnew/new.txt")


def test_every_kind_of_leftover(instance):
    """Documents in work or in the queue look as lost as the lost one, but for their messages."""
    leave_everything(instance)
    before = left(instance)
    assert len(before) == 8
    status, _, _ = run(instance)
    assert (status, left(instance)) == (0, before), "the first run only looks"

    status, log, metrics = run(instance)

    assert status == 1
    assert "/lost.txt; no task refers to it and no document has its checksum" in log
    assert log.count("lost: tmp") == 1
    assert "\npaperless_ngx_rescue_lost 1\n" in metrics
    assert before - left(instance) == {"tmpstored", "tmpempty", "paperless-ngxcopy"}
    for name in ("running", "waiting"):
        instance.wait_for_event(f"consumed {name}.txt", seconds=120)


def test_failed_upload_is_consumed_after_all(instance):
    """What a task that failed leaves behind goes through the consume directory, and is removed when it is stored."""
    instance.apply(rescue=RescueOptions(retries=1))
    instance.wait_until_ready()
    in_scratch(instance, f"mkdir -m 700 tmpfailed && echo 'about sorb apples' > tmpfailed/failed.txt && {OLD}")
    run(instance)
    status, log, _ = run(instance)
    assert (status, "try 1 of 1" in log) == (0, True)
    instance.wait_for_event("consumed failed.txt")

    assert len(instance.search("sorb")) == 1
    status, _, _ = run(instance)
    assert (status, left(instance)) == (0, set())


def test_document_that_workers_are_lost_with_is_put_aside(instance):
    """Redis gives its task to one worker after the other, for ever; runs tell them by when it was taken."""
    instance.upload("killer.txt", "sleep 60")
    instance.wait_for_event("consumes killer.txt")
    in_scratch(instance, OLD)
    (tag,) = instance.redis("HKEYS", "unacked")
    (folder,) = left(instance)
    for delivery in range(4):
        assert left(instance) == {folder}
        instance.redis("ZADD", "unacked_index", str(int(time.time()) - delivery), tag)
        status, log, _ = run(instance)

    assert (status, left(instance)) == (1, set())
    assert f"stopped: .cdk8s-paperless-ngx/stopped/{folder}; workers took it 4 times and were lost with it" in log
    instance.wait_for("the task to fail and end", lambda: instance.redis("HLEN", "unacked") == ["0"])
