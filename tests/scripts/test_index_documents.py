"""The command that makes the index anew, and what its log shows meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import index_documents
import pytest

SCRIPT = Path(index_documents.__file__)
COMMAND = """
import sys

class PaperlessCommand:
    def track(self, iterable, *, description="Processing...", total=None):
        yield from iterable

def index():
    command = PaperlessCommand()
    found = list(command.track(iter("abc"), description="Indexing documents...", total=3))
    print("indexed", found, sys.argv)
"""


class Command:
    def track(self, iterable, *, description="", total=None):  # noqa: ARG002 (upstream's)
        yield from iterable


@pytest.mark.parametrize(
    ("every", "lines"),
    [(0, ["indexed 1 of 3 documents", "indexed 2 of 3 documents", "indexed 3 of 3 documents"]), (60, [])],
)
def test_tells_how_far_it_is(capsys, every, lines):
    """Now and then, as a big archive takes long; what is gone through stays what it is."""

    class Mine(Command):
        pass

    index_documents.tell(Mine, every)

    assert list(Mine().track(iter("abc"), description="Indexing documents...", total=3)) == ["a", "b", "c"]
    assert capsys.readouterr().out.splitlines() == lines


def test_command_that_goes_through_nothing_is_left_alone():
    """Before 3.0 there is no such method."""

    class Older:
        pass

    index_documents.tell(Older)

    assert not hasattr(Older, "track")


@pytest.mark.parametrize("known", [True, False], ids=["as in 3.0 and later", "older"])
def test_runs_upstreams_command(tmp_path, known):
    """With the arguments that it was given, in the application's folder, by the application's manage.py."""
    if known:
        (tmp_path / "django").mkdir()
        (tmp_path / "django/__init__.py").write_text("def setup(): pass\n", encoding="utf-8")
        (tmp_path / "documents/management/commands").mkdir(parents=True)
        (tmp_path / "documents/management/commands/base.py").write_text(COMMAND, encoding="utf-8")
        text = "from documents.management.commands import base\nbase.index()\n"
    else:
        text = "import sys\nprint(sys.argv)\nsys.exit(3)\n"
    (tmp_path / "manage.py").write_text(text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, SCRIPT, "reindex", "--no-progress-bar"],
        cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "['manage.py', 'document_index', 'reindex', '--no-progress-bar']" in done.stdout
    assert done.returncode == (0 if known else 3), done.stderr
