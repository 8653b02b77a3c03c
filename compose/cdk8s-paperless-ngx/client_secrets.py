"""Client secrets of identity providers: whether the JSON that they become part of can be read.

Kubernetes puts them in as they are, and a process that cannot read the JSON ends with nothing but a traceback.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLIENT_SECRET = "CLIENT_SECRET_"  # noqa: S105 (the beginning of a name)
_PROVIDERS = "PAPERLESS_SOCIALACCOUNT_PROVIDERS"


def unfit(environment: Mapping[str, str]) -> str:
    """Return what is wrong with them, without a word of what they are; empty if nothing is."""
    for name, text in environment.items():
        if name.startswith(_CLIENT_SECRET) and (fault := _fault(text)):
            return f"the client secret in {name} {fault}: put it anew into the Secret that this pod's {name} names"
    providers = environment.get(_PROVIDERS, "{}")
    if not _is_object(providers):
        return f"{_PROVIDERS} is no JSON object: put one into the Secret that this pod's {_PROVIDERS} names"
    return ""


def _fault(text: str) -> str:
    if not text.strip():
        return "is empty"
    if text != text.strip():
        return "begins or ends with a space or a line end, as `echo` without -n makes one"
    if any(sign in '"\\' or not sign.isprintable() for sign in text):
        return "has a quote, a backslash or an invisible character in it, which JSON would take for its own"
    return ""


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
