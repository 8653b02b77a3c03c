"""The YAML of the examples, which is not in git: each is synthesized when a test first asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).parent.parent
EXAMPLES = tuple(sorted(path.parent.name for path in (PROJECT / "examples").glob("*/main.py")))


def synthesize(program: Path, folder: Path, **environment: str) -> None:
    """Run an app of the project; warnings are errors."""
    subprocess.run(
        [sys.executable, "-W", "error", program],
        cwd=PROJECT,
        env=os.environ | {"CDK8S_OUTDIR": str(folder), "PYTHONPATH": str(PROJECT), **environment},
        check=True,
        capture_output=True,
    )


@cache
def manifests(name: str) -> list[dict[str, Any]]:
    """Return what an example makes."""
    with tempfile.TemporaryDirectory() as folder:
        synthesize(PROJECT / "examples" / name / "main.py", Path(folder))
        files = sorted(Path(folder).iterdir())
        return [found for file in files for found in yaml.load_all(file.read_bytes(), Loader=yaml.CSafeLoader)]
