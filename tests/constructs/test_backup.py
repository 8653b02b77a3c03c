"""The daily backup."""

from __future__ import annotations

from datetime import timedelta

import backup as backup_script
import kubernetes_validate
import pytest

from cdk8s_paperless_ngx import Backup, ExistingClaim, NewClaim, Paperless, SecretKey, SharedStorage
from cdk8s_paperless_ngx.model import AccessMode
from tests.conftest import claims_mounted, environment, init_container, main_container, pod_spec


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
    manifests = backup(schedule="30 1 * * sun", time_zone="Europe/Zurich", deadline=timedelta(hours=9))
    spec = manifests["CronJob", "docs-backup"]["spec"]

    assert (spec["schedule"], spec["timeZone"]) == ("30 1 * * sun", "Europe/Zurich")
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 9 * 3600


@pytest.mark.parametrize(("task_limit", "limit"), [(1800, "1500"), (3300, "3000"), (60, "30")])
def test_exporter_ends_before_tasks_that_wait_for_it_fail(chart, synth, task_limit, limit):
    """It holds the lock without which no task stores its document."""
    docs = Paperless(chart, "docs", task_limit=timedelta(seconds=task_limit))
    Backup(chart, "backup", instance=docs.instance)

    assert environment(main_container(job(synth())))["BACKUP_EXPORT_SECONDS"] == limit


def test_what_needs_no_lock_has_more_time(backup):
    """Reading, comparing and linking come after the exporter; all of it once took as long as a task may."""
    spec = job(backup(export_limit=timedelta(hours=1)))

    assert environment(main_container(spec))["BACKUP_EXPORT_SECONDS"] == "3600"
    assert spec["spec"]["activeDeadlineSeconds"] == 6 * 3600
    assert spec["spec"]["backoffLimit"] == 0


def test_exporter_has_the_whole_configuration(backup):
    """Without the database's variables it would export an empty SQLite file, unnoticed until a restore."""
    manifests = backup()
    container = main_container(job(manifests))

    worker = main_container(manifests["Deployment", "docs-worker"])
    assert container["envFrom"] == worker["envFrom"]
    names = {entry["name"] for entry in container["env"]}
    assert {"PAPERLESS_DBPASS", "PAPERLESS_SECRET_KEY", "PAPERLESS_REDIS"} <= names
    assert container["command"] == ["python3", "/opt/cdk8s-paperless-ngx/backup.py"]
    assert container["workingDir"] == "/usr/src/paperless/src"


def claim_jobs(manifests):
    return [manifest for (kind, name), manifest in manifests.items() if kind == "Job" and "-pvc-" in name]


def test_a_new_claim_is_used_at_once(backup):
    """A class that binds at first use would leave it Pending until the night: Argo CD Progressing, and Flux failed."""
    manifests = backup()
    (made,) = claim_jobs(manifests)
    pod, run = pod_spec(made), job(manifests)["spec"]["template"]

    assert main_container(made)["command"] == ["true"]
    assert "volumeMounts" not in main_container(made), "it does nothing with them"
    claims = {volume["persistentVolumeClaim"]["claimName"] for volume in pod["volumes"]}
    assert claims == {
        volume["persistentVolumeClaim"]["claimName"]
        for volume in run["spec"]["volumes"]
        if "persistentVolumeClaim" in volume
    }, "bound where a backup can run"
    assert pod["affinity"] == run["spec"]["affinity"]
    node = "cdk8s-paperless-ngx/node"
    assert made["spec"]["template"]["metadata"]["labels"][node] == run["metadata"]["labels"][node]
    assert len(made["metadata"]["name"]) <= 63
    for version in ("1.28", "1.36"):
        kubernetes_validate.validate(made, version, strict=True)


def test_longest_names_fit(chart, synth):
    docs = Paperless(chart, "d" * 40)
    Backup(chart, "backup", instance=docs.instance, part="b" * 11)

    (made,) = claim_jobs(synth())
    assert len(made["metadata"]["name"]) == 63


def test_claims_that_exist_and_suspended_instances_need_none(chart, backup):
    docs = Paperless(chart, "rest", suspended=True)
    Backup(chart, "backup-of-rest", instance=docs.instance)

    assert claim_jobs(backup(claim=ExistingClaim(name="nas", sub_path="docs"))) == []


def options_of(manifests):
    """Read a pod's variables as the script in it does."""
    values = environment(main_container(job(manifests)))
    return backup_script.options({name: value for name, value in values.items() if isinstance(value, str)})


def test_script_gets_what_it_needs(backup):
    given = options_of(backup())

    assert (str(given.folder), given.instance) == ("/usr/src/paperless/backup", "docs")
    assert (given.keep, given.fall, given.meant, given.limit) == (14, 20, "", 1500)
    assert given.compare, "a file that rots in a generation would be linked into the next ones"
    assert (given.split, given.passphrase) == (False, "")


def test_script_gets_what_is_said(backup):
    manifests = backup(
        keep=30,
        fall_percent=5,
        meant="2026-11-25",
        compare_checksums=False,
        split_manifest=True,
        passphrase=SecretKey(secret="vault", key="export"),
    )
    given = options_of(manifests)

    assert (given.keep, given.fall, given.meant, given.compare, given.split) == (30, 5, "2026-11-25", False, True)
    variables = environment(main_container(job(manifests)))
    assert variables["EXPORT_PASSPHRASE"] == {"secretKeyRef": {"name": "vault", "key": "export"}}
    assert variables["RELEASE_VERSION"] == "3.3.0"


