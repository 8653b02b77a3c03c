"""What breaks in an instance, as a kernel, a cable or a power cut breaks it: not gently, as Kubernetes ends things."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

import cdk8s

from cdk8s_paperless_ngx import Fixed, Paperless, PaperlessImage, SharedStorage, WorkerOptions
from tests.cluster.cluster import BRISK, Cluster, Document

SERVERS = {"postgres": 5432, "redis": 6379}
TITLE_WORD = "Title of"
TAGS = ("scanned", "2026")
OWNER = "ada"
_BREAKER = "breaker"
_PIDS = 'grep -ls -- "$1" /proc/[0-9]*/cgroup | cut -d/ -f3'
_KILL = f"kill -9 $({_PIDS}) 2>/dev/null || true"
_NFT = f'nsenter --target "$({_PIDS} | head -n 1)" --net nft -f -'
_TABLE = "table inet faults"
_RULES = """
{table} {{
  chain in {{ type filter hook input priority -300; iifname != "lo" {received} drop; }}
  chain out {{ type filter hook output priority -300; oifname != "lo" {sent} drop; }}
}}
"""


def expected(name: str) -> Document:
    """What a document that ``upload`` sent must be when it is stored."""
    return Document(name, f"{TITLE_WORD} {name}", TAGS, OWNER)


def upload(cluster: Cluster, name: str, words: str = "") -> None:
    """Upload a document with everything that can be given; words say what its task does, and its name does not."""
    cluster.upload(name, f"{words} #{zlib.crc32(name.encode())}", title=f"{TITLE_WORD} {name}", tags=TAGS, owner=OWNER)


def install(cluster: Cluster, workers: int) -> None:
    """Have a new instance whose pods may run on any node, in a namespace of its own."""
    cluster.create_namespace("restricted")
    chart = cdk8s.Chart(cdk8s.Testing.app(), cluster.name, namespace=cluster.namespace)
    Paperless(
        chart,
        cluster.name,
        image=PaperlessImage(version="3.3.0"),
        storage=SharedStorage(storage_class="standard"),
        webserver=BRISK,
        worker=WorkerOptions(scaling=Fixed(replicas=workers)),
    )
    cluster.apply_chart(chart)
    cluster.wait_until_ready()


def containers(cluster: Cluster, part: str) -> dict[str, bool]:
    """Return the containers of a part's pods by their id, which each start makes anew, and whether they are ready."""
    return {
        status.get("containerID", ""): status["ready"]
        for pod in cluster.list("pods", f"app.kubernetes.io/component={part}")
        for status in pod["status"].get("containerStatuses", [])
    }


def wait_until_back(cluster: Cluster, part: str, before: dict[str, bool]) -> None:
    """Wait until a part's pods are ready and have none of the containers that they had before."""

    def back() -> bool:
        now = containers(cluster, part)
        return bool(now) and all(now.values()) and not now.keys() & before.keys()

    cluster.wait_for(f"{part} to be back", back, 180)


class Breaker:
    """A privileged pod on each node, outside of the instance's namespace, which allows none.

    Args:
        name: Of the instance's namespace.
    """

    def __init__(self, name: str) -> None:
        self._cluster = Cluster(f"{name}-breaker", _BREAKER)

    def start(self) -> None:
        """Start it on every node there is."""
        self._cluster.create_namespace("privileged")
        labels = {"breaker": "true"}
        container = {
            "name": _BREAKER,
            "image": "cdk8s-paperless-ngx/faults:test",
            "imagePullPolicy": "IfNotPresent",
            "command": ["sleep", "infinity"],
            "securityContext": {"privileged": True},
        }
        pod = {"hostPID": True, "terminationGracePeriodSeconds": 0, "containers": [container]}
        self._cluster.apply_object(
            {
                "apiVersion": "apps/v1",
                "kind": "DaemonSet",
                "metadata": {"name": _BREAKER},
                "spec": {
                    "selector": {"matchLabels": labels},
                    "template": {"metadata": {"labels": labels}, "spec": pod},
                },
            }
        )
        self._cluster.kubectl("rollout", "status", f"daemonset/{_BREAKER}", "--timeout=60s")

    def remove(self) -> None:
        """Leave nothing, also not on a node that is gone."""
        self._cluster.kubectl("delete", "daemonsets", "--all", "--wait=false")
        self._cluster.kubectl("delete", "pods", "--all", "--force", "--grace-period=0")
        self._cluster.kubectl("delete", "namespace", self._cluster.namespace, "--timeout=120s")

    def kill(self, cluster: Cluster, pod: str, containers: Sequence[str] = ()) -> None:
        """Send SIGKILL to all processes of some of a pod's containers, by default of all of them, as the kernel does.

        Kubernetes then starts the containers again, in the same pod.
        """
        found = _pod(cluster, pod)
        for status in found["status"]["containerStatuses"]:
            if not containers or status["name"] in containers:
                self._run(found, _KILL, status)

    def cut(self, cluster: Cluster, pod: str, port: int | None = None) -> None:
        """Drop what a pod sends and gets, to and from a port of others if one is given; nobody is told."""
        received = f"tcp sport {port}" if port else ""
        sent = f"tcp dport {port}" if port else ""
        self._nft(cluster, pod, _RULES.format(table=_TABLE, received=received, sent=sent))

    def heal(self, cluster: Cluster, pod: str) -> None:
        """Let everything pass again."""
        self._nft(cluster, pod, f"delete {_TABLE}\n")

    def vanish(self, cluster: Cluster, server: str) -> None:
        """Have PostgreSQL's or Redis's pod gone with no connection closed, as when its node loses its power.

        Its successor has another address, so whoever waits at the old one waits for ever.
        """
        pod = f"{cluster.name}-{server}-0"
        self.cut(cluster, pod)
        # Two servers may not write into one directory, so this one does not get the time to end well.
        self.kill(cluster, pod)
        cluster.kubectl("delete", "pod", pod, "--force", "--grace-period=0")

    def _nft(self, cluster: Cluster, pod: str, rules: str) -> None:
        found = _pod(cluster, pod)
        self._run(found, _NFT, found["status"]["containerStatuses"][0], input=rules)

    def _run(self, pod: dict[str, Any], script: str, status: dict[str, Any], *, input: str | None = None) -> None:
        identifier = status["containerID"].rpartition("/")[2]
        command = ("sh", "-c", script, "sh", identifier)
        self._cluster.kubectl("exec", "--stdin", self._on(pod["spec"]["nodeName"]), "--", *command, input=input)

    def _on(self, node: str) -> str:
        (name,) = (pod["metadata"]["name"] for pod in self._cluster.list("pods") if pod["spec"].get("nodeName") == node)
        return name


def _pod(cluster: Cluster, name: str) -> dict[str, Any]:
    return json.loads(cluster.kubectl("get", "pod", name, "--output", "json"))
