"""Upstream's documentation section "Authentication & SSO", but for what is about identity providers."""

from __future__ import annotations

import datetime as dt
import enum

from cdk8s_paperless_ngx.settings.kinds.choices import OneOf
from cdk8s_paperless_ngx.settings.kinds.durations import SECONDS, Duration
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.lists import Listed
from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.settings.setting import WEBSERVER, Group, setting
from cdk8s_paperless_ngx.validation.value import value

_GROUPS = Listed(Text("a group's name"))


def _proxy(on: bool) -> str:
    return "webserver=WebserverOptions(only_from=...), which names the proxy" if on else ""


class HttpProtocol(enum.Enum):
    """Scheme of the links in mails about accounts."""

    HTTP = "http"
    HTTPS = "https"


class EmailVerification(enum.Enum):
    """Whether a user's mail address has to be proved."""

    NONE = "none"
    OPTIONAL = "optional"
    MANDATORY = "mandatory"


@value
class Authentication(Group):
    """Who gets in, and how.

    Raises:
        ValueError: A value has the wrong form.
    """

    auto_login_username: str | None = setting("PAPERLESS_AUTO_LOGIN_USERNAME", Text("a login name"), read_by=WEBSERVER)
    """User that every request is logged in as, without a password; each request, probes too, then asks the database."""
    disable_regular_login: bool | None = setting(
        "PAPERLESS_DISABLE_REGULAR_LOGIN",
        Flag(),
        unset="false",
        since="2.6.0",
        needs=lambda on: "another login, such as SingleSignOn(providers=...)" if on else "",
        read_by=WEBSERVER,
    )
    """Whether the login page takes no name and password; refused while there is no other login. Since 3.3.0 that is so
    for Django's own pages below ``/admin/``, too. API tokens work all the same."""
    enable_http_remote_user: bool | None = setting(
        "PAPERLESS_ENABLE_HTTP_REMOTE_USER", Flag(), unset="false", needs=_proxy, read_by=WEBSERVER
    )
    """Whether a header says who is logged in, and makes the user if need be. Whoever reaches the webserver past the
    proxy is whoever they say they are: `WebserverOptions` must name the proxy with ``only_from``, and the proxy must
    take that header out of what clients send."""
    enable_http_remote_user_api: bool | None = setting(
        "PAPERLESS_ENABLE_HTTP_REMOTE_USER_API",
        Flag(),
        unset="false",
        since="2.5.0",
        needs=_proxy,
        read_by=WEBSERVER,
    )
    """The same for the API, and for the pages too (upstream ``src/paperless/settings/__init__.py``)."""
    http_remote_user_header_name: str | None = setting(
        "PAPERLESS_HTTP_REMOTE_USER_HEADER_NAME",
        Text("a header's name as Django sees it", "[A-Z][A-Z0-9_]*", "HTTP_REMOTE_USER"),
        unset="HTTP_REMOTE_USER",
        read_by=WEBSERVER,
    )
    """That header: in capitals, with ``HTTP_`` in front and underscores for hyphens."""
    logout_redirect_url: str | None = setting(
        "PAPERLESS_LOGOUT_REDIRECT_URL", Text("a URL or an absolute path", r"(https?:/)?/\S*"), read_by=WEBSERVER
    )
    """Where a logout leads; the login page by default."""
    account_allow_signups: bool | None = setting(
        "PAPERLESS_ACCOUNT_ALLOW_SIGNUPS", Flag(), unset="false", since="2.5.0", read_by=WEBSERVER
    )
    """Whether anybody may make an account."""
    account_default_groups: tuple[str, ...] | None = setting(
        "PAPERLESS_ACCOUNT_DEFAULT_GROUPS", _GROUPS, since="2.15.0", read_by=WEBSERVER
    )
    """Groups of such accounts."""
    account_default_http_protocol: HttpProtocol | None = setting(
        "PAPERLESS_ACCOUNT_DEFAULT_HTTP_PROTOCOL", OneOf(HttpProtocol), unset="https", since="2.5.0", read_by=WEBSERVER
    )
    """Scheme of links in mails about accounts, and of callback URLs at identity providers; unset, that of ``url``."""
    account_email_verification: EmailVerification | None = setting(
        "PAPERLESS_ACCOUNT_EMAIL_VERIFICATION",
        OneOf(EmailVerification),
        unset="optional",
        since="2.6.0",
        read_by=WEBSERVER,
    )
    """Whether mail addresses are to be proved; they are not while `EmailSending` says no server."""
    account_email_unknown_accounts: bool | None = setting(
        "PAPERLESS_ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS", Flag(), unset="true", since="2.16.0", read_by=WEBSERVER
    )
    """Whether a request to reset a password is answered by mail when there is no such account."""
    account_session_remember: bool | None = setting(
        "PAPERLESS_ACCOUNT_SESSION_REMEMBER", Flag(), unset="true", since="2.6.3", read_by=WEBSERVER
    )
    """Whether a login survives the browser's end."""
    session_cookie_age: dt.timedelta | None = setting(
        "PAPERLESS_SESSION_COOKIE_AGE", Duration(SECONDS), unset="1814400", since="2.13.0", read_by=WEBSERVER
    )
    """How long a login lasts. The default is the code's (``src/paperless/settings/__init__.py``); the documentation
    names another."""
    token_throttle_rate: str | None = setting(
        "PAPERLESS_TOKEN_THROTTLE_RATE",
        Text("a number for each second, minute, hour or day", "[1-9][0-9]*/(s|sec|m|min|h|hour|d|day)", "5/min"),
        unset="5/min",
        since="3.0.0",
        read_by=WEBSERVER,
    )
    """How often one client may ask for an API token."""

    @property
    def believes_header(self) -> bool:
        """Whether a header of a request says who is logged in."""
        return bool(self.enable_http_remote_user or self.enable_http_remote_user_api)
