"""Migration: brings database, directories and search index to the pod's release, and writes the release down."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlsplit

import loss
import mark as marks
import redis
from api import ApiServer
from archive import Archive
from database import DatabaseStore, connect_when_reachable
from engines import engine
from log import Waiting, end_at_sigterm, one_line, say
from management import MANAGE, CommandError, run
from mark import Release, numbers
from messages import messages
from pods import wait_until_gone
from restore import RestoreError, Target, requested
from used_words import UsedWords

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engines import Engine
    from restore import Restore

_CONTROL = "celery.pidbox"
"""The exchange by which workers are told something; each of them subscribes to it for as long as it lives."""
_NEED_NO_QUOTING = "-._~!&'()*+,;="
"""In the part of a URL that has the password."""
_FIRST_WITH_TANTIVY = 3
"""The major version since which the index is Tantivy's, and a check tells whether the database may be migrated."""
_WHOOSH_INDEX = "9"
_INDEXER = Path(__file__).parent / "index_documents.py"
_FULL_REINDEXES = 2
"""How often a run makes the index anew to find every document in it; the next run tries again."""
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


class QueueError(Exception):
    """Documents wait that a release would drop."""


class OthersRunError(Exception):
    """Processes of another release run, and nobody will end them meanwhile."""


class IncompleteIndexError(Exception):
    """Documents are not in the search index, although it was made anew."""


class Holdings(Target, Protocol):
    """What an instance holds; see ``Archive``."""

    def unindexed(self) -> list[int] | None:
        """Return the ids of documents that no search can find; None where the index cannot be read."""
        ...


def major(release: Release) -> int:
    """Return the first number of a release's version."""
    return numbers(release.version)[0]


def make_directories(environment: Mapping[str, str]) -> None:
    """Make the directories that upstream's entrypoint would make; the index's own comes with the migration."""
    media = Path(environment["PAPERLESS_MEDIA_ROOT"]) / "documents"
    paths = [media / name for name in ("originals", "archive", "thumbnails")]
    paths += [Path(environment[f"PAPERLESS_{name}"]) for name in ("DATA_DIR", "SCRATCH_DIR", "CONSUMPTION_DIR")]
    if trash := environment.get("PAPERLESS_EMPTY_TRASH_DIR"):
        # Upstream's entrypoint makes none, and its checks end every process where there is none.
        paths.append(Path(trash))
    for path in paths:
        path.mkdir(parents=True, exist_ok=True)


def migrate(
    environment: Mapping[str, str],
    mine: Release,
    holdings: Holdings,
    *,
    import_backup: Callable[[], None],
    full_reindex: bool,
) -> None:
    """Bring the database and the index to the image's version, and create the first administrator.

    A restored instance has those of the backup.
    """
    run((*MANAGE, "migrate", "--skip-checks", "--no-input"), environment)
    import_backup()
    make_index(environment, mine, full=full_reindex)
    complete_index(environment, holdings)
    if major(mine) >= _FIRST_WITH_TANTIVY:
        run((*MANAGE, "document_llmindex", "migrate"), environment)
    if environment.get("PAPERLESS_ADMIN_USER") and not environment.get("RESTORE_GENERATION"):
        run((*MANAGE, "manage_superuser"), environment)


def make_index(environment: Mapping[str, str], mine: Release, *, full: bool) -> None:
    """Make the index, or only bring it to the image's version where it says that it is of another one."""
    # Without its directory the application keeps an index in memory and forgets it.
    data = Path(environment["PAPERLESS_DATA_DIR"])
    (data / "index").mkdir(parents=True, exist_ok=True)
    if major(mine) >= _FIRST_WITH_TANTIVY:
        _reindex(environment, *(() if full else ("--if-needed",)))
        return
    # Upstream's entrypoint knows by this note whether the index is one of this version's.
    note = data / ".index_version"
    if full or not note.exists() or note.read_text(encoding="utf-8").strip() != _WHOOSH_INDEX:
        _reindex(environment)
        note.write_text(f"{_WHOOSH_INDEX}\n", encoding="utf-8")


