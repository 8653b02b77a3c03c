"""The daily export."""

from __future__ import annotations

from datetime import timedelta

import kubernetes_validate
import pytest

from cdk8s_paperless_ngx import Backup, ExistingClaim, NewClaim, Paperless, SharedStorage
from cdk8s_paperless_ngx.model import AccessMode
from tests.conftest import claims_mounted, init_container, main_container, pod_spec


@pytest.fixture
def backup(chart, synth):
    def make(*, storage=None, **arguments):
        docs = Paperless(chart, "docs", **({"storage": storage} if storage else {}))
        Backup(chart, "backup", instance=docs.instance, **arguments)
        return synth()

    return make


def job(manifests):
    return manifests["CronJob", "docs-backup"]["spec"]["jobTemplate"]


def test_daily_at_three_one_at_a_time(backup):
    cron_job = backup()["CronJob", "docs-backup"]

    assert cron_job["spec"]["schedule"] == "0 3 * * *"
    assert cron_job["spec"]["concurrencyPolicy"] == "Forbid"
    for version in ("1.28", "1.36"):
        kubernetes_validate.validate(cron_job, version, strict=True)


def test_schedule_time_zone_and_deadline(backup):
    manifests = backup(schedule="30 1 * * sun", time_zone="Europe/Zurich", deadline=timedelta(minutes=5))
    spec = manifests["CronJob", "docs-backup"]["spec"]

    assert (spec["schedule"], spec["timeZone"]) == ("30 1 * * sun", "Europe/Zurich")
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 300


@pytest.mark.parametrize(("task_limit", "deadline"), [(1800, 1500), (3300, 3000), (60, 30)])
def test_ends_before_tasks_that_wait_for_it_fail(chart, synth, task_limit, deadline):
    """An export holds the lock without which no task stores its document."""
    docs = Paperless(chart, "docs", task_limit=timedelta(seconds=task_limit))
    Backup(chart, "backup", instance=docs.instance)

    assert job(synth())["spec"]["activeDeadlineSeconds"] == deadline


def test_exporter_has_the_whole_configuration(backup):
    """Without the database's variables it would export an empty SQLite file, unnoticed until a restore."""
    manifests = backup()
    container = main_container(job(manifests))

    assert container["envFrom"] == [{"configMapRef": {"name": "docs-config"}}]
    names = {entry["name"] for entry in container["env"]}
    assert {"PAPERLESS_DBPASS", "PAPERLESS_SECRET_KEY", "PAPERLESS_REDIS"} <= names
    assert container["command"][:3] == ["python3", "manage.py", "document_exporter"]
    assert container["workingDir"] == "/usr/src/paperless/src"


def test_mounts_media_and_the_backup_alone(backup):
    """Media to read, and to hold the lock in it; in place of the others empty directories, for the system checks."""
    manifests = backup()
    container = main_container(job(manifests))

    assert claims_mounted(job(manifests), container) == {
        "/usr/src/paperless/media": ("docs-media", "media"),
        "/usr/src/paperless/backup": ("docs-backup", "backup"),
    }
    assert not [mount for mount in container["volumeMounts"] if mount.get("readOnly")]
    assert manifests["PersistentVolumeClaim", "docs-backup"]["spec"]["accessModes"] == ["ReadWriteOnce"]
    annotations = manifests["PersistentVolumeClaim", "docs-backup"]["metadata"]["annotations"]
    assert "argocd.argoproj.io/sync-options" in annotations


def test_no_export_of_a_database_between_two_releases(backup):
    """It waits for the migration, and carries the release for which the next migration waits."""
    manifest = job(backup())

    assert init_container(manifest)["name"] == "gate"
    assert manifest["spec"]["template"]["metadata"]["labels"]["cdk8s-paperless-ngx/release"] == "3.0.5-en"


