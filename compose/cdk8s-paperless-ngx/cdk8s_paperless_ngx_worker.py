"""What a worker does beyond upstream's: it repeats tasks that failed for a passing reason, and notes what it works on.

Loaded with ``celery … worker --include cdk8s_paperless_ngx_worker``; it is mounted alone, so it imports nothing of the
other scripts. It takes Celery's own ways in: a class for a task's requests, a step of the worker's consumer, a wrapper
around a task's function as ``autoretry_for`` makes one.

* A task that fails for a passing reason is *rejected* in the child, so nothing of it is recorded as failed, and its
  message is moved, as it is, from kombu's ``unacked`` to a sorted set by due time. That is one transaction: a message
  is never in both nor in none, and if Redis is what went away, it stays in ``unacked`` until Redis is back. The
  redelivery (``redelivery.py``) moves it back to its queue when it is due. Arguments, task id and headers stay.
* A message in ``unacked`` has a note beside it that says which worker took it, and each worker says every few seconds
  what it works on. From that the redelivery knows whose worker is gone.
* A worker that loses its connection does not give back a message that it still works on, as kombu would.
* A worker takes and acknowledges messages on a server at its ``maxmemory``, too. kombu first takes a message out of its
  list and then notes it in ``unacked``; what the server refuses in between would be nowhere, and the worker would end.
"""

from __future__ import annotations

import errno
import functools
import importlib
import json
import logging
import os
import socket
import sys
import time
import uuid
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

import redis

logger = logging.getLogger("celery.cdk8s_paperless_ngx")

KEYS = "cdk8s-paperless-ngx:"
"""In front of every key that is not kombu's; ``redelivery.py`` and ``messages.py`` read them."""
TRIES = "cdk8s_tries"
"""How the headers of a message begin that say how often it failed for a passing reason: one for each kind of reason,
as a long outage must not use up the tries of what comes after it."""
LOST = "cdk8s_lost"
"""A message's header: how many workers or children were lost with it."""

_TICK_SECONDS = 5
_LOST_LIMIT = 3
_PAUSES = (5, 15, 30, 60, 120, 240)
"""Seconds before each try; the last one counts for all others, so that all is done 5 minutes after a fault ends."""
_AWAY_TRIES = 720
"""Two days: no document is at fault when a server is away or a disk is full."""
_DOUBTFUL_TRIES = 12
"""Half an hour: perhaps the document is at fault."""
_MAIL_TRIES = 5
"""Four minutes, for an attachment: until its task has ended, upstream fetches the mail anew every ten minutes."""

REPEATED = frozenset(
    f"documents.tasks.{name}"
    for name in (
        "consume_file",  # takes a file once: when it is stored, the file is gone
        "index_document",  # writes what the database says into the index
        "remove_document_from_index",
        "update_document_in_llm_index",
        "remove_document_from_llm_index",
        "build_share_link_bundle",  # makes its file anew
    )
)
"""Tasks that may run twice. Not those that beat brings again, nor ``bulk_update_documents``, which runs workflows: they
may send mails."""
CONSUME = "documents.tasks.consume_file"

_TAKE_WHEN_FULL = """\
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
"""
"""After a first write that takes no memory, a script may write what it likes (``script.c`` of Redis and of Valkey,
scriptVerifyOOM). What it writes here was in the list a moment ago."""
_DONE_WHEN_FULL = """\
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
"""
"""In a transaction a full server refuses these as well (``server.c``, processCommand)."""


@dataclass(frozen=True)
class Again:
    """Why a task is to run again, and how often at most."""

    why: str
    tries: int
    kind: str

    @property
    def header(self) -> str:
        """The message's header that counts failures of this kind."""
        return f"{TRIES}_{self.kind}"

    def of_mail(self) -> Again:
        """Return the same for an attachment; while a server is away, no mail is fetched either."""
        return self if self.kind == _SERVER else replace(self, tries=min(self.tries, _MAIL_TRIES))


# Why a task failed -------------------------------------------------------------------------------------------------

