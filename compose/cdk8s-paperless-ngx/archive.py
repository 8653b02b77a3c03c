"""What an instance holds: its documents by the database, and those among them that a search can find."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from database import is_missing_column
from log import one_line, say

if TYPE_CHECKING:
    from pathlib import Path

    from engines import Connection, Engine


class Archive:
    """Documents and search index of an instance, as far as counting goes.

    Args:
        connection: To the application's database.
        engine: Whose errors it raises.
        index: The search index's directory.
        tantivy: Whether the index is Tantivy's, as since 3.0; else it is Whoosh's, and a document has no versions.
    """

    def __init__(self, connection: Connection, engine: Engine, index: Path, *, tantivy: bool) -> None:
        self._connection = connection
        self._engine = engine
        self._index = index
        self._tantivy = tantivy

    def documents(self) -> int:
        """Return how many there are, also in the trash, whose files stay; 0 where there is no table."""
        return self._count("documents_document") or 0

    def was_migrated(self) -> bool:
        """Return whether the application has ever made its tables: it may have users and mail accounts, too."""
        return bool(self._count("django_migrations"))

    def _count(self, table: str) -> int | None:
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(f"SELECT COUNT(*) FROM {table}")
            except self._engine.error as error:
                if self._engine.is_missing_table(error):
                    return None
                raise
            return int(cursor.fetchone()[0])

    def unindexed(self) -> list[int] | None:
        """Return the ids of documents that no search can find; None where the index cannot be read."""
        searchable = self._searchable()
        found = indexed(self._index, tantivy=self._tantivy)
        # Nothing can be missing, and an index that nobody has written to may have no form yet.
        return sorted(searchable - (found or set())) if found is not None or not searchable else None

    def _searchable(self) -> set[int]:
        """Return what must be in the index: neither the trash, nor later versions, which a search finds by the first.

        A full reindex puts the versions in as well (3.0.5: ``Document.objects``), but consumption does not.
        """
        where = "deleted_at IS NULL" + (" AND root_document_id IS NULL" if self._tantivy else "")
        try:
            return self._ids(f"WHERE {where}")
        except self._engine.error as error:
            if not is_missing_column(error):
                raise
            # Before 2.10 there was no trash.
            return self._ids("")

    def _ids(self, where: str) -> set[int]:
        found: set[int] = set()
        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM documents_document {where}")
            while (row := cursor.fetchone()) is not None:
                found.add(int(row[0]))
        return found


def indexed(folder: Path, *, tantivy: bool) -> set[int] | None:
    """Return the ids in a search index; None where it cannot be read.

    Without Django, whose start takes seconds: 100,000 ids of Tantivy take a tenth of a second and 40 MB.
    """
    read = _in_tantivy if tantivy else _in_whoosh
    try:
        return read(folder)
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 (Tantivy raises ValueError, and where Rust panics no Exception at all)
        say(f"the search index cannot be read: {one_line(error)}")
        return None


def _in_tantivy(folder: Path) -> set[int]:
    library: Any = importlib.import_module("tantivy")
    searcher = library.Index.open(str(folder)).searcher()
    if not searcher.num_docs:
        return set()
    hits = searcher.search(library.Query.all_query(), limit=searcher.num_docs, count=False).hits
    addresses = [address for _, address in hits]
    try:
        return {int(number) for number in searcher.fast_field_values("id", addresses)}
    except ValueError:
        # In the indexes of 3.0 it has a column of its own (upstream ``src/documents/search/_schema.py``); elsewhere it
        # is at least stored, which takes longer.
        return {int(searcher.doc(address)["id"][0]) for address in addresses}


def _in_whoosh(folder: Path) -> set[int]:
    library: Any = importlib.import_module("whoosh.index")
    with library.open_dir(str(folder)).reader() as reader:
        return {int(fields["id"]) for fields in reader.all_stored_fields()}
