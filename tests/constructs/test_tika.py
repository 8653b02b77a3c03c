"""Apache Tika and Gotenberg beside an instance: two servers that keep nothing, and the settings that name them."""

from __future__ import annotations

import pytest
import yaml

from cdk8s_paperless_ngx import BundledTika, Paperless, Pods, Proxy, Settings
from cdk8s_paperless_ngx.compose import compose_project
from cdk8s_paperless_ngx.settings import Tika
from tests.conftest import config_data, main_container, pod_spec

SERVERS = ("tika", "gotenberg")


def test_none_unless_asked_for(chart, synth):
    """Both take memory that most instances have better use for."""
    Paperless(chart, "docs")
    manifests = synth()

    assert not [name for _, name in manifests if name.endswith(SERVERS)]
    assert not [name for name in config_data(manifests, "docs-config") if "TIKA" in name]


def test_settings_name_the_services(chart, synth):
    """Consumer and workers must agree on what is taken; the addresses are those of the Services."""
    Paperless(chart, "docs", tika=BundledTika())
    manifests = synth()
    data = config_data(manifests, "docs-config")
    ports = {part: manifests["Service", f"docs-{part}"]["spec"]["ports"][0]["port"] for part in SERVERS}

    assert data["PAPERLESS_TIKA_ENABLED"] == "true"
    assert data["PAPERLESS_TIKA_ENDPOINT"] == f"http://docs-tika:{ports['tika']}"
    assert data["PAPERLESS_TIKA_GOTENBERG_ENDPOINT"] == f"http://docs-gotenberg:{ports['gotenberg']}"


@pytest.mark.parametrize("part", SERVERS)
def test_service_leads_to_the_pods_and_their_port(chart, synth, part):
    Paperless(chart, "docs", tika=BundledTika())
    manifests = synth()
    service = manifests["Service", f"docs-{part}"]["spec"]
    deployment = manifests["Deployment", f"docs-{part}"]
    container = main_container(deployment)

    assert service["selector"] == deployment["spec"]["selector"]["matchLabels"]
    assert service["selector"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
    assert {port["name"] for port in container["ports"]} == {service["ports"][0]["targetPort"]}


@pytest.mark.parametrize("part", SERVERS)
def test_servers_are_restricted_and_keep_nothing(chart, synth, part):
    """Read-only root with private directories, no token, no claim, no secret, and no part in the release barrier."""
    Paperless(chart, "docs", tika=BundledTika())
    deployment = synth()["Deployment", f"docs-{part}"]
    spec, container = pod_spec(deployment), main_container(deployment)

    assert spec["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert "/tmp" in {mount["mountPath"] for mount in container["volumeMounts"]}
    assert spec["volumes"] == [{"name": "private", "emptyDir": {"sizeLimit": "50Gi"}}]
    assert (spec["automountServiceAccountToken"], spec["enableServiceLinks"]) == (False, False)
    assert not {"env", "envFrom"} & container.keys()
    assert "cdk8s-paperless-ngx/release" not in deployment["spec"]["template"]["metadata"]["labels"]


def test_mails_of_strangers_run_nothing(chart, synth):
    """Gotenberg prints HTML that anybody may have sent: no JavaScript, and no file but the ones it was given."""
    Paperless(chart, "docs", tika=BundledTika())
    arguments = main_container(synth()["Deployment", "docs-gotenberg"])["args"]

    assert "--chromium-disable-javascript=true" in arguments
    assert "--chromium-allow-list=file:///tmp/.*" in arguments


def test_gotenberg_that_hangs_is_restarted(chart, synth):
    """Seen with a mail of big pictures under too small a limit: not ready, and busy without end."""
    Paperless(chart, "docs", tika=BundledTika())
    container = main_container(synth()["Deployment", "docs-gotenberg"])
    probe = container["livenessProbe"]

    assert probe["httpGet"]["path"] == "/health"
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 300
    assert container["resources"]["limits"]["memory"] == "2Gi"


def test_they_fit_the_cluster_and_are_suspended_like_processes(chart, synth):
    pods = Pods(registry_mirror="mirror.example.org", node_selector={"disk": "ssd"}, image_pull_secrets=("login",))
    Paperless(chart, "docs", tika=BundledTika(), pods=pods, suspended=True)
    manifests = synth()
    for part in SERVERS:
        deployment = manifests["Deployment", f"docs-{part}"]
        assert deployment["spec"]["replicas"] == 0
        assert main_container(deployment)["image"].startswith("mirror.example.org/")
        assert pod_spec(deployment)["nodeSelector"] == {"disk": "ssd"}
        assert pod_spec(deployment)["imagePullSecrets"] == [{"name": "login"}]


def test_no_proxy_between_workers_and_them(chart, synth):
    """Their names have no dots, so that none of the cluster's domains covers them."""
    Paperless(chart, "docs", tika=BundledTika(), proxy=Proxy(url="http://proxy.example.org:3128"))
    data = config_data(synth(), "docs-config")

    assert {"docs-tika", "docs-gotenberg"} <= set(data["NO_PROXY"].split(","))
    assert data["no_proxy"] == data["NO_PROXY"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("enabled", False), ("endpoint", "http://tika.example.org"), ("gotenberg_endpoint", "http://pdf.example.org")],
)
def test_two_sources_are_refused(chart, name, value):
    with pytest.raises(
        ValueError,
        match=rf"^chart/docs: tika brings both servers, and settings\.tika\.{name} says something else about them",
    ):
        Paperless(chart, "docs", tika=BundledTika(), settings=Settings(tika=Tika(**{name: value})))


def test_compose_has_them_in_a_profile(chart):
    """Nothing waits for them, nor they for the migration; their images have no Python for a health check."""
    Paperless(chart, "docs", tika=BundledTika())
    services = yaml.safe_load(compose_project(chart).file)["services"]
    for part in SERVERS:
        assert services[part]["profiles"] == ["tika"]
        assert services[part]["networks"] == {"default": {"aliases": [f"docs-{part}"]}}
        assert not {"healthcheck", "environment"} & services[part].keys()
        assert "migration" not in services[part].get("depends_on", {})
    assert services["gotenberg"]["command"][0] == "gotenberg"
    assert not [service for service in services.values() if set(SERVERS) & service.get("depends_on", {}).keys()]
