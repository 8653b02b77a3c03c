"""What users notice of a change: requests through the Service, ten each second, and how many of them fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cdk8s
import pytest

from cdk8s_paperless_ngx import Fixed, Paperless, Settings, WebserverOptions
from tests.cluster.cluster import Cluster
from tests.cluster.test_backup import small

pytestmark = pytest.mark.cluster

NAME = "steady"
PROBER = """
import json, pathlib, time, urllib.request
failures, requests, end = [], 0, pathlib.Path("/tmp/end")
start = time.monotonic()
while not end.exists():
    began = time.monotonic()
    try:
        with urllib.request.urlopen("http://steady-webserver/accounts/login/", timeout=10) as answer:
            answer.read()
    except OSError as error:
        failures.append(f"{began - start:.1f} s: {error}")
    requests += 1
    if requests == 1:
        pathlib.Path("/tmp/began").touch()
    time.sleep(max(0, began + 0.1 - time.monotonic()))
print(json.dumps({"requests": requests, "failures": failures}))
"""


def apply(cluster: Cluster, *, webservers: int, time_zone: str = "UTC") -> None:
    chart = cdk8s.Chart(cdk8s.Testing.app(), NAME, namespace=cluster.namespace)
    Paperless(
        chart,
        NAME,
        storage=small(),
        settings=Settings(time_zone=time_zone),
        webserver=WebserverOptions(scaling=Fixed(replicas=webservers)),
        rescue=None,
    )
    cluster.apply_chart(chart)


def prober() -> dict[str, Any]:
    """A pod that asks again and again, each time with a new connection, as most users' first request is one."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "prober"},
        "spec": {
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 1000,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "prober",
                    "image": "ghcr.io/paperless-ngx/paperless-ngx:3.3.0",
                    "command": ["python3", "-c", PROBER],
                    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                }
            ],
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 1,
        },
    }


@contextmanager
def probed(cluster: Cluster, say: Any) -> Iterator[None]:
    """Ask all the while, and fail if any request did."""
    cluster.apply_object(prober())
    cluster.wait_for("the first answer", lambda: cluster.kubectl("exec", "prober", "--", "ls", "/tmp/began"))
    yield
    cluster.kubectl("exec", "prober", "--", "touch", "/tmp/end")
    cluster.kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/prober", "--timeout=30s")
    seen = json.loads(cluster.kubectl("logs", "prober"))
    cluster.kubectl("delete", "pod/prober")
    say(f"{seen['requests']} requests, {len(seen['failures'])} failed")
    assert seen["requests"] > 100
    assert seen["failures"] == []


@pytest.fixture(scope="module")
def steady(first_apply):
    """An instance with two webservers."""
    assert first_apply.returncode == 0
    cluster = Cluster("papers-steady", NAME)
    cluster.create_namespace("restricted")
    apply(cluster, webservers=2)
    cluster.wait_until_ready()
    yield cluster
    cluster.remove()


def test_settings_change_fails_no_request(steady, say):
    """Both pods are told to end at once; they serve until those with the new settings are ready."""
    before = set(steady.pods("webserver"))
    with probed(steady, say):
        apply(steady, webservers=2, time_zone="Europe/Zurich")
        steady.wait_until_ready()
    assert not before & set(steady.pods("webserver"))


def test_drain_fails_no_request(steady, say):
    """A node that is drained evicts its pods; clients learn of it while the pod still serves."""
    evicted = steady.pods("webserver")[0]
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": evicted}}
    with probed(steady, say):
        path = f"/api/v1/namespaces/{steady.namespace}/pods/{evicted}/eviction"
        steady.kubectl("create", "--raw", path, "--filename", "-", input=json.dumps(eviction))
        steady.wait_until_ready()
    assert evicted not in steady.pods("webserver")


def test_scale_down_and_a_single_webserver_fail_no_request(steady, say):
    """What an autoscaler does at night, and then a change of settings where there is only one."""
    with probed(steady, say):
        apply(steady, webservers=1, time_zone="Europe/Zurich")
        steady.wait_until_ready()
        apply(steady, webservers=1, time_zone="Europe/Vienna")
        steady.wait_until_ready()
    assert len(steady.pods("webserver")) == 1
