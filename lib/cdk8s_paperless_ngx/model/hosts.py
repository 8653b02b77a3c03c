"""Hosts of servers that run elsewhere."""

from __future__ import annotations

import re
from typing import Final

from cdk8s_paperless_ngx.validation.errors import refusal

_LABEL: Final = "[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?"
_HOST: Final = rf"({_LABEL}\.)*{_LABEL}\.?"


def check_host(where: str, host: str) -> None:
    """Refuse a text that is not a host alone."""
    if host.startswith(("/", "unix:")) or "+socket:" in host:
        advice = "a socket reaches no other pod; let the server listen on TCP"
        raise refusal(where, "host", "a name or an IPv4 address", host, advice)
    if not re.fullmatch(_HOST, host):
        advice = "port, user and password are arguments of their own"
        raise refusal(where, "host", "a name or an IPv4 address alone", host, advice)


def full_name(host: str, namespace: str) -> str:
    """Return the one of a host's names by which two hosts compare.

    Args:
        host: As a client in the namespace would write it.
        namespace: In which a name without dots is a Service.
    """
    name = host.lower().removesuffix(".").removesuffix(".cluster.local").removesuffix(".svc")
    return name if "." in name else f"{name}.{namespace}"
