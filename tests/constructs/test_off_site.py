"""Backups off-site: the CronJobs that push and check, and what restores and drills from there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import cdk8s
import kubernetes_validate
import pytest

from cdk8s_paperless_ngx import (
    Backup,
    ConfigMapKey,
    ExistingClaim,
    OffSite,
    Paperless,
    Pods,
    Repository,
    Restore,
    RestoreDrill,
    Retention,
    SecretKey,
    SharedStorage,
    Ssh,
    Variable,
)
from cdk8s_paperless_ngx.compose import compose_project
from cdk8s_paperless_ngx.model import AccessMode
from tests.conftest import claims_mounted, config_data, environment, main_container, pod_spec

PASSWORD = SecretKey(secret="vault", key="restic")
S3 = Repository(
    location="s3:https://s3.example.org/papers/docs",
    password=PASSWORD,
    variables=(
        Variable(name="AWS_ACCESS_KEY_ID", value=SecretKey(secret="bucket", key="id")),
        Variable(name="AWS_SECRET_ACCESS_KEY", value=SecretKey(secret="bucket", key="key")),
        Variable(name="AWS_DEFAULT_REGION", value="eu-central-2"),
    ),
)
SFTP = Repository(
    location="sftp://papers@nas.example.org:2222//backups/docs",
    password=PASSWORD,
    ssh=Ssh(
        key=SecretKey(secret="nas", key="id_ed25519"), known_hosts=ConfigMapKey(config_map="hosts", key="known_hosts")
    ),
)


@pytest.fixture
def off_site(chart, synth):
    def make(*, repository=S3, paperless=None, claim=None, **arguments):
        docs = Paperless(chart, "docs", **(paperless or {}))
        backup = Backup(chart, "backup", instance=docs.instance, **({"claim": claim} if claim else {}))
        OffSite(
            chart,
            "off-site",
            **{
                "instance": docs.instance,
                "generations": backup.generations,
                "repository": repository,
                **arguments,
            },
        )
        return synth()

    return make


def job(manifests, part="off-site"):
    return manifests["CronJob", f"docs-{part}"]["spec"]["jobTemplate"]


def containers(manifest):
    """Return all of a pod's containers by name, in the order in which they run."""
    spec = pod_spec(manifest)
    return {container["name"]: container for container in (*spec.get("initContainers", ()), *spec["containers"])}


@pytest.mark.parametrize("repository", [S3, SFTP])
def test_every_cluster_takes_them(off_site, repository):
    manifests = off_site(repository=repository)

    for part in ("off-site", "off-site-check"):
        for version in ("1.28", "1.36"):
            kubernetes_validate.validate(manifests["CronJob", f"docs-{part}"], version, strict=True)


def test_steps_run_one_after_another(off_site):
    """Each is an init container, so that nothing is removed after a push that failed, and no success is told."""
    manifests = off_site()

    assert list(containers(job(manifests))) == ["look", "plan", "push", "thin-out", "report"]
    assert list(containers(job(manifests, "off-site-check"))) == ["check", "report"]
    for part in ("off-site", "off-site-check"):
        assert pod_spec(job(manifests, part))["restartPolicy"] == "Never"
        assert job(manifests, part)["spec"]["backoffLimit"] == 0
        assert manifests["CronJob", f"docs-{part}"]["spec"]["concurrencyPolicy"] == "Forbid"


def test_after_the_backup_and_weekly(off_site):
    manifests = off_site()

    assert manifests["CronJob", "docs-off-site"]["spec"]["schedule"] == "0 5 * * *"
    assert manifests["CronJob", "docs-off-site-check"]["spec"]["schedule"] == "0 12 * * sun"