def test_existing_claim(backup):
    manifests = backup(claim=ExistingClaim(name="nas", sub_path="paperless"))

    assert ("PersistentVolumeClaim", "docs-backup") not in manifests
    assert claims_mounted(job(manifests), main_container(job(manifests)))["/usr/src/paperless/backup"] == (
        "nas",
        "paperless",
    )


def test_new_claim_s_size_and_class(backup):
    spec = backup(claim=NewClaim(size="1Ti"), storage_class="cold")["PersistentVolumeClaim", "docs-backup"]["spec"]

    assert spec["resources"]["requests"]["storage"] == "1Ti"
    assert spec["storageClassName"] == "cold"


def test_new_claim_of_another_name(backup):
    manifests = backup(claim=NewClaim(size="1Ti", name="vault"))

    assert ("PersistentVolumeClaim", "docs-backup") not in manifests
    assert manifests["PersistentVolumeClaim", "vault"]["spec"]["resources"]["requests"]["storage"] == "1Ti"
    mounted = claims_mounted(job(manifests), main_container(job(manifests)))
    assert mounted["/usr/src/paperless/backup"] == ("vault", "backup")


def test_second_backup(chart, synth):
    """Weekly and off-site, say: names of its own, and the same component, so that nothing else selects its pods."""
    docs = Paperless(chart, "docs")
    Backup(chart, "daily", instance=docs.instance)
    Backup(chart, "weekly", instance=docs.instance, part="weekly", schedule="0 5 * * sun", storage_class="cold")
    manifests = synth()

    weekly = manifests["CronJob", "docs-weekly"]["spec"]["jobTemplate"]
    mounted = claims_mounted(weekly, main_container(weekly))
    assert mounted["/usr/src/paperless/backup"] == ("docs-weekly", "backup")
    labels = weekly["spec"]["template"]["metadata"]["labels"]
    assert labels["app.kubernetes.io/component"] == "backup"
    assert ("CronJob", "docs-backup") in manifests


def test_runs_where_the_claims_are(backup):
    assert "podAffinity" in pod_spec(job(backup()))["affinity"]


def test_runs_anywhere_on_shared_storage(backup):
    assert "affinity" not in pod_spec(job(backup(storage=SharedStorage(storage_class="cephfs"))))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"schedule": "@daily"}, "chart/backup: schedule must be a cron expression of five fields"),
        ({"time_zone": "Zurich!"}, "chart/backup: time_zone must be an IANA time zone such as 'Europe/Zurich', got"),
        ({"part": "Weekly"}, "chart/backup: part must be a DNS label"),
        (
            {"claim": ExistingClaim(name="nas")},
            "chart/backup: claim 'nas' has no sub_path; name a folder that is the exporter's alone",
        ),
        (
            {"claim": ExistingClaim(name="nas", sub_path="a"), "storage_class": "cold"},
            "chart/backup: storage_class 'cold' is of no use to a claim that exists; drop it",
        ),
        ({"deadline": timedelta(0)}, "chart/backup: deadline must be a timedelta of whole seconds, at least 0:01:00"),
        (
            {"storage_class": "Cold!"},
            "chart/backup: storage_class must be the name of a Kubernetes object, got 'Cold!'",
        ),
    ],
)
def test_wrong_input(backup, arguments, sentence):
    with pytest.raises((ValueError, RuntimeError)) as refused:
        backup(**arguments)

    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize("server", ["postgres", "redis"])
def test_export_into_a_server_s_claim(backup, server):
    """The exporter deletes what is not of the export, a database's files too."""
    with pytest.raises(
        RuntimeError, match=f"claim, {server} of docs-{server}, is not apart from data of chart/docs/{server}"
    ):
        backup(claim=ExistingClaim(name=f"docs-{server}", sub_path=server))


def test_export_into_a_claim_that_cannot_be_written(backup):
    claim = ExistingClaim(name="nas", sub_path="a", access_mode=AccessMode.READ_ONLY_MANY)
    with pytest.raises(
        ValueError, match=r"^chart/backup: claim must be one that can be written to, got 'ReadOnlyMany'"
    ):
        backup(claim=claim)
