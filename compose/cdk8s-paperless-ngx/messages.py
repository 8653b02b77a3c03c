"""What tasks wait, run or are scheduled, as far as their messages in Redis tell."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import redis

_WAITING = ("celery", "celery\x06\x163", "celery\x06\x166", "celery\x06\x169")
"""Celery's queue, and what kombu calls it for each of its other priorities."""
_TAKEN = "unacked"
"""Tasks in work, and those a worker keeps until their time comes; the key with ``_index`` has when they were taken."""
_BODY = re.compile(rb'"body": ?"([A-Za-z0-9+/=]*)"')


@dataclass(frozen=True)
class Message:
    """A task's message.

    Attributes:
        text: What it says, with its body decoded.
        taken: When a worker took it, in seconds since 1970; None while it waits.
    """

    text: bytes
    taken: float | None = None

    def refers_to(self, name: str) -> bool:
        """Return whether a file's or folder's name is in it; those in scratch are random, so none is by chance.

        The body is never unpickled: a pickled text contains the text.
        """
        return name.encode() in self.text


def messages(client: redis.Redis, prefix: str) -> list[Message]:
    """Return every message, in one look: a task that moves from one key to another is in one of them.

    Args:
        client: The broker.
        prefix: In front of every key (``PAPERLESS_REDIS_PREFIX``).
    """
    pipeline: Any = client.pipeline(transaction=True)  # pyright: ignore[reportUnknownMemberType]
    for key in _WAITING:
        pipeline.lrange(f"{prefix}{key}", 0, -1)
    pipeline.hgetall(f"{prefix}{_TAKEN}")
    pipeline.zrange(f"{prefix}{_TAKEN}_index", 0, -1, withscores=True)
    *waiting, taken, times = pipeline.execute()
    return [*_waiting(waiting), *_taken(taken, dict(times))]


def _waiting(lists: Iterable[Iterable[bytes]]) -> list[Message]:
    return [Message(_text(text)) for texts in lists for text in texts]


def _taken(texts: dict[bytes, bytes], times: dict[bytes, float]) -> list[Message]:
    return [Message(_text(text), times.get(tag)) for tag, text in texts.items()]


def _text(message: bytes) -> bytes:
    """Return a message with its body decoded as well."""
    found = _BODY.search(message)
    return message + base64.b64decode(found[1]) if found else message
