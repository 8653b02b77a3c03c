"""What may be a secret value: it belongs into no error text and, as nothing here encrypts, into no manifest."""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = (
    r"(^|[_.-])(pass(word2?|wd|phrase)?|pwd|secret|token|credentials?|(secret|api|access|private|account)_?key)$"
)
_LOGIN: Final = r"//[^/\s]*:[^/\s]*@"
"""In a URL, with a password."""
_OPTION: Final = r"(?i)(^|[\s,;&?])((pass(word2?|wd|phrase)?|pwd|secret|token|api_?key|sig)=|user(name)?=[^,\s]*%)"
"""Among options, as of a connection, a query or mount.cifs, which takes a password after the user's name and ``%``;
``sig`` is what signs an Azure URL."""


def names_a_secret(name: str) -> bool:
    """Return whether a variable or an attribute has a name as secrets have it."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.search(_NAME, words.lower()) is not None


def holds_a_secret(text: str) -> bool:
    """Return whether a text has a password in it, as far as one can see."""
    return re.search(_LOGIN, text) is not None or re.search(_OPTION, text) is not None


def looks_like_a_secret(name: str, text: str) -> bool:
    """Return whether a value is a secret, as far as its name and it itself tell."""
    return names_a_secret(name) or holds_a_secret(text)


def presentable(value: object) -> object:
    """Return what a sentence may repeat of a value: in front of an ``@``, or as an option, a password may stand."""
    if not isinstance(value, str):
        return type(value) if "@" in repr(value) else value
    login, _, rest = value.rpartition("@")
    shown = f"…@{rest}" if login else value
    return str if holds_a_secret(shown) else shown
