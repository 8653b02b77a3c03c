"""What tasks wait, run or are scheduled, as far as their messages in Redis tell."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import redis

_WAITING = ("celery", "celery\x06\x163", "celery\x06\x166", "celery\x06\x169")
"""Celery's queue, and what kombu calls it for each of its other priorities."""
_TAKEN = "unacked"
"""Tasks in work, and those a worker keeps until their time comes."""

_BODY = re.compile(rb'"body": ?"([A-Za-z0-9+/=]*)"')


def texts(client: redis.Redis, prefix: str) -> list[bytes]:
    """Return what each message says, in one look: a task that moves from one key to another is in one of them.

    Args:
        client: The broker.
        prefix: In front of every key (``PAPERLESS_REDIS_PREFIX``).
    """
    pipeline: Any = client.pipeline(transaction=True)  # pyright: ignore[reportUnknownMemberType]
    for key in _WAITING:
        pipeline.lrange(f"{prefix}{key}", 0, -1)
    pipeline.hvals(f"{prefix}{_TAKEN}")
    answers: list[list[bytes]] = pipeline.execute()
    return [_text(message) for answer in answers for message in answer]


def refers(messages: Iterable[bytes], name: str) -> bool:
    """Return whether a message has a file's or folder's name in it; those in scratch are random, so none is by chance.

    The body is never unpickled: a pickled text contains the text.
    """
    return any(name.encode() in message for message in messages)


def _text(message: bytes) -> bytes:
    """Return a message with its body decoded as well."""
    found = _BODY.search(message)
    return message + base64.b64decode(found[1]) if found else message
