"""Single sign-on in a cluster: who gets the client secrets, and that what they become part of is JSON."""

from __future__ import annotations

import json
import re

import pytest

from cdk8s_paperless_ngx import (
    Extras,
    Paperless,
    PaperlessImage,
    SecretKey,
    Settings,
    Variable,
    Webserver,
    WebserverOptions,
)
from cdk8s_paperless_ngx.settings import Authentication, GitHub, HttpProtocol, OpenIdConnect, SingleSignOn
from tests.conftest import config_data, environment, init_container, main_container, pod_specs

AUTHELIA = OpenIdConnect(
    id="authelia",
    name="Authelia",
    server_url="https://auth.example.org",
    client_id="paperless",
    client_secret=SecretKey(secret="login", key="authelia"),
)
GITHUB = GitHub(client_id="Iv1.a", client_secret=SecretKey(secret="login", key="github"))
SIGN_ON = Settings(single_sign_on=SingleSignOn(providers=(AUTHELIA, GITHUB), socialaccount_allow_signups=False))
SECRET_VARIABLES = {"CLIENT_SECRET_AUTHELIA", "CLIENT_SECRET_GITHUB", "PAPERLESS_SOCIALACCOUNT_PROVIDERS"}


def expanded(entries, secrets):
    """Return the variables of a container as the kubelet makes them, one after the other."""
    made = {}
    for entry in entries:
        if "secretKeyRef" in entry.get("valueFrom", {}):
            made[entry["name"]] = secrets[entry["valueFrom"]["secretKeyRef"]["key"]]
        else:
            text = entry["value"]
            made[entry["name"]] = re.sub(
                r"\$\$|\$\((\w+)\)", lambda found: "$" if found[0] == "$$" else made.get(found[1], found[0]), text
            )
    return made


@pytest.mark.parametrize("version", ["3.3.0", "2.14.7"])
def test_the_webserver_alone_gets_client_secrets(chart, synth, version):
    """And its gate, which looks at them. Whoever breaks into a worker finds none."""
    Paperless(chart, "docs", image=PaperlessImage(version=version), settings=SIGN_ON)
    found = {
        (name, container["name"])
        for (_, name), manifest in synth().items()
        for pod in pod_specs(manifest)
        for container in [*pod.get("initContainers", []), *pod["containers"]]
        if SECRET_VARIABLES & {entry["name"] for entry in container.get("env", [])}
    }

    assert found == {("docs-webserver", "gate"), ("docs-webserver", "webserver")}


def test_what_the_application_reads_is_json(chart, synth):
    """A reference is put in where its variable stands before it; nothing of it is on a command line."""
    Paperless(chart, "docs", settings=SIGN_ON)
    webserver = synth()["Deployment", "docs-webserver"]
    secrets = {"authelia": "a~B.c-_$(HOME)", "github": "0123"}
    secrets |= {key: key for key in ("secret-key", "password")}

    for container in (main_container(webserver), init_container(webserver)):
        made = expanded(container["env"], secrets)
        providers = json.loads(made["PAPERLESS_SOCIALACCOUNT_PROVIDERS"])
        assert providers["openid_connect"]["APPS"][0]["secret"] == "a~B.c-_$(HOME)"
        assert providers["github"]["APPS"][0]["secret"] == "0123"
        assert not [word for word in container["command"] if "SECRET" in word]


def test_the_config_map_has_no_client(chart, synth):
    """But for the Django apps, which are the same for every process, the migration too."""
    Paperless(chart, "docs", settings=SIGN_ON)
    data = config_data(synth(), "docs-config")

    assert not SECRET_VARIABLES & data.keys()
    assert data["PAPERLESS_APPS"].split(",") == [AUTHELIA.django_app, GITHUB.django_app]
    assert "auth.example.org" not in json.dumps(data)


def test_without_providers_nothing_is_there(chart, synth):
    Paperless(chart, "docs")
    webserver = synth()["Deployment", "docs-webserver"]

    assert not SECRET_VARIABLES & environment(main_container(webserver)).keys()
    assert "PAPERLESS_APPS" not in config_data(synth(), "docs-config")


def test_a_second_webserver_gets_them_too(chart, synth):
    """Users of both log in at the same provider."""
    docs = Paperless(chart, "docs", settings=SIGN_ON)
    Webserver(chart, "intranet", instance=docs.instance, part="intranet")

    assert environment(main_container(synth()["Deployment", "docs-intranet"])).keys() >= SECRET_VARIABLES


@pytest.mark.parametrize("extras", ["instance", "webserver"])
def test_the_names_are_taken(chart, extras):
    """A variable of the same name would be another client's secret."""
    mine = Extras(environment=(Variable(name="CLIENT_SECRET_AUTHELIA", value="x"),))
    arguments = {"extras": mine} if extras == "instance" else {"webserver": WebserverOptions(extras=mine)}

    with pytest.raises(ValueError, match=r"extras\.environment has CLIENT_SECRET_AUTHELIA, which .* already"):
        Paperless(chart, "docs", settings=SIGN_ON, **arguments)


@pytest.mark.parametrize(
    ("url", "given", "expected"),
    [
        ("http://docs.lan", None, "http"),
        ("https://docs.example.org", None, None),
        (None, None, None),
        ("http://docs.lan", HttpProtocol.HTTPS, "https"),
    ],
)
def test_callback_urls_have_the_scheme_of_the_url(chart, synth, url, given, expected):
    """Otherwise django-allauth sends users of an http URL back to https, which the provider does not know."""
    settings = Settings(authentication=Authentication(account_default_http_protocol=given))
    Paperless(chart, "docs", url=url, settings=settings)

    assert config_data(synth(), "docs-config").get("PAPERLESS_ACCOUNT_DEFAULT_HTTP_PROTOCOL") == expected


def test_the_instance_is_refused_where_nobody_would_get_in(chart):
    """`Paperless` asks the settings, by its path."""
    settings = Settings(authentication=Authentication(disable_regular_login=True))

    with pytest.raises(
        ValueError, match=r"^chart/docs: settings\.authentication\.disable_regular_login must be left out"
    ):
        Paperless(chart, "docs", settings=settings)
