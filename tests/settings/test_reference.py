"""docs/settings.md, which is written from the declarations."""

from __future__ import annotations

import pytest
from docs.settings_reference import PAGE, meanings, page

from cdk8s_paperless_ngx import Settings
from cdk8s_paperless_ngx.settings.catalog import catalog_of
from cdk8s_paperless_ngx.settings.setting import declared_settings
from tests.settings.upstream import FACTS

GROUPS = [Settings, *catalog_of(Settings).group_types.values()]


def test_the_page_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/settings.md is stale; run `make docs`"


def test_every_variable_is_on_it():
    text = page()

    assert [name for name in FACTS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__name__)
def test_every_argument_is_explained(group):
    """Its docstring stands below it, and is a sentence."""
    said = meanings(group)

    assert [
        name for name in declared_settings(group) if not said.get(name, "").rstrip(".") or said[name][-1] != "."
    ] == []
