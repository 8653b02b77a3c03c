"""Tasks of the worker."""

import hashlib
import os
import re
import shutil
import socket
import time
from pathlib import Path

from celery import shared_task

from documents.events import record, sql


@shared_task
def consume_file(path):
    source = Path(path)
    content = source.read_text()
    record("worker", f"consumes {source.name}")
    match = re.search(r"sleep (\d+)", content)
    time.sleep(int(match[1]) if match else 0)
    if "fail" in content:
        raise RuntimeError("as the document asked for")
    if not Path(os.environ["PAPERLESS_DATA_DIR"], "index", "language").exists():
        raise RuntimeError("there is no index")
    shutil.copy(source, Path(os.environ["PAPERLESS_MEDIA_ROOT"], "documents", "originals", source.name))
    sql(
        "INSERT INTO documents_document (name, content, worker, checksum) VALUES (%s, %s, %s, %s)",
        source.name,
        content,
        socket.gethostname(),
        hashlib.sha256(content.encode()).hexdigest(),
    )
    source.unlink()
    if source.parent.name.startswith("tmp"):
        source.parent.rmdir()
    record("worker", f"consumed {source.name}")


@shared_task
def train_classifier():
    record("worker", "trains the classifier")
