"""Clusters with IPv6: what listens, and what Services ask for."""

from __future__ import annotations

import re

import kubernetes_validate
import pytest

from cdk8s_paperless_ngx import BundledTika, FlowerOptions, Paperless, PaperlessImage, Pods
from cdk8s_paperless_ngx.model import IpFamily
from tests.conftest import environment, main_container

BOTH = (IpFamily.IPV6, IpFamily.IPV4)
SERVICES = {f"docs-{part}" for part in ("webserver", "flower", "postgres", "redis", "tika", "gotenberg")}


def whole(chart, synth, families, **arguments):
    pods = Pods(ip_families=families)
    Paperless(chart, "docs", pods=pods, flower=FlowerOptions(), tika=BundledTika(), **arguments)
    manifests = synth()
    services = {name: manifest["spec"] for (kind, name), manifest in manifests.items() if kind == "Service"}
    assert set(services) == SERVICES
    for (kind, _), manifest in manifests.items():
        if kind == "Service":
            kubernetes_validate.validate(manifest, "1.28", strict=True)
    return services, environment(main_container(manifests["Deployment", "docs-webserver"]))


def test_nothing_is_said_to_a_cluster_that_was_not_asked_about(chart, synth):
    """'::' fails on nodes without IPv6, and a Service keeps the families that it was made with."""
    services, webserver = whole(chart, synth, ())

    assert webserver["GRANIAN_HOST"] == "0.0.0.0"
    for spec in services.values():
        assert not {"ipFamilies", "ipFamilyPolicy"} & set(spec)


@pytest.mark.parametrize(
    ("families", "host", "policy"),
    [
        ((IpFamily.IPV6,), "::", "SingleStack"),
        ((IpFamily.IPV4,), "0.0.0.0", "SingleStack"),
        (BOTH, "::", "RequireDualStack"),
        (BOTH[::-1], "::", "RequireDualStack"),
    ],
)
def test_every_service_and_the_webserver_have_the_families(chart, synth, families, host, policy):
    """On a cluster of IPv6 alone probes come to an address on which 0.0.0.0 does not listen."""
    services, webserver = whole(chart, synth, families)

    assert webserver["GRANIAN_HOST"] == host
    for spec in services.values():
        assert spec["ipFamilies"] == [family.value for family in families]
        assert spec["ipFamilyPolicy"] == policy


def test_older_images_take_it_in_brackets(chart, synth):
    _, webserver = whole(chart, synth, BOTH, image=PaperlessImage(version="2.14.7"))

    assert webserver["PAPERLESS_BIND_ADDR"] == "[::]"


def test_one_family_twice():
    sentence = "Pods: ip_families must be each family once, got 'IPv6, IPv6'; leave one out"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Pods(ip_families=(IpFamily.IPV6, IpFamily.IPV6))
