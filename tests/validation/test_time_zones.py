"""Names of time zones."""

from __future__ import annotations

import importlib.resources
import zoneinfo

import pytest

from cdk8s_paperless_ngx import Settings
from cdk8s_paperless_ngx.settings import Outcome
from cdk8s_paperless_ngx.validation.former_time_zones import SUCCESSORS
from cdk8s_paperless_ngx.validation.time_zones import is_time_zone

DATA = importlib.resources.files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="ascii")
LINKS = {link[2]: link[1] for link in map(str.split, DATA.splitlines()) if link[0] == "L"}
POSIX = {"CST6CDT", "EST5EDT", "MST7MDT", "PST8PDT"}


def test_each_successor_is_the_databases_own():
    """A wrong one would file documents under another day. Four former names are zones of their own there."""
    former = {name for name in SUCCESSORS if name not in POSIX}

    assert len(SUCCESSORS) == 113
    assert {name: LINKS[name] for name in former} == {name: SUCCESSORS[name] for name in former}
    assert SUCCESSORS.keys() & set(SUCCESSORS.values()) == set()
    assert all(map(is_time_zone, (*SUCCESSORS, *SUCCESSORS.values())))


@pytest.mark.parametrize("name", ["Europe/Zurich", "UTC", "US/Eastern", "America/Argentina/Buenos_Aires"])
def test_this_machines_database_does_not_matter(name, monkeypatch):
    """The same app must be refused, or not, wherever it is synthesized."""
    monkeypatch.setattr(zoneinfo, "TZPATH", ())

    assert is_time_zone(name)


@pytest.mark.parametrize("name", ["posixrules", "Europe", "europe/zurich", "Europe/Zurich ", "../UTC", "Mars/Base", ""])
def test_what_is_none(name):
    """Django looks for a file, and the file system of the image knows capitals."""
    assert not is_time_zone(name)


def test_a_former_name_is_refused_with_its_successor():
    settings = Settings(time_zone="US/Eastern")

    settings.check("chart/docs", "2.19.6")
    with pytest.raises(ValueError, match=r"^chart/docs: settings\.time_zone must be .*, got 'US/Eastern'") as error:
        settings.check("chart/docs", "2.20.0")
    assert str(error.value).endswith(
        "; use time_zone='America/New_York', as images lack former names: no process would start"
    )


def test_a_former_name_in_a_file_becomes_todays():
    reading = Settings.from_env("PAPERLESS_TIME_ZONE=US/Eastern\n", version="3.0.5")

    assert reading.settings.time_zone == "America/New_York"
    assert [note.outcome for note in reading.notes] == [Outcome.TRANSLATED]
    assert reading.notes[0].text.startswith("it is PAPERLESS_TIME_ZONE=America/New_York now")
    assert Settings.from_env("PAPERLESS_TIME_ZONE=US/Eastern\n", version="2.19.6").settings.time_zone == "US/Eastern"
