"""An instance that is made from a backup, and the drill that tries whether one could be."""

from __future__ import annotations

import json
from datetime import timedelta

import cdk8s
import kubernetes_validate
import pytest

from cdk8s_paperless_ngx import (
    Admin,
    Backup,
    ExistingClaim,
    NewClaim,
    OffSite,
    Paperless,
    Repository,
    Restore,
    RestoreDrill,
    SecretKey,
    SharedStorage,
)
from cdk8s_paperless_ngx.model import AccessMode
from tests.conftest import claims_mounted, environment, init_container, main_container, pod_spec

BACKUP = "/usr/src/paperless/backup"
REPOSITORY = Repository(location="s3:https://s3.example.org/docs", password=SecretKey(secret="vault", key="restic"))
PASSPHRASE = SecretKey(secret="vault", key="export")


@pytest.fixture
def restored(chart, synth):
    def make(restore, **arguments):
        docs = Paperless(chart, "docs", restore=restore, **arguments)
        Backup(chart, "backup", instance=docs.instance)
        return synth()

    return make


def mount(container, path):
    (found,) = [each for each in container["volumeMounts"] if each["mountPath"] == path]
    return found


def test_migration_reads_the_instances_own_backup(restored):
    """The one that reads it must not be able to change it."""
    beat = restored(Restore())["Deployment", "docs-beat"]
    migration = init_container(beat)

    variables = environment(migration)
    assert (variables["RESTORE_GENERATION"], variables["RESTORE_DIR"]) == ("newest", BACKUP)
    assert claims_mounted(beat, migration)[BACKUP] == ("docs-backup", "generations")
    assert mount(migration, BACKUP)["readOnly"] is True
    assert "EXPORT_PASSPHRASE" not in variables
    for version in ("1.28", "1.36"):
        kubernetes_validate.validate(beat, version, strict=True)


def test_nothing_else_sees_the_backup(restored):
    """Beat's own container neither: what cannot reach a backup cannot damage it."""
    made = restored(Restore(passphrase=PASSPHRASE))

    assert environment(init_container(made["Deployment", "docs-beat"]))["EXPORT_PASSPHRASE"] == {
        "secretKeyRef": {"name": "vault", "key": "export"}
    }
    for process in ("webserver", "consumer", "worker", "beat"):
        container = main_container(made["Deployment", f"docs-{process}"])
        assert BACKUP not in {each["mountPath"] for each in container["volumeMounts"]}
        assert not {"RESTORE_GENERATION", "EXPORT_PASSPHRASE"} & set(environment(container))


def test_another_backup_and_an_older_generation(restored):
    claim = ExistingClaim(name="nas", sub_path="paperless", access_mode=AccessMode.READ_ONLY_MANY)
    beat = restored(Restore(generation="0007-20261125T030000Z", claim=claim))["Deployment", "docs-beat"]

    assert environment(init_container(beat))["RESTORE_GENERATION"] == "0007-20261125T030000Z"
    assert claims_mounted(beat, init_container(beat))[BACKUP] == ("nas", "paperless")


def test_without_a_restore_there_is_no_word_of_it(restored):
    beat = restored(None)["Deployment", "docs-beat"]

    assert "RESTORE" not in json.dumps(beat)
    assert '"docs-backup"' not in json.dumps(beat)


def test_restore_changes_no_release(restored):
    """It may stay, and may be taken away, without anybody having to end for it."""
    template = restored(Restore(), admin=Admin())["Deployment", "docs-beat"]["spec"]["template"]

    assert template["metadata"]["labels"]["cdk8s-paperless-ngx/release"] == "3.3.0-en"


@pytest.mark.parametrize("generation", ["", "yesterday", "7", "0007-2026-11-25", "../0007-20261125T030000Z"])
def test_what_is_no_generation(generation):
    with pytest.raises(ValueError, match=r"^Restore: generation must be 'newest' or an id such as '0007-2026"):
        Restore(generation=generation)


def broken(synth, sentence):
    with pytest.raises(RuntimeError) as refused:
        synth()
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        (
            {"claim": ExistingClaim(name="nas", sub_path="paperless")},
            "write restore=Restore(claim=ExistingClaim(name='nas', sub_path='paperless'))",
        ),
        (
            {"part": "weekly"},
            "(name='docs-weekly', sub_path='generations', access_mode=AccessMode.READ_WRITE_ONCE))",
        ),
        ({"claim": NewClaim(size="1Gi", name="other")}, "ExistingClaim(name='other', sub_path='generations', "),
    ],
)
@pytest.mark.parametrize("repository", [None, REPOSITORY])
def test_backup_that_is_not_where_a_restore_looks(chart, synth, arguments, written, repository):
    """The claim that it would look at is not there, so that its pod waits; or the backup has left it, and the
    generations in it are those of before."""
    docs = Paperless(chart, "docs", restore=Restore(repository=repository))
    Backup(chart, "backup", instance=docs.instance, **arguments)

    broken(synth, "chart/docs: restore looks for generations in generations of docs-backup, and chart/backup keeps")
    broken(synth, written)


