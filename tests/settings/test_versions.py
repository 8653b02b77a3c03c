"""What changed between versions, as a user is told."""

from __future__ import annotations

import re
from datetime import timedelta

import cdk8s
import pytest

from cdk8s_paperless_ngx import Paperless, PaperlessImage, SecretKey, Settings, SharedStorage
from cdk8s_paperless_ngx.settings import (
    DISABLED,
    Ai,
    ArchiveFileGeneration,
    Barcodes,
    BarcodeScanner,
    Consumption,
    EmailLayout,
    EmailSending,
    EmbeddingBackend,
    Hosting,
    Logging,
    Ocr,
    OcrMode,
    Paths,
    RemoteOcr,
    RemoteOcrMode,
    Schedules,
    SkipArchiveFile,
    SoftwareTweaks,
    Tika,
    Webhooks,
)
from tests.conftest import by_kind_and_name, config_data, environment, main_container

GONE = "must be left out with paperless-ngx 3.0.5, got "
ABSENT_IN_2_20 = "must be left out with paperless-ngx 2.20.15, got "
ABSENT_IN_2_14 = "must be left out with paperless-ngx 2.14.7, got "
KNOWN_BY_V3 = "OcrMode.AUTO, OcrMode.FORCE, OcrMode.REDO, OcrMode.OFF with paperless-ngx 3.0.5"
KNOWN_BY_V2 = "OcrMode.FORCE, OcrMode.REDO, OcrMode.SKIP, OcrMode.SKIP_NOARCHIVE with paperless-ngx 2.20.15"

