"""The shell scripts that start PostgreSQL and the broker, in front of programs that say what they were given."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import redis

import cdk8s_paperless_ngx
from cdk8s_paperless_ngx import BundledPostgres, BundledRedis, Paperless, Resources
from tests.conftest import environment, main_container

SCRIPTS = Path(cdk8s_paperless_ngx.__file__).parent / "scripts"
POSTGRES = "postgres (PostgreSQL) {} (Debian {}-1.pgdg13+1)"
VALKEY = "Valkey server v=9.1.2 sha=00000000:0 malloc=jemalloc-5.3.1 bits=64 build=9108e8f1788612b"
LIMITS = {
    "save": "",
    "appendonly": "yes",
    "appendfsync": "always",
    "stop-writes-on-bgsave-error": "no",
    "maxmemory": "268435456",
    "maxmemory-policy": "noeviction",
}
REDIS = "Redis server v=8.0.6 sha=00000000:0 malloc=jemalloc-5.3.1 bits=64 build=4ff5c8d39231b5d1"


class Image:
    """A root filesystem with some programs, and a claim."""

    def __init__(self, folder: Path) -> None:
        self.claim = folder / "claim"
        self.claim.mkdir()
        self._programs = folder / "bin"
        self._programs.mkdir()
        for name in ("sh", "head"):
            (self._programs / name).symlink_to(f"/bin/{name}" if name == "sh" else "/usr/bin/head")

    def has(self, name: str, version: str = "") -> None:
        """Put a program in that tells its version, and otherwise what it was started with."""
        program = self._programs / name
        said = f'[ "$1" = --version ] && {{ echo "{version}"; exit; }}\n' if version else ""
        program.write_text(f'#!/bin/sh\n{said}echo "{name} $*"\n', encoding="utf-8")
        program.chmod(0o755)

    def start(self, script: str, *arguments: str, **variables: str) -> tuple[int, str, str]:
        """Return status, output and errors."""
        command = ["sh", "-c", (SCRIPTS / f"{script}.sh").read_text(encoding="utf-8"), "start", *arguments]
        done = subprocess.run(
            command, env={"PATH": str(self._programs), **variables}, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def postgres(self, *, folder: str = "18/docker", **variables: str) -> tuple[int, str, str]:
        pgdata = str(self.claim / folder)
        return self.start("start_postgres", DATABASES=str(self.claim), PGDATA=pgdata, **variables)

    def broker(self) -> tuple[int, str, str]:
        return self.start("start_broker", "--dir", str(self.claim), "--appendonly", "yes")

    def database(self, folder: str, version: str) -> None:
        (self.claim / folder).mkdir(parents=True, exist_ok=True)
        (self.claim / folder / "PG_VERSION").write_text(f"{version}\n", encoding="utf-8")

    def queue(self, begin: bytes) -> None:
        folder = self.claim / "appendonlydir"
        folder.mkdir(exist_ok=True)
        (folder / "appendonly.aof.2.base.rdb").write_bytes(begin + b"\x00\xfa\x09redis-ver")
        (folder / "appendonly.aof.2.incr.aof").write_bytes(b"*2\r\n")


@pytest.fixture
def image(tmp_path) -> Image:
    return Image(tmp_path)


@pytest.fixture
def eighteen(image) -> Image:
    image.has("postgres", POSTGRES.format("18.6", "18.6"))
    image.has("docker-entrypoint.sh")
    return image


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_first_database_begins(eighteen):
    """By the image's own start, which makes it."""
    assert eighteen.postgres() == (0, "docker-entrypoint.sh postgres\n", "")


def test_database_of_the_images_version_goes_on(eighteen):
    eighteen.database("18/docker", "18")
    eighteen.database("15/docker", "15")  # left behind some time ago

    assert eighteen.postgres()[0] == 0


def test_image_that_does_not_tell_its_version_is_started(image):
    """PostgreSQL itself refuses files of another version."""
    image.has("docker-entrypoint.sh")
    image.database("18/docker", "18")

    assert image.postgres()[:2] == (0, "docker-entrypoint.sh postgres\n")


@pytest.mark.parametrize("version", ["15.18", "19.1", "180.1", "19beta1"])
def test_another_major_version_is_refused(image, version):
    """PostgreSQL refuses, too, but says nothing of what to do."""
    image.has("postgres", POSTGRES.format(version, "18"))
    image.database("18/docker", "18")
    before = contents(image.claim)

    status, _, errors = image.postgres()

    assert status == 1
    assert errors.startswith(f"refused: {image.claim}/18/docker has a database of PostgreSQL 18, and the image is ")
    assert "put an image of 18 back" in errors
    assert "docs/upgrades.md" in errors
    assert contents(image.claim) == before


