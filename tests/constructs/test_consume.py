"""The consume directory: none who watches it, and more than one volume in it."""

from __future__ import annotations

import re

import pytest

from cdk8s_paperless_ngx import (
    Backup,
    ConfigMapVolume,
    Consumer,
    CsiVolume,
    ExistingClaim,
    FlowerOptions,
    Mount,
    NfsVolume,
    Paperless,
    Settings,
    SharedStorage,
    SingleNodeStorage,
    Worker,
)
from cdk8s_paperless_ngx.compose import compose_project
from cdk8s_paperless_ngx.model import AccessMode
from cdk8s_paperless_ngx.settings import Consumption
from tests.conftest import config_data, pod_specs

CONSUME = "/usr/src/paperless/consume"
SCANNER = CsiVolume(driver="smb.csi.k8s.io", attributes={"source": "//nas/scanner"}, sub_path="out")
FOLDERS = {"scanner": SCANNER, "mail": ExistingClaim(name="mail", sub_path="in")}
RECURSIVE = Settings(consumption=Consumption(recursive=True))


# No consumer.


def test_without_a_consumer_nothing_else_is_missing(chart, synth):
    """Tasks that are queued may name files in the consume directory, and upstream's checks want it in workers."""
    docs = Paperless(chart, "docs", consumer=None, flower=FlowerOptions())
    Backup(chart, "backup", instance=docs.instance)
    manifests = synth()

    assert docs.consumer is None
    assert ("Deployment", "docs-consumer") not in manifests
    assert ("PersistentVolumeClaim", "docs-consume") in manifests
    assert {name for kind, name in manifests if kind == "Deployment"} == {
        f"docs-{part}" for part in ("webserver", "worker", "beat", "redelivery", "flower")
    }


def test_a_consumer_may_come_from_another_chart(chart, synth):
    """As with any other construct: what an instance does not bring somebody else may."""
    docs = Paperless(chart, "docs", consumer=None)
    Consumer(chart, "consumer", instance=docs.instance)

    assert ("Deployment", "docs-consumer") in synth()


def test_compose_without_a_consumer(chart):
    Paperless(chart, "docs", consumer=None)

    assert "document_consumer" not in compose_project(chart).file


# More volumes in it.


def mounted(manifests):
    """Volume and sub path at each path below consume, by container; who has no consume directory is left out."""
    for (_, name), manifest in manifests.items():
        for spec in pod_specs(manifest):
            volumes = {volume["name"]: volume for volume in spec["volumes"]}
            for container in (*spec.get("initContainers", []), *spec["containers"]):
                paths = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
                if CONSUME in paths and paths[CONSUME]["name"] != "private":
                    below = {
                        path.removeprefix(CONSUME): (volumes[mount["name"]], mount)
                        for path, mount in paths.items()
                        if path.startswith(f"{CONSUME}/")
                    }
                    yield f"{name}/{container['name']}", below
                else:
                    assert not any(path.startswith(f"{CONSUME}/") for path in paths)


def test_folders_are_where_the_consume_directory_is(chart, synth):
    """A message has a path: whoever gets it must find the file there, the workers of another chart as well."""
    docs = Paperless(chart, "docs", storage=SingleNodeStorage(consume_folders=FOLDERS), settings=RECURSIVE)
    Worker(chart, "night", instance=docs.instance, part="night")
    found = dict(mounted(synth()))

    assert set(found) == {
        *(f"docs-{name}/{name}" for name in ("consumer", "worker", "rescue")),
        *("docs-night/worker", "docs-beat/migration"),
    }
    for name, below in found.items():
        volume, mount = below["/scanner"]
        assert volume["csi"]["driver"] == "smb.csi.k8s.io"
        assert mount["subPath"] == "out"
        volume, mount = below["/mail"]
        assert volume["persistentVolumeClaim"]["claimName"] == "mail"
        assert mount.get("readOnly", False) is (name == "docs-rescue/rescue")