CHANGES = [
    (
        "3.0.5",
        Settings(consumption=Consumption(polling_delay=timedelta(seconds=5))),
        (
            f"consumption.polling_delay {GONE}0:00:05; it was removed in 3.0.0: use stability_delay, how long a file "
            "must stay unchanged in all"
        ),
    ),
    (
        "3.0.5",
        Settings(consumption=Consumption(polling_retry_count=5)),
        (
            f"consumption.polling_retry_count {GONE}5; it was removed in 3.0.0: use stability_delay, how long a file "
            "must stay unchanged in all"
        ),
    ),
    (
        "3.0.5",
        Settings(consumption=Consumption(inotify_delay=timedelta(seconds=0.5))),
        (
            f"consumption.inotify_delay {GONE}0:00:00.500000; it was removed in 3.0.0: use stability_delay, which "
            "holds with and without polling"
        ),
    ),
    (
        "3.0.5",
        Settings(barcodes=Barcodes(barcode_scanner=BarcodeScanner.ZXING)),
        (
            f"barcodes.barcode_scanner {GONE}<BarcodeScanner.ZXING: 'ZXING'>; it was removed in 3.0.0: leave it out, "
            "ZXing is the only one"
        ),
    ),
    (
        "3.0.5",
        Settings(hosting=Hosting(passphrase=SecretKey(secret="a", key="b"))),
        (
            f"hosting.passphrase {GONE}SecretKey(secret='a', key='b'); it was removed in 3.0.0: decrypt the documents "
            "with decrypt_documents before the upgrade"
        ),
    ),
    (
        "2.20.15",
        Settings(consumption=Consumption(filename_parse_transforms={"a": "b"})),
        (
            f"consumption.filename_parse_transforms {ABSENT_IN_2_20}{{'a': 'b'}}; it was removed in 2.15.0: "
            "leave it out, titles are a workflow's business"
        ),
    ),
    (
        "3.0.5",
        Settings(ocr=Ocr(skip_archive_file=SkipArchiveFile.NEVER)),
        (
            f"ocr.skip_archive_file {GONE}<SkipArchiveFile.NEVER: 'never'>; it was removed in 3.0.0: use "
            "archive_file_generation=ArchiveFileGeneration.ALWAYS"
        ),
    ),
    (
        "3.0.5",
        Settings(ocr=Ocr(skip_archive_file=SkipArchiveFile.WITH_TEXT)),
        (
            f"ocr.skip_archive_file {GONE}<SkipArchiveFile.WITH_TEXT: 'with_text'>; it was removed in 3.0.0: use "
            "archive_file_generation=ArchiveFileGeneration.AUTO"
        ),
    ),
    (
        "3.0.5",
        Settings(ocr=Ocr(skip_archive_file=SkipArchiveFile.ALWAYS)),
        (
            f"ocr.skip_archive_file {GONE}<SkipArchiveFile.ALWAYS: 'always'>; it was removed in 3.0.0: use "
            "archive_file_generation=ArchiveFileGeneration.NEVER"
        ),
    ),
    (
        "3.0.5",
        Settings(ocr=Ocr(mode=OcrMode.SKIP)),
        (
            f"ocr.mode must be one of {KNOWN_BY_V3}, got <OcrMode.SKIP: 'skip'>; use mode=OcrMode.AUTO, which makes no "
            "archive file of a document that has text, unlike skip, unless archive_file_generation is 'always'"
        ),
    ),
    (
        "3.0.5",
        Settings(ocr=Ocr(mode=OcrMode.SKIP_NOARCHIVE)),
        (
            f"ocr.mode must be one of {KNOWN_BY_V3}, got <OcrMode.SKIP_NOARCHIVE: 'skip_noarchive'>; use "
            "mode=OcrMode.AUTO and archive_file_generation=ArchiveFileGeneration.NEVER"
        ),
    ),
    (
        "2.20.15",
        Settings(ocr=Ocr(mode=OcrMode.AUTO)),
        (
            f"ocr.mode must be one of {KNOWN_BY_V2}, got <OcrMode.AUTO: 'auto'>; use skip_noarchive, or skip, which "
            "makes an archive file of every document"
        ),
    ),
    (
        "2.20.15",
        Settings(ocr=Ocr(mode=OcrMode.OFF)),
        (
            f"ocr.mode must be one of {KNOWN_BY_V2}, got <OcrMode.OFF: 'off'>; use skip_noarchive, which leaves alone "
            "what has text already"
        ),
    ),
    (
        "2.20.15",
        Settings(ocr=Ocr(archive_file_generation=ArchiveFileGeneration.NEVER)),
        (
            f"ocr.archive_file_generation {ABSENT_IN_2_20}<ArchiveFileGeneration.NEVER: 'never'>; it was added in "
            "3.0.0: use skip_archive_file, which says the opposite"
        ),
    ),
    (
        "2.20.15",
        Settings(consumption=Consumption(stability_delay=timedelta(seconds=8))),
        (
            f"consumption.stability_delay {ABSENT_IN_2_20}0:00:08; it was added in 3.0.0: use polling_delay and "
            "polling_retry_count, or inotify_delay"
        ),
    ),
    (
        "2.20.15",
        Settings(consumption=Consumption(ignore_dirs=("a",))),
        f"consumption.ignore_dirs {ABSENT_IN_2_20}('a',); it was added in 3.0.0: use ignore_patterns",
    ),
    (
        "2.20.15",
        Settings(consumption=Consumption(polling_interval=timedelta(seconds=2.5))),
        (
            "consumption.polling_interval must be a timedelta of whole seconds, got 0:00:02.500000; fractions are "
            "allowed since 3.0.0"
        ),
    ),
    (
        "3.0.5",
        Settings(consumption=Consumption(ignore_patterns=("*.tmp",))),
        (
            "consumption.ignore_patterns must be a tuple, each a regular expression of file names, got '*.tmp'; use "
            r"ignore_patterns=('^.*\\.tmp$',), as patterns were globs and are regular expressions"
        ),
    ),
    (
        "3.0.5",
        Settings(consumption=Consumption(ignore_patterns=("._*", "@eaDir/*"))),
        (
            "consumption.ignore_patterns must be a tuple, each a regular expression of file names, got '._*'; use "
            r"ignore_patterns=('^\\._.*$',) and ignore_dirs=('@eaDir',), as patterns were globs and are regular "
            "expressions"
        ),
    ),
    (
        "3.0.5",
        Settings(consumption=Consumption(ignore_patterns=("^scan", ".*"))),
        (
            "consumption.ignore_patterns must be a tuple, each a regular expression of file names, got '.*'; since "
            r"3.0.0 it ignores every file, scan.pdf too; for example r'^.*\.tmp$'"
        ),
    ),
    (
        "3.0.5",
        Settings(consumption=Consumption(ignore_patterns=("*(1).pdf",))),
        (
            "consumption.ignore_patterns must be a tuple, each a regular expression of file names, got '*(1).pdf'; "
            r"since 3.0.0 it is not one with * and ?; for example r'^.*\.tmp$'"
        ),
    ),
    (
        "2.14.7",
        Settings(schedules=Schedules(sanity_check="30 0 1 jan-mar *")),
        (
            "schedules.sanity_check must be a cron expression without names of months, got '30 0 1 jan-mar *'; names "
            "were added in 2.15.1; write 1 to 12"
        ),
    ),
    (
        "3.0.5",
        Settings(consumption=Consumption(polling_interval=timedelta(seconds=10))),
        (
            "consumption.polling_interval must be at most the stability_delay of 5 seconds, got 0:00:10; raise "
            "stability_delay too, or files are overlooked for minutes"
        ),
    ),
    (
        "3.0.5",
        Settings(
            consumption=Consumption(polling_interval=timedelta(seconds=3), stability_delay=timedelta(seconds=2.5))
        ),
        (
            "consumption.polling_interval must be at most the stability_delay of 2.5 seconds, got 0:00:03; raise "
            "stability_delay too, or files are overlooked for minutes"
        ),
    ),
    (
        "3.3.0",
        Settings(software_tweaks=SoftwareTweaks(enable_nltk=False)),
        (
            "software_tweaks.enable_nltk must be left out with paperless-ngx 3.3.0, got False; it was removed in "
            "3.2.0: leave it out, the toolkit is gone"
        ),
    ),
    (
        "3.3.0",
        Settings(paths=Paths(nltk_dir="/opt/nltk")),
        (
            "paths.nltk_dir must be left out with paperless-ngx 3.3.0, got '/opt/nltk'; it was removed in 3.2.0: leave "
            "it out, the toolkit is gone"
        ),
    ),
    (
        "3.2.1",
        Settings(barcodes=Barcodes(store_barcode_values=True)),
        "barcodes.store_barcode_values must be left out with paperless-ngx 3.2.1, got True; it was added in 3.3.0",
    ),
    (
        "3.0.5",
        Settings(remote_ocr=RemoteOcr(mode=RemoteOcrMode.ALWAYS)),
        f"remote_ocr.mode {GONE}<RemoteOcrMode.ALWAYS: 'always'>; it was added in 3.1.0",
    ),
    (
        "3.0.2",
        Settings(hosting=Hosting(allauth_trusted_proxy_count=1)),
        "hosting.allauth_trusted_proxy_count must be left out with paperless-ngx 3.0.2, got 1; it was added in 3.0.3",
    ),
    (
        "2.20.15",
        Settings(schedules=Schedules(llm_index="0 3 * * *")),
        f"schedules.llm_index {ABSENT_IN_2_20}'0 3 * * *'; it was added in 3.0.0",
    ),
    (
        "2.14.7",
        Settings(webhooks=Webhooks(allow_internal_requests=False)),
        f"webhooks.allow_internal_requests {ABSENT_IN_2_14}False; it was added in 2.18.0",
    ),
    (
        "2.14.7",
        Settings(tika=Tika(email_parse_default_layout=EmailLayout.HTML_ONLY)),
        f"tika.email_parse_default_layout {ABSENT_IN_2_14}<EmailLayout.HTML_ONLY: 3>; it was added in 2.15.0",
    ),
]


