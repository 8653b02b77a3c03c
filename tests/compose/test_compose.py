"""The docker-compose counterpart: the pods' containers, one for one."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import cdk8s
import jsonschema
import pytest
import yaml

from cdk8s_paperless_ngx import (
    Backup,
    BundledPostgres,
    ByCpu,
    ByQueue,
    ConfigMapFiles,
    ExistingClaim,
    ExistingSecret,
    ExternalRedis,
    ExternalSecret,
    Extras,
    Fixed,
    FlowerOptions,
    Mount,
    Paperless,
    PaperlessImage,
    SecretKey,
    Settings,
    SharedStorage,
    SingleNodeStorage,
    WorkerOptions,
    compose,
)
from cdk8s_paperless_ngx.compose.__main__ import add_secrets, write
from tests.conftest import by_kind_and_name, environment, init_container, main_container, pod_spec
from tests.test_output import PROJECT

SCHEMA = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
PROCESSES = ("webserver", "consumer", "worker", "beat", "flower")


@pytest.fixture
def made(chart):
    """A project, as data, and the manifests that it was made from."""
    docs = Paperless(chart, "docs", flower=FlowerOptions(), url="https://example.org/papers")
    Backup(chart, "backup", instance=docs.instance)
    project = compose(chart)
    return project, yaml.safe_load(project.file), by_kind_and_name(cdk8s.Testing.synth(chart))


def test_it_is_what_the_specification_allows(made):
    jsonschema.Draft7Validator(SCHEMA).validate(made[1])


def test_committed_project_is_fresh(tmp_path):
    """`make compose` was run after the last change."""
    subprocess.run(
        [sys.executable, "-m", "cdk8s_paperless_ngx.compose", "main.py", tmp_path / "compose"],
        cwd=PROJECT,
        env=os.environ | {"CDK8S_OUTDIR": str(tmp_path / "dist")},
        check=True,
        capture_output=True,
    )

    def files(folder):
        return {
            str(file.relative_to(folder)): file.read_text(encoding="utf-8")
            for file in folder.rglob("*")
            if file.is_file() and file.name != ".env"
        }

    assert files(tmp_path / "compose") == files(PROJECT / "compose"), "run `make compose`"


def test_same_values_same_bytes():
    def text():
        chart = cdk8s.Chart(cdk8s.Testing.app(), "chart", namespace="docs")
        Paperless(chart, "docs")
        return compose(chart).file

    assert text() == text()


def pods(manifests):
    """Each service's pod and container in a cluster."""
    for part in PROCESSES:
        manifest = manifests["Deployment", f"docs-{part}"]
        yield part, pod_spec(manifest), main_container(manifest)
    beat = manifests["Deployment", "docs-beat"]
    yield "migration", pod_spec(beat), init_container(beat)
    for part in ("postgres", "redis"):
        manifest = manifests["StatefulSet", f"docs-{part}"]
        yield part, pod_spec(manifest), main_container(manifest)
    for part in ("rescue", "backup"):
        manifest = manifests["CronJob", f"docs-{part}"]["spec"]["jobTemplate"]
        yield part, pod_spec(manifest), main_container(manifest)


def test_every_container_has_its_service(made):
    _, file, manifests = made

    assert file["services"].keys() == {"ownership", *(name for name, _, _ in pods(manifests))}


def test_image_argv_user_and_rights_are_the_pods(made):
    _, file, manifests = made
    for name, pod, container in pods(manifests):
        service = file["services"][name]
        assert service["image"] == container["image"]
        assert [part.replace("$$", "$") for part in service.get("entrypoint", [])] == container.get("command", [])
        assert service.get("working_dir") == container.get("workingDir")
        assert service["user"] == f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}"
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service.get("init", False) is pod.get("shareProcessNamespace", False)


def test_environment_is_the_pods(made):
    """Settings to the letter; secrets by reference; what Kubernetes puts together when a container starts, too."""
    _, file, manifests = made
    config = manifests["ConfigMap", "docs-config"]["data"]
    for name, _, container in pods(manifests):
        service = file["services"][name]["environment"]
        variables = environment(container)
        assert service.keys() == variables.keys() | (config.keys() if "envFrom" in container else set())
        for variable, value in ({**config, **variables} if "envFrom" in container else variables).items():
            if isinstance(value, dict):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?is missing in the file \.env\}", service[variable])
            elif "$(" in value:
                before, _, after = value.partition("$(")
                assert service[variable].startswith(before)
                assert service[variable].endswith(after.partition(")")[2])
                assert "${" in service[variable]
            else:
                assert service[variable].replace("$$", "$") == value


