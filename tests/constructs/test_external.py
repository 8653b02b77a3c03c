"""Database and broker that run elsewhere: one value for everyone who talks to them."""

from __future__ import annotations

import re
import shutil
import ssl
from pathlib import Path

import cdk8s
import pytest
from constructs import Construct
from redis.asyncio.connection import parse_url as parse_async_url
from redis.connection import parse_url

from cdk8s_paperless_ngx import (
    ByCpu,
    ByQueue,
    ConfigMapKey,
    ExternalMariadb,
    ExternalPostgres,
    ExternalRedis,
    Extras,
    FlowerOptions,
    Mount,
    Paperless,
    PaperlessImage,
    SecretKey,
    SecretVolume,
    Tls,
    Verification,
    WorkerOptions,
)
from cdk8s_paperless_ngx.compose import compose_project
from cdk8s_paperless_ngx.model import Generation
from tests.conftest import config_data, environment, init_container, main_container, pod_spec

PASSWORD = SecretKey(secret="login", key="word")
CA = SecretKey(secret="authority", key="ca.crt")
TRUST = "/etc/cdk8s-paperless-ngx/trust"
PUBLIC = "/etc/ssl/certs/ca-certificates.crt"
POSTGRES = ExternalPostgres(
    host="pg-rw.databases.svc", name="docs", user="docs", password=PASSWORD, tls=Tls(ca=CA), pool=4
)
NOTICES = "connect_timeout=5,keepalives_idle=10,keepalives_interval=2,keepalives_count=3,tcp_user_timeout=15000"
MARIADB = ExternalMariadb(host="maria", name="docs", user="docs", password=PASSWORD, tls=Tls(ca=CA))
REDIS = ExternalRedis(host="redis", password=PASSWORD, tls=Tls(ca=ConfigMapKey(config_map="bundle", key="pem")))


def config(manifests):
    return config_data(manifests, "docs-config")


@pytest.mark.parametrize(
    ("database", "settings"),
    [
        (
            POSTGRES,
            {
                "PAPERLESS_DBENGINE": "postgresql",
                "PAPERLESS_DBHOST": "pg-rw.databases.svc",
                "PAPERLESS_DBPORT": "5432",
                "PAPERLESS_DBNAME": "docs",
                "PAPERLESS_DBUSER": "docs",
                "PAPERLESS_DB_OPTIONS": "sslmode=verify-full,sslrootcert=/etc/cdk8s-paperless-ngx/trust/database.crt,"
                f"pool.min_size=1,pool.max_size=4,{NOTICES}",
            },
        ),
        (
            MARIADB,
            {
                "PAPERLESS_DBENGINE": "mariadb",
                "PAPERLESS_DBHOST": "maria",
                "PAPERLESS_DBPORT": "3306",
                "PAPERLESS_DBNAME": "docs",
                "PAPERLESS_DBUSER": "docs",
                "PAPERLESS_DB_OPTIONS": "ssl_mode=VERIFY_IDENTITY,ssl.ca=/etc/cdk8s-paperless-ngx/trust/database.crt,"
                "connect_timeout=5",
            },
        ),
    ],
    ids=["postgresql", "mariadb"],
)
def test_database_elsewhere(chart, synth, database, settings):
    """The application gets address, login and TLS; nothing of a PostgreSQL of one's own is left."""
    Paperless(chart, "docs", database=database)
    manifests = synth()

    assert {name: value for name, value in config(manifests).items() if name.startswith("PAPERLESS_DB")} == settings
    variables = environment(main_container(manifests["Deployment", "docs-worker"]))
    assert variables["PAPERLESS_DBPASS"] == {"secretKeyRef": {"name": "login", "key": "word"}}
    assert "docs-postgres" not in str(manifests)


@pytest.mark.parametrize(
    ("verification", "options"),
    [
        (Verification.FULL, f"sslmode=verify-full,sslrootcert={PUBLIC}"),
        (Verification.AUTHORITY, f"sslmode=verify-ca,sslrootcert={PUBLIC}"),
        (Verification.NONE, "sslmode=require"),
    ],
)
def test_what_is_verified(verification, options):
    """Without an authority of one's own, the image's public ones."""
    database = ExternalPostgres(host="h", password=PASSWORD, tls=Tls(verification=verification))

    assert database.variables()["PAPERLESS_DB_OPTIONS"] == f"{options},{NOTICES}"