def test_restore_from_one_of_several_backups(chart, synth):
    docs = Paperless(chart, "docs", restore=Restore())
    Backup(chart, "weekly", instance=docs.instance, part="weekly")
    Backup(chart, "backup", instance=docs.instance)

    assert synth()


def test_instance_from_another_ones_backup(chart, synth):
    """A restore only reads it: that is how an instance gets another name, or a twin to try things with."""
    docs = Paperless(chart, "docs")
    generations = Backup(chart, "backup", instance=docs.instance).generations
    Paperless(chart, "twin", restore=Restore(claim=generations))

    assert synth()


@pytest.mark.parametrize(
    ("claim", "taken"),
    [
        (ExistingClaim(name="docs-backup", sub_path="generations"), "claim of chart/backup"),
        (ExistingClaim(name="docs-backup"), "claim of chart/backup"),
        (ExistingClaim(name="docs-backup", sub_path="generations-off-site"), "generations of chart/off-site"),
        (ExistingClaim(name="docs-media", sub_path="media"), "storage.media of chart/docs/claims"),
        (ExistingClaim(name="twin-consume", sub_path="consume/in"), "storage.consume of chart/twin/claims"),
    ],
)
def test_restore_that_fetches_into_somebody_elses_folder(chart, synth, claim, taken):
    """What is fetched would be imported as a document, or thinned out as a generation of somebody else's backup."""
    docs = Paperless(chart, "docs")
    generations = Backup(chart, "backup", instance=docs.instance).generations
    OffSite(chart, "off-site", instance=docs.instance, generations=generations, repository=REPOSITORY)
    Paperless(chart, "twin", restore=Restore(repository=REPOSITORY, claim=claim))

    broken(synth, f"is not apart from {taken}, ")
    broken(synth, "chart/twin: restore.claim, ")


@pytest.mark.parametrize("claim", [None, ExistingClaim(name="nas", sub_path="paperless")])
def test_restore_that_fetches_into_its_own_backups_folder(chart, synth, claim):
    """The next backup goes on from there."""
    docs = Paperless(chart, "docs", restore=Restore(repository=REPOSITORY, claim=claim))
    Backup(chart, "backup", instance=docs.instance, **({"claim": claim} if claim else {}))

    assert synth()


@pytest.mark.parametrize("takes", ["drill", "drill of a repository", "off-site"])
def test_generations_of_another_instance(chart, synth, takes):
    """The Job would refuse them, the drill's on a Sunday."""
    one, other = Paperless(chart, "one"), Paperless(chart, "other")
    taken = {"instance": other.instance, "generations": Backup(chart, "backup", instance=one.instance).generations}
    if takes == "off-site":
        OffSite(chart, "taking", **taken, repository=REPOSITORY)
    else:
        RestoreDrill(chart, "taking", **taken, repository=REPOSITORY if takes != "drill" else None)

    broken(
        synth,
        "chart/taking: generations, generations of one-backup, are those that chart/backup makes of 'one', and it is "
        "of 'other'; give it those of a backup of 'other'",
    )


def test_same_names_in_two_namespaces(app):
    """Each has a claim of its own, although the claims' names are the same."""
    for namespace in ("one", "two"):
        chart = cdk8s.Chart(app, namespace, namespace=namespace)
        docs = Paperless(chart, "docs")
        generations = Backup(chart, "backup", instance=docs.instance).generations
        RestoreDrill(chart, "drill", instance=docs.instance, generations=generations)

        assert cdk8s.Testing.synth(chart)


def test_drill_without_the_backups_passphrase(drilled):
    """It would fail each Sunday."""
    broken(
        lambda: drilled(backup={"passphrase": PASSPHRASE}),
        "chart/drill: it has no passphrase, and chart/backup encrypts what is imported; write "
        "passphrase=SecretKey(secret='vault', key='export')",
    )


def test_restore_without_the_backups_passphrase(chart, synth):
    """The migration would say so on the day of the loss."""
    docs = Paperless(chart, "docs", restore=Restore())
    Backup(chart, "backup", instance=docs.instance, passphrase=PASSPHRASE)

    broken(
        synth, "chart/docs: restore has no passphrase, and chart/backup encrypts what is imported; write passphrase="
    )


@pytest.fixture
def drilled(chart, synth):
    def make(*, storage=None, backup=None, **arguments):
        docs = Paperless(chart, "docs", **({"storage": storage} if storage else {}))
        generations = Backup(chart, "backup", instance=docs.instance, **(backup or {})).generations
        RestoreDrill(chart, "drill", instance=docs.instance, **{"generations": generations} | arguments)
        return synth()["CronJob", "docs-drill"]

    return make


