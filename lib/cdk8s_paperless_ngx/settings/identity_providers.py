"""Identity providers as values, and the JSON that django-allauth reads of them, without their secrets.

Facts are from django-allauth 65.16.1, which paperless-ngx 3.0.5 pins (``uv.lock``), and hold for 65.3.1 to 65.12.1,
which 2.14.7 to 2.20.15 pin: ``socialaccount/adapter.py`` (``list_apps``) and ``socialaccount/providers/*``.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final

from cdk8s_paperless_ngx.references import SecretKey, Variable
from cdk8s_paperless_ngx.settings.kinds.json_values import Json
from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.urls import split_url
from cdk8s_paperless_ngx.validation.value import value

CLIENT_SECRET: Final = "CLIENT_SECRET_"  # noqa: S105 (the beginning of a name)
"""How variables with a client secret begin, which the JSON refers to."""
OPENID_CONNECT: Final = "openid_connect"
OPENID_SCOPES: Final = ("openid", "profile", "email")
_APPS: Final = "allauth.socialaccount.providers."
_ID: Final = "[A-Za-z0-9][A-Za-z0-9._~-]*"
"""What stands in a URL as it is; users who logged in before are known by it."""
_SCOPE: Final = r"[!#-\[\]-~]+"
"""A scope of RFC 6749, section 3.3."""
_TENANT: Final = "[A-Za-z0-9][A-Za-z0-9.-]*"
_ANYBODYS_TENANTS: Final = ("common", "consumers", "organizations")
_DISCOVERY: Final = "/.well-known/"
_NAME: Final = Text("a line of text")


class TokenAuthMethod(enum.Enum):
    """How the webserver proves to the provider who it is (OpenID Connect Core, section 9)."""

    CLIENT_SECRET_BASIC = "client_secret_basic"  # noqa: S105 (a word, no value)
    """By HTTP's basic authentication."""
    CLIENT_SECRET_POST = "client_secret_post"  # noqa: S105
    """By fields of the form."""


@value
class _OAuthProvider:
    """What providers have in common; each is one client that is registered there."""

    module: ClassVar[str]
    """Of django-allauth, and the provider's id there."""
    names_groups: ClassVar[bool] = False
    """Whether it says what groups a user is in."""

    client_id: str
    client_secret: SecretKey | None
    pkce: bool = True

    def __post_init__(self) -> None:
        where = type(self).__name__
        if not re.fullmatch(r"[!-~]+", self.client_id):
            advice = "copy it from what the provider shows"
            raise refusal(where, "client_id", "the client's id, without spaces", self.client_id, advice)
        if self.client_secret is None and not self.pkce:
            problem = "without client_secret and pkce nothing proves who uses a code"
            raise conflict(where, problem, "leave pkce out, or name the secret")

    @property
    def django_app(self) -> str:
        """The Django app that knows such providers."""
        return f"{_APPS}{self.module}"

    @property
    def provider_id(self) -> str:
        """What the application knows its accounts by."""
        return self.module

    @property
    def callback_path(self) -> str:
        """Path to register at the provider, after the instance's ``url``."""
        return f"/accounts/{self.module}/login/callback/"

    @property
    def admits_anybody(self) -> bool:
        """Whether anybody in the world can have an account there."""
        return False

    @property
    def secret_variable(self) -> str:
        """Name of the variable with the client secret."""
        return CLIENT_SECRET + re.sub("[^A-Z0-9]", "_", self.provider_id.upper())

    def app(self) -> Mapping[str, Json]:
        """Return its entry in the JSON."""
        named = {**self._app(), "client_id": self.client_id}
        secret = {"secret": f"$({self.secret_variable})"} if self.client_secret else {}
        settings = {"oauth_pkce_enabled": self.pkce, **self._settings()}
        return {**{name: _literal(text) for name, text in named.items()}, **secret, "settings": _literal(settings)}

    def module_settings(self) -> Mapping[str, Json]:
        """Return what stands beside the entries of its module."""
        return {}

    def _app(self) -> Mapping[str, Json]:
        return {}

    def _settings(self) -> Mapping[str, Json]:
        return {}


