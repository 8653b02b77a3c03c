"""The project of compose/ for real: podman, podman-compose, PostgreSQL, Redis and the stand-in for the application."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.test_output import PROJECT

pytestmark = pytest.mark.compose

ADDRESS = "http://127.0.0.1:8000/api/documents/"


class Project:
    """A copy of compose/ in a folder of its own, with secrets of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def compose(self, *arguments: str, check: bool = True) -> str:
        command = ["podman-compose", *arguments]
        # podman-compose waits for ever for a service that has ended and was to be healthy.
        done = subprocess.run(command, cwd=self.folder, text=True, capture_output=True, check=False, timeout=600)
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done.stdout + done.stderr

    def podman(self, *arguments: str) -> str:
        return subprocess.run(["podman", *arguments], text=True, capture_output=True, check=True).stdout

    def up(self, *arguments: str) -> None:
        self.compose("up", "--detach", *arguments)
        wait_for("an answer", self.answers)

    def answers(self) -> bool:
        try:
            return bool(urllib.request.urlopen(f"{ADDRESS}?query=x", timeout=5))
        except OSError:
            return False

    def upload(self, name: str, content: str) -> None:
        request = urllib.request.Request(f"{ADDRESS}post_document/?name={name}", data=content.encode())
        urllib.request.urlopen(request, timeout=10).close()

    def search(self, word: str) -> list[dict[str, str]]:
        with urllib.request.urlopen(f"{ADDRESS}?query={word}", timeout=10) as answer:
            return json.load(answer)["results"]

    def containers(self, service: str) -> list[str]:
        labels = f"label=com.docker.compose.service={service}"
        return self.podman("ps", "--filter", labels, "--format", "{{.Names}}").split()

    def workers_are_ready(self) -> bool:
        names = self.containers("worker")
        return bool(names) and all("ready." in self.logs(name) for name in names)

    def logs(self, name: str) -> str:
        done = subprocess.run(["podman", "logs", name], text=True, capture_output=True, check=True)
        return done.stdout + done.stderr

    def events(self) -> list[str]:
        return self.podman(
            "exec", *self.containers("postgres"), "psql", "--username=paperless", "--tuples-only", "--no-align",
            "--command", "SELECT process || ' ' || what FROM standin_event ORDER BY id",
        ).splitlines()  # fmt: skip


