"""Tasks of the worker.

What a task does stands in its document, in words that may be mixed with any others:

* ``sleep 20``: works for 20 seconds, with the database's connection open and a status message each second
* ``quiet 20``: works for 20 seconds and talks to nobody, as OCR does
* ``fail``: fails for a lasting reason, as a damaged PDF does
* ``kill child``: kills its own process, as the kernel does when memory is short
* ``kill child once``: the same, but not when it is taken up again
* ``no space once``, ``stale once``, ``broken connection once``: fails so at the first time

Like upstream's it stores a document in one transaction, in which it removes the file it was given.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import tempfile
import time
from pathlib import Path

from celery import shared_task

from documents import index
from documents.events import record, transaction
from documents.progress import send

_ERRORS = {
    "no space": OSError(errno.ENOSPC, "No space left on device"),
    "stale": OSError(errno.ESTALE, "Stale file handle"),
    "broken connection": ConnectionResetError("Connection reset by peer"),
}


class ConsumerError(Exception):
    """What upstream wraps all in."""


@shared_task
def consume_file(path, title=None, tags=None, owner=None):
    """Store a document.

    The keywords stand for what upstream gives as ``overrides``.
    """
    source = Path(path)
    send(source.name, "STARTED", 0)
    if not source.exists():
        raise ConsumerError(f"Cannot consume {source}: File not found.")
    content = source.read_text()
    record("worker", f"consumes {source.name}")
    folder = tempfile.TemporaryDirectory(prefix="paperless-ngx", dir=os.environ["PAPERLESS_SCRATCH_DIR"])
    try:
        with folder as working, transaction() as run:
            copy = shutil.copy(source, Path(working, source.name))
            _work(run, source, content)
            _store(run, source, copy, content, (title, json.dumps(tags), owner))
    except Exception as error:
        send(source.name, "FAILED", 100)
        raise ConsumerError(f"{source.name}: {error}") from error
    if source.parent.name.startswith("tmp"):
        source.parent.rmdir()
    send(source.name, "SUCCESS", 100)
    index.add(source.name)
    record("worker", f"consumed {source.name}")


def _work(run, source, content):
    quiet = re.search(r"quiet (\d+)", content)
    time.sleep(int(quiet[1]) if quiet else 0)
    match = re.search(r"sleep (\d+)", content)
    for second in range(int(match[1]) if match else 0):
        run("SELECT %s", second)
        send(source.name, "WORKING", second)
        time.sleep(1)
    if "kill child" in content and ("once" not in content or _is_first(source)):
        os.kill(os.getpid(), signal.SIGKILL)
    for words, error in _ERRORS.items():
        if f"{words} once" in content and _is_first(source):
            raise error
    if "fail" in content:
        raise RuntimeError("as the document asked for")
    if not Path(os.environ["PAPERLESS_DATA_DIR"], "index", "language").exists():
        raise RuntimeError("there is no index")


def _is_first(source):
    """Whether this is asked for the first time for a file, by whatever worker."""
    marks = Path(os.environ["PAPERLESS_DATA_DIR"], "standin-once")
    marks.mkdir(exist_ok=True)
    try:
        Path(marks, hashlib.sha256(str(source).encode()).hexdigest()).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _store(run, source, copy, content, overrides):
    run(
        "INSERT INTO documents_document (name, content, worker, checksum, filename, title, tags, owner)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        source.name,
        content,
        socket.gethostname(),
        hashlib.sha256(content.encode()).hexdigest(),
        source.name,
        *overrides,
    )
    shutil.copy(copy, Path(os.environ["PAPERLESS_MEDIA_ROOT"], "documents", "originals", source.name))
    source.unlink()


@shared_task
def train_classifier():
    """Do nothing, and say so."""
    record("worker", "trains the classifier")
