"""Moving in with the file of an existing installation."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from cdk8s_paperless_ngx import Settings
from cdk8s_paperless_ngx.settings import DateOrder, EnvReading, Ocr, OcrMode, Outcome
from cdk8s_paperless_ngx.settings.catalog import catalog_of
from cdk8s_paperless_ngx.settings.dotenv import parse_dotenv
from tests.settings.upstream import FACTS, VERSIONS

FILE = Path(__file__).with_name("docker-compose.env")
SECRETS = ("correct-horse", "battery", "staple")


def outcomes(reading):
    return {note.variable: note.outcome for note in reading.notes}


def text(reading, variable):
    (note,) = [note for note in reading.notes if note.variable == variable]
    return note.text


def test_a_whole_file():
    """An installation of 2.x as people have it, moving to 3.0.5."""
    reading = Settings.from_env(FILE)

    assert isinstance(reading, EnvReading)
    assert reading.settings.variables() == {
        "PAPERLESS_TIME_ZONE": "Europe/Zurich",
        "PAPERLESS_OCR_LANGUAGE": "deu+eng",
        "PAPERLESS_OCR_MODE": "auto",
        "PAPERLESS_ARCHIVE_FILE_GENERATION": "auto",
        "PAPERLESS_OCR_PAGES": "0",
        "PAPERLESS_OCR_USER_ARGS": '{"optimize": 1, "unpaper_args": "--pre-rotate 90"}',
        "PAPERLESS_CONSUMER_POLLING_INTERVAL": "3",
        "PAPERLESS_CONSUMER_IGNORE_PATTERNS": r'["^\\._.*$", "^.*\\.tmp$"]',
        "PAPERLESS_CONSUMER_IGNORE_DIRS": '[".DS_STORE"]',
        "PAPERLESS_CONSUMER_RECURSIVE": "true",
        "PAPERLESS_CONSUMER_SUBDIRS_AS_TAGS": "true",
        "PAPERLESS_CONSUMER_DELETE_DUPLICATES": "true",
        "PAPERLESS_CONSUMER_ENABLE_BARCODES": "true",
        "PAPERLESS_FILENAME_FORMAT": "{{ created_year }}/{{ correspondent }}/{{ title }}",
        "PAPERLESS_DATE_ORDER": "DMY",
        "PAPERLESS_IGNORE_DATES": "13 May 1980,31 December 1999",
        "PAPERLESS_CSRF_TRUSTED_ORIGINS": "https://docs.example.org,https://docs.lan",
        "PAPERLESS_TIKA_ENABLED": "true",
        "PAPERLESS_TIKA_ENDPOINT": "http://tika:9998",
        "PAPERLESS_TIKA_GOTENBERG_ENDPOINT": "http://gotenberg:3000",
        "PAPERLESS_EMAIL_HOST": "smtp.example.org",
        "PAPERLESS_EMAIL_PORT": "587",
        "PAPERLESS_EMAIL_USE_TLS": "true",
        "PAPERLESS_EMAIL_TASK_CRON": "disable",
        "PAPERLESS_SESSION_COOKIE_AGE": "604800",
    }
    assert outcomes(reading) == {
        "USERMAP_UID": Outcome.START_SCRIPT,
        "USERMAP_GID": Outcome.START_SCRIPT,
        "COMPOSE_PROJECT_NAME": Outcome.UNKNOWN,
        "PAPERLESS_URL": Outcome.OWNED,
        "PAPERLESS_SECRET_KEY": Outcome.OWNED,
        "PAPERLESS_REDIS": Outcome.OWNED,
        "PAPERLESS_DBHOST": Outcome.OWNED,
        "PAPERLESS_DBPASS_FILE": Outcome.START_SCRIPT,
        "PAPERLESS_ADMIN_PASSWORD": Outcome.OWNED,
        "PAPERLESS_OCR_LANGUAGES": Outcome.START_SCRIPT,
        "PAPERLESS_OCR_MODE": Outcome.TRANSLATED,
        "PAPERLESS_OCR_SKIP_ARCHIVE_FILE": Outcome.TRANSLATED,
        "PAPERLESS_OCR_DESKEW": Outcome.WRONG,
        "PAPERLESS_CONSUMER_POLLING": Outcome.TRANSLATED,
        "PAPERLESS_CONSUMER_POLLING_DELAY": Outcome.REMOVED,
        "PAPERLESS_CONSUMER_DELETE_DUPLICATES": Outcome.TRANSLATED,
        "PAPERLESS_CONSUMER_IGNORE_PATTERNS": Outcome.TRANSLATED,
        "PAPERLESS_CONSUMER_BARCODE_SCANNER": Outcome.REMOVED,
        "PAPERLESS_PASSPHRASE": Outcome.REMOVED,
        "PAPERLESS_EMAIL_HOST_PASSWORD": Outcome.SECRET,
        "PAPERLESS_EMAIL_USE_SSL": Outcome.WRONG,
        "PAPERLESS_SOCIALACCOUNT_PROVIDERS": Outcome.SECRET,
        "PAPERLESS_APP_TITLE": Outcome.WRONG,
        "PAPERLESS_FILENAME_DATE_ORDER": Outcome.WRONG,
        "PAPERLESS_TASK_WORKERS": Outcome.OWNED,
        "PAPERLESS_THREADS_PER_WORKER": Outcome.OWNED,
        "PAPERLESS_WEBSERVER_WORKER": Outcome.UNKNOWN,
        "PAPERLESS_ENABLE_UPDATE_CHECK": Outcome.OWNED,
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_lost_and_nothing_told(version):
    """Each variable is among the settings as it stood, or in exactly one note; no secret is anywhere."""
    reading = Settings.from_env(FILE, version=version)
    noted = [note.variable for note in reading.notes]
    found = reading.settings.variables(version=version)

    assert len(noted) == len(set(noted))
    assert [
        name for name in parse_dotenv(FILE.read_text(encoding="utf-8")) if name not in found and name not in noted
    ] == []
    assert not [secret for secret in SECRETS if secret in repr(reading) + "".join(map(str, reading.notes))]
    reading.settings.check("chart/docs", version)


def test_the_same_file_for_the_version_it_was_made_for():
    """What is gone in 3.0 is a setting of 2.20."""
    reading = Settings.from_env(FILE, version="2.20.15")

    assert reading.settings.ocr.mode is OcrMode.SKIP
    assert reading.settings.consumption.polling_delay == timedelta(seconds=5)
    assert reading.settings.consumption.ignore_patterns == (".DS_STORE/*", "._*", "*.tmp")
    assert outcomes(reading)["PAPERLESS_PASSPHRASE"] is Outcome.SECRET


def test_upstreams_own_globs():
    """The default that 2.x documents; as regular expressions, one of them would have 3.0 ignore every file."""
    globs = (
        '[".DS_Store", ".DS_STORE", "._*", ".stfolder/*", ".stversions/*", ".localized/*", "desktop.ini", "@eaDir/*", '
        '"Thumbs.db"]'
    )
    reading = Settings.from_env({"PAPERLESS_CONSUMER_IGNORE_PATTERNS": globs})
    consumption = reading.settings.consumption

    reading.settings.check("chart/docs", "3.0.5")
    assert consumption.ignore_patterns == (
        r"^\.DS_Store$",
        r"^\.DS_STORE$",
        r"^\._.*$",
        r"^desktop\.ini$",
        r"^Thumbs\.db$",
    )
    assert consumption.ignore_dirs == (".stfolder", ".stversions", ".localized", "@eaDir")
    assert outcomes(reading) == {"PAPERLESS_CONSUMER_IGNORE_PATTERNS": Outcome.TRANSLATED}
    assert Settings.from_env({"PAPERLESS_CONSUMER_IGNORE_PATTERNS": globs}, version="2.20.15").notes == ()


@pytest.mark.parametrize(
    ("variables", "version"),
    [
        ({"PAPERLESS_CONSUMER_IGNORE_PATTERNS": r'["^.*\\.tmp$"]'}, "3.0.5"),
        ({"PAPERLESS_CONSUMER_IGNORE_PATTERNS": "[]"}, "3.0.5"),
        ({"PAPERLESS_OCR_MODE": "redo"}, "3.0.5"),
        ({"PAPERLESS_OCR_MODE": "force"}, "3.0.5"),
        ({"PAPERLESS_NLTK_DIR": "/usr/share/nltk_data"}, "3.0.5"),
        ({"PAPERLESS_OCR_LANGUAGE": "deu+eng"}, "3.0.5"),
        ({"PAPERLESS_WEBHOOKS_ALLOWED_SCHEMES": "HTTPS,https"}, "3.0.5"),
        ({"PAPERLESS_CONSUMER_BARCODE_SCANNER": "zxing"}, "2.20.15"),
        ({"PAPERLESS_OCR_PAGES": "0"}, "3.0.5"),
        ({"PAPERLESS_OCR_PAGES": 0}, "3.0.5"),
        ({"PAPERLESS_OCR_ROTATE_PAGES": True}, "3.0.5"),
        ({"PAPERLESS_OCR_ROTATE_PAGES_THRESHOLD": 7.5}, "3.0.5"),
    ],
)
def test_what_means_the_same(variables, version):
    """Nothing is to be said about it; numbers and truth values are those of YAML."""
    reading = Settings.from_env(variables, version=version)

    assert reading.notes == ()
    assert variables.keys() <= reading.settings.variables(version=version).keys()


def test_no_member_that_the_version_does_not_have():
    reading = Settings.from_env({"PAPERLESS_OCR_MODE": "auto"}, version="2.20.15")

    assert text(reading, "PAPERLESS_OCR_MODE") == (
        "it must be one of force, redo, skip, skip_noarchive, got 'auto'; use skip_noarchive, or skip, which makes an "
        "archive file of every document"
    )


@pytest.mark.parametrize(
    ("variables", "name", "note"),
    [
        ({"PAPERLESS_URL": "https://a"}, "PAPERLESS_URL", "use url"),
        (
            {"PAPERLESS_DBSSLMODE": "require"},
            "PAPERLESS_DBSSLMODE",
            "use the tls of database, an ExternalPostgres or ExternalMariadb",
        ),
        ({"USERMAP_UID": "1001"}, "USERMAP_UID", "only the image's start script reads it: use pods=Pods(user_id=...)"),
        (
            {"PAPERLESS_AI_LLM_API_KEY": "battery"},
            "PAPERLESS_AI_LLM_API_KEY",
            "put the value into a Secret and name that: Settings(ai=Ai(llm_api_key=SecretKey(secret=..., key=...)))",
        ),
        (
            {"PAPERLESS_PASSPHRASE": "battery"},
            "PAPERLESS_PASSPHRASE",
            "it was removed in 3.0.0: decrypt the documents with decrypt_documents before the upgrade",
        ),
        (
            {"PAPERLESS_CONSUMER_POLLING": "4"},
            "PAPERLESS_CONSUMER_POLLING",
            "it is PAPERLESS_CONSUMER_POLLING_INTERVAL now, Settings(consumption=Consumption(polling_interval=...))",
        ),
        (
            {"PAPERLESS_CONSUMER_POLLING": "60"},
            "PAPERLESS_CONSUMER_POLLING",
            (
                "it must be at most the PAPERLESS_CONSUMER_STABILITY_DELAY of 5 seconds, got '60'; raise "
                "PAPERLESS_CONSUMER_STABILITY_DELAY too, or files are overlooked for minutes"
            ),
        ),
        (
            {"PAPERLESS_CONSUMER_POLLING": "4", "PAPERLESS_CONSUMER_POLLING_INTERVAL": "2"},
            "PAPERLESS_CONSUMER_POLLING",
            "PAPERLESS_CONSUMER_POLLING_INTERVAL says it already",
        ),
        (
            {"PAPERLESS_TRASH_DIR": "/trash"},
            "PAPERLESS_TRASH_DIR",
            (
                "it is PAPERLESS_EMPTY_TRASH_DIR now, Settings(paths=Paths(empty_trash_dir=...)); it needs /trash in "
                "every pod: mount it with Extras"
            ),
        ),
        (
            {"PAPERLESS_OCR_MODE": "skip_noarchive"},
            "PAPERLESS_OCR_MODE",
            "it is PAPERLESS_OCR_MODE=auto and PAPERLESS_ARCHIVE_FILE_GENERATION=never now",
        ),
        (
            {"PAPERLESS_OCR_SKIP_ARCHIVE_FILE": "never"},
            "PAPERLESS_OCR_SKIP_ARCHIVE_FILE",
            "it is PAPERLESS_ARCHIVE_FILE_GENERATION=always now",
        ),
        (
            {"PAPERLESS_OCR_SKIP_ARCHIVE_FILE": "never", "PAPERLESS_ARCHIVE_FILE_GENERATION": "never"},
            "PAPERLESS_OCR_SKIP_ARCHIVE_FILE",
            (
                "it would be PAPERLESS_ARCHIVE_FILE_GENERATION=always now, and PAPERLESS_ARCHIVE_FILE_GENERATION says "
                "something else already"
            ),
        ),
        (
            {"PAPERLESS_OCR_SKIP_ARCHIVE_FILE": "sometimes"},
            "PAPERLESS_OCR_SKIP_ARCHIVE_FILE",
            "it was removed in 3.0.0: use PAPERLESS_ARCHIVE_FILE_GENERATION, which says the opposite",
        ),
        (
            {"PAPERLESS_CONSUMER_INOTIFY_DELAY": "1"},
            "PAPERLESS_CONSUMER_INOTIFY_DELAY",
            "it was removed in 3.0.0: use PAPERLESS_CONSUMER_STABILITY_DELAY, which holds with and without polling",
        ),
        (
            {"PAPERLESS_CONSUMER_POLLING_RETRY_COUNT": "1"},
            "PAPERLESS_CONSUMER_POLLING_RETRY_COUNT",
            (
                "it was removed in 3.0.0: use PAPERLESS_CONSUMER_STABILITY_DELAY, how long a file must stay unchanged "
                "in all"
            ),
        ),
        (
            {"PAPERLESS_CONSUMER_IGNORE_PATTERNS": '[".*~"]'},
            "PAPERLESS_CONSUMER_IGNORE_PATTERNS",
            r"patterns were globs and are regular expressions: rewrite '.*~', for example r'^.*\.tmp$'",
        ),
        (
            {"PAPERLESS_CONSUMER_IGNORE_PATTERNS": '["*"]'},
            "PAPERLESS_CONSUMER_IGNORE_PATTERNS",
            (
                """it must be a JSON list, each a regular expression of file names, got '["*"]'; since 3.0.0 it """
                r"ignores every file, scan.pdf too; for example r'^.*\.tmp$'"
            ),
        ),
        (
            {"PAPERLESS_CONSUMER_IGNORE_PATTERNS": '["*.tmp"'},
            "PAPERLESS_CONSUMER_IGNORE_PATTERNS",
            """it must be a JSON list, each a regular expression of file names, got '["*.tmp"'""",
        ),
        (
            {"PAPERLESS_TRUSTED_PROXIES": "10.0.0.1"},
            "PAPERLESS_TRUSTED_PROXIES",
            (
                "kept, but since 3.0.3 it means: how many there are is also the default of "
                "PAPERLESS_ALLAUTH_TRUSTED_PROXY_COUNT"
            ),
        ),
        (
            {"PAPERLESS_OCR_MODE": "skip"},
            "PAPERLESS_OCR_MODE",
            (
                "it is PAPERLESS_OCR_MODE=auto now, which makes no archive file of a document that has text, unlike "
                "skip, unless PAPERLESS_ARCHIVE_FILE_GENERATION is 'always'"
            ),
        ),
        (
            {"PAPERLESS_OCR_PAGES": "all"},
            "PAPERLESS_OCR_PAGES",
            "it must be a whole number of pages, 0 or more, got 'all'",
        ),
        (
            {"PAPERLESS_DATE_ORDER": "DD"},
            "PAPERLESS_DATE_ORDER",
            "it must be one of DMY, DYM, MDY, MYD, YDM, YMD, got 'DD'",
        ),
        (
            {"PAPERLESS_OCR_MODE": "never"},
            "PAPERLESS_OCR_MODE",
            "it must be one of auto, force, redo, off, got 'never'",
        ),
        (
            {"PAPERLESS_IGNORE_DATES": "1.1.1970, 24.12.1980"},
            "PAPERLESS_IGNORE_DATES",
            (
                "it must be a list with ',' between, each a day such as 24 December 1980 or 1980-12-24, got "
                "'1.1.1970, 24.12.1980'; with the month's name no order of day and month makes another day of it"
            ),
        ),
        (
            {"PAPERLESS_EMAIL_TASK_CRON": "5/10 * * * *"},
            "PAPERLESS_EMAIL_TASK_CRON",
            (
                "it must be a cron expression of five fields with single spaces between, or disable, got "
                "'5/10 * * * *'; Celery takes a step after '*' or a range alone, as in '5-59/10 * * * *'"
            ),
        ),
        (
            {"PAPERLESS_OCR_LANGUAGE": "pol+eng"},
            "PAPERLESS_OCR_LANGUAGE",
            "kept; it needs an image with pol, which upstream's own does not have",
        ),
        (
            {"PAPERLESS_EMAIL_CERTIFICATE_LOCATION": "/etc/mail/ca.pem"},
            "PAPERLESS_EMAIL_CERTIFICATE_LOCATION",
            "kept; it needs /etc/mail/ca.pem in every pod: mount it with Extras",
        ),
        (
            {"PAPERLESS_CONVERT_TMPDIR": "/scans/tmp/"},
            "PAPERLESS_CONVERT_TMPDIR",
            "kept; it needs /scans/tmp in workers' pods: mount it with Extras",
        ),
        (
            {"PAPERLESS_MODEL_FILE": "/models/mine.pickle"},
            "PAPERLESS_MODEL_FILE",
            (
                "kept; it needs /models/mine.pickle in the webserver's and workers' pods, on one volume: mount it "
                "with Extras"
            ),
        ),
        (
            {"PAPERLESS_GS_BINARY": "gs10"},
            "PAPERLESS_GS_BINARY",
            "kept; it needs an image with gs10",
        ),
        (
            {"PAPERLESS_DBENGINE": "sqlite"},
            "PAPERLESS_DBENGINE",
            "use database; from SQLite, data must be moved (docs/moving-in.md)",
        ),
        ({"PAPERLESS_DBPASS": ""}, "PAPERLESS_DBPASS", "it has no value in the file: leave it out; use database"),
        (
            {"PAPERLESS_EMAIL_HOST_PASSWORD": " "},
            "PAPERLESS_EMAIL_HOST_PASSWORD",
            "it has no value in the file: leave it out",
        ),
        (
            {"HTTPS_PROXY": "http://battery:staple@proxy"},
            "HTTPS_PROXY",
            "use proxy=Proxy(...)",
        ),
        (
            {"PAPERLESS_EMAIL_HOST": "smtp://user:battery@smtp"},
            "PAPERLESS_EMAIL_HOST",
            "it must be a server's name or address alone, got '…@smtp'",
        ),
        (
            {"PAPERLESS_TIKA_ENDPOINT": "http://me:battery@tika"},
            "PAPERLESS_TIKA_ENDPOINT",
            (
                "it must be a URL with scheme and host, such as 'https://docs.example.org', and without a login, got "
                "'…@tika'"
            ),
        ),
        (
            {"PAPERLESS_OCR_PAGES": " "},
            "PAPERLESS_OCR_PAGES",
            "it has no value in the file: leave it out",
        ),
        (
            {"PAPERLESS_REMOTE_OCR_ENGINE": "azureai"},
            "PAPERLESS_REMOTE_OCR_ENGINE",
            (
                "it must be used with PAPERLESS_REMOTE_OCR_ENDPOINT and PAPERLESS_REMOTE_OCR_API_KEY, got 'azureai'; "
                "no process would start"
            ),
        ),
        (
            {"PAPERLESS_OCR_PAGE": "battery"},
            "PAPERLESS_OCR_PAGE",
            (
                "not known here: use Settings(extra_env=...) if the application needs it; it looks like "
                "PAPERLESS_OCR_PAGES"
            ),
        ),
        (
            {"PAPERLESS_NEW_THING": "battery"},
            "PAPERLESS_NEW_THING",
            "not known here: use Settings(extra_env=...) if the application needs it",
        ),
        (
            {"PAPERLESS_EMAIL_HOST_PASSWORD_FILE": "/run/secrets/battery"},
            "PAPERLESS_EMAIL_HOST_PASSWORD_FILE",
            (
                "only the image's start script reads files into variables: use "
                "Settings(email_sending=EmailSending(host_password=...))"
            ),
        ),
    ],
)
def test_what_has_to_change(variables, name, note):
    reading = Settings.from_env(variables)

    assert text(reading, name) == note
    assert str(reading.notes[0]).startswith(f"{reading.notes[0].variable}: ")
    assert "battery" not in repr(reading)


def test_too_new_for_the_version():
    reading = Settings.from_env({"PAPERLESS_CONSUMER_STABILITY_DELAY": "5"}, version="2.20.15")

    assert outcomes(reading) == {"PAPERLESS_CONSUMER_STABILITY_DELAY": Outcome.TOO_NEW}
    assert text(reading, "PAPERLESS_CONSUMER_STABILITY_DELAY").startswith(
        "it was added in 3.0.0: use PAPERLESS_CONSUMER_POLLING_D"
    )


def test_a_delay_that_lets_the_interval_stand():
    reading = Settings.from_env({"PAPERLESS_CONSUMER_POLLING": "60", "PAPERLESS_CONSUMER_STABILITY_DELAY": "90"})

    assert reading.settings.consumption.polling_interval == timedelta(seconds=60)
    assert outcomes(reading) == {"PAPERLESS_CONSUMER_POLLING": Outcome.TRANSLATED}


def test_translation_gives_way_to_what_is_said():
    """Both variables say the same here, so both are taken."""
    reading = Settings.from_env({"PAPERLESS_OCR_MODE": "skip_noarchive", "PAPERLESS_OCR_SKIP_ARCHIVE_FILE": "always"})

    assert reading.settings.variables()["PAPERLESS_ARCHIVE_FILE_GENERATION"] == "never"
    assert set(outcomes(reading).values()) == {Outcome.TRANSLATED}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", FACTS)
def test_every_variable_ends_somewhere(name, version):
    """With upstream's own default, or any text, a variable is a setting or in one note, and never an error."""
    for value in (FACTS[name].default, "x", "1", ""):
        reading = Settings.from_env({name: value}, version=version)
        taken = reading.settings != Settings()

        assert [note.variable for note in reading.notes] in ([], [name])
        assert reading.notes or taken or name in reading.settings.variables(version=version)


