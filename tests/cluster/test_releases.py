"""The release barrier: no two releases ever work on one instance."""

from __future__ import annotations

import subprocess
import time

import engines
import pytest

from tests.cluster.cluster import NAMESPACE

pytestmark = [
    pytest.mark.cluster,
    # 3.3.1 is the stand-in's upgrade, whatever upstream has released.
    pytest.mark.filterwarnings("ignore:PaperlessImage. version 3.3.1 is newer"),
]


@pytest.fixture(autouse=True)
def at_3_0_5(instance):
    instance.start_at("3.3.0")
    instance.forget_events()


def versions(instance):
    return [event.version for event in instance.events()]


def migrations(instance):
    return [event.what for event in instance.events() if event.process == "migration"]


def test_settings_change_waits_for_nobody(instance):
    """The release stays: a new worker takes tasks beside one that finishes its own."""
    instance.upload("slow.txt", "sleep 30")
    instance.upload("quick.txt", "no time lost")
    instance.wait_for_event("consumes slow.txt")
    instance.apply("3.3.0", time_zone="Europe/Zurich")
    instance.wait_for_event("consumed quick.txt", seconds=60)

    assert "consumed slow.txt" not in [event.what for event in instance.events()]
    assert migrations(instance) == []
    instance.wait_for_event("consumed slow.txt")


def test_upgrade_waits_for_a_task_and_nobody_runs_ahead(instance):
    """The old worker finishes its document and takes no other.

    Only then is the database changed, and only then does the new release start.
    """
    instance.upload("first.txt", "sleep 15")
    instance.upload("second.txt", "about hawthorn")
    instance.wait_for_event("consumes first.txt")
    instance.apply("3.3.1")
    instance.wait_for(
        "the migration to wait", lambda: "paperless-worker" in instance.container_log("beat", "migration")
    )
    waiting = instance.container_log("beat", "migration").splitlines()[-1]
    assert "waiting for pods of other releases to end: paperless-" in waiting
    instance.wait_until_ready()
    instance.wait_for_event("consumed second.txt")

    events = instance.events()
    what = [(event.version, event.what) for event in events]
    begins = what.index(("3.3.1", "begins"))
    assert what.index(("3.3.0", "consumed first.txt")) < begins
    assert {version for version, _ in what[:begins]} == {"3.3.0"}
    assert {version for version, _ in what[begins:]} == {"3.3.1"}
    ends = what.index(("3.3.1", "ends"))
    assert {event.process for event in events[begins : ends + 1]} == {"migration"}
    assert {event.process for event in events[ends:]} == {"migration", "webserver", "consumer", "worker", "beat"}
    assert [found["name"] for found in instance.search("hawthorn")] == ["second.txt"]
    assert instance.exec("worker", "ls", "/var/cache/bytecode").split() == ["3.3.1"]


def test_downgrade_is_refused_and_the_way_forward_is_open(instance):
    """Older code on a newer database would destroy it; the log says so in one line, and the newer image just starts."""
    instance.apply("3.3.1")
    instance.wait_until_ready()
    instance.forget_events()
    instance.apply("3.3.0")
    refused = "refused: this pod is release 3.3.0, older than 3.3.1 that the database is at"
    for part, container in (("webserver", "gate"), ("worker", "gate"), ("beat", "migration")):
        instance.wait_for(
            f"{part} to be refused",
            lambda part=part, container=container: refused in instance.container_log(part, container),
        )
    assert "3.3.0" not in versions(instance)

    instance.apply("3.3.1")
    instance.wait_until_ready()
    assert "3.3.0" not in versions(instance)
    assert migrations(instance) == []


def test_another_language_makes_the_index_anew_and_so_does_going_back(instance):
    """A to B to A: nothing that was done before may be taken for done."""
    for language, code in (("deu", "de"), ("eng", "en")):
        instance.forget_events()
        instance.apply("3.3.0", language=language)
        instance.wait_until_ready()

        assert f"makes the index anew for {language}" in migrations(instance)
        row = instance.sql("SELECT current_language, state FROM cdk8s_paperless_ngx_release")
        assert row == [[code, "ready"]]
    instance.upload("back.txt", "about rowan")
    instance.wait_for_event("consumed back.txt")


def test_going_back_during_the_drain_is_allowed(instance):
    """Nothing was changed yet, so the old release is still the right one."""
    instance.upload("held.txt", "sleep 25")
    instance.wait_for_event("consumes held.txt")
    instance.apply("3.3.1")
    instance.wait_for("the drain", lambda: "paperless-worker" in instance.container_log("beat", "migration"))
    instance.apply("3.3.0")
    instance.wait_until_ready()

    assert set(versions(instance)) == {"3.3.0"}
    instance.wait_for_event("consumed held.txt")


def test_migration_that_was_killed_begins_anew(instance):
    """The mark says `migrating` until all is done, so nobody starts on a half-migrated database."""
    instance.apply("3.3.1")
    instance.wait_for_event("begins")
    instance.kubectl("delete", "pod", instance.pod("beat"), "--force", "--grace-period=0")
    instance.wait_until_ready()

    assert migrations(instance) == ["begins", "begins", "ends", "makes the index anew for eng"]
    what = [(event.process, event.what) for event in instance.events()]
    first = next(index for index, (process, what) in enumerate(what) if process != "migration")
    assert first > what.index(("migration", "ends"))


def test_restored_database_is_migrated_again(instance):
    """A backup of the database brings its mark along: pods that start on it wait for the migration."""
    instance.apply("3.3.1")
    instance.wait_until_ready()
    instance.forget_events()
    instance.put_mark_back("3.3.0")
    instance.kubectl("rollout", "restart", "deployment")
    instance.wait_until_ready()

    assert migrations(instance) == ["begins", "ends"]


def test_two_migrations_never_work_at_once(instance):
    """Two pods of beat may exist for a moment when a node vanishes; the second one waits for the database's lock."""
    statement = f"SELECT pg_advisory_lock({engines._LOCK}), pg_sleep(600)"
    ended = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    with subprocess.Popen(
        ["kubectl", "-n", NAMESPACE, "exec", "paperless-postgres-0", "--", "psql", "-U", "paperless", "-c", statement],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as other:
        try:
            instance.apply("3.3.1")
            instance.wait_for(
                "the migration to wait",
                lambda: "waiting for another migration to end" in instance.container_log("beat", "migration"),
            )
            assert other.poll() is None
            assert migrations(instance) == []
        finally:
            instance.sql(ended)
    instance.wait_until_ready()
    assert migrations(instance) == ["begins", "ends"]


def test_gate_ends_at_once(instance):
    """It waits for whatever it waits for, but not when it is told to go."""
    instance.sql("UPDATE cdk8s_paperless_ngx_release SET state = 'migrating'")
    instance.kubectl("delete", "pod", instance.pod("worker"), "--wait=false")
    waiting = "waiting for release 3.3.0-en, which is migrating"
    instance.wait_for("the gate to wait", lambda: waiting in instance.container_log("worker", "gate"))
    begin = time.monotonic()
    instance.kubectl("delete", "pod", instance.pod("worker"), "--timeout=30s")

    assert time.monotonic() - begin < 30
