"""Drill: imports the newest generation of a backup into a throw-away instance, and looks whether everything is there.

Database (SQLite, which upstream's importer bears), media and index are in a temporary directory. The backup is only
read; of the real instance nothing is touched: not its database, and in the broker only keys of the drill's own prefix.
"""

from __future__ import annotations

import importlib
import os
import re
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import manifest as manifests
from archive import indexed
from generations import DamagedError, Folder, FolderError, Generation
from log import end_at_sigterm, one_line, say
from management import MANAGE, CommandError, run
from manifest import ManifestError
from restore import Restore, RestoreError, check_passphrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FIRST_WITH_TANTIVY = 3
_DIRECTORIES = {
    "PAPERLESS_DATA_DIR": "data",
    "PAPERLESS_MEDIA_ROOT": "media",
    "PAPERLESS_CONSUMPTION_DIR": "consume",
    "PAPERLESS_SCRATCH_DIR": "scratch",
}
_NOT_THE_DRILLS = ("PAPERLESS_DB", "PAPERLESS_READ_CACHE", "PAPERLESS_EMPTY_TRASH_DIR")
"""Beginnings of variables: the database, and a cache of its queries, which is in the broker."""
_COUNTED = ("documents.", "paperless_mail.")
"""Models of which a fresh instance has none; of users, permissions and the like it has some of its own."""
_WORD = re.compile(r"\b[a-zA-Z]{6,20}\b")
_NEVER = 0


class DrillError(Exception):
    """Something of the backup is not there after its import."""


@dataclass
class Result:
    """What a drill found.

    Attributes:
        generation: Its number; 0 where there is none.
        documents: How many were found.
        reason: Why it failed; empty where it did not.
        seconds: How long it took.
    """

    generation: int = 0
    documents: int = 0
    reason: str = ""
    seconds: float = 0


