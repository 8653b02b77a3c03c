"""Off-site: decides what is pushed into a restic repository, and says how it went.

A pod of it runs five containers, one after another, of which restic's (``off_site.sh``) do as they are told::

    look       config.json, snapshots.json      what is in the repository; no config.json where there is none
    plan       create, push                     whether to begin a repository, and whether to push
               paths, tags, time, origin        what, and how it is called
               generation                       a link to it, so that its path is the same each time: restic then
                                                compares with the snapshot before, and reads new files alone
    push       summary.json
    thin-out   snapshots.json                   of what came from this folder
    report                                      the state and the metrics, in a folder beside the generations

Each ends the pod where it fails, so that nothing is removed after a push that failed, and no success is told.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generations import DamagedError, Folder, FolderError, Generation
from log import end_at_sigterm, one_line, say
from used_words import UsedWords

if TYPE_CHECKING:
    from collections.abc import Mapping

TAG = "cdk8s-paperless-ngx"
"""Of every snapshot that is made here: others in the same repository are somebody else's."""
_STATE = "state.json"
_FEW, _FALL_PERCENT = 5, 20
"""How many documents fewer than in the repository are no loss: as a backup has it."""
_DAY_AND_TIME = "%Y-%m-%d %H:%M:%S"


class RefusedError(Exception):
    """Nothing is pushed, as something seems to be wrong."""


@dataclass(frozen=True)
class State:
    """What is known of earlier runs.

    Attributes:
        origin: Of the folder, at random: retention is of what came from here, whoever else pushes under the same name.
        repository: Where to, by the id that the repository has of itself; empty before the first push.
        generation: The newest one there, of those from here.
        documents: How many it has.
        newest: When it was made, in seconds since 1970.
        success: When a run succeeded last.
        snapshots: How many are there, of those from here.
        added: Bytes that the last push added.
    """

    origin: str = ""
    repository: str = ""
    generation: str = ""
    documents: int = 0
    newest: int = 0
    success: int = 0
    snapshots: int = 0
    added: int = 0


def metrics(state: State, now: float, *, refused: bool) -> str:
    """Return a state in Prometheus' text format."""
    values = {
        "refused": (int(refused), "whether the last run pushed nothing because something seems to be wrong"),
        "documents": (state.documents, "documents in the newest generation off-site"),
        "snapshots": (state.snapshots, "snapshots off-site that came from here"),
        "added_bytes": (state.added, "bytes that the last push added"),
        "newest_timestamp_seconds": (state.newest, "when the newest generation off-site was made"),
        "last_success_timestamp_seconds": (state.success, "when a run succeeded last"),
        "last_run_timestamp_seconds": (int(now), "when the last run decided what to push, or ended"),
    }
    return _text("off_site", values)


def check_metrics(now: float) -> str:
    """Return in Prometheus' text format that a check has succeeded."""
    values = {"last_success_timestamp_seconds": (int(now), "when a check of the repository found no error")}
    return _text("off_site_check", values)


def _text(prefix: str, values: Mapping[str, tuple[int, str]]) -> str:
    return "".join(
        f"# HELP paperless_ngx_{prefix}_{name} {text}\n# TYPE paperless_ngx_{prefix}_{name} gauge\n"
        f"paperless_ngx_{prefix}_{name} {value}\n"
        for name, (value, text) in values.items()
    )


