"""The mark's rules: every order in which releases, drains, kills and restored databases can follow each other."""

from __future__ import annotations

import pytest
from mark import Mark, Release, State, draining, migrating, plan, ready, refusal, release, waiting_for

OLD = Release("3.0.9", "en")
NEW = Release("3.0.10", "en")
GERMAN = Release("3.0.10", "de")


@pytest.mark.parametrize(
    ("mark", "mine"),
    [
        (ready(NEW), OLD),
        (Mark(OLD, State.MIGRATING, NEW), OLD),
        (Mark(None, State.MIGRATING, NEW), OLD),
        (Mark(NEW, State.DRAINING, Release("3.1.0", "en")), OLD),
    ],
)
def test_older_release_is_refused(mark, mine):
    """A newer version's database may mean something else to an older one; versions compare as numbers."""
    sentence = refusal(mark, mine)

    assert sentence
    assert "3.0.9, older than 3.0.10 that the database is at" in sentence


@pytest.mark.parametrize(
    ("mark", "mine"),
    [
        (None, OLD),
        (ready(OLD), NEW),
        (ready(NEW), GERMAN),
        (Mark(OLD, State.DRAINING, NEW), OLD),
        (Mark(OLD, State.MIGRATING, NEW), NEW),
    ],
)
def test_release_may_come(mark, mine):
    """Also back to the current one, as long as the others only drain: nothing was changed yet."""
    assert refusal(mark, mine) is None


@pytest.mark.parametrize(
    ("mark", "index", "reason"),
    [
        (None, True, "the first migration, to release 3.0.10-en"),
        (ready(OLD), True, "the migration from release 3.0.9-en to 3.0.10-en"),
        (Mark(OLD, State.DRAINING, NEW), True, "release 3.0.10-en, which is draining"),
        (Mark(OLD, State.MIGRATING, NEW), True, "release 3.0.10-en, which is migrating"),
        (Mark(NEW, State.DRAINING, GERMAN), True, "release 3.0.10-de, which is draining"),
        (ready(NEW), False, "the search index, which the migration makes anew"),
        (ready(NEW), True, None),
    ],
)
def test_gate_opens_for_its_own_release_when_it_is_ready(mark, index, reason):
    """While others drain, not even the current release starts: an autoscaler may still start pods of it."""
    assert waiting_for(mark, NEW, index_exists=index) == reason


@pytest.mark.parametrize(
    ("mark", "mine", "index", "expected"),
    [
        # (needed, drain, full reindex)
        (None, NEW, False, (True, True, True)),
        (ready(NEW), NEW, True, (False, False, False)),
        (ready(OLD), NEW, True, (True, True, False)),
        (ready(NEW), GERMAN, True, (True, True, True)),
        (Mark(NEW, State.DRAINING, GERMAN), NEW, True, (False, False, False)),
        (Mark(NEW, State.DRAINING, GERMAN), GERMAN, True, (True, True, True)),
        (Mark(OLD, State.MIGRATING, NEW), NEW, True, (True, True, True)),
        (Mark(NEW, State.MIGRATING, GERMAN), NEW, True, (True, True, True)),
        (Mark(NEW, State.MIGRATING, NEW), NEW, True, (True, True, True)),
        (ready(NEW), NEW, False, (True, False, True)),
    ],
    ids=[
        "first install",
        "settings change",
        "upgrade",
        "index language",
        "back during the drain",
        "drain that began anew",
        "killed half-way",
        "killed half-way, then back",
        "killed while making a lost index",
        "data claim replaced",
    ],
)
def test_plan(mark, mine, index, expected):
    """An index that looks complete is not, after a kill or in another language."""
    made = plan(mark, mine, index_exists=index)

    assert (made.needed, made.drain, made.full_reindex) == expected


def test_a_killed_migration_stays_migrating_through_the_next_drain():
    """Else a release that is too old could come back to a database that is half migrated."""
    killed = Mark(OLD, State.MIGRATING, NEW)
    newest = Release("3.1.0", "en")

    assert draining(killed, newest) == Mark(OLD, State.MIGRATING, newest)
    assert refusal(draining(killed, newest), NEW)


def test_the_current_release_is_remembered_until_the_next_is_ready():
    assert draining(ready(OLD), NEW) == Mark(OLD, State.DRAINING, NEW)
    assert migrating(Mark(OLD, State.DRAINING, NEW), NEW) == Mark(OLD, State.MIGRATING, NEW)
    assert migrating(None, NEW) == Mark(None, State.MIGRATING, NEW)


def test_what_a_mark_holds_outlives_drain_and_migration():
    before = Mark(OLD, State.READY, OLD, documents=7, restoring="1", restored="2")

    assert draining(before, NEW) == Mark(OLD, State.DRAINING, NEW, documents=7, restoring="1", restored="2")
    assert migrating(before, NEW) == Mark(OLD, State.MIGRATING, NEW, documents=7, restoring="1", restored="2")


def test_release_of_a_pod():
    """A word that asks for a new index makes another release of it: its pods' label is another one."""
    environment = {"RELEASE_VERSION": "3.0.5", "RELEASE_LANGUAGE": "en"}

    assert str(release(environment)) == "3.0.5-en"
    assert str(release(environment | {"REBUILD_INDEX": "2026-11-25"})) == "3.0.5-en-2026-11-25"
