"""Where directories are: no two in one place, and no two instances or backups either."""

from __future__ import annotations

import re

import cdk8s
import pytest
from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx import (
    Backup,
    CsiVolume,
    ExistingClaim,
    FlowerOptions,
    NewClaim,
    NfsVolume,
    Paperless,
    PaperlessImage,
    SharedStorage,
    SingleNodeStorage,
)
from tests.conftest import claims_mounted, environment, pod_spec


def old(path=None):
    return ExistingClaim(name="old", sub_path=path)


@pytest.mark.parametrize(
    ("directories", "sentence"),
    [
        (
            {"media": old(), "consume": old()},
            "consume, which is the root of old, is not apart from media, which is the root of old; give each",
        ),
        (
            {"media": old("paperless"), "consume": old("paperless/in")},
            "consume, which is paperless/in of old, is not apart from media, which is paperless of old",
        ),
        (
            {"data": old("a/b"), "export": old("a")},
            "export, which is a of old, is not apart from data, which is a/b of old",
        ),
        (
            {"media": NewClaim(size="1Gi", name="old"), "export": old()},
            "export, which is the root of old, is not apart from media",
        ),
    ],
)
@pytest.mark.parametrize("storage", [SingleNodeStorage, lambda **given: SharedStorage(storage_class="nfs", **given)])
def test_two_directories_in_one_place_are_refused(storage, directories, sentence):
    """What is dropped into consume would be documents; what an export deletes, too."""
    with pytest.raises(ValueError, match=rf"^\w+Storage: {re.escape(sentence)}"):
        storage(**directories)


def test_names_that_merely_begin_alike_are_apart():
    assert SingleNodeStorage(media=old("paper"), data=old("paperless"), consume=old("paper-in"))


def test_claim_that_the_instance_makes_is_a_place_too(chart):
    """Its name is known only with the instance's."""
    storage = SingleNodeStorage(consume=ExistingClaim(name="docs-media"))

    with pytest.raises(
        ValueError,
        match=r"^chart/docs: consume, which is the root of docs-media, is not apart from media, which is media of",
    ):
        Paperless(chart, "docs", storage=storage)


@pytest.mark.parametrize(
    ("data", "bytecode"),
    [
        (NewClaim(size="1Gi"), ("docs-data", "bytecode")),
        (old("paperless/data"), ("old", "paperless/data.bytecode")),
        (old(), None),
    ],
)
@pytest.mark.parametrize("version", ["3.3.0", "2.20.15"])
def test_no_process_can_change_what_another_executes(chart, synth, data, bytecode, version):
    """Bytecode is executed unchecked, by the migration with its token: whoever parses hostile files may not write it.

    Where the data directory is a whole claim, it is no place beside it, so there is none.
    """
    storage = SingleNodeStorage(data=data, consume=old("in") if data == old("paperless/data") else NewClaim(size="1Gi"))
    docs = Paperless(chart, "docs", storage=storage, flower=FlowerOptions(), image=PaperlessImage(version=version))
    Backup(chart, "backup", instance=docs.instance)
    written, executed = set(), set()
    for (kind, _), manifest in synth().items():
        if kind not in ("Deployment", "CronJob"):
            continue
        owner = manifest["spec"]["jobTemplate"] if kind == "CronJob" else manifest
        for container in (*pod_spec(owner)["containers"], *pod_spec(owner).get("initContainers", [])):
            claims = claims_mounted(owner, container)
            read_only = {mount["mountPath"] for mount in container["volumeMounts"] if mount.get("readOnly")}
            if "/var/cache/bytecode" in claims:
                executed.add(claims["/var/cache/bytecode"])
            if container["name"] != "migration":
                written |= {claim for path, claim in claims.items() if path not in read_only}
            uses = environment(container).get("PYTHONPYCACHEPREFIX") or environment(container).get("BYTECODE_DIR")
            assert bool(uses) is ("/var/cache/bytecode" in claims)

    assert executed == ({bytecode} if bytecode else set())
    for claim, path in executed:
        for other, other_path in written:
            apart = other != claim or not f"{path}/".startswith(f"{other_path}/" if other_path else "")
            assert apart, f"{path} of {claim} is written through {other_path} of {other}"


def test_directory_where_the_bytecode_is_is_refused():
    with pytest.raises(
        ValueError,
        match=r"^SingleNodeStorage: consume is p/data\.bytecode of old, where the migration has the application's",
    ):
        SingleNodeStorage(data=old("p/data"), consume=old("p/data.bytecode"))


def test_storage_class_that_is_none():
    with pytest.raises(ValueError, match=r"^SingleNodeStorage: storage_class must be the name .*, got 'A B'"):
        SingleNodeStorage(storage_class="A B")