_AWAY = frozenset(
    {
        "redis.exceptions.ConnectionError",
        "redis.exceptions.TimeoutError",
        "redis.exceptions.ReadOnlyError",
        "redis.exceptions.OutOfMemoryError",
        "kombu.exceptions.OperationalError",
        "psycopg.InterfaceError",
        "django.db.utils.InterfaceError",
        "MySQLdb.InterfaceError",
    }
)
_DATABASE = frozenset({"psycopg.OperationalError", "django.db.utils.OperationalError", "MySQLdb.OperationalError"})
_DOUBTFUL = frozenset({"httpx.TransportError", "filelock.Timeout", "builtins.ConnectionError"})
_AWAY_STATES = ("08", "53", "57P")
"""SQLSTATE: connection, resources, shutdown."""
_LASTING_STATES = ("54",)
"""SQLSTATE: a row that is too big for an index stays so."""
_AWAY_NUMBERS = frozenset({1021, 1040, 1053, 1077, 1079, 2002, 2003, 2006, 2013, 2055, 4031})
"""MariaDB: disk full, too many connections, shutdown, server gone."""
_LOCK_NUMBERS = frozenset({1205, 1213})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_STALE = frozenset({errno.ESTALE, errno.EIO, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH})
_UNAVAILABLE = frozenset({502, 503, 504})
_KILLED = -9
_SERVER, _DISK, _DOUBT, _HELPER = "server", "disk", "doubt", "helper"
"""The kinds of reasons."""


def reason(error: BaseException) -> Again | None:
    """Return why a task that failed may do better later, or None for a lasting reason.

    The application wraps what goes wrong, so the causes of an error are looked through, by the names of their classes:
    which of the libraries are there depends on the database.
    """
    for one in causes(error):
        found = _reason(one)
        if found is not None:
            return found
    return None


def causes(error: BaseException) -> Iterator[BaseException]:
    """Give an error and what led to it, as a traceback tells."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _reason(error: BaseException) -> Again | None:
    names = _names(error)
    number = error.errno if isinstance(error, OSError) else None
    status = getattr(getattr(error, "response", None), "status_code", None)
    tries, kind = 0, _SERVER
    if names & _DATABASE:
        tries = _database_tries(error)
        kind = _SERVER if tries == _AWAY_TRIES else _DOUBT
    elif names & _AWAY:
        tries = _AWAY_TRIES
    elif number in _FULL:
        tries, kind = _AWAY_TRIES, _DISK
    elif names & _DOUBTFUL or number in _STALE or ("httpx.HTTPStatusError" in names and status in _UNAVAILABLE):
        tries, kind = _DOUBTFUL_TRIES, _DOUBT
    elif "subprocess.CalledProcessError" in names and getattr(error, "returncode", None) == _KILLED:
        # A helper such as unpaper, where the kernel kills one process and not the container.
        tries, kind = _LOST_LIMIT, _HELPER
    why = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
    return Again(why, tries, kind) if tries else None


def _names(error: BaseException) -> set[str]:
    return {_name(each) for each in type(error).__mro__}


def _name(each: type) -> str:
    """Return a class's name as documented: some libraries keep theirs in private modules."""
    package = each.__module__.split(".", 1)[0]
    module = package if package in ("psycopg", "MySQLdb", "httpx", "filelock") else each.__module__
    return f"{module}.{each.__name__}"


def _database_tries(error: BaseException) -> int:
    """Return how often to try again; ``OperationalError`` is also what a server says that is well."""
    if error.__cause__ is not None and _names(error.__cause__) & _DATABASE:
        # Django's wraps the driver's, which knows more.
        return _database_tries(error.__cause__)
    state: str | None = getattr(error, "sqlstate", None)
    if state is not None:
        if state.startswith(_LASTING_STATES):
            return 0
        return _AWAY_TRIES if state.startswith(_AWAY_STATES) else _DOUBTFUL_TRIES
    number = error.args[0] if error.args else None
    if isinstance(number, int):
        return _AWAY_TRIES if number in _AWAY_NUMBERS else _DOUBTFUL_TRIES if number in _LOCK_NUMBERS else 0
    return _AWAY_TRIES


