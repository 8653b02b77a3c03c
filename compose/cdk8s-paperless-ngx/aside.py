"""Documents that were put aside, as workers were lost with them: shows them, queues one again, or drops its message.

Usage: ``aside.py``, ``aside.py again TAG``, ``aside.py drop TAG``. A file is never touched.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import redis
from deliveries import Deliveries

if TYPE_CHECKING:
    from collections.abc import Sequence

_WRONG_USAGE = 64


def run(deliveries: Deliveries, arguments: Sequence[str]) -> int:
    """Do what is asked for; return the exit status."""
    match arguments:
        case []:
            found = sorted(deliveries.aside().items())
            for tag, described in found:
                print(f"{tag} {described}")
            if not found:
                print("nothing is put aside")
            return 0
        case ["again" | "drop" as what, tag]:
            if deliveries.take_up(tag, again=what == "again"):
                print("queued again" if what == "again" else "its message is dropped; its file is where it was")
                return 0
            print(f"there is no {tag}")
            return 1
        case _:
            print((__doc__ or "").strip())
            return _WRONG_USAGE


def main() -> int:
    """Run in a pod."""
    client: Any = redis.Redis.from_url(os.environ["PAPERLESS_REDIS"], socket_timeout=10)  # pyright: ignore[reportUnknownMemberType]
    return run(Deliveries(client, os.environ.get("PAPERLESS_REDIS_PREFIX", "")), sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
