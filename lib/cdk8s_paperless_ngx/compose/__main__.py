"""``python -m cdk8s_paperless_ngx.compose main.py FOLDER``: writes the Compose project of an app's chart."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from pathlib import Path

from cdk8s import App, Chart

from cdk8s_paperless_ngx.compose.containers import SCRIPTS
from cdk8s_paperless_ngx.compose.project import ComposeProject, compose


def write(project: ComposeProject, folder: Path) -> None:
    """Write a project into a folder; each file is replaced whole, and secrets that are there stay."""
    scripts = folder / SCRIPTS
    scripts.mkdir(parents=True, exist_ok=True)
    for name, text in project.scripts.items():
        _replace(scripts / name, text)
    for file in scripts.iterdir():
        if file.name not in project.scripts:
            file.unlink()
    _replace(folder / "compose.yaml", project.file)


def add_secrets(project: ComposeProject, folder: Path) -> bool:
    """Make the file ``.env``, for nobody else to read, where there is none; return whether there was none."""
    try:
        descriptor = os.open(folder / ".env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(project.new_secrets())
    return True


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.rename(path)


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m cdk8s_paperless_ngx.compose", description=__doc__)
    parser.add_argument("app", help="the Python file that makes the app")
    parser.add_argument("folder", type=Path, help="where to write compose.yaml, scripts/ and, once, .env")
    parser.add_argument("--chart", help="id of the chart, where the app has several")
    arguments = parser.parse_args()
    values = runpy.run_path(arguments.app, run_name="__main__")
    (app,) = (value for value in values.values() if isinstance(value, App))
    charts = {chart.node.id: chart for chart in app.node.find_all() if isinstance(chart, Chart)}
    name = arguments.chart or next(iter(charts))
    if name not in charts:
        parser.error(f"--chart must be one of {', '.join(charts)}, got {name}")
    try:
        project = compose(charts[name])
    except ValueError as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command's error)
        return 1
    write(project, arguments.folder)
    made = add_secrets(project, arguments.folder)
    print(f"  {arguments.folder / 'compose.yaml'}")  # noqa: T201 (a command's result)
    print(f"  {arguments.folder / '.env'} {'with new secrets' if made else 'stays as it is'}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
