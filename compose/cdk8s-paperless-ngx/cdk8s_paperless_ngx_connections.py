"""Makes every connection to Redis notice a server that vanished without a word: a power cut, a broken network.

By default none does: Celery's broker, Django's cache and the status messages wait until the kernel gives up, in up to
15 minutes. The URL has no room for it, as the broker refuses a query that the others take (kombu 5.6.2), and the
image's settings override transport options. So the defaults of redis-py's connections are set, in each process, by its
command line:

* webserver: ``granian … cdk8s_paperless_ngx_connections:application``
* worker: ``celery … worker --include cdk8s_paperless_ngx_connections``
* beat: ``celery … beat --scheduler cdk8s_paperless_ngx_connections:PersistentScheduler``
* consumer, and whatever else Python runs: ``python3 -m cdk8s_paperless_ngx_connections manage.py document_consumer``

Beat's scheduler also touches the file that ``BEAT_HEARTBEAT`` names, so that somebody can see that it does not hang.

It is mounted without the other scripts, so it imports none of them.
"""

from __future__ import annotations

import functools
import importlib
import os
import runpy
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

CONNECT_SECONDS = 5
_IDLE_SECONDS = 10
_INTERVAL_SECONDS = 2
_PROBES = 3
_UNANSWERED_MILLISECONDS = 15_000
"""For what was sent and is not confirmed, where keepalives are silent."""
_USER_TIMEOUT = 18
"""``TCP_USER_TIMEOUT`` of Linux; Python has the name only where it was compiled on it."""

_INSTEAD = {"application": "paperless.asgi", "PersistentScheduler": "celery.beat"}
"""What is asked of this module by a command line, and where it comes from."""


def options() -> dict[int, int]:
    """Return the socket options: a dead server is noticed after 16 seconds at the most."""
    return {
        socket.TCP_KEEPIDLE: _IDLE_SECONDS,
        socket.TCP_KEEPINTVL: _INTERVAL_SECONDS,
        socket.TCP_KEEPCNT: _PROBES,
        _USER_TIMEOUT: _UNANSWERED_MILLISECONDS,
    }


def limit(connection: Any) -> None:  # noqa: ANN401 (redis-py has two such classes)
    """Give a class of redis-py's other defaults; what a caller sets stays."""
    initialize = connection.__init__
    if hasattr(initialize, "__wrapped__"):
        return

    @functools.wraps(initialize)
    def limited(self: Any, *arguments: Any, **keywords: Any) -> None:  # noqa: ANN401
        keywords["socket_keepalive"] = True
        keywords["socket_keepalive_options"] = options() | (keywords.get("socket_keepalive_options") or {})
        if keywords.get("socket_connect_timeout") is None:
            keywords["socket_connect_timeout"] = CONNECT_SECONDS
        initialize(self, *arguments, **keywords)

    connection.__init__ = limited


def limit_all() -> None:
    """Limit the connections of threads and of asyncio."""
    for module in ("redis.connection", "redis.asyncio.connection"):
        limit(importlib.import_module(module).Connection)


def with_heartbeat(scheduler: Any) -> Any:  # noqa: ANN401 (Celery has no types)
    """Return a scheduler that touches a file each time it looks for what is due.

    That is every five minutes at the latest (``celery.beat.DEFAULT_MAX_INTERVAL``), however seldom anything is due.
    """
    file = os.environ.get("BEAT_HEARTBEAT")
    if not file:
        return scheduler

    def tick(self: Any, *arguments: Any, **keywords: Any) -> Any:  # noqa: ANN401
        with suppress(OSError):
            Path(file).touch()
        return scheduler.tick(self, *arguments, **keywords)

    return type(scheduler.__name__, (scheduler,), {"tick": tick})


def __getattr__(name: str) -> object:
    """Give what a command line names, from where it is."""
    if name not in _INSTEAD:
        raise AttributeError(name)
    found = getattr(importlib.import_module(_INSTEAD[name]), name)
    return with_heartbeat(found) if name == "PersistentScheduler" else found


limit_all()

if __name__ == "__main__":
    sys.argv = sys.argv[1:]
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    runpy.run_path(sys.argv[0], run_name="__main__")
