"""What the application accepts and means is kept, and what is written it accepts.

The third column of the tables is what upstream's own functions (``src/paperless/settings/parsers.py`` of 3.0.5, and the
standard library's where it calls those) make of the second; they were run beside this project.
"""

from __future__ import annotations

import json

import pytest

from cdk8s_paperless_ngx import Settings
from cdk8s_paperless_ngx.settings import Hosting, Outcome

FLAG = "PAPERLESS_OCR_ROTATE_PAGES"
WHOLE = "PAPERLESS_OCR_IMAGE_DPI"
NUMBER = "PAPERLESS_OCR_ROTATE_PAGES_THRESHOLD"
LIST = "PAPERLESS_ALLOWED_HOSTS"
PROXIES = "PAPERLESS_TRUSTED_PROXIES"
TEMPLATE = "PAPERLESS_FILENAME_FORMAT"
ARGUMENTS = "PAPERLESS_OCR_USER_ARGS"
MAPPING = "PAPERLESS_CONSUMER_TAG_BARCODE_MAPPING"
DIRECTORIES = "PAPERLESS_CONSUMER_IGNORE_DIRS"


def words(text):
    """Read a flag: upstream takes ten words in small or capital letters, and space around them."""
    return {"true": True, "false": False}[text]


def items(text):
    return [item.strip() for item in text.split(",") if item.strip()]


READERS = {
    FLAG: words,
    WHOLE: int,
    NUMBER: float,
    LIST: items,
    PROXIES: items,
    TEMPLATE: str,
    ARGUMENTS: json.loads,
    MAPPING: json.loads,
    DIRECTORIES: json.loads,
}
KEPT = [
    *((FLAG, text, True) for text in ("true", "TRUE", " yes ", "Y", "t", "1", "true\n")),
    *((FLAG, text, False) for text in ("false", "No", "n", "F", "0", "0\n")),
    (WHOLE, " 7 ", 7),
    (WHOLE, "+5", 5),
    (WHOLE, "007", 7),
    (WHOLE, "1_000", 1000),
    (WHOLE, "1\n", 1),
    (NUMBER, ".5", 0.5),
    (NUMBER, "1e-1", 0.1),
    (NUMBER, "1_0.5", 10.5),
    (NUMBER, " 2 ", 2.0),
    (LIST, "*", ["*"]),
    (LIST, "a.b, c.d,", ["a.b", "c.d"]),
    (LIST, ".example.org,[::1]", [".example.org", "[::1]"]),
    (PROXIES, "10.42.", ["10.42."]),
    (PROXIES, "10.,192.168.1", ["10.", "192.168.1"]),
    (PROXIES, "fd00:,::1", ["fd00:", "::1"]),
    (PROXIES, "10.1.1.1,10.1.1.1", ["10.1.1.1", "10.1.1.1"]),
    (TEMPLATE, "{% if a %}\n\tb\n{% endif %}\n", "{% if a %}\n\tb\n{% endif %}\n"),
    (TEMPLATE, " {{ title }} ", " {{ title }} "),
    (TEMPLATE, r"{{ title | replace('\\', '_') }}", r"{{ title | replace('\\', '_') }}"),
    (ARGUMENTS, "{}", {}),
    (ARGUMENTS, '{"a": null, "b": [1, {"c": 2.0}]}\n', {"a": None, "b": [1, {"c": 2.0}]}),
    (MAPPING, "{}", {}),
    (MAPPING, r'{"TAG:(.*)": "\\g<1>"}', {"TAG:(.*)": r"\g<1>"}),
    (DIRECTORIES, "[]", []),
    (DIRECTORIES, '["a", "b"]\n', ["a", "b"]),
]


@pytest.mark.parametrize(("name", "text", "meant"), KEPT)
def test_what_is_accepted_is_kept(name, text, meant):
    reading = Settings.from_env({name: text})

    assert READERS[name](reading.settings.variables()[name]) == meant
    assert [note for note in reading.notes if note.outcome is Outcome.WRONG] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((FLAG, text) for text in ("on", "off", "enabled", "2")),
        *((WHOLE, text) for text in ("1.0", "1e3", "abc")),
        (NUMBER, "0,5"),
        (MAPPING, "[1]"),
        (ARGUMENTS, '{"a": 1'),
        ("PAPERLESS_OCR_MODE", "AUTO"),
        ("PAPERLESS_ARCHIVE_FILE_GENERATION", "Always"),
        ("PAPERLESS_EMAIL_TASK_CRON", "*/5  * * * *"),
        ("PAPERLESS_EMAIL_TASK_CRON", "@daily"),
        ("PAPERLESS_TIME_ZONE", "Mars/Base"),
    ],
)
def test_what_stops_the_application_is_not_taken(name, text):
    """Upstream raises for each of them, and no process starts."""
    reading = Settings.from_env({name: text})

    assert reading.settings == Settings()
    assert [(note.variable, note.outcome) for note in reading.notes] == [(name, Outcome.WRONG)]


@pytest.mark.parametrize(
    ("name", "text", "written"),
    [
        ("PAPERLESS_OCR_MODE", "auto\n", "auto"),
        ("PAPERLESS_EMAIL_HOST", "smtp.example.org\n", "smtp.example.org"),
        ("PAPERLESS_CONVERT_TMPDIR", "/tmp/convert\n", "/tmp/convert"),
        ("PAPERLESS_EMAIL_TASK_CRON", "0 0 * * sun\n", "0 0 * * sun"),
    ],
)
def test_a_line_end_after_a_word_goes(name, text, written):
    """A block scalar of YAML ends with one; a choice with it stops every process, and a host with it is none."""
    assert Settings.from_env({name: text}).settings.variables()[name] == written


def test_proxies_are_counted():
    """Each stands for one that a request passes; two with one address are two."""
    assert Hosting(trusted_proxies=("10.42.", "10.42.")).trusted_proxies == ("10.42.", "10.42.")


def test_a_reading_is_not_settings():
    """The commonest slip: one sentence says what was meant."""
    from cdk8s import Chart, Testing

    from cdk8s_paperless_ngx import Paperless

    chart = Chart(Testing.app(), "chart")
    with pytest.raises(TypeError, match=r"settings must be of type Settings, got EnvReading; pass what is in it, as "):
        Paperless(chart, "docs", settings=Settings.from_env({}))