def pause(tries: int) -> int:
    """Return the seconds before a try, of which there were so many."""
    return _PAUSES[min(tries, len(_PAUSES) - 1)]


def file_of(arguments: Iterable[Any], keywords: Mapping[str, Any]) -> Path | None:
    """Return the file that ``consume_file`` was given, or None where that cannot be told."""
    given = keywords.get("input_doc", next(iter(arguments), None))
    path = getattr(given, "original_file", given)
    return Path(path) if isinstance(path, (str, PurePath)) else None


def is_gone(file: Path | None) -> bool:
    """Return whether a file is certainly not there any more; a file system that does not answer leaves it open."""
    if file is None:
        return False
    try:
        file.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


# In Redis ----------------------------------------------------------------------------------------------------------


class Broker:
    """The keys of kombu and of ours, as far as a worker changes them."""

    def __init__(self, client: redis.Redis, prefix: str, worker: str) -> None:
        self._client: Any = client
        self._unacked = f"{prefix}unacked"
        self._index = f"{prefix}unacked_index"
        self._keys = f"{prefix}{KEYS}"
        self._worker = worker
        self._process = uuid.uuid4().hex
        self._beat = 0

    def own(self, tag: str) -> None:
        """Note that this worker has a message, and which process of it: a container may start anew in its pod."""
        self._client.hset(f"{self._keys}owners", tag, f"{self._worker} {self._process}")

    def say(self, tags: Iterable[str]) -> None:
        """Say that this worker lives, and what it works on."""
        self._beat += 1
        note = {"process": self._process, "beat": self._beat, "tags": sorted(tags)}
        self._client.hset(f"{self._keys}workers", self._worker, json.dumps(note))

    def take_when_full(self, tag: str, now: float, value: str) -> None:
        """Note a message that was taken, as kombu would on a server with room."""
        self._client.eval(_TAKE_WHEN_FULL, 2, self._unacked, self._index, tag, now, value)

    def done(self, tag: str) -> None:
        """Acknowledge a message, also one whose connection was lost meanwhile."""
        pipeline = self._client.pipeline(transaction=True)
        pipeline.hdel(self._unacked, tag)
        pipeline.zrem(self._index, tag)
        pipeline.hdel(f"{self._keys}owners", tag)
        try:
            pipeline.execute()
        except redis.OutOfMemoryError:
            self._client.eval(_DONE_WHEN_FULL, 3, self._unacked, self._index, f"{self._keys}owners", tag)

    def repeat(self, tag: str, header: str, number: int, seconds: float) -> bool:
        """Move a message to those that wait for another try; return whether it was still there."""
        second, microsecond = self._client.time()
        now = second + microsecond / 1e6  # the server's clock is the redelivery's as well

        def change(pipeline: Any, message: Any) -> None:  # noqa: ANN401 (redis-py has no types for it)
            pipeline.zadd(f"{self._keys}retries", {message: now + seconds})
            pipeline.hincrby(f"{self._keys}counts", "retried", 1)

        return self._move(tag, {header: number}, change)

    def put_aside(self, tag: str, number: int, why: str) -> bool:
        """Move a message to those that nobody tries again; return whether it was still there."""

        def change(pipeline: Any, message: Any) -> None:  # noqa: ANN401
            pipeline.hset(f"{self._keys}aside", tag, json.dumps({"message": message, "why": why}))
            pipeline.hincrby(f"{self._keys}counts", "put_aside", 1)

        return self._move(tag, {LOST: number}, change)

    def _move(self, tag: str, headers: Mapping[str, int], change: Callable[[Any, Any], None]) -> bool:
        def transaction(pipeline: Any) -> bool:  # noqa: ANN401
            value = pipeline.hget(self._unacked, tag)
            pipeline.multi()
            if value is None:
                return False
            message, exchange, routing_key = json.loads(value)
            message["headers"].update(headers)
            pipeline.hdel(self._unacked, tag)
            pipeline.zrem(self._index, tag)
            pipeline.hdel(f"{self._keys}owners", tag)
            change(pipeline, json.dumps([message, exchange, routing_key]))
            return True

        return bool(self._client.transaction(transaction, self._unacked, value_from_callable=True))


