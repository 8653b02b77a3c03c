"""As whom pods run: the application's all as one, the servers as their images want it."""

from __future__ import annotations

import re

import pytest

from cdk8s_paperless_ngx import Backup, BundledTika, FlowerOptions, Paperless, PaperlessImage, Pods, RestoreDrill
from cdk8s_paperless_ngx.compose import compose_project
from tests.conftest import pod_specs

SERVERS = {"docs-postgres": 999, "docs-redis": 999, "docs-tika": 35002, "docs-gotenberg": 1001}


def security_contexts(chart, synth, **pods):
    """Of each pod, by the name of its object; Jobs' names end in a hash."""
    docs = Paperless(chart, "docs", flower=FlowerOptions(), tika=BundledTika(), pods=Pods(**pods))
    backup = Backup(chart, "backup", instance=docs.instance)
    RestoreDrill(chart, "drill", instance=docs.instance, generations=backup.generations)
    return {
        name.rpartition("-")[0] if kind == "Job" else name: spec["securityContext"]
        for (kind, name), manifest in synth().items()
        for spec in pod_specs(manifest)
    }


def numbers(context):
    return context["runAsUser"], context["runAsGroup"], context["fsGroup"]


def test_everybody_who_touches_the_files_is_the_same_user(chart, synth):
    """An upload lies in a folder of mode 0700: a worker that is somebody else cannot read it."""
    found = security_contexts(chart, synth, user_id=1026, group_id=100)
    application = {name: context for name, context in found.items() if name not in SERVERS}

    assert set(application) == {
        *(f"docs-{process}" for process in ("webserver", "consumer", "worker", "beat", "flower", "redelivery")),
        *(f"docs-{job}" for job in ("backup", "backup-pvc", "drill", "rescue", "secrets")),
    }
    for context in application.values():
        assert numbers(context) == (1026, 100, 100)


def test_servers_keep_the_users_of_their_images(chart, synth):
    found = security_contexts(chart, synth, user_id=1026, group_id=100)

    for name, user in SERVERS.items():
        assert numbers(found[name]) == (user, user, user)


def test_the_cluster_may_choose(chart, synth):
    """OpenShift admits no number that is not of the namespace's range, nor one of PostgreSQL's image."""
    found = security_contexts(chart, synth, user_id=None, group_id=None)

    assert set(SERVERS) < set(found)
    for context in found.values():
        assert context == {
            "runAsNonRoot": True,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        }


def test_containers_name_no_user(chart, synth):
    """What stands at a container counts more than what stands at its pod."""
    docs = Paperless(chart, "docs", pods=Pods(user_id=1026, group_id=100))
    Backup(chart, "backup", instance=docs.instance)

    for manifest in synth().values():
        for spec in pod_specs(manifest):
            for container in (*spec["containers"], *spec.get("initContainers", [])):
                assert not {"runAsUser", "runAsGroup"} & set(container["securityContext"])


def test_compose_has_the_same_user(chart):
    Paperless(chart, "docs", pods=Pods(user_id=1026, group_id=100))
    file = compose_project(chart).file

    assert file.count("user: 1026:100") >= 6
    assert "1000" not in "".join(line for line in file.splitlines() if "user:" in line)
    # Volumes are given to it, too.
    assert "give 1026:100 media" in file


def test_compose_has_nobody_who_chooses(chart):
    Paperless(chart, "docs", pods=Pods(user_id=None, group_id=None))

    with pytest.raises(
        ValueError, match=r"^chart: pods.user_id must be a number for Compose, got None; there is nobody who would"
    ):
        compose_project(chart)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            {"user_id": 0},
            "user_id must be a whole number, 1 to 2147483647, got 0; processes never run as root; name who",
        ),
        ({"group_id": 0}, "group_id must be a whole number, 1 to 2147483647, got 0; processes never run as root"),
        ({"user_id": -1}, "user_id must be a whole number, 1 to 2147483647, got -1"),
        ({"group_id": 2**31}, "group_id must be a whole number, 1 to 2147483647, got 2147483648"),
        ({"user_id": None}, "user_id is None and group_id is 1000; name both, or have the cluster choose both"),
        ({"group_id": None}, "user_id is 1000 and group_id is None; name both, or have the cluster choose both"),
    ],
)
def test_wrong_numbers(arguments, sentence):
    with pytest.raises(ValueError, match=f"^Pods: {re.escape(sentence)}") as error:
        Pods(**arguments)
    assert "\n" not in str(error.value)


def test_entrypoint_of_older_images_knows_one_user(chart):
    """Any other one it would have to become root's first."""
    image = PaperlessImage(version="2.14.7")
    with pytest.raises(
        ValueError,
        match=r"^chart/docs: the entrypoint of paperless-ngx 2.14.7 runs as user 1000 alone, not 1026; leave",
    ):
        Paperless(chart, "docs", image=image, pods=Pods(user_id=1026))

    assert Paperless(chart, "group", image=image, pods=Pods(group_id=100))
