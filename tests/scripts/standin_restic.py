#!/usr/bin/env python3
"""Stand-in for restic: what the scripts ask of it, with a repository that is a folder of files.

Its exit statuses are the real one's, as are the tests that run with both where restic is installed.
"""

import json
import os
import secrets
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

FLAGS = {"--no-lock", "--json", "--quiet", "--ignore-ctime", "--prune", "--delete"}
_CONFIG = "config"


def options(arguments):
    """Split into words and options; all but the flags have a value."""
    words, given = [], {}
    while arguments:
        first, *arguments = arguments
        if first in FLAGS:
            given[first] = True
        elif first.startswith("--"):
            given[first], *arguments = arguments
        else:
            words.append(first)
    return words, given


def snapshots(repository, given):
    found = [json.loads(file.read_text(encoding="utf-8")) for file in (repository / "snapshots").iterdir()]
    tags = set(given["--tag"].split(",")) if "--tag" in given else set()
    return sorted(
        (s for s in found if s["hostname"] == given.get("--host", s["hostname"]) and tags <= set(s["tags"])),
        key=lambda s: s["time"],
    )


def backup(repository, given):
    name = secrets.token_hex(32)
    added, number, status = 0, 0, 0
    for line in Path(given["--files-from-verbatim"]).read_text(encoding="utf-8").splitlines():
        source = Path(line)
        if not source.exists():
            status = 3
        target = repository / "trees" / name / line.lstrip("/")
        files = source.rglob("*") if source.is_dir() else [source]
        for file in files:
            if file.is_file():
                copy = target / file.relative_to(source) if source.is_dir() else target
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, copy)
                added += file.stat().st_size
                number += 1
    moment = datetime.strptime(given["--time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    snapshot = {
        "id": name,
        "time": moment.isoformat(),
        "hostname": given["--host"],
        "tags": given["--tag"].split(","),
        "summary": {"total_files_processed": number},
    }
    (repository / "snapshots" / name).write_text(json.dumps(snapshot), encoding="utf-8")
    print(json.dumps({"message_type": "summary", "data_added_packed": added, "snapshot_id": name}))  # noqa: T201
    return status


def forget(repository, ids):
    if not ids:
        return 1
    for snapshot in ids:
        (repository / "snapshots" / snapshot).unlink()
        shutil.rmtree(repository / "trees" / snapshot)
    return 0


def restore(repository, words, given):
    snapshot, folder = words[1].split(":")
    target = Path(given["--target"])
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(repository / "trees" / snapshot / folder.lstrip("/"), target)
    return 0


def main():  # noqa: C901, PLR0911 (a branch for each command)
    words, given = options(sys.argv[1:])
    repository = Path(os.environ["RESTIC_REPOSITORY"])
    if words[0] == "init":
        for name in ("snapshots", "trees"):
            (repository / name).mkdir(parents=True)
        config = {"id": secrets.token_hex(32), "password": os.environ["RESTIC_PASSWORD"]}
        (repository / _CONFIG).write_text(json.dumps(config), encoding="utf-8")
        return 0
    if not (repository / _CONFIG).exists():
        return 10
    config = json.loads((repository / _CONFIG).read_text(encoding="utf-8"))
    if config["password"] != os.environ["RESTIC_PASSWORD"]:
        return 12
    match words[0]:
        case "cat":
            print(json.dumps({"id": config["id"]}))  # noqa: T201
        case "snapshots":
            print(json.dumps(snapshots(repository, given)))  # noqa: T201
        case "unlock" | "check":
            pass
        case "backup":
            return backup(repository, given)
        case "forget":
            return forget(repository, words[1:])
        case "restore":
            return restore(repository, words, given)
        case _:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
