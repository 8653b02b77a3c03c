"""Off-site: what is pushed, what is refused, what is removed and what is fetched, with restic's stand-in and restic.

A pod's containers run one after another, each in a process of its own, and the first that fails ends the pod.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scripts.application import Application, application

__all__ = ["application"]

SCRIPTS = Path(__file__).parent.parent.parent / "lib" / "cdk8s_paperless_ngx" / "scripts"
STANDIN = Path(__file__).parent / "standin_restic.py"
DAY = 24 * 3600
FIRST = 1_790_000_000
"""When the first generation is made, in seconds since 1970: 2026-09-21."""
KEEP = ("daily=3",)


class Place:
    """A backup's claim, a repository, and pods that run between them."""

    def __init__(self, application, program):
        self.application = application
        self.root = application.root
        programs = self.root / "programs"
        programs.mkdir()
        (programs / "restic").symlink_to(program)
        self.off_site = self.root / "backup-off-site"
        self.off_site.mkdir()
        self.repository = self.root / "repository"
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(self.root),
            "INSTANCE": "docs",
            "BACKUP_DIR": str(self.root / "backup"),
            "OFF_SITE_DIR": str(self.off_site),
            "OFF_SITE_HOST": "docs",
            "RESTIC_REPOSITORY": str(self.repository),
            "RESTIC_PASSWORD": "correct horse",
            "RESTIC_CACHE_DIR": str(self.root / "cache"),
        }
        self.log = ""

    def run(self, steps, **environment):
        """Run a pod; return how its containers ended, up to the first that failed."""
        # The same path in every pod, as in a cluster, and empty.
        work = self.root / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        self.log, statuses = "", []
        for step in steps:
            program = [sys.executable, SCRIPTS / step[0]] if step[0].endswith(".py") else ["sh", SCRIPTS / step[0]]
            done = subprocess.run(
                [*program, *step[1:]],
                env=self.environment | {"OFF_SITE_WORK": str(work)} | environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            self.log += done.stdout
            statuses.append(done.returncode)
            if done.returncode:
                break
        return statuses

    def push(self, keep=KEEP, **environment):
        steps = (
            ("off_site.sh", "look"),
            ("off_site.py", "plan", *keep),
            ("off_site.sh", "push"),
            ("off_site.sh", "thin-out"),
            ("off_site.py", "report"),
        )
        return self.run(steps, **environment)

    def fetch(self, target, generation="newest", instance="docs", host="docs"):
        steps = (
            ("off_site.sh", "look", str(target), generation),
            ("fetch.py", "plan"),
            ("off_site.sh", "fetch", str(target / ".fetched")),
            ("fetch.py", "place"),
        )
        variables = {
            "BACKUP_DIR": str(target),
            "RESTORE_GENERATION": generation,
            "INSTANCE": instance,
            "OFF_SITE_HOST": host,
        }
        return self.run(steps, **variables)

    def restic(self, *arguments):
        done = subprocess.run(["restic", *arguments], env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout

    def snapshots(self, host="docs"):
        found = json.loads(self.restic("snapshots", "--json", "--host", host, "--no-lock")) or []
        return sorted(found, key=lambda snapshot: snapshot["time"])

    def generations(self):
        return [next(tag for tag in snapshot["tags"] if tag[:4].isdigit()) for snapshot in self.snapshots()]

    def said(self, name, file="off-site.prom", prefix="off_site"):
        lines = (self.off_site / file).read_text(encoding="utf-8").splitlines()
        return next(line.split()[1] for line in lines if line.startswith(f"paperless_ngx_{prefix}_{name} "))

    def new_claim(self):
        """Lose the claim, and begin anew with an empty one."""
        for folder in ("backup", "backup-off-site"):
            shutil.rmtree(self.root / folder)
            (self.root / folder).mkdir()


@pytest.fixture(params=["stand-in", "restic"])
def place(request, application):
    if request.param == "stand-in":
        return Place(application, STANDIN)
    program = shutil.which("restic")
    if program is None:
        pytest.skip("restic is not installed: the same tests ran with its stand-in alone")
    return Place(application, program)


def test_first_push_begins_a_repository(application, place):
    """The repository has what was published, under the instance's name, and the metrics say so."""
    application.backup()

    assert place.push() == [0] * 5
    (snapshot,) = place.snapshots()
    assert {"cdk8s-paperless-ngx", "0001-20260921T141320Z", "documents-8"} <= set(snapshot["tags"])
    assert snapshot["time"].startswith("2026-09-21T14:13:20"), "retention is by the dates of generations"
    assert (place.said("documents"), place.said("snapshots"), place.said("refused")) == ("8", "1", "0")
    assert place.said("newest_timestamp_seconds") == str(FIRST)
    assert int(place.said("added_bytes")) > 0
    assert "0001-20260921T141320Z is off-site: 8 documents" in place.log


def test_generations_are_only_read(application, place):
    application.backup()
    before = application.contents()

    place.push()

    assert application.contents() == before


def test_a_generation_is_pushed_once(application, place):
    """A backup that fails for weeks must not fill the repository with snapshots of one day, in place of others."""
    application.backup()
    place.push()

    assert place.push() == [0] * 5
    assert len(place.snapshots()) == 1
    assert "0001-20260921T141320Z is there already" in place.log


def test_a_push_that_was_not_reported_is_not_made_again(application, place):
    """What is whole off-site is told by the repository, whatever the pod came to that pushed it."""
    application.backup()
    steps = (("off_site.sh", "look"), ("off_site.py", "plan"), ("off_site.sh", "push"))
    assert place.run(steps) == [0] * 3

    assert place.push() == [0] * 5
    assert "is there already" in place.log
    assert len(place.snapshots()) == 1


def push_a_part(application, place):
    """Push the newest generation without one of its files, as where restic cannot read it; return how restic ended."""
    place.run((("off_site.sh", "look"), ("off_site.py", "plan")))
    file = application.folder.generations()[-1].path / "SHA256SUMS"
    file.rename(place.root / "hidden")
    done = subprocess.run(
        ["sh", SCRIPTS / "off_site.sh", "push"],
        env=place.environment | {"OFF_SITE_WORK": str(place.root / "work")},
        capture_output=True,
        check=False,
    )
    (place.root / "hidden").rename(file)
    return done.returncode


def test_a_partial_snapshot_is_none(application, place):
    """restic leaves one where it cannot read a file, and which of two of one generation it took was chance.

    It counts neither as pushed nor as what is to be fetched, and goes when the whole one is there.
    """
    application.backup()
    place.push()
    application.backup(FIRST + DAY)
    assert push_a_part(application, place) == 3
    (partial,) = [s["id"] for s in place.snapshots() if "0002-20260922T141320Z" in s["tags"]]

    assert place.fetch(place.root / "before") == [0] * 4
    assert "fetched 0001-20260921T141320Z" in place.log
    assert place.fetch(place.root / "named", "0002-20260922T141320Z") == [0, 1]
    assert "neither the folder nor the repository has a whole generation 0002-20260922T141320Z" in place.log
    assert place.push() == [0] * 5
    assert place.generations() == ["0001-20260921T141320Z", "0002-20260922T141320Z"]
    assert partial not in [snapshot["id"] for snapshot in place.snapshots()]


def test_a_partial_snapshot_is_no_success(application, place):
    """Also where restic itself found no fault, as with a file that was away before it looked."""
    application.backup()
    file = application.folder.generations()[-1].export / "Letter 1.pdf"
    assert place.run((("off_site.sh", "look"), ("off_site.py", "plan", *KEEP))) == [0] * 2
    file.rename(place.root / "hidden")
    statuses = [
        subprocess.run(
            [*program, *step],
            env=place.environment | {"OFF_SITE_WORK": str(place.root / "work")},
            capture_output=True,
            check=False,
        ).returncode
        for program, *step in (
            (["sh", SCRIPTS / "off_site.sh"], "push"),
            (["sh", SCRIPTS / "off_site.sh"], "thin-out"),
            ([sys.executable, SCRIPTS / "off_site.py"], "report"),
        )
    ]

    assert statuses == [0, 0, 1]
    assert place.said("last_success_timestamp_seconds") == "0"
    (place.root / "hidden").rename(file)
    assert place.push() == [0] * 5
    assert len(place.snapshots()) == 1


def test_clock_that_went_back(application, place):
    """What was just pushed stays, whatever day it says: by date it would be the first to go.

    Decision 11: order is by number, because clocks jump. Half an hour back is enough where two fall on one day.
    """
    for day in range(3):
        application.backup(FIRST + day * DAY)
        place.push()
    application.add(3)
    application.backup(FIRST + 2 * DAY - 1800)

    assert place.push() == [0] * 5
    assert application.names[-1].startswith("0004-")
    assert application.names[-1] in place.generations()
    application.backup(1_000_000_000)
    assert place.push() == [0] * 5
    assert application.names[-1].startswith("0005-2001")
    assert application.names[-1] in place.generations()
    assert place.fetch(place.root / "fresh") == [0] * 4
    assert [path.name for path in (place.root / "fresh").glob("0*")] == application.names[-1:]


def test_clock_that_was_ahead(application, place):
    """Its generation is not the newest one for years, and no snapshot is of a day that has not come."""
    application.backup(FIRST)
    place.push()
    application.backup(FIRST + 3650 * DAY)
    place.push()
    application.add(50)
    application.backup(FIRST + DAY)
    assert place.push() == [0] * 5

    assert place.fetch(place.root / "fresh") == [0] * 4
    assert "fetching 0003-20260922T141320Z, with 58 documents" in place.log
    assert max(snapshot["time"] for snapshot in place.snapshots()) < "2036"


def test_only_new_files_are_read(application, place):
    """Its path is the same each time, and a hard link more is no change: a night costs what is new."""
    application.backup()
    place.push()
    application.add()
    application.backup(FIRST + DAY)
    place.push()

    summary = json.loads((place.root / "work" / "summary.json").read_text(encoding="utf-8").splitlines()[-1])
    if "files_unmodified" not in summary:
        pytest.skip("the stand-in reads all; restic says what it reads")
    assert summary["files_unmodified"] == 8 * 3
    assert summary["files_new"] == 3


def test_retention_is_of_what_came_from_here(application, place):
    """What a person, or another cluster with an instance of that name, has put into the repository stays."""
    application.backup()
    place.push()
    paths = place.root / "others"
    paths.write_text(f"{place.root / 'database.json'}\n", encoding="utf-8")
    for tags in ("by-hand", "cdk8s-paperless-ngx,0009-20200101T000000Z,from-elsewhere,documents-1"):
        place.restic(
            "backup", "--quiet", "--json", "--host", "docs", "--tag", tags, "--time", "2020-01-01 00:00:00",
            "--files-from-verbatim", str(paths),
        )  # fmt: skip
    for day in range(1, 5):
        application.backup(FIRST + day * DAY)
        assert place.push() == [0] * 5

    ours = [s for s in place.snapshots() if s["time"] > "2026"]
    assert [s["time"][:10] for s in ours] == ["2026-09-23", "2026-09-24", "2026-09-25"]
    assert len(place.snapshots()) == 5
    assert place.said("snapshots") == "3"


@pytest.mark.parametrize("named", [None, ""])
def test_nothing_is_removed_that_is_not_named(application, place, named):
    """restic has no rule of its own here, so that a step that lacks what was decided removes nothing."""
    application.backup()
    place.push()
    application.backup(FIRST + DAY)
    place.push()
    work = place.root / "work"
    if named is not None:
        (work / "forget").write_text(named, encoding="utf-8")
    done = subprocess.run(
        ["sh", SCRIPTS / "off_site.sh", "thin-out"],
        env=place.environment | {"OFF_SITE_WORK": str(work)},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0
    assert len(place.snapshots()) == 2


def test_everything_stays_where_nobody_may_delete(application, place):
    for day in range(3):
        application.backup(FIRST + day * DAY)
        assert place.push(keep=()) == [0] * 5

    assert len(place.generations()) == 3
    assert place.said("snapshots") == "3"


def test_nothing_is_removed_after_a_push_that_failed(application, place):
    application.backup()
    place.push()
    application.backup(FIRST + DAY)
    before = place.generations()

    assert place.push(RESTIC_PASSWORD="wrong") == [12]
    assert place.generations() == before


def refused(place, sentence, **environment):
    before = [snapshot["id"] for snapshot in place.snapshots()] if place.repository.exists() else []
    state = (place.off_site / "state.json").read_bytes() if (place.off_site / "state.json").exists() else b""
    assert place.push(**environment) == [0, 1]
    assert sentence in place.log
    assert ([s["id"] for s in place.snapshots()] if place.repository.exists() else []) == before
    if state:
        assert (place.off_site / "state.json").read_bytes() == state
    assert place.said("refused") == "1"


def test_nothing_to_push(application, place):
    """A backup's folder without a generation."""
    application.folder.claim()

    refused(place, "refused: there is no generation to push")
    assert not place.repository.exists(), "nothing is begun for nothing"


def test_a_folder_that_is_no_backup_s(place):
    """An empty claim, as after a loss: an empty snapshot would be the newest one."""
    refused(place, "is no backup's folder")


def test_another_instance_s_backup(application, place):
    application.backup()

    assert place.push(INSTANCE="other") == [0, 1]
    assert "refused: the backup's folder is that of the instance 'docs', not of 'other'" in place.log


def test_damaged_generation(application, place):
    """What has rotted here is not sent over what is well there."""
    application.backup()
    place.push()
    application.backup(FIRST + DAY)
    (application.folder.generations()[-1].export / "Letter 2.pdf").write_text("x", encoding="utf-8")

    refused(place, "generation 0002-20260922T141320Z is damaged: 1 files are not those that were published")


def test_repository_that_is_gone_is_not_begun_anew(application, place):
    """Mistyped, or emptied by somebody: in both cases a person has to look, and the one of before stays."""
    application.backup()
    place.push()
    application.backup(FIRST + DAY)
    other = place.root / "mistyped"

    assert place.push(RESTIC_REPOSITORY=str(other)) == [0, 1]
    assert "refused: there is no repository, and this backup was pushed to" in place.log
    assert not other.exists()


def test_another_repository_is_refused(application, place):
    application.backup()
    place.push()
    other = place.root / "other"
    subprocess.run(["restic", "init"], env=place.environment | {"RESTIC_REPOSITORY": str(other)}, check=True)
    application.backup(FIRST + DAY)

    assert place.push(RESTIC_REPOSITORY=str(other)) == [0, 1]
    assert "refused: the repository is another one" in place.log


def test_another_repository_that_is_meant(application, place):
    """The word counts once: left in the YAML it is not the one on the day on which the repository is lost."""
    application.backup()
    place.push()
    place.environment["RESTIC_REPOSITORY"] = str(place.root / "second")

    assert place.push(OFF_SITE_MEANT="2026-11-25") == [0] * 5
    place.environment["RESTIC_REPOSITORY"] = str(place.root / "third")
    assert place.push(OFF_SITE_MEANT="2026-11-25") == [0, 1]
    assert "(2026-11-25 was used before)" in place.log


def test_cluster_that_began_anew(application, place):
    """Its few documents are no successor of the many that are off-site; a restored instance's are."""
    application.add(92)
    application.backup()
    place.push()
    place.new_claim()
    kept = application.documents
    application.documents = kept[:3]
    application.save()
    application.backup(FIRST + 30 * DAY, meant="new")

    refused(place, "has 3 documents, and what another folder has pushed for the instance 'docs' has 100")

    application.documents = kept
    application.save()
    application.backup(FIRST + 31 * DAY)
    assert place.push() == [0] * 5
    assert len(place.snapshots()) == 2, "and what the lost one pushed stays"


def test_folder_whose_numbers_began_anew(application, place):
    """By number its generations are older than those it pushed, so `newest` would be one of those for months."""
    for day in range(2):
        application.backup(FIRST + day * DAY)
        place.push()
    shutil.rmtree(place.root / "backup")
    (place.root / "backup").mkdir()
    application.backup(FIRST + 2 * DAY)

    refused(place, "0001-20260923T141320Z is older by its number than 0002-20260922T141320Z, which this folder pushed")
    assert place.push(OFF_SITE_MEANT="2026-11-25") == [0] * 5
    application.backup(FIRST + 3 * DAY)
    assert place.push(OFF_SITE_MEANT="2026-11-25") == [0] * 5
    assert len(place.snapshots()) == 4, "and what was there before is another folder's, and stays"


def side_by_side(place):
    """Have a second instance of the same name push after the first: a folder with 108 documents."""
    (place.root / "other").mkdir()
    other = Application(place.root / "other")
    other.add(108)
    other.backup(FIRST + DAY)
    (place.root / "other-off-site").mkdir()
    folders = {"BACKUP_DIR": str(other.root / "backup"), "OFF_SITE_DIR": str(place.root / "other-off-site")}
    assert place.push(**folders) == [0] * 5


def test_two_instances_of_one_name(application, place):
    """The documents of another folder are compared before the first push alone, not each night."""
    application.backup()
    place.push()
    side_by_side(place)
    application.backup(FIRST + 2 * DAY)

    assert place.push() == [0] * 5
    assert place.said("documents") == "8"


def test_newest_of_two_that_push_side_by_side(application, place):
    """Nobody can know which one is meant: an instance would be made of another's documents without a word."""
    application.backup()
    place.push()
    side_by_side(place)
    application.backup(FIRST + 2 * DAY)
    place.push()

    assert place.fetch(place.root / "fresh") == [0, 1]
    assert "refused: several folders have pushed side by side under this name" in place.log
    assert "0001-20260922T141320Z with 108 documents" in place.log
    assert place.fetch(place.root / "fresh", "0002-20260923T141320Z") == [0] * 4


def test_newest_of_one_that_went_on_from_another(application, place):
    """A cluster that was restored begins where the lost one ended."""
    application.backup()
    place.push()
    place.new_claim()
    place.fetch(place.root / "backup")
    application.backup(FIRST + DAY)
    place.push()

    assert len({tag for s in place.snapshots() for tag in s["tags"] if tag.startswith("from-")}) == 2
    assert place.fetch(place.root / "fresh") == [0] * 4
    assert "fetched 0002-20260922T141320Z" in place.log


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"origin": ""}', '{"origin": "x", "documents": "many"}'])
def test_state_that_cannot_be_read(application, place, text):
    """As after a power cut. The sentence says the way out, and that removes nothing off-site."""
    application.backup()
    place.push()
    (place.off_site / "state.json").write_text(text, encoding="utf-8")
    application.backup(FIRST + DAY)

    assert place.push() == [0, 1]
    assert "refused: state.json, which says what was pushed before, cannot be read" in place.log
    (place.off_site / "state.json").unlink()
    assert place.push() == [0] * 5
    assert len(place.snapshots()) == 2


def test_state_of_another_version(application, place):
    """Going back to an earlier version of this library must not stop pushes: what it does not know it leaves out."""
    application.backup()
    place.push()
    file = place.off_site / "state.json"
    state = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(state | {"later": 1}), encoding="utf-8")
    application.backup(FIRST + DAY)

    assert place.push() == [0] * 5
    assert json.loads(file.read_text(encoding="utf-8"))["origin"] == state["origin"]


def test_server_that_does_not_answer_properly(application, place):
    """Only restic's own word that there is no repository begins one."""
    application.backup()
    (place.root / "programs" / "restic").unlink()
    (place.root / "programs" / "restic").write_text("#!/bin/sh\necho no route to host >&2\nexit 1\n", encoding="utf-8")
    (place.root / "programs" / "restic").chmod(0o755)

    assert place.push() == [1]


def test_folder_of_what_is_known_is_somebody_else_s(application, place):
    application.backup()
    (place.off_site / "holiday.jpg").touch()

    assert place.push() == [0, 1]
    assert "files that are none of a backup's (holiday.jpg)" in place.log


def test_killed_before_the_report(application, place):
    """A repository that was begun, and of which nobody here knows: the next run goes on with it."""
    application.backup()
    assert place.run((("off_site.sh", "look"), ("off_site.py", "plan"), ("off_site.sh", "push"))) == [0] * 3
    application.backup(FIRST + DAY)

    assert place.push() == [0] * 5
    assert place.generations() == ["0001-20260921T141320Z", "0002-20260922T141320Z"]


def test_a_node_that_starts_anew_runs_all_once_more(application, place):
    """With the pod's directory as it was."""
    application.backup()
    steps = (("off_site.sh", "look"), ("off_site.py", "plan"), ("off_site.sh", "push"))

    assert place.run((*steps, *steps, ("off_site.sh", "thin-out"), ("off_site.py", "report"))) == [0] * 8


def test_check_tells_when_it_succeeded(application, place):
    application.backup()
    place.push()

    assert place.run((("off_site.sh", "check", "100"), ("off_site.py", "checked"))) == [0, 0]
    assert int(place.said("last_success_timestamp_seconds", "check.prom", "off_site_check")) > FIRST / 2


def test_check_finds_a_damaged_repository(application, place):
    """Its bytes are read, not only its index."""
    if (place.root / "programs" / "restic").resolve() == STANDIN:
        pytest.skip("the stand-in checks nothing")
    application.backup()
    place.push()
    pack = max((place.repository / "data").glob("*/*"), key=lambda path: path.stat().st_size)
    pack.chmod(0o600)
    content = bytearray(pack.read_bytes())
    content[len(content) // 3] ^= 1
    pack.write_bytes(content)

    assert place.run((("off_site.sh", "check", "100"), ("off_site.py", "checked"))) == [1]
    assert not (place.off_site / "check.prom").exists()


def test_fetched_generation_is_the_one_that_was_published(application, place):
    """Every byte of it, under its name, in a folder that is this instance's: a restore and a drill take it so."""
    application.backup()
    place.push()
    published = application.contents()
    target = place.root / "fresh"

    assert place.fetch(target) == [0] * 4
    there = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("0*/**/*") if path.is_file()}
    assert there == published
    assert not (target / ".fetched").exists()


def test_backup_goes_on_in_the_folder_it_was_fetched_into(application, place):
    """Numbers go on, and what has not changed is linked."""
    application.backup()
    place.push()
    place.new_claim()
    place.fetch(place.root / "backup")

    report = application.backup(FIRST + DAY)
    assert application.names == ["0001-20260921T141320Z", "0002-20260922T141320Z"]
    assert report.published == "0002-20260922T141320Z"
    file = application.folder.generations()[1].export / "Letter 1.pdf"
    assert file.stat().st_nlink == 1 + 1


def test_newest_and_named(application, place):
    application.backup()
    place.push()
    application.add()
    application.backup(FIRST + DAY)
    place.push()

    assert place.fetch(place.root / "newest") == [0] * 4
    assert (place.root / "newest" / "0002-20260922T141320Z").is_dir()
    assert place.fetch(place.root / "named", "0001-20260921T141320Z") == [0] * 4
    assert [path.name for path in (place.root / "named").glob("0*")] == ["0001-20260921T141320Z"]


def test_nothing_is_fetched_twice(application, place):
    """Beat's pod starts again and again; it must fetch neither what is there nor what was thinned out since."""
    application.backup()
    place.push()
    application.backup(FIRST + DAY)
    place.push()
    target = place.root / "fresh"
    first, second = application.names
    place.fetch(target, first)
    place.fetch(target, second)

    assert place.fetch(target) == [0] * 4
    assert f"nothing is fetched: {second} is there, and whole" in place.log
    shutil.rmtree(target / first)
    assert place.fetch(target, first) == [0] * 4
    assert f"nothing is fetched: {first} was before" in place.log
    assert f"to fetch again, remove used/fetched-{first}" in place.log
    assert not (target / first).exists()


@pytest.mark.parametrize("generation", ["newest", "0001-20260921T141320Z"])
def test_storage_that_is_away_keeps_no_pod_from_starting(application, place, generation):
    """`restore` may stay in the YAML: what was fetched once is not asked for again."""
    application.backup()
    place.push()
    target = place.root / "fresh"
    place.fetch(target, generation)
    place.environment["RESTIC_PASSWORD"] = "away"

    assert place.fetch(target, generation) == [0] * 4
    assert place.fetch(place.root / "another", generation) == [12]


@pytest.mark.parametrize("generation", ["newest", "0001-20260921T141320Z"])
def test_damaged_here_and_whole_off_site(application, place, generation):
    """It is fetched in place of the damaged one; its name alone is not what was wanted."""
    application.backup()
    place.push()
    published = application.contents()
    (application.folder.generations()[0].export / "Letter 1.pdf").unlink()

    assert place.fetch(place.root / "backup", generation) == [0] * 4
    assert "is damaged: 1 files are not those that were published" in place.log
    assert application.contents() == published
    assert not (place.root / "backup" / ".damaged").exists()


def test_what_was_fetched_and_is_gone(application, place):
    """An empty folder has nothing of what its word says, so it is fetched."""
    application.backup()
    place.push()
    target, name = place.root / "fresh", "0001-20260921T141320Z"
    place.fetch(target, name)
    shutil.rmtree(target / name)

    assert place.fetch(target, name) == [0] * 4
    assert (target / name).is_dir()


def test_older_here_and_newer_off_site(application, place):
    """As with a claim that came back from an old snapshot: newest is the newest of both."""
    application.backup()
    place.push()
    shutil.copytree(place.root / "backup", place.root / "old")
    application.add(50)
    application.backup(FIRST + DAY)
    place.push()

    assert place.fetch(place.root / "old") == [0] * 4
    assert "fetched 0002-20260922T141320Z" in place.log


def test_named_one_that_is_old(application, place):
    """Left in the YAML for months, it is what a lost cluster would come back as: the log says that there is more."""
    for day in range(2):
        application.backup(FIRST + day * DAY)
        place.push()

    assert place.fetch(place.root / "fresh", "0001-20260921T141320Z") == [0] * 4
    assert "is what restore names; the repository has newer ones, up to 0002-20260922T141320Z" in place.log


def test_what_a_fetch_has_left_goes_when_nothing_is_fetched(application, place):
    """A restore that was given up for what is in the folder: its half is of no use, and as large as the rest."""
    application.backup()
    place.push()
    (place.root / "backup" / ".fetched" / "export").mkdir(parents=True)

    assert place.fetch(place.root / "backup") == [0] * 4
    assert not (place.root / "backup" / ".fetched").exists()


def test_fetch_that_was_killed_goes_on(application, place):
    """What it has left has no generation's name, and is brought up to date."""
    application.backup()
    place.push()
    target = place.root / "fresh"
    (target / ".fetched" / "export").mkdir(parents=True)
    (target / ".cdk8s-paperless-ngx.json").write_text('{"instance": "docs"}', encoding="utf-8")
    (target / ".fetched" / "export" / "Letter 1.pdf").write_text("half", encoding="utf-8")
    (target / ".fetched" / "export" / "of another generation").touch()

    assert place.fetch(target) == [0] * 4
    assert (target / "0001-20260921T141320Z").is_dir()


def test_what_was_fetched_and_is_not_whole(application, place):
    """A snapshot that lacks a file is no generation, and gets no such name."""
    application.backup()
    place.push()
    target = place.root / "fresh"
    look = ("off_site.sh", "look", str(target), "newest")
    steps = (look, ("fetch.py", "plan"), ("off_site.sh", "fetch", str(target / ".fetched")))
    variables = {"BACKUP_DIR": str(target), "RESTORE_GENERATION": "newest"}
    place.run(steps, **variables)
    (target / ".fetched" / "export" / "Letter 1.pdf").unlink()
    work = {"OFF_SITE_WORK": str(place.root / "work")}
    done = subprocess.run(
        [sys.executable, SCRIPTS / "fetch.py", "place"],
        env=place.environment | variables | work,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "what was fetched as 0001-20260921T141320Z is not whole; name an older generation" in done.stdout
    assert list(target.glob("0*")) == []


def test_fetch_into_a_folder_of_somebody_else_s(application, place):
    application.backup()
    place.push()
    target = place.root / "fresh"
    target.mkdir()
    (target / "holiday.jpg").touch()

    assert place.fetch(target) == [0, 1]
    assert sorted(path.name for path in target.iterdir()) == ["holiday.jpg"]


def test_another_instance_s_generation(application, place):
    """An instance of another name takes it, if the name under which it was pushed is said."""
    application.backup()
    place.push()

    assert place.fetch(place.root / "fresh", instance="other", host="docs") == [0] * 4
    assert place.fetch(place.root / "none", instance="other", host="other") == [0, 1]
