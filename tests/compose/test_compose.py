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
from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx import (
    Admin,
    Backup,
    BeatOptions,
    BundledPostgres,
    BundledRedis,
    ByCpu,
    ByQueue,
    ConfigMapKey,
    ConfigMapVolume,
    ConsumeScripts,
    CsiVolume,
    ExistingClaim,
    ExistingSecret,
    ExternalMariadb,
    ExternalPostgres,
    ExternalRedis,
    ExternalSecret,
    Extras,
    Fixed,
    FlowerOptions,
    Ingress,
    Mount,
    NfsVolume,
    Paperless,
    PaperlessImage,
    Pods,
    Resources,
    Restore,
    RestoreDrill,
    SecretKey,
    SecretVolume,
    Settings,
    SharedStorage,
    SingleNodeStorage,
    Tls,
    Variable,
    WebserverOptions,
    Worker,
    WorkerOptions,
)
from cdk8s_paperless_ngx.compose import compose_project
from cdk8s_paperless_ngx.compose.__main__ import add_secrets, main, write
from cdk8s_paperless_ngx.compose.variables import expanded
from cdk8s_paperless_ngx.model import PodPeer
from cdk8s_paperless_ngx.settings import EmailSending, GitHub, OpenIdConnect, Paths, SingleSignOn
from tests.conftest import by_kind_and_name, config_data, environment, init_container, main_container, pod_spec
from tests.test_output import PROJECT

SCHEMA = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
PROCESSES = ("webserver", "consumer", "worker", "beat", "redelivery", "flower")


@pytest.fixture
def made(chart):
    """A project, as data, and the manifests that it was made from."""
    docs = Paperless(chart, "docs", flower=FlowerOptions(), url="https://example.org/papers")
    Backup(chart, "backup", instance=docs.instance)
    project = compose_project(chart)
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
    config = config_data(manifests, "docs-config")
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


def mounts(service):
    """Path in the container → volume, folder of the machine, or nothing for a volume of its own."""
    parts = [mount.split(":") for mount in service.get("volumes", [])]
    return {part[1]: part[0] for part in parts}


def test_shared_memory_is_the_pods(made):
    """Docker's own 64 MiB end a parallel query of PostgreSQL."""
    _, file, _ = made

    assert {name: service["shm_size"] for name, service in file["services"].items() if "shm_size" in service} == {
        "postgres": "256m"
    }


def test_mounts_are_the_pods(made):
    """The same places shared between the same processes, and the same private to each."""
    _, file, manifests = made
    for name, pod, container in pods(manifests):
        kinds = {volume["name"]: next(key for key in volume if key != "name") for volume in pod["volumes"]}
        wanted = {m["mountPath"]: kinds[m["name"]] for m in container["volumeMounts"] if m["name"] != "token"}
        # Compose mounts it by itself.
        wanted.pop("/dev/shm", None)
        found = {
            path: "emptyDir"
            if source in (f"{name}-tmp", f"{name}-private")
            else "projected"
            if source.startswith("./")
            else "persistentVolumeClaim"
            for path, source in mounts(file["services"][name]).items()
        }
        assert found == wanted


def test_every_volume_has_a_name(made):
    """Each `down` would leave an anonymous one behind, and nobody could say whose it was."""
    _, file, _ = made
    sources = {source for service in file["services"].values() for source in mounts(service).values()}

    assert {source for source in sources if not source.startswith("./")} == set(file["volumes"])
    assert all(":" in mount for service in file["services"].values() for mount in service.get("volumes", []))


def test_each_service_has_a_tmp_of_its_own(made):
    """On disk: OCRmyPDF has its pages there, and a tmpfs counts as memory of the container."""
    _, file, manifests = made
    found = {name: mounts(file["services"][name])["/tmp"] for name, _, _ in pods(manifests)}

    assert found == {name: f"{name}-tmp" for name in found}
    assert not [name for name, service in file["services"].items() if "tmpfs" in service]


def test_shared_volumes_are_the_same_for_all(made):
    _, file, _ = made
    mounted = {
        name: {source for source in mounts(service).values() if not source.startswith("./")}
        - {f"{name}-tmp", f"{name}-private"}
        for name, service in file["services"].items()
    }

    assert mounted["webserver"] == {"data", "media", "scratch", "export", "bytecode"}
    assert mounted["worker"] == {"data", "media", "scratch", "consume", "bytecode"}
    assert mounted["consumer"] == {"consume", "scratch"}
    assert mounted["beat"] == mounted["flower"] == set()
    assert mounted["migration"] == {"data", "media", "consume", "scratch", "export", "bytecode"}


