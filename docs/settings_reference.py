"""Write docs/settings.md: every setting, from its declaration and the docstring below that."""  # noqa: INP001

from __future__ import annotations

import ast
import inspect
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdk8s_paperless_ngx import Settings
from cdk8s_paperless_ngx.settings.catalog import catalog_of
from cdk8s_paperless_ngx.settings.not_settings import OWNED, START_SCRIPT
from cdk8s_paperless_ngx.settings.setting import Group, Setting, declared_settings, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAGE = Path(__file__).with_name("settings.md")
INTRODUCTION = """\
<!-- Written by `make docs` from lib/cdk8s_paperless_ngx/settings/; change the declarations there. -->

# Settings

Everything below is an argument of `Settings(...)` or of one of its groups, as `Settings(ocr=Ocr(pages=3))`. What is not
set is not written, and upstream's default holds, which stands under *unset*. A setting that the version of the image
does not have is refused when the app is synthesized, and the refusal names its successor.

An existing installation's file becomes settings with `Settings.from_env(Path("docker-compose.env"))`: `settings` is
what could be taken over, `notes` says of each other variable what to do.
"""


def meanings(group: type[Group]) -> Mapping[str, str]:
    """Return the docstrings below a class's fields."""
    (body,) = [node.body for node in ast.parse(inspect.getsource(group)).body if isinstance(node, ast.ClassDef)]
    return {
        field.target.id: " ".join(str(text.value.value).split())
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }


def versions(known: Setting[Any]) -> str:
    """Return in which versions a setting means what."""
    parts = [f"since {known.since}" if known.since else "", f"before {known.until}" if known.until else ""]
    if known.formerly:
        parts = [f"before {known.since}: `{known.formerly}`"]
    if known.changed:
        parts.append(f"{known.changed[0]}: {named(known.changed[1])}")
    return "; ".join(filter(None, parts)) or "all"


def markdown(text: str) -> str:
    """Return a docstring's text as Markdown."""
    return re.sub(r"``(.+?)``", r"`\1`", text)


def cell(text: str) -> str:
    """Return a text as Markdown inside a table."""
    return markdown(text).replace("|", "\\|")


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)


def rows(group: type[Group]) -> Iterator[tuple[str, ...]]:
    """Yield a line for each setting of a group."""
    said = meanings(group)
    for argument, known in declared_settings(group).items():
        unset = f"`{known.unset}`" if known.unset else ""
        names = f"`{argument}`<br>`{known.name}`"
        yield names, said[argument], known.kind.rule, unset, versions(known), ", ".join(known.read_by)


def page() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    for name, group in {"": Settings, **catalog_of(Settings).group_types}.items():
        title = f"`{name}={group.__name__}(...)`" if name else "`Settings(...)`"
        # Settings' own section would be about all of them.
        summary = f"{(inspect.getdoc(group) or '').splitlines()[0]}\n\n" if name else ""
        head = ("argument, variable", "meaning", "value", "unset", "versions", "read by")
        parts.append(f"## {title}\n\n{markdown(summary)}{table(head, rows(group))}\n")
    elsewhere = table(("variable", "instead"), ((f"`{name}`", advice) for name, advice in OWNED.items()))
    parts.append(f"## Variables that are no settings\n\n{elsewhere}\n")
    scripts = table(("variable", "instead"), ((f"`{name}`", advice) for name, advice in START_SCRIPT.items()))
    parts.append(
        "## Variables that only the image's start scripts read\n\n"
        "Processes start without those scripts since 2.15, and before that not as root. The same goes for every "
        f"variable with `_FILE` behind its name.\n\n{scripts}\n"
    )
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"  docs/{PAGE.name}\n")