def complete_index(environment: Mapping[str, str], holdings: Holdings) -> None:
    """Make the index anew until every document is in it: one that fits its version may be another database's.

    One that cannot be read is made anew as well: what is broken can be read then. What has a form that is not known
    here cannot, and then upstream's command, which has ended well, is believed.

    Raises:
        IncompleteIndexError: Documents are still missing.
    """
    for _ in range(_FULL_REINDEXES):
        missing = holdings.unindexed()
        if missing == []:
            return
        what = "documents that nobody can count" if missing is None else f"{len(missing)} documents"
        say(f"{what} are not in the search index, which is made anew")
        _reindex(environment)
        if missing is None:
            break
    missing = holdings.unindexed()
    if missing is None:
        say(
            "the search index cannot be read here although it was made anew without an error, so nobody has counted "
            "what is in it: search for an old and a new document; this library may be older than the image"
        )
    elif missing:
        shown = ", ".join(map(str, missing[:10]))
        msg = (
            f"refused: {len(missing)} documents are not in the search index although it was made anew "
            f"{_FULL_REINDEXES} times (ids {shown}{' …' if len(missing) > len(missing[:10]) else ''}); the lines above "
            "tell why; it is tried again when the container restarts"
        )
        raise IncompleteIndexError(msg)


def _reindex(environment: Mapping[str, str], *how: str) -> None:
    run((MANAGE[0], str(_INDEXER), "reindex", *how, "--no-progress-bar"), environment)


def bytecode(environment: Mapping[str, str], version: str) -> dict[str, str]:
    """Return the variables with which Python leaves bytecode in a folder that was emptied; none where there is none.

    Bytecode is executed unchecked, so none of it may come from elsewhere.
    """
    folder = environment.get("BYTECODE_DIR")
    if not folder:
        return {}
    for entry in Path(folder).iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    return {"PYTHONPYCACHEPREFIX": f"{folder}/{version}", "PYTHONDONTWRITEBYTECODE": ""}


def warm_up(environment: Mapping[str, str]) -> None:
    """Leave bytecode for the processes that start often; it may also fail."""
    with contextlib.suppress(subprocess.SubprocessError, OSError):
        subprocess.run(
            [sys.executable, "-c", _WARM_UP], env=dict(environment), timeout=120, check=False, stderr=subprocess.DEVNULL
        )


def check_broker_password(password: str) -> None:
    """Refuse a password that makes another URL of the one that it is put into.

    Raises:
        SystemExit: It has signs that need quoting there.
    """
    if password != quote(password, safe=_NEED_NO_QUOTING):
        sys.exit(
            "the broker's password must be of letters, digits and -._~!&'()*+,;= alone, as it becomes part of a URL; "
            "give the broker another one, change its Secret, and set another secret_revision"
        )


