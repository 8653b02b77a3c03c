"""Identity providers as values: what django-allauth reads of them, and what is refused before anybody is locked out."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import replace

import pytest

from cdk8s_paperless_ngx import SecretKey, Settings
from cdk8s_paperless_ngx.settings import (
    Authentication,
    GitHub,
    Google,
    IdentityProvider,
    Microsoft,
    OpenIdConnect,
    Outcome,
    SingleSignOn,
    SoftwareTweaks,
    TokenAuthMethod,
)

SECRET = SecretKey(secret="login", key="client-secret")
AUTHELIA = OpenIdConnect(
    id="authelia",
    name="Authelia",
    server_url="https://auth.example.org",
    client_id="paperless",
    client_secret=SECRET,
)
GOOGLE = Google(client_id="1-a.apps.googleusercontent.com", client_secret=SECRET)
MICROSOFT = Microsoft(tenant="example.org", client_id="0f-1", client_secret=SECRET)
GITHUB = GitHub(client_id="Iv1.a", client_secret=SECRET)
EACH = (AUTHELIA, GOOGLE, MICROSOFT, GITHUB)
KINDS = [type(provider).__name__ for provider in EACH]


def sign_on(*providers: IdentityProvider, **arguments: object) -> SingleSignOn:
    return SingleSignOn(providers=providers, **{"socialaccount_allow_signups": False, **arguments})


def written(*providers: IdentityProvider) -> dict[str, object]:
    """Return what stands in the JSON, references to client secrets as they are."""
    (variable,) = [v for v in sign_on(*providers).variables_of_providers() if not isinstance(v.value, SecretKey)]
    assert variable.name == "PAPERLESS_SOCIALACCOUNT_PROVIDERS"
    return json.loads(variable.value)


def test_what_is_written_of_openid_connect():
    """An entry of its kind, with everything that is its own in its own settings: another one may differ."""
    full = replace(
        AUTHELIA,
        scopes=("openid", "groups"),
        pkce=False,
        token_auth_method=TokenAuthMethod.CLIENT_SECRET_BASIC,
        fetch_userinfo=False,
    )
    public = replace(AUTHELIA, id="pocket-id", name="Pocket ID", client_secret=None)

    assert written(full, public) == {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "authelia",
                    "name": "Authelia",
                    "client_id": "paperless",
                    "secret": "$(CLIENT_SECRET_AUTHELIA)",
                    "settings": {
                        "server_url": "https://auth.example.org",
                        "scope": ["openid", "groups"],
                        "oauth_pkce_enabled": False,
                        "token_auth_method": "client_secret_basic",
                        "fetch_userinfo": False,
                    },
                },
                {
                    "provider_id": "pocket-id",
                    "name": "Pocket ID",
                    "client_id": "paperless",
                    "settings": {
                        "server_url": "https://auth.example.org",
                        "scope": ["openid", "profile", "email"],
                        "oauth_pkce_enabled": True,
                    },
                },
            ]
        }
    }


def test_what_is_written_of_the_others():
    """Their ids are django-allauth's, which takes no other."""
    enterprise = replace(GITHUB, server_url="https://github.example.org")

    assert written(GOOGLE, MICROSOFT, enterprise) == {
        "google": {
            "APPS": [
                {
                    "client_id": "1-a.apps.googleusercontent.com",
                    "secret": "$(CLIENT_SECRET_GOOGLE)",
                    "settings": {"oauth_pkce_enabled": True, "scope": ["profile", "email"]},
                }
            ]
        },
        "microsoft": {
            "APPS": [
                {
                    "client_id": "0f-1",
                    "secret": "$(CLIENT_SECRET_MICROSOFT)",
                    "settings": {"oauth_pkce_enabled": True, "tenant": "example.org"},
                }
            ]
        },
        "github": {
            "APPS": [
                {
                    "client_id": "Iv1.a",
                    "secret": "$(CLIENT_SECRET_GITHUB)",
                    "settings": {"oauth_pkce_enabled": True},
                }
            ],
            "GITHUB_URL": "https://github.example.org",
        },
    }


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://auth.example.org/application/o/docs/", "https://auth.example.org/application/o/docs"),
        (
            "https://a.example.org/.well-known/openid-configuration",
            "https://a.example.org/.well-known/openid-configuration",
        ),
    ],
)
def test_a_server_url_is_found(url, expected):
    """django-allauth puts its path behind it: after a slash there would be two, which Authentik does not know."""
    (app,) = written(replace(AUTHELIA, server_url=url))["openid_connect"]["APPS"]

    assert app["settings"]["server_url"] == expected


