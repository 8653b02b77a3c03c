"""Values are frozen, can be compared, hashed, copied and pickled, and tools can read what they take."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from cdk8s_paperless_ngx import (
    CsiVolume,
    Extras,
    Paperless,
    PaperlessImage,
    Pods,
    SecretKey,
    ServiceOptions,
    Settings,
    Toleration,
    Variable,
    WorkerOptions,
    model,
    settings,
)
from cdk8s_paperless_ngx.settings import Ocr

EQUAL = [
    (Pods, {"labels": {"team": "papers"}, "tolerations": (Toleration(key="a"),)}),
    (ServiceOptions, {"annotations": {"example.org/a": "b"}}),
    (CsiVolume, {"driver": "smb.csi.k8s.io", "attributes": {"source": "//nas/scans"}}),
    (Settings, {"extra_env": {"A": SecretKey(secret="s", key="k")}, "ocr": Ocr(languages=("eng",))}),
    (WorkerOptions, {"extras": Extras(environment=(Variable(name="A", value="b"),))}),
    (PaperlessImage, {"version": "3.0.5"}),
]
CLASSES = [
    value
    for module in (model, settings)
    for name in module.__all__
    if is_dataclass(value := getattr(module, name)) and isinstance(value, type)
]


def pickled(value: object) -> object:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 (it was pickled here)


@pytest.mark.parametrize(("kind", "arguments"), EQUAL)
def test_equal_values_are_one_key(kind, arguments):
    one, other = kind(**arguments), kind(**arguments)

    assert one == other
    assert {one: 1}[other] == 1


@pytest.mark.parametrize(("kind", "arguments"), EQUAL)
def test_a_value_is_copied_and_pickled(kind, arguments):
    value = kind(**arguments)

    assert copy.copy(value) == copy.deepcopy(value) == pickled(value) == value


@pytest.mark.parametrize(("kind", "arguments"), EQUAL)
def test_a_value_stays_what_it_is(kind, arguments):
    value = kind(**arguments)
    name = fields(value)[0].name

    with pytest.raises(FrozenInstanceError, match=rf"^{kind.__name__} cannot be changed: use .*\({name}=\.\.\.\)$"):
        setattr(value, name, None)
    with pytest.raises(FrozenInstanceError, match=f"^{kind.__name__} cannot be changed"):
        delattr(value, name)


def test_an_instance_is_a_value(chart):
    """Constructs compare instances, and users keep them."""
    instance = Paperless(chart, "docs").instance

    assert pickled(instance) == copy.deepcopy(instance) == instance
    assert {instance: 1}[pickled(instance)] == 1
    assert Paperless(chart, "papers").instance != instance


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_signature_shows_the_fields(kind):
    """So that `help()`, an editor and a reference have them."""
    parameters = inspect.signature(kind).parameters

    assert list(parameters) == [field.name for field in fields(kind) if field.init]
    assert {parameter.kind for parameter in parameters.values()} <= {inspect.Parameter.KEYWORD_ONLY}


def test_a_misspelt_argument_is_named():
    with pytest.raises(TypeError, match=r"^Ocr\(\) got an unexpected keyword argument 'langauges'$"):
        Ocr(langauges=("eng",))
    with pytest.raises(TypeError, match=r"^SecretKey\(\) lacks the keyword arguments 'secret', 'key'$"):
        SecretKey()


def test_an_argument_without_its_name():
    with pytest.raises(TypeError, match=r"^SecretKey\(\) takes keyword arguments only: secret=\.\.\., key=\.\.\.$"):
        SecretKey("docs", "password")


def test_a_value_shows_what_was_given():
    """Errors repeat values, and a default says nothing."""
    assert repr(Ocr(languages=("deu",))) == "Ocr(languages=('deu',))"
