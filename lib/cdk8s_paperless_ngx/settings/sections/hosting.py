"""Upstream's documentation section "Hosting & Security", as far as `Paperless` does not answer it."""

from __future__ import annotations

from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.hosts import HOST, PROXY, WebAddress
from cdk8s_paperless_ngx.settings.kinds.lists import Listed
from cdk8s_paperless_ngx.settings.kinds.numbers import Whole
from cdk8s_paperless_ngx.settings.kinds.secrets import Secret
from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.settings.setting import WEBSERVER, WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value


@value
class Hosting(Group):
    """Hosts and proxies beyond what follows from `Paperless`'s ``url``.

    Raises:
        ValueError: A value has the wrong form.
    """

    allowed_hosts: tuple[str, ...] | None = setting(
        "PAPERLESS_ALLOWED_HOSTS", Listed(HOST), unset="*", read_by=WEBSERVER
    )
    """Hosts that may be asked for, beside those of ``url``."""
    csrf_trusted_origins: tuple[str, ...] | None = setting(
        "PAPERLESS_CSRF_TRUSTED_ORIGINS", Listed(WebAddress(origin=True, wildcard=True)), read_by=WEBSERVER
    )
    """Origins that forms may come from, beside ``url``; a host may start with ``*.``."""
    cors_allowed_hosts: tuple[str, ...] | None = setting(
        "PAPERLESS_CORS_ALLOWED_HOSTS",
        Listed(WebAddress(origin=True)),
        unset="http://localhost:8000",
        read_by=WEBSERVER,
    )
    """Origins whose scripts may use the API, beside ``url``."""
    trusted_proxies: tuple[str, ...] | None = setting(
        "PAPERLESS_TRUSTED_PROXIES",
        Listed(PROXY, repeats=True),
        changed=("3.0.3", "how many there are is also the default of {allauth_trusted_proxy_count}"),
        read_by=WEBSERVER,
    )
    """Proxies whose addresses are in ``X-Forwarded-For``, for the log of failed logins: one for each that a request
    passes but the last, the outermost first, as an address or the beginning of one, such as ``10.42.``. It and the
    count follow from `Paperless`'s ``trusted_proxies``, which has the last one, too."""
    allauth_trusted_proxy_count: int | None = setting(
        "PAPERLESS_ALLAUTH_TRUSTED_PROXY_COUNT", Whole(), since="3.0.3", read_by=WEBSERVER
    )
    """How many proxies a request passes, the last one too, for the rate limit of logins; below 0, no process would
    start."""
    allauth_trusted_client_ip_header: str | None = setting(
        "PAPERLESS_ALLAUTH_TRUSTED_CLIENT_IP_HEADER",
        Text("a header's name", "[A-Za-z][A-Za-z0-9-]*", "X-Real-IP"),
        since="3.0.0",
        read_by=WEBSERVER,
    )
    """Header with the client's address, for the same; it comes before the count."""
    use_x_forward_host: bool | None = setting("PAPERLESS_USE_X_FORWARD_HOST", Flag(), unset="false", read_by=WEBSERVER)
    """Whether the header ``X-Forwarded-Host`` is believed."""
    use_x_forward_port: bool | None = setting("PAPERLESS_USE_X_FORWARD_PORT", Flag(), unset="false", read_by=WEBSERVER)
    """Whether the header ``X-Forwarded-Port`` is believed."""
    static_url: str | None = setting(
        "PAPERLESS_STATIC_URL",
        Text("a path or URL that ends in '/'", r"(https?:/)?/(\S*/)?", "/static/"),
        unset="/static/",
        read_by=WEBSERVER,
    )
    """Where browsers find scripts and pictures."""
    cookie_prefix: str | None = setting(
        "PAPERLESS_COOKIE_PREFIX",
        Text("letters, digits, '_' and '-'", "[A-Za-z0-9_-]+"),
        read_by=WEBSERVER,
    )
    """In front of cookies' names, when several instances share a host."""
    passphrase: SecretKey | None = setting(
        "PAPERLESS_PASSPHRASE",
        Secret(),
        until="3.0.0",
        after="decrypt the documents with decrypt_documents before the upgrade",
        read_by=WEBSERVER + WORKER,
    )
    """Where the passphrase stands of documents that were stored encrypted with GnuPG."""