def wait_for(what, condition, seconds=90):
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, f"still not after {seconds} s: {what}"
        time.sleep(0.5)
    return result


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    if "TESTCLUSTER" not in os.environ or not shutil.which("podman"):
        pytest.skip("TESTCLUSTER is not set, or there is no podman")
    subprocess.run([Path(__file__).parent / "load-images"], check=True)
    folder = tmp_path_factory.mktemp("project") / "paperless"
    shutil.copytree(PROJECT / "compose", folder, ignore=shutil.ignore_patterns(".env"))
    file = folder / "compose.yaml"
    # What podman has are stand-ins, of other digests.
    file.write_text(re.sub(r"@sha256:[0-9a-f]{64}", "", file.read_text(encoding="utf-8")), encoding="utf-8")
    secrets = ("SECRET_KEY", "ADMIN_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "FLOWER_PASSWORD")
    (folder / ".env").write_text("".join(f"{name}=correcthorse{number}\n" for number, name in enumerate(secrets)))
    made = Project(folder)
    made.compose("down", "--volumes")
    made.up()
    yield made
    made.compose("--profile", "flower", "down", "--volumes", "--timeout", "5")


def test_processes_wait_for_the_migration(project):
    """What they wrote down says so: it ended before any of them began."""
    wait_for("all processes", lambda: {"beat starts", "worker starts"} <= set(project.events()))
    events = project.events()

    assert events[0] == "migration begins"
    assert [event for event in events if event.endswith("starts")]
    assert all(events.index("migration ends") < events.index(event) for event in events if event.endswith("starts"))


def test_a_document_goes_all_the_way(project):
    """From the webserver by the scratch volume and the broker to a worker, and into the database."""
    project.upload("first.txt", "about quinces")

    assert wait_for("the document", lambda: project.search("quinces"))


def test_health_checks(project):
    """Of servers and processes alike; podman runs them when it is asked, where there is no systemd."""
    for service in ("postgres", "redis", "webserver", "worker"):
        (name,) = project.containers(service)
        project.podman("healthcheck", "run", name)


def test_every_directory_can_be_written(project):
    """By its process's user, also when a container starts again: what the image has there is root's, or is missing."""
    services = yaml.safe_load((project.folder / "compose.yaml").read_text(encoding="utf-8"))["services"]
    program = 'for path; do touch "$path/.probe" && rm "$path/.probe" || echo "$path"; done'

    def refused():
        return {
            (service, path)
            for service, description in services.items()
            for name in project.containers(service)
            for path in project.podman(
                "exec", name, "sh", "-c", program, "sh",
                *(mount.split(":")[1] for mount in description["volumes"] if not mount.endswith((":ro", ":ro,z"))),
            ).splitlines()
        }  # fmt: skip

    assert len([service for service in services if project.containers(service)]) == 7
    assert refused() == set()
    project.compose("restart", "beat", "consumer")
    assert refused() == set()


def test_more_workers(project):
    """Nothing but the number changes; both work."""
    project.compose("up", "--detach", "--scale", "worker=2")
    wait_for("two workers", lambda: len(project.containers("worker")) == 2)
    wait_for("both ready", project.workers_are_ready)
    for number in range(4):
        project.upload(f"many-{number}.txt", f"about sloes, sleep 3, number {number}")
    found = wait_for("all of them", lambda: len(documents := project.search("sloes")) == 4 and documents)

    assert len({document["worker"] for document in found}) == 2
    # podman-compose would neither stop the second one nor take it away.
    _, second = sorted(project.containers("worker"))
    project.podman("stop", second)
    project.podman("rm", second)


def test_a_worker_that_is_stopped_finishes_its_document(project):
    """The grace period is the pods'; SIGTERM reaches Celery through init."""
    project.upload("long.txt", "about medlars, sleep 8")
    wait_for("the document in work", lambda: "worker consumes long.txt" in project.events())
    project.compose("stop", "worker")

    assert [document["name"] for document in project.search("medlars")] == ["long.txt"]
    project.compose("start", "worker")


def test_document_of_a_killed_worker_comes_back(project):
    """As soon as its container runs anew and says that it does not work on it, and not after Redis's hour."""
    project.upload("killed.txt", "about bullaces, sleep 8")
    wait_for("the document in work", lambda: "worker consumes killed.txt" in project.events())
    (worker,) = project.containers("worker")
    project.podman("kill", "--signal", "KILL", worker)
    project.podman("start", worker)
    wait_for("the document", lambda: project.search("bullaces"), seconds=120)

    assert project.events().count("worker consumes killed.txt") == 2
    assert len(project.search("bullaces")) == 1


def test_servers_end_after_the_processes(project):
    """With the worker first, as podman-compose ends all at once: it could write nothing any more."""
    project.upload("late.txt", "about damsons, sleep 8")
    wait_for("the document in work", lambda: "worker consumes late.txt" in project.events())
    project.compose("stop", "worker")
    project.compose("down")
    project.up()

    assert [document["name"] for document in project.search("damsons")] == ["late.txt"]


def test_another_release_is_refused_beside_workers(project):
    """Not every tool ends them before the migration."""
    file = project.folder / "compose.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("3.3.0", "3.3.1"), encoding="utf-8")
    wait_for("a worker that answers", project.workers_are_ready)
    said = project.compose("run", "--rm", "--no-deps", "migration", check=False)
    refusal = "refused: workers of another release still run; stop them first (docker compose stop)"
    assert refusal in said, "\n".join([said, *map(project.logs, project.containers("worker"))])

    project.compose("down")
    project.up()
    wait_for("the document", lambda: project.search("quinces"))
    assert "migration ends" in project.events()


def test_down_and_up_lose_nothing(project):
    """Data is in the volumes, also what waits in the queue."""
    project.compose("stop", "worker")
    project.upload("waiting.txt", "about rowans")
    project.compose("down")
    project.up()

    assert project.search("quinces")
    assert wait_for("what waited", lambda: project.search("rowans"))


def test_backup_by_hand(project):
    """The exporter with the whole configuration, and a generation in a volume of its own."""
    project.compose("--profile", "backup", "run", "--rm", "backup")
    (worker,) = project.containers("worker")
    volume = next(
        name for name in project.podman("volume", "ls", "--quiet").split() if name.endswith("_backup-generations")
    )
    image = project.podman("inspect", "--format", "{{.ImageName}}", worker).strip()
    listed = project.podman(
        "run", "--rm", "--volume", f"{volume}:/backup:ro", image, "sh", "-c", "ls /backup/0*/export"
    )

    assert {"manifest.json", "first.txt"} <= set(listed.split())