def wait_for_broker(url: str) -> None:
    """Return when the broker takes connections: migrations may put tasks into the queue."""
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or 6379
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
    holdings: Holdings,
    wait_for_others: Callable[[], None],
    waiting_documents: Callable[[], int],
) -> int:
    """Make the release the instance's, whatever was before; return the exit status.

    Args:
        store: Where the mark is.
        mine: The release to come to.
        environment: Of the management commands.
        holdings: What the instance holds.
        wait_for_others: Returns when no process of another release is left.
        waiting_documents: Counts those in the queue.
    """
    mark = store.read()
    index = Path(environment["PAPERLESS_DATA_DIR"], "index")
    plan = marks.plan(mark, mine, index_exists=index.is_dir())
    # Before anything is written: whoever lost a database must find it as it was.
    reason = marks.refusal(mark, mine) or _loss(mark, holdings.documents(), environment, always=plan.needed)
    if reason:
        say(reason)
        return 1
    try:
        restore = requested(mark, mine, holdings, environment)
    except RestoreError as error:
        say(str(error))
        return 1
    make_directories(environment)
    if plan.needed:
        say(f"from {mark.current if mark else 'nothing'} to release {mine}")
        try:
            if plan.drain:
                # Before pods are looked at: an autoscaler could start one of the old release in between.
                store.write(marks.draining(mark, mine))
                wait_for_others()
                _check_queue(mark, mine, waiting_documents)
            _change(store, mark, mine, environment, holdings=holdings, restore=restore, full_reindex=plan.full_reindex)
        except (CommandError, IncompleteIndexError, OthersRunError, QueueError, RestoreError) as error:
            say(str(error))
            say("the migration begins anew when the container restarts")
            return 1
    else:
        _tell_of_unindexed(holdings)
    restored = restore.generation.name if restore else mark.restored if mark else None
    ready = marks.ready(mine, documents=holdings.documents(), restored=restored)
    if store.read() != ready:
        store.write(ready)
    if word := environment.get("START_FROM_NOTHING"):
        # Also where it was not needed: else it could be the one day on which the database is lost.
        for words in _used_words(environment):
            words.add(word)
    say(f"release {mine} is ready")
    return 0


def _loss(mark: marks.Mark | None, documents: int, environment: Mapping[str, str], *, always: bool) -> str | None:
    """Return why the database seems to be lost, or None; a word says once that it is not."""
    if not always and not loss.suspected(mark, documents):
        return None
    media = Path(environment["PAPERLESS_MEDIA_ROOT"])
    files = loss.originals(media)
    reason = loss.refusal(documents, files)
    if reason is None:
        if files > documents:
            say(
                f"media has {files} originals and the database {documents} documents: the sanity checker names the rest"
            )
        return None
    word = environment.get("START_FROM_NOTHING", "")
    if word and not any(word in words for words in _used_words(environment)):
        say(f"{files} originals are left behind, beside {documents} documents, as start_from_nothing={word!r} says")
        return None
    return f"{reason} ({word} was used before)" if word else reason


def _used_words(environment: Mapping[str, str]) -> list[UsedWords]:
    """Return the words that an instance began with, from each place that may outlive the others.

    A note in the database would be lost with it; media may come back as its visible folders alone.
    """
    places = (environment[f"PAPERLESS_{name}"] for name in ("MEDIA_ROOT", "DATA_DIR"))
    return [UsedWords(Path(place, ".cdk8s-paperless-ngx", "used")) for place in places]


def _check_queue(mark: marks.Mark | None, mine: Release, waiting_documents: Callable[[], int]) -> None:
    """Return when nothing waits that a new major version would drop (``CELERY_ACCEPT_CONTENT``).

    Raises:
        QueueError: Documents wait.
    """
    if mark and mark.current and major(mark.current) != major(mine) and (left := waiting_documents()):
        raise QueueError(
            f"refused: {left} documents wait in the queue of release {mark.current}, which {mine} would drop; "
            f"put the image of {mark.current} back until they are consumed"
        )


def _change(
    store: marks.Store,
    mark: marks.Mark | None,
    mine: Release,
    environment: Mapping[str, str],
    *,
    holdings: Holdings,
    restore: Restore | None,
    full_reindex: bool,
) -> None:
    """Migrate, with bytecode at hand where there is a folder for it."""
    cached = bytecode(environment, mine.version)
    commands = {**environment, **cached}
    if major(mine) >= _FIRST_WITH_TANTIVY:
        # Before the mark: where it refuses, nothing has been changed, and the way back is open.
        run((*MANAGE, "check", "--tag", "compatibility", "paperless"), commands)
    begun = marks.migrating(mark, mine)
    store.write(begun)

    def import_backup() -> None:
        if restore is None:
            return
        # Before the first row and file: whoever finds them after a kill knows what they are.
        store.write(replace(begun, restoring=restore.generation.name))
        restore.make(commands)
        if (found := holdings.documents()) != restore.documents:
            raise RestoreError(
                f"{found} documents were imported, and {restore.generation.name} has {restore.documents}"
            )

    migrate(commands, mine, holdings, import_backup=import_backup, full_reindex=full_reindex)
    if cached:
        warm_up(commands)