def test_every_directory_is_given_to_who_writes_it(made):
    """A tmpfs would be root's, with the mode of the image's directory (runc), and podman's has no option for that."""
    _, file, _ = made
    services = {name: service for name, service in file["services"].items() if name != "ownership"}
    owners = {
        source: service["user"]
        for service in services.values()
        for source in mounts(service).values()
        if not source.startswith("./")
    }
    script = file["services"]["ownership"]["entrypoint"][-1]

    assert not [service for service in services.values() if "tmpfs" in service]
    assert file["volumes"].keys() == owners.keys()
    assert set(mounts(file["services"]["ownership"]).values()) == owners.keys()
    assert dict(reversed(line.split()[1:]) for line in script.splitlines()[1:]) == owners
    waiting = {name for name, service in services.items() if "ownership" in service.get("depends_on", {})}
    assert waiting == {"postgres", "redis", "redelivery"}, "the others wait for the migration, which waits for these"


def test_ownership_changes_nothing_that_is_right(made, tmp_path):
    """A file server may not let root do so."""
    _, file, _ = made
    give = file["services"]["ownership"]["entrypoint"][-1].splitlines()[0].replace("$$", "$")
    (tmp_path / "data").mkdir()
    program = f"chown() {{ echo chown $*; }}; {give.replace('/volumes', str(tmp_path))}; give $1 data"

    def said(owner):
        command = ["sh", "-ec", program, "sh", owner]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert said(f"{os.getuid()}:{os.getgid()}") == ""
    assert said("12345:12345") == f"chown 12345:12345 {tmp_path}/data\n"


def test_checks_grace_and_limits_are_the_pods(made):
    _, file, manifests = made
    for name, pod, container in pods(manifests):
        service = file["services"][name]
        if name in ("worker", "postgres", "redis", "webserver"):
            grace = pod["terminationGracePeriodSeconds"]
            assert service["stop_grace_period"] == f"{grace}s"
        assert ("healthcheck" in service) is bool(container.get("readinessProbe") or container.get("livenessProbe"))
        limit = container["resources"]["limits"]["memory"]
        assert service["deploy"]["resources"]["limits"] == {"memory": limit[:-1].lower()}
    assert file["services"]["worker"]["stop_grace_period"] == "1860s"
    check = file["services"]["webserver"]["healthcheck"]
    assert "http://127.0.0.1:8000/papers/accounts/login/" in check["test"][-1]
    assert "'Host': 'localhost'" in check["test"][-1]
    assert check["start_period"] == "300s"


def test_nothing_starts_before_the_migration_is_done(made):
    _, file, _ = made
    for name in {*PROCESSES, "backup", "rescue"} - {"redelivery"}:
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


def test_each_backup_has_a_volume_of_its_own(chart):
    """A folder is one backup's, and none where plain exports of before are, which were in the volume `backup`."""
    docs = Paperless(chart, "docs")
    Backup(chart, "backup", instance=docs.instance)
    Backup(chart, "weekly", instance=docs.instance, part="weekly")
    services = yaml.safe_load(compose_project(chart).file)["services"]

    assert "backup-generations:/usr/src/paperless/backup" in services["backup"]["volumes"]
    assert "weekly-generations:/usr/src/paperless/backup" in services["weekly"]["volumes"]


def test_backup_runs_as_in_the_cluster(chart):
    docs = Paperless(chart, "docs")
    Backup(chart, "backup", instance=docs.instance, keep=3)
    backup = yaml.safe_load(compose_project(chart).file)["services"]["backup"]

    assert backup["entrypoint"] == ["python3", "/opt/cdk8s-paperless-ngx/backup.py"]
    assert (backup["environment"]["BACKUP_KEEP"], backup["environment"]["INSTANCE"]) == ("3", "docs")
    assert (backup["profiles"], backup["restart"]) == (["backup"], "no")


