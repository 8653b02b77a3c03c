"""Files and variables that a process gets from elsewhere."""

from __future__ import annotations

import re

import pytest

from cdk8s_paperless_ngx import (
    Backup,
    ConfigMapVolume,
    ConsumeScripts,
    CsiVolume,
    ExistingClaim,
    Extras,
    Fixed,
    FlowerOptions,
    Mount,
    Paperless,
    PaperlessImage,
    SecretKey,
    SharedStorage,
    SingleNodeStorage,
    Variable,
    WorkerOptions,
)
from cdk8s_paperless_ngx.model import AccessMode
from tests.conftest import main_container, pod_spec

FILES = ConfigMapVolume(name="mine")
HOOKS = Mount(path="/opt/hooks", volume=ExistingClaim(name="hooks"))


def test_existing_claim_on_a_process(chart, synth):
    claim = ExistingClaim(name="models", sub_path="tesseract/best")
    extras = Extras(mounts=(Mount(path="/usr/share/models", volume=claim),))
    Paperless(chart, "docs", worker=WorkerOptions(extras=extras))
    worker = synth()["Deployment", "docs-worker"]

    assert {"name": "extra-0", "persistentVolumeClaim": {"claimName": "models"}} in pod_spec(worker)["volumes"]
    mount = {"name": "extra-0", "mountPath": "/usr/share/models", "subPath": "tesseract/best", "readOnly": True}
    assert mount in main_container(worker)["volumeMounts"]


def test_claim_of_one_node_for_pods_on_several(chart):
    """All but the first pod would wait for ever."""
    claim = ExistingClaim(name="models", access_mode=AccessMode.READ_WRITE_ONCE)
    worker = WorkerOptions(scaling=Fixed(replicas=2), extras=Extras(mounts=(Mount(path="/models", volume=claim),)))

    assert Paperless(chart, "one-node", worker=worker)
    with pytest.raises(
        ValueError, match=r"^chart/docs/worker: extras.mounts has the ReadWriteOnce claim 'models', and the pods"
    ):
        Paperless(chart, "docs", storage=SharedStorage(storage_class="nfs"), worker=worker)


@pytest.mark.parametrize("version", ["2.14.7", "3.3.0"])
def test_no_mount_of_ones_own_can_hide_what_the_library_mounts(chart, synth, version):
    docs = Paperless(
        chart,
        "docs",
        image=PaperlessImage(version=version),
        flower=FlowerOptions(),
    )
    Backup(chart, "backup", instance=docs.instance)
    manifests = synth()
    specs = [pod_spec(m) for (kind, _), m in manifests.items() if kind == "Deployment"]
    paths = {
        mount["mountPath"]
        for spec in specs
        for container in (*spec["containers"], *spec.get("initContainers", []))
        for mount in container["volumeMounts"]
    }

    assert len(paths) > 8
    for path in paths:
        with pytest.raises(ValueError, match=r"^Mount: path '.*' is in the way of .*, which every process has there$"):
            Mount(path=path, volume=FILES)


@pytest.mark.parametrize("path", ["/usr//src/paperless/media", "/a:b", "//a", "/a/./b", "/", "/a/"])
def test_path_that_could_be_written_shorter(path):
    with pytest.raises(ValueError, match=rf"^Mount: path must be an absolute path without .*, got '{path}'$"):
        Mount(path=path, volume=FILES)


@pytest.mark.parametrize("path", ["/etc/supervisord.conf", "/run/secrets/mine", "/etc", "/proc", "/dev/shm"])
def test_path_that_is_taken(path):
    with pytest.raises(ValueError, match=r"^Mount: path '.*' is in the way of .*, which every process has there$"):
        Mount(path=path, volume=FILES)


def test_mount_over_the_consume_scripts(chart):
    extras = Extras(mounts=(Mount(path="/usr/src/paperless/scripts", volume=FILES),))

    with pytest.raises(
        ValueError,
        match=r"^chart/docs/worker: extras.mounts has one at /usr/src/paperless/scripts, where the instance's",
    ):
        Paperless(
            chart,
            "docs",
            consume_scripts=ConsumeScripts(post="post.sh", config_map="hooks"),
            worker=WorkerOptions(extras=extras),
        )


def test_two_variables_of_one_name():
    with pytest.raises(ValueError, match=r"^Extras: environment has A twice; drop one"):
        Extras(environment=(Variable(name="A", value="1"), Variable(name="A", value="2")))


