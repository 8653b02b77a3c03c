"""Files of environment variables, as Docker Compose reads them."""

from __future__ import annotations

import pytest

from cdk8s_paperless_ngx.settings.dotenv import NotAVariableError, parse_dotenv, variable_names

KEY = 'KEY="first\nADMIN_PASSWORD=looks like one\nlast"\n'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=b", "b"),
        ("export A=b", "b"),
        ("A = b ", "b"),
        ("A=b # why", "b"),
        ("A=b#c", "b#c"),
        ("A=", ""),
        ("A", None),
        ("A=${B}", None),
        ("A='$B'", "$B"),
        ("A='b # c' # why", "b # c"),
        (r'A="b\nc"', "b\nc"),
        ('A="b\nc"', "b\nc"),
        ("\ufeffA=b", "b"),
        ("A=b\nA=c", "c"),
        ("\n# A=c\nA=b\n", "b"),
    ],
)
def test_one_variable(text, value):
    assert parse_dotenv(text) == {"A": value}


def test_a_value_over_several_lines_is_one():
    """Lines in it may look like variables; a secret that only seems to be there would never be made."""
    assert parse_dotenv(KEY) == {"KEY": "first\nADMIN_PASSWORD=looks like one\nlast"}
    assert variable_names(KEY) == {"KEY"}


def test_what_is_no_variable_is_not_repeated():
    with pytest.raises(NotAVariableError, match=r"^line 2 is neither a variable nor a comment$"):
        parse_dotenv("A=b\nhunter2!\n")
    assert variable_names("A=b\nhunter2!\n") == {"A"}


@pytest.mark.parametrize("text", ["A: 1\nB=1", "A='no end\nB=1", 'A="no end\nB=1', "A='1' rest\nB=1"])
def test_names_are_found_beside_mistakes(text):
    """A secret that is there under a mistake must not be made a second time."""
    assert variable_names(text) == {"A", "B"}
