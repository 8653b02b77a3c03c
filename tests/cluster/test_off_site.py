"""Backups off-site: pushed, thinned out, checked, damaged, and restored where nothing else is left.

restic, the SSH server and the S3 server are real; the application is the stand-in.
"""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import cdk8s
import pytest

from cdk8s_paperless_ngx import (
    Backup,
    NewClaim,
    OffSite,
    Paperless,
    Repository,
    Restore,
    RestoreDrill,
    Retention,
    SecretKey,
    Ssh,
    Variable,
)
from tests.cluster.cluster import BRISK, Cluster
from tests.cluster.test_backup import keep, look, run, small

pytestmark = pytest.mark.cluster

NAME = "papers"
IMAGE = "docker.io/restic/restic:0.18.1"
SERVERS = "papers-servers"
HOST = f"servers.{SERVERS}.svc"
DOCUMENTS = {"a.txt": "about greengages", "b.txt": "about medlars", "c.txt": "about quinces and rowans"}
NOT_TO_BE_HAD = 77
SSHD = """
Port 2222
HostKey /given/host
AuthorizedKeysFile /given/client.pub
StrictModes no
UsePAM no
PasswordAuthentication no
PidFile none
Subsystem sftp internal-sftp
"""


def secret(name: str, values: dict[str, str]) -> dict[str, Any]:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": data}


def keys(folder: Path) -> dict[str, str]:
    """A key of the server's, and one with which somebody logs in."""
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name], check=True)
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def servers(given: dict[str, str]) -> list[dict[str, Any]]:
    """An SSH server, which keeps what it gets as files, and an S3 server, which keeps it in memory."""
    passwd = "paperless:x:1000:1000::/tmp:/bin/sh\n"
    scripts = {
        "ssh": "exec /usr/sbin/sshd -D -e -f /given/sshd_config",
        "s3": "exec gofakes3 -host :9000 -backend memory -initialbucket papers",
    }
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    mounts = [
        {"name": "files", "mountPath": "/files"},
        {"name": "given", "mountPath": "/given"},
        {"name": "given", "mountPath": "/etc/passwd", "subPath": "passwd"},
    ]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "servers", "labels": {"app": "servers"}},
        "spec": {
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 1000,
                "runAsGroup": 1000,
                "fsGroup": 1000,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": name,
                    "image": IMAGE,
                    "command": ["sh", "-ec", script],
                    "securityContext": security,
                    "volumeMounts": mounts,
                }
                for name, script in scripts.items()
            ],
            "volumes": [
                {"name": "files", "emptyDir": {}},
                {"name": "given", "secret": {"secretName": "given", "defaultMode": 0o440}},
            ],
            "terminationGracePeriodSeconds": 1,
        },
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "servers"},
        "spec": {
            "selector": {"app": "servers"},
            "ports": [{"name": "ssh", "port": 2222}, {"name": "s3", "port": 9000}],
        },
    }
    return [secret("given", {**given, "passwd": passwd, "sshd_config": SSHD}), pod, service]


def sftp(folder: str = "papers") -> Repository:
    login = Ssh(
        key=SecretKey(secret="off-site", key="key"), known_hosts=SecretKey(secret="off-site", key="known_hosts")
    )
    return Repository(
        location=f"sftp://paperless@{HOST}:2222//files/{folder}",
        password=SecretKey(secret="off-site", key="password"),
        ssh=login,
        image=IMAGE,
    )


def s3() -> Repository:
    return Repository(
        location=f"s3:http://{HOST}:9000/papers/docs",
        password=SecretKey(secret="off-site", key="password"),
        variables=(
            Variable(name="AWS_ACCESS_KEY_ID", value=SecretKey(secret="off-site", key="id")),
            Variable(name="AWS_SECRET_ACCESS_KEY", value=SecretKey(secret="off-site", key="id")),
        ),
        image=IMAGE,
    )


def apply(cluster: Cluster, repository: Repository, **arguments: Any) -> None:
    """Apply an instance whose backup is pushed to two places, and that tries one of them."""
    chart = cdk8s.Chart(cdk8s.Testing.app(), NAME, namespace=cluster.namespace)
    docs = Paperless(chart, NAME, storage=small(), webserver=BRISK, rescue=None, **arguments)
    backup = Backup(chart, "backup", instance=docs.instance, claim=NewClaim(size="1Gi"))
    given: dict[str, Any] = {"instance": docs.instance, "generations": backup.generations}
    retention = Retention(daily=1, weekly=0, monthly=0, yearly=0)
    OffSite(chart, "off-site", repository=repository, retention=retention, read_data_percent=100, **given)
    OffSite(chart, "bucket", repository=s3(), part="bucket", **given)
    RestoreDrill(chart, "drill", repository=sftp(), part="far-drill", **given)
    cluster.apply_chart(chart)