def test_kubernetes_puts_in_nothing_but_the_secret():
    """What looks like its references in a name or an id stays as it is."""
    (app,) = written(replace(AUTHELIA, name="$(HOME) & $$", client_id="a$(B)"))["openid_connect"]["APPS"]

    assert (app["name"], app["client_id"]) == ("$$(HOME) & $$$$", "a$$(B)")


@pytest.mark.parametrize(
    ("provider", "path"),
    [
        (AUTHELIA, "/accounts/oidc/authelia/login/callback/"),
        (GOOGLE, "/accounts/google/login/callback/"),
        (MICROSOFT, "/accounts/microsoft/login/callback/"),
        (GITHUB, "/accounts/github/login/callback/"),
    ],
)
def test_callback_path(provider, path):
    """What is registered at the provider, by upstream's ``src/paperless/urls.py``; the docstring says it, too."""
    assert provider.callback_path == path
    assert path.replace("authelia", "<id>") in type(provider).__doc__


def test_the_django_apps_follow():
    """Each once, beside those that somebody named; the order of buttons is theirs."""
    mine = SoftwareTweaks(apps=("company", "allauth.socialaccount.providers.github"))
    settings = Settings(single_sign_on=sign_on(GITHUB, AUTHELIA, replace(AUTHELIA, id="b")), software_tweaks=mine)

    assert settings.variables()["PAPERLESS_APPS"].split(",") == [
        "company",
        "allauth.socialaccount.providers.github",
        "allauth.socialaccount.providers.openid_connect",
    ]
    assert "PAPERLESS_APPS" not in Settings().variables()


def test_nothing_of_it_is_for_every_process():
    """Neither the secrets nor what they are put into; upstream reads both in all processes, and needs them in one."""
    settings = Settings(single_sign_on=sign_on(*EACH))

    assert settings.secret_variables() == ()
    assert [variable.name for variable in settings.webserver_variables()] == [
        "CLIENT_SECRET_AUTHELIA",
        "CLIENT_SECRET_GOOGLE",
        "CLIENT_SECRET_MICROSOFT",
        "CLIENT_SECRET_GITHUB",
        "PAPERLESS_SOCIALACCOUNT_PROVIDERS",
    ]
    assert not {"CLIENT", "PROVIDERS"} & set("_".join(settings.variables()).split("_"))


def test_a_whole_configuration_in_a_secret():
    """For what has no argument here: it is the webserver's alone, too."""
    settings = Settings(single_sign_on=SingleSignOn(socialaccount_providers=SECRET))
    (variable,) = settings.webserver_variables()

    assert (variable.name, variable.value) == ("PAPERLESS_SOCIALACCOUNT_PROVIDERS", SECRET)
    assert settings.secret_variables() == ()