@pytest.mark.parametrize(
    "name", [name for name, found in catalog_of(Settings).locations.items() if found.setting.name == name]
)
def test_upstreams_defaults_are_settings(name):
    """What the documentation says a variable is anyway can be said."""
    fact = FACTS[name]
    version = max(fact.versions)
    beside = {"PAPERLESS_TIKA_ENABLED"}
    if fact.default and fact.type != "secret" and not fact.default.startswith("$") and name not in beside:
        reading = Settings.from_env({name: fact.default}, version=version)
        kept = {Outcome.TRANSLATED}
        assert set(outcomes(reading).values()) <= kept
        assert name in reading.settings.variables(version=version)


@pytest.mark.parametrize(
    ("line", "variables"),
    [
        ("A=1", {"A": "1"}),
        ("  A = 1  ", {"A": "1"}),
        ("export A=1", {"A": "1"}),
        ("A=", {"A": ""}),
        ("A", {"A": None}),
        ("# A=1", {}),
        ("", {}),
        ("A=1 # one", {"A": "1"}),
        ("A=1#one", {"A": "1#one"}),
        ("A= # none", {"A": ""}),
        ("A='1 # one' # two", {"A": "1 # one"}),
        ('A="1 # one" # two', {"A": "1 # one"}),
        (r'A="a \"b\" \\ c\nd"', {"A": 'a "b" \\ c\nd'}),
        (r"A='a\nb'", {"A": r"a\nb"}),
        ("A='a=b'", {"A": "a=b"}),
        ("A=a=b", {"A": "a=b"}),
        ('A={"b": "c"}', {"A": '{"b": "c"}'}),
        ("A='one\ntwo'\nB=2", {"A": "one\ntwo", "B": "2"}),
        ('A="one\n# two"\nB=2', {"A": "one\n# two", "B": "2"}),
        ("A=1\nA=2", {"A": "2"}),
        ("A=${B}", {"A": None}),
        ('A="$B"', {"A": None}),
        ("A='$B'", {"A": "$B"}),
        ("A=a$$b", {"A": "a$b"}),
        ("A=5$", {"A": "5$"}),
        ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
    ],
)
def test_dialect(line, variables):
    """What Docker Compose reads as ``env_file``."""
    assert parse_dotenv(line) == variables


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("docker-compose.env", "line 1 is neither a variable nor a comment; pass a pathlib.Path for a file"),
        ("battery staple\n", "line 1 is neither a variable nor a comment; write NAME=value"),
        ("1A=1\n", "line 1 is neither a variable nor a comment; write NAME=value"),
        ("A='battery\n", "line 1 is neither a variable nor a comment; write NAME=value"),
        ("A='1' battery\n", "line 1 is neither a variable nor a comment; write NAME=value"),
    ],
)
def test_what_is_no_such_file(source, sentence):
    """The line is named and not shown: it may be a password."""
    with pytest.raises(ValueError, match=f"^{re.escape(f'Settings.from_env: {sentence}')}$"):
        Settings.from_env(source)


