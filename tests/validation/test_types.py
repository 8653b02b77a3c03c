"""Values of a wrong class, as an app without type checks may pass them: one sentence, and never a secret in it."""

from __future__ import annotations

import re

import pytest

from cdk8s_paperless_ngx import (
    Admin,
    Backup,
    BundledPostgres,
    BundledRedis,
    ByCpu,
    ExternalPostgres,
    ExternalRedis,
    Fixed,
    FlowerOptions,
    Ingress,
    Paperless,
    Pods,
    Proxy,
    SecretKey,
    ServiceOptions,
    Tls,
    Toleration,
    Variable,
    Worker,
    WorkerOptions,
)

NO_SECRET = "name where the value is stored, as SecretKey(secret=..., key=...)"
VALUES = [
    (SecretKey, {"secret": None, "key": "x"}, "secret must be of type str, got None"),
    (Fixed, {"replicas": True}, "replicas must be of type int, got True"),
    (Fixed, {"replicas": "2"}, "replicas must be of type int, got '2'"),
    (ByCpu, {"cpu": 1}, "cpu must be of type str, got 1"),
    (Tls, {"verification": "full"}, "verification must be of type Verification, got 'full'; use Verification.FULL or"),
    (ServiceOptions, {"type": "NodePort"}, "type must be of type ServiceType, got 'NodePort'; use ServiceType."),
    (ServiceOptions, {"annotations": ["a"]}, "annotations must be of type Mapping from str to str, got list"),
    (Pods, {"tolerations": Toleration(key="a")}, "tolerations must be of type tuple of Toleration, got "),
    (Pods, {"tolerations": ("a",)}, "tolerations[0] must be of type Toleration, got str"),
    (Pods, {"labels": {"a": 1}}, "labels['a'] must be of type str, got 1"),
    (Pods, {"labels": {1: "a"}}, "labels[1] must be of type str, got 1"),
    (Proxy, {"url": None}, "url must be of type str, got None"),
    (Admin, {"mail": 5}, "mail must be of type str or None, got 5"),
    (WorkerOptions, {"scaling": 3}, "scaling must be of type Fixed or ByCpu or ByQueue, got int"),
    (WorkerOptions, {"extras": {}}, "extras must be of type Extras, got dict"),
]
SECRETS = [
    (ExternalPostgres, {"host": "pg", "tls": None}),
    (ExternalRedis, {"host": "r", "tls": None}),
    (BundledPostgres, {}),
    (BundledRedis, {}),
    (FlowerOptions, {}),
    (Admin, {}),
]
"""What takes a password."""


@pytest.mark.parametrize(("kind", "arguments", "sentence"), VALUES, ids=[row[2] for row in VALUES])
def test_wrong_class_gets_one_sentence(kind, arguments, sentence):
    with pytest.raises(TypeError, match=f"^{kind.__name__}: {re.escape(sentence)}") as error:
        kind(**arguments)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("password", ["hunter2", 12345678])
@pytest.mark.parametrize(("kind", "arguments"), SECRETS)
def test_a_secret_value_is_refused_and_not_repeated(kind, arguments, password):
    """It would be written into dist/, and from there into git."""
    with pytest.raises(TypeError, match=rf"^{kind.__name__}: password must be .*{re.escape(NO_SECRET)}$") as error:
        kind(password=password, **arguments)
    assert str(password) not in str(error.value)


def test_a_variable_may_have_a_text():
    with pytest.raises(
        TypeError,
        match=r"^Variable: value must be of type str or SecretKey, got int; write it in quotes, or name where",
    ):
        Variable(name="A", value=5)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"database": "postgres://u:hunter2@pg"}, "database must be of type BundledPostgres or ExternalPostgres or"),
        ({"broker": "redis://:hunter2@r"}, "broker must be of type BundledRedis or ExternalRedis, got str"),
        ({"image": "3.0.5"}, "image must be of type PaperlessImage, got str"),
        ({"secret": "mine"}, "secret must be of type GeneratedSecret or ExistingSecret or ExternalSecret"),
        ({"settings": {}}, "settings must be of type Settings, got dict"),
        ({"storage": "cephfs"}, "storage must be of type SingleNodeStorage or SharedStorage, got str"),
        ({"ca_bundle": "b"}, "ca_bundle must be of type SecretKey or ConfigMapKey or None, got str"),
        ({"url": 5}, "url must be of type str or None, got 5"),
        ({"suspended": "no"}, "suspended must be of type bool, got 'no'"),
        ({"worker": Fixed()}, "worker must be of type WorkerOptions, got "),
    ],
)
def test_wrong_class_names_the_construct(chart, arguments, sentence):
    with pytest.raises(TypeError, match=f"^chart/docs: {re.escape(sentence)}") as error:
        Paperless(chart, "docs", **arguments)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("kind", "arguments", "argument"),
    [
        (Backup, {"claim": "x"}, "claim"),
        (Backup, {"schedule": 5}, "schedule"),
        (Ingress, {"annotations": None}, "annotations"),
        (Worker, {"options": 3, "part": "night"}, "options"),
    ],
)
def test_parts_check_as_well(chart, kind, arguments, argument):
    docs = Paperless(chart, "docs")
    with pytest.raises(TypeError, match=rf"^chart/part: {argument} must be of type "):
        kind(chart, "part", instance=docs.instance, **arguments)


def test_a_construct_is_no_instance(chart):
    """`docs` for `docs.instance` is the mistake that one makes."""
    docs = Paperless(chart, "docs")
    with pytest.raises(TypeError, match=r"^chart/backup: instance must be of type Instance, got Paperless$"):
        Backup(chart, "backup", instance=docs)


def test_a_forgotten_id_is_named(chart):
    """Also where another argument is wrong as well."""
    with pytest.raises(TypeError, match="missing a required argument: 'id'"):
        Paperless(chart, image="3.0.5")