@pytest.mark.parametrize(
    ("verification", "options"),
    [
        (Verification.FULL, f"ssl_mode=VERIFY_IDENTITY,ssl.ca={PUBLIC}"),
        (Verification.NONE, "ssl_mode=REQUIRED"),
    ],
)
def test_what_is_verified_of_mariadb(verification, options):
    database = ExternalMariadb(host="h", password=PASSWORD, tls=Tls(verification=verification))

    assert database.variables()["PAPERLESS_DB_OPTIONS"] == f"{options},connect_timeout=5"


def test_mariadb_compares_host_names_or_nothing():
    """Its client library does both when it is asked for one; a mode that promises less would be untrue."""
    with pytest.raises(
        ValueError,
        match=r"^ExternalMariadb: MariaDB's client library cannot verify the authority alone, .*; use Verification",
    ):
        ExternalMariadb(host="h", password=PASSWORD, tls=Tls(verification=Verification.AUTHORITY))


@pytest.mark.parametrize("version", ["2.14.7", "2.17.1"])
def test_pool_needs_an_image_that_has_one(chart, version):
    """It came with 2.18; before, the variable would be there and do nothing."""
    with pytest.raises(
        ValueError,
        match=rf"^chart/docs: paperless-ngx {version} has no pool of connections, got database\.pool=4; leave it out",
    ):
        Paperless(
            chart,
            "docs",
            image=PaperlessImage(version=version),
            database=ExternalPostgres(host="h", password=PASSWORD, tls=None, pool=4),
        )


def test_flower_trusts_the_broker_s_authority(chart, synth):
    """Its own connection ignores the options in the broker's URL."""
    broker = ExternalRedis(host="r", password=PASSWORD, tls=Tls(ca=ConfigMapKey(config_map="ca", key="ca.crt")))
    Paperless(chart, "docs", broker=broker, flower=FlowerOptions())
    manifests = synth()

    file = "/etc/cdk8s-paperless-ngx/trust/broker.crt"
    assert environment(main_container(manifests["Deployment", "docs-flower"]))["SSL_CERT_FILE"] == file
    assert "SSL_CERT_FILE" not in environment(main_container(manifests["Deployment", "docs-worker"]))


def test_server_that_vanishes_is_noticed():
    """By default a query waits as long as the kernel does, a quarter of an hour."""
    postgres = ExternalPostgres(host="h", password=PASSWORD, tls=None)
    mariadb = ExternalMariadb(host="h", password=PASSWORD, tls=None)

    assert postgres.variables()["PAPERLESS_DB_OPTIONS"] == NOTICES
    assert mariadb.variables()["PAPERLESS_DB_OPTIONS"] == "connect_timeout=5"
    for database in (postgres, mariadb):
        before_3 = database.variables(Generation.V2)
        assert before_3["PAPERLESS_DB_TIMEOUT"] == "5"
        assert "PAPERLESS_DB_OPTIONS" not in before_3


@pytest.mark.parametrize("parse", [parse_url, parse_async_url], ids=["cache", "websockets"])
@pytest.mark.parametrize("verification", Verification)
def test_redis_url_means_the_same_to_every_client(parse, verification):
    """Celery, Django's cache and the websocket layer read one URL with parsers of their own."""
    broker = ExternalRedis(
        host="redis.example.org",
        port=6380,
        database=3,
        user="docs",
        password=PASSWORD,
        tls=Tls(verification=verification),
    )
    url = broker.secret_variables()[1].value.replace("$(REDIS_PASSWORD)", "word")
    parsed = parse(url)

    assert (parsed["host"], parsed["port"], parsed["db"]) == ("redis.example.org", 6380, 3)
    assert (parsed["username"], parsed["password"]) == ("docs", "word")
    assert parsed["ssl_cert_reqs"] == ("none" if verification is Verification.NONE else "required")
    assert parsed.get("ssl_check_hostname", False) is (verification is Verification.FULL)
    assert parsed.get("ssl_ca_certs") == (None if verification is Verification.NONE else PUBLIC)


