"""The programs of this library that run in pods."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from cdk8s_paperless_ngx.validation.frozen import FrozenMapping

_FILES: Final = (".py", ".sh", "passwd")


@cache
def shell_script(name: str) -> str:
    """Return the text of a script for the shell of a server's image, which has no Python."""
    return resources.files("cdk8s_paperless_ngx").joinpath("scripts", f"{name}.sh").read_text(encoding="utf-8")


@cache
def script_texts() -> FrozenMapping[str]:
    """Return the text of each script, and of what else is mounted from among them, by its file's name."""
    folder = resources.files("cdk8s_paperless_ngx").joinpath("scripts")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(_FILES)), key=lambda entry: entry.name)
    return FrozenMapping({file.name: file.read_text(encoding="utf-8") for file in files})