@pytest.mark.parametrize("version", ["3", "03.0.5", "\uff13.0.5", None, 3])
def test_what_is_no_version(version):
    sentence = f"Settings.from_env: version must be three numbers such as '3.3.0', got {version!r}"

    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        Settings.from_env({}, version=version)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (None, "source must be a pathlib.Path, a text or a mapping, got NoneType"),
        (5, "source must be a pathlib.Path, a text or a mapping, got int"),
        (b"A=battery", "source must be a pathlib.Path, a text or a mapping, got bytes"),
        ({1: "battery"}, "source must be a mapping from names of variables, got a name 1"),
        ({"A": ["battery"]}, "source['A'] must be a text, a number, True or False, got list"),
    ],
)
def test_what_is_no_source(source, sentence):
    with pytest.raises(TypeError, match=f"^{re.escape(f'Settings.from_env: {sentence}')}$"):
        Settings.from_env(source)


def test_a_file_in_another_encoding(tmp_path):
    file = tmp_path / ".env"
    file.write_bytes("PAPERLESS_APP_TITLE=Büro\n".encode("latin-1"))

    with pytest.raises(
        ValueError, match=r"^Settings\.from_env: source must be a file in UTF-8, got .*; save it as that$"
    ):
        Settings.from_env(file)


def test_a_text_with_a_mark_of_its_encoding():
    assert parse_dotenv("\ufeffA=1") == {"A": "1"}


def test_path_text_and_mapping_say_the_same(tmp_path):
    content = "PAPERLESS_OCR_LANGUAGE=deu\nPAPERLESS_DATE_ORDER=YMD\n"
    file = tmp_path / ".env"
    file.write_text(content, encoding="utf-8-sig")
    reading = Settings.from_env(file)

    assert reading.settings == Settings(ocr=Ocr(languages=("deu",)), date_order=DateOrder.YMD)
    assert reading == Settings.from_env(content) == Settings.from_env(parse_dotenv(content))


def test_deeply_nested_json():
    """A recursive alias: its inner parts are as right as its outer ones."""
    text = '{"a": {"b": {"c": {"d": [1, {"e": true}]}}}}'
    reading = Settings.from_env({"PAPERLESS_OCR_USER_ARGS": text})

    assert reading.notes == ()
    assert reading.settings.variables()["PAPERLESS_OCR_USER_ARGS"] == text