class OffSite:
    """The two parts of a run that decide and tell.

    Args:
        environment: Of the pod.
        now: Seconds since 1970.
    """

    def __init__(self, environment: Mapping[str, str], now: float) -> None:
        self._instance = environment["INSTANCE"]
        self._generations = Folder(Path(environment["BACKUP_DIR"]), self._instance)
        self._folder = Path(environment["OFF_SITE_DIR"])
        self._work = Path(environment["OFF_SITE_WORK"])
        self._meant = environment.get("OFF_SITE_MEANT", "")
        self._words = UsedWords(self._folder / "used")
        self._now = now

    def plan(self) -> None:
        """Decide what to push.

        Raises:
            FolderError: A folder is somebody else's.
            RefusedError: Something seems to be wrong.
            DamagedError: The newest generation is not what was published.
        """
        Folder(self._folder, self._instance).claim()
        state = self._state()
        try:
            self._decide(state)
        except (RefusedError, DamagedError, FolderError):
            self._tell(state, refused=True)
            raise
        self._tell(state, refused=False)

    def _decide(self, state: State) -> None:
        for name in ("generation", "create", "push", "summary.json"):
            # A node that starts anew runs the pod's containers once more.
            (self._work / name).unlink(missing_ok=True)
        generation = self._newest()
        facts = generation.facts()
        documents = int(facts["documents"])
        repository, snapshots = self._found()
        origin = f"from-{state.origin}"
        self._look_at_repository(state, repository)
        self._look_at_documents(generation, documents, snapshots, origin)
        say(f"reading every file of {generation.name} …")
        generation.check()
        link = self._work / "generation"
        link.symlink_to(generation.path.resolve())
        there = [snapshot for snapshot in snapshots if {generation.name, origin} <= _tags(snapshot)]
        self._write("paths", *(str(link / name) for name in ("export", "SHA256SUMS", "generation.json")))
        self._write("tags", ",".join((TAG, generation.name, origin, f"documents-{documents}")))
        self._write("origin", f"{TAG},{origin}")
        # So that the dates by which snapshots are kept are those of the generations.
        self._write("time", datetime.fromisoformat(facts["time"]).astimezone(UTC).strftime(_DAY_AND_TIME))
        if not repository:
            say("there is no repository yet, and one is begun")
            self._write("create")
        # A push that was killed, or that could not read a file, may have left a snapshot; only one that ended counts.
        if there and (state.generation, state.repository) == (generation.name, repository):
            say(f"{generation.name} is there already")
        else:
            self._write("push")

    def report(self) -> None:
        """Write down what was pushed; runs only when all has succeeded."""
        state = self._state()
        facts = Generation((self._work / "generation").resolve()).facts()
        summary = _read(self._work / "summary.json") if (self._work / "push").exists() else {}
        repository, snapshots = self._found()
        state = replace(
            state,
            repository=repository,
            generation=facts["generation"],
            documents=int(facts["documents"]),
            newest=int(datetime.fromisoformat(facts["time"]).timestamp()),
            success=int(self._now),
            snapshots=len(snapshots),
            added=int(summary.get("data_added_packed", 0)),
        )
        self._keep(state)
        if self._meant:
            # Also where it was not needed: else it could be the one day on which it should not be.
            self._words.add(self._meant)
        self._tell(state, refused=False)
        say(f"{state.generation} is off-site: {state.documents} documents, {state.added} bytes added")

    def checked(self) -> None:
        """Write down that a check found no error."""
        Folder(self._folder, self._instance).claim()
        _replace(self._folder / "check.prom", check_metrics(self._now))

    def _newest(self) -> Generation:
        self._generations.check()
        there = self._generations.generations()
        if not there:
            raise RefusedError("refused: there is no generation to push; the backup has published none yet")
        return there[-1]

    def _found(self) -> tuple[str, list[dict[str, Any]]]:
        """Return the repository's id, which is empty where there is none, and its snapshots."""
        config, snapshots = self._work / "config.json", self._work / "snapshots.json"
        if not config.exists():
            return "", []
        # Of none restic says ``null``.
        found: list[dict[str, Any]] | None = json.loads(snapshots.read_text(encoding="utf-8"))
        return str(_read(config)["id"]), found or []

    def _look_at_repository(self, state: State, repository: str) -> None:
        if not state.repository or state.repository == repository:
            return
        found = f"the repository is another one, {repository[:8]}" if repository else "there is no repository"
        self._refuse(f"{found}, and this backup was pushed to {state.repository[:8]} before")

    def _look_at_documents(
        self, generation: Generation, documents: int, snapshots: list[dict[str, Any]], origin: str
    ) -> None:
        """Before the first push from a folder: a cluster that began anew is no successor of the one that was lost."""
        newest = max(snapshots, key=lambda snapshot: str(snapshot["time"]), default=None)
        if newest is None or origin in _tags(newest):
            return
        counts = [int(tag.removeprefix("documents-")) for tag in _tags(newest) if tag.startswith("documents-")]
        before = max(counts, default=0)
        if before and (not documents or before - documents > max(_FEW, before * _FALL_PERCENT // 100)):
            self._refuse(
                f"{generation.name} has {documents} documents, and what another folder has pushed for the instance "
                f"{self._instance!r} has {before}"
            )

    def _refuse(self, what: str) -> None:
        if self._meant and self._meant not in self._words:
            say(f"{what}; meant={self._meant!r} says that this is meant")
            return
        used = f" ({self._meant} was used before)" if self._meant else ""
        raise RefusedError(
            f"refused: {what}; nothing is pushed, and everything off-site is as it was; if it is meant, set meant "
            f"to a word that was not used for it before, such as today's date{used}"
        )

    def _state(self) -> State:
        file = self._folder / _STATE
        if file.exists():
            return State(**_read(file))
        # Before anything is pushed under it.
        state = State(origin=secrets.token_hex(4))
        self._keep(state)
        return state

    def _keep(self, state: State) -> None:
        _replace(self._folder / _STATE, json.dumps(asdict(state), indent=2) + "\n")

    def _tell(self, state: State, *, refused: bool) -> None:
        _replace(self._folder / "off-site.prom", metrics(state, self._now, refused=refused))

    def _write(self, name: str, *lines: str) -> None:
        (self._work / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _tags(snapshot: dict[str, Any]) -> set[str]:
    return set(snapshot.get("tags") or ())


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _replace(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.rename(file)


def main(arguments: list[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run in a pod."""
    end_at_sigterm()
    made = OffSite(environment, time.time())
    steps = {"plan": made.plan, "report": made.report, "checked": made.checked}
    try:
        steps[arguments[1]]()
    except (DamagedError, FolderError, RefusedError, OSError, ValueError, KeyError, TypeError) as error:
        say(one_line(error) if str(error) else type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
