"""Files of environment variables, as Docker Compose reads them."""

from __future__ import annotations

import pytest

from cdk8s_paperless_ngx.settings.dotenv import parse_dotenv, read_dotenv, variable_names

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
        (r'A="^\d+\.pdf$"', r"^\d+\.pdf$"),
        (r'A="b\\c\"d"', r'b\c"d'),
        (r'A="\$B"', "$B"),
        (r"A='b\'c\d'", r"b'c\d"),
        ("A: b", "b"),
        ("A: 'b'", "b"),
        ("A : 'b: c' # why", "b: c"),
        ("A=b: c", "b: c"),
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


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A=b\nhunter2!\nC=d\n", 2),
        ("A=b\n=hunter2\nC=d", 2),
        ("A='hunter2\nA=b\nC=d", 1),
        ("A='1' hunter2\nA=b\nC=d\n", 1),
        ("A=b\nC=d\n1E=hunter2", 3),
    ],
)
def test_what_is_no_variable_is_named_and_not_repeated(text, line):
    """It may be a password. The other lines count all the same: one slip must not cost a whole file."""
    found = read_dotenv(text)

    assert found.variables == {"A": "b", "C": "d"}
    assert found.remarks == {f"line {line}": "it is neither a variable nor a comment: write NAME=value"}
    assert variable_names(text) >= {"A", "C"}


def test_a_reference_means_an_earlier_line():
    """As Compose has it. What no line says is named, and is not taken for nothing."""
    found = read_dotenv("HOST=docs\nURL=https://${HOST}.example.org\nLATER=$AFTER\nAFTER=1\nBOTH=${NO}-${NOR}\n")

    assert found.variables == {
        "HOST": "docs",
        "URL": "https://docs.example.org",
        "LATER": None,
        "AFTER": "1",
        "BOTH": None,
    }
    assert found.reasons == {
        "LATER": "it refers to AFTER, which has no value in the file: write its value",
        "BOTH": "it refers to NO and NOR, which have no value in the file: write its value",
    }


@pytest.mark.parametrize("text", ["A: 1\nB=1", "A='no end\nB=1", 'A="no end\nB=1', "A='1' rest\nB=1"])
def test_names_are_found_beside_mistakes(text):
    """A secret that is there under a mistake must not be made a second time."""
    assert variable_names(text) == {"A", "B"}
