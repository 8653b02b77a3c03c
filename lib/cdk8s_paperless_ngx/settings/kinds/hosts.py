"""Hosts, addresses and URLs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.settings.kinds.kind import Kind
from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.validation.urls import is_ip_address, split_url


class Scheme(Text):
    """The beginning of a URL, which the application takes in capitals too."""

    def read(self, text: str) -> str:
        return text.lower()


class IpAddress(Text):
    """An IP address.

    The shape is that of texts that are none, and allowed all the same.
    """

    def accepts(self, value: object) -> bool:
        return super().accepts(value) or (isinstance(value, str) and is_ip_address(value))


class BracketedAddress(Text):
    """The same with IPv6 in brackets, as in URLs."""

    def accepts(self, value: object) -> bool:
        if super().accepts(value):
            return True
        return isinstance(value, str) and value[:1] + value[-1:] == "[]" and is_ip_address(value[1:-1])


_BYTE: Final = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_BEGINNING: Final = rf"({_BYTE}\.){{0,2}}{_BYTE}\.?|([0-9a-f]{{1,4}}:){{1,7}}"
_HOST_NAME: Final = r"[^\s/:@,\[\]]+"
HOST: Final = BracketedAddress("a host's name or address alone", _HOST_NAME)
SERVER: Final = IpAddress("a server's name or address alone", _HOST_NAME)
# The application compares texts from their beginning (python_ipware), and knows no networks.
PROXY: Final = IpAddress("an IP address, or what several begin with and no network,", _BEGINNING, "10.42.")


@dataclass(eq=False, repr=False)
class WebAddress(Kind[str]):
    """A URL; one with a password in it is refused, as it would stand in the manifests.

    Args:
        origin: Whether it must end with the host.
        wildcard: Whether the host may start with ``*.``.
    """

    origin: bool = False
    wildcard: bool = False

    @property
    def rule(self) -> str:
        what = "scheme and host alone" if self.origin else "scheme and host"
        return f"a URL with {what}, such as 'https://docs.example.org', and without a login"

    def accepts(self, value: object) -> bool:
        url = split_url(value) if isinstance(value, str) else None
        if url is None or (url.host.startswith("*.") and not self.wildcard):
            return False
        return not (self.origin and (url.path or url.rest))

    def read(self, text: str) -> str:
        return text.removesuffix("/") if self.origin else text
