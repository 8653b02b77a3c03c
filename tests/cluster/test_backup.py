"""Backups: made, kept through a loss, restored elsewhere, and tried.

The stand-in's exporter and importer are those of the scripts' own tests; everything around them is real.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import cdk8s
import pytest

from cdk8s_paperless_ngx import Backup, ExistingClaim, NewClaim, Paperless, Restore, RestoreDrill, SingleNodeStorage
from tests.cluster.cluster import BRISK, Cluster

pytestmark = pytest.mark.cluster

NAME = "papers"
DOCUMENTS = {"a.txt": "about greengages", "b.txt": "about medlars", "c.txt": "about quinces and rowans"}
SUMS = "cd /backup/generations && find 0* -type f -exec sha256sum {} + | sort"
KILL_RUNS = Path(__file__).with_name("kill_runs.py")
PROOF = "cd /backup/generations/{} && sha256sum --check --quiet SHA256SUMS"


def small(size: str = "1Gi") -> SingleNodeStorage:
    claim = NewClaim(size=size)
    return SingleNodeStorage(data=claim, media=claim, consume=claim, scratch=claim, export=claim)


def apply(cluster: Cluster, **arguments: Any) -> None:
    """Apply an instance with a backup and a drill."""
    chart = cdk8s.Chart(cdk8s.Testing.app(), NAME, namespace=cluster.namespace)
    docs = Paperless(chart, NAME, storage=small(), webserver=BRISK, rescue=None, **arguments)
    backup = Backup(chart, "backup", instance=docs.instance, claim=NewClaim(size="1Gi"))
    RestoreDrill(chart, "drill", instance=docs.instance, generations=backup.generations)
    cluster.apply_chart(chart)


def keeper(claim: str) -> dict[str, Any]:
    """A pod that has nothing but a backup's claim: what somebody would look at it with."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"keeper-{claim}"},
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
                    "name": "keeper",
                    "image": "ghcr.io/paperless-ngx/paperless-ngx:3.3.0",
                    "command": ["sleep", "infinity"],
                    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                    "volumeMounts": [{"name": "backup", "mountPath": "/backup"}],
                }
            ],
            "volumes": [{"name": "backup", "persistentVolumeClaim": {"claimName": claim}}],
            "terminationGracePeriodSeconds": 1,
        },
    }


def keep(cluster: Cluster, claim: str) -> None:
    cluster.apply_object(keeper(claim))
    cluster.kubectl("wait", "--for=condition=Ready", f"pod/keeper-{claim}", "--timeout=60s")


def look(cluster: Cluster, command: str, claim: str = f"{NAME}-backup") -> str:
    return cluster.kubectl("exec", f"keeper-{claim}", "--", "sh", "-ec", command)


def run(cluster: Cluster, part: str, name: str) -> tuple[str, str]:
    """Run a CronJob now; return how it ended, and its log."""
    cluster.kubectl("create", "job", name, f"--from=cronjob/{cluster.name}-{part}")

    def ended() -> str:
        conditions = (cluster.find(f"job/{name}") or {}).get("status", {}).get("conditions", [])
        return next(
            (c["type"] for c in conditions if c["type"] in {"Complete", "Failed"} and c["status"] == "True"), ""
        )

    how = cluster.wait_for(f"{name} to end", ended, 180)
    log = cluster.kubectl("logs", f"job/{name}", "--container", part)
    cluster.kubectl("delete", f"job/{name}")
    return how, log


def generations(cluster: Cluster) -> list[str]:
    return look(cluster, "cd /backup/generations && ls -d 0*").split()


@pytest.fixture(scope="module")
def archive(first_apply):
    """An instance with documents and a generation of them. (The first installation has loaded the images.)"""
    assert first_apply.returncode == 0
    cluster = Cluster("papers-backup", NAME)
    cluster.create_namespace("restricted")
    apply(cluster)
    cluster.wait_until_ready()
    for name, content in DOCUMENTS.items():
        cluster.upload(name, content)
    for name in DOCUMENTS:
        cluster.wait_for_event(f"consumed {name}")
    how, log = run(cluster, "backup", "first")
    assert how == "Complete", log
    keep(cluster, f"{NAME}-backup")
    yield cluster
    cluster.remove()