@pytest.mark.parametrize("name", ["PAPERLESS_REDIS", "GRANIAN_PORT", "CELERY_BROKER_URL"])
def test_settings_are_the_same_for_every_process(name):
    """Celery reads its broker from the environment first: one process would be on another queue."""
    with pytest.raises(
        ValueError, match=f"^Extras: {name} in environment is a setting of paperless-ngx; processes that"
    ):
        Extras(environment=(Variable(name=name, value="redis://other:6379/0"),))


@pytest.mark.parametrize(
    ("process", "name"),
    [
        ("worker", "HOME"),
        ("worker", "XDG_CACHE_HOME"),
        ("worker", "REDIS_PASSWORD"),
        ("worker", "PYTHONPYCACHEPREFIX"),
        ("flower", "BASIC_AUTH_PASSWORD"),
    ],
)
def test_variable_that_the_process_has_already(chart, process, name):
    """An entry of a name that another has makes every apply a change, or counts by its place."""
    options = {"worker": WorkerOptions, "flower": FlowerOptions}[process]
    extras = Extras(environment=(Variable(name=name, value=SecretKey(secret="mine", key="x")),))

    with pytest.raises(
        ValueError,
        match=f"^chart/docs/{process}: extras.environment has {name}, which the process has already; drop it$",
    ):
        Paperless(chart, "docs", **{process: options(extras=extras)})


@pytest.mark.parametrize("key", ["..", ".", "..data", "a/b", "a b", ""])
def test_script_that_is_no_key(key):
    with pytest.raises(ValueError, match=rf"^ConsumeScripts: pre must be a key of the ConfigMap, got '{key}'$"):
        ConsumeScripts(pre=key, config_map="hooks")


def test_script_that_nobody_brings(chart):
    with pytest.raises(
        ValueError,
        match=r"^chart/docs: workers have no file '/opt/post.sh', which consume_scripts.post names; name the",
    ):
        Paperless(chart, "docs", consume_scripts=ConsumeScripts(post="/opt/post.sh"))


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        ("/usr/bin/true", {}),
        ("/usr/src/paperless/data/post.sh", {}),
        ("/opt/post.sh", {"image": PaperlessImage(repository="registry.example.org/mine", version="3.3.0")}),
        ("/opt/hooks/post.sh", {"worker": WorkerOptions(extras=Extras(mounts=(HOOKS,)))}),
    ],
)
def test_script_that_may_be_there(chart, script, arguments):
    assert Paperless(chart, "docs", consume_scripts=ConsumeScripts(post=script), **arguments)


def test_smb_driver_finds_the_login(chart, synth):
    """It mounts inline volumes with the Secret that its attributes name; other drivers take the one of the request."""
    volume = CsiVolume(driver="smb.csi.k8s.io", attributes={"source": "//nas/scans"}, secret="nas-login")
    Paperless(chart, "docs", storage=SingleNodeStorage(consume=volume))
    (found,) = (v for v in pod_spec(synth()["Deployment", "docs-consumer"])["volumes"] if v["name"] == "consume")

    assert found["csi"]["volumeAttributes"] == {"secretName": "nas-login", "source": "//nas/scans"}
    assert found["csi"]["nodePublishSecretRef"] == {"name": "nas-login"}


@pytest.mark.parametrize(
    "attributes",
    [
        {"mountOptions": "uid=1000,password=hunter2"},
        {"mountOptions": "password=hunter2,uid=1000"},
        {"mountOptions": "pass=hunter2"},
        {"password": "hunter2"},
    ],
)
def test_password_among_attributes_is_refused_and_not_repeated(attributes):
    (name,) = attributes
    with pytest.raises(
        ValueError, match=rf"^CsiVolume: attributes\['{name}'\] looks like a password; attributes are in git"
    ) as error:
        CsiVolume(driver="smb.csi.k8s.io", attributes=attributes)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("path", ["a//b", "a/", "./a", "a/."])
def test_sub_path_that_could_be_written_shorter(path):
    with pytest.raises(
        ValueError, match=rf"^ExistingClaim: sub_path must be a relative path inside the volume, got '{path}'; for"
    ):
        ExistingClaim(name="a", sub_path=path)


@pytest.mark.parametrize("name", ["a..b", "a.-b", "a-.b", ".a"])
def test_name_with_an_empty_part(name):
    with pytest.raises(ValueError, match=re.escape(f"must be the name of a Kubernetes object, got '{name}'")):
        SecretKey(secret=name, key="a")
