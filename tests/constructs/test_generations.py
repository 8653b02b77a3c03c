"""Images before 3.0: the same constructs and arguments, another launch."""

from __future__ import annotations

import configparser
import re
import warnings
from datetime import timedelta

import cdk8s
import pytest

from cdk8s_paperless_ngx import (
    Backup,
    ExternalMariadb,
    ExternalPostgres,
    FlowerOptions,
    Paperless,
    PaperlessImage,
    SecretKey,
    Tls,
    WebserverOptions,
)
from cdk8s_paperless_ngx.model import Generation
from tests.conftest import (
    by_kind_and_name,
    claims_mounted,
    config_data,
    environment,
    init_container,
    main_container,
    pod_spec,
)

PARTS = ("webserver", "consumer", "worker", "beat", "flower")
PASSWORD = SecretKey(secret="login", key="word")


def manifests(version, **arguments):
    chart = cdk8s.Chart(cdk8s.Testing.app(), "chart", namespace="docs")
    docs = Paperless(chart, "docs", image=PaperlessImage(version=version), flower=FlowerOptions(), **arguments)
    Backup(chart, "backup", instance=docs.instance)
    return by_kind_and_name(cdk8s.Testing.synth(chart))


def commands(made):
    return {part: main_container(made["Deployment", f"docs-{part}"]).get("command") for part in PARTS}


@pytest.mark.parametrize(
    ("version", "generation"),
    [
        ("2.14.7", Generation.SUPERVISORD),
        ("2.15.0", Generation.V2),
        ("2.20.15", Generation.V2),
        ("3.0.0", Generation.V3),
    ],
)
def test_version_says_how_it_is_started(version, generation):
    assert PaperlessImage(version=version).generation is generation


def test_older_versions_are_refused_unless_accepted():
    """Nobody has read them, so nobody promises anything; the origin's image is one of them."""
    with pytest.raises(
        ValueError, match=r"^PaperlessImage: version must be 2\.14\.7 or later, got '1\.16\.1'; allow_unsupported=True"
    ):
        PaperlessImage(version="1.16.1")
    with pytest.warns(UserWarning, match=r"version 1\.16\.1 is older than 2\.14\.7, the oldest known here"):
        assert PaperlessImage(version="1.16.1", allow_unsupported=True).generation is Generation.SUPERVISORD


def test_known_versions_warn_nobody():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for version in ("2.14.7", "2.20.15", "3.3.0"):
            PaperlessImage(version=version)


def test_s6_images_start_like_3_but_for_the_prefetch():
    """Celery 5.5 does not know ``--disable-prefetch``."""
    new, old = commands(manifests("3.3.0")), commands(manifests("2.20.15"))
    worker = old.pop("worker")

    assert worker[worker.index("--prefetch-multiplier") + 1] == "1"
    assert worker[-2:] == ["task.acks_late=true", "result.backend_always_retry=true"]
    assert "--disable-prefetch" not in worker
    assert new.pop("worker") != worker
    assert old == new


def test_supervisord_starts_one_program_in_each_pod():
    """The image's entrypoint, and one file for each process over /etc/supervisord.conf."""
    made = manifests("2.14.7")
    files = config_data(made, "docs-supervisord")
    (config_map,) = (name for kind, name in made if kind == "ConfigMap" and name.startswith("docs-supervisord-"))

    assert files.keys() == {f"{part}.conf" for part in PARTS}
    assert commands(made) == dict.fromkeys(PARTS)
    for part in PARTS:
        manifest = made["Deployment", f"docs-{part}"]
        mount = {
            "name": "supervisord",
            "mountPath": "/etc/supervisord.conf",
            "subPath": f"{part}.conf",
            "readOnly": True,
        }
        assert mount in main_container(manifest)["volumeMounts"]
        assert {"name": "supervisord", "configMap": {"name": config_map}} in pod_spec(manifest)["volumes"]
        assert "/opt/cdk8s-paperless-ngx" in {m["mountPath"] for m in main_container(manifest)["volumeMounts"]}


def configuration(part, **arguments):
    parser = configparser.RawConfigParser()
    parser.read_string(config_data(manifests("2.14.7", **arguments), "docs-supervisord")[f"{part}.conf"])
    return parser