def test_two_new_claims_of_one_name_are_refused(chart):
    storage = SingleNodeStorage(media=NewClaim(size="9Gi", name="big"), data=NewClaim(size="1Gi", name="big"))
    Paperless(chart, "docs", storage=storage)

    with pytest.raises(
        RuntimeError, match="chart/docs/claims/media: it makes a second PersistentVolumeClaim 'big' in namespace 'docs'"
    ):
        cdk8s.Testing.synth(chart)


def test_object_of_ones_own_with_the_name_of_an_instance_s_is_refused(chart):
    """Whichever is first: one of the two would be lost."""
    k8s.KubePersistentVolumeClaim(chart, "mine", metadata=k8s.ObjectMeta(name="big"))
    Paperless(chart, "docs", storage=SingleNodeStorage(media=NewClaim(size="9Gi", name="big")))

    with pytest.raises(RuntimeError, match="it makes a second PersistentVolumeClaim 'big'"):
        cdk8s.Testing.synth(chart)


def test_objects_of_strangers_are_nobody_s_business(chart):
    Paperless(chart, "docs")
    for name in ("a", "b"):
        k8s.KubeConfigMap(chart, name, metadata=k8s.ObjectMeta(name="theirs"))

    assert cdk8s.Testing.synth(chart)


def instances(app, namespaces, storages):
    for name, namespace, storage in zip(("one", "two"), namespaces, storages, strict=True):
        Paperless(cdk8s.Chart(app, name, namespace=namespace), name, storage=SingleNodeStorage(**storage))


@pytest.mark.parametrize(
    ("namespaces", "storages", "sentence"),
    [
        (
            ("docs", "docs"),
            ({"media": old("media")}, {"media": old("media")}),
            "two/two/claims: storage.media, media of old, is not apart from storage.media of one/one/claims",
        ),
        (
            ("docs", "docs"),
            ({"media": old("a")}, {"consume": old("a/in")}),
            "storage.consume, a/in of old, is not apart from storage.media of one/one/claims, a of old",
        ),
        (
            ("docs", "papers"),
            (
                {"consume": NfsVolume(server="nas", path="/scans", sub_path="in")},
                {"consume": NfsVolume(server="NAS", path="/scans/in/")},
            ),
            "storage.consume, the root of NAS:/scans/in/, is not apart from storage.consume of one/one/claims",
        ),
        (
            ("docs", "papers"),
            ({"consume": CsiVolume(driver="smb", attributes={"source": "//nas/scans"})},) * 2,
            "storage.consume, the root of smb, is not apart from storage.consume of one/one/claims",
        ),
    ],
)
def test_two_instances_in_one_place_are_refused(app, namespaces, storages, sentence):
    """Each would consume, overwrite or delete what is the other's."""
    instances(app, namespaces, storages)

    with pytest.raises(RuntimeError, match=re.escape(sentence)):
        app.synth_yaml()


@pytest.mark.parametrize(
    ("namespaces", "storages"),
    [
        # A claim is one of its namespace.
        (("docs", "papers"), ({"media": old("media")},) * 2),
        (("docs", "docs"), ({"media": old("one")}, {"media": old("two")})),
        (("docs", "docs"), tuple({"consume": NfsVolume(server="nas", path=path)} for path in ("/one", "/two"))),
    ],
)
def test_two_instances_beside_each_other(app, namespaces, storages):
    instances(app, namespaces, storages)

    assert app.synth_yaml()


@pytest.mark.parametrize(
    ("claim", "taken"),
    [
        (ExistingClaim(name="docs-media", sub_path="media"), "storage.media"),
        (ExistingClaim(name="docs-media", sub_path="media/documents/exports"), "storage.media"),
        (ExistingClaim(name="old", sub_path="paperless"), "storage.consume"),
    ],
)
def test_backup_into_an_instance_s_directory_is_refused(chart, claim, taken):
    """The exporter deletes whatever else is in its folder."""
    docs = Paperless(chart, "docs", storage=SingleNodeStorage(consume=old("paperless/in")))
    Backup(chart, "backup", instance=docs.instance, claim=claim)

    with pytest.raises(RuntimeError, match=rf"chart/backup: claim, .*, is not apart from {taken} of chart/docs/claims"):
        cdk8s.Testing.synth(chart)


def test_two_backups_into_one_folder_are_refused(chart):
    """The second would delete the first one's files."""
    for name in ("one", "two"):
        docs = Paperless(chart, name)
        Backup(chart, f"{name}-backup", instance=docs.instance, claim=ExistingClaim(name="nas", sub_path="export"))

    with pytest.raises(RuntimeError, match=r"chart/two-backup: claim, .*, is not apart from claim of chart/one-backup"):
        cdk8s.Testing.synth(chart)


def test_backup_beside_an_instance_s_directory(chart):
    docs = Paperless(chart, "docs", storage=SingleNodeStorage(media=old("media")))
    Backup(chart, "backup", instance=docs.instance, claim=old("backup"))

    assert cdk8s.Testing.synth(chart)
