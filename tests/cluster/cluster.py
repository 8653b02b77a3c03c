"""An instance on a cluster: apply it, wait for it, look at it, with kubectl as a user would."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import cdk8s

from cdk8s_paperless_ngx import (
    Backup,
    Fixed,
    FlowerOptions,
    Paperless,
    PaperlessImage,
    Settings,
    WebserverOptions,
    WorkerOptions,
)
from cdk8s_paperless_ngx.model import Scaling
from cdk8s_paperless_ngx.settings import Ocr

NAMESPACE = NAME = "paperless"
_HERE = Path(__file__).parent
BRISK = WebserverOptions(keep_serving=timedelta(0))
"""A webserver for tests that ask it nothing while it is replaced, and would only wait."""
_OURS = "cdk8s-paperless-ngx/test"
_KILL = """
import os, sys
found = {}
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            arguments = file.read().split(b"\\0")
        with open(f"/proc/{pid}/stat") as file:
            parent = int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        continue
    if sys.argv[1].encode() in arguments and int(pid) != os.getpid():
        found[int(pid)] = parent
for pid, parent in found.items():
    if "--children" not in sys.argv or parent in found:
        os.kill(pid, 9)
"""


def without_digests(text: str) -> str:
    """Return manifests with images by name and tag alone: what is in the cluster are stand-ins, of other digests."""
    return re.sub(r"@sha256:[0-9a-f]{64}", "", text)


class NotOursError(Exception):
    """There is an instance on the cluster that no test made."""


class KubectlError(AssertionError):
    """Kubectl failed, perhaps because what it asked is just away."""


class Event(NamedTuple):
    """What a process of the stand-in wrote down."""

    version: str
    pod: str
    process: str
    what: str


class Document(NamedTuple):
    """A stored document with what it was given at the upload."""

    name: str
    title: str
    tags: tuple[str, ...]
    owner: str


def load_images() -> None:
    """Put the images into the cluster, under the names that the manifests use."""
    subprocess.run([_HERE / "load-images"], check=True)


class Cluster:
    """An instance in its namespace; unless said otherwise, main.py's."""

    def __init__(self, namespace: str = NAMESPACE, name: str = NAME) -> None:
        self.namespace = namespace
        self.name = name

    def kubectl_process(self, *arguments: str, input: str | None = None) -> subprocess.CompletedProcess[str]:
        command = ["kubectl", "--namespace", self.namespace, *arguments]
        return subprocess.run(command, input=input, text=True, capture_output=True, check=False)

    def kubectl(self, *arguments: str, input: str | None = None) -> str:
        done = self.kubectl_process(*arguments, input=input)
        if done.returncode:
            raise KubectlError(f"kubectl {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def find(self, what: str) -> dict[str, Any] | None:
        answer = self.kubectl("get", what, "--ignore-not-found", "--output", "json")
        return json.loads(answer) if answer.strip() else None

    def list(self, kind: str, selector: str = "") -> list[dict[str, Any]]:
        return json.loads(self.kubectl("get", kind, "--selector", selector, "--output", "json"))["items"]

    def pods(self, part: str) -> list[str]:
        return [pod["metadata"]["name"] for pod in self.list("pods", f"app.kubernetes.io/component={part}")]

    def pod(self, part: str) -> str:
        """The part's only pod that is not about to go."""

        def names() -> list[str]:
            pods = self.list("pods", f"app.kubernetes.io/component={part}")
            return [pod["metadata"]["name"] for pod in pods if "deletionTimestamp" not in pod["metadata"]]

        self.wait_for(f"one pod of {part}", lambda: len(names()) == 1)
        return names()[0]

    def container_log(self, part: str, container: str) -> str:
        done = self.kubectl_process("logs", self.pod(part), "--container", container)
        return done.stdout

    def exec(self, part: str, *command: str, container: str | None = None) -> str:
        return self.kubectl("exec", self.pod(part), "--container", container or part, "--", *command)

    def kill(self, part: str, program: str) -> None:
        """Send SIGKILL to the processes of a pod that have the program among their arguments."""
        self.exec(part, "python3", "-c", _KILL, program)

    def kill_child(self, worker: str) -> None:
        """Send SIGKILL to the process of a worker's pod that works on a task, and not to the one above it."""
        program = "/usr/local/bin/celery"
        command = ("python3", "-c", _KILL, program, "--children")
        self.kubectl("exec", worker, "--container", "worker", "--", *command)

    # What the instance is to be.

    def install(self) -> subprocess.CompletedProcess[str]:
        """Apply dist/ to a cluster that knows nothing of it; return how that went.

        Raises:
            NotOursError: The namespace exists, and what is in it may be somebody's documents.
        """
        namespace = self.find(f"namespace/{NAMESPACE}")
        if namespace and _OURS not in namespace["metadata"].get("labels", {}):
            raise NotOursError(f"namespace {NAMESPACE} exists on this cluster and no test made it; it stays untouched")
        if namespace:
            self.remove()
        applied = self.apply_dist()
        self.kubectl("label", f"namespace/{NAMESPACE}", f"{_OURS}=true")
        return applied

    def apply_dist(self) -> subprocess.CompletedProcess[str]:
        """Apply dist/ as it is, but for the digests of images."""
        files = sorted((_HERE.parent.parent / "dist").iterdir())
        text = "---\n".join(file.read_text(encoding="utf-8") for file in files)
        return self.kubectl_process("apply", "--filename", "-", input=without_digests(text))

    def apply(
        self,
        version: str = "3.3.0",
        *,
        language: str = "eng",
        time_zone: str = "UTC",
        scaling: Scaling = Fixed(),
    ) -> None:
        """Apply the instance of main.py, with another release or other settings, and with a backup."""
        chart = cdk8s.Chart(cdk8s.Testing.app(), NAME, namespace=NAMESPACE)
        instance = Paperless(
            chart,
            NAME,
            image=PaperlessImage(version=version),
            settings=Settings(time_zone=time_zone, ocr=Ocr(languages=(language,))),
            webserver=BRISK,
            flower=FlowerOptions(),
            worker=WorkerOptions(scaling=scaling),
        ).instance
        Backup(chart, "backup", instance=instance)
        self.apply_chart(chart)

    def put_mark_back(self, version: str, language: str = "en") -> None:
        """Do to the mark what restoring a backup of the database does."""
        self.sql(
            "UPDATE cdk8s_paperless_ngx_release SET state = 'ready',"
            f" current_version = '{version}', current_language = '{language}',"
            f" target_version = '{version}', target_language = '{language}'"
        )

    def start_at(self, version: str) -> None:
        """Have the instance ready at a release, whatever a test before has left."""
        self.apply(version)
        self.put_mark_back(version)
        # Whoever refused to go back waits in a pause that grows to five minutes.
        stuck = [
            pod["metadata"]["name"]
            for pod in self.list("pods", "cdk8s-paperless-ngx/release")
            if any(container.get("restartCount") for container in pod["status"].get("initContainerStatuses", []))
        ]
        if stuck:
            self.kubectl("delete", "pods", *stuck)
        self.wait_until_ready()

    def remove(self) -> None:
        """Remove all of it, without waiting for drains."""
        self.kubectl("delete", "cronjobs,deployments,statefulsets,jobs", "--all", "--wait=false")
        self.kubectl("delete", "pods", "--all", "--force", "--grace-period=0")
        self.kubectl("delete", "namespace", self.namespace, "--timeout=120s")

    def create_namespace(self, level: str) -> None:
        """Have an empty namespace of a Pod Security level, whatever a run before has left."""
        if self.find(f"namespace/{self.namespace}"):
            self.remove()
        self.kubectl("create", "namespace", self.namespace)
        self.kubectl("label", f"namespace/{self.namespace}", f"pod-security.kubernetes.io/enforce={level}")

    def apply_object(self, manifest: dict[str, Any]) -> None:
        self.kubectl("apply", "--filename", "-", input=without_digests(json.dumps(manifest)))

    def apply_chart(self, chart: cdk8s.Chart, *beside: dict[str, Any]) -> None:
        """Apply what a chart makes, and other objects before it."""
        items = [*beside, *cdk8s.Testing.synth(chart)]
        self.apply_object({"apiVersion": "v1", "kind": "List", "items": items})

    # What it is.

    def wait_for(self, what: str, condition: Callable[[], Any], seconds: float = 90) -> Any:
        """Wait until a condition holds; return what it returned. What is away meanwhile is asked again."""
        end = time.monotonic() + seconds
        while True:
            failure = ""
            try:
                if result := condition():
                    return result
            except KubectlError as error:
                failure = str(error)
            if time.monotonic() > end:
                shown = (("get", "pods"), ("get", "events", "--field-selector=type=Warning"))
                details = "\n".join(self.kubectl_process(*arguments).stdout for arguments in shown)
                raise AssertionError(f"still not after {seconds} s: {what}\n{failure}\n{details}")
            time.sleep(0.5)

    def wait_until_ready(self, seconds: float = 180) -> None:
        """Wait until every pod of the newest kind is ready and no other is left."""
        self.wait_for("every pod ready", self.ready, seconds)

    def ready(self) -> bool:
        for manifest in (*self.list("deployments"), *self.list("statefulsets")):
            status, wanted = manifest["status"], manifest["spec"]["replicas"]
            ready = tuple(status.get(key, 0) for key in ("updatedReplicas", "readyReplicas", "replicas"))
            if status.get("observedGeneration") != manifest["metadata"]["generation"] or ready != (wanted,) * 3:
                return False
        return not [pod for pod in self.list("pods") if "deletionTimestamp" in pod["metadata"]]

    def sql(self, statement: str) -> list[list[str]]:
        answer = self.kubectl(
            "exec", f"{self.name}-postgres-0", "--", "psql", "--username=paperless", "--quiet", "--no-align",
            "--tuples-only", "--field-separator=\t", "--command", statement,
        )  # fmt: skip
        return [line.split("\t") for line in answer.splitlines()]

    def redis(self, *command: str) -> list[str]:
        return self.kubectl("exec", f"{self.name}-redis-0", "--", "redis-cli", *command).splitlines()

    def events(self) -> list[Event]:
        rows = self.sql("SELECT version, pod, process, what FROM standin_event ORDER BY id")
        return [Event(*row) for row in rows]

    def forget_events(self) -> None:
        self.sql("DELETE FROM standin_event")

    def documents(self, names: Iterable[str]) -> list[Document]:
        """Return what is stored under some names; a document that is there twice is in it twice."""
        wanted = ", ".join(f"'{name}'" for name in names)
        rows = self.sql(
            f"SELECT name, coalesce(title, ''), coalesce(tags, 'null'), coalesce(owner, '') FROM documents_document"
            f" WHERE name IN ({wanted}) ORDER BY name"
        )
        return [Document(name, title, tuple(json.loads(tags) or ()), owner) for name, title, tags, owner in rows]

    def queued(self) -> dict[str, int]:
        """Return how many messages wait, are in work, and wait for another try."""
        commands = {
            "waiting": ("LLEN", "celery"),
            "running": ("HLEN", "unacked"),
            "to be tried again": ("ZCARD", "cdk8s-paperless-ngx:retries"),
        }
        return {name: int(self.redis(*command)[0]) for name, command in commands.items()}

    def wait_until_idle(self, seconds: float = 300) -> None:
        """Wait until no task waits, runs or is to be tried again."""
        self.wait_for("no message in Redis", lambda: not any(self.queued().values()), seconds)

    def upload(self, name: str, content: str, *, title: str = "", tags: Sequence[str] = (), owner: str = "") -> None:
        """Upload a document through the Service."""
        given = {"name": name, "title": title, "tags": ",".join(tags), "owner": owner}
        query = urlencode({key: value for key, value in given.items() if value})
        path = f"{self._service('webserver')}/api/documents/post_document/?{query}"
        self.kubectl("create", "--raw", path, "--filename", "-", input=content)

    def run_rescue(self) -> tuple[int, str]:
        """Start its Job by hand, as docs/queue.md tells; return exit status and log."""
        name = f"by-hand-{time.monotonic_ns()}"
        self.kubectl("create", "job", name, f"--from=cronjob/{self.name}-rescue")

        def ended() -> tuple[str, int] | None:
            for pod in self.list("pods", f"batch.kubernetes.io/job-name={name}"):
                for status in pod["status"].get("containerStatuses", []):
                    if "terminated" in status["state"]:
                        return pod["metadata"]["name"], status["state"]["terminated"]["exitCode"]
            return None

        pod, status = self.wait_for("the rescue to end", ended, 120)
        log = self.kubectl("logs", pod)
        self.kubectl("delete", "job", name)
        return status, log

    def search(self, word: str) -> list[dict[str, str]]:
        """Documents that contain a word, through the Service."""
        answer = self.kubectl("get", "--raw", f"{self._service('webserver')}/api/documents/?query={word}")
        return json.loads(answer)["results"]

    def wait_for_event(self, what: str, seconds: float = 90) -> Event:
        def happened() -> Event | None:
            return next((event for event in self.events() if event.what == what), None)

        return self.wait_for(what, happened, seconds)

    def _service(self, part: str) -> str:
        return f"/api/v1/namespaces/{self.namespace}/services/{self.name}-{part}:http/proxy"
