"""What was put aside is taken up by hand."""

from __future__ import annotations

import json

import pytest
from aside import run
from deliveries import KEYS, Deliveries


@pytest.fixture
def deliveries(broker):
    headers = {"task": "documents.tasks.consume_file", "id": "1", "kwargsrepr": "('/scratch/a.pdf')", "cdk8s_lost": 3}
    entry = {"message": json.dumps([{"headers": headers}, "", "celery"]), "why": "3 workers were lost with it"}
    broker.hset(f"{KEYS}aside", "tag-1", json.dumps(entry))
    return Deliveries(broker, "")


def test_shown(deliveries, capsys):
    assert run(deliveries, []) == 0
    assert capsys.readouterr().out == (
        "tag-1 documents.tasks.consume_file[1] /scratch/a.pdf; 3 workers were lost with it\n"
    )


@pytest.mark.parametrize(("what", "queued"), [("again", 1), ("drop", 0)])
def test_taken_up(deliveries, broker, capsys, what, queued):
    assert run(deliveries, [what, "tag-2"]) == 1
    assert run(deliveries, [what, "tag-1"]) == 0
    assert (broker.llen("celery"), run(deliveries, [])) == (queued, 0)
    assert "there is no tag-2" in capsys.readouterr().out


def test_usage(deliveries, capsys):
    assert run(deliveries, ["again"]) == 64
    assert "aside.py again TAG" in capsys.readouterr().out


def test_nothing_is_put_aside(broker, capsys):
    assert run(Deliveries(broker, ""), []) == 0
    assert capsys.readouterr().out == "nothing is put aside\n"