def test_mounted_secret_is_mounted_whole(chart, synth):
    """The kubelet writes what changed into such a mount, and never into one of a single file (``subPath``)."""
    key = SecretKey(secret="certificates", key="ca.crt")
    database = ExternalPostgres(host="pg", password=PASSWORD, tls=Tls(ca=key))
    mine = Mount(path="/etc/mine", volume=SecretVolume(name="mine"))
    Paperless(chart, "docs", database=database, extras=Extras(mounts=(mine,)))
    spec = pod_spec(synth()["Deployment", "docs-worker"])
    secret = {
        volume["name"]
        for volume in spec["volumes"]
        if "secret" in volume or any("secret" in source for source in volume.get("projected", {}).get("sources", []))
    }
    mounts = [
        mount
        for container in (*spec["initContainers"], *spec["containers"])
        for mount in container["volumeMounts"]
        if mount["name"] in secret
    ]

    assert {mount["mountPath"] for mount in mounts} >= {"/etc/mine", "/etc/cdk8s-paperless-ngx/trust"}
    assert not [mount for mount in mounts if "subPath" in mount]


def test_redis_without_password():
    broker = ExternalRedis(host="redis", password=None, tls=None, prefix="docs:")

    assert [(variable.name, variable.value) for variable in broker.secret_variables()] == [
        ("PAPERLESS_REDIS", "redis://redis:6379/0")
    ]
    assert broker.variables() == {"PAPERLESS_REDIS_PREFIX": "docs:"}


def test_every_container_trusts_the_authorities(chart, synth):
    """Gate, migration, rescue and processes all connect; one volume has the certificates for all of them."""
    Paperless(chart, "docs", database=POSTGRES, broker=REDIS)
    manifests = synth()
    pods = [m for (kind, _), m in manifests.items() if kind == "Deployment"]
    pods.append(manifests["CronJob", "docs-rescue"]["spec"]["jobTemplate"])

    for pod in pods:
        spec = pod_spec(pod)
        assert {
            "name": "trust",
            "projected": {
                "sources": [
                    {"secret": {"name": "authority", "items": [{"key": "ca.crt", "path": "database.crt"}]}},
                    {"configMap": {"name": "bundle", "items": [{"key": "pem", "path": "broker.crt"}]}},
                ]
            },
        } in spec["volumes"]
        for container in (*spec["containers"], *spec.get("initContainers", [])):
            mount = {"name": "trust", "mountPath": TRUST, "readOnly": True}
            assert mount in container["volumeMounts"]


def test_no_authority_no_volume(chart, synth):
    Paperless(chart, "docs", database=ExternalPostgres(host="h", password=PASSWORD, tls=Tls()))

    assert "trust" not in str(pod_spec(synth()["Deployment", "docs-worker"])["volumes"])


def test_secret_job_does_not_wait_for_an_authority(chart, synth):
    """It makes Secrets; a certificate that is missing must not keep it from that."""
    Paperless(chart, "docs", database=POSTGRES)
    (job,) = [manifest for (kind, _), manifest in synth().items() if kind == "Job"]

    assert "trust" not in str(job)


@pytest.mark.parametrize(
    ("ca", "reference"),
    [
        (CA, {"secretTargetRef": [{"parameter": "ca", "name": "authority", "key": "ca.crt"}]}),
        (
            ConfigMapKey(config_map="bundle", key="pem"),
            {"configMapTargetRef": [{"parameter": "ca", "name": "bundle", "key": "pem"}]},
        ),
    ],
    ids=["secret", "config map"],
)
def test_keda_trusts_the_same_authority(chart, synth, ca, reference):
    broker = ExternalRedis(host="redis", password=None, tls=Tls(ca=ca))
    Paperless(chart, "docs", broker=broker, worker=WorkerOptions(scaling=ByQueue()))
    manifests = synth()

    assert manifests["TriggerAuthentication", "docs-worker"]["spec"] == reference
    for trigger in manifests["ScaledObject", "docs-worker"]["spec"]["triggers"]:
        assert trigger["metadata"]["enableTLS"] == "true"