class Settlements:
    """What becomes of messages whose tasks have ended; what Redis does not take now is tried again."""

    def __init__(self) -> None:
        self._waiting: dict[str, Callable[[], object]] = {}

    @property
    def tags(self) -> set[str]:
        """Messages that are still in ``unacked``, but not for anybody else."""
        return set(self._waiting)

    def add(self, tag: str, action: Callable[[], object]) -> None:
        """Do something with a message, now or as soon as Redis is there."""
        self._waiting[tag] = action
        self.work()

    def work(self) -> None:
        """Do what is left."""
        for tag, action in list(self._waiting.items()):
            try:
                action()
            except redis.RedisError as error:
                logger.warning("%s is not settled: %s; trying again", tag, error)
                return
            # Celery's timer runs in another thread while the worker drains.
            self._waiting.pop(tag, None)


# In Celery ---------------------------------------------------------------------------------------------------------


class Taken:
    """The requests that this worker has and has not ended."""

    def __init__(self) -> None:
        # Celery drops a request of a lost connection, and nobody tells.
        self._requests: weakref.WeakSet[Any] = weakref.WeakSet()

    def add(self, request: Any) -> None:  # noqa: ANN401 (Celery has no types)
        """Keep one in mind."""
        self._requests.add(request)

    def keep(self, requests: Iterable[Any]) -> None:
        """Forget all others: their connection was lost before they began."""
        self._requests = weakref.WeakSet(requests)

    @property
    def tags(self) -> set[str]:
        """Their messages' delivery tags."""
        return {request.delivery_tag for request in self._requests if not request.acknowledged}


class _Context:
    """What this worker process has of all this; a child has it and does not use it."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.settlements = Settlements()
        self.taken = Taken()
        self.published = 0

    @property
    def tags(self) -> set[str]:
        return self.taken.tags | self.settlements.tags

    def tick(self) -> None:
        self.settlements.work()
        self.say()

    def say(self) -> None:
        with suppress(redis.RedisError):
            self.broker.say(self.tags)


def repeatable(context: _Context, task: Any, run: Callable[..., Any]) -> Callable[..., Any]:  # noqa: ANN401
    """Wrap a task's function, in the child: what failed for a passing reason is rejected with :class:`Again`."""
    exceptions: Any = importlib.import_module("celery.exceptions")

    @functools.wraps(run)
    def wrapper(*arguments: Any, **keywords: Any) -> Any:  # noqa: ANN401
        context.published = 0
        try:
            return run(*arguments, **keywords)
        except (exceptions.Ignore, exceptions.Reject, exceptions.Retry):
            raise
        except Exception as error:
            again = None if task.request.called_directly else reason(error)
            if again is not None and task.request.chord:
                again = again.of_mail()
            if again is None or number(task.request.get(again.header)) >= again.tries:
                raise
            if task.name == CONSUME and not _may_consume_again(context, file_of(arguments, keywords), again):
                raise
            raise exceptions.Reject(again, requeue=False) from error

    return wrapper


def number(value: object) -> int:
    """Return a header's count."""
    return value if isinstance(value, int) else 0


def _may_consume_again(context: _Context, file: Path | None, again: Again) -> bool:
    if context.published:
        # A barcode split: what is queued already would be stored twice.
        logger.error("%s is not tried again: %d parts of it are queued (%s)", file, context.published, again.why)
        return False
    if is_gone(file):
        # The document was stored before the fault, or, between unlinking and commit, is in media alone: see the rescue.
        logger.error("%s is not tried again: it is gone (%s)", file, again.why)
        return False
    return True


