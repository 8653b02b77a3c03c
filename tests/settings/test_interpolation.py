"""References to variables inside a value."""

from __future__ import annotations

import pytest

from cdk8s_paperless_ngx.settings.interpolation import Interpolated, interpolate, interpolate_in_pod

VALUES = {"A": "b", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$A", "b"),
        ("${A}", "b"),
        ("x${A}y$A", "xbyb"),
        ("$$A", "$A"),
        ("$${A}", "${A}"),
        ("5$", "5$"),
        ("^a$|b", "^a$|b"),
        ("${A:-c}", "b"),
        ("${NO:-c}", "c"),
        ("${NO-c}", "c"),
        ("${NO:-}", ""),
        ("${EMPTY:-c}", "c"),
        ("${EMPTY-c}", ""),
        ("${EMPTY}", ""),
        ("${A:?no}", "b"),
        ("${A?no}", "b"),
        ("${A:+c}", "c"),
        ("${NO:+c}", ""),
        ("${EMPTY+c}", "c"),
        ("${NO:-${A}}", "b"),
        ("${NO:-${NOR:-{{ title }}}}", "{{ title }}"),
        ("${NO:-a:-b}", "a:-b"),
        ("${not closed", "${not closed"),
        ("{{ created }}", "{{ created }}"),
    ],
)
def test_as_compose_resolves(text, value):
    assert interpolate(text, VALUES.get) == Interpolated(value)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("$NO", ("NO",)),
        ("https://docs.${NO}/", ("NO",)),
        ("${NO:?say it}", ("NO",)),
        ("${EMPTY:?say it}", ("EMPTY",)),
        ("${NO:-${NOR}}", ("NOR",)),
        ("${NO}${NOR}${NO}", ("NO", "NOR")),
    ],
)
def test_what_has_no_value_is_named(text, missing):
    """Compose would take nothing for it, and Flux would fill it in later; neither is what the file says."""
    assert interpolate(text, VALUES.get).missing == missing


@pytest.mark.parametrize(
    ("text", "value"),
    [("$A", "$A"), ("$$A", "$$A"), ("$${A}", "${A}"), ("${NO:=c}", "c"), ("^a$", "^a$")],
)
def test_flux_knows_braces_alone(text, value):
    assert interpolate(text, VALUES.get, braces_only=True) == Interpolated(value)


@pytest.mark.parametrize(
    ("text", "value", "missing"),
    [("$(A)/c", "b/c", ()), ("$$(A)", "$(A)", ()), ("$(NO)", "$(NO)", ("NO",)), ("$A ${A}", "$A ${A}", ())],
)
def test_as_kubernetes_resolves(text, value, missing):
    assert interpolate_in_pod(text, VALUES.get) == Interpolated(value, missing)
