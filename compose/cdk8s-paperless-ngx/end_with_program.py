"""Ends supervisord with its only program: an event listener, by supervisord's own protocol on stdin and stdout."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO


def listen(events: TextIO, answers: TextIO, end: Callable[[], None]) -> None:
    """Wait for one event; it is asked for none but those that say that the program has ended.

    Args:
        events: Where supervisord writes an event: a line of ``name:value`` pairs, then as many signs as ``len`` says.
        answers: Where it reads.
        end: What to do then.
    """
    answers.write("READY\n")
    answers.flush()
    line = events.readline()
    if not line:
        return
    header = dict(pair.split(":", 1) for pair in line.split())
    payload = events.read(int(header["len"]))
    sys.stderr.write(f"ending, as {payload.split()[0]} has ended ({header['eventname']})\n")
    answers.write("RESULT 2\nOK")
    answers.flush()
    end()


def main() -> None:
    """Run in a pod."""
    listen(sys.stdin, sys.stdout, lambda: os.kill(os.getppid(), signal.SIGTERM))


if __name__ == "__main__":
    main()