def test_what_is_said(off_site):
    manifests = off_site(
        part="elsewhere",
        schedule="30 4 * * *",
        check_schedule="0 1 1 * *",
        time_zone="Europe/Zurich",
        retention=Retention(daily=7, weekly=0, monthly=24, yearly=0),
        read_data_percent=20,
        meant="2026-11-25",
        deadline=timedelta(hours=2),
    )
    push, check = manifests["CronJob", "docs-elsewhere"]["spec"], manifests["CronJob", "docs-elsewhere-check"]["spec"]

    assert (push["schedule"], push["timeZone"]) == ("30 4 * * *", "Europe/Zurich")
    assert (check["schedule"], check["timeZone"]) == ("0 1 1 * *", "Europe/Zurich")
    assert push["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 7200
    steps = containers(push["jobTemplate"])
    assert steps["plan"]["command"][2:] == ["plan", "daily=7", "monthly=24"]
    assert environment(steps["plan"])["OFF_SITE_MEANT"] == "2026-11-25"
    assert containers(check["jobTemplate"])["check"]["command"][2:] == ["check", "20"]


def test_storage_that_lets_nobody_delete(off_site):
    """Nothing there is thinned out from here: a run is told of nothing to keep, and takes that for all."""
    assert containers(job(off_site(retention=None)))["plan"]["command"][2:] == ["plan"]


def test_the_repository_has_the_secrets_and_nobody_else(off_site):
    """Those of the application are not restic's, and restic's are not the application's image's."""
    steps = containers(job(off_site()))

    for name in ("look", "push", "thin-out"):
        variables = environment(steps[name])
        secret = {name: value["secretKeyRef"] for name, value in variables.items() if isinstance(value, dict)}
        assert secret == {
            "RESTIC_PASSWORD": {"name": "vault", "key": "restic"},
            "AWS_ACCESS_KEY_ID": {"name": "bucket", "key": "id"},
            "AWS_SECRET_ACCESS_KEY": {"name": "bucket", "key": "key"},
        }
        assert variables["RESTIC_REPOSITORY"] == "s3:https://s3.example.org/papers/docs"
        assert variables["AWS_DEFAULT_REGION"] == "eu-central-2"
    for name in ("plan", "report"):
        assert not [value for value in environment(steps[name]).values() if isinstance(value, dict)]
        assert "envFrom" not in steps[name]


def test_generations_are_only_read(off_site):
    """What goes wrong off-site can do nothing to what is here."""
    steps = containers(job(off_site()))

    for name, container in steps.items():
        mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"] if mount["name"] == "backup"}
        assert mounts.get("/usr/src/paperless/backup", {"readOnly": True})["readOnly"] is True, name
        assert set(mounts) == {
            "look": set(),
            "push": {"/usr/src/paperless/backup"},
            "thin-out": set(),
        }.get(name, {"/usr/src/paperless/backup", "/usr/src/paperless/off-site"}), name


def test_what_is_known_is_beside_the_generations(off_site):
    manifests = off_site(claim=ExistingClaim(name="nas", sub_path="papers"))

    assert claims_mounted(job(manifests), main_container(job(manifests))) == {
        "/usr/src/paperless/backup": ("nas", "papers"),
        "/usr/src/paperless/off-site": ("nas", "papers-off-site"),
    }


def test_restic_is_pinned(off_site):
    """By tag for who reads it, and by digest, as whoever could change it could read everything."""
    image = containers(job(off_site()))["push"]["image"]

    assert image.startswith("docker.io/restic/restic:0.18.1@sha256:")


def test_a_mirror_a_proxy_and_authorities_are_restic_s_too(off_site):
    paperless = {
        "pods": Pods(registry_mirror="registry.example.org"),
        "ca_bundle": ConfigMapKey(config_map="authorities", key="ca.crt"),
    }
    manifests = off_site(paperless=paperless)
    push = containers(job(manifests))["push"]

    assert push["image"].startswith("registry.example.org/restic/restic:0.18.1@sha256:")
    assert push["envFrom"] == main_container(manifests["Deployment", "docs-worker"])["envFrom"]
    assert "/etc/cdk8s-paperless-ngx/trust" in [mount["mountPath"] for mount in push["volumeMounts"]]


def test_ssh_finds_its_key_its_host_and_itself(off_site):
    """The image has no user of the pod's id, and ssh refuses to run as nobody; a host that is not known is refused."""
    manifest = job(off_site(repository=SFTP))
    push = containers(manifest)["push"]
    (volume,) = [volume for volume in pod_spec(manifest)["volumes"] if volume["name"] == "ssh"]

    assert volume["projected"]["sources"] == [
        {"secret": {"name": "nas", "items": [{"key": "id_ed25519", "path": "key"}]}},
        {"configMap": {"name": "hosts", "items": [{"key": "known_hosts", "path": "known_hosts"}]}},
    ]
    assert volume["projected"]["defaultMode"] == 0o440
    mounts = {mount["mountPath"]: mount for mount in push["volumeMounts"]}
    assert mounts["/etc/passwd"] == {
        "mountPath": "/etc/passwd",
        "name": "scripts",
        "subPath": "passwd",
        "readOnly": True,
    }
    assert mounts["/etc/cdk8s-paperless-ngx/ssh"]["readOnly"] is True
    assert "StrictHostKeyChecking=yes" in environment(push)["OFF_SITE_SSH"]


def test_no_ssh_where_there_is_none(off_site):
    manifest = job(off_site())

    assert "OFF_SITE_SSH" not in environment(containers(manifest)["push"])
    assert "ssh" not in [volume["name"] for volume in pod_spec(manifest)["volumes"]]


def test_scripts_are_there(off_site):
    manifests = off_site(repository=SFTP)
    data = config_data(manifests, "docs-scripts") | config_data(manifests, "docs-backup-scripts")

    for part in ("off-site", "off-site-check"):
        for container in containers(job(manifests, part)).values():
            assert container["command"][1].removeprefix("/opt/cdk8s-paperless-ngx/") in data
    assert "paperless:x:1000:1000:" in data["passwd"]


def test_runs_where_the_claims_are(off_site):
    assert "podAffinity" in pod_spec(job(off_site()))["affinity"]


def test_runs_anywhere_on_shared_storage(off_site):
    manifests = off_site(paperless={"storage": SharedStorage(storage_class="cephfs")})

    assert "affinity" not in pod_spec(job(manifests))


def test_suspended(off_site):
    manifests = off_site(paperless={"suspended": True})

    assert manifests["CronJob", "docs-off-site"]["spec"]["suspend"] is True
    assert manifests["CronJob", "docs-off-site-check"]["spec"]["suspend"] is True


def test_two_repositories(chart, synth):
    docs = Paperless(chart, "docs")
    backup = Backup(chart, "backup", instance=docs.instance)
    for part, repository in (("off-site", S3), ("nas", SFTP)):
        OffSite(
            chart,
            part,
            instance=docs.instance,
            generations=backup.generations,
            repository=repository,
            part=part,
        )
    manifests = synth()

    folders = {
        claims_mounted(job(manifests, part), main_container(job(manifests, part)))["/usr/src/paperless/off-site"]
        for part in ("off-site", "nas")
    }
    assert folders == {("docs-backup", "generations-off-site"), ("docs-backup", "generations-nas")}


@pytest.mark.parametrize("namespaces", [("one", "one"), ("one", "two")])
def test_one_repository_and_one_name_for_two(namespaces):
    """Neither could be restored: what is the newest of one name is then the one's or the other's."""
    app = cdk8s.Testing.app()
    charts = {name: cdk8s.Chart(app, name, namespace=name) for name in dict.fromkeys(namespaces)}
    papers = {name: Paperless(made, "docs").instance for name, made in charts.items()}
    backups = {name: Backup(made, "backup", instance=papers[name]).generations for name, made in charts.items()}
    for number, name in enumerate(namespaces):
        OffSite(
            charts[name],
            f"off-site-{number}",
            instance=papers[name],
            generations=backups[name],
            repository=S3 if number else replace(S3, location=f"{S3.location}/"),
            part=f"off-site-{number}",
        )

    sentence = (
        r"repository 's3:https://s3.example.org/papers/docs' has what \w+/off-site-0 pushes under the name 'docs'"
    )
    with pytest.raises(RuntimeError, match=sentence):
        cdk8s.Testing.synth(charts[namespaces[-1]])


def test_one_repository_and_a_name_each(chart, synth):
    docs = Paperless(chart, "docs")
    generations = Backup(chart, "backup", instance=docs.instance).generations
    for part in ("off-site", "weekly"):
        repository = replace(S3, host=part)
        OffSite(chart, part, instance=docs.instance, generations=generations, repository=repository, part=part)

    assert synth()


def test_one_folder_for_two_repositories(chart, synth):
    """What is known of the one would be taken for the other's."""
    docs = Paperless(chart, "docs")
    generations = Backup(chart, "backup", instance=docs.instance).generations
    OffSite(chart, "one", instance=docs.instance, generations=generations, repository=S3)
    OffSite(chart, "other", instance=docs.instance, generations=generations, repository=SFTP)

    with pytest.raises(RuntimeError, match="it makes a second CronJob 'docs-off-site'"):
        synth()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"schedule": "@daily"}, "chart/off-site: schedule must be a cron expression of five fields"),
        ({"check_schedule": "never"}, "chart/off-site: check_schedule must be a cron expression of five fields"),
        ({"time_zone": "Zurich!"}, "chart/off-site: time_zone must be an IANA time zone"),
        ({"part": "Off"}, "chart/off-site: part must be a DNS label"),
        ({"read_data_percent": 0}, "chart/off-site: read_data_percent must be a whole number, 1 to 100, got 0"),
        ({"meant": ""}, "chart/off-site: meant must be a word of at most 63 letters"),
        ({"deadline": timedelta(0)}, "chart/off-site: deadline must be a timedelta of whole seconds, at least 0:01:00"),
        (
            {"generations": ExistingClaim(name="nas", sub_path="a", access_mode=AccessMode.READ_ONLY_MANY)},
            "chart/off-site: generations must be in a claim that can be written to, got 'ReadOnlyMany'; what is known",
        ),
    ],
)
def test_wrong_input(off_site, arguments, sentence):
    with pytest.raises((ValueError, RuntimeError)) as refused:
        off_site(**arguments)

    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            {"location": "rest:https://papers:hunter2@host:8000/"},
            "Repository: location has a password in it; it would be in git; name where it is stored",
        ),
        (
            {"location": "rest:https://papers:hun/ter2@host:8000/"},
            "Repository: location has a password in it; it would be in git; name where it is stored",
        ),
        ({"location": "/srv/backup"}, "Repository: location must be a restic repository that begins with s3:, sftp:"),
        ({"location": "rclone:drive:papers"}, "Repository: location must be a restic repository that begins with"),
        ({"location": "s3:"}, "Repository: location must be a restic repository that begins with"),
        (
            {"location": "sftp:host:/papers"},
            "Repository: location is on an SFTP server, and ssh does not say how to log in; add ssh",
        ),
        ({"ssh": SFTP.ssh}, "Repository: ssh is of no use to 's3'; drop it"),
        ({"host": "a b"}, "Repository: host must be letters, digits, '-', '_' and '.', got 'a b'"),
        ({"image": "restic/restic:latest"}, "Repository: image must be the reference of an image that stays"),
        (
            {"variables": (Variable(name="A", value="1"), Variable(name="A", value="2"))},
            "Repository: variables has A twice",
        ),
        (
            {"variables": (Variable(name="RESTIC_PASSWORD", value=PASSWORD),)},
            "Repository: RESTIC_PASSWORD in variables is set by another argument; drop it",
        ),
        (
            {"variables": (Variable(name="AWS_SECRET_ACCESS_KEY", value="hunter2"),)},
            "Repository: the value of AWS_SECRET_ACCESS_KEY in variables looks like a secret; it would be in git",
        ),
    ],
)
def test_wrong_repository(arguments, sentence):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (the whole sentence is compared)
        Repository(**{"location": S3.location, "password": PASSWORD, **arguments})

    assert str(refused.value).startswith(sentence)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AZURE_ACCOUNT_KEY",
            "AZURE_ACCOUNT_SAS",
            "AZURE_CLIENT_SECRET",
        ),
        *("B2_ACCOUNT_KEY", "GOOGLE_ACCESS_TOKEN", "OS_PASSWORD", "OS_APPLICATION_CREDENTIAL_SECRET", "OS_AUTH_TOKEN"),
        *("ST_KEY", "RESTIC_REST_PASSWORD"),
    ],
)
def test_secret_variables_of_every_storage(name):
    """All that restic's documentation has; two of them are secret and do not sound so."""
    with pytest.raises(ValueError, match=f"^Repository: the value of {name} in variables looks like a secret"):
        Repository(location=S3.location, password=PASSWORD, variables=(Variable(name=name, value="hunter2"),))
    Repository(
        location=S3.location,
        password=PASSWORD,
        variables=(Variable(name=name, value=SecretKey(secret="bucket", key="key")),),
    )


