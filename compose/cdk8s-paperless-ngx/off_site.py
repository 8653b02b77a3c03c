"""Off-site: decides what is pushed into a restic repository, and says how it went.

A pod of it runs five containers, one after another, of which restic's (``off_site.sh``) do as they are told::

    look       config.json, snapshots.json      what is in the repository; no config.json where there is none
    plan       create, push                     whether to begin a repository, and whether to push
               paths, tags, time                what, and how it is called
               forget                           the ids of snapshots that may go once that is there
               generation                       a link to it, so that its path is the same each time: restic then
                                                compares with the snapshot before, and reads new files alone
    push       summary.json
    thin-out   snapshots.json                   what is there then
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

import snapshots
from generations import DamagedError, Folder, FolderError, Generation
from log import end_at_sigterm, one_line, say
from snapshots import RefusedError, Snapshot
from used_words import UsedWords

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATE = "state.json"
_FEW, _FALL_PERCENT = 5, 20
"""How many documents fewer than in the repository are no loss: as a backup has it."""
_DAY_AND_TIME = "%Y-%m-%d %H:%M:%S"


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

    def plan(self, keep: Mapping[str, int]) -> None:
        """Decide what to push, and what may go afterwards; nothing where nothing says what to keep.

        Raises:
            FolderError: A folder is somebody else's.
            RefusedError: Something seems to be wrong.
            DamagedError: The newest generation is not what was published.
        """
        Folder(self._folder, self._instance).claim()
        state = self._state()
        try:
            self._decide(state, keep)
        except (RefusedError, DamagedError, FolderError):
            self._tell(state, refused=True)
            raise
        self._tell(state, refused=False)

    def _decide(self, state: State, keep: Mapping[str, int]) -> None:
        for name in ("generation", "create", "push", "forget", "summary.json"):
            # A node that starts anew runs the pod's containers once more.
            (self._work / name).unlink(missing_ok=True)
        generation = self._newest()
        facts = generation.facts()
        # Not in the future: to whoever looks by hand, such a one is the newest for years.
        moment = min(datetime.fromisoformat(facts["time"]), datetime.fromtimestamp(self._now, UTC)).astimezone(UTC)
        repository, there = snapshots.read(self._work)
        self._look_at_repository(state, repository)
        ours = [snapshot for snapshot in there if snapshot.origin == state.origin]
        pushed = any(it.whole and it.generation == generation.name for it in ours)
        new = Snapshot("", generation.name, state.origin, int(facts["documents"]), whole=True, time=moment)
        if ours and not pushed and new.place[0] < ours[-1].place[0]:
            self._refuse(
                f"{generation.name} is older by its number than {ours[-1].generation}, which this folder pushed"
            )
            # Its numbers begin anew, so it is another folder; what the one before has pushed stays.
            state = replace(state, origin=secrets.token_hex(4))
            self._keep(state)
            new, ours = replace(new, origin=state.origin), []
        if not ours:
            self._look_at_documents(new, there)
        say(f"reading every file of {generation.name} …")
        sums = generation.check()
        link = self._work / "generation"
        link.symlink_to(generation.path.resolve())
        if not repository:
            say("there is no repository yet, and one is begun")
            self._write("create")
        if pushed:
            say(f"{generation.name} is there already")
        else:
            parts = ("export", "SHA256SUMS", "generation.json")
            self._write("paths", *(str(link / name) for name in parts))
            files = len(sums) + len(parts) - 1
            self._write("tags", snapshots.tags(generation.name, state.origin, new.documents, files))
            # So that the dates by which snapshots are kept are those of the generations.
            self._write("time", moment.strftime(_DAY_AND_TIME))
            self._write("push")
            ours.append(new)
        if keep and (surplus := snapshots.surplus(ours, keep)):
            self._write("forget", *surplus)

    def report(self) -> None:
        """Write down what was pushed; runs only when all has succeeded.

        Raises:
            RefusedError: It is not there, or lacks files.
        """
        state = self._state()
        facts = Generation((self._work / "generation").resolve()).facts()
        summary = _read(self._work / "summary.json") if (self._work / "push").exists() else {}
        repository, there = snapshots.read(self._work)
        ours = [snapshot for snapshot in there if snapshot.origin == state.origin]
        if not any(it.whole and it.generation == facts["generation"] for it in ours):
            msg = f"{facts['generation']} is not whole in the repository: push says why, and the next run tries again"
            raise RefusedError(msg)
        state = replace(
            state,
            repository=repository,
            generation=facts["generation"],
            documents=int(facts["documents"]),
            newest=int(datetime.fromisoformat(facts["time"]).timestamp()),
            success=int(self._now),
            snapshots=len(ours),
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

    def _look_at_repository(self, state: State, repository: str) -> None:
        if not state.repository or state.repository == repository:
            return
        found = f"the repository is another one, {repository[:8]}" if repository else "there is no repository"
        self._refuse(f"{found}, and this backup was pushed to {state.repository[:8]} before")

    def _look_at_documents(self, new: Snapshot, there: list[Snapshot]) -> None:
        """Before the first push from a folder: a cluster that began anew is no successor of the one that was lost."""
        before = there[-1].documents if there else 0
        if before and (not new.documents or before - new.documents > max(_FEW, before * _FALL_PERCENT // 100)):
            self._refuse(
                f"{new.generation} has {new.documents} documents, and what another folder has pushed for the instance "
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
        if not file.exists():
            # Before anything is pushed under it.
            state = State(origin=secrets.token_hex(4))
            self._keep(state)
            return state
        try:
            found = _read(file)
            # Another version may have written more.
            wanted = asdict(State())
            state = State(**{name: type(wanted[name])(found[name]) for name in wanted.keys() & found})
        except (ValueError, TypeError) as error:
            say(one_line(error))
            state = State()
        if not state.origin:
            msg = (
                f"refused: {file.name}, which says what was pushed before, cannot be read; put a copy back, or remove "
                "it: then this folder is one that never pushed, and what is off-site stays there"
            )
            raise RefusedError(msg)
        return state

    def _keep(self, state: State) -> None:
        _replace(self._folder / _STATE, json.dumps(asdict(state), indent=2) + "\n")

    def _tell(self, state: State, *, refused: bool) -> None:
        _replace(self._folder / "off-site.prom", metrics(state, self._now, refused=refused))

    def _write(self, name: str, *lines: str) -> None:
        (self._work / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _replace(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}.new")
    with new.open("w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        # A name that is on the disk before its text is an empty file after a power cut.
        os.fsync(opened.fileno())
    new.rename(file)


def main(arguments: list[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run in a pod."""
    end_at_sigterm()
    made = OffSite(environment, time.time())
    step, *given = arguments[1:]
    keep = {period: int(number) for period, _, number in (text.partition("=") for text in given)}
    steps = {"plan": lambda: made.plan(keep), "report": made.report, "checked": made.checked}
    try:
        steps[step]()
    except (DamagedError, FolderError, RefusedError, OSError, ValueError, KeyError, TypeError) as error:
        say(one_line(error) if str(error) else type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