def test_mounts_are_the_pods(made):
    """The same places shared between the same processes, and the same private to each."""
    _, file, manifests = made
    for name, pod, container in pods(manifests):
        service = file["services"][name]
        kinds = {volume["name"]: next(key for key in volume if key != "name") for volume in pod["volumes"]}
        wanted = {m["mountPath"]: kinds[m["name"]] for m in container["volumeMounts"] if m["name"] != "token"}
        found = {}
        for mount in service["volumes"]:
            source, _, target = mount.rpartition(":") if mount.count(":") == 1 else ("", "", mount)
            if mount.count(":") == 2:
                source, target, _ = mount.split(":")
            found[target] = {"": "emptyDir"}.get(
                source, "configMap" if source.startswith("./") else "persistentVolumeClaim"
            )
        found |= dict.fromkeys(service.get("tmpfs", []), "emptyDir")
        assert found == wanted


def test_shared_volumes_are_the_same_for_all(made):
    _, file, _ = made
    mounted = {
        name: {mount.split(":")[0] for mount in service.get("volumes", []) if ":" in mount} - {"./scripts"}
        for name, service in file["services"].items()
    }

    assert mounted["webserver"] == {"data", "media", "scratch", "export", "bytecode"}
    assert mounted["worker"] == {"data", "media", "scratch", "consume", "bytecode"}
    assert mounted["consumer"] == {"consume", "scratch"}
    assert mounted["beat"] == mounted["flower"] == set()
    assert mounted["migration"] == {"data", "media", "consume", "scratch", "export", "bytecode"}
    assert file["volumes"].keys() == mounted["ownership"]


def test_checks_grace_and_limits_are_the_pods(made):
    _, file, manifests = made
    for name, pod, container in pods(manifests):
        service = file["services"][name]
        if name in ("worker", "postgres", "redis", "webserver"):
            grace = pod["terminationGracePeriodSeconds"]
            assert service["stop_grace_period"] == f"{grace}s"
        assert ("healthcheck" in service) is bool(container.get("readinessProbe") or container.get("livenessProbe"))
        limit = container["resources"]["limits"]["memory"]
        assert service["deploy"]["resources"]["limits"]["memory"] == limit[:-1].lower()
    assert file["services"]["worker"]["stop_grace_period"] == "1860s"
    check = file["services"]["webserver"]["healthcheck"]
    assert "http://127.0.0.1:8000/papers/accounts/login/" in check["test"][-1]
    assert "'Host': 'localhost'" in check["test"][-1]
    assert check["start_period"] == "300s"


def test_nothing_starts_before_the_migration_is_done(made):
    _, file, _ = made
    for name in (*PROCESSES, "backup", "rescue"):
        conditions = {before: rule["condition"] for before, rule in file["services"][name]["depends_on"].items()}
        assert conditions == {
            "postgres": "service_started",
            "redis": "service_started",
            "migration": "service_completed_successfully",
        }


def test_what_one_starts_oneself_has_a_profile(made):
    _, file, _ = made
    profiles = {name: service["profiles"] for name, service in file["services"].items() if "profiles" in service}

    assert profiles == {"flower": ["flower"], "backup": ["backup"], "rescue": ["rescue"]}


def test_doors_open_to_this_machine_alone(made):
    _, file, _ = made
    ports = {name: service["ports"] for name, service in file["services"].items() if "ports" in service}

    assert ports == {"webserver": ["127.0.0.1:8000:8000"], "flower": ["127.0.0.1:5555:5555"]}


def test_workers_may_be_scaled(chart):
    """Nothing that only one container can have: a name, or a port of the machine."""
    Paperless(chart, "docs", worker=WorkerOptions(scaling=Fixed(replicas=3)))
    worker = yaml.safe_load(compose(chart).file)["services"]["worker"]

    assert (worker["deploy"]["mode"], worker["deploy"]["replicas"]) == ("replicated", 3)
    assert not {"container_name", "ports"} & worker.keys()


