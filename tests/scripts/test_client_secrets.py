"""A webserver's gate looks at client secrets: what they become part of must stay JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import client_secrets
import pytest

GATE = Path(client_secrets.__file__).with_name("gate.py")


@pytest.mark.parametrize(
    "secret",
    [
        "GOCSPX-aB3_xyz",
        "rA~8Q~kd.-_",
        "insecure_secret",
        "a b$(c)!@#%^&*'()/ü",
    ],
)
def test_what_providers_make_is_taken(secret):
    """Put in as it is, the JSON says the same secret."""
    providers = '{"github": {"APPS": [{"secret": "$(SECRET)"}]}}'.replace("$(SECRET)", secret)
    environment = {"CLIENT_SECRET_GITHUB": secret, "PAPERLESS_SOCIALACCOUNT_PROVIDERS": providers}

    assert client_secrets.unfit(environment) == ""
    assert json.loads(providers)["github"]["APPS"][0]["secret"] == secret


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("hunter2\n", "begins or ends with a space or a line end"),
        (" hunter2", "begins or ends with a space or a line end"),
        ('hunter2"x', "has a quote, a backslash or an invisible character"),
        ("hunter2\\x", "has a quote, a backslash or an invisible character"),
        ("hunter2\tx", "has a quote, a backslash or an invisible character"),
    ],
)
def test_what_would_break_the_json_is_named(secret, fault):
    """By the variable's name, with what to do, and without the secret."""
    found = client_secrets.unfit({"CLIENT_SECRET_AUTHELIA": secret, "PAPERLESS_SOCIALACCOUNT_PROVIDERS": "{"})

    assert found.startswith(f"the client secret in CLIENT_SECRET_AUTHELIA {fault}")
    assert found.endswith("put it anew into the Secret that this pod's CLIENT_SECRET_AUTHELIA names")
    assert "hunter2" not in found


@pytest.mark.parametrize("text", ["", "hunter2", "[]", '{"a": '])
def test_a_whole_configuration_must_be_json(text):
    """Where a Secret has all of it; every process that reads an empty one ends with a traceback."""
    found = client_secrets.unfit({"PAPERLESS_SOCIALACCOUNT_PROVIDERS": text})

    assert found.startswith("PAPERLESS_SOCIALACCOUNT_PROVIDERS is no JSON object: put one into the Secret")
    assert "hunter2" not in found


def test_nothing_is_asked_of_others():
    assert client_secrets.unfit({"PAPERLESS_SECRET_KEY": ""}) == ""
    assert client_secrets.unfit({"PAPERLESS_SOCIALACCOUNT_PROVIDERS": "{}\n"}) == ""


def test_the_gate_ends_at_once():
    """Before it waits for a database or a release, so that its log says it first."""
    environment = os.environ | {"CLIENT_SECRET_AUTHELIA": "hunter2\n"}
    done = subprocess.run([sys.executable, GATE], env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 1, done.stderr
    assert "the client secret in CLIENT_SECRET_AUTHELIA begins or ends with a space or a line end" in done.stdout
    assert len(done.stdout.splitlines()) == 1
