"""Messages in Redis: those in work and whose they are, those that wait for another try, those that were put aside.

Moves are kombu's own (5.3 to 5.6, ``kombu/transport/redis.py``: ``restore_by_tag``, ``_do_restore_message``), so that a
worker finds what it would have found an hour later. Each is one transaction that watches ``unacked``: a message that is
acknowledged, or moved by somebody else, meanwhile is not moved again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import redis

KEYS = "cdk8s-paperless-ngx:"
"""In front of every key that is not kombu's; the worker's module has it, too, as it is mounted alone."""
LOST = "cdk8s_lost"
_SEPARATOR = "\x06\x16"
"""Between the parts of a binding, and between a queue's name and a priority."""
_PRIORITIES = (0, 3, 6, 9)
_PATH = re.compile(r"'(/[^']+)'")


@dataclass(frozen=True)
class Delivery:
    """A message in a worker's hands.

    Attributes:
        tag: Its delivery tag, which stays the same when it is delivered again.
        taken: When it was taken, in seconds since 1970: another time is another delivery.
        owner: The host name of the worker that took it; None if it left no note.
        process: Which process of that worker; empty if it left no note.
    """

    tag: str
    taken: float
    owner: str | None
    process: str = ""


@dataclass(frozen=True)
class WorkerNote:
    """What a worker says of itself every few seconds.

    Attributes:
        beat: Is another one each time.
        tags: What it works on.
    """

    beat: tuple[str, int]
    tags: frozenset[str]


class Deliveries:
    """The keys of one instance."""

    def __init__(self, client: redis.Redis, prefix: str) -> None:
        self._client: Any = client
        self._prefix = prefix
        self._unacked = f"{prefix}unacked"
        self._index = f"{prefix}unacked_index"
        self._keys = f"{prefix}{KEYS}"

    def taken(self) -> list[Delivery]:
        """Return what is in work, without the messages themselves."""
        pipeline = self._client.pipeline(transaction=True)
        pipeline.hkeys(self._unacked)
        pipeline.zrange(self._index, 0, -1, withscores=True)
        pipeline.hgetall(f"{self._keys}owners")
        tags, index, owners = pipeline.execute()
        times: dict[bytes, float] = dict(index)
        notes: dict[bytes, bytes] = owners
        found: list[Delivery] = []
        for tag in tags:
            owner, _, process = notes.get(tag, b"").decode().partition(" ")
            found.append(Delivery(tag.decode(), times.get(tag, 0), owner or None, process))
        return found

    def workers(self) -> dict[str, WorkerNote]:
        """Return what workers said last, by host name."""
        notes: dict[bytes, bytes] = self._client.hgetall(f"{self._keys}workers")
        return {name.decode(): _note(text) for name, text in notes.items()}

    def forget_workers(self, names: Iterable[str]) -> None:
        """Drop what workers said that are no more."""
        for name in names:
            self._client.hdel(f"{self._keys}workers", name)

    def forget_owners(self) -> None:
        """Drop notes on messages that are in work no more; a note that is just being written has its message first."""

        def transaction(pipeline: Any) -> None:  # noqa: ANN401 (redis-py has no types for it)
            stale = set(pipeline.hkeys(f"{self._keys}owners")) - set(pipeline.hkeys(self._unacked))
            pipeline.multi()
            if stale:
                pipeline.hdel(f"{self._keys}owners", *stale)

        self._client.transaction(transaction, self._unacked, f"{self._keys}owners")

    def restore(self, delivery: Delivery, limit: int, *, lost_worker: bool = True) -> str | None:
        """Give a message back to its queue, or put it aside when so many workers were lost with it.

        Args:
            delivery: The message in its last worker's hands.
            limit: Of workers that may be lost with it.
            lost_worker: Whether that worker was lost; one that lost its connection dropped the message, and lives.

        Returns:
            What was done with it, for the log; None if it was acknowledged or moved meanwhile.
        """

        def transaction(pipeline: Any) -> str | None:  # noqa: ANN401
            value = pipeline.hget(self._unacked, delivery.tag)
            taken = pipeline.zscore(self._index, delivery.tag)
            message, exchange, routing_key = json.loads(value) if value is not None else (None, "", "")
            queues = self._queues(pipeline, exchange, routing_key)
            pipeline.multi()
            if message is None or (taken or 0) != delivery.taken:
                return None
            pipeline.hdel(self._unacked, delivery.tag)
            pipeline.zrem(self._index, delivery.tag)
            pipeline.hdel(f"{self._keys}owners", delivery.tag)
            headers = _headers(message)
            lost = int(headers.get(LOST) or 0) + lost_worker
            headers[LOST] = lost
            if lost >= limit:
                why = f"{lost} workers were lost with it, perhaps for memory"
                stored = {"message": json.dumps([message, exchange, routing_key]), "why": why}
                pipeline.hset(f"{self._keys}aside", delivery.tag, json.dumps(stored))
                pipeline.hincrby(f"{self._keys}counts", "put_aside", 1)
                return f"put aside: {describe(message)}; {why}"
            pipeline.hincrby(f"{self._keys}counts", "restored", 1)
            self._queue(pipeline.rpush, queues, message)
            why = f"its worker was lost ({lost} of {limit})" if lost_worker else "its worker dropped it and lives"
            return f"given back to {', '.join(queues)}: {describe(message)}; {why}"

        done: str | None = self._transaction(transaction)
        return done

    def give_back_due(self, limit: int = 100) -> list[str]:
        """Move what is due for another try to the end of its queue; return what it is, for the log."""
        second, microsecond = self._client.time()
        now = second + microsecond / 1e6
        due: list[bytes] = self._client.zrangebyscore(f"{self._keys}retries", "-inf", now, start=0, num=limit)
        return [described for value in due if _is_message(value) and (described := self._give_back(value)) is not None]

    def _give_back(self, value: bytes) -> str | None:
        retries = f"{self._keys}retries"

        def transaction(pipeline: Any) -> str | None:  # noqa: ANN401
            score = pipeline.zscore(retries, value)
            message, exchange, routing_key = json.loads(value)
            queues = self._queues(pipeline, exchange, routing_key)
            pipeline.multi()
            if score is None:
                return None
            pipeline.zrem(retries, value)
            # At the end, as a new one: whatever fails again and again holds nobody up.
            self._queue(pipeline.lpush, queues, message)
            return describe(message)

        done: str | None = self._transaction(transaction, retries)
        return done

    def overdue(self, seconds: float) -> list[str]:
        """Return what should have been queued again so long ago: the redelivery does not run, or cannot read it."""
        second, _ = self._client.time()
        found: list[bytes] = self._client.zrangebyscore(f"{self._keys}retries", "-inf", second - seconds)
        return [_readable(value) for value in found]

    def aside(self) -> dict[str, str]:
        """Return what was put aside and why, by delivery tag."""
        found: dict[bytes, bytes] = self._client.hgetall(f"{self._keys}aside")
        entries = {tag.decode(): json.loads(text) for tag, text in found.items()}
        return {tag: f"{describe(json.loads(entry['message'])[0])}; {entry['why']}" for tag, entry in entries.items()}

    def take_up(self, tag: str, *, again: bool) -> bool:
        """Queue what was put aside once more, or drop its message; return whether it was there."""
        aside = f"{self._keys}aside"

        def transaction(pipeline: Any) -> bool:  # noqa: ANN401
            value = pipeline.hget(aside, tag)
            message, exchange, routing_key = (
                json.loads(json.loads(value)["message"]) if value is not None else (None, "", "")
            )
            queues = self._queues(pipeline, exchange, routing_key)
            pipeline.multi()
            if message is None:
                return False
            pipeline.hdel(aside, tag)
            _headers(message).pop(LOST, None)
            if again:
                self._queue(pipeline.lpush, queues, message)
            return True

        return bool(self._transaction(transaction, aside))

    def counts(self) -> dict[str, int]:
        """Return how often each thing was done since Redis has its data."""
        found: dict[bytes, bytes] = self._client.hgetall(f"{self._keys}counts")
        return {name.decode(): int(value) for name, value in found.items()} | {
            "waiting_for_retry": int(self._client.zcard(f"{self._keys}retries"))
        }

    def _transaction(self, change: Callable[[Any], Any], *keys: str) -> Any:  # noqa: ANN401
        return self._client.transaction(change, *(keys or (self._unacked,)), value_from_callable=True)

    def _queue(self, push: Callable[[str, str], Any], queues: Iterable[str], message: dict[str, Any]) -> None:
        """Put a message into queues, marked as redelivered; ``rpush`` puts it where workers take from next."""
        for queue in queues:
            push(_list(self._prefix, queue, message), json.dumps(_redelivered(message)))

    def _queues(self, pipeline: Any, exchange: str, routing_key: str) -> list[str]:  # noqa: ANN401
        """Return the queues of a direct exchange; the default one, which Celery uses, has the key as the queue."""
        if not exchange:
            return [routing_key]
        bindings: set[bytes] = pipeline.smembers(f"{self._prefix}_kombu.binding.{exchange}")
        parts = [binding.decode().split(_SEPARATOR) for binding in bindings]
        return sorted(part[-1] for part in parts if part[0] == routing_key) or [routing_key]


