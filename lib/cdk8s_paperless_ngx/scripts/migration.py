"""Migration: brings database, directories and search index to the pod's release, and writes the release down."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import mark as marks
from api import ApiServer
from database import DatabaseStore, connect_when_reachable
from engines import engine
from log import Waiting, end_at_sigterm, one_line, say
from mark import Release
from pods import wait_until_gone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engines import Engine

_MANAGE = ("python3", "manage.py")
_WARM_UP = """
import contextlib, importlib, os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paperless.settings")
for name in ("paperless.asgi", "paperless.urls", "paperless.celery", "documents.tasks", "documents.consumer",
             "paperless_mail.tasks", "celery.bin.worker", "celery.worker.worker", "celery.concurrency.prefork",
             "kombu.transport.redis", "granian.cli", "granian.server", "uvloop"):
    with contextlib.suppress(Exception):
        importlib.import_module(name)
"""
"""Imports only: Celery's own loader would run Django's checks."""


class CommandError(Exception):
    """A management command ended with an error; its own output tells why."""


def run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a management command and say how long it took.

    Raises:
        CommandError: It ended with an error.
    """
    begin = time.monotonic()
    name = " ".join(command[len(_MANAGE) :])
    say(f"{name} …")
    with subprocess.Popen(command, env=dict(environment)) as process:
        try:
            status = process.wait()
        except SystemExit:
            # Asked to end: what is half done is done again, which the mark sees to.
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            process.kill()
            raise
    if status:
        msg = f"{name} ended with status {status}; the migration begins anew when the container restarts"
        raise CommandError(msg)
    say(f"{name} done in {time.monotonic() - begin:.1f} s")


def make_directories(environment: Mapping[str, str]) -> None:
    """Make the directories that upstream's entrypoint would make; the index's own comes with the migration."""
    media = Path(environment["PAPERLESS_MEDIA_ROOT"]) / "documents"
    paths = [media / name for name in ("originals", "archive", "thumbnails")]
    paths += [Path(environment[f"PAPERLESS_{name}"]) for name in ("DATA_DIR", "SCRATCH_DIR", "CONSUMPTION_DIR")]
    for path in paths:
        path.mkdir(parents=True, exist_ok=True)


def migrate(environment: Mapping[str, str], *, full_reindex: bool) -> None:
    """Bring the database and the index to the image's version, and create the first administrator."""
    run((*_MANAGE, "check", "--tag", "compatibility", "paperless"), environment)
    run((*_MANAGE, "migrate", "--skip-checks", "--no-input"), environment)
    # Without its directory the application keeps an index in memory and forgets it.
    Path(environment["PAPERLESS_DATA_DIR"], "index").mkdir(parents=True, exist_ok=True)
    how = () if full_reindex else ("--if-needed",)
    run((*_MANAGE, "document_index", "reindex", *how, "--no-progress-bar"), environment)
    run((*_MANAGE, "document_llmindex", "migrate"), environment)
    if environment.get("PAPERLESS_ADMIN_USER"):
        run((*_MANAGE, "manage_superuser"), environment)


def warm_up(environment: Mapping[str, str], folder: Path, version: str) -> None:
    """Leave bytecode for the processes that start often, and take away that of other versions; it may also fail."""
    with contextlib.suppress(subprocess.SubprocessError, OSError):
        subprocess.run(
            [sys.executable, "-c", _WARM_UP], env=dict(environment), timeout=120, check=False, stderr=subprocess.DEVNULL
        )
    for other in folder.iterdir():
        if other.name != version:
            shutil.rmtree(other, ignore_errors=True)


def wait_for_broker(url: str) -> None:
    """Return when the broker takes connections: migrations may put tasks into the queue.

    Raises:
        SystemExit: The URL is none, which a password with signs that need quoting makes of it.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "localhost", parts.port or 6379
    except ValueError:
        sys.exit("PAPERLESS_REDIS is no URL: the broker's password must be of signs that need no quoting there")
    waiting = Waiting()
    while True:
        try:
            socket.create_connection((host, port), timeout=5).close()
        except OSError as error:
            waiting.say(f"the broker {host}: {error}")
            time.sleep(1)
        else:
            return


def bring_up(
    store: marks.Store,
    mine: Release,
    environment: Mapping[str, str],
    *,
    wait_for_others: Callable[[], None],
) -> int:
    """Make the release the instance's, whatever was before; return the exit status."""
    mark = store.read()
    reason = marks.refusal(mark, mine)
    if reason:
        say(reason)
        return 1
    index = Path(environment["PAPERLESS_DATA_DIR"], "index")
    plan = marks.plan(mark, mine, index_exists=index.is_dir())
    make_directories(environment)
    if plan.needed:
        say(f"from {mark.current if mark else 'nothing'} to release {mine}")
        if plan.drain:
            # Before pods are looked at: an autoscaler could start one of the old release in between.
            store.write(marks.draining(mark, mine))
            wait_for_others()
        store.write(marks.migrating(mark, mine))
        folder = environment.get("BYTECODE_DIR")
        cached = {"PYTHONPYCACHEPREFIX": f"{folder}/{mine.version}", "PYTHONDONTWRITEBYTECODE": ""} if folder else {}
        try:
            migrate({**environment, **cached}, full_reindex=plan.full_reindex)
        except CommandError as error:
            say(str(error))
            return 1
        if folder:
            warm_up({**environment, **cached}, Path(folder), mine.version)
    if store.read() != marks.ready(mine):
        store.write(marks.ready(mine))
    say(f"release {mine} is ready")
    return 0


def main() -> int:
    """Run in a pod."""
    end_at_sigterm()
    environment = os.environ
    mine = Release(environment["RELEASE_VERSION"], environment["RELEASE_LANGUAGE"])
    database = engine()
    wait_for_broker(environment["PAPERLESS_REDIS"])
    try:
        return _migrate(database, mine, environment)
    except database.unreachable as error:
        say(f"the database went away: {one_line(error)}; the migration begins anew when the container restarts")
        return 1


def _migrate(database: Engine, mine: Release, environment: Mapping[str, str]) -> int:
    with connect_when_reachable(database) as connection:
        store = DatabaseStore(connection, database)
        store.lock()
        api = ApiServer()
        return bring_up(
            store,
            mine,
            environment,
            wait_for_others=lambda: wait_until_gone(api, environment["INSTANCE"], mine),
        )


if __name__ == "__main__":
    sys.exit(main())