@pytest.mark.parametrize(("version", "settings", "sentence"), CHANGES)
def test_a_version_that_does_not_know_a_setting(version, settings, sentence):
    """One sentence, with the place, the successor and its meaning."""
    with pytest.raises(ValueError, match=f"^{re.escape(f'chart/docs: settings.{sentence}')}$") as error:
        settings.check("chart/docs", version)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("version", "settings"),
    [
        ("2.20.15", Settings(ocr=Ocr(mode=OcrMode.SKIP))),
        ("2.20.15", Settings(consumption=Consumption(ignore_patterns=("*.tmp",)))),
        ("2.14.7", Settings(consumption=Consumption(polling_interval=timedelta(seconds=60)))),
        ("3.0.5", Settings(consumption=Consumption(polling_interval=timedelta(seconds=5)))),
        ("3.1.0", Settings(ocr=Ocr(mode=OcrMode.OFF))),
        ("3.0.5", Settings(consumption=Consumption(ignore_patterns=(r"\.pdf$", "^scan", "desktop.ini")))),
        ("2.20.15", Settings(consumption=Consumption(ignore_patterns=("._*",)))),
        ("2.20.15", Settings(schedules=Schedules(sanity_check="30 0 1 jan-mar *"))),
        ("2.14.7", Settings(schedules=Schedules(sanity_check="30 0 * * fri-mon", mail=DISABLED))),
    ],
)
def test_a_version_that_knows_it(version, settings):
    """What one version refuses is another's normal case; one that is not known yet follows the newest rules."""
    settings.check("chart/docs", version)


