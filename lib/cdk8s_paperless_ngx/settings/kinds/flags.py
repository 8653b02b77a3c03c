"""Yes or no."""

from __future__ import annotations

from typing import Final

from cdk8s_paperless_ngx.settings.kinds.kind import Kind
from cdk8s_paperless_ngx.settings.versions import Version

_TRUE: Final = ("true", "1", "t", "y", "yes")
_FALSE: Final = ("false", "0", "f", "n", "no")
"""Upstream's words (``src/paperless/settings/parsers.py``); any other stops every process of 3.x."""


class Flag(Kind[bool]):
    """Yes or no."""

    @property
    def rule(self) -> str:
        return "True or False"

    def asks(self, version: Version) -> str:
        del version
        return "true or false"

    def accepts(self, value: object) -> bool:
        return isinstance(value, bool)

    def write(self, value: bool) -> str:
        return "true" if value else "false"

    def read(self, text: str) -> bool:
        word = text.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise ValueError(text)
