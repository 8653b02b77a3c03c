"""Every example: what is committed is what it makes, and every cluster takes it."""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import jsonschema
import kubernetes_validate
import pytest

from tests.examples import EXAMPLES, PROJECT, manifests
from tests.schemas import CUSTOM
from tests.test_output import empty_lists

SNIPPETS = [
    pytest.param(textwrap.dedent(code), id=f"{page.name}-{number}")
    for page in (PROJECT / "README.md", *sorted((PROJECT / "docs").glob("**/*.md")))
    for number, (_, code) in enumerate(
        re.findall(r"^( *)```python\n(.*?)^\1```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    )
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_is_valid(example):
    """Strict: an unknown field is an error. Custom resources are compared with their definitions."""
    for manifest in manifests(example):
        if manifest["kind"] in CUSTOM:
            jsonschema.validate(manifest, CUSTOM[manifest["kind"]])
        else:
            kubernetes_validate.validate(manifest, "1.28", strict=True)
        assert empty_lists(manifest) == []


def test_every_example_is_explained():
    """The page that lists them names each."""
    page = (PROJECT / "examples" / "README.md").read_text(encoding="utf-8")

    assert [name for name in EXAMPLES if f"[{name}]({name}/main.py)" not in page] == []


@pytest.mark.parametrize("code", SNIPPETS)
def test_snippet_runs(tmp_path, code):
    """What the pages say in Python is what one can copy."""
    (tmp_path / "docker-compose.env").write_text("PAPERLESS_TIME_ZONE=Europe/Zurich\n", encoding="utf-8")
    command = [sys.executable, "-W", "error", "-c", code]
    environment = os.environ | {"CDK8S_OUTDIR": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_bindings_are_current(tmp_path):
    """`make imports` was run after the last change of a schema or of the CLI; it gives the same bytes each time."""
    for name in ("cdk8s.yaml", "Makefile", "package.json", "package-lock.json", ".npmrc"):
        shutil.copy2(PROJECT / name, tmp_path)
    for name in (".venv", "node_modules", "requirements"):
        (tmp_path / name).symlink_to(PROJECT / name)
    shutil.copytree(PROJECT / "imports" / "schemas", tmp_path / "imports" / "schemas")
    subprocess.run(["make", "imports"], cwd=tmp_path, check=True, capture_output=True)

    def different(compared: filecmp.dircmp[str], folder: Path) -> list[str]:
        below = (different(sub, folder / name) for name, sub in compared.subdirs.items())
        names = [*compared.left_only, *compared.right_only, *compared.diff_files]
        return [str(folder / name) for name in names] + [path for paths in below for path in paths]

    compared = filecmp.dircmp(PROJECT / "imports" / "io", tmp_path / "imports" / "io", ignore=["__pycache__"])
    assert different(compared, Path("imports/io")) == [], "run `make imports`"