@pytest.mark.parametrize(
    ("settings", "variable"),
    [
        (Settings(logging=Logging(logrotate_max_size_bytes=1000)), "PAPERLESS_LOGROTATE_MAX_SIZE"),
        (Settings(logging=Logging(logrotate_max_backups=0)), "PAPERLESS_LOGROTATE_MAX_BACKUPS"),
        (Settings(email_sending=EmailSending(port=587)), "PAPERLESS_EMAIL_PORT"),
        (
            Settings(consumption=Consumption(polling_interval=timedelta(seconds=2.5))),
            "PAPERLESS_CONSUMER_POLLING_INTERVAL",
        ),
    ],
)
def test_strict_numbers(settings, variable):
    """3.3.0 does not start with what is no number there; here nothing else can be said, from a file neither."""
    assert re.fullmatch(r"[0-9]+(\.[0-9]+)?", settings.variables(version="3.3.0")[variable])

    reading = Settings.from_env({variable: "1 MB"})
    assert variable not in reading.settings.variables()
    assert [note.variable for note in reading.notes] == [variable]


def test_keys_do_not_go_into_parameters():
    """They can be read in the ConfigMap."""
    sentence = r"^Ai: llm_extra_params must be without secrets, got .*llm_api_key$"
    for params in ({"headers": {"Authorization": "Bearer x"}}, {"api_key": "x"}, {"a": [{"url": "http://u:p@h"}]}):
        with pytest.raises(ValueError, match=sentence) as error:
            Ai(llm_extra_params=params)
        assert "Bearer" not in str(error.value)
    Ai(llm_extra_params={"max_tokens": 100, "stop": ["\n"]})


def test_one_argument_for_both_names():
    """The interval was renamed with its meaning kept, so there is nothing for a user to change."""
    settings = Settings(consumption=Consumption(polling_interval=timedelta(seconds=4)))

    assert settings.variables(version="3.0.5")["PAPERLESS_CONSUMER_POLLING_INTERVAL"] == "4"
    for version in ("2.14.7", "2.20.15"):
        variables = settings.variables(version=version)
        assert variables["PAPERLESS_CONSUMER_POLLING"] == "4"
        assert "PAPERLESS_CONSUMER_POLLING_INTERVAL" not in variables


def test_trash_directory_had_another_name():
    settings = Settings(paths=Paths(empty_trash_dir="/mnt/trash"))

    assert settings.variables(version="2.9.0")["PAPERLESS_TRASH_DIR"] == "/mnt/trash"
    assert settings.variables(version="2.14.7")["PAPERLESS_EMPTY_TRASH_DIR"] == "/mnt/trash"


@pytest.mark.parametrize(
    ("version", "settings", "interval"),
    [
        ("3.0.5", Settings(), {"PAPERLESS_CONSUMER_POLLING_INTERVAL": "4"}),
        ("2.20.15", Settings(), {"PAPERLESS_CONSUMER_POLLING": "4"}),
        (
            "3.0.5",
            Settings(consumption=Consumption(stability_delay=timedelta(seconds=1.5))),
            {"PAPERLESS_CONSUMER_POLLING_INTERVAL": "1.5"},
        ),
        (
            "3.0.5",
            Settings(consumption=Consumption(polling_interval=timedelta(seconds=0))),
            {"PAPERLESS_CONSUMER_POLLING_INTERVAL": "0"},
        ),
    ],
)
def test_default_interval(version, settings, interval):
    """Where others may write it is set unless somebody said another, and never above the delay."""
    variables = settings.variables(version=version, default_polling_interval=timedelta(seconds=4))

    assert {name: value for name, value in variables.items() if "POLLING" in name} == interval


