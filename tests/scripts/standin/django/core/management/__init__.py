"""Finds a command by its name, as Django does, and keeps what was called."""

import importlib
import os
import sys
from pathlib import Path


def execute_from_command_line(argv):
    if "STANDIN" in os.environ:
        with Path(os.environ["STANDIN"], "calls").open("a", encoding="utf-8") as calls:
            calls.write(" ".join(argv[1:]) + "\n")
    if argv[1] == os.environ.get("STANDIN_FAIL"):
        sys.exit(3)
    if argv[1].startswith("document_") and argv[1] in {"document_exporter", "document_importer"}:
        importlib.import_module(f"documents.management.commands.{argv[1]}").Command().run(argv[2:])