def test_drill_with_the_backups_passphrase(drilled):
    assert drilled(backup={"passphrase": PASSPHRASE}, passphrase=PASSPHRASE)


def container_of(cron_job):
    return main_container(cron_job["spec"]["jobTemplate"])


def test_drill_is_weekly_and_ends(drilled):
    cron_job = drilled(time_zone="Europe/Zurich")

    assert (cron_job["spec"]["schedule"], cron_job["spec"]["timeZone"]) == ("0 6 * * sun", "Europe/Zurich")
    assert cron_job["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 6 * 3600
    assert container_of(cron_job)["command"] == ["python3", "/opt/cdk8s-paperless-ngx/drill.py"]
    for version in ("1.28", "1.36"):
        kubernetes_validate.validate(cron_job, version, strict=True)


def test_drill_reads_the_backup_and_touches_nothing_of_the_instance(drilled):
    """Not its database either: what is tried is the backup, and a mistake here must cost nothing."""
    cron_job = drilled()
    container = container_of(cron_job)

    assert claims_mounted(cron_job["spec"]["jobTemplate"], container) == {
        BACKUP: ("docs-backup", "generations"),
        "/usr/src/paperless/drill": ("docs-backup", "generations-drill"),
    }
    assert mount(container, BACKUP)["readOnly"] is True
    variables = environment(container)
    assert "PAPERLESS_DBPASS" not in variables
    assert {"PAPERLESS_SECRET_KEY", "PAPERLESS_REDIS", "INSTANCE", "RELEASE_VERSION"} <= set(variables)
    assert variables["BACKUP_DIR"] == BACKUP
    assert variables["DRILL_METRICS"] == "/usr/src/paperless/drill/drill.prom"


def test_drill_keeps_no_migration_waiting(drilled):
    """It is of no release: it works on nothing that a migration changes."""
    template = drilled()["spec"]["jobTemplate"]["spec"]["template"]

    assert "cdk8s-paperless-ngx/release" not in template["metadata"]["labels"]
    assert "initContainers" not in template["spec"]


def test_drill_works_in_a_folder_that_goes_with_its_pod(drilled):
    """And that cannot fill the node's disk, from which Kubernetes would then evict other pods."""
    cron_job = drilled(size="30Gi")
    volumes = {volume["name"]: volume for volume in pod_spec(cron_job["spec"]["jobTemplate"])["volumes"]}

    place = environment(container_of(cron_job))["DRILL_DIR"]
    assert volumes[mount(container_of(cron_job), place)["name"]]["emptyDir"] == {"sizeLimit": "30Gi"}


def test_drill_on_a_volume_of_its_own(drilled):
    """Where a generation is larger than what a node has to spare."""
    cron_job = drilled(size="200Gi", storage_class="cheap")
    volumes = {volume["name"]: volume for volume in pod_spec(cron_job["spec"]["jobTemplate"])["volumes"]}

    place = environment(container_of(cron_job))["DRILL_DIR"]
    made = volumes[mount(container_of(cron_job), place)["name"]]["ephemeral"]["volumeClaimTemplate"]["spec"]
    assert made == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "200Gi"}},
        "storageClassName": "cheap",
    }
    kubernetes_validate.validate(cron_job, "1.36", strict=True)


def test_drill_of_a_backup_that_nobody_can_write(drilled):
    """As a copy that was made elsewhere: there is no place for metrics, and the Job tells."""
    copy = ExistingClaim(name="copy", sub_path="papers", access_mode=AccessMode.READ_ONLY_MANY)
    cron_job = drilled(generations=copy, passphrase=PASSPHRASE)

    assert claims_mounted(cron_job["spec"]["jobTemplate"], container_of(cron_job)) == {BACKUP: ("copy", "papers")}
    variables = environment(container_of(cron_job))
    assert "DRILL_METRICS" not in variables
    assert variables["EXPORT_PASSPHRASE"] == {"secretKeyRef": {"name": "vault", "key": "export"}}


def test_drill_runs_anywhere_on_shared_storage(drilled):
    cron_job = drilled(storage=SharedStorage(storage_class="cephfs"))

    assert "affinity" not in pod_spec(cron_job["spec"]["jobTemplate"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"schedule": "@weekly"}, "chart/drill: schedule must be a cron expression of five fields"),
        ({"time_zone": "Zurich!"}, "chart/drill: time_zone must be an IANA time zone such as"),
        ({"part": "Drill"}, "chart/drill: part must be a DNS label"),
        ({"size": "much"}, "chart/drill: size must be "),
        ({"storage_class": "Cheap!"}, "chart/drill: storage_class must be the name of a Kubernetes object"),
        ({"deadline": timedelta(0)}, "chart/drill: deadline must be a timedelta of whole seconds, at least 0:01:00"),
    ],
)
def test_wrong_input(drilled, arguments, sentence):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (the sentence is looked at below)
        drilled(**arguments)

    assert str(refused.value).startswith(sentence)
