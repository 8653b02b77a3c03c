"""Every variable that upstream reads: there is one argument for it, or one reason why not."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import pickle
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from cdk8s_paperless_ngx import SecretKey, Settings
from cdk8s_paperless_ngx.settings import (
    ArchiveFileGeneration,
    Barcodes,
    BarcodeScanner,
    ColorConversionStrategy,
    DateOrder,
    EmailLayout,
    EmailVerification,
    EmbeddingBackend,
    GitHub,
    HttpProtocol,
    LlmBackend,
    Ocr,
    OcrClean,
    OcrMode,
    OcrOutputType,
    RemoteOcrEngine,
    RemoteOcrMode,
    SkipArchiveFile,
)
from cdk8s_paperless_ngx.settings.catalog import catalog_of
from cdk8s_paperless_ngx.settings.kinds.choices import OneOf
from cdk8s_paperless_ngx.settings.kinds.cron import Cron
from cdk8s_paperless_ngx.settings.kinds.dates import Date, TimeZone
from cdk8s_paperless_ngx.settings.kinds.durations import Duration, Seconds
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.hosts import BracketedAddress, IpAddress, Scheme, WebAddress
from cdk8s_paperless_ngx.settings.kinds.ignored_files import IgnoredFiles
from cdk8s_paperless_ngx.settings.kinds.json_values import JsonObject, JsonTexts, Patterns
from cdk8s_paperless_ngx.settings.kinds.kind import Kind
from cdk8s_paperless_ngx.settings.kinds.lists import Listed
from cdk8s_paperless_ngx.settings.kinds.numbers import Number, Whole
from cdk8s_paperless_ngx.settings.kinds.secrets import Secret
from cdk8s_paperless_ngx.settings.kinds.texts import ContainerPath, Template, Text
from cdk8s_paperless_ngx.settings.not_settings import OWNED, START_SCRIPT
from cdk8s_paperless_ngx.settings.versions import version_numbers
from tests.settings.upstream import FACTS, VERSIONS

CATALOG = catalog_of(Settings)
PLACES = {name: place for name, place in CATALOG.locations.items() if place.setting.name == name}
OWNED_BY_UPSTREAM = [name for name in OWNED if name.startswith("PAPERLESS_")]
"""The others are names that the library gives to processes."""
KEY = SecretKey(secret="mine", key="word")
CRON = ("0 4 * * mon", "0 4 * * mon")
GITHUB = GitHub(client_id="Iv1.a", client_secret=KEY)


class Good(NamedTuple):
    """A value, what the application reads then, and what else the group needs."""

    value: Any
    text: str
    beside: Mapping[str, Any] = MappingProxyType({})


GOOD = {
    "PAPERLESS_ACCOUNT_DEFAULT_GROUPS": Good(("staff", "all of us"), "staff,all of us"),
    "PAPERLESS_ACCOUNT_DEFAULT_HTTP_PROTOCOL": Good(HttpProtocol.HTTP, "http"),
    "PAPERLESS_ACCOUNT_EMAIL_VERIFICATION": Good(EmailVerification.MANDATORY, "mandatory"),
    "PAPERLESS_ADVANCED_FUZZY_SEARCH_THRESHOLD": Good(0.6, "0.6"),
    "PAPERLESS_AI_LLM_BACKEND": Good(LlmBackend.OPENAI_LIKE, "openai-like"),
    "PAPERLESS_AI_LLM_CONTEXT_SIZE": Good(16384, "16384"),
    "PAPERLESS_AI_LLM_EMBEDDING_BACKEND": Good(EmbeddingBackend.OLLAMA, "ollama"),
    "PAPERLESS_AI_LLM_EMBEDDING_CHUNK_SIZE": Good(512, "512"),
    "PAPERLESS_AI_LLM_EMBEDDING_ENDPOINT": Good("http://ollama:11434", "http://ollama:11434"),
    "PAPERLESS_AI_LLM_EMBEDDING_MODEL": Good("nomic-embed-text", "nomic-embed-text"),
    "PAPERLESS_AI_LLM_ENDPOINT": Good("https://llm.example.org/v1", "https://llm.example.org/v1"),
    "PAPERLESS_AI_LLM_EXTRA_PARAMS": Good({"top_p": 0.9}, '{"top_p": 0.9}'),
    "PAPERLESS_AI_LLM_MODEL": Good("llama3.1:8b", "llama3.1:8b"),
    "PAPERLESS_AI_LLM_OUTPUT_LANGUAGE": Good("Swiss German", "Swiss German"),
    "PAPERLESS_AI_LLM_REQUEST_TIMEOUT": Good(dt.timedelta(minutes=5), "300"),
    "PAPERLESS_ALLAUTH_TRUSTED_CLIENT_IP_HEADER": Good("X-Real-IP", "X-Real-IP"),
    "PAPERLESS_ALLAUTH_TRUSTED_PROXY_COUNT": Good(0, "0"),
    "PAPERLESS_ALLOWED_HOSTS": Good(("docs.lan", ".example.org", "[::1]"), "docs.lan,.example.org,[::1]"),
    # Whoever shuts the one door has to have another.
    "PAPERLESS_DISABLE_REGULAR_LOGIN": Good(value=True, text="true", beside={"auto_login_username": "reader"}),
    "PAPERLESS_REDIRECT_LOGIN_TO_SSO": Good(
        value=True, text="true", beside={"providers": (GITHUB,), "socialaccount_allow_signups": False}
    ),
    "PAPERLESS_APPS": Good(("allauth.socialaccount.providers.github",), "allauth.socialaccount.providers.github"),
    "PAPERLESS_APP_LOGO": Good("/media/logo/mine.svg", "/media/logo/mine.svg"),
    "PAPERLESS_APP_TITLE": Good("Archive", "Archive"),
    "PAPERLESS_ARCHIVE_FILE_GENERATION": Good(ArchiveFileGeneration.ALWAYS, "always"),
    "PAPERLESS_AUTO_LOGIN_USERNAME": Good("ann", "ann"),
    "PAPERLESS_CACHE_BACKEND": Good("django_redis.cache.RedisCache", "django_redis.cache.RedisCache"),
    "PAPERLESS_CHANNELS_BACKEND": Good(
        "channels_redis.core.RedisChannelLayer", "channels_redis.core.RedisChannelLayer"
    ),
    "PAPERLESS_CLASSIFIER_MATCH_THRESHOLD": Good(0.5, "0.5"),
    "PAPERLESS_CONSUMER_ASN_BARCODE_PREFIX": Good("NR", "NR"),
    "PAPERLESS_CONSUMER_BARCODE_DPI": Good(600, "600"),
    "PAPERLESS_CONSUMER_BARCODE_MAX_PAGES": Good(2, "2"),
    "PAPERLESS_CONSUMER_BARCODE_SCANNER": Good(BarcodeScanner.ZXING, "ZXING"),
    "PAPERLESS_CONSUMER_BARCODE_STRING": Good("CUT", "CUT"),
    "PAPERLESS_CONSUMER_BARCODE_UPSCALE": Good(1.5, "1.5"),
    "PAPERLESS_CONSUMER_COLLATE_DOUBLE_SIDED_SUBDIR_NAME": Good("both", "both"),
    "PAPERLESS_CONSUMER_IGNORE_DIRS": Good(("@eaDir",), '["@eaDir"]'),
    "PAPERLESS_CONSUMER_IGNORE_PATTERNS": Good((r".*\.tmp", "Ü.*"), r'[".*\\.tmp", "Ü.*"]'),
    "PAPERLESS_CONSUMER_INOTIFY_DELAY": Good(dt.timedelta(milliseconds=250), "0.25"),
    "PAPERLESS_CONSUMER_POLLING_DELAY": Good(dt.timedelta(seconds=3), "3"),
    "PAPERLESS_CONSUMER_POLLING_INTERVAL": Good(dt.timedelta(seconds=4), "4"),
    "PAPERLESS_CONSUMER_POLLING_RETRY_COUNT": Good(9, "9"),
    "PAPERLESS_CONSUMER_STABILITY_DELAY": Good(dt.timedelta(seconds=7.5), "7.5"),
    "PAPERLESS_CONSUMER_SUBDIRS_AS_TAGS": Good(value=True, text="true", beside={"recursive": True}),
    "PAPERLESS_CONSUMER_TAG_BARCODE_MAPPING": Good({"T:(.*)": r"\g<1>"}, r'{"T:(.*)": "\\g<1>"}'),
    "PAPERLESS_CONVERT_BINARY": Good("/opt/magick", "/opt/magick"),
    "PAPERLESS_CONVERT_MEMORY_LIMIT": Good("256MiB", "256MiB"),
    "PAPERLESS_CONVERT_TMPDIR": Good("/tmp/magick", "/tmp/magick"),
    "PAPERLESS_COOKIE_PREFIX": Good("docs_", "docs_"),
    "PAPERLESS_CORS_ALLOWED_HOSTS": Good(("https://app.example.org:8443",), "https://app.example.org:8443"),
    "PAPERLESS_CSRF_TRUSTED_ORIGINS": Good(
        ("https://*.example.org", "http://a.lan"), "https://*.example.org,http://a.lan"
    ),
    "PAPERLESS_DATE_ORDER": Good(DateOrder.YMD, "YMD"),
    "PAPERLESS_DATE_PARSER_LANGUAGES": Good(("de", "zh-Hant"), "de+zh-Hant"),
    "PAPERLESS_EMAIL_CERTIFICATE_LOCATION": Good("/etc/mail/ca.pem", "/etc/mail/ca.pem"),
    "PAPERLESS_EMAIL_FROM": Good("Archive <docs@example.org>", "Archive <docs@example.org>"),
    "PAPERLESS_EMAIL_GNUPG_HOME": Good("/etc/gnupg", "/etc/gnupg"),
    "PAPERLESS_EMAIL_HOST": Good("smtp.example.org", "smtp.example.org"),
    "PAPERLESS_EMAIL_HOST_USER": Good("docs", "docs"),
    "PAPERLESS_EMAIL_PARSE_DEFAULT_LAYOUT": Good(EmailLayout.TEXT_ONLY, "4"),
    "PAPERLESS_EMAIL_PORT": Good(587, "587"),
    "PAPERLESS_EMPTY_TRASH_DELAY": Good(dt.timedelta(days=90), "90"),
    "PAPERLESS_EMPTY_TRASH_DIR": Good("/mnt/trash", "/mnt/trash"),
    "PAPERLESS_ENABLE_GPG_DECRYPTOR": Good(value=True, text="true", beside={"email_gnupg_home": "/etc/gnupg"}),
    "PAPERLESS_FILENAME_DATE_ORDER": Good(DateOrder.DMY, "DMY"),
    "PAPERLESS_FILENAME_FORMAT": Good("{{ created_year }}/{{ title }}", "{{ created_year }}/{{ title }}"),
    "PAPERLESS_FILENAME_PARSE_TRANSFORMS": Good({"^scan_": ""}, '[{"pattern": "^scan_", "repl": ""}]'),
    "PAPERLESS_GMAIL_OAUTH_CLIENT_ID": Good("1234.apps.example.org", "1234.apps.example.org"),
    "PAPERLESS_GS_BINARY": Good("gs10", "gs10"),
    "PAPERLESS_HTTP_REMOTE_USER_HEADER_NAME": Good("HTTP_X_USER", "HTTP_X_USER"),
    "PAPERLESS_IGNORE_DATES": Good((dt.date(1970, 1, 1), dt.date(2002, 12, 31)), "1 January 1970,31 December 2002"),
    "PAPERLESS_LOGOUT_REDIRECT_URL": Good("https://sso.example.org/logout", "https://sso.example.org/logout"),
    "PAPERLESS_LOGROTATE_MAX_BACKUPS": Good(0, "0"),
    "PAPERLESS_LOGROTATE_MAX_SIZE": Good(1000, "1000"),
    "PAPERLESS_MATCH_REGEX_TIMEOUT_SECONDS": Good(dt.timedelta(milliseconds=500), "0.5"),
    "PAPERLESS_MAX_IMAGE_PIXELS": Good(200_000_000, "200000000"),
    "PAPERLESS_MODEL_FILE": Good("/usr/src/paperless/data/model.pickle", "/usr/src/paperless/data/model.pickle"),
    "PAPERLESS_NLTK_DIR": Good("/opt/nltk", "/opt/nltk"),
    "PAPERLESS_NUMBER_OF_SUGGESTED_DATES": Good(0, "0"),
    "PAPERLESS_OAUTH_CALLBACK_BASE_URL": Good("https://docs.example.org", "https://docs.example.org"),
    "PAPERLESS_OCR_CLEAN": Good(OcrClean.CLEAN_FINAL, "clean-final"),
    "PAPERLESS_OCR_COLOR_CONVERSION_STRATEGY": Good(ColorConversionStrategy.GRAY, "Gray"),
    "PAPERLESS_OCR_IMAGE_DPI": Good(300, "300"),
    "PAPERLESS_OCR_LANGUAGE": Good(("deu", "chi_sim", "deu-frak"), "deu+chi_sim+deu-frak"),
    "PAPERLESS_OCR_MAX_IMAGE_PIXELS": Good(0, "0"),
    "PAPERLESS_OCR_MODE": Good(OcrMode.FORCE, "force"),
    "PAPERLESS_OCR_OUTPUT_TYPE": Good(OcrOutputType.PDFA_2, "pdfa-2"),
    "PAPERLESS_OCR_PAGES": Good(1, "1"),
    "PAPERLESS_OCR_ROTATE_PAGES_THRESHOLD": Good(8, "8"),
    "PAPERLESS_OCR_SKIP_ARCHIVE_FILE": Good(SkipArchiveFile.WITH_TEXT, "with_text"),
    "PAPERLESS_OCR_USER_ARGS": Good({"optimize": 3, "pages": [1, "2-3"]}, '{"optimize": 3, "pages": [1, "2-3"]}'),
    "PAPERLESS_OUTLOOK_OAUTH_CLIENT_ID": Good("abcd-1234", "abcd-1234"),
    "PAPERLESS_READ_CACHE_TTL": Good(dt.timedelta(hours=2), "7200"),
    "PAPERLESS_REMOTE_OCR_ENDPOINT": Good("https://ocr.example.org", "https://ocr.example.org"),
    "PAPERLESS_REMOTE_OCR_ENGINE": Good(
        RemoteOcrEngine.AZURE_AI, "azureai", {"endpoint": "https://ocr.example.org", "api_key": KEY}
    ),
    "PAPERLESS_REMOTE_OCR_MODE": Good(RemoteOcrMode.WORKFLOW_ONLY, "workflow_only"),
    "PAPERLESS_SESSION_COOKIE_AGE": Good(dt.timedelta(days=1), "86400"),
    "PAPERLESS_SOCIAL_ACCOUNT_DEFAULT_GROUPS": Good(("staff",), "staff"),
    "PAPERLESS_SOCIAL_ACCOUNT_SYNC_GROUPS_CLAIM": Good("roles", "roles"),
    "PAPERLESS_SOCIAL_ACCOUNT_SYNC_STAFF_GROUP": Good("office", "office"),
    "PAPERLESS_SOCIAL_ACCOUNT_SYNC_SUPERUSER_GROUP": Good("admins", "admins"),
    "PAPERLESS_STATICDIR": Good("/opt/static", "/opt/static"),
    "PAPERLESS_STATIC_URL": Good("https://cdn.example.org/static/", "https://cdn.example.org/static/"),
    "PAPERLESS_THUMBNAIL_FONT_NAME": Good("/usr/share/fonts/mine.ttf", "/usr/share/fonts/mine.ttf"),
    "PAPERLESS_TIKA_ENABLED": Good(
        value=True, text="true", beside={"endpoint": "http://t:9998", "gotenberg_endpoint": "http://g:3000"}
    ),
    "PAPERLESS_TIKA_ENDPOINT": Good("http://tika:9998", "http://tika:9998"),
    "PAPERLESS_TIKA_GOTENBERG_ENDPOINT": Good("http://gotenberg:3000", "http://gotenberg:3000"),
    "PAPERLESS_TIME_ZONE": Good("Europe/Zurich", "Europe/Zurich"),
    "PAPERLESS_TOKEN_THROTTLE_RATE": Good("100/hour", "100/hour"),
    "PAPERLESS_TRUSTED_PROXIES": Good(("10.0.0.1", "fd00::1"), "10.0.0.1,fd00::1"),
    "PAPERLESS_WEBHOOKS_ALLOWED_PORTS": Good((80, 443), "80,443"),
    "PAPERLESS_WEBHOOKS_ALLOWED_SCHEMES": Good(("https",), "https"),
}
BAD: dict[type[Kind[Any]], Any] = {
    Flag: "true",
    Whole: -1,
    Number: float("nan"),
    Duration: dt.timedelta(milliseconds=1),
    Seconds: dt.timedelta(seconds=-1),
    Text: "two\nlines",
    Template: "a bell\a",
    ContainerPath: "relative/path",
    Scheme: "ftp",
    IpAddress: "[::1]",
    BracketedAddress: "https://docs.example.org",
    WebAddress: "docs.example.org",
    Date: "1980-12-24",
    OneOf: "auto",
    Cron: "5/10 4 * * *",
    TimeZone: "Nowhere/City",
    JsonTexts: [".*"],
    IgnoredFiles: [".*"],
    Patterns: {"(": "a"},
    JsonObject: {"a": float("nan")},
    Secret: "the value itself",
}
BAD_TEXTS = {
    "PAPERLESS_AI_LLM_EMBEDDING_MODEL": "a model",
    "PAPERLESS_AI_LLM_MODEL": "a model",
    "PAPERLESS_ALLAUTH_TRUSTED_CLIENT_IP_HEADER": "X Real IP",
    "PAPERLESS_APPS": "a-b",
    "PAPERLESS_APP_LOGO": "/media/picture.png",
    "PAPERLESS_CACHE_BACKEND": "a-b",
    "PAPERLESS_CHANNELS_BACKEND": "a-b",
    "PAPERLESS_CONSUMER_COLLATE_DOUBLE_SIDED_SUBDIR_NAME": "..",
    "PAPERLESS_CONVERT_BINARY": "bin/magick",
    "PAPERLESS_CONVERT_MEMORY_LIMIT": "256Mi",
    "PAPERLESS_COOKIE_PREFIX": "a b",
    "PAPERLESS_DATE_PARSER_LANGUAGES": "German",
    "PAPERLESS_EMAIL_FROM": "Archive",
    "PAPERLESS_GMAIL_OAUTH_CLIENT_ID": "a client",
    "PAPERLESS_GS_BINARY": "bin/gs",
    "PAPERLESS_HTTP_REMOTE_USER_HEADER_NAME": "X-User",
    "PAPERLESS_LOGOUT_REDIRECT_URL": "logout",
    "PAPERLESS_OCR_LANGUAGE": "german",
    "PAPERLESS_OUTLOOK_OAUTH_CLIENT_ID": "a client",
    "PAPERLESS_STATIC_URL": "/static",
    "PAPERLESS_TOKEN_THROTTLE_RATE": "5/week",
}
"""Of the right type and not of the shape that the variable has."""
TYPES: dict[str, tuple[type[Kind[Any]], ...]] = {
    "bool": (Flag,),
    "int": (Whole, Number, Duration, Seconds, OneOf),
    "float": (Number, Seconds),
    "str": (Text, WebAddress, OneOf, TimeZone, Listed),
    "enum": (OneOf,),
    "list": (Listed,),
    "path": (Text,),
    "json": (JsonTexts, JsonObject, Patterns),
    "cron": (Cron,),
    "secret": (Secret,),
}


def good(name: str) -> Good:
    kind = CATALOG.locations[name].setting.kind
    if isinstance(kind, Secret):
        return Good(KEY, "mine/word")
    if isinstance(kind, Cron):
        return Good(*CRON)
    return GOOD[name] if name in GOOD else Good(value=True, text="true")


def with_value(name: str, value: Any, beside: Mapping[str, Any]) -> Settings:
    place = CATALOG.locations[name]
    arguments = {place.argument: value, **beside}
    return Settings(**({place.group: place.type(**arguments)} if place.group else arguments))


def test_no_variable_is_forgotten():
    """There is an argument, an owner or a reason for each, and none that upstream never had."""
    assert {*CATALOG.locations, *OWNED_BY_UPSTREAM, *START_SCRIPT} == set(FACTS)
    assert not OWNED.keys() & CATALOG.locations.keys()


def test_each_argument_is_for_one_variable():
    """Two variables behind one argument could not be told apart."""
    arguments = {place.usage for place in PLACES.values()}

    assert len(PLACES) == len(arguments)


@pytest.mark.parametrize("name", PLACES)
def test_type_default_and_readers(name):
    """What this library says of a variable is what upstream's code says."""
    known, fact = PLACES[name].setting, FACTS[name]

    assert isinstance(known.kind, TYPES[fact.type])
    assert known.unset == fact.default
    assert set(known.read_by) == ({"every process"} if fact.read_by == ("all",) else set(fact.read_by))
    assert known.since == fact.since
    if known.unset and not isinstance(known.kind, Secret):
        assert known.kind.read(known.unset) is not None


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", PLACES)
def test_a_good_value(name, version):
    """It is rendered for versions that have the variable, and refused for the others in one sentence."""
    place = PLACES[name]
    value, text, beside = good(name)
    settings = with_value(name, value, beside)
    written = place.setting.name_in(version_numbers(version))

    if version in FACTS[written].versions:
        settings.check("chart/docs", version)
        if isinstance(place.setting.kind, Secret):
            secrets = (*settings.secret_variables(), *settings.webserver_variables())
            assert {v.name: v.value for v in secrets}[written] == value
            assert written not in settings.variables(version=version)
        else:
            assert settings.variables(version=version)[written] == text
            assert place.setting.kind.read(text) == value
    else:
        argument = f"{place.group}.{place.argument}" if place.group else place.argument
        start = f"chart/docs: settings.{argument} must be left out with paperless-ngx {version}, got "
        with pytest.raises(ValueError, match=f"^{re.escape(start)}.*; it was (added|removed) in [0-9.]+") as error:
            settings.check("chart/docs", version)
        assert "\n" not in str(error.value)


