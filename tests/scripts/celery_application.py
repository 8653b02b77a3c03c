"""A Celery application as upstream configures it, for real workers in tests: what a task does stands in its file."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path

from celery import Celery, shared_task

app = Celery("application")
app.conf.update(
    broker_url=os.environ["PAPERLESS_REDIS"],
    result_backend=os.environ["PAPERLESS_REDIS"],
    broker_transport_options={"global_keyprefix": os.environ["PAPERLESS_REDIS_PREFIX"]},
    broker_connection_retry_on_startup=True,
    task_serializer="pickle",
    accept_content=["json", "pickle"],
    task_track_started=True,
    worker_concurrency=1,
    worker_max_tasks_per_child=1,
    task_time_limit=60,
)


@shared_task(name="documents.tasks.consume_file")
def consume_file(input_doc, overrides=None):
    """Do what the lines of a file say, each word once more for each try; store it; remove it."""
    file = Path(input_doc)
    store = Path(os.environ["STORE"])
    with (store / "log").open("a", encoding="utf-8") as log:
        log.write(f"begin {file.name} {time.time()} {os.environ['NAME']}\n")
    for line in file.read_text(encoding="utf-8").splitlines():
        _do(line.partition(" "), file, overrides)
    with (store / "log").open("a", encoding="utf-8") as log:
        log.write(f"end {file.name} {time.time()} {os.environ['NAME']}\n")
    (store / f"{file.name}-{time.time_ns()}").write_text(repr(overrides), encoding="utf-8")
    file.unlink()


def _do(words, file, overrides):
    what, _, argument = words
    if what == "once":
        mark = file.with_suffix(".once")
        if mark.exists():
            return
        mark.touch()
        what, _, argument = argument.partition(" ")
    if what == "sleep":
        time.sleep(float(argument))
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "full":
        raise RuntimeError("wrapped") from OSError(errno.ENOSPC, "No space left on device")
    if what == "fail":
        raise RuntimeError("damaged")
    if what == "unlink":
        file.unlink()
        raise ConnectionResetError("after it was stored")
    if what == "split":
        part = file.with_name(f"{file.stem}-part.txt")
        part.write_text("", encoding="utf-8")
        consume_file.delay(str(part), overrides)
        raise ConnectionResetError("after a part was queued")


@shared_task(name="documents.tasks.bulk_update_documents")
def bulk_update_documents():
    """Fail for a passing reason, and be no task that may run twice."""
    with Path(os.environ["STORE"], "log").open("a", encoding="utf-8") as log:
        log.write("begin bulk\n")
    raise ConnectionResetError("x")
