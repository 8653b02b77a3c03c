"""What type checkers refuse, and what they cannot see."""

from __future__ import annotations

import ast
import dataclasses
import sys
from pathlib import Path

import pytest

import cdk8s_paperless_ngx.settings
from tests.settings.wrong_types import WRONG, assignment, right

FOLDER = Path(cdk8s_paperless_ngx.settings.__file__).parent
LIBRARY = FOLDER.parent
PREFIX = "cdk8s_paperless_ngx."


@pytest.mark.parametrize("call", WRONG)
def test_wrong_types_are_refused_without_a_checker_too(call):
    with pytest.raises((ValueError, TypeError, dataclasses.FrozenInstanceError)):
        call()


def test_right_types_are_taken():
    settings, pages, languages, delay = right()

    assert (settings.ocr.pages, settings.ocr.languages, settings.trash.empty_trash_delay) == (pages, languages, delay)
    with pytest.raises(dataclasses.FrozenInstanceError):
        assignment()


def imported(module: Path) -> set[str]:
    """Modules that one imports, for whatever purpose."""
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


def test_settings_know_nothing_of_kubernetes():
    """Neither they nor what they import in this library imports cdk8s, or anything but the standard library."""
    waiting, seen = list(FOLDER.glob("*.py")), set()
    while waiting:
        module = waiting.pop()
        seen.add(module)
        for name in imported(module):
            if name.startswith(PREFIX):
                base = LIBRARY.joinpath(*name.removeprefix(PREFIX).split("."))
                found = base.with_suffix(".py") if base.with_suffix(".py").exists() else base / "__init__.py"
                waiting += [found] if found not in seen else []
            else:
                assert name.partition(".")[0] in sys.stdlib_module_names, f"{module} imports {name}"

    assert len(seen) > len(list(FOLDER.glob("*.py")))