WRONG_VALUES = [
    (AUTHELIA, {"id": "my/id"}, "OpenIdConnect: id must be letters, digits and '-._~', the first no sign, got 'my/id'"),
    (AUTHELIA, {"id": ""}, "OpenIdConnect: id must be letters, digits"),
    (AUTHELIA, {"name": " "}, "OpenIdConnect: name must be a line of text, got ' '; it stands on the button"),
    (AUTHELIA, {"name": "a\nb"}, "OpenIdConnect: name must be a line of text"),
    (AUTHELIA, {"server_url": "auth.example.org"}, "OpenIdConnect: server_url must be a URL without login and query"),
    (AUTHELIA, {"server_url": "https://a.example.org/?b=c"}, "OpenIdConnect: server_url must be a URL without"),
    (AUTHELIA, {"client_id": ""}, "OpenIdConnect: client_id must be the client's id, without spaces, got ''"),
    (AUTHELIA, {"client_id": "a b"}, "OpenIdConnect: client_id must be the client's id, without spaces"),
    (AUTHELIA, {"scopes": ()}, "OpenIdConnect: scopes must be a tuple of different scopes"),
    (AUTHELIA, {"scopes": ("openid profile",)}, "OpenIdConnect: scopes must be a tuple of different scopes"),
    (AUTHELIA, {"scopes": ("openid", "openid")}, "OpenIdConnect: scopes must be a tuple of different scopes"),
    (AUTHELIA, {"scopes": ("profile",)}, "OpenIdConnect: scopes must be a tuple with 'openid' in it"),
    (AUTHELIA, {"client_secret": None, "pkce": False}, "OpenIdConnect: without client_secret and pkce nothing proves"),
    (GOOGLE, {"client_id": ""}, "Google: client_id must be the client's id"),
    (GOOGLE, {"scopes": ()}, "Google: scopes must be a tuple of different scopes"),
    (MICROSOFT, {"tenant": "https://login"}, "Microsoft: tenant must be a tenant's id or domain, got 'https://login'"),
    (GITHUB, {"server_url": "github.example.org"}, "GitHub: server_url must be a URL without login and query"),
]


@pytest.mark.parametrize(("provider", "wrong", "message"), WRONG_VALUES)
def test_a_wrong_value_is_refused(provider, wrong, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}") as error:
        replace(provider, **wrong)
    assert "\n" not in str(error.value)


def test_a_login_in_a_url_is_not_repeated():
    with pytest.raises(ValueError, match=r"^OpenIdConnect: server_url must be a URL without login") as error:
        replace(AUTHELIA, server_url="https://me:hunter2@auth.example.org")
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("provider", EACH, ids=KINDS)
def test_no_argument_takes_the_secret_itself(provider):
    """Nor does the refusal repeat it."""
    with pytest.raises(TypeError, match=r"client_secret must be of type SecretKey( or None)?, got str") as error:
        replace(provider, client_secret="hunter2")
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("kind", [type(provider) for provider in EACH], ids=KINDS)
def test_the_secret_is_said(kind):
    """A client without one is something that one says, and only OpenID Connect has it."""
    with pytest.raises(TypeError, match=r"lacks the keyword arguments .*'client_secret'"):
        kind(client_id="paperless")


@pytest.mark.parametrize(
    ("providers", "message"),
    [
        ((AUTHELIA, AUTHELIA), "SingleSignOn: providers must be providers with different ids"),
        ((AUTHELIA, replace(AUTHELIA, id="AUTHELIA")), "SingleSignOn: providers must be providers with different ids"),
        ((GOOGLE, GOOGLE), "SingleSignOn: providers must be providers with different ids, and one of each"),
        ((GOOGLE, replace(AUTHELIA, id="google")), "SingleSignOn: providers must be providers with different ids"),
        (
            (AUTHELIA, replace(AUTHELIA, id="openid_connect")),
            "SingleSignOn: providers must be providers of which none has the id 'openid_connect'",
        ),
    ],
)
def test_providers_are_told_apart(providers, message):
    """django-allauth looks for one by its id, or its kind, and raises when it finds two (``adapter.get_app``)."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        sign_on(*providers)


def test_the_id_of_the_kind_is_taken_where_it_is_clear():
    """Those who had one provider and no id have accounts under that name."""
    assert sign_on(replace(AUTHELIA, id="openid_connect"), GOOGLE)


def test_two_places_for_providers_are_refused():
    with pytest.raises(ValueError, match=r"^SingleSignOn: socialaccount_providers must be left out beside providers"):
        sign_on(AUTHELIA, socialaccount_providers=SECRET)


@pytest.mark.parametrize(
    "provider",
    [GOOGLE, GITHUB, *(replace(MICROSOFT, tenant=name) for name in ("common", "consumers", "organizations"))],
)
def test_an_account_for_anybody_is_said(provider):
    """Upstream's default lets everybody in the world who has an account there make one here."""
    message = "^SingleSignOn: socialaccount_allow_signups must be said: with it anybody who has an account at"
    with pytest.raises(ValueError, match=message):
        sign_on(provider, socialaccount_allow_signups=None)
    assert sign_on(provider, socialaccount_allow_signups=True)


