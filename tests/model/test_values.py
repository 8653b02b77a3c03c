"""Values: what they mean and which sentence refuses a wrong one."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pytest

from cdk8s_paperless_ngx import (
    Admin,
    BundledPostgres,
    BundledRedis,
    BundledTika,
    ExistingClaim,
    ExistingSecret,
    Fixed,
    FlowerOptions,
    Mount,
    NewClaim,
    PaperlessImage,
    Resources,
    SecretKey,
    Settings,
    SharedStorage,
    SingleNodeStorage,
    WebserverOptions,
    pins,
)
from cdk8s_paperless_ngx.model import AccessMode
from cdk8s_paperless_ngx.settings import DISABLED, Consumption, DateOrder, Ocr, OcrMode, Schedules
from cdk8s_paperless_ngx.settings.versions import DEFAULT_VERSION

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("arguments", "reference"),
    [
        ({}, pins.PAPERLESS),
        ({"version": DEFAULT_VERSION}, pins.PAPERLESS),
        ({"version": "3.0.5"}, f"ghcr.io/paperless-ngx/paperless-ngx:3.0.5@{pins.FORMER_PAPERLESS['3.0.5']}"),
        ({"version": "3.0.5", "tag": "3.0.5"}, "ghcr.io/paperless-ngx/paperless-ngx:3.0.5"),
        ({"repository": "localhost:5000/p", "version": "3.0.5"}, "localhost:5000/p:3.0.5"),
        ({"version": "3.0.4"}, "ghcr.io/paperless-ngx/paperless-ngx:3.0.4"),
        (
            {"version": "3.0.5", "digest": DIGEST},
            f"ghcr.io/paperless-ngx/paperless-ngx:3.0.5@{DIGEST}",
        ),
        ({"repository": "localhost:5000/p", "version": "3.0.5", "tag": "mine"}, "localhost:5000/p:mine"),
    ],
)
def test_image_reference(arguments, reference):
    """Pinned where the digest is known, and a version of one's own never with another's digest."""
    assert PaperlessImage(**arguments).reference == reference


def test_another_version_is_not_pinned_by_the_digest_of_the_first():
    assert dataclasses.replace(PaperlessImage(), version="3.0.4").reference.endswith(":3.0.4")


def test_version_that_no_database_survives():
    """Its migration fails half-way (release notes of 3.0.2)."""
    sentence = "PaperlessImage: version must be another version, got '3.0.1'; its migration of the database fails"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        PaperlessImage(version="3.0.1")


@pytest.mark.parametrize(
    "image", ["apache/tika", "docker.io/apache/tika:latest-full", "apache/tika:4.0.0.0", f"apache/tika:4@{DIGEST}"]
)
def test_tika_4_is_refused(image):
    """Office documents and mails fail with it (paperless-ngx #13755)."""
    with pytest.raises(ValueError, match=r"^BundledTika: tika_image must be an image of Tika 3, got '.*'; with 4 "):
        BundledTika(tika_image=image)


@pytest.mark.parametrize(
    "image", [pins.TIKA, "apache/tika:3.3.1.0-full", "example.org/tika:3", f"apache/tika@{DIGEST}", "a/tika-4:3.1"]
)
def test_other_images_of_tika_are_taken(image):
    assert BundledTika(tika_image=image).tika_image == image


def test_newer_version_warns_and_runs_by_the_newest_rules():
    with pytest.warns(UserWarning, match=r"version 99\.0\.0 is newer than 3\.3\.0"):
        assert PaperlessImage(version="99.0.0").reference.endswith(":99.0.0")


def test_settings_become_variables():
    settings = Settings(
        time_zone="Europe/Zurich",
        ocr=Ocr(languages=("deu", "eng"), mode=OcrMode.FORCE, pages=3),
        consumption=Consumption(
            polling_interval=timedelta(seconds=2),
            stability_delay=timedelta(seconds=3),
            recursive=True,
            subdirs_as_tags=True,
        ),
        schedules=Schedules(mail=DISABLED, sanity_check="30 0 * * sun"),
        filename_format="{{ created_year }}/{{ title }}",
        date_order=DateOrder.YMD,
        extra_env={"PAPERLESS_NEW_THING": "1"},
    )

    assert settings.variables() == {
        "PAPERLESS_TIME_ZONE": "Europe/Zurich",
        "PAPERLESS_OCR_LANGUAGE": "deu+eng",
        "PAPERLESS_OCR_MODE": "force",
        "PAPERLESS_OCR_PAGES": "3",
        "PAPERLESS_CONSUMER_POLLING_INTERVAL": "2",
        "PAPERLESS_CONSUMER_STABILITY_DELAY": "3",
        "PAPERLESS_CONSUMER_RECURSIVE": "true",
        "PAPERLESS_CONSUMER_SUBDIRS_AS_TAGS": "true",
        "PAPERLESS_EMAIL_TASK_CRON": "disable",
        "PAPERLESS_SANITY_TASK_CRON": "30 0 * * sun",
        "PAPERLESS_FILENAME_FORMAT": "{{ created_year }}/{{ title }}",
        "PAPERLESS_DATE_ORDER": "YMD",
        "PAPERLESS_NEW_THING": "1",
    }


def test_settings_are_frozen_all_the_way():
    """A mapping that is changed later must not change what is rendered."""
    given = {"A": "1"}
    settings = Settings(extra_env=given)
    given["B"] = "2"

    assert dict(settings.extra_env) == {"A": "1"}


def test_a_claims_access_mode_decides_the_topology():
    assert SingleNodeStorage(media=ExistingClaim(name="m", access_mode=AccessMode.READ_WRITE_ONCE))
    assert SharedStorage(storage_class="nfs", media=ExistingClaim(name="m"))


WRONG = [
    (PaperlessImage, {"version": "3"}, "version must be three numbers such as '3.3.0', got '3'"),
    (PaperlessImage, {"version": "03.0.5"}, "version must be three numbers such as '3.3.0', got '03.0.5'"),
    (PaperlessImage, {"version": "\uff13.0.5"}, "version must be three numbers such as '3.3.0', got '\uff13.0.5'"),
    (PaperlessImage, {"version": "0.1.0", "allow_unsupported": True}, "version must be 1.16.1 or later, got '0.1.0'"),
    (PaperlessImage, {"tag": "mine"}, "tag 'mine' does not say which paperless-ngx is in the image; name its version"),
    (PaperlessImage, {"digest": DIGEST}, f"digest '{DIGEST}' does not say which paperless-ngx is in the image"),
    (PaperlessImage, {"repository": "a/b"}, "repository 'a/b' does not say which paperless-ngx is in the image"),
    (PaperlessImage, {"repository": "a/b:1", "version": "3.0.5"}, "repository must be an image's registry and name"),
    (PaperlessImage, {"tag": "latest", "version": "3.0.5"}, "tag must be a tag that stays what it is, got 'latest'"),
    (PaperlessImage, {"tag": "a b", "version": "3.0.5"}, "tag must be an image tag, got 'a b'"),
    (PaperlessImage, {"digest": "sha256:1", "version": "3.0.5"}, "digest must be 'sha256:' and 64 hexadecimal digits"),
    (PaperlessImage, {"version": "2.14.6"}, "version must be 2.14.7 or later, got '2.14.6'; allow_unsupported=True"),
    (NewClaim, {"size": "10"}, "size must be a size of at least 1Mi, got '10'; write the unit"),
    (NewClaim, {"size": "10GB"}, "size must be a Kubernetes quantity above zero, got '10GB'"),
    (NewClaim, {"size": "0Gi"}, "size must be a Kubernetes quantity above zero, got '0Gi'"),
    (NewClaim, {"size": "-1Gi"}, "size must be a Kubernetes quantity above zero, got '-1Gi'"),
    (ExistingClaim, {"name": "A_b"}, "name must be the name of a Kubernetes object, got 'A_b'"),
    (ExistingClaim, {"name": "a", "sub_path": "/x"}, "sub_path must be a relative path inside the volume, got '/x'"),
    (ExistingClaim, {"name": "a", "sub_path": "a/../.."}, "sub_path must be a relative path inside the volume"),
    (ExistingClaim, {"name": "a", "sub_path": ""}, "sub_path must be a relative path inside the volume, got ''"),
    (
        SharedStorage,
        {"storage_class": "nfs", "media": ExistingClaim(name="m", access_mode=AccessMode.READ_WRITE_ONCE)},
        "media must be a ReadWriteMany claim, got 'ReadWriteOnce'; use SingleNodeStorage",
    ),
    (SharedStorage, {"storage_class": ""}, "storage_class must be the name of a Kubernetes object, got ''"),
    (SecretKey, {"secret": "-", "key": "a"}, "secret must be the name of a Kubernetes object, got '-'"),
    (SecretKey, {"secret": "a", "key": "a b"}, "key must be a key of a Secret"),
    (ExistingSecret, {"name": ""}, "name must be the name of a Kubernetes object, got ''"),
    (ExistingSecret, {"name": "a", "secret_key": "a/b"}, "secret_key must be a key of a Secret"),
    (ExistingSecret, {"name": "a", "admin_password": ""}, "admin_password must be a key of a Secret"),
    (Fixed, {"replicas": 0}, "replicas must be a whole number of at least 1, got 0"),
    (WebserverOptions, {"granian_workers": 0}, "granian_workers must be a whole number of at least 1, got 0"),
    (FlowerOptions, {"user": "a:b"}, "user must be a name without ':', ',', '$' and spaces, got 'a:b'"),
    (Admin, {"user": " "}, "user must be a login name, got ' '; pass admin=None"),
    (BundledPostgres, {"size": "x"}, "size must be a Kubernetes quantity above zero, got 'x'"),
    (BundledPostgres, {"storage_class": ""}, "storage_class must be the name of a Kubernetes object, got ''"),
    (BundledRedis, {"size": "1"}, "size must be a size of at least 1Mi, got '1'"),
    (
        BundledRedis,
        {"resources": Resources(cpu_request="1", memory_request="16Mi", memory_limit="31Mi")},
        "resources.memory_limit must be at least 32Mi, got '31Mi'; the server itself needs 8Mi",
    ),
    (
        Resources,
        {"cpu_request": "1", "memory_request": "2Gi", "memory_limit": "1Gi"},
        "memory_limit must be at least the memory_request of 2Gi, got '1Gi'",
    ),
    (
        Resources,
        {"cpu_request": "1", "cpu_limit": "500m", "memory_request": "1Gi", "memory_limit": "1Gi"},
        "cpu_limit must be at least the cpu_request of 1, got '500m'",
    ),
]


@pytest.mark.parametrize(("value", "arguments", "sentence"), WRONG, ids=lambda value: getattr(value, "__name__", None))
def test_wrong_input_gets_one_sentence(value, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{value.__name__}: {re.escape(sentence)}") as error:
        value(**arguments)

    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("storage", "rule"),
    [
        (lambda claim: SingleNodeStorage(media=claim), "SingleNodeStorage: media must be a ReadWriteOnce or .*"),
        (lambda claim: SharedStorage(storage_class="nfs", media=claim), "SharedStorage: media must be a ReadWriteMany"),
    ],
)
def test_a_directory_is_written_to(storage, rule):
    """A claim that is read only will do for files of one's own, and for no directory."""
    claim = ExistingClaim(name="a", sub_path="b", access_mode=AccessMode.READ_ONLY_MANY)

    assert Mount(path="/models", volume=claim).read_only
    with pytest.raises(ValueError, match=f"^{rule} claim, got 'ReadOnlyMany'; "):
        storage(claim)
