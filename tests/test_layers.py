"""The layers of the library: arrows go one way, and values need no Node. Decision 9 says why."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cdk8s_paperless_ngx

PACKAGE = Path(cdk8s_paperless_ngx.__file__).parent
LAYERS = ("validation", "references", "pins", "settings", "model", "manifests", "constructs", "paperless", "compose")
VALUES = LAYERS[: LAYERS.index("manifests")]
"""What a user says, and what follows from it: layers that know neither cdk8s nor jsii."""
JSII = {"cdk8s", "cdk8s_plus_27", "constructs", "jsii"}
PROGRAM = """
import sys
import cdk8s_paperless_ngx.{module}
print(*sys.modules)
"""


def imported(layer: str) -> Iterator[str]:
    """Yield what the modules of a layer import: another package, or a layer of this one after a dot."""
    folder = PACKAGE / layer
    for file in folder.rglob("*.py") if folder.is_dir() else [PACKAGE / f"{layer}.py"]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (name.name.partition(".")[0] for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.module, f"{file}: a relative import"
                package, *below = node.module.split(".")
                inner = below[:1] or [name.name for name in node.names]
                yield from (f".{name}" for name in inner) if package == PACKAGE.name else [package]


def test_every_module_is_in_a_layer():
    """Loose modules beside the layers are how a package without layers begins."""
    found = {path.stem for path in PACKAGE.iterdir() if not path.name.startswith(("_", "."))}

    assert found - {"py", "scripts"} == set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_those_before_it(layer):
    before = {f".{name}" for name in LAYERS[: LAYERS.index(layer) + 1]}

    assert {name for name in imported(layer) if name.startswith(".")} - before == set()


@pytest.mark.parametrize("layer", VALUES)
def test_values_know_nothing_of_cdk8s(layer):
    """Nor of any other package, so that settings cost nothing; one that reads files is loaded for a file of YAML."""
    known = {"yaml"} if layer == "settings" else set()

    assert {name for name in imported(layer) if not name.startswith(".")} - sys.stdlib_module_names == known


@pytest.mark.parametrize("module", ["settings", "model"])
def test_values_are_read_without_node(module):
    """In a process of its own, as here other tests have loaded jsii. Loading it starts Node and takes a second."""
    program = PROGRAM.format(module=module)
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert f"cdk8s_paperless_ngx.{module}" in loaded
    assert (JSII | {"yaml"}) & set(loaded) == set()