def test_folders_of_file_servers_are_polled(chart, synth):
    """The consume directory itself may be on the node's disk, whose events tell of it alone."""
    Paperless(chart, "docs", storage=SingleNodeStorage(consume_folders=FOLDERS), settings=RECURSIVE)

    assert config_data(synth(), "docs-config")["PAPERLESS_CONSUMER_POLLING_INTERVAL"] == "4"


def test_folders_that_nobody_looks_into(chart):
    with pytest.raises(
        ValueError,
        match=r"^chart/docs: storage.consume_folders has scanner, mail, and the consumer looks at the consume "
        r"directory itself alone; use Settings\(consumption=Consumption\(recursive=True\)\)$",
    ):
        Paperless(chart, "docs", storage=SingleNodeStorage(consume_folders=FOLDERS))


def test_mount_inside_the_consume_directory():
    """Only one process would have it: whoever wants that means this."""
    with pytest.raises(
        ValueError,
        match=rf"^Mount: path '{CONSUME}/scanner' is inside the consume directory, which several pods must see alike; "
        r"use consume_folders of the storage$",
    ):
        Mount(path=f"{CONSUME}/scanner", volume=ConfigMapVolume(name="a"))


WRONG = [
    ({"a/b": SCANNER}, "consume_folders['a/b'] must be named by letters, digits, '.', '_' and '-' that begin with"),
    ({".hidden": SCANNER}, "consume_folders['.hidden'] must be named by letters, digits"),
    ({"..": SCANNER}, "consume_folders['..'] must be named by letters, digits"),
    (
        {"a": ExistingClaim(name="a", access_mode=AccessMode.READ_ONLY_MANY)},
        "consume_folders['a'] must be a ReadWriteOnce or ReadWriteMany claim, got 'ReadOnlyMany'; the application",
    ),
    (
        {"a": ExistingClaim(name="nas", sub_path="x"), "b": ExistingClaim(name="nas", sub_path="x/y")},
        "consume_folders['b'], which is x/y of nas, is not apart from consume_folders['a'], which is x of nas; give",
    ),
    (
        {"a": ExistingClaim(name="nas")},
        "consume_folders['a'], which is the root of nas, is not apart from media, which is media of nas; give each a",
    ),
]


@pytest.mark.parametrize(("folders", "sentence"), WRONG)
def test_wrong_folders(folders, sentence):
    """Of two names for one place each file would be taken twice, and deleted once; of media, every original."""
    with pytest.raises(ValueError, match=f"^SingleNodeStorage: {re.escape(sentence)}"):
        SingleNodeStorage(media=ExistingClaim(name="nas", sub_path="media"), consume_folders=folders)


def test_claim_of_one_node_on_shared_storage():
    with pytest.raises(ValueError, match=r"^SharedStorage: consume_folders\['a'\] must be a ReadWriteMany claim, got"):
        SharedStorage(
            storage_class="nfs",
            consume_folders={"a": ExistingClaim(name="a", access_mode=AccessMode.READ_WRITE_ONCE)},
        )


def test_two_instances_take_no_files_of_each_other(chart, synth):
    share = NfsVolume(server="nas", path="/scans")
    Paperless(chart, "docs", storage=SingleNodeStorage(consume=share))
    Paperless(chart, "papers", storage=SingleNodeStorage(consume_folders={"scans": share}), settings=RECURSIVE)

    with pytest.raises(RuntimeError, match=r"storage.consume_folders\['scans'\], the root of nas:/scans, is not apart"):
        synth()


def test_compose_refuses_folders(chart):
    Paperless(chart, "docs", storage=SingleNodeStorage(consume_folders=FOLDERS), settings=RECURSIVE)

    with pytest.raises(
        ValueError,
        match=r"^chart: storage.consume_folders must be left out for Compose, got 'scanner, mail'; mount each",
    ):
        compose_project(chart)