def bad(name: str) -> Any:
    kind = CATALOG.locations[name].setting.kind
    each = kind.each if isinstance(kind, Listed) else kind
    value = BAD_TEXTS.get(name, BAD[type(each)])
    return (value,) if each is not kind else value


@pytest.mark.parametrize("name", PLACES)
def test_a_bad_value(name):
    """Each is refused where it is written, in one sentence with the rule in it."""
    place = PLACES[name]
    kind = place.setting.kind
    start = f"{place.type.__name__}: {place.argument}"
    # A value of another type is refused by its annotation, before the kind looks at it.
    rule = rf"must be {re.escape(kind.rule)}, got "
    of_type = r"(\[0\])? must be of type .*, got "

    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(start)}({of_type}| {rule})") as error:
        with_value(name, bad(name), {})
    assert "\n" not in str(error.value)
    assert "the value itself" not in str(error.value)


@pytest.mark.parametrize("name", [*OWNED, *START_SCRIPT])
def test_what_is_decided_elsewhere(name):
    """It cannot be said a second time."""
    with pytest.raises(ValueError, match=rf"^Settings: extra_env\['{name}'\] must be left out, got .*; ") as error:
        Settings(extra_env={name: "hunter2"})
    assert "\n" not in str(error.value)
    if CATALOG.is_secret(name):
        assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("name", CATALOG.locations)
