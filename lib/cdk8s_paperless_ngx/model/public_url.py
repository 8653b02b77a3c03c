"""Where users reach an instance: one URL, from which everything about hosts and paths follows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from cdk8s_paperless_ngx.validation.errors import refusal
from cdk8s_paperless_ngx.validation.urls import is_ip_address, split_url
from cdk8s_paperless_ngx.validation.value import value

_LABEL: Final = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = rf"{_LABEL}(\.{_LABEL})*"
_PATH: Final = r"(/[A-Za-z0-9._~-]+)*"


@value
class PublicUrl:
    """The URL of an instance in its parts.

    Attributes:
        scheme: ``http`` or ``https``.
        host: Name or IPv4 address, without port.
        origin: The URL without its path.
        prefix: Path below which the webserver serves, without trailing slash; empty for the root.
    """

    scheme: str
    host: str
    origin: str
    prefix: str

    @property
    def has_ip_address(self) -> bool:
        """Whether the host is an address and not a name."""
        return is_ip_address(self.host)

    def defaults(self, instance: str) -> dict[str, str]:
        """Return the variables that hold unless the settings say something else.

        Args:
            instance: Name of the installation.
        """
        # Upstream sets no path on cookies: two instances below one host would log each other's users out.
        cookies = {"PAPERLESS_COOKIE_PREFIX": f"{instance}-"} if self.prefix else {}
        # Callback URLs begin with https otherwise, whatever the request did (allauth.utils.build_absolute_uri).
        protocol = {"PAPERLESS_ACCOUNT_DEFAULT_HTTP_PROTOCOL": "http"} if self.scheme == "http" else {}
        return cookies | protocol

    def variables(self, further_hosts: Iterable[str]) -> dict[str, str]:
        """Return the application's variables that follow from the URL.

        Args:
            further_hosts: Other names by which clients reach the webserver.
        """
        found = {"PAPERLESS_URL": self.origin, **self.allowed_hosts(further_hosts)}
        if self.prefix:
            found["PAPERLESS_FORCE_SCRIPT_NAME"] = self.prefix
        if self.scheme == "https":
            # TLS ends before the pod, so that a header has to say it.
            found["PAPERLESS_PROXY_SSL_HEADER"] = json.dumps(["HTTP_X_FORWARDED_PROTO", "https"])
        return found

    def allowed_hosts(self, further_hosts: Iterable[str]) -> dict[str, str]:
        """Return the variable with the hosts that requests may name.

        The application adds localhost, which probes and ``kubectl port-forward`` use.
        """
        return {"PAPERLESS_ALLOWED_HOSTS": ",".join((self.host, *further_hosts))}


def is_host_name(text: str) -> bool:
    """Return whether a text is a name that an Ingress can have, a wildcard for its first part included."""
    return re.fullmatch(_HOST, text.removeprefix("*.")) is not None and not is_ip_address(text)


def parse_public_url(where: str, text: str) -> PublicUrl:
    """Return a URL in its parts.

    Raises:
        ValueError: It is not a URL of the form ``https://host/path``.
    """
    url = split_url(text.removesuffix("/"))
    if url is None or url.rest or not re.fullmatch(_HOST, url.host) or not re.fullmatch(_PATH, url.path):
        raise refusal(where, "url", "a URL with scheme and host", text, "for example 'https://docs.example.org'")
    if {".", ".."} & set(url.path.split("/")):
        raise refusal(where, "url", "a URL whose path has no '.' or '..'", text)
    return PublicUrl(scheme=url.scheme, host=url.host, origin=url.origin, prefix=url.path)