class Servers:
    """What is off-site."""

    def __init__(self, given: dict[str, str]) -> None:
        self.cluster = Cluster(SERVERS, "servers")
        self._given = given

    def start(self) -> None:
        self.cluster.create_namespace("restricted")
        for manifest in servers(self._given):
            self.cluster.apply_object(manifest)
        self.cluster.kubectl("wait", "--for=condition=Ready", "pod/servers", "--timeout=60s")

    def login(self) -> dict[str, Any]:
        """What a namespace needs to get there, and nothing else: all that is kept elsewhere."""
        known = f"[{HOST}]:2222 {self._given['host.pub']}"
        values = {"key": self._given["client"], "known_hosts": known, "password": "correct horse", "id": "minister"}
        return secret("off-site", values)

    def run(self, command: str) -> str:
        return self.cluster.kubectl("exec", "servers", "--container", "ssh", "--", "sh", "-ec", command)

    def restic(self, *arguments: str) -> str:
        options = "RESTIC_PASSWORD='correct horse' restic --no-cache --repo /files/papers"
        return self.run(f"{options} {' '.join(arguments)}")

    def snapshots(self) -> list[dict[str, Any]]:
        return json.loads(self.restic("snapshots", "--json"))


@pytest.fixture(scope="module")
def off_site(images, tmp_path_factory, say):  # noqa: ARG001 (pytest loads them first)
    """The servers, in the cluster."""
    done = subprocess.run([Path(__file__).parent / "load-restic"], check=False)
    if done.returncode == NOT_TO_BE_HAD:
        say("*** Off-site NOT tested: restic cannot be built here. ***")
        pytest.skip("restic cannot be had")
    assert done.returncode == 0
    made = Servers(keys(tmp_path_factory.mktemp("keys")))
    made.start()
    yield made
    made.cluster.remove()


@pytest.fixture(scope="module")
def archive(off_site):
    """An instance with documents and a generation of them."""
    cluster = Cluster("papers-off-site", NAME)
    cluster.create_namespace("restricted")
    cluster.apply_object(off_site.login())
    apply(cluster, sftp())
    cluster.wait_until_ready()
    for name, content in DOCUMENTS.items():
        cluster.upload(name, content)
    for name in DOCUMENTS:
        cluster.wait_for_event(f"consumed {name}")
    how, log = run(cluster, "backup", "backup")
    assert how == "Complete", log
    keep(cluster, f"{NAME}-backup")
    yield cluster
    cluster.remove()


def work(cluster: Cluster, part: str) -> tuple[str, str]:
    """Run a CronJob now; return how it ended, and the logs of all containers."""
    name = f"now-{part}"
    cluster.kubectl("create", "job", name, f"--from=cronjob/{NAME}-{part}")

    def ended() -> str:
        conditions = (cluster.find(f"job/{name}") or {}).get("status", {}).get("conditions", [])
        return next(
            (c["type"] for c in conditions if c["type"] in {"Complete", "Failed"} and c["status"] == "True"), ""
        )

    how = cluster.wait_for(f"{name} to end", ended, 180)
    (pod,) = cluster.list("pods", f"batch.kubernetes.io/job-name={name}")
    containers = (*pod["spec"]["initContainers"], *pod["spec"]["containers"])
    # One by one: with --all-containers kubectl prints nothing where one has not started.
    commands = (("logs", pod["metadata"]["name"], "--container", container["name"]) for container in containers)
    log = "".join(cluster.kubectl_process(*command).stdout for command in commands)
    cluster.kubectl("delete", f"job/{name}")
    return how, log


def metric(cluster: Cluster, name: str, part: str = "off-site") -> int:
    text = look(cluster, f"cat /backup/generations-{part}/off-site.prom")
    return int(
        next(line.split()[1] for line in text.splitlines() if line.startswith(f"paperless_ngx_off_site_{name} "))
    )


def generations(cluster: Cluster) -> list[str]:
    return look(cluster, "cd /backup/generations && ls -d 0*").split()