def test_mounts_what_is_exported_and_what_waits(backup):
    """Media to read, and to hold the lock in it; consume and scratch to count what is not in the export.

    At the paths of all but media there are empty directories, in which the system checks write.
    """
    manifests = backup()
    container = main_container(job(manifests))

    assert claims_mounted(job(manifests), container) == {
        "/usr/src/paperless/media": ("docs-media", "media"),
        "/usr/src/paperless/waiting/consume": ("docs-consume", "consume"),
        "/usr/src/paperless/waiting/scratch": ("docs-scratch", "scratch"),
        "/usr/src/paperless/backup": ("docs-backup", "generations"),
    }
    read_only = {mount["mountPath"] for mount in container["volumeMounts"] if mount.get("readOnly")}
    waiting = {"/usr/src/paperless/waiting/consume", "/usr/src/paperless/waiting/scratch"}
    assert read_only == {*waiting, "/opt/cdk8s-paperless-ngx"}
    assert manifests["PersistentVolumeClaim", "docs-backup"]["spec"]["accessModes"] == ["ReadWriteOnce"]
    annotations = manifests["PersistentVolumeClaim", "docs-backup"]["metadata"]["annotations"]
    assert "argocd.argoproj.io/sync-options" in annotations


def test_no_export_of_a_database_between_two_releases(backup):
    """It waits for the migration, and carries the release for which the next migration waits."""
    manifest = job(backup())

    assert init_container(manifest)["name"] == "gate"
    assert manifest["spec"]["template"]["metadata"]["labels"]["cdk8s-paperless-ngx/release"] == "3.3.0-en"


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


@pytest.mark.parametrize(
    ("storage_class", "said"), [({}, True), ({"storage_class": "cold"}, False)], ids=["default", "another"]
)
def test_metrics_tell_that_the_backup_is_beside_the_data(backup, storage_class, said):
    """A disk that is lost takes both: nobody should find out that day."""
    assert options_of(backup(**storage_class)).same_class is said


def test_class_of_a_claim_that_exists_is_not_known_here(backup):
    assert options_of(backup(claim=ExistingClaim(name="nas", sub_path="paperless"))).same_class is False


def test_new_claim_of_another_name(backup):
    manifests = backup(claim=NewClaim(size="1Ti", name="vault"))

    assert ("PersistentVolumeClaim", "docs-backup") not in manifests
    assert manifests["PersistentVolumeClaim", "vault"]["spec"]["resources"]["requests"]["storage"] == "1Ti"
    mounted = claims_mounted(job(manifests), main_container(job(manifests)))
    assert mounted["/usr/src/paperless/backup"] == ("vault", "generations")


def test_second_backup(chart, synth):
    """Weekly and off-site, say: names of its own, and the same component, so that nothing else selects its pods."""
    docs = Paperless(chart, "docs")
    Backup(chart, "daily", instance=docs.instance)
    Backup(chart, "weekly", instance=docs.instance, part="weekly", schedule="0 5 * * sun", storage_class="cold")
    manifests = synth()

    weekly = manifests["CronJob", "docs-weekly"]["spec"]["jobTemplate"]
    mounted = claims_mounted(weekly, main_container(weekly))
    assert mounted["/usr/src/paperless/backup"] == ("docs-weekly", "generations")
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
            "chart/backup: claim 'nas' has no sub_path; name a folder that is this backup's alone",
        ),
        (
            {"claim": ExistingClaim(name="nas", sub_path="a"), "storage_class": "cold"},
            "chart/backup: storage_class 'cold' is of no use to a claim that exists; drop it",
        ),
        ({"deadline": timedelta(0)}, "chart/backup: deadline must be a timedelta of whole seconds, at least 0:01:00"),
        (
            {"export_limit": timedelta(seconds=29)},
            "chart/backup: export_limit must be a timedelta of whole seconds, at least 0:00:30",
        ),
        (
            {"export_limit": timedelta(hours=6)},
            "chart/backup: deadline 6:00:00 leaves no time after an export of 6:00:00; files are read",
        ),
        ({"keep": 0}, "chart/backup: keep must be a whole number of at least 1, got 0"),
        ({"fall_percent": 100}, "chart/backup: fall_percent must be a whole number, 0 to 99, got 100"),
        ({"meant": ""}, "chart/backup: meant must be a word of at most 63 letters"),
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
    """Two that write into one folder take it from each other."""
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


def test_where_its_generations_are(chart):
    docs = Paperless(chart, "docs")
    daily = Backup(chart, "daily", instance=docs.instance)
    nas = ExistingClaim(name="nas", sub_path="paperless")
    weekly = Backup(chart, "weekly", instance=docs.instance, part="weekly", claim=nas)

    assert daily.generations == ExistingClaim(
        name="docs-backup", sub_path="generations", access_mode=AccessMode.READ_WRITE_ONCE
    )
    assert weekly.generations == nas


def test_plain_export_of_before_is_left_alone(backup):
    """It is in the claim's folder ``backup``; no generation is written into it, and nothing there is deleted."""
    manifests = backup()

    mounted = claims_mounted(job(manifests), main_container(job(manifests))).values()
    assert ("docs-backup", "backup") not in mounted