@pytest.mark.parametrize("folder", ["15/docker", "data", ".", "18/docker/old"])
def test_no_empty_database_beside_one_that_is_there(eighteen, folder):
    """Another PGDATA, as another image has it, would look like a database that was lost."""
    eighteen.database(folder, "15")
    status, _, errors = eighteen.postgres(folder="19/docker")

    if folder == "18/docker/old":
        # Deeper than any image puts it.
        assert status == 0
        return
    assert status == 1
    assert "has a database of PostgreSQL 15, and an empty one would begin in" in errors
    assert not (eighteen.claim / "19").exists()


def test_a_database_is_left_behind_only_by_name(eighteen):
    """A second one that nobody named is still refused."""
    eighteen.database("15/docker", "15")
    status, output, _ = eighteen.postgres(folder="19/docker", LEFT_BEHIND="15/docker")
    assert (status, "is left behind" in output) == (0, True)

    eighteen.database("17/docker", "17")
    assert eighteen.postgres(folder="19/docker", LEFT_BEHIND="15/docker")[0] == 1


def test_valkey_starts(image):
    """Also where the image has Redis's names for it."""
    image.has("valkey-server", VALKEY)
    image.has("redis-server", VALKEY)

    assert image.broker() == (0, f"valkey-server --dir {image.claim} --appendonly yes\n", "")


def test_redis_starts_by_the_images_entrypoint(image):
    """It loads the modules that the image brings; what they have written cannot be read without them."""
    image.has("redis-server", REDIS)
    image.has("docker-entrypoint.sh")
    image.queue(b"REDIS0012")

    assert image.broker() == (0, f"docker-entrypoint.sh redis-server --dir {image.claim} --appendonly yes\n", "")


def test_image_without_either(image):
    status, _, errors = image.broker()

    assert status == 1
    assert "refused: the image has neither valkey-server nor redis-server" in errors


@pytest.mark.parametrize(
    ("begin", "relaxed"), [(b"REDIS0011", False), (b"REDIS0012", True), (b"REDIS0013", True), (b"VALKEY080", False)]
)
def test_valkey_reads_what_redis_8_wrote(image, begin, relaxed):
    """By itself it refuses that (measured); a queue of before must not need a hand."""
    image.has("valkey-server", VALKEY)
    image.queue(begin)
    status, output, errors = image.broker()

    assert (status, errors) == (0, "")
    assert ("--rdb-version-check relaxed" in output) is relaxed
    assert ("nothing is lost: broker=BundledRedis(image=...)" in output) is relaxed


@pytest.mark.parametrize(
    ("program", "version", "begin"),
    [
        ("redis-server", REDIS, b"VALKEY080"),
        ("valkey-server", VALKEY.replace("9.1.2", "8.0.4"), b"REDIS0012"),
        ("valkey-server", VALKEY.replace("9.1.2", "7.2.11"), b"REDIS0013"),
    ],
)
def test_queue_that_the_server_cannot_read_is_left_alone(image, program, version, begin):
    """Redis itself advises a repair that would throw the queue away (measured)."""
    image.has(program, version)
    image.queue(begin)
    before = contents(image.claim)
    status, output, errors = image.broker()

    assert (status, output) == (1, "")
    assert errors.startswith("refused: the queue was written by ")
    assert "nothing is lost" in errors
    assert contents(image.claim) == before


def test_pods_start_by_them(chart, synth):
    """The texts stand in the manifests, as the servers' images have no Python."""
    Paperless(chart, "docs", database=BundledPostgres(folder="19/docker", left_behind="18/docker"))
    made = synth()
    postgres, broker = (main_container(made["StatefulSet", f"docs-{part}"]) for part in ("postgres", "redis"))

    for container, script in ((postgres, "start_postgres"), (broker, "start_broker")):
        assert container["command"][:2] == ["sh", "-c"]
        assert container["command"][2] == (SCRIPTS / f"{script}.sh").read_text(encoding="utf-8")
        # Kubernetes would put another text in.
        assert "$(" not in container["command"][2]
        assert "$$" not in container["command"][2]
    variables = environment(postgres)
    assert variables["PGDATA"] == f"{variables['DATABASES']}/19/docker"
    assert variables["LEFT_BEHIND"] == "18/docker"
    assert {variables["DATABASES"]} <= {mount["mountPath"] for mount in postgres["volumeMounts"]}
    assert broker["args"][:2] == ["--dir", "/data"]


