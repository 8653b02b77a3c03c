"""One line to stdout for each thing that a reader of a pod's log wants to know."""

from __future__ import annotations

import signal
import sys
import time
from datetime import UTC, datetime
from types import FrameType

_REPEAT_SECONDS = 60


def say(text: str) -> None:
    """Print one line with the time in front."""
    now = datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M:%S")
    print(f"{now} {text}", flush=True)


def one_line(error: BaseException) -> str:
    """Return an error's text without its line breaks."""
    return " ".join(str(error).split())


class Waiting:
    """Says what is waited for: when it changes, and once a minute, so that a long wait stays visible."""

    def __init__(self) -> None:
        self._reason = ""
        self._said = 0.0

    def say(self, reason: str) -> None:
        """Log a reason unless it was logged a moment ago."""
        now = time.monotonic()
        if reason != self._reason or now - self._said >= _REPEAT_SECONDS:
            say(f"waiting for {reason}")
            self._reason, self._said = reason, now


def end_at_sigterm() -> None:
    """End at once when the pod is to go: nothing here needs to be finished."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        say("asked to end")
        sys.exit(128 + signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
