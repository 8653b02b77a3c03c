"""URLs: the one place where they are taken apart."""

from __future__ import annotations

import ipaddress
import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit

_HOST: Final = r"[\w.-]+|[0-9a-f:.]+"


class Url(NamedTuple):
    """A web address in its parts.

    Attributes:
        scheme: ``http`` or ``https``.
        host: Name or IP address in lower case; an IPv6 address is without brackets.
        port: None where the URL has none.
        path: With its leading slash; empty where there is none.
        rest: Query and fragment; empty where there is neither.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    rest: str

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" if self.port is None else f"{self.scheme}://{host}:{self.port}"


def split_url(text: str) -> Url | None:
    """Return the parts of a web address; None for a text that is not one, or that has a login in it."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or port == 0 or "@" in parts.netloc or re.search(r"\s", text):
        return None
    if not re.fullmatch(_HOST, host.removeprefix("*.")):
        return None
    return Url(parts.scheme, host, port, parts.path, parts.query + parts.fragment)


def is_ip_address(text: str) -> bool:
    """Return whether a text is an IPv4 or IPv6 address, without brackets."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
