"""Gate: an init container that ends when the pod's release is the instance's; until then it says what it waits for.

A webserver's refuses client secrets, too, with which the process would not start.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from client_secrets import unfit
from database import DatabaseStore, connect_when_reachable
from engines import engine
from log import Waiting, end_at_sigterm, one_line, say
from mark import Release, Store, refusal, release, waiting_for

_PAUSE_SECONDS = 0.5


def wait(store: Store, mine: Release, index: Path | None, *, pause: float = _PAUSE_SECONDS) -> int:
    """Return 0 when a process of the release may start, 1 when it never may.

    Args:
        store: Where the mark is.
        mine: The pod's release.
        index: The index directory, for a process that uses it.
        pause: Seconds between looks.
    """
    waiting = Waiting()
    while True:
        # In this order: the migration writes its mark before it makes the directory.
        index_exists = index is None or index.is_dir()
        mark = store.read()
        reason = refusal(mark, mine)
        if reason:
            say(reason)
            return 1
        missing = waiting_for(mark, mine, index_exists=index_exists)
        if missing is None:
            say(f"release {mine} is ready")
            return 0
        waiting.say(missing)
        time.sleep(pause)


def main() -> int:
    """Run in a pod."""
    end_at_sigterm()
    if fault := unfit(os.environ):
        say(fault)
        return 1
    mine = release(os.environ)
    index = Path(os.environ["PAPERLESS_DATA_DIR"], "index") if os.environ.get("GATE_NEEDS_INDEX") == "true" else None
    database = engine()
    while True:
        with connect_when_reachable(database) as connection:
            try:
                return wait(DatabaseStore(connection, database), mine, index)
            except database.unreachable as error:
                say(f"the database went away: {one_line(error)}")
                time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
