"""OpenShift's Route: host, path and TLS of the URL, as its definition has it."""

from __future__ import annotations

import re

import jsonschema
import pytest

from cdk8s_paperless_ngx import Paperless, Webserver
from cdk8s_paperless_ngx.compose import compose_project
from cdk8s_paperless_ngx.constructs import Route
from tests.schemas import CUSTOM

pytestmark = pytest.mark.filterwarnings("ignore:.*trusted_proxies=:UserWarning")


def route(synth, name="docs-webserver"):
    manifest = synth()["Route", name]
    jsonschema.validate(manifest, CUSTOM["Route"])
    return manifest


def test_route_leads_to_the_webserver_with_tls(chart, synth):
    docs = Paperless(chart, "docs", url="https://docs.example.org/papers")
    Route(chart, "route", instance=docs.instance, labels={"router": "internal"})
    manifest = route(synth)

    assert manifest["spec"] == {
        "host": "docs.example.org",
        "path": "/papers",
        "to": {"kind": "Service", "name": "docs-webserver", "weight": 100},
        "port": {"targetPort": "http"},
        "tls": {"termination": "edge", "insecureEdgeTerminationPolicy": "Redirect"},
        "wildcardPolicy": "None",
    }
    assert manifest["metadata"]["labels"]["router"] == "internal"
    assert manifest["metadata"]["labels"]["app.kubernetes.io/instance"] == "docs"
    assert manifest["metadata"]["annotations"] == {"haproxy.router.openshift.io/timeout": "1h"}


def test_port_and_service_are_there(chart, synth):
    """A Route with a port that the Service does not have answers with 503."""
    docs = Paperless(chart, "docs", url="https://docs.example.org")
    Webserver(chart, "api", instance=docs.instance, part="api")
    Route(chart, "route", instance=docs.instance, part="api", webserver="api")
    spec = route(synth, "docs-api")["spec"]
    (port,) = synth()["Service", spec["to"]["name"]]["spec"]["ports"]

    assert port["name"] == spec["port"]["targetPort"]
    assert "path" not in spec


def test_no_tls_where_the_url_has_none(chart, synth):
    """The application would send users to a scheme that it was not told of."""
    docs = Paperless(chart, "docs", url="http://docs.example.org")
    Route(chart, "route", instance=docs.instance)

    assert "tls" not in route(synth)["spec"]


def test_annotations_take_the_place_of_the_librarys(chart, synth):
    docs = Paperless(chart, "docs", url="https://docs.example.org")
    mine = {"haproxy.router.openshift.io/timeout": "5m", "mine": "1"}
    Route(chart, "route", instance=docs.instance, annotations=mine)

    assert route(synth)["metadata"]["annotations"] == mine


@pytest.mark.parametrize(
    ("url", "arguments", "sentence"),
    [
        (
            None,
            {},
            "the instance has no URL, and OpenShift would make a host that the application knows nothing of",
        ),
        ("https://10.0.0.1", {}, "the instance's URL has an IP address, 'https://10.0.0.1', and a Route needs a name"),
        (
            "https://a.b",
            {"labels": {"app.kubernetes.io/name": "x"}},
            "labels['app.kubernetes.io/name'] is the",
        ),
        ("https://a.b", {"annotations": {"a b": "x"}}, "annotations['a b'] must be a name of up to 63 letters"),
        ("https://a.b", {"part": "A"}, "part must be a DNS label"),
    ],
)
def test_wrong_input_of_a_route(chart, url, arguments, sentence):
    docs = Paperless(chart, "docs", url=url)
    with pytest.raises(ValueError, match=f"^chart/r: {re.escape(sentence)}"):
        Route(chart, "r", instance=docs.instance, **arguments)


def test_compose_has_nothing_for_it(chart):
    docs = Paperless(chart, "docs", url="https://docs.example.org")
    Route(chart, "route", instance=docs.instance)

    assert "route.openshift.io" not in compose_project(chart).file