@pytest.mark.parametrize("storage_class", [None, "cheap"])
def test_drill_is_run_by_hand_and_reaches_nothing(chart, storage_class):
    """It works in a volume of its own, only reads the backup, and has no password of the database."""
    docs = Paperless(chart, "docs")
    backup = Backup(chart, "backup", instance=docs.instance)
    RestoreDrill(chart, "drill", instance=docs.instance, generations=backup.generations, storage_class=storage_class)
    drill = yaml.safe_load(compose_project(chart).file)["services"]["drill"]

    assert drill["profiles"] == ["drill"]
    assert "backup-generations:/usr/src/paperless/backup:ro" in drill["volumes"]
    assert "backup-drill:/usr/src/paperless/drill" in drill["volumes"]
    assert drill["environment"]["DRILL_DIR"] == "/tmp"
    assert "drill-tmp:/tmp" in drill["volumes"]
    assert "PAPERLESS_DBPASS" not in drill["environment"]


def test_restore_is_the_migrations(chart):
    """It reads what the service `backup` has written, and cannot change it."""
    docs = Paperless(chart, "docs", restore=Restore())
    Backup(chart, "backup", instance=docs.instance)
    services = yaml.safe_load(compose_project(chart).file)["services"]

    assert "backup-generations:/usr/src/paperless/backup:ro" in services["migration"]["volumes"]
    assert services["migration"]["environment"]["RESTORE_GENERATION"] == "newest"
    assert "RESTORE_GENERATION" not in services["beat"]["environment"]
    assert not [mount for mount in services["beat"]["volumes"] if "generations" in mount]


def test_passphrase_in_a_secret_is_refused(chart):
    docs = Paperless(chart, "docs")
    Backup(chart, "backup", instance=docs.instance, passphrase=SecretKey(secret="vault", key="export"))

    with pytest.raises(ValueError, match=r"^chart: EXPORT_PASSPHRASE must be left out for Compose, got 'Secret vault'"):
        compose_project(chart)


def test_doors_open_to_this_machine_alone(made):
    _, file, _ = made
    ports = {name: service["ports"] for name, service in file["services"].items() if "ports" in service}

    assert ports == {
        "webserver": ["${WEBSERVER_ADDRESS:-127.0.0.1:8000}:8000"],
        "flower": ["${FLOWER_ADDRESS:-127.0.0.1:5555}:5555"],
    }


def test_workers_may_be_scaled(chart):
    """Nothing that only one container can have: a name, or a port of the machine."""
    Paperless(chart, "docs", worker=WorkerOptions(scaling=Fixed(replicas=3)))
    worker = yaml.safe_load(compose_project(chart).file)["services"]["worker"]

    assert (worker["deploy"]["mode"], worker["deploy"]["replicas"]) == ("replicated", 3)
    assert not {"container_name", "ports"} & worker.keys()


def test_dollar_signs_survive(chart):
    Paperless(chart, "docs", settings=Settings(filename_format="{{ title }} $HOME ${x}"))
    services = yaml.safe_load(compose_project(chart).file)["services"]

    assert services["worker"]["environment"]["PAPERLESS_FILENAME_FORMAT"] == "{{ title }} $$HOME $${x}"
    assert "celery@$$(hostname)" in services["worker"]["healthcheck"]["test"][-1]


@pytest.mark.parametrize(
    ("limit", "memory"),
    [("2G", "1953125k"), ("1536Mi", "1536m"), ("2Ti", "2048g"), ("1.5Gi", "1536m"), ("3000001", "3000001b")],
)
def test_memory_is_what_kubernetes_gives(chart, limit, memory):
    """Compose's units are powers of 1024, whatever their names. CPU has no limit: Docker refuses more than there is."""
    resources = Resources(cpu_request="10m", memory_request="1Mi", memory_limit=limit, cpu_limit="1500m")
    Paperless(chart, "docs", beat=BeatOptions(resources=resources))
    beat = yaml.safe_load(compose_project(chart).file)["services"]["beat"]

    assert beat["deploy"] == {"resources": {"limits": {"memory": memory}}}


@pytest.mark.parametrize(
    ("text", "expansion"),
    [
        ("a$(NAME)b", "a${NAME}b"),
        ("$(NOPE)", "$$(NOPE)"),
        ("$$(NAME)", "$$(NAME)"),
        ("$$$(NAME)", "$$${NAME}"),
        ("$(NAME", "$$(NAME"),
        ("${NAME} $", "$${NAME} $$"),
    ],
)
def test_expansion_is_that_of_kubernetes(text, expansion):
    assert expanded(text, {"NAME": "${NAME}"}) == expansion


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
MINE = "write a value of your own into the file .env"
OVERRIDE = "in compose.override.yaml"