def test_dollar_signs_survive(chart):
    Paperless(chart, "docs", settings=Settings(filename_format="{{ title }} $HOME ${x}"))
    services = yaml.safe_load(compose(chart).file)["services"]

    assert services["worker"]["environment"]["PAPERLESS_FILENAME_FORMAT"] == "{{ title }} $$HOME $${x}"
    assert "celery@$$(hostname)" in services["worker"]["healthcheck"]["test"][-1]


def test_secrets_are_made_once_and_for_their_owner_alone(made, tmp_path):
    """A password that changes under a running database locks everybody out."""
    project, file, _ = made
    write(project, tmp_path)
    assert add_secrets(project, tmp_path)
    env = tmp_path / ".env"
    text = env.read_text(encoding="utf-8")

    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    values = dict(line.split("=") for line in text.splitlines())
    assert {name: len(value) for name, value in values.items()} == {
        "SECRET_KEY": 64,
        "ADMIN_PASSWORD": 32,
        "POSTGRES_PASSWORD": 32,
        "REDIS_PASSWORD": 32,
        "FLOWER_PASSWORD": 32,
    }
    assert set(re.findall(r"\$\{(\w+):", str(file))) == values.keys()
    assert not add_secrets(project, tmp_path)
    assert env.read_text(encoding="utf-8") == text
    assert project.new_secrets() != project.new_secrets()


def test_no_secret_can_be_committed():
    assert "/compose/.env" in (PROJECT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_files_that_are_no_longer_made_go(made, tmp_path):
    project, _, _ = made
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "old.py").touch()
    (tmp_path / "compose.override.yaml").write_text("mine", encoding="utf-8")
    write(project, tmp_path)

    assert {file.name for file in (tmp_path / "scripts").iterdir()} == project.scripts.keys()
    assert (tmp_path / "compose.override.yaml").read_text(encoding="utf-8") == "mine"


KEY = SecretKey(secret="mine", key="word")
REFUSED = [
    (
        {"worker": WorkerOptions(scaling=ByQueue())},
        "scaling must be Fixed for Compose, got 'ScaledObject'; use",
    ),
    (
        {"worker": WorkerOptions(scaling=ByCpu())},
        "scaling must be Fixed for Compose, got 'HorizontalPodAutoscaler'",
    ),
    (
        {"storage": SharedStorage(storage_class="nfs")},
        "storage must be SingleNodeStorage for Compose",
    ),
    (
        {"storage": SingleNodeStorage(media=ExistingClaim(name="old"))},
        "storage must be made of new claims for Compose, got 'old'; put the folder in its place",
    ),
    (
        {"secret": ExternalSecret(store="a", key="b")},
        "secret must be GeneratedSecret for Compose",
    ),
    (
        {"secret": ExistingSecret(name="mine")},
        "PAPERLESS_SECRET_KEY must be made by the library for Compose, got 'Secret mine'; leave it out: the file .env",
    ),
    ({"database": BundledPostgres(password=KEY)}, "POSTGRES_PASSWORD must be made by the library for Compose"),
    (
        {"broker": ExternalRedis(host="r", password=KEY, tls=None)},
        "REDIS_PASSWORD must be made by the library for Compose, got 'Secret mine'",
    ),
    ({"suspended": True}, "suspended must be False for Compose, got True; use `docker compose stop`"),
    ({"image": PaperlessImage(version="2.14.7")}, "image.version must be 2.15.0 or later for Compose, got '2.14.7'"),
    (
        {
            "worker": WorkerOptions(
                extras=Extras(mounts=(Mount(path="/etc/fonts/mine", files=ConfigMapFiles(name="fonts")),))
            )
        },
        "mount at /etc/fonts/mine must be a claim of the instance for Compose, got 'configMap'; mount a file",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_what_compose_cannot_do_gets_one_sentence(chart, arguments, sentence):
    Paperless(chart, "docs", **arguments)

    with pytest.raises(ValueError, match=f"^chart: {re.escape(sentence)}") as error:
        compose(chart)
    assert "\n" not in str(error.value)


def test_one_file_has_one_instance(app, chart):
    with pytest.raises(
        ValueError, match=r"^chart: scope must be a construct with one instance below it, got \[\]"
    ):
        compose(chart)
    for name in ("one", "two"):
        Paperless(chart, name)
    with pytest.raises(ValueError, match=r"got \['one', 'two'\]"):
        compose(app)