def test_keda_verifies_nothing_where_nobody_does(chart, synth):
    """And asks for no login where there is none: a TriggerAuthentication without content is refused."""
    broker = ExternalRedis(host="redis", password=None, tls=Tls(verification=Verification.NONE))
    Paperless(chart, "docs", broker=broker, worker=WorkerOptions(scaling=ByQueue()))
    manifests = synth()

    assert ("TriggerAuthentication", "docs-worker") not in manifests
    for trigger in manifests["ScaledObject", "docs-worker"]["spec"]["triggers"]:
        assert trigger["metadata"]["unsafeSsl"] == "true"
        assert "authenticationRef" not in trigger


def test_keda_compares_host_names(chart):
    """It knows nothing between all and nothing; the application does."""
    broker = ExternalRedis(host="redis", password=None, tls=Tls(verification=Verification.AUTHORITY))
    Paperless(chart, "cpu", broker=broker, worker=WorkerOptions(scaling=ByCpu()))

    with pytest.raises(
        ValueError,
        match=r"^chart/docs/worker: ByQueue does not go with Verification.AUTHORITY of the broker",
    ):
        Paperless(chart, "docs", broker=broker, worker=WorkerOptions(scaling=ByQueue()))


def test_public_authorities_are_where_debian_puts_them():
    """On any Debian, as the image is; elsewhere there is nothing to compare."""
    if not Path("/etc/debian_version").exists() or not shutil.which("update-ca-certificates"):
        pytest.skip("this is no Debian with ca-certificates")

    assert Path(PUBLIC).exists()
    ssl.create_default_context(cafile=PUBLIC)


@pytest.mark.parametrize(
    "second", ["same", "same.docs", "same.docs.svc", "same.docs.svc.cluster.local", "SAME.docs", "same.docs.svc."]
)
def test_two_instances_in_one_database_are_refused(chart, second):
    """They would overwrite each other's documents. A Service has several names, a short one in its namespace."""
    for name, host in (("one", "same"), ("two", second)):
        Paperless(chart, name, database=ExternalPostgres(host=host, password=PASSWORD, tls=None))

    with pytest.raises(RuntimeError) as error:
        cdk8s.Testing.synth(chart)
    sentence = "chart/two: database 'same.docs:5432/paperless' is that of chart/one, too; give each a database"
    assert sentence in str(error.value)
    assert str(error.value).count("database 'same") == 1


def test_whoever_keeps_the_instance_is_no_second_one(chart):
    """A construct of one's own has it as an attribute, and shares everything, as it should."""
    kept = Construct(chart, "mine")
    kept.instance = Paperless(chart, "docs").instance
    Construct(chart, "other").instance = kept.instance

    cdk8s.Testing.synth(chart)
    assert compose_project(chart)


def test_two_instances_on_one_queue_are_refused(chart):
    """They would work on each other's tasks, and their browsers hear of each other's documents.

    A prefix of its own keeps them apart; an index alone does not, as publish and subscribe know none.
    """
    for name, prefix, index in (("one", "a:", 0), ("two", "b:", 0), ("three", "a:", 1)):
        broker = ExternalRedis(host="r", password=None, tls=None, prefix=prefix, database=index)
        Paperless(chart, name, broker=broker)

    with pytest.raises(RuntimeError) as error:
        cdk8s.Testing.synth(chart)
    sentence = "chart/three: broker 'r.docs:6379#a:' is that of chart/one, too; give each another prefix"
    assert sentence in str(error.value)
    assert str(error.value).count("broker 'r.") == 1


