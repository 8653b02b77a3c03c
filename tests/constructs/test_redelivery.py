"""The pod that gives back what lost workers had in work."""

from __future__ import annotations

import pytest

from cdk8s_paperless_ngx import ExternalRedis, Paperless, PaperlessImage, RedeliveryOptions, Resources, SecretKey
from tests.conftest import environment, main_container, pod_spec


@pytest.mark.parametrize("version", ["2.14.7", "2.20.15", "3.3.0"])
def test_is_a_script_whatever_starts_the_application(chart, synth, version):
    """supervisord, where an image has it, knows the application's programs alone."""
    Paperless(chart, "docs", image=PaperlessImage(version=version))
    deployment = synth()["Deployment", "docs-redelivery"]
    container = main_container(deployment)

    assert container["command"] == ["python3", "/opt/cdk8s-paperless-ngx/redelivery.py"]
    assert "initContainers" not in pod_spec(deployment), "it works in every release, also while one is migrated to"
    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]) == (1, {"type": "Recreate"})


def test_may_list_pods_and_no_more(chart, synth):
    Paperless(chart, "docs")
    manifests = synth()
    pod = pod_spec(manifests["Deployment", "docs-redelivery"])

    assert manifests["Role", "docs-redelivery"]["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}
    ]
    assert pod["serviceAccountName"] == "docs-redelivery"
    assert pod["automountServiceAccountToken"] is False


def test_is_alone_with_its_token(chart, synth):
    """Containers of a pod see each other's files through their processes; and a token is no business of documents."""
    Paperless(chart, "docs")
    deployment = synth()["Deployment", "docs-redelivery"]
    container = main_container(deployment)

    assert len(pod_spec(deployment)["containers"]) == 1
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {
        "/tmp", "/var/cache/fontconfig", "/opt/cdk8s-paperless-ngx", "/var/run/secrets/kubernetes.io/serviceaccount",
    }  # fmt: skip
    assert "envFrom" not in container
    assert environment(container).keys() == {"REDIS_PASSWORD", "PAPERLESS_REDIS", "INSTANCE", "HOME", "XDG_CACHE_HOME"}


def test_looks_where_the_workers_keys_are(chart, synth):
    broker = ExternalRedis(host="redis", password=SecretKey(secret="r", key="p"), tls=None, database=2, prefix="docs:")
    Paperless(chart, "docs", broker=broker)
    found = environment(main_container(synth()["Deployment", "docs-redelivery"]))

    assert found["PAPERLESS_REDIS"] == "redis://:$(REDIS_PASSWORD)@redis:6379/2"
    assert found["PAPERLESS_REDIS_PREFIX"] == "docs:"


def test_resources(chart, synth):
    wanted = Resources(cpu_request="10m", memory_request="48Mi", memory_limit="96Mi")
    Paperless(chart, "docs", redelivery=RedeliveryOptions(resources=wanted))

    limits = main_container(synth()["Deployment", "docs-redelivery"])["resources"]["limits"]
    assert limits == {"memory": "96Mi"}