def interpolated(text, values):
    """Return what Compose makes of a value, of the forms that are written here."""
    pattern = r"\$\$|\$\{(\w+):\?[^}]*\}"
    return re.sub(pattern, lambda found: "$" if found[0] == "$$" else values[found[1]], text)


def test_client_secrets_are_lines_of_the_env_file(chart):
    """Nobody here can make them, so that Compose says which is missing; the webserver alone gets them."""
    authelia = OpenIdConnect(
        id="authelia", name="A$B", server_url="https://auth.example.org", client_id="paperless", client_secret=KEY
    )
    github = GitHub(client_id="Iv1.a", client_secret=KEY)
    sign_on = SingleSignOn(providers=(authelia, github), socialaccount_allow_signups=False)
    Paperless(chart, "docs", settings=Settings(single_sign_on=sign_on))
    project = compose_project(chart)
    services = yaml.safe_load(project.file)["services"]
    variable = "PAPERLESS_SOCIALACCOUNT_PROVIDERS"
    text = interpolated(
        services["webserver"]["environment"][variable],
        {"CLIENT_SECRET_AUTHELIA": "hunter2", "CLIENT_SECRET_GITHUB": "hunter3"},
    )
    providers = json.loads(text)

    assert providers["openid_connect"]["APPS"][0].items() >= {"name": "A$B", "secret": "hunter2"}.items()
    assert providers["github"]["APPS"][0]["secret"] == "hunter3"
    assert [name for name, service in services.items() if variable in service.get("environment", {})] == ["webserver"]
    assert "CLIENT_SECRET_AUTHELIA:?is missing in the file .env" in project.file
    assert not {"CLIENT_SECRET_AUTHELIA", "CLIENT_SECRET_GITHUB"} & project.secrets.keys()


def test_who_may_connect_is_left_out(chart):
    """The network is Compose's: where the port is published is what opens the door."""
    options = WebserverOptions(only_from=(PodPeer(labels={"app": "proxy"}),))
    Paperless(chart, "docs", webserver=options)

    assert yaml.safe_load(compose_project(chart).file)["services"]["webserver"]["ports"] == [
        "${WEBSERVER_ADDRESS:-127.0.0.1:8000}:8000"
    ]


def test_a_whole_configuration_is_a_line_of_the_env_file(chart):
    Paperless(chart, "docs", settings=Settings(single_sign_on=SingleSignOn(socialaccount_providers=KEY)))
    webserver = yaml.safe_load(compose_project(chart).file)["services"]["webserver"]

    assert webserver["environment"]["PAPERLESS_SOCIALACCOUNT_PROVIDERS"] == (
        "${PAPERLESS_SOCIALACCOUNT_PROVIDERS:?is missing in the file .env}"
    )


def test_a_writable_claim_of_all_containers_is_a_volume(chart):
    """An empty one to begin with, which its owner may put somewhere by driver_opts; the drill only reads it."""
    trash = Mount(path="/trash", volume=ExistingClaim(name="trash"), read_only=False)
    docs = Paperless(
        chart, "docs", extras=Extras(mounts=(trash,)), settings=Settings(paths=Paths(empty_trash_dir="/trash"))
    )
    backup = Backup(chart, "backup", instance=docs.instance)
    RestoreDrill(chart, "drill", instance=docs.instance, generations=backup.generations)
    services = yaml.safe_load(compose_project(chart).file)["services"]

    for name in ("webserver", "consumer", "worker", "beat", "migration", "backup", "rescue"):
        assert "extra-trash:/trash" in services[name]["volumes"], name
    assert "extra-trash:/trash:ro" in services["drill"]["volumes"]
    assert "/trash" not in str(services["redelivery"])
    assert "extra-trash:/volumes/extra-trash" in services["ownership"]["volumes"]


def test_trash_inside_media_is_in_its_volume(chart):
    """A consumer has an empty directory in place of media, and one in it for the check."""
    Paperless(chart, "docs", settings=Settings(paths=Paths(empty_trash_dir="/usr/src/paperless/media/trash")))
    services = yaml.safe_load(compose_project(chart).file)["services"]

    assert "media:/usr/src/paperless/media" in services["worker"]["volumes"]
    assert "/trash" not in str(services["worker"]["volumes"])
    assert "consumer-private:/usr/src/paperless/media/trash" in services["consumer"]["volumes"]