@pytest.mark.parametrize(
    ("part", "program"),
    [
        ("webserver", "gunicorn -c /usr/src/paperless/gunicorn.conf.py paperless.asgi:application"),
        ("consumer", "python3 -m cdk8s_paperless_ngx_connections manage.py document_consumer"),
        (
            "worker",
            (
                "celery --app paperless worker --loglevel INFO --without-mingle --without-gossip"
                " --prefetch-multiplier 1 --include cdk8s_paperless_ngx_worker,cdk8s_paperless_ngx_connections"
                " task.acks_late=true result.backend_always_retry=true"
            ),
        ),
        (
            "beat",
            (
                "celery --app paperless beat --loglevel INFO --schedule /tmp/celerybeat-schedule"
                " --scheduler cdk8s_paperless_ngx_connections:PersistentScheduler"
            ),
        ),
        ("flower", "celery --app paperless flower"),
    ],
)
def test_supervisord_configuration(part, program):
    """One program, whose log is the container's, and which takes supervisord with it when it ends."""
    parser = configuration(part)
    section = dict(parser[f"program:{part}"])

    assert parser.sections() == ["supervisord", f"program:{part}", "eventlistener:end-with-program"]
    assert section["command"] == program
    assert section["autorestart"] == "false"
    assert (section["stdout_logfile"], section["stdout_logfile_maxbytes"]) == ("/dev/stdout", "0")
    # The pod runs as the right user already, and may not become another.
    assert "user" not in section
    assert "user" not in parser["supervisord"]
    # A signal to the whole group would kill the task that Celery is to finish.
    assert not {"stopasgroup", "killasgroup"} & section.keys()
    assert section["stopsignal"] == ("INT" if part == "consumer" else "TERM")
    assert parser["eventlistener:end-with-program"]["events"] == "PROCESS_STATE_EXITED,PROCESS_STATE_FATAL"


def test_supervisord_gives_up_before_the_kubelet_does():
    """Its SIGKILL goes to the program; the kubelet's goes to all."""
    made = manifests("2.14.7", task_limit=timedelta(minutes=10))
    for part in PARTS:
        grace = pod_spec(made["Deployment", f"docs-{part}"])["terminationGracePeriodSeconds"]
        # SIGTERM comes after the pause in which a webserver goes on serving.
        grace -= 30 if part == "webserver" else 0
        section = configuration(part, task_limit=timedelta(minutes=10))[f"program:{part}"]
        assert int(section["stopwaitsecs"]) == grace - 5


def test_supervisord_writes_where_it_may():
    made = manifests("2.14.7")
    for part in PARTS:
        variables = environment(main_container(made["Deployment", f"docs-{part}"]))
        assert variables["PAPERLESS_SUPERVISORD_WORKING_DIR"] == "/tmp"


def test_supervisord_pods_all_see_the_data_directory():
    """The entrypoint indexes everything anew where it does not find its note there."""
    made = manifests("2.14.7")
    for part in PARTS:
        manifest = made["Deployment", f"docs-{part}"]
        mounted = claims_mounted(manifest, main_container(manifest))
        assert mounted["/usr/src/paperless/data"] == ("docs-data", "data")


def test_gunicorn_is_reached_where_granian_is():
    variables = environment(
        main_container(
            manifests("2.14.7", webserver=WebserverOptions(granian_workers=2))["Deployment", "docs-webserver"]
        )
    )

    assert variables["PAPERLESS_BIND_ADDR"] == "0.0.0.0"
    assert variables["PAPERLESS_WEBSERVER_WORKERS"] == "2"
    assert not [name for name in variables if name.startswith("GRANIAN_")]


def test_everything_else_is_the_same():
    """Object by object: only images, versions and the launch differ between the generations."""

    def rest(version):
        made = manifests(version)
        text = str(
            {identity: m for identity, m in made.items() if identity[0] not in ("ConfigMap", "Deployment", "Job")}
        )
        unpinned = re.sub(r"@sha256:[0-9a-f]{64}", "", text)
        unpinned = re.sub(r"docs-config-[0-9a-f]{10}", "docs-config", unpinned)
        return re.sub(r"sha256|md5", "CHECKSUM", unpinned.replace(version, "VERSION"))

    assert rest("2.14.7") == rest("2.20.15") == rest("3.3.0")


def test_gates_and_migration_are_the_same():
    new, old = manifests("3.3.0"), manifests("2.14.7")
    for part in PARTS:
        ours, theirs = (init_container(made["Deployment", f"docs-{part}"]) for made in (new, old))
        assert ours["command"] == theirs["command"]


@pytest.mark.parametrize("version", ["2.14.7", "2.20.15"])
def test_rescue_knows_the_checksums(version):
    """MD5 until 3.0 rewrites them."""
    pod = manifests(version)["CronJob", "docs-rescue"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]

    assert environment(pod["containers"][0])["RESCUE_CHECKSUM"] == "md5"


@pytest.mark.parametrize(("version", "pool"), [("2.14.7", None), ("2.20.15", 3)])
def test_database_options_by_their_older_names(version, pool):
    tls = Tls(ca=SecretKey(secret="ca", key="crt"))
    postgres = ExternalPostgres(host="pg", password=PASSWORD, tls=tls, pool=pool)
    data = config_data(manifests(version, database=postgres), "docs-config")
    assert data["PAPERLESS_DBSSLMODE"] == "verify-full"
    assert data["PAPERLESS_DBSSLROOTCERT"] == "/etc/cdk8s-paperless-ngx/trust/database.crt"
    assert data.get("PAPERLESS_DB_POOLSIZE") == (str(pool) if pool else None)
    assert "PAPERLESS_DB_OPTIONS" not in data

    mariadb = ExternalMariadb(host="m", password=PASSWORD, tls=tls)
    data = config_data(manifests(version, database=mariadb), "docs-config")
    assert data["PAPERLESS_DBSSLMODE"] == "VERIFY_IDENTITY"
