"""How an existing installation's JSON of identity providers is written as values; its secrets are nobody's business."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, cast

from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.settings.identity_providers import (
    OPENID_SCOPES,
    GitHub,
    Google,
    IdentityProvider,
    Microsoft,
    OpenIdConnect,
    TokenAuthMethod,
)

_SECRET: Final = SecretKey(secret="x", key="x")  # noqa: S106 (a name)
_SHOWN_SECRET: Final = "SecretKey(secret=..., key=...)"  # noqa: S105 (what to write)


class _Entry(NamedTuple):
    """One provider, in django-allauth's words; what was understood is taken out."""

    module: dict[str, Any]
    """What stands beside the entries of its kind."""
    app: dict[str, Any]
    settings: dict[str, Any]

    def setting(self, name: str, default: object) -> Any:  # noqa: ANN401 (the value checks it)
        """Take a setting, which an entry has before its module."""
        of_module = self.module.pop(name.upper(), default)
        return self.settings.pop(name, of_module)


def typed_providers(text: str) -> str:
    """Return the values for a JSON text as they are written in Python.

    It is empty where they would not mean the same, because something in it has no argument, or is wrong.
    """
    try:
        found = json.loads(text)
        if not isinstance(found, dict) or not found:
            return ""
        shown = [
            _shown(provider) for name, module in cast("dict[str, Any]", found).items() for provider in _of(name, module)
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""
    return f"({', '.join(shown)},)"


def _of(name: str, module: Mapping[str, Any]) -> list[IdentityProvider]:
    beside = dict(module)
    apps = beside.pop("APPS", None) or [beside.pop("APP")]
    providers: list[IdentityProvider] = []
    for app in apps:
        entry = _Entry(dict(beside), dict(app), dict(app.get("settings", {})))
        entry.app.pop("settings", None)
        provider = _READERS[name](entry)
        rest = (entry.module, entry.settings, {key: value for key, value in entry.app.items() if value != ""})
        if any(rest):
            raise ValueError(name)
        providers.append(provider)
    return providers


def _common(entry: _Entry) -> dict[str, Any]:
    secret = entry.app.pop("secret", "")
    return {
        "client_id": entry.app.pop("client_id"),
        "client_secret": _SECRET if secret else None,
        # Any text is true to django-allauth.
        "pkce": bool(entry.settings.pop("oauth_pkce_enabled", entry.module.pop("OAUTH_PKCE_ENABLED", False))),
    }


def _openid_connect(entry: _Entry) -> OpenIdConnect:
    method = entry.settings.pop("token_auth_method", None)
    provider_id = entry.app.pop("provider_id")
    return OpenIdConnect(
        id=provider_id,
        name=entry.app.pop("name", provider_id),
        server_url=entry.settings.pop("server_url"),
        scopes=tuple(entry.setting("scope", OPENID_SCOPES)),
        token_auth_method=TokenAuthMethod(method) if method else None,
        fetch_userinfo=bool(entry.settings.pop("fetch_userinfo", True)),
        **_common(entry),
    )


def _named(entry: _Entry, name: str) -> None:
    """Take what nobody sees of a provider that has a name of its own."""
    entry.app.pop("name", None)
    if entry.app.pop("provider_id", name) != name:
        raise ValueError(name)


def _google(entry: _Entry) -> Google:
    _named(entry, Google.module)
    # As django-allauth's documentation has it; it is Google's default.
    if entry.module.pop("AUTH_PARAMS", None) not in (None, {"access_type": "online"}):
        raise ValueError
    return Google(scopes=tuple(entry.setting("scope", ("profile",))), **_common(entry))


def _microsoft(entry: _Entry) -> Microsoft:
    _named(entry, Microsoft.module)
    tenant = entry.module.pop("tenant", "common")
    return Microsoft(tenant=entry.setting("tenant", tenant), **_common(entry))


def _github(entry: _Entry) -> GitHub:
    _named(entry, GitHub.module)
    return GitHub(server_url=entry.module.pop("GITHUB_URL", None), **_common(entry))


_READERS: Final[Mapping[str, Callable[[_Entry], IdentityProvider]]] = {
    OpenIdConnect.module: _openid_connect,
    Google.module: _google,
    Microsoft.module: _microsoft,
    GitHub.module: _github,
}


def _shown(provider: IdentityProvider) -> str:
    shown = repr(provider).replace(repr(_SECRET), _SHOWN_SECRET)
    return re.sub(r"<(TokenAuthMethod\.\w+): '\w+'>", r"\1", shown)
