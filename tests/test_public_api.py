"""What a user can import: it is complete, it has docstrings, and tools can read its types."""

from __future__ import annotations

import inspect
import subprocess
import sys
import typing
from importlib import import_module

import pytest

import cdk8s_paperless_ngx

MODULES = ("", ".settings", ".model", ".constructs", ".compose")
PUBLIC = {
    f"{module}.{name}": getattr(import_module(f"cdk8s_paperless_ngx{module}"), name)
    for module in MODULES
    for name in import_module(f"cdk8s_paperless_ngx{module}").__all__
}
CLASSES = {name: value for name, value in PUBLIC.items() if inspect.isclass(value)}
FUNCTIONS = {name: value for name, value in PUBLIC.items() if inspect.isfunction(value)}


def signatures(value: object) -> list[object]:
    """Return a public function, or the methods of a class that a user calls."""
    if not inspect.isclass(value):
        return [value]
    own = [item for name, item in vars(value).items() if name == "__init__" or not name.startswith("_")]
    unwrapped = [getattr(item, "fget", None) or getattr(item, "__func__", item) for item in own]
    return [item for item in unwrapped if inspect.isfunction(item)]


def ours(hint: object) -> set[type]:
    """Return the classes of this library in an annotation."""
    inside = {found for part in typing.get_args(hint) for found in ours(part)}
    is_ours = isinstance(hint, type) and hint.__module__.startswith("cdk8s_paperless_ngx")
    return inside | ({hint} if is_ours else set())


@pytest.mark.parametrize("module", MODULES)
def test_star_import_has_what_all_names(module):
    """The root finds its constructs when they are asked for, and they are there."""
    found: dict[str, object] = {}
    exec(f"from cdk8s_paperless_ngx{module} import *", found)  # noqa: S102 (there is no other way to import so)
    names = import_module(f"cdk8s_paperless_ngx{module}").__all__

    assert set(names) == set(found) - {"__builtins__"}
    assert sorted(names, key=str.swapcase) == sorted(set(names), key=str.swapcase)


def test_the_root_says_what_it_has_not():
    with pytest.raises(AttributeError, match="module 'cdk8s_paperless_ngx' has no attribute 'Paperles'"):
        getattr(cdk8s_paperless_ngx, "Paperles")  # noqa: B009


def test_the_root_loads_constructs_when_asked():
    """So that an app which only reads settings does not start Node."""
    program = (
        "import sys, cdk8s_paperless_ngx as it\nassert 'jsii' not in sys.modules\nit.Paperless\nsys.modules['jsii']"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", [*CLASSES, *FUNCTIONS])
def test_types_can_be_read(name):
    """By whoever documents, validates or injects: `typing.get_type_hints` finds every name in an annotation."""
    value = PUBLIC[name]
    if inspect.isclass(value):
        typing.get_type_hints(value)
    for signature in signatures(value):
        typing.get_type_hints(signature)


@pytest.mark.parametrize("name", [*CLASSES, *FUNCTIONS])
def test_what_a_signature_mentions_can_be_imported(name):
    """From one of the public packages, so that a user can annotate with it."""
    public = {value for value in PUBLIC.values() if inspect.isclass(value)}
    value = PUBLIC[name]
    of_fields = typing.get_type_hints(value).values() if inspect.isclass(value) else ()
    hints = [*of_fields, *(hint for it in signatures(value) for hint in typing.get_type_hints(it).values())]

    assert {found for hint in hints for found in ours(hint)} - public == set()


@pytest.mark.parametrize("name", [*CLASSES, *FUNCTIONS])
def test_it_has_a_docstring(name):
    """Written by hand: the one that `dataclasses` makes up is the signature."""
    value = PUBLIC[name]
    text = vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__

    assert text
    assert not text.startswith(f"{value.__name__}(")
