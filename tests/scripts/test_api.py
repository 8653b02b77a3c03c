"""What is asked of the API server: which pods there are, and Secrets."""

from __future__ import annotations

import pytest
from generate_secrets import create_all
from mark import Release
from pods import others, wait_until_gone

MINE = Release("3.0.5", "en")


def pod(name, release, phase="Running"):
    return {"metadata": {"name": name, "labels": {"cdk8s-paperless-ngx/release": release}}, "status": {"phase": phase}}


def page(*pods, token=""):
    return 200, {"items": list(pods), "metadata": {"continue": token} if token else {}}


def test_others_are_unfinished_pods_of_another_release(api, server):
    """A pod that has ended can write nothing; one whose node is lost may still run."""
    server.answers = [
        page(pod("mine", "3.0.5-en"), pod("old", "3.0.4-en"), pod("done", "3.0.4-en", "Succeeded"), token="next"),
        page(
            pod("language", "3.0.5-de", "Pending"),
            pod("failed", "3.0.4-en", "Failed"),
            pod("lost", "3.0.4-en", "Unknown"),
        ),
    ]

    assert others(api, "docs", MINE) == ["language", "lost", "old"]
    (first, second) = server.requests
    assert first[:2] == ("GET", "/api/v1/namespaces/docs/pods")
    assert first[2]["labelSelector"] == [
        "app.kubernetes.io/name=paperless-ngx,app.kubernetes.io/instance=docs,cdk8s-paperless-ngx/release"
    ]
    assert second[2]["continue"] == ["next"]
    assert first[4] == "Bearer secret"


def test_waits_through_refusals_and_drains(api, server, capsys):
    """A token that is refused for a moment must not let the migration begin."""
    server.answers = [(403, {}), page(pod("worker", "3.0.4-en")), page(pod("worker", "3.0.4-en")), page()]

    wait_until_gone(api, "docs", MINE, pause=0)

    out = capsys.readouterr().out
    assert "waiting for the API server, which answers 403 Forbidden to listing pods" in out
    assert out.count("waiting for pods of other releases to end: worker") == 1


def wanted(**secrets):
    return {"secrets": secrets, "labels": {"part-of": "docs"}, "annotations": {"keep": "it"}}


def test_secrets_are_created_with_random_values_that_need_no_quoting(api, server, capsys):
    """They stand in URLs and on command lines."""
    server.answers = [(201, {}), (201, {})]

    assert create_all(api, wanted(one={"password": 32}, two={"password": 32, "key": 64})) == 0

    bodies = [request[3] for request in server.requests]
    assert [body["metadata"]["name"] for body in bodies] == ["one", "two"]
    values = [value for body in bodies for value in body["stringData"].values()]
    assert [len(value) for value in values] == [32, 32, 64]
    assert len(set(values)) == 3
    assert all(value.isalnum() and value.isascii() for value in values)
    assert not [value for value in values if value in capsys.readouterr().out]


def test_an_existing_secret_is_left_alone(api, server, capsys):
    """A second password would lock the application out of its database."""
    server.answers = [(409, {})]

    assert create_all(api, wanted(one={"password": 32})) == 0

    assert "Secret one: exists already, left alone" in capsys.readouterr().out
    assert [request[0] for request in server.requests] == ["POST"]


@pytest.mark.parametrize(("failures", "status"), [(2, 0), (5, 1)])
def test_an_api_server_that_is_away_is_asked_again(api, server, failures, status):
    server.answers = [(500, {})] * failures + [(201, {})]

    assert create_all(api, wanted(one={"password": 32}), pause=0) == status