def test_push(archive, off_site):
    """As the user of all pods, on a read-only root, by SSH with a key and a host that is known."""
    how, log = work(archive, "off-site")

    assert how == "Complete", log
    (snapshot,) = off_site.snapshots()
    (generation,) = generations(archive)
    assert {"cdk8s-paperless-ngx", generation, "documents-3"} <= set(snapshot["tags"])
    assert snapshot["hostname"] == NAME
    assert metric(archive, "documents") == 3


def test_push_into_a_bucket(archive):
    how, log = work(archive, "bucket")

    assert how == "Complete", log
    assert metric(archive, "snapshots", "bucket") == 1


def test_second_push_reads_and_adds_what_is_new(archive, off_site):
    """And removes what is too old of its own; what a person has put there stays."""
    off_site.restic("backup", "/etc/passwd", "--host", NAME, "--tag", "by-hand", "--time", "'2020-01-01 00:00:00'")
    first = metric(archive, "added_bytes")
    archive.upload("d.txt", "about bullaces")
    archive.wait_for_event("consumed d.txt")
    assert run(archive, "backup", "backup")[0] == "Complete"

    how, log = work(archive, "off-site")
    assert how == "Complete", log
    assert "4 documents" in log
    assert metric(archive, "added_bytes") < first
    assert run(archive, "backup", "backup")[0] == "Complete"
    how, log = work(archive, "off-site")
    assert how == "Complete", log
    tags = [set(snapshot["tags"]) for snapshot in off_site.snapshots()]
    assert {"by-hand"} in tags
    assert len(tags) == 1 + 2
    assert any(generations(archive)[-1] in each for each in tags)


def test_check(archive):
    how, log = work(archive, "off-site-check")

    assert how == "Complete", log
    assert "paperless_ngx_off_site_check_last_success" in look(archive, "cat /backup/generations-off-site/check.prom")


def test_drill_of_what_is_off_site(archive):
    how, log = work(archive, "far-drill")

    assert how == "Complete", log
    assert "found everything: 4 documents" in log


def test_mistyped_repository_is_refused(archive, off_site):
    apply(archive, sftp("paper"))

    how, log = work(archive, "off-site")
    assert how == "Failed"
    assert "refused: there is no repository, and this backup was pushed to" in log
    assert off_site.run("ls /files").split() == ["papers"]
    assert metric(archive, "refused") == 1
    apply(archive, sftp())


def test_everything_is_gone(archive, off_site):
    """A namespace with a password and a key in it, and nothing else: every file is what it was, a search finds it."""
    newest = generations(archive)[-1]
    sums = look(archive, f"cat /backup/generations/{newest}/SHA256SUMS").splitlines()
    published = {path.removeprefix("export/"): digest for digest, path in (line.split("  ") for line in sums)}
    archive.kubectl("scale", "deployments", "--all", "--replicas=0")
    fresh = Cluster("papers-anew", NAME)
    fresh.create_namespace("restricted")
    try:
        fresh.apply_object(off_site.login())
        apply(fresh, sftp(), restore=Restore(repository=sftp()))
        fresh.wait_until_ready(300)

        assert f"fetched {newest}" in fresh.container_log("beat", "fetch-place")
        originals = "cd /usr/src/paperless/media/documents/originals && sha256sum *"
        there = dict(reversed(line.split()) for line in fresh.exec("webserver", "sh", "-ec", originals).splitlines())
        assert there == {name: published[name] for name in (*DOCUMENTS, "d.txt")}
        assert [found["name"] for found in fresh.search("bullaces")] == ["d.txt"]

        how, log = run(fresh, "backup", "backup")
        assert how == "Complete", log
        how, log = work(fresh, "off-site")
        assert how == "Complete", log
        ours = [snapshot for snapshot in off_site.snapshots() if newest in snapshot["tags"]]
        assert len(ours) == 1, "what the lost cluster has pushed stays"
        fresh.kubectl("delete", "pods", "--selector", "app.kubernetes.io/component=beat")
        fresh.wait_until_ready()
        assert "nothing is fetched" in fresh.container_log("beat", "fetch-plan")
    finally:
        fresh.remove()


def test_check_finds_a_damaged_repository(archive, off_site):
    """One byte, of which the index knows nothing."""
    off_site.run(
        "pack=$(ls -S $(find /files/papers/data -type f) | head -1); chmod u+w $pack; "
        "printf X | dd of=$pack bs=1 seek=100 conv=notrunc"
    )

    how, log = work(archive, "off-site-check")
    assert how == "Failed"
    assert "pack" in log