REFUSED = [
    (
        {"extras": Extras(mounts=(Mount(path="/ca", volume=ExistingClaim(name="authorities")),))},
        "extras.mounts has authorities at /ca, which Compose cannot reach; mount a file or folder of the",
    ),
    (
        {"worker": WorkerOptions(scaling=ByQueue())},
        "worker.scaling must be Fixed for Compose, got 'ScaledObject'; use `docker compose up --scale worker=N`",
    ),
    (
        {"worker": WorkerOptions(scaling=ByCpu())},
        "worker.scaling must be Fixed for Compose, got 'HorizontalPodAutoscaler'; use `docker compose up --scale",
    ),
    (
        {"webserver": WebserverOptions(scaling=ByCpu())},
        "webserver.scaling must be Fixed for Compose, got 'HorizontalPodAutoscaler'; use granian_workers",
    ),
    (
        {"webserver": WebserverOptions(scaling=Fixed(replicas=2))},
        "webserver.scaling must be Fixed(replicas=1) for Compose, got 2; use granian_workers",
    ),
    (
        {"storage": SharedStorage(storage_class="nfs")},
        "storage must be SingleNodeStorage for Compose, got 'SharedStorage'",
    ),
    (
        {"storage": SingleNodeStorage(media=ExistingClaim(name="old"))},
        (
            "storage.media must be a NewClaim for Compose, got ExistingClaim(name='old'); "
            f"give the volume media its place by driver_opts {OVERRIDE}"
        ),
    ),
    (
        {"storage": SingleNodeStorage(consume=NfsVolume(server="nas", path="/scans"))},
        (
            "storage.consume must be a NewClaim for Compose, got NfsVolume(server='nas', path='/scans')"
            f"; give the volume consume its place by driver_opts {OVERRIDE}"
        ),
    ),
    (
        {"storage": SingleNodeStorage(consume=CsiVolume(driver="smb.csi.k8s.io"))},
        "storage.consume must be a NewClaim for Compose, got CsiVolume(driver='smb.csi.k8s.io'",
    ),
    (
        {"secret": ExternalSecret(store="a", key="b")},
        "secret must be GeneratedSecret() for Compose, got 'ExternalSecret'; write values of your own into the file",
    ),
    (
        {"secret": ExistingSecret(name="mine")},
        f"secret must be GeneratedSecret() for Compose, got 'Secret mine'; {MINE}",
    ),
    ({"admin": Admin(password=KEY)}, f"admin.password must be left out for Compose, got 'Secret mine'; {MINE}"),
    (
        {"flower": FlowerOptions(password=KEY)},
        f"flower.password must be left out for Compose, got 'Secret mine'; {MINE}",
    ),
    (
        {"database": BundledPostgres(password=KEY)},
        f"database must be BundledPostgres() without password for Compose, got 'Secret mine'; {MINE}",
    ),
    (
        # Of the same name as the variable of the library's own.
        {"database": BundledPostgres(password=SecretKey(secret="postgres", key="password"))},
        f"database must be BundledPostgres() without password for Compose, got 'Secret postgres'; {MINE}",
    ),
    (
        {"database": ExternalPostgres(host="d", password=KEY, tls=None)},
        f"database must be BundledPostgres() without password for Compose, got 'Secret mine'; {MINE}",
    ),
    (
        {"database": ExternalMariadb(host="d", password=KEY, tls=None)},
        f"database must be BundledPostgres() without password for Compose, got 'Secret mine'; {MINE}",
    ),
    (
        {"broker": BundledRedis(password=KEY)},
        f"broker must be BundledRedis() without password for Compose, got 'Secret mine'; {MINE}",
    ),
    (
        {"broker": ExternalRedis(host="r", password=KEY, tls=None)},
        f"broker must be BundledRedis() without password for Compose, got 'Secret mine'; {MINE}",
    ),
    (
        {"broker": ExternalRedis(host="r", password=None, tls=Tls(ca=KEY))},
        "broker.tls.ca must be left out for Compose, got SecretKey(secret='mine', key='word'); use BundledRedis()",
    ),
    (
        {"settings": Settings(email_sending=EmailSending(host_password=KEY))},
        (
            "PAPERLESS_EMAIL_HOST_PASSWORD must be left out for Compose, got 'Secret mine'; "
            f"set it {OVERRIDE} under environment"
        ),
    ),
    (
        {"worker": WorkerOptions(extras=Extras(environment=(Variable(name="TOKEN", value=KEY),)))},
        f"TOKEN must be left out for Compose, got 'Secret mine'; set it {OVERRIDE} under environment",
    ),
    (
        {"ca_bundle": ConfigMapKey(config_map="ca", key="all.pem")},
        (
            "ca_bundle must be left out for Compose, got ConfigMapKey(config_map='ca', key='all.pem'); mount the "
            f"file, and set SSL_CERT_FILE and REQUESTS_CA_BUNDLE, {OVERRIDE}"
        ),
    ),
    (
        {"consume_scripts": ConsumeScripts(pre="a.sh", config_map="scripts")},
        "consume_scripts must be left out for Compose, got ConfigMapVolume(name='scripts'); mount the",
    ),
    ({"suspended": True}, "suspended must be False for Compose, got True; use `docker compose stop`"),
    ({"image": PaperlessImage(version="2.14.7")}, "image.version must be 2.15.0 or later for Compose, got '2.14.7'"),
    (
        {
            "worker": WorkerOptions(
                extras=Extras(mounts=(Mount(path="/etc/fonts/mine", volume=ConfigMapVolume(name="fonts")),))
            )
        },
        (
            "worker.extras.mounts has configMap at /etc/fonts/mine, which Compose cannot reach; "
            f"mount a file or folder of the machine at /etc/fonts/mine {OVERRIDE}"
        ),
    ),
    (
        {"beat": BeatOptions(extras=Extras(mounts=(Mount(path="/mnt/a", volume=SecretVolume(name="s")),)))},
        "beat.extras.mounts has secret at /mnt/a, which Compose cannot reach",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_what_compose_cannot_do_gets_one_sentence(chart, arguments, sentence):
    Paperless(chart, "docs", **arguments)

    with pytest.raises(ValueError, match=f"^chart: {re.escape(sentence)}") as error:
        compose_project(chart)
    assert "\n" not in str(error.value)


def test_a_backup_elsewhere_is_refused(chart):
    """Also where a claim of that name is in the same chart, and whether or not there is a sub path."""
    docs = Paperless(chart, "docs")
    k8s.KubePersistentVolumeClaim(
        chart,
        "claim",
        metadata=k8s.ObjectMeta(name="old"),
        spec=k8s.PersistentVolumeClaimSpec(access_modes=["ReadWriteMany"]),
    )
    Backup(chart, "backup", instance=docs.instance, claim=ExistingClaim(name="old", sub_path="somewhere/media"))

    with pytest.raises(ValueError, match=r"^chart: backup: volume 'backup' has old at /usr/src/"):
        compose_project(chart)


POD = {"containers": [{"name": "a", "image": "a"}, {"name": "b", "image": "b"}]}
TEMPLATE = {"template": {"metadata": {"labels": {"app": "a"}}, "spec": POD}}


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("Deployment", TEMPLATE),
        ("Job", TEMPLATE),
        ("CronJob", {"jobTemplate": {"spec": TEMPLATE}}),
        ("DaemonSet", TEMPLATE),
        ("Pod", POD),
    ],
)
def test_workloads_of_others_are_refused_by_name(chart, kind, spec):
    Paperless(chart, "docs")
    manifest = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "theirs"}, "spec": spec}
    cdk8s.ApiObject(chart, "theirs", api_version="v1", kind=kind, metadata={"name": "theirs"}).add_json_patch(
        cdk8s.JsonPatch.add("/spec", manifest["spec"])
    )

    with pytest.raises(
        ValueError,
        match=f"^chart: {kind} theirs is not one of 'docs', and Compose would not run it; move it to another chart",
    ):
        compose_project(chart)


