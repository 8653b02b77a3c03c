"""Images before 3.0 on the cluster: supervisord in each pod, then direct argv, then 3.0, with the same documents."""

from __future__ import annotations

from datetime import timedelta

import cdk8s
import pytest

from cdk8s_paperless_ngx import Paperless, PaperlessImage
from tests.cluster.cluster import BRISK, Cluster

pytestmark = pytest.mark.cluster


def apply(cluster: Cluster, version: str) -> None:
    chart = cdk8s.Chart(cdk8s.Testing.app(), "older", namespace="older")
    image = PaperlessImage(version=version)
    Paperless(chart, "older", image=image, webserver=BRISK, rescue=None, task_limit=timedelta(minutes=10))
    cluster.apply_chart(chart)


@pytest.fixture(scope="module")
def supervised(first_apply):
    assert first_apply.returncode == 0
    cluster = Cluster("older", "older")
    cluster.create_namespace("restricted")
    apply(cluster, "2.14.7")
    cluster.wait_until_ready()
    yield cluster
    cluster.remove()


def test_one_program_in_each_pod(supervised):
    """supervisord, its listener and the one program; and no entrypoint has made the index anew."""
    programs = {
        "webserver": "paperless.asgi:application",
        "consumer": "document_consumer",
        "worker": "worker",
        "beat": "beat",
    }
    for part, program in programs.items():
        shown = supervised.exec(part, "python3", "-c", _PROCESSES)
        assert "/etc/supervisord.conf" in shown
        assert [name for name in programs.values() if f" {name} " in shown.replace("\n", " ")] == [program]
    assert [event.what for event in supervised.events() if event.process == "entrypoint"] == []


_PROCESSES = """
import pathlib
for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    try:
        print("", *file.read_text().split("\\0")[:-1], "")
    except OSError:
        pass
"""


def test_a_document_is_finished_when_its_pod_is_to_go(supervised):
    """supervisord passes the signal on to Celery alone, and waits for it."""
    supervised.forget_events()
    supervised.upload("long.txt", "about services, sleep 10")
    worker = supervised.wait_for_event("consumes long.txt").pod
    supervised.kubectl("delete", "pod", worker, "--wait=false")

    assert supervised.wait_for_event("consumed long.txt").pod == worker
    supervised.wait_until_ready()


def test_pod_ends_with_its_program(supervised):
    """supervisord alone would look like a healthy pod."""
    pod = supervised.pod("consumer")
    supervised.kill("consumer", "document_consumer")

    def restarted():
        found = supervised.find(f"pod/{pod}")
        (status,) = found["status"]["containerStatuses"]
        return status["restartCount"] == 1 and status["ready"]

    supervised.wait_for("the container to start anew", restarted)


def test_upgrades_keep_documents(supervised):
    """From supervisord to direct argv, and over the major version; each release waits for the one before."""
    supervised.upload("kept.txt", "about azaroles")
    supervised.wait_for("the document", lambda: supervised.search("azaroles"))

    for version in ("2.20.15", "3.3.0"):
        apply(supervised, version)
        supervised.wait_until_ready()
        assert [document["name"] for document in supervised.search("azaroles")] == ["kept.txt"]
        supervised.upload(f"{version}.txt", f"by {version}.")
        supervised.wait_for("a new document", lambda v=version: supervised.search(f"by {v}."))