def test_generation_has_documents_files_and_proof(archive):
    """The same database, the same media directory, and sums that any machine can check."""
    (name,) = generations(archive)
    export = f"/backup/generations/{name}/export"

    records = json.loads(look(archive, f"cat {export}/manifest.json"))
    assert {r["fields"]["filename"] for r in records if r["model"] == "documents.document"} == set(DOCUMENTS)
    for file, content in DOCUMENTS.items():
        assert look(archive, f"cat {export}/{file}") == content
    assert look(archive, PROOF.format(name)) == ""
    assert json.loads(look(archive, f"cat /backup/generations/{name}/generation.json"))["documents"] == 3
    assert "paperless_ngx_backup_failed 0" in look(archive, "cat /backup/generations/metrics.prom")


def test_drill_finds_everything(archive):
    how, log = run(archive, "drill", "drill")

    assert how == "Complete", log
    assert "found everything: 3 documents" in log
    assert "paperless_ngx_drill_failed 0" in look(archive, "cat /backup/generations-drill/drill.prom")


def test_backup_waits_for_a_migration(archive):
    """A database between two releases is no backup."""
    archive.sql("UPDATE cdk8s_paperless_ngx_release SET state = 'migrating'")
    archive.kubectl("create", "job", "early", f"--from=cronjob/{NAME}-backup")

    def waits():
        log = archive.kubectl_process("logs", "job/early", "--container", "gate").stdout
        return "waiting for release 3.3.0-en, which is migrating" in log

    archive.wait_for("the backup to wait", waits)
    archive.sql("UPDATE cdk8s_paperless_ngx_release SET state = 'ready'")
    archive.kubectl("wait", "--for=condition=Complete", "job/early", "--timeout=120s")
    archive.kubectl("delete", "job/early")
    assert len(generations(archive)) == 2


