"""A proxy for requests that leave the cluster."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.urls import split_url
from cdk8s_paperless_ngx.validation.value import value


@value
class Proxy:
    """A proxy for requests that leave the cluster (mail by OAuth, webhooks, models, single sign-on).

    Args:
        url: Of the proxy, for HTTP and HTTPS.
        exceptions: Hosts and domains that are reached without it, beside the cluster's own.

    Raises:
        ValueError: ``url`` is not a URL, or has a password in it, which would be in git.
    """

    url: str
    exceptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = type(self).__name__
        if "@" in self.url:
            raise conflict(where, "url has a login in it, which would be in git", "let the proxy admit the nodes")
        url = split_url(self.url)
        if url is None or url.rest or url.path.strip("/") or not re.fullmatch(r"[a-z0-9.-]+", url.host):
            raise refusal(where, "url", "a URL", self.url, "for example 'http://proxy.example.org:3128'")
        for exception in self.exceptions:
            if not exception or set(exception) & set(" ,"):
                raise refusal(where, "exceptions", "hosts, domains or networks, one in each item", exception)

    def variables(self, *, namespace: str, texts: Iterable[str]) -> dict[str, str]:
        """Return the variables that programs read; curl knows one of them in lower case only.

        Args:
            namespace: Of the instance, whose Services are reached without the proxy.
            texts: Values of the instance's variables. URLs in them that name a Service of the namespace alone are
                reached without the proxy, too, as no domain covers them.
        """
        services = sorted(_service_names(texts))
        exceptions = (
            *("localhost", "127.0.0.1", ".svc", ".cluster.local"),
            *(f".{namespace}", *services, *self.exceptions),
        )
        found = {"HTTP_PROXY": self.url, "HTTPS_PROXY": self.url, "NO_PROXY": ",".join(exceptions)}
        return found | {name.lower(): text for name, text in found.items()}


def _service_names(texts: Iterable[str]) -> set[str]:
    """Return the hosts without dots in those texts that are URLs."""
    urls = filter(None, map(split_url, texts))
    return {url.host for url in urls if "." not in url.host and ":" not in url.host} - {"localhost"}
