"""What is said to an instance whose database was lost, or was put back."""

from __future__ import annotations

import pytest

from cdk8s_paperless_ngx import Backup, Paperless, Settings
from tests.conftest import environment, init_container, pod_spec

PROCESSES = ("webserver", "consumer", "worker", "beat")


@pytest.fixture
def manifests(chart, synth):
    def make(**arguments):
        docs = Paperless(chart, "docs", **arguments)
        Backup(chart, "backup", instance=docs.instance)
        return synth()

    return make


def templates(made):
    found = [made["Deployment", f"docs-{process}"]["spec"]["template"] for process in PROCESSES]
    return [*found, made["CronJob", "docs-backup"]["spec"]["jobTemplate"]["spec"]["template"]]


def test_word_for_a_new_index_is_part_of_every_pods_release(manifests):
    """A pod that does not carry it would not be waited for, and a gate that does not know it would wait for ever."""
    for template in templates(manifests(rebuild_index="2026-11-25")):
        assert template["metadata"]["labels"]["cdk8s-paperless-ngx/release"] == "3.3.0-en-2026-11-25"
        assert environment(init_container({"spec": {"template": template}}))["REBUILD_INDEX"] == "2026-11-25"


def test_without_a_word_there_is_none(manifests):
    """An empty one would be another release to the one label and the same one to the other."""
    for template in templates(manifests()):
        assert template["metadata"]["labels"]["cdk8s-paperless-ngx/release"] == "3.3.0-en"
        names = set(environment(template["spec"]["initContainers"][0]))
        assert not names & {"REBUILD_INDEX", "START_FROM_NOTHING"}


def test_beginning_from_nothing_is_the_migrations_alone(manifests):
    """And it is no part of the release: nobody has to end for it."""
    made = manifests(start_from_nothing="2026-11-25")

    said = {
        container["name"]
        for template in templates(made)
        for kind in ("initContainers", "containers")
        for container in template["spec"][kind]
        if "START_FROM_NOTHING" in environment(container)
    }
    assert said == {"migration"}
    assert environment(init_container(made["Deployment", "docs-beat"]))["START_FROM_NOTHING"] == "2026-11-25"
    assert templates(made)[0]["metadata"]["labels"]["cdk8s-paperless-ngx/release"] == "3.3.0-en"
    assert pod_spec(made["Deployment", "docs-beat"])["initContainers"][0]["name"] == "migration"


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"rebuild_index": ""}, "rebuild_index must be a word of at most 54 letters, digits, '-', '_' and '.'"),
        ({"rebuild_index": "a b"}, "rebuild_index must be a word of at most 54"),
        ({"rebuild_index": "x" * 55}, "rebuild_index must be a word of at most 54"),
        ({"rebuild_index": "today-"}, "rebuild_index must be a word of at most 54"),
        ({"start_from_nothing": ""}, "start_from_nothing must be a word of at most 63"),
        ({"start_from_nothing": ".."}, "start_from_nothing must be a word of at most 63"),
    ],
)
def test_what_is_no_word(chart, arguments, rule):
    """The release is a label of pods, and a used word is a folder."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (the sentence is looked at below)
        Paperless(chart, "docs", **arguments)

    assert str(refused.value).startswith(f"chart/docs: {rule}")
    assert str(refused.value).endswith("; for example today's date, '2026-11-25'")


@pytest.mark.parametrize("name", ["REBUILD_INDEX", "START_FROM_NOTHING"])
def test_words_are_no_settings(name):
    """In the settings a word would change the release behind the back of its label."""
    with pytest.raises(ValueError, match=rf"use Paperless\({name.lower()}=\.\.\.\)"):
        Settings(extra_env={name: "2026-11-25"})