@pytest.mark.parametrize("provider", [AUTHELIA, MICROSOFT, replace(GITHUB, server_url="https://github.example.org")])
def test_providers_of_ones_own_need_no_word(provider):
    assert sign_on(provider, socialaccount_allow_signups=None).socialaccount_allow_signups is None


@pytest.mark.parametrize("provider", [GOOGLE, MICROSOFT, GITHUB])
def test_groups_follow_no_provider_that_names_none(provider):
    """Upstream takes an absent claim for no groups, and takes all away (``src/paperless/signals.py``)."""
    message = f"^SingleSignOn: social_account_sync_groups must be left out beside {provider.module}, which names no"
    with pytest.raises(ValueError, match=message):
        sign_on(AUTHELIA, provider, social_account_sync_groups=True)


def test_groups_are_not_given_and_taken_at_one_login():
    """Upstream adds the default groups, then sets the provider's in their place (``src/paperless/adapter.py``)."""
    message = "^SingleSignOn: social_account_default_groups must be left out beside social_account_sync_groups, which"
    with pytest.raises(ValueError, match=message):
        sign_on(AUTHELIA, social_account_sync_groups=True, social_account_default_groups=("readers",))


def test_no_door_is_shut_without_another():
    """Whoever disables names and passwords first would otherwise lock everybody out at the next apply."""
    settings = Settings(authentication=Authentication(disable_regular_login=True))

    with pytest.raises(
        ValueError,
        match=r"^chart/docs: settings\.authentication\.disable_regular_login must be left out while there is no other "
        r"login, got True; name a provider, with single_sign_on=SingleSignOn\(providers=\(\.\.\.\)\)$",
    ):
        settings.check("chart/docs", "3.3.0")


@pytest.mark.parametrize(
    "other",
    [
        {"single_sign_on": SingleSignOn(providers=(AUTHELIA,))},
        {
            "single_sign_on": SingleSignOn(socialaccount_providers=SECRET),
            "software_tweaks": SoftwareTweaks(apps=("a",)),
        },
        {"authentication": Authentication(disable_regular_login=True, enable_http_remote_user=True)},
        {"authentication": Authentication(disable_regular_login=True, enable_http_remote_user_api=True)},
        {"authentication": Authentication(disable_regular_login=True, auto_login_username="family")},
    ],
)
def test_a_door_is_shut_beside_another(other):
    shut = {"authentication": Authentication(disable_regular_login=True)}
    Settings(**{**shut, **other}).check("chart/docs", "3.3.0")


@pytest.mark.parametrize("switch", ["disable_regular_login", "redirect_login_to_sso"])
def test_a_whole_configuration_is_no_door_without_its_apps(switch):
    """django-allauth shows no button for a provider whose app is not installed (``adapter.list_providers``)."""
    redirect = switch == "redirect_login_to_sso"
    settings = Settings(
        authentication=Authentication(disable_regular_login=not redirect),
        single_sign_on=SingleSignOn(socialaccount_providers=SECRET, redirect_login_to_sso=redirect),
    )

    with pytest.raises(
        ValueError, match=rf"{switch} must be left out .*; name the Django apps of socialaccount_providers"
    ):
        settings.check("chart/docs", "3.3.0")