def test_extra_env_is_for_variables_without_an_argument(name):
    """A variable that has one, former names too, is refused with its name."""
    usage = re.escape(CATALOG.locations[name].usage)

    with pytest.raises(ValueError, match=rf"^Settings: extra_env\['{name}'\] must be left out, got .*; use {usage}"):
        Settings(extra_env={name: "value"})


@pytest.mark.parametrize("name", PLACES)
def test_nothing_is_written_unless_it_is_set(name):
    """An empty value stops several versions of the application, and upstream's default is upstream's."""
    initial = {"PAPERLESS_TIME_ZONE", "PAPERLESS_OCR_LANGUAGE"}

    assert (name in Settings().variables()) == (name in initial)


def test_groups_are_frozen_values():
    """As the dataclasses that they are for type checkers: equal by value, not to be changed, to be replaced."""
    ocr = Settings().ocr

    assert ocr == dataclasses.replace(ocr, pages=None) != dataclasses.replace(ocr, pages=3)
    assert ocr != Settings().tika
    assert hash(ocr) == hash(Settings().ocr)
    assert repr(dataclasses.replace(ocr, pages=3)) == "Ocr(pages=3)"
    with pytest.raises(dataclasses.FrozenInstanceError):
        ocr.pages = 3
    with pytest.raises(dataclasses.FrozenInstanceError):
        del ocr.pages
    with pytest.raises(TypeError, match=r"^Ocr\(\) got an unexpected keyword argument 'page'$"):
        type(ocr)(page=3)


def test_groups_are_values_with_mappings_too():
    """They can be copied, pickled and hashed; what was given can change, and they do not."""
    arguments = {"unpaper": ["--a"], "more": {"b": [1]}}
    settings = Settings(
        ocr=Ocr(user_args=arguments), barcodes=Barcodes(tag_barcode_mapping={"a": "b"}), extra_env={"A": "1", "B": KEY}
    )
    before = settings.variables()
    arguments["more"]["b"].append(2)
    arguments["unpaper"].append("--c")

    assert settings.variables() == before
    for same in (copy.copy(settings), copy.deepcopy(settings), pickle.loads(pickle.dumps(settings))):  # noqa: S301
        assert same == settings
        assert hash(same) == hash(settings)
        assert same.variables() == before
    assert dataclasses.replace(settings.ocr, pages=3).user_args == settings.ocr.user_args
    with pytest.raises(TypeError, match="does not support item assignment"):
        settings.ocr.user_args["more"]["b"] = ()
