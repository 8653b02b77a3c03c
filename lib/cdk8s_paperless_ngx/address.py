"""Where users reach an instance: one URL, from which everything about hosts and paths follows."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.checks import check_port, refusal

_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>LABEL(\.LABEL)*)(?P<port>:[0-9]{1,5})?(?P<path>(/[A-Za-z0-9._~-]+)*)".replace(
        "LABEL", "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A URL in its parts.

    Attributes:
        scheme: ``http`` or ``https``.
        host: Name without port.
        port: With its colon, or empty.
        prefix: Path below which the webserver serves, without trailing slash; empty for the root.
    """

    scheme: str
    host: str
    port: str
    prefix: str

    @property
    def origin(self) -> str:
        """The URL without its path."""
        return f"{self.scheme}://{self.host}{self.port}"

    def defaults(self, instance: str) -> dict[str, str]:
        """Return settings that follow unless something else is said.

        Args:
            instance: Name of the installation.
        """
        # Upstream sets no path on cookies: two instances below one host would log each other's users out.
        return {"PAPERLESS_COOKIE_PREFIX": f"{instance}-"} if self.prefix else {}

    def settings(self, *services: str) -> dict[str, str]:
        """Return the application's settings that follow.

        Args:
            services: Names by which clients inside the cluster may ask as well.
        """
        variables = {
            "PAPERLESS_URL": self.origin,
            # The application adds localhost, which probes and port-forward ask for.
            "PAPERLESS_ALLOWED_HOSTS": ",".join((self.host, *services)),
        }
        if self.prefix:
            variables["PAPERLESS_FORCE_SCRIPT_NAME"] = self.prefix
        if self.scheme == "https":
            # TLS ends before the pod, so a header has to tell.
            variables["PAPERLESS_PROXY_SSL_HEADER"] = json.dumps(["HTTP_X_FORWARDED_PROTO", "https"])
        return variables


def parse_address(where: str, url: str) -> Address:
    """Return the parts of a URL.

    Raises:
        ValueError: It is no URL of the form ``https://host/path``, or its path climbs.
    """
    match = _URL.fullmatch(url.removesuffix("/"))
    if match is None:
        raise refusal(where, "url", "a URL with scheme and host", url, "for example 'https://docs.example.org'")
    if match["port"]:
        check_port(where, "url's port", int(match["port"].removeprefix(":")))
    if {".", ".."} & set(match["path"].split("/")):
        raise refusal(where, "url", "a URL whose path does not climb", url, "leave '.' and '..' out")
    return Address(scheme=match["scheme"], host=match["host"].lower(), port=match["port"] or "", prefix=match["path"])
