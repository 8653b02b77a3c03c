"""The rescue on a real scratch volume, with a real broker: it finds, names and keeps, and hurts nothing."""

from __future__ import annotations

from typing import NamedTuple

import pytest

pytestmark = pytest.mark.cluster

SCRATCH = "/usr/src/paperless/scratch"
CONSUME = "/usr/src/paperless/consume"
ORIGINALS = "/usr/src/paperless/media/documents/originals"
OLD = "find . -mindepth 1 -not -path './.cdk8s*' -exec touch -c -d '3 hours ago' {} +"
"""Older than any task can be."""
LEFT_IN_SCRATCH = """
mkdir -m 700 tmpstored_1 tmpempty_12 paperless-ngxcopy_abc paperless-ngxgone_abc
printf 'a stored document' > tmpstored_1/again.txt
printf 'fail' > paperless-ngxcopy_abc/lost.txt
echo 'the only one' > paperless-ngxgone_abc/only.txt
echo staged > double-sided-staging.pdf
"""
NEW_IN_SCRATCH = f"""
{OLD}
mkdir tmpnew_abcd && echo new > tmpnew_abcd/new.txt
"""


class Runs(NamedTuple):
    """What two runs in a row found, and left of what lay there; documents that come through meanwhile do not count."""

    first_status: int
    status: int
    log: str
    metrics: str
    before: set[str]
    between: set[str]
    after: set[str]


@pytest.fixture(scope="module")
def quiet(instance):
    """An instance with nothing in its directories, whose rescue runs by hand alone."""
    instance.start_at("3.3.0")
    instance.wait_until_idle()
    instance.forget_events()
    instance.kubectl("patch", "cronjob/paperless-rescue", "--patch", '{"spec": {"suspend": true}}')
    empty(instance)
    yield instance
    empty(instance)


def empty(instance):
    for directory in (SCRATCH, CONSUME, ORIGINALS):
        within(instance, directory, "find . -mindepth 1 -delete")
    instance.sql("DELETE FROM documents_document")


def within(instance, directory, script):
    # A worker has all of them; the webserver has no consume directory.
    return instance.exec("worker", "sh", "-c", f"cd {directory} && {script}")


def everything(instance):
    """All files of the three directories; the rescue's own are none of them."""
    found = within(instance, "/usr/src/paperless", "find scratch consume media/documents/originals -mindepth 1")
    return {path for path in found.splitlines() if ".cdk8s" not in path}


@pytest.fixture(scope="module")
def runs(quiet):
    """Leave one of each kind, and let the rescue run twice while two documents are on their way."""
    quiet.upload("known.txt", "a stored document")
    quiet.wait_for_event("consumed known.txt")
    quiet.upload("lost.txt", "fail")
    quiet.wait_for_event("consumes lost.txt")
    within(quiet, CONSUME, "echo fail > forgotten.txt")
    quiet.wait_for_event("consumes forgotten.txt")
    quiet.wait_until_idle()
    within(quiet, ORIGINALS, f"mkdir 2026 && echo half > 2026/orphan.txt && {OLD}")
    within(quiet, CONSUME, OLD)
    within(quiet, SCRATCH, LEFT_IN_SCRATCH)
    left = everything(quiet)
    quiet.upload("running.txt", "quiet 60")
    quiet.upload("waiting.txt", "sleep 1")
    quiet.wait_for_event("consumes running.txt")
    within(quiet, SCRATCH, NEW_IN_SCRATCH)
    before = left | {"scratch/tmpnew_abcd", "scratch/tmpnew_abcd/new.txt"}
    first_status, _ = quiet.run_rescue()
    between = everything(quiet) & before
    status, log = quiet.run_rescue()
    metrics = within(quiet, SCRATCH, "cat .cdk8s-paperless-ngx/metrics.prom")
    return Runs(first_status, status, log, metrics, before, between, everything(quiet) & before)


def test_first_run_only_looks(runs):
    """A clock that jumps makes a file old, but not seen before."""
    assert (runs.first_status, runs.between) == (0, runs.before)


def test_lost_documents_are_named(runs):
    """An upload whose task failed, and a working copy whose original is nowhere; the Job fails, as that is seen."""
    assert runs.status == 1
    assert "/lost.txt; no task refers to it and no document has its checksum" in runs.log
    assert "lost: paperless-ngxgone_abc/only.txt" in runs.log
    assert runs.log.count("; no task refers to it and no document has its checksum") == 2
    assert "\npaperless_ngx_rescue_lost 2\n" in runs.metrics


def test_forgotten_files_in_consume_are_named(runs):
    """The consumer takes a file up once: after its task failed nobody looks at it again."""
    assert "forgotten in the consume directory: forgotten.txt;" in runs.log
    assert "\npaperless_ngx_rescue_forgotten 1\n" in runs.metrics


def test_orphans_in_media_are_named(runs):
    """A process that dies between removing the upload and the commit leaves its document there alone."""
    assert "in media without a document: 2026/orphan.txt; to have it consumed" in runs.log
    assert "\npaperless_ngx_rescue_orphans 1\n" in runs.metrics


def test_only_working_files_are_removed(runs):
    """No original goes, not even one that is stored, and nothing of a task that waits or runs."""
    gone = {"scratch/tmpempty_12"}
    assert runs.after == runs.before - gone
    assert "\npaperless_ngx_rescue_stored 1\n" in runs.metrics
    for name in ("running.txt", "waiting.txt"):
        assert name not in runs.log


def test_documents_on_their_way_arrive(quiet, runs):  # noqa: ARG001 (they ran meanwhile)
    """Those that waited or ran look as lost as the lost one, but for their messages."""
    for name in ("running", "waiting"):
        quiet.wait_for_event(f"consumed {name}.txt", seconds=240)


def test_outage_is_told_from_a_loss(quiet):
    """Whoever is woken must see whether documents or only the database is away: exit status 75, and nothing done."""
    before = everything(quiet)
    quiet.kubectl("scale", "statefulset/paperless-postgres", "--replicas=0", "--timeout=60s")
    try:
        quiet.wait_for("no database", lambda: not quiet.pods("postgres"))
        status, log = quiet.run_rescue()
    finally:
        quiet.kubectl("scale", "statefulset/paperless-postgres", "--replicas=1")
        quiet.wait_for("the database", lambda: quiet.sql("SELECT 1"), 180)

    assert status == 75, log
    assert "not all was looked at" in log
    assert everything(quiet) == before