def test_other_objects_do_not_matter(chart):
    """What runs nothing: it is in no container."""
    pods = Pods(image_pull_secrets=("login",), node_selector={"a": "b"})
    docs = Paperless(chart, "docs", url="https://docs.example.org", trusted_proxies=("10.42.",), pods=pods)
    alone = compose_project(chart).file
    Ingress(chart, "ingress", instance=docs.instance, class_name="nginx")
    k8s.KubeConfigMap(chart, "binary", metadata=k8s.ObjectMeta(name="binary"), binary_data={"a": "YQ=="})
    k8s.KubeService(
        chart,
        "service",
        metadata=k8s.ObjectMeta(name="elsewhere"),
        spec=k8s.ServiceSpec(type="ExternalName", external_name="example.org"),
    )
    k8s.KubePersistentVolumeClaim(
        chart,
        "claim",
        metadata=k8s.ObjectMeta(name="shared"),
        spec=k8s.PersistentVolumeClaimSpec(access_modes=["ReadWriteMany"]),
    )
    cdk8s.ApiObject(chart, "nameless", api_version="example.org/v1", kind="Anything")

    assert compose_project(chart).file == alone


CONTAINER = "/spec/template/spec/containers/0"
ESCAPES = [
    (
        "/spec/template/spec/containers/-",
        {"name": "b", "image": "b"},
        "beat has 2 containers, beat and b; write a service",
    ),
    ("/spec/template/spec/initContainers/-", {"name": "b"}, "beat.initContainers must be gate or migration"),
    ("/spec/template/spec/hostNetwork", True, "beat.hostNetwork must be left out for Compose, got True"),
    (f"{CONTAINER}/lifecycle", {}, "beat.lifecycle must be left out for Compose, got {}"),
    (
        f"{CONTAINER}/lifecycle",
        {"preStop": {"exec": {"command": ["sleep", "1"]}}, "postStart": {"exec": {"command": ["date"]}}},
        "beat.lifecycle must be left out for Compose, got {'postStart'",
    ),
    (
        f"{CONTAINER}/envFrom/-",
        {"secretRef": {"name": "s"}},
        "beat.envFrom must be a ConfigMap of the instance for Compose, got {'secretRef': {'name': 's'}}",
    ),
    (
        f"{CONTAINER}/env/-",
        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
        "NODE must be a value, or one of a Secret for Compose, got 'fieldRef'",
    ),
]


