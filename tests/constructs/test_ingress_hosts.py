"""More than one host for an Ingress: each leads to the same, and the application answers to each."""

from __future__ import annotations

import re

import pytest

from cdk8s_paperless_ngx import Ingress, Paperless, Settings
from cdk8s_paperless_ngx.settings import Hosting

ALLOWED = Settings(hosting=Hosting(allowed_hosts=("papers.example.org", ".example.net")))

pytestmark = pytest.mark.filterwarnings("ignore:.*trusted_proxies=:UserWarning")


def test_further_hosts_lead_to_the_same(chart, synth):
    docs = Paperless(chart, "docs", url="https://docs.example.org/x", settings=ALLOWED)
    further = ("papers.example.org", "a.example.net", "*.example.net")
    Ingress(chart, "ingress", instance=docs.instance, tls_secret="docs-tls", further_hosts=further)
    spec = synth()["Ingress", "docs-webserver"]["spec"]
    hosts = ["docs.example.org", *further]

    assert [rule["host"] for rule in spec["rules"]] == hosts
    assert spec["tls"] == [{"hosts": hosts, "secretName": "docs-tls"}]
    paths = [rule["http"]["paths"] for rule in spec["rules"]]
    assert paths == [paths[0]] * 4
    assert paths[0][0]["path"] == "/x"


def test_one_host_as_before(chart, synth):
    docs = Paperless(chart, "docs", url="http://docs.example.org")
    Ingress(chart, "ingress", instance=docs.instance)
    spec = synth()["Ingress", "docs-webserver"]["spec"]

    assert [rule["host"] for rule in spec["rules"]] == ["docs.example.org"]


@pytest.mark.parametrize(
    ("hosts", "sentence"),
    [
        (
            ("other.example.org",),
            (
                "the application answers to no request for 'other.example.org', which further_hosts has; name it in "
                "Paperless's Settings(hosting=Hosting(allowed_hosts=..., csrf_trusted_origins=...)), there as "
                "'other.example.org' and 'https://other.example.org'"
            ),
        ),
        (("https://papers.example.org",), "further_hosts must be names in lower case, without scheme and port, got"),
        (("10.0.0.1",), "further_hosts must be names in lower case, without scheme and port, got '10.0.0.1'"),
        (("docs.example.org",), "further_hosts has 'docs.example.org' twice, or it is that of the url; drop it"),
        (("papers.example.org",) * 2, "further_hosts has 'papers.example.org' twice, or it is that of the url"),
    ],
)
def test_wrong_hosts(chart, hosts, sentence):
    docs = Paperless(chart, "docs", url="https://docs.example.org", settings=ALLOWED)
    with pytest.raises(ValueError, match=f"^chart/i: {re.escape(sentence)}"):
        Ingress(chart, "i", instance=docs.instance, further_hosts=hosts)


def test_further_hosts_beside_none(chart):
    docs = Paperless(chart, "docs")
    with pytest.raises(
        ValueError, match=r"^chart/i: further_hosts \('a.example.org',\) are beside no URL; give Paperl"
    ):
        Ingress(chart, "i", instance=docs.instance, further_hosts=("a.example.org",))