@pytest.mark.parametrize("location", ["rest:https://host:8000/papers@example.org/", "s3:http://10.0.0.1:9000/papers"])
def test_locations_without_a_password(location):
    """A port is none, and a folder may have an `@`."""
    assert Repository(location=location, password=PASSWORD)


def test_retention_that_keeps_nothing():
    with pytest.raises(ValueError, match=r"^Retention: daily, weekly, monthly and yearly are all 0; say how many"):
        Retention(daily=0, weekly=0, monthly=0, yearly=0)
    with pytest.raises(ValueError, match=r"^Retention: weekly must be a whole number of at least 0, got -1"):
        Retention(weekly=-1)


def beat(synth, chart, **arguments):
    Paperless(chart, "docs", restore=Restore(**arguments))
    manifest = synth()["Deployment", "docs-beat"]
    return manifest, containers(manifest)


def test_restore_fetches_first(chart, synth):
    """Into the backup's own folder, where the migration reads it and the next backup goes on from it."""
    manifest, steps = beat(synth, chart, repository=S3)

    assert list(steps) == ["fetch-look", "fetch-plan", "fetch", "fetch-place", "migration", "beat"]
    for name in ("fetch-look", "fetch-plan", "fetch", "fetch-place"):
        assert claims_mounted(manifest, steps[name]) == {"/usr/src/paperless/backup": ("docs-backup", "generations")}
    assert environment(steps["fetch"])["RESTIC_PASSWORD"] == {"secretKeyRef": {"name": "vault", "key": "restic"}}
    assert steps["fetch-look"]["command"][2:] == ["look", "/usr/src/paperless/backup", "newest"]
    assert steps["fetch"]["command"][2:] == ["fetch", "/usr/src/paperless/backup/.fetched"]
    (mount,) = [m for m in steps["migration"]["volumeMounts"] if m["mountPath"] == "/usr/src/paperless/backup"]
    assert mount["readOnly"] is True
    assert environment(steps["fetch-plan"])["RESTORE_GENERATION"] == "newest"