class RequestMixin:
    """What is done differently from ``celery.worker.request.Request``; in the worker's main process."""

    context: _Context
    acknowledged: bool
    _instead: Callable[[], object] | None = None

    def __init__(self, message: Any, *arguments: Any, **keywords: Any) -> None:  # noqa: ANN401
        initialize: Any = super().__init__
        initialize(message, *arguments, **keywords)
        self.delivery_tag = str(message.delivery_tag)
        self.context.taken.add(self)
        with suppress(redis.RedisError):
            self.context.broker.own(self.delivery_tag)
        self.context.say()

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> Any:  # noqa: ANN401
        """Decide what becomes of a message whose task ended badly."""
        me: Any = self
        up: Any = super()
        error = getattr(exc_info.exception, "exc", exc_info.exception)
        lost = type(error).__name__ == "WorkerLostError"
        if me.acknowledged or me.task.name not in REPEATED:
            return up.on_failure(exc_info, send_failed_event, return_ok)
        if lost:
            return self._on_lost(exc_info, send_failed_event, return_ok)
        rejected = getattr(error, "reason", None)
        if isinstance(rejected, Again):
            self._repeat(rejected)
            return up.on_failure(exc_info, send_failed_event, return_ok)
        # Celery itself failed, as it writes into Redis before and after a task; what else fails the child has decided.
        outside = getattr(exc_info, "internal", False) or not return_ok
        again = reason(error) if outside else None
        if again is None or self._tries(again.header) >= again.tries:
            return up.on_failure(exc_info, send_failed_event, return_ok)
        if me.task.name == CONSUME and is_gone(file_of(me.args, me.kwargs)):
            logger.warning("%s is done, but for its result: %s", me, again.why)
        else:
            self._repeat(again)
        return self._end()

    def _on_lost(self, exc_info: Any, send_failed_event: bool, return_ok: bool) -> Any:  # noqa: ANN401
        me: Any = self
        up: Any = super()
        count = self._tries(LOST) + 1
        tag, broker = self.delivery_tag, self.context.broker
        if count < _LOST_LIMIT:
            logger.warning("%s lost its process; trying again (%d of %d)", me, count, _LOST_LIMIT)
            self._instead = functools.partial(broker.repeat, tag, LOST, count, pause(count - 1))
            return self._end()
        why = f"{count} processes were lost with it, perhaps for memory"
        logger.error("%s is put aside: %s; %s", me, why, file_of(me.args, me.kwargs) or "")
        self._instead = functools.partial(broker.put_aside, tag, count, why)
        return up.on_failure(exc_info, send_failed_event, return_ok)

    def _tries(self, header: str) -> int:
        me: Any = self
        return number(me.request_dict.get(header))

    def _repeat(self, again: Again) -> None:
        count = self._tries(again.header)
        seconds = pause(count)
        logger.warning(
            "%s failed for a passing reason; try %d of %d in %d s: %s", self, count + 1, again.tries, seconds, again.why
        )
        self._instead = functools.partial(
            self.context.broker.repeat, self.delivery_tag, again.header, count + 1, seconds
        )

    def _end(self) -> None:
        """End a request without a record of a failure."""
        state: Any = importlib.import_module("celery.worker.state")
        state.task_ready(self)
        self.reject()

    def acknowledge(self) -> None:
        """Acknowledge it, or do what was decided instead.

        Not by its channel: if that was lost meanwhile, it ends the worker with an ``AttributeError`` (kombu 5.6.2).
        """
        if not self.acknowledged:
            self._leave_to_us()

    def reject(self, requeue: bool = False) -> None:
        """Reject it, or do what was decided instead."""
        if self.acknowledged:
            return
        if requeue and self._instead is None:
            up: Any = super()
            up.reject(requeue)
        else:
            self._leave_to_us()

    def _leave_to_us(self) -> None:
        me: Any = self
        self.acknowledged = True
        with suppress(AttributeError):
            # The channel has it in mind until it is acknowledged, and would give it back; a lost one is no more.
            virtual: Any = importlib.import_module("kombu.transport.virtual")
            virtual.QoS.ack(me._message.channel.qos, me._message.delivery_tag)  # noqa: SLF001
        done = functools.partial(self.context.broker.done, self.delivery_tag)
        self.context.settlements.add(self.delivery_tag, self._instead or done)
        self.context.say()


