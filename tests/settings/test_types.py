"""What type checkers refuse, and what they cannot see."""

from __future__ import annotations

import dataclasses

import pytest

from tests.settings.wrong_types import WRONG, assignment, right


@pytest.mark.parametrize("call", WRONG)
def test_wrong_types_are_refused_without_a_checker_too(call):
    with pytest.raises((ValueError, TypeError, dataclasses.FrozenInstanceError)):
        call()


def test_right_types_are_taken():
    settings, pages, languages, delay = right()

    assert (settings.ocr.pages, settings.ocr.languages, settings.trash.empty_trash_delay) == (pages, languages, delay)
    with pytest.raises(dataclasses.FrozenInstanceError):
        assignment()
