"""Running upstream's management commands."""

from __future__ import annotations

import contextlib
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from log import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MANAGE = ("python3", "manage.py")


class CommandError(Exception):
    """A management command ended with an error; its own output tells why."""


def run(
    command: Sequence[str], environment: Mapping[str, str], *, secret: str = "", limit: float | None = None
) -> None:
    """Run a management command and say how long it took.

    Args:
        command: An interpreter, a program and its arguments.
        environment: Its variables.
        secret: An argument that is not said.
        limit: Seconds after which it is ended; unset, it may take as long as it likes.

    Raises:
        CommandError: It ended with an error, or was ended.
    """
    begin = time.monotonic()
    program, *arguments = command[1:]
    words = arguments if program == MANAGE[1] else [Path(program).stem, *arguments]
    name = " ".join("…" if secret and word == secret else word for word in words)
    say(f"{name} …")
    with subprocess.Popen(command, env=dict(environment)) as process:
        try:
            status = process.wait(timeout=limit)
        except SystemExit:
            # Asked to end: what is half done is done again, which the callers see to.
            _end(process)
            raise
        except subprocess.TimeoutExpired as error:
            _end(process)
            msg = f"{name} was ended after {limit:.0f} s"
            raise CommandError(msg) from error
    if status:
        msg = f"{name} ended with status {status}"
        raise CommandError(msg)
    say(f"{name} done in {time.monotonic() - begin:.1f} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=20)
    process.kill()
