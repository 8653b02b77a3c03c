"""What an instance costs does not grow with the number of instances beside it.

It is counted, not timed: what jsii sends to Node is nearly all of a synthesis.
"""

from __future__ import annotations

import cdk8s
import pytest
from jsii._kernel.providers import process

from cdk8s_paperless_ngx import Backup, FlowerOptions, Paperless


@pytest.fixture
def requests(monkeypatch):
    """What is sent to Node from now on."""
    sent: list[object] = []
    send = process._NodeProcess.send

    def count(self, request, response_type):
        sent.append(request)
        return send(self, request, response_type)

    monkeypatch.setattr(process._NodeProcess, "send", count)
    return sent


def crossings(requests: list[object], instances: int) -> int:
    app = cdk8s.App(outdir="")
    requests.clear()
    for number in range(instances):
        chart = cdk8s.Chart(app, f"chart-{number}", namespace=f"docs-{number}")
        docs = Paperless(chart, "docs", flower=FlowerOptions())
        Backup(chart, "backup", instance=docs.instance)
    app.synth_yaml()
    return len(requests)


@pytest.mark.parametrize("charts", [1, 3])
def test_rules_walk_the_tree_once(requests, charts):
    """cdk8s validates the whole app again for each chart, which would cost the square of their number."""
    crossings(requests, charts)

    assert [getattr(request, "method", None) for request in requests].count("findAll") == 1


def test_rules_look_again_at_the_next_synthesis():
    """An app may have been changed in between."""
    app = cdk8s.App(outdir="")
    Paperless(cdk8s.Chart(app, "one", namespace="docs"), "docs")
    app.synth_yaml()
    Paperless(cdk8s.Chart(app, "two", namespace="docs"), "docs")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="two/docs: name 'docs' is that of one/docs, too"):
            app.synth_yaml()


def test_each_instance_costs_the_same(requests):
    """The first one makes what is remembered for all; after that the cost of each further one is a constant."""
    crossings(requests, 1)
    one, two, four, eight = (crossings(requests, instances) for instances in (1, 2, 4, 8))

    assert two - one > 0
    assert (four - two, eight - four) == (2 * (two - one), 4 * (two - one))
