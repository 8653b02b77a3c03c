"""Warnings that point at the line of the app, whatever lies between it and the code that warns."""

from __future__ import annotations

import inspect
import warnings
from typing import Final

_PACKAGES: Final = (__name__.partition(".")[0], "jsii")
"""Frames of this library, and of jsii, whose metaclass calls every constructor."""


def warn(text: str) -> None:
    """Issue a `UserWarning` for the innermost line that is neither this library's nor jsii's."""
    level, frame = 1, inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] in _PACKAGES:
        level, frame = level + 1, frame.f_back
    warnings.warn(text, UserWarning, stacklevel=level)