def describe(message: Mapping[str, Any]) -> str:
    """Return a task's name and id, and the first file in its arguments, as far as its headers show them."""
    headers: Mapping[str, Any] = message.get("headers", {})
    arguments = f"{headers.get('argsrepr', '')} {headers.get('kwargsrepr', '')}"
    file = _PATH.search(arguments)
    return f"{headers.get('task')}[{headers.get('id')}]{' ' + file[1] if file else ''}"


def _is_message(value: bytes) -> bool:
    """Return whether a member is one that a worker has put there; any other must not hold up the rest."""
    try:
        message, _, _ = json.loads(value)
    except (TypeError, ValueError):
        return False
    return isinstance(message, dict)


def _readable(value: bytes) -> str:
    return describe(json.loads(value)[0]) if _is_message(value) else f"unreadable: {value[:60]!r}"


def _note(text: bytes) -> WorkerNote:
    values = json.loads(text)
    return WorkerNote((values["process"], values["beat"]), frozenset(values["tags"]))


def _headers(message: dict[str, Any]) -> dict[str, Any]:
    headers: dict[str, Any] = message.setdefault("headers", {})
    return headers


def _redelivered(message: dict[str, Any]) -> dict[str, Any]:
    _headers(message)["redelivered"] = True
    message.setdefault("properties", {}).setdefault("delivery_info", {})["redelivered"] = True
    return message


def _list(prefix: str, queue: str, message: Mapping[str, Any]) -> str:
    try:
        priority = max(0, min(9, int(message["properties"]["priority"])))
    except (KeyError, TypeError, ValueError):
        priority = 0
    step = max(each for each in _PRIORITIES if each <= priority)
    return f"{prefix}{queue}{_SEPARATOR}{step}" if step else f"{prefix}{queue}"