def test_wrong_folders():
    for arguments, sentence in (
        ({"folder": "../18"}, "folder must be one or two names such as '18/docker', got '../18'"),
        ({"left_behind": "/18"}, "left_behind must be one or two names such as '18/docker', got '/18'"),
        ({"left_behind": "18/docker"}, "folder and left_behind are both '18/docker'; name the folder of the older"),
    ):
        with pytest.raises(ValueError, match=f"^BundledPostgres: {sentence}"):
            BundledPostgres(**arguments)


def test_redis_is_one_argument(chart, synth):
    """For whoever stays with it."""
    Paperless(chart, "docs", broker=BundledRedis(image="docker.io/library/redis:8.6"))

    assert main_container(synth()["StatefulSet", "docs-redis"])["image"] == "docker.io/library/redis:8.6"


@pytest.mark.parametrize("script", ["start_broker", "start_postgres"])
def test_scripts_are_of_a_plain_shell(script):
    """Debian's and Alpine's, which know no `local -a` and no arrays."""
    for shell in ("dash", "bash"):
        if Path(f"/bin/{shell}").exists():
            options = ["--posix"] if shell == "bash" else []
            subprocess.run([shell, *options, "-n", SCRIPTS / f"{script}.sh"], check=True, env={**os.environ})


@pytest.mark.parametrize(("status", "passing"), [(0, (True, True, True)), (1, (True, False, True)), (2, (False,) * 3)])
def test_recovery_of_postgres_is_not_killed(image, chart, synth, status, passing):
    """It answers that it refuses connections, for hours perhaps, and would begin anew; 2 is no answer."""
    image.has("pg_isready")
    program = image.claim.parent / "bin" / "pg_isready"
    program.write_text(f"#!/bin/sh\nexit {status}\n", encoding="utf-8")
    Paperless(chart, "docs")
    container = main_container(synth()["StatefulSet", "docs-postgres"])

    def passes(probe):
        command = container[probe]["exec"]["command"]
        return subprocess.run(command, env={"PATH": str(image.claim.parent / "bin")}, check=False).returncode == 0

    assert tuple(map(passes, ("startupProbe", "readinessProbe", "livenessProbe"))) == passing


def test_postgres_has_an_hour_to_begin_and_ten_minutes_of_silence(chart, synth):
    """A probe that is in a hurry kills what works hard; so does a grace period in mid-checkpoint."""
    Paperless(chart, "docs")
    pod = synth()["StatefulSet", "docs-postgres"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    patience = {
        name: container[name]["periodSeconds"] * container[name]["failureThreshold"]
        for name in ("startupProbe", "livenessProbe")
    }

    assert patience == {"startupProbe": 3600, "livenessProbe": 600}
    assert pod["terminationGracePeriodSeconds"] == 300
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        command = container[name]["exec"]["command"]
        own = int(command[command.index("--timeout") + 1])
        assert own < container[name]["timeoutSeconds"], "what is killed in the middle has said nothing"


@pytest.mark.parametrize(("limit", "size"), [("1Gi", "256Mi"), ("4G", "953Mi"), ("128Mi", "64Mi")])
def test_postgres_may_share_a_quarter_of_its_memory(chart, synth, limit, size):
    """A runtime gives 64 MiB, in which a parallel query fails; what is shared counts as the container's memory."""
    resources = Resources(cpu_request="50m", memory_request="128Mi", memory_limit=limit)
    Paperless(chart, "docs", database=BundledPostgres(resources=resources))
    pod = synth()["StatefulSet", "docs-postgres"]["spec"]["template"]["spec"]
    (mount,) = (each for each in pod["containers"][0]["volumeMounts"] if each["mountPath"] == "/dev/shm")
    (volume,) = (each for each in pod["volumes"] if each["name"] == mount["name"])

    assert volume["emptyDir"] == {"medium": "Memory", "sizeLimit": size}


def test_broker_runs_with_what_its_pod_says(chart, synth, tmp_path):
    """Real Redis, through the script: an empty argument, as of ``--save``, must arrive as one."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    Paperless(chart, "docs")
    container = main_container(synth()["StatefulSet", "docs-redis"])
    arguments = [{"/data": str(tmp_path), "$(REDISCLI_AUTH)": "word"}.get(each, each) for each in container["args"]]
    socket = tmp_path / "socket"
    listen = ("--port", "0", "--unixsocket", str(socket))
    with subprocess.Popen([*container["command"], *arguments, *listen], stdout=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + 10
            while not socket.exists():
                assert time.monotonic() < end
                time.sleep(0.05)
            with redis.Redis(unix_socket_path=str(socket), password="word", decode_responses=True) as client:
                found = {name: client.config_get(name)[name] for name in LIMITS}
        finally:
            process.kill()

    assert found == LIMITS