@pytest.mark.parametrize(("path", "value", "sentence"), ESCAPES)
def test_a_field_that_would_be_lost_is_refused(chart, path, value, sentence):
    docs = Paperless(chart, "docs")
    docs.beat.deployment.add_json_patch(cdk8s.JsonPatch.add(path, value))

    with pytest.raises(ValueError, match=f"^chart: {re.escape(sentence)}"):
        compose_project(chart)


def test_limits_may_be_taken_away(chart):
    docs = Paperless(chart, "docs")
    docs.beat.deployment.add_json_patch(cdk8s.JsonPatch.remove(f"{CONTAINER}/resources"))

    assert "deploy" not in yaml.safe_load(compose_project(chart).file)["services"]["beat"]


@pytest.mark.parametrize("part", ["migration", "ownership", "redis"])
def test_no_service_takes_the_place_of_another(chart, part):
    docs = Paperless(chart, "docs")
    Worker(chart, "more", instance=docs.instance, part=part)

    with pytest.raises(ValueError, match=f"^chart: two services would be called '{part}'; give one"):
        compose_project(chart)


@pytest.mark.parametrize("part", ["night", "flower"])
def test_another_worker_is_a_service_of_its_own(chart, part):
    """Whatever it is called."""
    docs = Paperless(chart, "docs")
    Worker(chart, "more", instance=docs.instance, part=part)
    file = compose_project(chart).file
    services = yaml.safe_load(re.sub(rf"\b{part}-(tmp|private)\b", r"worker-\1", file))["services"]

    assert services[part] == services["worker"]


def test_one_file_has_one_instance(app, chart):
    none = r"^chart: there must be one Paperless below it, and there are \[\]"
    with pytest.raises(ValueError, match=none):
        compose_project(chart)
    for name in ("one", "two"):
        Paperless(chart, name)
    with pytest.raises(ValueError, match=r"there are \['one', 'two'\]"):
        compose_project(app)

    class Night(Construct):
        def __init__(self, scope, id, instance):
            super().__init__(scope, id)
            self.instance = instance
            Worker(self, "worker", instance=instance, part="night")

    other = cdk8s.Chart(app, "other", namespace="docs")
    Night(other, "night", chart.node.find_child("one").instance)
    with pytest.raises(ValueError, match=none.replace("chart", "other")):
        compose_project(other)


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
    assert (
        "main.py: no app in it synthesizes a chart with a Paperless; call the app's synth()" in capsys.readouterr().err
    )


def test_the_command_validates(command):
    with pytest.raises(RuntimeError, match="b/docs: name 'docs' is that of a/docs, too"):
        command("app = App(); chart(app, 'a', 'docs'); chart(app, 'b', 'docs'); app.synth()", "--chart", "a")
