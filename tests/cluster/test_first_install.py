"""dist/ on an empty cluster."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.cluster


SECRETS = "app.kubernetes.io/component=secrets"


def apply_dist(instance) -> list[str]:
    done = instance.apply_dist()
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def secrets(instance):
    return {secret["metadata"]["name"]: secret["data"] for secret in instance.list("secrets")}


def test_one_apply_is_enough(first_apply):
    """A newcomer's first command: no error, and no warning (of Pod Security, say) on the way."""
    assert first_apply.returncode == 0
    assert first_apply.stderr == ""
    assert all(line.endswith(" created") for line in first_apply.stdout.splitlines())


def test_everything_becomes_ready_and_every_claim_binds(instance):
    """Nobody had to wait for anything, prepare a Secret, or apply things in an order."""
    assert {claim["status"]["phase"] for claim in instance.list("persistentvolumeclaims")} == {"Bound"}
    assert {part for part in ("webserver", "consumer", "worker", "beat", "flower") if instance.pod(part)}
    assert [job["status"].get("succeeded") for job in instance.list("jobs", SECRETS)] == [1]


def test_nothing_restarted(instance):
    """Waiting is what gates are for: no process crashes until its neighbours are there."""
    restarted = {
        pod["metadata"]["name"]: status["restartCount"]
        for pod in instance.list("pods")
        for status in pod["status"].get("containerStatuses", [])
        if status["restartCount"]
    }

    assert restarted == {}


def test_second_apply_changes_nothing(instance):
    """GitOps tools apply without end."""
    # Ours but for the label that says that it may be deleted.
    lines = [line for line in apply_dist(instance) if not line.startswith("namespace/")]

    assert [line for line in lines if not line.endswith(" unchanged")] == []


def test_generated_secrets_survive(instance):
    """A password that changes under a running database locks everybody out, so it is made once."""
    before = secrets(instance)
    assert before.keys() == {f"paperless-{part}" for part in ("admin", "application", "flower", "postgres", "redis")}

    instance.kubectl("delete", "jobs", "--selector", SECRETS)
    apply_dist(instance)
    instance.kubectl("wait", "--for=condition=Complete", "jobs", "--selector", SECRETS, "--timeout=60s")

    assert secrets(instance) == before
    (job,) = instance.list("jobs", SECRETS)
    log = instance.kubectl("logs", f"job/{job['metadata']['name']}")
    assert log.count("exists already, left alone") == len(before)


def test_admin_password_is_the_secret_s(instance):
    """README tells users to read it there."""
    (password,) = instance.sql("SELECT password FROM auth_user WHERE name = 'admin'")
    template = "--output=go-template={{.data.password | base64decode}}"

    assert instance.kubectl("get", "secret", "paperless-admin", template) == password[0]


def test_flower_asks_for_a_password(instance):
    """It can end workers and shows file names."""
    command = ["python3", "-c", "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).status)"]

    assert instance.exec("webserver", *command, "http://paperless-flower/healthcheck").strip() == "200"
    done = instance.kubectl_process("exec", instance.pod("webserver"), "--", *command, "http://paperless-flower/")
    assert "401" in done.stderr


def test_root_file_system_is_read_only(instance):
    for part in ("webserver", "consumer", "worker", "beat", "flower"):
        name = instance.pod(part)
        done = instance.kubectl_process("exec", name, "--container", part, "--", "touch", "/usr/src/paperless/src/x")
        assert "Read-only file system" in done.stderr, part