@value
class OpenIdConnect(_OAuthProvider):
    """A provider of OpenID Connect: Authelia, Authentik, Keycloak, Pocket ID and most others.

    Register a confidential client there, with the redirect URL ``<url>/accounts/oidc/<id>/login/callback/``, where
    ``<url>`` is the instance's. ``docs/single-sign-on.md`` says what else each of them needs.

    Args:
        id: Part of that URL. Accounts are known by it: another one makes strangers of all who logged in before.
        name: On the button of the login page.
        server_url: Below which ``/.well-known/openid-configuration`` is found, or that URL itself. The webserver must
            reach it.
        client_id: As it is registered.
        client_secret: Where the client's secret is stored; None for a public client, which has none.
        pkce: Whether PKCE (RFC 7636) protects the code. Providers that do not know it ignore it.
        scopes: What is asked for. Groups may need one more: ``groups`` for Authelia and Pocket ID.
        token_auth_method: How the client's secret is sent; it must be what is registered. Unset, django-allauth decides
            by what the provider offers: from paperless-ngx 3.0 on ``client_secret_post`` where both are offered, before
            that ``client_secret_basic``.
        fetch_userinfo: Whether the userinfo endpoint is asked, from paperless-ngx 2.20 on; without it what the ID token
            says must do. Authelia 4.39 and later says little there.

    Raises:
        ValueError: ``id`` cannot be part of a URL, ``server_url`` is no URL, ``client_id`` or ``name`` is empty,
            ``scopes`` lacks ``openid``, or there is neither a secret nor PKCE.
    """

    module: ClassVar[str] = OPENID_CONNECT
    names_groups: ClassVar[bool] = True

    id: str
    name: str
    server_url: str
    scopes: tuple[str, ...] = OPENID_SCOPES
    token_auth_method: TokenAuthMethod | None = None
    fetch_userinfo: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        where = type(self).__name__
        if not re.fullmatch(_ID, self.id):
            raise refusal(
                where, "id", "letters, digits and '-._~', the first no sign", self.id, "for example 'authelia'"
            )
        _check_name(where, self.name)
        _check_server(where, self.server_url)
        _check_scopes(where, self.scopes)
        if "openid" not in self.scopes:
            raise refusal(
                where, "scopes", "a tuple with 'openid' in it", self.scopes, "it makes OpenID Connect of OAuth"
            )

    @property
    def provider_id(self) -> str:
        """What the application knows its accounts by."""
        return self.id

    @property
    def callback_path(self) -> str:
        """Path to register at the provider, after the instance's ``url``."""
        return f"/accounts/oidc/{self.id}/login/callback/"

    def _app(self) -> Mapping[str, Json]:
        return {"provider_id": self.id, "name": self.name}

    def _settings(self) -> Mapping[str, Json]:
        method = {"token_auth_method": self.token_auth_method.value} if self.token_auth_method else {}
        return {
            # A slash at its end would be two before django-allauth's own path.
            "server_url": self.server_url if _DISCOVERY in self.server_url else self.server_url.rstrip("/"),
            "scope": list(self.scopes),
            **method,
            **({} if self.fetch_userinfo else {"fetch_userinfo": False}),
        }


