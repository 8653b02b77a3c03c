"""The package as others get it: the wheel, in a clean environment, in a chart that has imports of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).parent.parent
CONSUMER = """
from imports import mine
from cdk8s import App, Chart
from cdk8s_paperless_ngx import Paperless
app = App(outdir="out")
Paperless(Chart(app, "chart", namespace="docs"), mine.NAME)
app.synth()
"""


def run(*command: str, cwd: Path, **env: str) -> None:
    done = subprocess.run(command, cwd=cwd, env=os.environ | env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_wheel_works_in_a_strangers_project(tmp_path):
    """The wheel brings its scripts, and nothing called `imports` that could hide the stranger's own."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    run(*build, "--outdir", str(tmp_path), str(PROJECT), cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    # Its dependencies come from this environment, so that the test needs no network.
    venv.create(tmp_path / "venv", symlinks=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel), cwd=tmp_path)
    site = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    (tmp_path / "imports").mkdir()
    (tmp_path / "imports" / "__init__.py").touch()
    (tmp_path / "imports" / "mine.py").write_text('NAME = "mine"\n', encoding="utf-8")
    (tmp_path / "app.py").write_text(CONSUMER, encoding="utf-8")

    dependencies = tmp_path / "dependencies"
    dependencies.mkdir()
    for entry in site.iterdir():
        if "paperless" not in entry.name and not entry.name.endswith(".pth"):
            (dependencies / entry.name).symlink_to(entry)
    run(python, "app.py", cwd=tmp_path, PYTHONPATH=f"{tmp_path}:{dependencies}")

    written = (tmp_path / "out" / "chart.k8s.yaml").read_text(encoding="utf-8")
    assert "name: mine-webserver" in written
    assert "gate.py" in written