def isolated(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the variables of an instance that is in a folder, and that shares nothing with the real one."""
    kept = {name: value for name, value in environment.items() if not name.startswith(_NOT_THE_DRILLS)}
    kept |= {variable: str(folder / name) for variable, name in _DIRECTORIES.items()}
    return kept | {"PAPERLESS_DBENGINE": "sqlite", "PAPERLESS_REDIS_PREFIX": "drill:"}


def drill(folder: Folder, version: str, environment: Mapping[str, str], place: Path, result: Result) -> None:
    """Import the newest generation, and look.

    Args:
        folder: The backup's.
        version: The image's.
        environment: Of the pod.
        place: An empty directory, with room for a whole generation.
        result: Gets what is found.

    Raises:
        DamagedError: A file is not the one that was published.
        DrillError: There is no generation, or something is not there.
        RestoreError: A file did not arrive.
    """
    generations = folder.generations()
    if not generations:
        msg = "there is no generation"
        raise DrillError(msg)
    generation = generations[-1]
    result.generation = generation.number
    facts = generation.facts()
    say(f"reading every file of {generation.name} …")
    sums = generation.check()
    if facts["version"] != version:
        msg = f"{generation.name} is an export of {facts['version']}, and this image is {version}"
        raise DrillError(msg)
    manifest = manifests.read(generation.export)
    check_passphrase(generation, manifest, environment)
    variables = isolated(environment, place)
    for name in ("data/index", "media/documents/originals", "media/documents/thumbnails", "consume", "scratch"):
        (place / name).mkdir(parents=True)
    run((*MANAGE, "migrate", "--skip-checks", "--no-input"), variables)
    Restore(generation, sums, manifest, manifest.documents).make(variables)
    result.documents = _count(place / "data" / "db.sqlite3", facts["kinds"])
    _search(generation, place / "data" / "index", tantivy=int(version.split(".", maxsplit=1)[0]) >= _FIRST_WITH_TANTIVY)


def _count(database: Path, kinds: Mapping[str, int]) -> int:
    """See that there are as many records of each kind as in the backup; return how many documents there are."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for kind, wanted in sorted(kinds.items()):
            table = kind.replace(".", "_")
            if not kind.startswith(_COUNTED) or table not in tables:
                continue
            (found,) = connection.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()
            if found != wanted:
                msg = f"{found} records of {kind} were imported, and the backup has {wanted}"
                raise DrillError(msg)
    return kinds.get("documents.document", 0)


def _search(generation: Generation, index: Path, *, tantivy: bool) -> None:
    """See that every document is in the index, and that a search finds one by a word of its text."""
    documents = dict(_searchable(generation))
    in_it = indexed(index, tantivy=tantivy)
    if in_it is None:
        raise DrillError("the search index cannot be read")
    missing = documents.keys() - in_it
    if missing:
        msg = f"{len(missing)} documents are not in the search index: {', '.join(map(str, sorted(missing)[:10]))}"
        raise DrillError(msg)
    number = min((number for number, word in documents.items() if word), default=None)
    if number is None:
        say("no document has a word to search for")
        return
    if number not in found(index, documents[number], tantivy=tantivy):
        raise DrillError(f"a search for a word of document {number} does not find it")
    say(f"a search for a word of document {number} finds it")


def _searchable(generation: Generation) -> Iterator[tuple[int, str]]:
    """Give the id and a word, or none, of every document that a search has to find."""
    export = generation.export
    for name in ("manifest.json", *(str(path.relative_to(export)) for path in export.glob("**/*-manifest.json"))):
        for record in manifests.records(export / name):
            fields = record["fields"]
            if record["model"] != "documents.document" or fields.get("deleted_at") or fields.get("root_document"):
                continue
            word = _WORD.search(fields.get("content") or "")
            yield int(record["pk"]), word[0].lower() if word else ""


def found(index: Path, word: str, *, tantivy: bool) -> set[int]:
    """Return the documents that have a word."""
    if tantivy:
        library: Any = importlib.import_module("tantivy")
        opened = library.Index.open(str(index))
        searcher = opened.searcher()
        # The field for suggestions: it has the words as they are, and needs none of the application's tokenizers.
        query = library.Query.term_query(opened.schema, "autocomplete_word", word)
        hits = searcher.search(query, limit=max(searcher.num_docs, 1)).hits
        return {int(number) for number in searcher.fast_field_values("id", [address for _, address in hits])}
    whoosh: Any = importlib.import_module("whoosh.index")
    parser: Any = importlib.import_module("whoosh.qparser")
    with whoosh.open_dir(str(index)).searcher() as searcher:
        query = parser.QueryParser("content", searcher.schema).parse(word)
        return {int(hit["id"]) for hit in searcher.search(query, limit=None)}


def metrics(result: Result, now: float, last_success: int) -> str:
    """Return a result in Prometheus' text format."""
    values = {
        "failed": (int(bool(result.reason)), "whether the last drill failed"),
        "generation": (result.generation, "number of the generation that was restored"),
        "documents": (result.documents, "documents that it has"),
        "duration_seconds": (round(result.seconds, 1), "how long it took"),
        "last_success_timestamp_seconds": (last_success, "when a drill succeeded last"),
        "last_run_timestamp_seconds": (int(now), "when the last drill ended"),
    }
    lines = (
        f"# HELP paperless_ngx_drill_{name} {text}\n# TYPE paperless_ngx_drill_{name} gauge\n"
        f"paperless_ngx_drill_{name} {value}\n"
        for name, (value, text) in values.items()
    )
    return "".join(lines)


def _last_success(file: Path) -> int:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        return _NEVER
    before = re.search(r"^paperless_ngx_drill_last_success_timestamp_seconds (\d+)$", text, re.MULTILINE)
    return int(before[1]) if before else _NEVER


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Run in a pod."""
    end_at_sigterm()
    result = Result()
    begin = time.monotonic()
    folder = Folder(Path(environment["BACKUP_DIR"]), environment["INSTANCE"])
    try:
        folder.check()
        with tempfile.TemporaryDirectory(dir=environment["DRILL_DIR"]) as place:
            drill(folder, environment["RELEASE_VERSION"], environment, Path(place), result)
    except (
        CommandError, DamagedError, DrillError, FolderError, ManifestError, RestoreError, OSError, sqlite3.Error
    ) as error:  # fmt: skip
        result.reason = one_line(error)
    result.seconds = time.monotonic() - begin
    say(f"failed: {result.reason}" if result.reason else f"found everything: {result.documents} documents")
    if name := environment.get("DRILL_METRICS"):
        file, now = Path(name), time.time()
        last = _last_success(file) if result.reason else int(now)
        new = file.with_name(f".{file.name}.new")
        new.write_text(metrics(result, now, last), encoding="utf-8")
        new.rename(file)
    return 1 if result.reason else 0


if __name__ == "__main__":
    sys.exit(main())
