"""Versions of paperless-ngx: how they compare, and which of them this library knows."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from cdk8s_paperless_ngx.pins import PAPERLESS, version_of
from cdk8s_paperless_ngx.validation.errors import refusal

Version = tuple[int, ...]

DEFAULT_VERSION: Final = version_of(PAPERLESS)
"""The version that an instance runs where nobody names one."""
NEWEST_KNOWN: Final = (3, 3, 0)
"""The newest whose release notes and settings were read; to raise it is to have read them."""
OLDEST_KNOWN: Final = (2, 14, 7)

_VERSION: Final = r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"


@cache
def version_numbers(version: str) -> Version:
    """Return the numbers of a version, which compare as versions do."""
    return tuple(map(int, version.split(".")))


def version_text(numbers: Version) -> str:
    """Return a version as upstream writes it."""
    return ".".join(map(str, numbers))


def check_version(where: str, argument: str, version: str) -> None:
    """Refuse a text that is not a version of three numbers."""
    if not isinstance(version, str) or not re.fullmatch(_VERSION, version):
        raise refusal(where, argument, "three numbers such as '3.3.0'", version)