@pytest.mark.parametrize(
    ("given", "version", "written"),
    [
        (None, "3.0.5", None),
        (None, "2.20.15", None),
        (True, "2.20.15", "true"),
        (False, "3.0.5", "false"),
    ],
)
def test_duplicates(given, version, written):
    """Upstream's default holds: with true, a file is deleted whose twin was put into the trash by mistake."""
    variables = Settings(delete_duplicates=given).variables(version=version)

    assert variables.get("PAPERLESS_CONSUMER_DELETE_DUPLICATES") == written


def test_an_instance_refuses_what_its_image_does_not_know(chart):
    settings = Settings(ocr=Ocr(mode=OcrMode.SKIP))
    Paperless(chart, "older", image=PaperlessImage(version="2.20.15"), settings=settings)

    with pytest.raises(ValueError, match=r"^chart/docs: settings\.ocr\.mode must be one of OcrMode\.AUTO"):
        Paperless(chart, "docs", settings=settings)


def test_an_instance_of_2_20_polls_by_its_own_variable(chart, synth):
    storage = SharedStorage(storage_class="nfs")
    Paperless(chart, "docs", image=PaperlessImage(version="2.20.15"), storage=storage)
    data = config_data(synth(), "docs-config")

    assert data["PAPERLESS_CONSUMER_POLLING"] == "4"
    assert not {"PAPERLESS_CONSUMER_POLLING_INTERVAL", "PAPERLESS_CONSUMER_DELETE_DUPLICATES"} & data.keys()


def test_secrets_reach_every_process(chart, synth):
    """As references, in all pods alike; no ConfigMap has them."""
    key = SecretKey(secret="llm", key="api-key")
    extra = {"NEW_TOKEN": SecretKey(secret="new", key="token"), "NEW_THING": "1"}
    Paperless(chart, "docs", settings=Settings(ai=Ai(enabled=True, llm_api_key=key), extra_env=extra))
    manifests = synth()

    for process in ("webserver", "worker", "consumer", "beat"):
        variables = environment(main_container(manifests["Deployment", f"docs-{process}"]))
        assert variables["PAPERLESS_AI_LLM_API_KEY"] == {"secretKeyRef": {"name": "llm", "key": "api-key"}}
        assert variables["NEW_TOKEN"] == {"secretKeyRef": {"name": "new", "key": "token"}}
    data = config_data(manifests, "docs-config")
    assert not {"PAPERLESS_AI_LLM_API_KEY", "NEW_TOKEN"} & data.keys()
    assert data["NEW_THING"] == "1"


def test_hosts_beside_the_url():
    """The URL's host stays, whatever else may be asked for."""

    def hosts(**arguments):
        chart = cdk8s.Chart(cdk8s.Testing.app(), "chart", namespace="docs")
        Paperless(chart, "docs", settings=Settings(hosting=Hosting(allowed_hosts=("docs.lan",))), **arguments)
        data = config_data(by_kind_and_name(cdk8s.Testing.synth(chart)), "docs-config")
        return data["PAPERLESS_ALLOWED_HOSTS"].split(",")

    assert hosts() == ["docs.lan"]
    assert {"docs.example.org", "docs-webserver", "docs.lan"} <= set(hosts(url="https://docs.example.org"))


def test_vectors_on_shared_storage(chart):
    """Their index is SQLite in write-ahead mode, which works on one node only."""
    settings = Settings(ai=Ai(llm_embedding_backend=EmbeddingBackend.OLLAMA))

    with pytest.warns(UserWarning, match=r"^chart/docs: settings\.ai\.llm_embedding_backend keeps an index"):
        Paperless(chart, "docs", storage=SharedStorage(storage_class="nfs"), settings=settings)