def test_restore_a_named_generation_of_another_name_over_ssh(chart, synth):
    repository = Repository(location=SFTP.location, password=PASSWORD, ssh=SFTP.ssh, host="papers")
    generation = "0007-20261125T030000Z"
    manifest, steps = beat(synth, chart, repository=repository, generation=generation)

    assert environment(steps["fetch"])["OFF_SITE_HOST"] == "papers"
    assert environment(steps["fetch-plan"])["RESTORE_GENERATION"] == generation
    assert environment(steps["migration"])["RESTORE_GENERATION"] == generation
    assert "ssh" in [volume["name"] for volume in pod_spec(manifest)["volumes"]]
    kubernetes_validate.validate(manifest, "1.28", strict=True)


def test_restore_into_a_claim_that_can_only_be_read():
    claim = ExistingClaim(name="nas", access_mode=AccessMode.READ_ONLY_MANY)
    with pytest.raises(ValueError, match=r"^Restore: claim must be one that can be written to, got 'ReadOnlyMany'"):
        Restore(claim=claim, repository=S3)


def test_drill_of_what_is_off_site(chart, synth):
    """It fetches into its own throw-away volume: a drill that took the claim's generation would try nothing."""
    docs = Paperless(chart, "docs")
    generations = Backup(chart, "backup", instance=docs.instance).generations
    RestoreDrill(
        chart,
        "far",
        instance=docs.instance,
        generations=generations,
        repository=SFTP,
        part="off-site-drill",
    )
    manifest = job(synth(), "off-site-drill")
    steps = containers(manifest)

    assert list(steps) == ["fetch-look", "fetch-plan", "fetch", "fetch-place", "drill"]
    for name, container in steps.items():
        (mount,) = [m for m in container["volumeMounts"] if m["mountPath"] == "/usr/src/paperless/backup"]
        assert (mount["name"], mount["subPath"]) == ("private", "fetched"), name
    assert claims_mounted(manifest, steps["drill"]) == {
        "/usr/src/paperless/drill": ("docs-backup", "generations-off-site-drill")
    }
    (private,) = [volume for volume in pod_spec(manifest)["volumes"] if volume["name"] == "private"]
    assert private["emptyDir"] == {"sizeLimit": "25Gi"}


def test_compose_says_that_it_cannot(chart):
    """Left out without a word it would be a backup that somebody believes in."""
    docs = Paperless(chart, "docs")
    generations = Backup(chart, "backup", instance=docs.instance).generations
    OffSite(chart, "off-site", instance=docs.instance, generations=generations, repository=S3)

    with pytest.raises(ValueError, match=r"off-site has the steps look, plan, push, thin-out before it, which Compose"):
        compose_project(chart)