WRONG = [
    (
        ExternalRedis,
        {"host": "redis:6379"},
        "host must be a name or an IPv4 address alone, got 'redis:6379'; port, user",
    ),
    (ExternalRedis, {"host": ""}, "host must be a name or an IPv4 address alone, got ''"),
    (ExternalRedis, {"host": "redis+sentinel://s"}, "host must be one server, got 'redis+sentinel://s'; paperless-ngx"),
    (ExternalRedis, {"host": "a,b"}, "host must be one server, got 'a,b'; paperless-ngx knows neither Sentinel nor"),
    (
        ExternalRedis,
        {"host": "/run/redis.sock"},
        "host must be a name or an IPv4 address, got '/run/redis.sock'; a socket",
    ),
    (ExternalRedis, {"host": "r", "user": "a:b"}, "user must be a name of characters that need no quoting in a URL"),
    (ExternalRedis, {"host": "r", "user": "a", "password": None}, "user 'a' has no password; name where"),
    (ExternalRedis, {"host": "r", "prefix": "docs"}, "prefix must be a text that ends in a separator, got 'docs'; for"),
    (ExternalRedis, {"host": "r", "port": 0}, "port must be a whole number, 1 to 65535, got 0"),
    (ExternalRedis, {"host": "r", "database": -1}, "database must be a whole number of at least 0, got -1"),
    (ExternalPostgres, {"host": "/run/postgresql"}, "host must be a name or an IPv4 address, got '/run/postgresql'; a"),
    (
        ExternalPostgres,
        {"host": "u@pg"},
        "host must be a name or an IPv4 address alone, got '…@pg'; port, user and password",
    ),
    (ExternalPostgres, {"host": "pg", "name": ""}, "name must be a name, got ''"),
    (ExternalPostgres, {"host": "pg", "user": " "}, "user must be a name, got ' '"),
    (ExternalPostgres, {"host": "a..b"}, "host must be a name or an IPv4 address alone, got 'a..b'"),
    (ExternalPostgres, {"host": "pg\n"}, "host must be a name or an IPv4 address alone, got 'pg\\n'"),
    (ExternalPostgres, {"host": "$(HOME)"}, "host must be a name or an IPv4 address alone, got '$(HOME)'"),
    (ExternalPostgres, {"host": "u:hunter2@pg:5"}, "host must be a name or an IPv4 address alone, got '…@pg:5'"),
    (ExternalRedis, {"host": "r?db=3"}, "host must be a name or an IPv4 address alone, got 'r?db=3'"),
    (ExternalRedis, {"host": "unix:///run/redis.sock"}, "host must be a name or an IPv4 address, got 'unix:///run"),
    (ExternalRedis, {"host": "redis.unix.org"}, "host must be a name without 'unix', got 'redis.unix.org'; paperless"),
    (ExternalRedis, {"host": "r", "user": "Unix"}, "user must be a name without 'unix', got 'Unix'; paperless-ngx"),
    (ExternalRedis, {"host": "r", "user": "a%b"}, "user must be a name of characters that need no quoting in a URL"),
    (ExternalRedis, {"host": "r", "prefix": "$(X):"}, "prefix must be a text without spaces and '$', got '$(X):'"),
    (ExternalPostgres, {"host": "pg", "port": 70000}, "port must be a whole number, 1 to 65535, got 70000"),
    (ExternalPostgres, {"host": "pg", "pool": 0}, "pool must be a whole number of at least 1, got 0"),
]


@pytest.mark.parametrize(("value", "arguments", "sentence"), WRONG)
def test_wrong_input_gets_one_sentence(value, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{value.__name__}: {re.escape(sentence)}") as error:
        value(**{"password": PASSWORD, "tls": None} | arguments)

    assert "\n" not in str(error.value)


def test_authority_that_nobody_asks():
    """Whoever names an authority wants it asked."""
    with pytest.raises(
        ValueError, match=r"^Tls: Verification.NONE does not look at the certificate in ca; leave ca out"
    ):
        Tls(ca=CA, verification=Verification.NONE)


def test_migration_creates_tables_through_the_same_connection(chart, synth):
    Paperless(chart, "docs", database=MARIADB)

    beat = synth()["Deployment", "docs-beat"]
    assert init_container(beat)["envFrom"] == main_container(beat)["envFrom"]