@value
class Google(_OAuthProvider):
    """Google: an OAuth client of type "Web application", https://console.cloud.google.com/auth/clients.

    Its redirect URI is ``<url>/accounts/google/login/callback/``. Who may log in is said at Google: "Internal" is one's
    own organization, anything else is everybody.

    Args:
        client_id: As Google shows it.
        client_secret: Where the client's secret is stored.
        pkce: Whether PKCE protects the code.
        scopes: What is asked for.

    Raises:
        ValueError: ``client_id`` is empty, or ``scopes`` are none.
    """

    module: ClassVar[str] = "google"

    client_secret: SecretKey
    scopes: tuple[str, ...] = ("profile", "email")
    """django-allauth alone asks for no mail address where signing up needs none."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_scopes(type(self).__name__, self.scopes)

    @property
    def admits_anybody(self) -> bool:
        """Whether anybody in the world can have an account there."""
        return True

    def _settings(self) -> Mapping[str, Json]:
        return {"scope": list(self.scopes)}


@value
class Microsoft(_OAuthProvider):
    """Microsoft Entra ID and personal accounts, by Microsoft Graph: an app registration with the platform "Web".

    Its redirect URI is ``<url>/accounts/microsoft/login/callback/``. For groups use `OpenIdConnect` with the
    ``server_url`` ``https://login.microsoftonline.com/<tenant>/v2.0``: Graph names none here.

    Args:
        tenant: Id or domain of the tenant whose accounts may log in; ``organizations`` for all tenants, ``consumers``
            for personal accounts, ``common`` for both.
        client_id: "Application (client) ID".
        client_secret: Where the value of the client secret is stored, not its id. It ends after two years at most.
        pkce: Whether PKCE protects the code.

    Raises:
        ValueError: ``tenant`` or ``client_id`` has the wrong form.
    """

    module: ClassVar[str] = "microsoft"

    client_secret: SecretKey
    tenant: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not re.fullmatch(_TENANT, self.tenant):
            raise refusal(type(self).__name__, "tenant", "a tenant's id or domain", self.tenant)

    @property
    def admits_anybody(self) -> bool:
        """Whether anybody in the world can have an account there."""
        return self.tenant in _ANYBODYS_TENANTS

    def _settings(self) -> Mapping[str, Json]:
        return {"tenant": self.tenant}


@value
class GitHub(_OAuthProvider):
    """GitHub: an OAuth app, https://github.com/settings/developers.

    Its authorization callback URL is ``<url>/accounts/github/login/callback/``.

    Args:
        client_id: As GitHub shows it.
        client_secret: Where the client's secret is stored.
        pkce: Whether PKCE protects the code.
        server_url: Of a GitHub Enterprise Server; unset, github.com.

    Raises:
        ValueError: ``client_id`` is empty, or ``server_url`` is no URL.
    """

    module: ClassVar[str] = "github"

    client_secret: SecretKey
    server_url: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.server_url is not None:
            _check_server(type(self).__name__, self.server_url)

    @property
    def admits_anybody(self) -> bool:
        """Whether anybody in the world can have an account there."""
        return self.server_url is None

    def module_settings(self) -> Mapping[str, Json]:
        """Return what stands beside the entries of its module."""
        return {} if self.server_url is None else {"GITHUB_URL": _literal(self.server_url)}


IdentityProvider = OpenIdConnect | Google | Microsoft | GitHub


def django_apps(providers: Iterable[IdentityProvider]) -> tuple[str, ...]:
    """Return the Django apps that providers need, each once.

    Their order is that of the buttons on the login page: all of one app together.
    """
    return tuple(dict.fromkeys(provider.django_app for provider in providers))


def providers_json(providers: Iterable[IdentityProvider]) -> str:
    """Return what django-allauth reads, with ``$(NAME)`` for each client secret, which a container's start puts in.

    Any other ``$`` is doubled, so that Kubernetes leaves it alone.
    """
    found = tuple(providers)
    modules: dict[str, dict[str, Json]] = {}
    for module in dict.fromkeys(provider.module for provider in found):
        own = [provider for provider in found if provider.module == module]
        modules[module] = {"APPS": [provider.app() for provider in own], **own[0].module_settings()}
    return json.dumps(modules, ensure_ascii=False)


def secret_variables(providers: Iterable[IdentityProvider]) -> tuple[Variable, ...]:
    """Return the variables with client secrets."""
    return tuple(
        Variable(name=provider.secret_variable, value=provider.client_secret)
        for provider in providers
        if provider.client_secret is not None
    )


def _literal(part: Json) -> Json:
    """Return what Kubernetes leaves as it is."""
    if isinstance(part, str):
        return part.replace("$", "$$")
    if isinstance(part, Mapping):
        return {name: _literal(member) for name, member in part.items()}
    return [_literal(member) for member in part] if isinstance(part, Sequence) else part


def _check_name(where: str, name: str) -> None:
    if not _NAME.accepts(name):
        raise refusal(where, "name", _NAME.rule, name, "it stands on the button of the login page")


def _check_server(where: str, text: str) -> None:
    url = split_url(text)
    if url is None or url.rest:
        advice = "for example 'https://auth.example.org'"
        raise refusal(where, "server_url", "a URL without login and query", text, advice)


def _check_scopes(where: str, scopes: tuple[str, ...]) -> None:
    wrong = [scope for scope in scopes if not re.fullmatch(_SCOPE, scope)]
    if wrong or not scopes or len(set(scopes)) < len(scopes):
        raise refusal(where, "scopes", "a tuple of different scopes, one in each item", scopes)
