"""Instances on databases and a broker that somebody else runs: TLS, passwords, data that was there before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import cdk8s
import pytest

from cdk8s_paperless_ngx import (
    Backup,
    ByQueue,
    ConfigMapKey,
    ExistingClaim,
    ExistingSecret,
    ExternalMariadb,
    ExternalPostgres,
    ExternalRedis,
    Fixed,
    Paperless,
    SecretKey,
    SingleNodeStorage,
    Tls,
    WorkerOptions,
)
from tests.cluster import services
from tests.cluster.cluster import BRISK, Cluster
from tests.cluster.services import PASSWORD, secret

pytestmark = pytest.mark.cluster

LOGIN = SecretKey(secret="login", key="password")
SCALING = ByQueue(minimum=0, maximum=2, polling_interval=timedelta(seconds=1), idle=timedelta(seconds=10))


@pytest.fixture(scope="module")
def authority(first_apply, tmp_path_factory):
    """The servers, up; the certificate of their authority. (The first installation has loaded the images.)"""
    assert first_apply.returncode == 0
    outside = Cluster(services.NAMESPACE)
    files = services.certificates(tmp_path_factory.mktemp("tls"))
    services.start(outside, files)
    yield files["ca.crt"]
    outside.remove()


def beside(authority: str) -> list[dict[str, Any]]:
    """What the instance's namespace has already."""
    config_map = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "authority"},
        "data": {"pem": authority},
    }
    login = {"password": PASSWORD, "secret-key": "k" * 64, "admin-password": PASSWORD}
    return [config_map, secret("login", login), secret("authority", {"ca.crt": authority})]


def redis(prefix: str, tls: Tls) -> ExternalRedis:
    return ExternalRedis(host="redis.outside.svc", user="docs", password=LOGIN, prefix=prefix, tls=tls)


def fits(*, suspended: bool = False, by_queue: bool, ca: Tls) -> cdk8s.Chart:
    chart = cdk8s.Chart(cdk8s.Testing.app(), "fits", namespace="fits")
    docs = Paperless(
        chart,
        "fits",
        url="https://docs.example.org",
        secret=ExistingSecret(name="login"),
        database=ExternalPostgres(host="postgres.outside.svc", name="docs", user="docs", password=LOGIN, tls=ca),
        broker=redis("fits:", Tls(ca=ConfigMapKey(config_map="authority", key="pem"))),
        webserver=BRISK,
        worker=WorkerOptions(scaling=SCALING if by_queue else Fixed()),
        suspended=suspended,
    )
    Backup(chart, "backup", instance=docs.instance)
    return chart


CA = Tls(ca=SecretKey(secret="authority", key="ca.crt"))


@pytest.fixture(scope="module")
def instance(authority):
    cluster = Cluster("fits", "fits")
    cluster.create_namespace("restricted")
    by_queue = bool(cluster.find("customresourcedefinition/scaledobjects.keda.sh"))
    cluster.apply_chart(fits(by_queue=by_queue, ca=CA), *beside(authority))
    cluster.wait_until_ready()
    yield cluster
    cluster.remove()


def test_a_task_runs_over_encrypted_connections(instance):
    """Gate, migration, processes and, with KEDA, the autoscaler: all of them trust the authority and log in."""
    instance.upload("tls.txt", "about quinces")
    instance.wait_for("the document", lambda: instance.search("quinces"), 120)


def test_certificates_are_verified(authority):
    """The same instance with the image's own authorities: the gate says what is wrong, and waits."""
    cluster = Cluster("distrusts", "fits")
    cluster.create_namespace("restricted")
    chart = cdk8s.Chart(cdk8s.Testing.app(), "distrusts", namespace="distrusts")
    Paperless(
        chart,
        "fits",
        secret=ExistingSecret(name="login"),
        database=ExternalPostgres(host="postgres.outside.svc", name="docs", user="docs", password=LOGIN, tls=Tls()),
        broker=redis("distrusts:", Tls(ca=ConfigMapKey(config_map="authority", key="pem"))),
    )
    cluster.apply_chart(chart, *beside(authority))

    def says_so():
        return "certificate" in cluster.container_log("consumer", "gate")

    cluster.wait_for("the gate to say that it distrusts", says_so)
    cluster.remove()


