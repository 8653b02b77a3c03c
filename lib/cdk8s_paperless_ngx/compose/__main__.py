"""``python -m cdk8s_paperless_ngx.compose main.py FOLDER``: writes the Compose project of an app's chart."""

from __future__ import annotations

import argparse
import runpy
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cdk8s import App, Chart

from cdk8s_paperless_ngx.compose.containers import SCRIPTS
from cdk8s_paperless_ngx.compose.project import ComposeProject, compose_project
from cdk8s_paperless_ngx.paperless import Paperless
from cdk8s_paperless_ngx.validation.errors import conflict, refusal

_SECRETS: Final = ".env"
_FOR_OWNER: Final = 0o600
_FOR_ALL: Final = 0o644
"""Users of containers read the scripts, whatever the umask here is."""


def write(project: ComposeProject, folder: Path) -> None:
    """Write a project into a folder: each file whole, and nothing but its own ones.

    The folder of the scripts is the project's alone: files that are in there and are none go. A ``.gitignore`` that
    keeps the secrets out of git is written where there is none.
    """
    scripts = folder / SCRIPTS
    scripts.mkdir(parents=True, exist_ok=True)
    scripts.chmod(0o755)
    for name, text in project.scripts.items():
        _replace(scripts / name, text, _FOR_ALL)
    for path in scripts.iterdir():
        if path.name not in project.scripts and not path.is_dir():
            path.unlink()
    _replace(folder / "compose.yaml", project.file, _FOR_ALL)
    if not (folder / ".gitignore").exists():
        _replace(folder / ".gitignore", f"{_SECRETS}\n", _FOR_ALL)


def add_secrets(project: ComposeProject, folder: Path) -> list[str]:
    """Add what the file ``.env`` lacks, in lines of its own after those that are there; return the names.

    A new file is for nobody else to read.
    """
    # Whoever keeps secrets elsewhere may have put a link here.
    file = (folder / _SECRETS).resolve()
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    added = project.new_secrets(text)
    if added:
        before = text if text.endswith("\n") or not text else f"{text}\n"
        lines = "".join(f"{name}={value}\n" for name, value in added.items())
        _replace(file, before + lines, file.stat().st_mode if file.exists() else _FOR_OWNER)
    return list(added)


def _replace(path: Path, text: str, mode: int) -> None:
    """Write a file so that it is there whole, or as it was."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
        new = Path(folder, path.name)
        new.write_text(text, encoding="utf-8")
        new.chmod(mode)
        new.rename(path)


def _apps(file: Path) -> list[App]:
    """Run an app's file as Python would; return the apps that it synthesizes, which writes nothing here."""
    with _as_program(file), _recorded_apps() as apps:
        try:
            runpy.run_path(str(file), run_name="__main__")
        except SystemExit as end:
            # `sys.exit(main())` is how many a program ends.
            if end.code:
                raise
    return apps


@contextmanager
def _as_program(file: Path) -> Generator[None]:
    """Have a file find its arguments and its neighbours as if Python had been started with it."""
    arguments, path = sys.argv, sys.path
    sys.argv, sys.path = [str(file)], [str(file.parent), *path]
    try:
        yield
    finally:
        sys.argv, sys.path = arguments, path


@contextmanager
def _recorded_apps() -> Generator[list[App]]:
    """Record apps when they are synthesized, instead of writing their files."""
    apps: list[App] = []

    def record(app: App) -> None:
        # It validates, as `App.synth` does.
        app.synth_yaml()
        apps.append(app)

    synth = App.synth
    setattr(App, "synth", record)  # noqa: B010 (type checkers refuse the assignment of a method)
    try:
        yield apps
    finally:
        setattr(App, "synth", synth)  # noqa: B010


def _chart(file: Path, wanted: str | None) -> Chart:
    charts = {
        chart.node.path: chart
        for app in _apps(file)
        for item in app.node.find_all()
        if isinstance(item, Paperless) and (chart := Chart.of(item))
    }
    if not charts:
        raise conflict(str(file), "no app in it synthesizes a chart with a Paperless", "call the app's synth()")
    if wanted is None and len(charts) == 1:
        return next(iter(charts.values()))
    if wanted not in charts:
        raise refusal(str(file), "--chart", f"one of {', '.join(charts)}", wanted, "each gets a folder of its own")
    return charts[wanted]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m cdk8s_paperless_ngx.compose", description=__doc__)
    parser.add_argument("app", type=Path, help="the Python file that synthesizes the app")
    parser.add_argument("folder", type=Path, help=f"where to write compose.yaml, {SCRIPTS}/ and what .env lacks")
    parser.add_argument("--chart", help="which one, where several have an instance")
    given = parser.parse_args(arguments)
    try:
        project = compose_project(_chart(given.app, given.chart))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command's error)
        return 1
    write(project, given.folder)
    added = add_secrets(project, given.folder)
    news = f"has new secrets: {', '.join(added)}" if added else "stays as it is"
    print(f"  {given.folder / 'compose.yaml'}")  # noqa: T201 (a command's result)
    print(f"  {given.folder / _SECRETS} {news}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