def _tell_of_unindexed(holdings: Holdings) -> None:
    """Say what a search cannot find; no more, as documents may be on their way while workers run."""
    missing = holdings.unindexed()
    if missing is None:
        say("what is in the search index cannot be counted; if searches find nothing, set another rebuild_index")
    elif missing:
        say(
            f"{len(missing)} documents are not in the search index; if the database was put back, or it stays so, "
            "set another rebuild_index"
        )


def main() -> int:
    """Run in a pod."""
    end_at_sigterm()
    environment = os.environ
    mine = marks.release(environment)
    database = engine()
    check_broker_password(environment.get("REDIS_PASSWORD", ""))
    wait_for_broker(environment["PAPERLESS_REDIS"])
    try:
        return _migrate(database, mine, environment)
    except database.unreachable as error:
        say(f"the database went away: {one_line(error)}; the migration begins anew when the container restarts")
        return 1
    except redis.RedisError as error:
        say(f"the broker went away: {one_line(error)}; the migration begins anew when the container restarts")
        return 1


def _migrate(database: Engine, mine: Release, environment: Mapping[str, str]) -> int:
    with connect_when_reachable(database) as connection:
        store = DatabaseStore(connection, database)
        store.lock()
        index = Path(environment["PAPERLESS_DATA_DIR"], "index")
        return bring_up(
            store,
            mine,
            environment,
            holdings=Archive(connection, database, index, tantivy=major(mine) >= _FIRST_WITH_TANTIVY),
            wait_for_others=_others(mine, environment),
            waiting_documents=lambda: _waiting_documents(environment),
        )


def _others(mine: Release, environment: Mapping[str, str]) -> Callable[[], None]:
    """Return how to wait: for pods, or outside Kubernetes for nobody, as perhaps nobody ends what runs."""
    if "KUBERNETES_SERVICE_HOST" in environment:
        api = ApiServer()
        return lambda: wait_until_gone(api, environment["INSTANCE"], mine)
    return lambda: refuse_beside_workers(_broker(environment), environment.get("PAPERLESS_REDIS_PREFIX", ""))


def refuse_beside_workers(client: redis.Redis, prefix: str) -> None:
    """Return when no worker listens to the broker.

    The broker says how many do. A worker's own answer would come late or never where one is busy, or a name server
    slow, and whoever does not answer may live. Nothing comes of the message: kombu passes an empty one over.

    Args:
        client: The broker.
        prefix: In front of every key and channel (``PAPERLESS_REDIS_PREFIX``).

    Raises:
        OthersRunError: A worker listens.
        redis.RedisError: The broker does not say.
    """
    database = int(client.get_connection_kwargs().get("db", 0))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    if client.publish(f"{prefix}/{database}.{_CONTROL}", ""):  # pyright: ignore[reportUnknownMemberType]
        msg = "refused: workers of another release still run; stop them first (docker compose stop), then start anew"
        raise OthersRunError(msg)


def _waiting_documents(environment: Mapping[str, str]) -> int:
    found = messages(_broker(environment), environment.get("PAPERLESS_REDIS_PREFIX", ""))
    return sum(message.refers_to("documents.tasks.consume_file") for message in found)


def _broker(environment: Mapping[str, str]) -> redis.Redis:
    client: redis.Redis = redis.Redis.from_url(environment["PAPERLESS_REDIS"], socket_timeout=30)  # pyright: ignore[reportUnknownMemberType]
    return client


if __name__ == "__main__":
    sys.exit(main())
