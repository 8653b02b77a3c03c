"""The images that instances run by default: each pinned, in one place, where Renovate finds it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import cdk8s
import pytest

from cdk8s_paperless_ngx import Backup, BundledTika, FlowerOptions, Paperless, PaperlessImage, pins
from tests.conftest import pod_specs
from tests.test_output import PROJECT

FILE = Path(pins.__file__)
RENOVATE = json.loads((PROJECT / "renovate.json").read_text(encoding="utf-8"))
PINNED = r"[a-z0-9.]+(/[a-z0-9-]+)+:[A-Za-z0-9.-]+@sha256:[0-9a-f]{64}"
PINS = {name: reference for name, reference in vars(pins).items() if name.isupper() and isinstance(reference, str)}


def found(text: str) -> list[dict[str, str]]:
    """Return what Renovate finds in a file; Python writes names of groups in its own way."""
    (manager,) = RENOVATE["customManagers"]
    (pattern,) = manager["matchStrings"]
    return [match.groupdict() for match in re.finditer(pattern.replace("(?<", "(?P<"), text)]


def test_every_pin_is_whole():
    """Registry, name, a tag that a human reads, and a digest that nobody can move."""
    assert {name for name, reference in PINS.items() if not re.fullmatch(PINNED, reference)} == set()
    assert len(PINS) == 5


def test_every_container_is_pinned():
    """Nothing moves by itself: neither an image that is pushed anew, nor a tag that means the newest."""
    chart = cdk8s.Chart(cdk8s.Testing.app(), "chart", namespace="docs")
    instance = Paperless(chart, "docs", flower=FlowerOptions(), tika=BundledTika()).instance
    Backup(chart, "backup", instance=instance)
    images = {
        container["image"]
        for manifest in cdk8s.Testing.synth(chart)
        for spec in pod_specs(manifest)
        for container in (*spec["containers"], *spec.get("initContainers", []))
    }

    assert images == set(PINS.values())


def test_images_stand_nowhere_else():
    """A second place would be forgotten; documentation and tests take what stands here."""
    names = {reference.partition(":")[0].rpartition("/")[2] for reference in PINS.values()}
    pattern = re.compile(rf'"[^"\s]*/({"|".join(names)}):[^"\s]*"')
    others = [file for file in FILE.parent.rglob("*.py") if file != FILE]

    assert [file for file in others if pattern.search(file.read_text(encoding="utf-8"))] == []


def test_renovate_finds_each_pin_and_nothing_else():
    """Versions that are not the default any more must not become the newest one."""
    references = [
        f"{it['depName']}:{it['currentValue']}@{it['currentDigest']}" for it in found(FILE.read_text("utf-8"))
    ]

    assert sorted(references) == sorted(PINS.values())


def test_renovate_looks_into_that_file():
    (manager,) = RENOVATE["customManagers"]
    (pattern,) = manager["managerFilePatterns"]

    assert re.search(pattern.strip("/").replace("\\/", "/"), FILE.relative_to(PROJECT).as_posix())
    assert manager["datasourceTemplate"] == "docker"


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("POSTGRES", "18.7-trixie", ("19.0-trixie", "18.7", "18.7-bookworm", "18.7-alpine")),
        ("VALKEY", "9.2.0-trixie", ("9.2.0", "9.2.0-alpine")),
        ("TIKA", "3.4.0.0", ("4.0.0.0", "latest", "3.4.0.0-full")),
    ],
)
def test_renovate_offers_what_an_instance_can_take(name, good, bad):
    """Another major version of PostgreSQL, or its collations, need a dump; Tika 4 fails on documents."""
    package, _, rest = PINS[name].partition(":")
    (rule,) = [rule for rule in RENOVATE["packageRules"] if rule["matchPackageNames"] == [package]]
    allowed = re.compile(rule["allowedVersions"].strip("/"))

    assert allowed.search(rest.partition("@")[0])
    assert allowed.search(good)
    assert [version for version in bad if allowed.search(version)] == []


@pytest.mark.parametrize("version", pins.FORMER_PAPERLESS)
@pytest.mark.filterwarnings("ignore")
def test_former_versions_are_pinned_too(version):
    """Whoever stays with one gets what it was."""
    assert PaperlessImage(version=version).reference.endswith(f":{version}@{pins.FORMER_PAPERLESS[version]}")
