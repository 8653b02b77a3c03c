"""`make synth`: what is committed is only ever replaced by something whole."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent


@pytest.fixture
def checkout(tmp_path):
    """The project with its installed tools, but with an app and an output of its own."""
    for name in ("Makefile", "package.json", "package-lock.json", ".npmrc", "pyproject.toml", "cdk8s.yaml"):
        shutil.copy2(PROJECT / name, tmp_path)
    for name in ("requirements", ".venv", "node_modules", "lib"):
        (tmp_path / name).symlink_to(PROJECT / name)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "old.yaml").write_text("old", encoding="utf-8")
    return tmp_path


def make_synth(checkout, app):
    (checkout / "main.py").write_text(app, encoding="utf-8")
    return subprocess.run(["make", "synth"], cwd=checkout, capture_output=True, text=True, check=False)


def test_failed_synthesis_leaves_dist_untouched(checkout):
    """The CLI empties its output first; GitOps tools would take an empty directory for "delete everything"."""
    done = make_synth(checkout, "import cdk8s_paperless_ngx as p\np.Fixed(replicas=0)\n")

    assert done.returncode != 0
    assert "Fixed: replicas must be a whole number of at least 1, got 0" in done.stdout + done.stderr
    assert "dist/ is unchanged" in done.stderr
    assert [file.read_text(encoding="utf-8") for file in (checkout / "dist").iterdir()] == ["old"]
    assert not [path.name for path in checkout.iterdir() if path.name.startswith(".dist")]


def test_synthesis_leaves_nothing_stale(checkout):
    """A file of an instance that is gone must go with it."""
    done = make_synth(checkout, (PROJECT / "main.py").read_text(encoding="utf-8"))

    assert done.returncode == 0, done.stderr
    written = {file.name: file.read_bytes() for file in (checkout / "dist").iterdir()}
    assert written == {file.name: file.read_bytes() for file in (PROJECT / "dist").iterdir()}
