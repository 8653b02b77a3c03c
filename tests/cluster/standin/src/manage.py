"""The management commands that pods run."""

import os
import sys
import time
from pathlib import Path

from django.core.management import execute_from_command_line
from documents import index
from documents.events import record, sql

_TABLES = {
    "standin_event": "id serial PRIMARY KEY, version text, pod text, process text, what text,"
    " at timestamp(6) DEFAULT CURRENT_TIMESTAMP(6)",
    "auth_user": "name varchar(100) PRIMARY KEY, password text",
    "documents_document": "id serial PRIMARY KEY, name text, content text, worker text, checksum text,"
    " archive_checksum text, filename text, title text, tags text, owner text, deleted_at timestamp NULL,"
    " root_document_id integer",
}


def check():
    """Every directory exists and can be written, as upstream's own check asks."""
    for name in ("DATA_DIR", "MEDIA_ROOT", "CONSUMPTION_DIR"):
        probe = Path(os.environ[f"PAPERLESS_{name}"], f".check-{os.getpid()}")
        probe.touch()
        probe.unlink()


def migrate():
    if os.environ["PAPERLESS_DBENGINE"] == "sqlite":
        # The importer makes the one table that there is.
        return
    for table, columns in _TABLES.items():
        sql(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
    record("migration", "begins")
    time.sleep(float(os.environ.get("STANDIN_MIGRATION_SECONDS", "0")))
    record("migration", "ends")


def document_index():
    """The language is the index's own, and of another one it says nothing unless it is made anew."""
    language = Path(os.environ["PAPERLESS_DATA_DIR"], "index", "language")
    if "--if-needed" not in sys.argv or not language.exists():
        index.write(sql("SELECT id, content FROM documents_document"))
        language.write_text(os.environ["PAPERLESS_OCR_LANGUAGE"])
        record("migration", f"makes the index anew for {os.environ['PAPERLESS_OCR_LANGUAGE']}")


def manage_superuser():
    user = os.environ["PAPERLESS_ADMIN_USER"]
    if not sql("SELECT 1 FROM auth_user WHERE name = %s", user):
        sql("INSERT INTO auth_user VALUES (%s, %s)", user, os.environ["PAPERLESS_ADMIN_PASSWORD"])


def document_consumer():
    # Which connects tasks with the broker.
    import paperless  # noqa: F401
    from documents.tasks import consume_file

    check()
    record("consumer", "starts")
    queued = set()
    while True:
        for path in sorted(Path(os.environ["PAPERLESS_CONSUMPTION_DIR"]).iterdir()):
            if path not in queued:
                consume_file.delay(str(path))
                queued.add(path)
        time.sleep(0.5)


def document_exporter():
    check()
    execute_from_command_line(sys.argv)


def document_importer():
    execute_from_command_line(sys.argv)
    if os.environ["PAPERLESS_DBENGINE"] == "postgresql":
        sql("SELECT setval('documents_document_id_seq', (SELECT max(id) FROM documents_document))")


def document_sanity_checker():
    """It finds nothing."""


def document_llmindex():
    """There is none."""


if __name__ == "__main__":
    globals()[sys.argv[1]]()
