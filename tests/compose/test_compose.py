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
from cdk8s_paperless_ngx.compose.__main__ import add_secrets, main, write
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


def test_same_values_same_bytes(tmp_path):
    """Whatever order Python gives to what has none."""
    made = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        command = [sys.executable, "-m", "cdk8s_paperless_ngx.compose", "main.py", folder]
        subprocess.run(command, cwd=PROJECT, env=os.environ | {"PYTHONHASHSEED": seed}, check=True, capture_output=True)
        made.append((folder / "compose.yaml").read_bytes())

    assert made[0] == made[1]


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
        name: {mount.split(":")[0] for mount in service.get("volumes", []) if ":" in mount} - {"./cdk8s-paperless-ngx"}
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


NAMES = {
    "SECRET_KEY": 64, "ADMIN_PASSWORD": 32, "POSTGRES_PASSWORD": 32, "REDIS_PASSWORD": 32, "FLOWER_PASSWORD": 32,
}  # fmt: skip


def test_secrets_are_made_once_and_for_their_owner_alone(made, tmp_path):
    """A password that changes under a running database locks everybody out."""
    project, file, _ = made
    write(project, tmp_path)
    assert set(add_secrets(project, tmp_path)) == NAMES.keys()
    env = tmp_path / ".env"
    text = env.read_text(encoding="utf-8")

    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    values = dict(line.split("=") for line in text.splitlines())
    assert {name: len(value) for name, value in values.items()} == NAMES
    assert set(re.findall(r"\$\{(\w+):\?", str(file))) == values.keys()
    assert not add_secrets(project, tmp_path)
    assert env.read_text(encoding="utf-8") == text
    assert project.new_secrets() != project.new_secrets()


def test_a_secret_that_is_needed_later_is_added(made, tmp_path):
    """Without touching what is there."""
    project, _, _ = made
    env = tmp_path / ".env"
    before = "# mine\nexport SECRET_KEY='x=y'\nCOMPOSE_PROFILES=tika\n POSTGRES_PASSWORD = p\nREDIS_PASSWORD="
    env.write_text(before, encoding="utf-8")
    env.chmod(0o640)

    assert set(add_secrets(project, tmp_path)) == {"ADMIN_PASSWORD", "FLOWER_PASSWORD"}
    text = env.read_text(encoding="utf-8")
    assert text.startswith(f"{before}\n")
    assert re.fullmatch(r"(\w+=\w{32}\n){2}", text.removeprefix(f"{before}\n"))
    assert stat.S_IMODE(env.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


def test_no_secret_can_be_committed(made, tmp_path):
    project, _, _ = made
    write(project, tmp_path)
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == ".env\n"
    (tmp_path / ".gitignore").write_text("mine\n", encoding="utf-8")
    write(project, tmp_path)
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "mine\n"


def test_files_of_others_stay(made, tmp_path):
    """Only the folder that has the library's name is its own."""
    project, _, _ = made
    others = ("compose.override.yaml", "scripts/mine.py", "cdk8s-paperless-ngx/__pycache__/api.pyc")
    for name in (*others, "cdk8s-paperless-ngx/old.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("mine", encoding="utf-8")
    write(project, tmp_path)

    assert {(tmp_path / name).read_text(encoding="utf-8") for name in others} == {"mine"}
    scripts = {path.name for path in (tmp_path / "cdk8s-paperless-ngx").iterdir()}
    assert scripts == project.scripts.keys() | {"__pycache__"}


def test_users_of_containers_can_read_the_scripts(made, tmp_path):
    project, _, _ = made
    before = os.umask(0o077)
    try:
        write(project, tmp_path)
    finally:
        os.umask(before)
    scripts = tmp_path / "cdk8s-paperless-ngx"

    assert stat.S_IMODE(scripts.stat().st_mode) == 0o755
    assert {stat.S_IMODE(file.stat().st_mode) for file in scripts.iterdir()} == {0o644}


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


IMPORTS = """
import sys
from cdk8s import App, Chart
from cdk8s_paperless_ngx import Paperless
"""
CHART = """
def chart(app, id, *names):
    chart = Chart(app, id, namespace="docs")
    for name in names:
        Paperless(chart, name)
"""


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Runs the command on the text of an app, in an empty folder."""
    (tmp_path / "app").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run(text, *arguments):
        (tmp_path / "app" / "main.py").write_text(f"{IMPORTS}{CHART}{text}", encoding="utf-8")
        done = main([str(tmp_path / "app" / "main.py"), str(tmp_path / "made"), *arguments])
        assert not list((tmp_path / "here").iterdir()), "nothing is written where the command runs"
        file = tmp_path / "made" / "compose.yaml"
        return done, yaml.safe_load(file.read_text(encoding="utf-8"))["name"] if file.exists() else None

    return run


@pytest.mark.parametrize(
    "text",
    [
        "app = App(); chart(app, 'a', 'docs'); app.synth()",
        (
            "def main():\n    app = App()\n    chart(app, 'a', 'docs')\n    app.synth()\n    return 0\n\n"
            "if __name__ == '__main__':\n    sys.exit(main())"
        ),
        "app = App(outdir='out'); chart(app, 'first'); chart(app, 'a', 'docs'); app.synth()",
        "assert sys.argv[1:] == []; import beside; beside.make(chart)",
    ],
    ids=["module", "function", "several charts", "another module"],
)
def test_the_command_takes_apps_as_they_are(command, tmp_path, text):
    module = "from cdk8s import App\n\ndef make(chart):\n    app = App()\n    chart(app, 'a', 'docs')\n    app.synth()"
    (tmp_path / "app").joinpath("beside.py").write_text(module, encoding="utf-8")

    assert command(text) == (0, "docs")


def test_the_command_chooses_no_chart_of_several(command, capsys):
    text = "app = App(); chart(app, 'first', 'one'); chart(app, 'none'); chart(app, 'second', 'two'); app.synth()"
    assert command(text) == (1, None)
    assert "main.py: --chart must be one of first, second, got None; each gets a folder" in capsys.readouterr().err
    assert command(text, "--chart", "none") == (1, None)
    assert command(text, "--chart", "second") == (0, "two")


def test_the_command_says_what_it_did(command, capsys, tmp_path):
    text = "app = App(); chart(app, 'a', 'docs'); app.synth()"
    command(text)
    assert f"{tmp_path}/made/.env has new secrets: ADMIN_PASSWORD, SECRET_KEY" in capsys.readouterr().out
    command(text)
    assert f"{tmp_path}/made/.env stays as it is" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "chart(App(), 'a', 'docs')", "app = App(); chart(app, 'a'); app.synth()"])
def test_the_command_finds_nothing(command, capsys, text):
    assert command(text) == (1, None)
    assert "main.py: app must be one that synthesizes a chart with a Paperless, got None" in capsys.readouterr().err


def test_the_command_validates(command):
    with pytest.raises(RuntimeError, match="name must be the instance's alone"):
        command("app = App(); chart(app, 'a', 'docs'); chart(app, 'b', 'docs'); app.synth()", "--chart", "a")
