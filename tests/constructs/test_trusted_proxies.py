"""Proxies in front of an instance: one argument says where a client's own address stands."""

from __future__ import annotations

import re
import warnings

import pytest

from cdk8s_paperless_ngx import Ingress, Paperless, PaperlessImage, Settings
from cdk8s_paperless_ngx.constructs import Route
from cdk8s_paperless_ngx.settings import Hosting

LIST, COUNT = "PAPERLESS_TRUSTED_PROXIES", "PAPERLESS_ALLAUTH_TRUSTED_PROXY_COUNT"
CONTROLLER = ("10.42.",)
BALANCER_AND_CONTROLLER = ("192.0.2.1", "10.42.")


def variables(synth):
    config_maps = (manifest["data"] for (kind, _), manifest in synth().items() if kind == "ConfigMap")
    (data,) = (data for data in config_maps if "PAPERLESS_DATA_DIR" in data)
    return {name: data[name] for name in (LIST, COUNT) if name in data}


@pytest.mark.filterwarnings("ignore:.*grows without end:UserWarning")
@pytest.mark.parametrize(
    ("version", "proxies", "expected"),
    [
        ("3.3.0", (), {}),
        ("3.3.0", CONTROLLER, {COUNT: "1"}),
        ("3.3.0", BALANCER_AND_CONTROLLER, {LIST: "192.0.2.1", COUNT: "2"}),
        # No variable for the count: it is the list's length, and the limit matters more than the log.
        ("3.0.2", CONTROLLER, {LIST: "10.42."}),
        ("3.0.2", BALANCER_AND_CONTROLLER, {LIST: "192.0.2.1,10.42."}),
        # No count at all.
        ("2.20.15", CONTROLLER, {}),
        ("2.20.15", BALANCER_AND_CONTROLLER, {LIST: "192.0.2.1"}),
    ],
)
def test_list_is_one_shorter_than_the_count(chart, synth, version, proxies, expected):
    """The last proxy's address is in no header, but its entry is the first that django-allauth counts."""
    Paperless(chart, "docs", image=PaperlessImage(version=version), trusted_proxies=proxies)

    assert variables(synth) == expected


@pytest.mark.parametrize("header", ["203.0.113.7, 192.0.2.1", "198.51.100.9, 203.0.113.7, 192.0.2.1"])
def test_log_has_the_address_that_the_limit_has(chart, synth, header):
    """With upstream's own library for the log, also where a client has put an address in front."""
    library = pytest.importorskip("python_ipware", reason="python-ipware is not installed")
    Paperless(chart, "docs", trusted_proxies=BALANCER_AND_CONTROLLER)
    found = variables(synth)
    listed = found[LIST].split(",")
    address, _ = library.IpWare(proxy_list=listed).get_client_ip(meta={"HTTP_X_FORWARDED_FOR": header})

    assert str(address) == header.split(", ")[-int(found[COUNT])] == "203.0.113.7"


@pytest.mark.parametrize("door", [Ingress, Route])
def test_door_to_one_client_is_warned_of(chart, door):
    """Nothing is trusted by itself, as without a proxy clients would name their own address; somebody must say it."""
    docs = Paperless(chart, "docs", url="https://docs.example.org")
    sentence = r"^chart/door: for paperless-ngx 3\.3\.0 all who come .*trusted_proxies=\("
    with pytest.warns(UserWarning, match=sentence) as all_of_them:
        door(chart, "door", instance=docs.instance)

    assert (len(all_of_them), all_of_them[0].filename) == (1, __file__)


@pytest.mark.parametrize(
    "arguments",
    [
        {"trusted_proxies": CONTROLLER},
        {"settings": Settings(hosting=Hosting(allauth_trusted_proxy_count=1))},
        {"settings": Settings(hosting=Hosting(allauth_trusted_client_ip_header="X-Real-IP"))},
        {"settings": Settings(hosting=Hosting(trusted_proxies=CONTROLLER))},
        {"image": PaperlessImage(version="2.20.15")},
    ],
)
def test_door_is_quiet_where_clients_are_told_apart(chart, arguments):
    docs = Paperless(chart, "docs", url="https://docs.example.org", **arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Ingress(chart, "door", instance=docs.instance)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            {"trusted_proxies": ("10.42.0.0/16",)},
            (
                "trusted_proxies must be a tuple, each an IP address, or what several begin with and no network, such "
                "as '10.42.', got '10.42.0.0/16'"
            ),
        ),
        ({"trusted_proxies": ("proxy",)}, "trusted_proxies must be a tuple, each an IP address, or what several"),
        (
            {"trusted_proxies": CONTROLLER, "settings": Settings(hosting=Hosting(allauth_trusted_proxy_count=2))},
            (
                "trusted_proxies and settings.hosting.allauth_trusted_proxy_count both say where a client's address "
                "stands; drop the one in settings, which follows from the other"
            ),
        ),
    ],
)
def test_wrong_proxies(chart, arguments, sentence):
    with pytest.raises(ValueError, match=f"^chart/docs: {re.escape(sentence)}"):
        Paperless(chart, "docs", **arguments)


def test_one_proxy_is_still_a_tuple(chart):
    with pytest.raises(TypeError, match=r"^chart/docs: trusted_proxies must be of type tuple"):
        Paperless(chart, "docs", trusted_proxies="10.42.")