def test_nobody_is_redirected_to_nowhere():
    settings = Settings(single_sign_on=SingleSignOn(redirect_login_to_sso=True))

    message = r"^chart/docs: settings\.single_sign_on\.redirect_login_to_sso must be left out while it leads nowhere"
    with pytest.raises(ValueError, match=message):
        settings.check("chart/docs", "3.3.0")
    Settings(single_sign_on=sign_on(AUTHELIA, redirect_login_to_sso=True)).check("chart/docs", "3.3.0")


def test_a_door_for_those_who_were_in_is_warned_of():
    """No names and passwords, and no new accounts: a fresh instance has nobody who gets in."""
    shut = Authentication(disable_regular_login=True)

    with pytest.warns(
        UserWarning, match=r"^chart/docs: with .*disable_regular_login and .*=False only users get in who"
    ):
        Settings(authentication=shut, single_sign_on=sign_on(AUTHELIA)).check("chart/docs", "3.3.0")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        open_door = sign_on(AUTHELIA, socialaccount_allow_signups=True)
        Settings(authentication=shut, single_sign_on=open_door).check("chart/docs", "3.3.0")
        Settings(single_sign_on=sign_on(AUTHELIA)).check("chart/docs", "3.3.0")


EXISTING = {
    "as upstream documents it": {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "keycloak",
                    "name": "Keycloak",
                    "client_id": "paperless",
                    "secret": "hunter2",
                    "settings": {
                        "server_url": "https://id.example.org/realms/docs/.well-known/openid-configuration",
                        "token_auth_method": "client_secret_basic",
                    },
                }
            ]
        },
        "github": {
            "APPS": [{"provider_id": "github", "name": "Github", "client_id": "Iv1.a", "secret": "hunter2", "key": ""}]
        },
    },
    "with settings for all of a kind": {
        "openid_connect": {
            "SCOPE": ["openid", "email", "groups"],
            "OAUTH_PKCE_ENABLED": "True",
            "APPS": [
                {
                    "provider_id": "pocket_id",
                    "client_id": "a-b",
                    "settings": {"server_url": "https://id.example.org", "fetch_userinfo": False},
                },
                {
                    "provider_id": "b",
                    "name": "B",
                    "client_id": "b",
                    "secret": "hunter2",
                    "settings": {"server_url": "https://b.example.org", "scope": ["openid"]},
                },
            ],
        },
        "microsoft": {"TENANT": "example.org", "APP": {"client_id": "m", "secret": "hunter2"}},
        "google": {
            "APPS": [{"client_id": "g", "secret": "hunter2"}],
            "SCOPE": ["profile", "email"],
            "AUTH_PARAMS": {"access_type": "online"},
            "OAUTH_PKCE_ENABLED": True,
        },
    },
}
"""Existing configurations, which tell all that typed values say."""


def effective(configuration: dict[str, dict]) -> list[tuple[object, ...]]:
    """Return what django-allauth makes of a configuration: the settings of each provider, wherever they stand."""
    found = []
    for kind, module in configuration.items():
        for app in module.get("APPS") or [module["APP"]]:
            settings = app.get("settings", {})
            scopes = {"openid_connect": ["openid", "profile", "email"], "google": ["profile"]}.get(kind)
            found.append(
                (
                    kind,
                    app.get("provider_id", kind),
                    app["client_id"],
                    "secret" in app,
                    settings.get("scope", module.get("SCOPE", scopes)),
                    bool(settings.get("oauth_pkce_enabled", module.get("OAUTH_PKCE_ENABLED", False))),
                    settings.get("tenant", module.get("TENANT")),
                    settings.get("server_url"),
                    settings.get("token_auth_method"),
                    settings.get("fetch_userinfo", True),
                )
            )
    return found


