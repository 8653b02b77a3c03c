"""What the project began with, object by object: five pods around one image with supervisord.

The example of an older image has all of it, on objects of today. What the origin wished for is there as well: an
autoscaler here, KEDA in tests/constructs/test_scaling.py.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.conftest import (
    by_kind_and_name,
    claims_mounted,
    config_data,
    environment,
    init_container,
    main_container,
    pod_spec,
)
from tests.examples import manifests

PARTS = ("webserver", "consumer", "worker", "beat", "flower")
PROGRAMS = {
    "webserver": "gunicorn",
    "consumer": "document_consumer",
    "worker": "worker",
    "beat": "beat",
    "flower": "flower",
}


@cache
def made():
    return by_kind_and_name(manifests("supervisord"))


def deployments():
    return {part: made()["Deployment", f"older-{part}"] for part in PARTS}


def test_five_deployments_of_one_process_each():
    """Of the application; the redelivery is this library's own."""
    deployments_made = {name for kind, name in made() if kind == "Deployment"}

    assert deployments_made - {"older-redelivery"} == {f"older-{part}" for part in PARTS}
    for part in ("consumer", "beat", "webserver", "flower"):
        assert deployments()[part]["spec"]["replicas"] == 1


@pytest.mark.parametrize("part", PARTS)
def test_each_mounts_a_configuration_of_its_own(part):
    """By subPath, over the image's; and in it is one program, its own."""
    (mount,) = [
        mount
        for mount in main_container(deployments()[part])["volumeMounts"]
        if mount["mountPath"] == "/etc/supervisord.conf"
    ]
    text = config_data(made(), "older-supervisord")[mount["subPath"]]

    assert text.count("[program:") == 1
    assert PROGRAMS[part] in text.partition("command=")[2].partition("\n")[0]


def test_one_configuration_for_every_pod():
    data = config_data(made(), "older-config")
    assert {
        "PAPERLESS_DBHOST",
        "PAPERLESS_URL",
        "PAPERLESS_DATA_DIR",
        "PAPERLESS_OCR_LANGUAGE",
        "PAPERLESS_CONSUMER_POLLING",
        "PAPERLESS_FILENAME_FORMAT",
    } <= data.keys()
    pods = [*deployments().values(), made()["CronJob", "older-backup"]["spec"]["jobTemplate"]]
    (name,) = (name for kind, name in made() if kind == "ConfigMap" and name.startswith("older-config-"))
    for pod in pods:
        assert main_container(pod)["envFrom"] == [{"configMapRef": {"name": name}}]
        assert environment(main_container(pod))["PAPERLESS_REDIS"] == "redis://:$(REDIS_PASSWORD)@older-redis:6379/0"


def test_secrets_reach_every_pod_and_no_git():
    for pod in deployments().values():
        variables = environment(main_container(pod))
        for name in ("PAPERLESS_DBPASS", "PAPERLESS_SECRET_KEY"):
            assert "secretKeyRef" in variables[name]
    variables = environment(init_container(deployments()["beat"]))
    assert "secretKeyRef" in variables["PAPERLESS_ADMIN_PASSWORD"]
    assert "Secret" not in {kind for kind, _ in made()}


def test_claims():
    claims = {
        name: (manifest["spec"]["accessModes"], manifest["spec"].get("storageClassName"))
        for (kind, name), manifest in made().items()
        if kind == "PersistentVolumeClaim"
    }

    for directory in ("data", "media", "export", "consume", "scratch"):
        assert claims[f"older-{directory}"] == (["ReadWriteMany"], "nfs-client")
    assert claims["older-backup"] == (["ReadWriteOnce"], None)


def test_service_and_ingress():
    (port,) = made()["Service", "older-webserver"]["spec"]["ports"]
    assert port["port"] == 8000
    ingress = made()["Ingress", "older-webserver"]["spec"]
    assert ingress["tls"] == [{"hosts": ["older.example.org"], "secretName": "older-tls"}]
    (path,) = ingress["rules"][0]["http"]["paths"]
    assert path["backend"]["service"]["name"] == "older-webserver"


def test_daily_backup_has_the_database_and_the_files():
    """The origin's had lost its environment, and exported an empty database."""
    spec = made()["CronJob", "older-backup"]["spec"]
    container = main_container(spec["jobTemplate"])

    assert (spec["schedule"], spec["concurrencyPolicy"]) == ("0 3 * * *", "Forbid")
    assert container["command"] == ["python3", "/opt/cdk8s-paperless-ngx/backup.py"]
    assert "PAPERLESS_DBPASS" in environment(container)
    mounted = claims_mounted(spec["jobTemplate"], container)
    assert mounted["/usr/src/paperless/media"] == ("older-media", "media")
    assert ("older-backup", "generations") in mounted.values()


def test_workers_scale():
    assert "replicas" not in deployments()["worker"]["spec"]
    assert made()["HorizontalPodAutoscaler", "older-worker"]["spec"]["maxReplicas"] == 4


def test_namespace_is_its_own_and_restricted():
    labels = made()["Namespace", "older"]["metadata"]["labels"]

    assert labels == {"pod-security.kubernetes.io/enforce": "restricted"}
    for pod in deployments().values():
        assert pod_spec(pod)["securityContext"]["runAsUser"] == 1000