def flush_without_running(pool: Any) -> Callable[[], None]:  # noqa: ANN401
    """Return what a pool forgets its tasks with when the connection is lost; those that run are kept.

    Celery before 5.6 forgets them as well, so they end and nobody acknowledges them.
    """
    flush = getattr(pool.flush, "__wrapped__", pool.flush)

    @functools.wraps(flush)
    def wrapper() -> None:
        cache: dict[Any, Any] = pool._pool._cache  # noqa: SLF001
        running = {number: job for number, job in cache.items() if job._accepted}  # noqa: SLF001
        flush()
        cache.update(running)

    return wrapper


def _step(context: _Context) -> Any:  # noqa: ANN401
    """Return a step of the worker's consumer, which starts after each connection and stops before the next."""
    bootsteps: Any = importlib.import_module("celery.bootsteps")
    request: Any = importlib.import_module("celery.worker.request")
    state: Any = importlib.import_module("celery.worker.state")
    of_ours: Any = type("Request", (RequestMixin, request.Request), {"context": context})

    def initialize(self: Any, consumer: Any, **keywords: Any) -> None:  # noqa: ANN401
        bootsteps.StartStopStep.__init__(self, consumer, **keywords)
        self.timer = None
        for task in consumer.app.tasks.values():
            task.Request = of_ours
            if task.name in REPEATED:
                task.run = repeatable(context, task, task.run)

    def start(self: Any, consumer: Any) -> None:  # noqa: ANN401
        if consumer.pool.flush is not None:
            consumer.pool.flush = flush_without_running(consumer.pool)
        active = list(state.active_requests)
        context.taken.keep(active)
        # After a reconnection Celery counts none of them, and would take another one that waits for this one's end.
        for one in active:
            state.reserved_requests.add(one)
        context.tick()
        self.timer = consumer.timer.call_repeatedly(_TICK_SECONDS, context.tick)

    def stop(self: Any, _consumer: Any) -> None:  # noqa: ANN401
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        context.tick()

    methods = {"__init__": initialize, "start": start, "stop": stop, "shutdown": stop}
    return type("Notes", (bootsteps.StartStopStep,), {"requires": ("celery.worker.consumer.tasks:Tasks",), **methods})


def _qos(base: Any, context: _Context) -> Any:  # noqa: ANN401
    """Return what a channel has its messages in mind with.

    A lost one keeps those that are worked on, and a full server takes note of what was taken from it.
    """
    state: Any = importlib.import_module("celery.worker.state")
    virtual: Any = importlib.import_module("kombu.transport.virtual")

    def append(self: Any, message: Any, delivery_tag: str) -> None:  # noqa: ANN401
        try:
            base.append(self, message, delivery_tag)
        except redis.OutOfMemoryError:
            info = message.delivery_info
            value = json.dumps([message._raw, info["exchange"], info["routing_key"]])  # noqa: SLF001
            context.broker.take_when_full(delivery_tag, time.time(), value)
            virtual.QoS.append(self, message, delivery_tag)

    def restore_unacked_once(self: Any, stderr: Any = None) -> None:  # noqa: ANN401
        for request in state.active_requests:
            self._delivered.pop(getattr(request, "delivery_tag", None), None)
        base.restore_unacked_once(self, stderr)

    return type("QoS", (base,), {"append": append, "restore_unacked_once": restore_unacked_once})


def install(app: Any, context: _Context) -> None:  # noqa: ANN401
    """Put all of it into a Celery application, before its worker starts."""
    signals: Any = importlib.import_module("celery.signals")
    transport: Any = importlib.import_module("kombu.transport.redis")

    def count(sender: Any = None, **_keywords: Any) -> None:  # noqa: ANN401
        if sender == CONSUME:
            context.published += 1

    app.steps["consumer"].add(_step(context))
    transport.Channel.QoS = _qos(transport.QoS, context)
    signals.after_task_publish.connect(count, weak=False)


def main() -> None:
    """Run in a worker, where Celery includes this module."""
    app: Any = importlib.import_module("celery").current_app
    client: Any = redis.Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        os.environ["PAPERLESS_REDIS"], socket_timeout=5, socket_connect_timeout=5
    )
    prefix = os.environ.get("PAPERLESS_REDIS_PREFIX", "")
    install(app, _Context(Broker(client, prefix, socket.gethostname())))


if "celery.bin.worker" in sys.modules and __name__ != "__main__":
    main()
