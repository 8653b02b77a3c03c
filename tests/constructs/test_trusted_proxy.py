"""Who may connect to a webserver: where a header says who is logged in, the proxy that sends it, and nobody else."""

from __future__ import annotations

import re

import pytest

from cdk8s_paperless_ngx import (
    ByCpu,
    Ingress,
    IngressController,
    Paperless,
    Settings,
    Webserver,
    WebserverOptions,
)
from cdk8s_paperless_ngx.constructs import Route
from cdk8s_paperless_ngx.model import IpBlock, PodPeer
from cdk8s_paperless_ngx.settings import Authentication

HEADER = Settings(authentication=Authentication(enable_http_remote_user=True))
PROXY = WebserverOptions(only_from=(PodPeer(namespace="traefik", labels={"app.kubernetes.io/name": "traefik"}),))


@pytest.mark.parametrize("switch", ["enable_http_remote_user", "enable_http_remote_user_api"])
def test_a_header_is_believed_from_a_known_proxy_alone(chart, switch):
    """Whoever reaches the webserver past it is whoever they say they are, an administrator too."""
    settings = Settings(authentication=Authentication(**{switch: True}))

    with pytest.raises(
        ValueError,
        match=r"^chart/docs/webserver: settings\.authentication\.enable_http_remote_user, or its _api, believes a "
        r"header of whoever comes; name the proxy that sends it, with WebserverOptions\(only_from=\(PodPeer\(labels=",
    ):
        Paperless(chart, "docs", settings=settings)


def test_every_webserver_has_its_proxy(chart):
    """One more door of the same instance believes the same header."""
    docs = Paperless(chart, "docs", settings=HEADER, webserver=PROXY)

    with pytest.raises(ValueError, match=r"^chart/intranet: .* believes a header of whoever comes"):
        Webserver(chart, "intranet", instance=docs.instance, part="intranet")


def test_who_may_connect(chart, synth):
    """All others' connections fail. A namespace is always named: without it a peer's would be the instance's alone."""
    peers = (*PROXY.only_from, PodPeer(labels={"app": "scanner"}), IpBlock(cidr="192.0.2.7/32"))
    docs = Paperless(chart, "docs", webserver=WebserverOptions(only_from=peers))
    policy = synth()["NetworkPolicy", "docs-webserver"]
    pods = synth()["Deployment", "docs-webserver"]["spec"]["template"]["metadata"]["labels"]

    assert docs.webserver.network_policy is not None
    assert policy["spec"] == {
        "podSelector": {
            "matchLabels": {
                "app.kubernetes.io/name": "paperless-ngx",
                "app.kubernetes.io/instance": "docs",
                "app.kubernetes.io/component": "webserver",
            }
        },
        "policyTypes": ["Ingress"],
        "ingress": [
            {
                "from": [
                    {
                        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "traefik"}},
                        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "traefik"}},
                    },
                    {
                        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "docs"}},
                        "podSelector": {"matchLabels": {"app": "scanner"}},
                    },
                    {"ipBlock": {"cidr": "192.0.2.7/32"}},
                ],
                "ports": [{"port": "http"}],
            }
        ],
    }
    assert policy["spec"]["podSelector"]["matchLabels"].items() <= pods.items()


def test_without_peers_there_is_no_policy(chart, synth):
    """An Ingress controller that nobody named would lead nowhere."""
    docs = Paperless(chart, "docs")

    assert docs.webserver.network_policy is None
    assert [kind for kind, _ in synth() if kind == "NetworkPolicy"] == []


def test_other_options_go_with_it(chart, synth):
    """Pods that an autoscaler adds have the labels, too."""
    options = WebserverOptions(scaling=ByCpu(minimum=2, maximum=4), only_from=PROXY.only_from)
    Paperless(chart, "docs", settings=HEADER, webserver=options)

    assert {("NetworkPolicy", "docs-webserver"), ("HorizontalPodAutoscaler", "docs-webserver")} <= synth().keys()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: WebserverOptions(only_from=()),
            "WebserverOptions: only_from must be a tuple of at least one peer, got",
        ),
        (
            lambda: PodPeer(labels={}),
            "PodPeer: labels must be at least one label, got {}; without one it would be every",
        ),
        (lambda: PodPeer(labels={"a b": "c"}), "PodPeer: labels['a b'] must be a name of up to 63 letters"),
        (lambda: PodPeer(labels={"a": "b"}, namespace="A"), "PodPeer: namespace must be"),
        (
            lambda: IpBlock(cidr="192.0.2.7/24"),
            "IpBlock: cidr must be a network as address/length, its host bits 0, got",
        ),
        (lambda: IpBlock(cidr="proxy"), "IpBlock: cidr must be a network as address/length"),
        (
            lambda: IpBlock(cidr="192.0.2.7"),
            "IpBlock: cidr must be a network as address/length, and not everything, got",
        ),
        (lambda: IpBlock(cidr="::/0"), "IpBlock: cidr must be a network as address/length, and not everything, got"),
    ],
)
def test_a_wrong_peer_is_refused(make, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: WebserverOptions(only_from=({"app": "x"},)),
        lambda: WebserverOptions(only_from="traefik"),
        lambda: PodPeer(labels="traefik"),
        lambda: PodPeer(namespace="traefik"),
        lambda: IpBlock(cidr=7),
    ],
)
def test_a_wrong_type_is_refused(make):
    with pytest.raises(TypeError, match=r"must be of type|lacks the keyword"):
        make()


@pytest.mark.parametrize("arguments", [{}, {"controller": IngressController.INGRESS_NGINX}])
def test_an_ingress_that_asks_nobody_is_refused(chart, arguments):
    """The controller's pods may connect, and would pass on a header that a client made up."""
    docs = Paperless(chart, "docs", url="https://docs.example.org", settings=HEADER, webserver=PROXY)

    with pytest.raises(
        ValueError,
        match=r"^chart/ingress: the webserver believes a header that says who is logged in, and this passes on what "
        r"clients send; have the controller ask for a login, and replace the header, by annotations$",
    ):
        Ingress(chart, "ingress", instance=docs.instance, **arguments)


def test_an_ingress_that_asks_is_taken(chart):
    url, proxies = "https://docs.example.org", ("10.42.",)
    docs = Paperless(chart, "docs", url=url, trusted_proxies=proxies, settings=HEADER, webserver=PROXY)
    annotations = {"traefik.ingress.kubernetes.io/router.middlewares": "traefik-authelia@kubernetescrd"}

    assert Ingress(chart, "ingress", instance=docs.instance, annotations=annotations).ingress


def test_a_route_is_refused(chart):
    """OpenShift's router asks nobody."""
    docs = Paperless(chart, "docs", url="https://docs.example.org", settings=HEADER, webserver=PROXY)

    with pytest.raises(
        ValueError, match=r"^chart/route: the webserver believes a header .* lead a Route of your own to"
    ):
        Route(chart, "route", instance=docs.instance)
