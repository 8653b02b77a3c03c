"""What tasks wait, run, wait for another try or were put aside, as far as their messages in Redis tell.

Messages are read a few at a time, so that a long queue takes no more memory than a short one. A message that moves
meanwhile may be missed, or seen twice: whoever must not miss one looks twice, with a pause in between.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deliveries import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import redis

_WAITING = ("celery", "celery\x06\x163", "celery\x06\x166", "celery\x06\x169")
"""Celery's queue, and what kombu calls it for each of its other priorities."""
_TAKEN = "unacked"
_CHUNK = 100
_BODY = re.compile(rb'\\?"body\\?": ?\\?"([A-Za-z0-9+/=]*)\\?"')
"""Also inside a string, as a message that was put aside is."""
_RANDOM = re.compile(r"(?:tmp|paperless-mail-|paperless-barcode-split-)[a-z0-9_]{8}")
"""Names that Python's ``tempfile`` makes; there may be as many of them as messages."""
_SHORT_TEXT = b"\x8c"
"""In a pickle, in front of a text's length in one byte."""
_LONG_TEXT_BYTES = 256


@dataclass(frozen=True)
class Message:
    """A task's message.

    Attributes:
        text: What it says, with its body decoded.
    """

    text: bytes

    def refers_to(self, name: str) -> bool:
        """Return whether a text is in it, such as a task's name or that of a folder in scratch.

        The body is never unpickled: a pickled text contains the text.
        """
        return name.encode(errors="surrogateescape") in self.text

    def refers_to_file(self, path: str) -> bool:
        """Return whether it has the path of a file, whose name may also be that of another one elsewhere.

        A pickled path is its parts, each a text of its own, in Python 3.13 one text, and since 3.14 the pieces that it
        was joined of, which may have slashes in them.
        """
        whole = b"/" + path.encode(errors="surrogateescape").strip(b"/")
        parts = whole[1:].split(b"/")
        return all(_pickled(part) in self.text for part in parts) or self._has_pieces(whole)

    def _has_pieces(self, path: bytes) -> bool:
        """Return whether an absolute path is in it, whole or in two or more pieces that begin at a slash."""
        if path in self.text:
            return True
        slashes = [index for index in range(1, len(path)) if path[index : index + 1] == b"/"]
        return any(_pickled(path[index + 1 :]) in self.text and self._has_pieces(path[:index]) for index in slashes)


def messages(client: redis.Redis, prefix: str) -> Iterator[Message]:
    """Give every message.

    Args:
        client: The broker.
        prefix: In front of every key (``PAPERLESS_REDIS_PREFIX``).
    """
    for text in _texts(client, prefix):
        yield Message(_decoded(text))


class References:
    """Which of some names in scratch, and of some files elsewhere, messages refer to."""

    def __init__(self, names: Iterable[str], files: Iterable[str]) -> None:
        self._random = {name for name in names if _RANDOM.fullmatch(name)}
        self._others = {name for name in names if name not in self._random}
        self._files = set(files)
        self.names: set[str] = set()
        self.files: set[str] = set()

    def take(self, message: Message) -> None:
        """Look at one message; those that are found need no other."""
        if self._random:
            found = {match.decode() for match in _RANDOM_BYTES.findall(message.text)} & self._random
            self.names |= found
            self._random -= found
        for name in [name for name in self._others if message.refers_to(name)]:
            self.names.add(name)
            self._others.discard(name)
        for file in [file for file in self._files if message.refers_to_file(file)]:
            self.files.add(file)
            self._files.discard(file)


_RANDOM_BYTES = re.compile(_RANDOM.pattern.encode())


def _texts(client: Any, prefix: str) -> Iterator[bytes]:  # noqa: ANN401 (redis-py has no types for it)
    # In the order in which they move: waiting, taken, put off. A list grows at its head, so what is pushed meanwhile
    # makes a message come twice.
    for key in _WAITING:
        first = 0
        while texts := client.lrange(f"{prefix}{key}", first, first + _CHUNK - 1):
            yield from texts
            first += _CHUNK
    for key in (_TAKEN, f"{KEYS}aside"):
        for _, text in client.hscan_iter(f"{prefix}{key}", count=_CHUNK):
            yield text
    for text, _ in client.zscan_iter(f"{prefix}{KEYS}retries", count=_CHUNK):
        yield text


def _decoded(message: bytes) -> bytes:
    """Return a message with its body decoded as well."""
    found = _BODY.search(message)
    return message + base64.b64decode(found[1]) if found else message


def _pickled(text: bytes) -> bytes:
    return _SHORT_TEXT + bytes([len(text)]) + text if len(text) < _LONG_TEXT_BYTES else text
