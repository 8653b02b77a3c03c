"""What the application has stored, as its own table says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engines import Connection


class Documents(Protocol):
    """What the application has stored."""

    @property
    def algorithm(self) -> str:
        """Of its checksums, as ``hashlib`` calls it."""
        ...

    def has(self, checksum: str) -> bool:
        """Return whether there is a document with this checksum, and not in the trash: from there it will vanish."""
        ...

    def without_document(self, names: Sequence[str]) -> list[str]:
        """Return those of some names of files in media that no document has, also none in the trash."""
        ...


class StoredDocuments:
    """The application's own table."""

    def __init__(self, connection: Connection, algorithm: str) -> None:
        self._connection = connection
        self.algorithm = algorithm

    def has(self, checksum: str) -> bool:
        """Return whether there is a document with this checksum, and not in the trash."""
        query = (
            "SELECT 1 FROM documents_document"
            " WHERE (checksum = %s OR archive_checksum = %s) AND deleted_at IS NULL LIMIT 1"
        )
        with self._connection.cursor() as cursor:
            cursor.execute(query, (checksum, checksum))
            return cursor.fetchone() is not None

    def without_document(self, names: Sequence[str]) -> list[str]:
        """Return those of some names of files in media that no document has."""
        query = "SELECT 1 FROM documents_document WHERE filename = %s LIMIT 1"
        missing: list[str] = []
        with self._connection.cursor() as cursor:
            for name in names:
                cursor.execute(query, (name,))
                if cursor.fetchone() is None:
                    missing.append(name)
        return missing