def test_killed_runs_leave_every_generation_whole(archive):
    """SIGKILL at a random moment of each of 50 runs: in the exporter, a proof, a publication, a removal."""
    template = archive.find(f"cronjob/{NAME}-backup")["spec"]["jobTemplate"]["spec"]["template"]
    spec = template["spec"]
    spec["containers"][0]["command"] = ["sleep", "infinity"]
    spec["terminationGracePeriodSeconds"] = 1
    metadata = {"name": "killed", "labels": template["metadata"]["labels"]}
    archive.apply_object({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    archive.kubectl("wait", "--for=condition=Ready", "pod/killed", "--timeout=60s")
    runs = ("exec", "-i", "killed", "--container", "backup", "--", "python3", "-", "2026-11-25", "50")
    said = archive.kubectl(*runs, input=KILL_RUNS.read_text(encoding="utf-8"))
    archive.kubectl("delete", "pod/killed")

    seen = json.loads(said.splitlines()[-1])
    assert not seen["damage"]
    assert seen["last"] == 0, "the run after them all publishes again"
    assert seen["killed"] >= 25
    assert seen["generations"] >= 5
    assert len(seen["left"]) == 3


def test_documents_of_a_database_that_was_put_back_are_found_again(archive):
    """The release is the same, so nothing but the word makes the index anew, and no worker writes to it meanwhile."""
    postgres = ("exec", f"{NAME}-postgres-0", "--", "sh", "-ec")
    archive.kubectl(*postgres, "pg_dump -U paperless -Fc paperless > /tmp/yesterday")
    index = "/usr/src/paperless/data/index/documents"
    archive.exec("worker", "sh", "-ec", f"grep -v quinces {index} > {index}.new; mv {index}.new {index}")
    archive.kubectl("scale", "deployments", "--all", "--replicas=0")
    archive.wait_for("all pods to end", lambda: not archive.list("pods", "app.kubernetes.io/component=worker"))
    archive.kubectl(*postgres, "pg_restore -U paperless --clean -d paperless /tmp/yesterday")
    apply(archive)
    archive.wait_until_ready()
    assert "quinces" not in archive.exec("worker", "cat", index)
    before = {pod["metadata"]["name"] for pod in archive.list("pods", "app.kubernetes.io/component=worker")}

    apply(archive, rebuild_index="2026-11-25")
    archive.wait_until_ready(300)

    assert "quinces" in archive.exec("worker", "cat", index)
    assert archive.sql("SELECT state FROM cdk8s_paperless_ngx_release") == [["ready"]]
    assert not before & {pod["metadata"]["name"] for pod in archive.list("pods", "app.kubernetes.io/component=worker")}


def test_lost_database_is_refused_and_the_backup_survives_it(archive):
    """What an export into one folder did not: the migration began from nothing, and the night's run deleted the export.

    Whoever says that it is meant, in one place, has not said it in the other.
    """
    before = look(archive, SUMS)
    archive.kubectl("delete", f"statefulset/{NAME}-postgres", "--timeout=60s")
    archive.kubectl("delete", f"pod/{NAME}-postgres-0", "--ignore-not-found", "--force", "--grace-period=0")
    archive.kubectl("delete", f"pvc/{NAME}-postgres", "--timeout=60s")
    apply(archive)
    archive.kubectl("delete", "pods", "--selector", "app.kubernetes.io/component=beat", "--wait=false")

    refused = "refused: the database knows no document, but media has 3 originals"
    archive.wait_for("the refusal", lambda: refused in archive.container_log("beat", "migration"), 180)
    archive.kubectl("create", "job", "night", f"--from=cronjob/{NAME}-backup")

    def waits():
        log = archive.kubectl_process("logs", "job/night", "--container", "gate").stdout
        return "waiting for the first migration" in log

    archive.wait_for("the backup to wait", waits)
    archive.kubectl("delete", "job/night")
    assert look(archive, SUMS) == before

    apply(archive, start_from_nothing="2026-11-25")
    archive.wait_until_ready(300)
    how, log = run(archive, "backup", "after")
    assert how == "Failed"
    assert "refused: the database knows 0 documents, but media has 3 originals" in log
    assert look(archive, SUMS) == before
    assert "paperless_ngx_backup_refused 1" in look(archive, "cat /backup/generations/metrics.prom")


def test_restore_into_a_fresh_namespace(archive):
    """Every file is what it was, a search finds it, and what is said in the YAML may stay there."""
    archive.kubectl("scale", "deployments", "--all", "--replicas=0")
    newest = generations(archive)[-1]
    fresh = Cluster("papers-restored", NAME)
    fresh.create_namespace("restricted")
    try:
        _copy(archive, fresh)
        apply(fresh, restore=Restore(claim=ExistingClaim(name="copy", sub_path="generations")))
        fresh.wait_until_ready(300)

        migration = fresh.container_log("beat", "migration")
        assert f"files are what they are in {newest}" in migration
        assert "manage_superuser" not in migration, "users come with the backup"
        rows = fresh.sql("SELECT restored, documents FROM cdk8s_paperless_ngx_release")
        assert rows == [[newest, "3"]]
        originals = "cd /usr/src/paperless/media/documents/originals && sha256sum *"
        there = dict(reversed(line.split()) for line in fresh.exec("webserver", "sh", "-ec", originals).splitlines())
        sums = look(archive, f"cat /backup/generations/{newest}/SHA256SUMS").splitlines()
        published = {path.removeprefix("export/"): digest for digest, path in (line.split("  ") for line in sums)}
        assert there == {name: published[name] for name in DOCUMENTS}
        assert [found["name"] for found in fresh.search("greengages")] == ["a.txt"]

        fresh.kubectl("delete", "pods", "--selector", "app.kubernetes.io/component=beat")
        fresh.wait_until_ready()
        assert "document_importer" not in fresh.container_log("beat", "migration")
        fresh.upload("new.txt", "about bullaces")
        fresh.wait_for_event("consumed new.txt")
    finally:
        fresh.remove()


def _copy(source: Cluster, target: Cluster) -> None:
    """Bring a backup into another namespace, as from another place: with nothing but tar."""
    target.apply_object(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "copy"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }
    )
    keep(target, "copy")
    kubectl = ("kubectl", "--namespace")
    read = [
        *kubectl,
        source.namespace,
        "exec",
        f"keeper-{NAME}-backup",
        "--",
        "tar",
        "-C",
        "/backup",
        "-cf",
        "-",
        "generations",
    ]
    write = [*kubectl, target.namespace, "exec", "-i", "keeper-copy", "--", "tar", "-C", "/backup", "-xf", "-"]
    with subprocess.Popen(read, stdout=subprocess.PIPE) as reader:
        subprocess.run(write, stdin=reader.stdout, check=True)
    assert reader.returncode == 0
    target.kubectl("delete", "pod/keeper-copy")


def test_drill_finds_a_damaged_generation(archive):
    """A disk that has gone bad under a generation, whose size and time are as they were."""
    newest = generations(archive)[-1]
    file = f"/backup/generations/{newest}/export/b.txt"
    look(
        archive,
        f"chmod u+w {file}; touch -r {file} /tmp/time; printf X | dd of={file} conv=notrunc; touch -r /tmp/time {file}",
    )

    how, log = run(archive, "drill", "bad")

    assert how == "Failed"
    assert f"generation {newest} is damaged: 1 files are not those that were published: b.txt" in log
    metrics = look(archive, "cat /backup/generations-drill/drill.prom")
    assert "paperless_ngx_drill_failed 1" in metrics
    assert "paperless_ngx_drill_last_success_timestamp_seconds 0" not in metrics