@pytest.mark.parametrize("existing", EXISTING.values(), ids=EXISTING)
def test_existing_json_is_told_in_typed_values(existing):
    """The note is Python that can be copied and means the same, and no secret is in it."""
    reading = Settings.from_env({"PAPERLESS_SOCIALACCOUNT_PROVIDERS": json.dumps(existing)})
    (note,) = reading.notes
    start = "put each client secret into a Secret, and write Settings(single_sign_on=SingleSignOn(providers="
    end = ")); PAPERLESS_APPS follows from it"
    code = note.text.removeprefix(start).removesuffix(end).replace("secret=..., key=...", "secret='a', key='b'")
    providers = eval(code)  # noqa: S307 (a note is to be copied)

    assert (note.outcome, "hunter2" in str(note)) == (Outcome.SECRET, False)
    assert reading.settings == Settings()
    assert effective(written(*providers)) == effective(existing)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "no JSON",
        '{"gitlab": {"APPS": [{"client_id": "a", "secret": "hunter2"}]}}',
        '{"openid_connect": {"SERVERS": [{"id": "a", "APP": {"client_id": "a", "secret": "hunter2"}}]}}',
        '{"github": {"APPS": [{"client_id": "a", "secret": "hunter2", "settings": {"hidden": true}}]}}',
        '{"github": {"VERIFIED_EMAIL": true, "APPS": [{"client_id": "a", "secret": "hunter2"}]}}',
        '{"github": {"APPS": [{"provider_id": "mine", "client_id": "a", "secret": "hunter2"}]}}',
        '{"google": {"AUTH_PARAMS": {"access_type": "offline"}, "APPS": [{"client_id": "a", "secret": "hunter2"}]}}',
        '{"openid_connect": {"APPS": [{"provider_id": "a", "client_id": "a", "settings": {"server_url": "//b:c@d"}}]}}',
    ],
)
def test_what_typed_values_cannot_say_stays_whole(text):
    """In a Secret, as it is: nothing of it is lost in silence."""
    reading = Settings.from_env({"PAPERLESS_SOCIALACCOUNT_PROVIDERS": text})
    (note,) = reading.notes

    assert note.text == (
        "put the value into a Secret and name that: Settings(single_sign_on=SingleSignOn(socialaccount_providers="
        "SecretKey(secret=..., key=...)))"
    )


def test_what_an_existing_switch_needs_is_told():
    """It is kept as it was, and the instance is refused until there is what it needs."""
    reading = Settings.from_env(
        {
            "PAPERLESS_DISABLE_REGULAR_LOGIN": "true",
            "PAPERLESS_REDIRECT_LOGIN_TO_SSO": "true",
            "PAPERLESS_ENABLE_HTTP_REMOTE_USER": "false",
            "PAPERLESS_ENABLE_HTTP_REMOTE_USER_API": "true",
        }
    )

    assert {note.variable: note.text for note in reading.notes} == {
        "PAPERLESS_DISABLE_REGULAR_LOGIN": "kept; it needs another login, such as SingleSignOn(providers=...)",
        "PAPERLESS_REDIRECT_LOGIN_TO_SSO": "kept; it needs a provider, SingleSignOn(providers=...)",
        "PAPERLESS_ENABLE_HTTP_REMOTE_USER_API": (
            "kept; it needs webserver=WebserverOptions(only_from=...), which names the proxy"
        ),
    }
    assert reading.settings.authentication.disable_regular_login
    with pytest.raises(ValueError, match="redirect_login_to_sso must be left out"):
        reading.settings.check("chart/docs", "3.3.0")


def test_groups_of_an_existing_file_that_were_taken_away():
    """The setting that never had an effect is named, and the other one kept."""
    reading = Settings.from_env(
        {
            "PAPERLESS_SOCIAL_ACCOUNT_SYNC_GROUPS": "true",
            "PAPERLESS_SOCIAL_ACCOUNT_DEFAULT_GROUPS": "readers",
        }
    )

    assert [note.variable for note in reading.notes] == ["PAPERLESS_SOCIAL_ACCOUNT_DEFAULT_GROUPS"]
    assert reading.settings.single_sign_on == SingleSignOn(social_account_sync_groups=True)