def test_export_has_the_whole_configuration(instance):
    """TLS, database and media directory: an exporter with less of it exports nothing, and says that all is well."""
    instance.upload("kept.txt", "about sloes")
    instance.wait_for("the document", lambda: instance.search("sloes"), 120)
    instance.kubectl("create", "job", "export", "--from=cronjob/fits-backup")
    instance.kubectl("wait", "--for=condition=Complete", "job/export", "--timeout=90s")
    instance.kubectl("delete", "job/export")


def test_suspension_and_back(instance, authority):
    """Every process goes, by whatever it is scaled; nothing is lost, and one argument brings all back."""
    instance.upload("before.txt", "about medlars")
    instance.wait_for("the document", lambda: instance.search("medlars"), 120)
    by_queue = bool(instance.find("customresourcedefinition/scaledobjects.keda.sh"))
    parts = ("webserver", "consumer", "worker", "beat")

    instance.apply_chart(fits(suspended=True, by_queue=by_queue, ca=CA), *beside(authority))
    instance.wait_for("no process", lambda: not any(instance.pods(part) for part in parts))
    assert all(job["spec"]["suspend"] for job in instance.list("cronjobs"))

    instance.apply_chart(fits(by_queue=by_queue, ca=CA), *beside(authority))
    instance.wait_for("a webserver", lambda: instance.pods("webserver"))
    instance.wait_until_ready()
    assert instance.search("medlars")
    instance.upload("after.txt", "about rowans")
    instance.wait_for("the document", lambda: instance.search("rowans"), 120)


OLD = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "old"},
    "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}},
}
_FILLING = """
cd /old
mkdir -p compose/data compose/media/documents/originals compose/consume
echo 'about damsons' > compose/media/documents/originals/found.txt
echo 'about bullaces' > compose/consume/dropped.txt
"""
FILL = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "fill"},
    "spec": {
        "restartPolicy": "Never",
        "securityContext": {
            "runAsNonRoot": True, "runAsUser": 1000, "fsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "fill",
                "image": "ghcr.io/paperless-ngx/paperless-ngx:3.3.0",
                "command": ["sh", "-ec", _FILLING],
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                "volumeMounts": [{"name": "old", "mountPath": "/old"}],
            }
        ],
        "volumes": [{"name": "old", "persistentVolumeClaim": {"claimName": "old"}}],
    },
}  # fmt: skip


def test_moving_in(authority):
    """Folders of one volume and a MariaDB that were there before: documents are found, a dropped file is consumed."""
    cluster = Cluster("moved", "moved")
    cluster.create_namespace("restricted")
    for manifest in (*beside(authority), OLD, FILL):
        cluster.apply_object(manifest)
    cluster.kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/fill", "--timeout=60s")
    outside = Cluster(services.NAMESPACE)
    outside.kubectl(
        "exec", "deployment/mariadb", "--", "mariadb", "--no-defaults", "--socket=/data/socket", "--user=root", "moved",
        "--execute",
        "CREATE TABLE documents_document (id serial PRIMARY KEY, name text, content text, worker text, checksum text,"
        " archive_checksum text, filename text, title text, tags text, owner text, deleted_at timestamp NULL,"
        " root_document_id integer);"
        " INSERT INTO documents_document (name, content, filename) VALUES ('found.txt', 'about damsons', 'found.txt')",
    )  # fmt: skip

    def folder(name: str) -> ExistingClaim:
        return ExistingClaim(name="old", sub_path=f"compose/{name}")

    chart = cdk8s.Chart(cdk8s.Testing.app(), "moved", namespace="moved")
    Paperless(
        chart,
        "moved",
        secret=ExistingSecret(name="login"),
        admin=None,
        database=ExternalMariadb(host="mariadb.outside.svc", name="moved", user="moved", password=LOGIN, tls=None),
        broker=redis("moved:", Tls(ca=ConfigMapKey(config_map="authority", key="pem"))),
        webserver=BRISK,
        storage=SingleNodeStorage(data=folder("data"), media=folder("media"), consume=folder("consume")),
    )
    cluster.apply_chart(chart)
    cluster.wait_until_ready()

    assert [document["name"] for document in cluster.search("damsons")] == ["found.txt"]
    path = "/usr/src/paperless/media/documents/originals/found.txt"
    assert cluster.exec("webserver", "cat", path) == "about damsons\n"
    cluster.wait_for("the file that was dropped before", lambda: cluster.search("bullaces"))
    cluster.kubectl("create", "job", "look", "--from=cronjob/moved-rescue")
    cluster.kubectl("wait", "--for=condition=Complete", "job/look", "--timeout=60s")
    cluster.remove()
