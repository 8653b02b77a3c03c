"""Connections to Redis that notice a server that vanished without a word."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cdk8s_paperless_ngx import Paperless
from tests.conftest import environment, main_container

SCRIPTS = Path(__file__).parent.parent.parent / "lib" / "cdk8s_paperless_ngx" / "scripts"
_PROGRAM = """
import asyncio, socket, sys
sys.path.insert(0, sys.argv[1])
import cdk8s_paperless_ngx_connections as connections
import redis, redis.asyncio

def options(connection_socket):
    given = connections.options()
    return {option: connection_socket.getsockopt(socket.IPPROTO_TCP, option) for option in given} == given

one = redis.connection.Connection(host="127.0.0.1", port=int(sys.argv[2]), socket_keepalive=None)
one._sock = one._connect()
print(one._sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE), options(one._sock), one.socket_connect_timeout)

async def other():
    connection = redis.asyncio.connection.Connection(host="127.0.0.1", port=int(sys.argv[2]), socket_connect_timeout=7)
    await connection._connect()
    made = connection._writer.get_extra_info("socket")
    print(made.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE), options(made), connection.socket_connect_timeout)
    connection._writer.close()

asyncio.run(other())
one._sock.close()
"""


@pytest.fixture
def port():
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=accept, args=(server,), daemon=True).start()
    yield server.getsockname()[1]
    server.close()


def accept(server):
    while True:
        try:
            server.accept()[0].close()
        except OSError:
            return


def python(*arguments, cwd=None, paths=()):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths))}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_socket_options_are_the_kernel_s(port):
    """As kombu and Django ask for connections, which is with nothing; what a caller sets stays."""
    assert python("-c", _PROGRAM, str(SCRIPTS), str(port)).splitlines() == ["1 True 5", "1 True 7"]


def test_dead_server_is_noticed_soon():
    """All is to go on 30 seconds after a server is back."""
    program = "import cdk8s_paperless_ngx_connections as c; print(*c.options().values(), c.CONNECT_SECONDS)"
    # In a process of its own, as the module changes redis-py when it is imported.
    idle, interval, probes, unanswered, connect = map(int, python("-c", program, paths=[SCRIPTS]).split())

    assert max(idle + interval * probes, unanswered / 1000) + connect < 30


def test_program_is_run_as_python_runs_it(tmp_path):
    """The consumer's, with its own folder first on the path and its arguments."""
    (tmp_path / "beside.py").write_text("value = 'beside'", encoding="utf-8")
    (tmp_path / "manage.py").write_text(
        "import redis, sys, beside\nprint(__name__, sys.argv[1:], beside.value,"
        " hasattr(redis.connection.Connection.__init__, '__wrapped__'))",
        encoding="utf-8",
    )
    out = python(
        "-m", "cdk8s_paperless_ngx_connections", "manage.py", "document_consumer", cwd=tmp_path, paths=[SCRIPTS]
    )

    assert out == "__main__ ['document_consumer'] beside True\n"


_SCHEDULER = """
class PersistentScheduler:
    def tick(self, one, *, two):
        return one + two
"""


def test_beat_is_heard_each_time_it_looks(tmp_path):
    """Its schedule file is written only when something is due, which may be once a day."""
    (tmp_path / "celery").mkdir()
    (tmp_path / "celery" / "beat.py").write_text(_SCHEDULER, encoding="utf-8")
    heartbeat = tmp_path / "heartbeat"
    program = f"""
import os; os.environ["BEAT_HEARTBEAT"] = {str(heartbeat)!r}
import cdk8s_paperless_ngx_connections as c
scheduler = c.PersistentScheduler()
print(type(scheduler).__name__, os.path.exists({str(heartbeat)!r}), scheduler.tick(1, two=2))
os.utime({str(heartbeat)!r}, (0, 0))
scheduler.tick(1, two=2)
print(os.stat({str(heartbeat)!r}).st_mtime > 0)
os.environ["BEAT_HEARTBEAT"] = "/no/such/folder/file"
print(c.PersistentScheduler().tick(3, two=4))
"""

    assert python("-c", program, paths=[SCRIPTS, tmp_path]).splitlines() == ["PersistentScheduler False 3", "True", "7"]


@pytest.mark.parametrize(("age", "alive"), [(0, True), (14 * 60, True), (16 * 60, False), (None, False)])
def test_beat_that_hangs_is_started_again(chart, synth, tmp_path, age, alive):
    """A healthy one is silent for five minutes at the most, and has half an hour."""
    Paperless(chart, "docs")
    container = main_container(synth()["Deployment", "docs-beat"])
    probe = container["livenessProbe"]
    heartbeat = tmp_path / "heartbeat"
    if age is not None:
        heartbeat.touch()
        os.utime(heartbeat, (time.time() - age,) * 2)
    variables = {"PATH": os.environ["PATH"], "BEAT_HEARTBEAT": str(heartbeat)}
    done = subprocess.run(probe["exec"]["command"], env=variables, capture_output=True, check=False)

    assert (done.returncode == 0) is alive
    assert probe["periodSeconds"] * probe["failureThreshold"] == 900
    assert environment(container)["BEAT_HEARTBEAT"] == "/tmp/beat-heartbeat"


@pytest.mark.parametrize(
    ("name", "module"), [("application", "paperless.asgi"), ("PersistentScheduler", "celery.beat")]
)
def test_names_on_command_lines_are_the_application_s(tmp_path, name, module):
    folder = tmp_path / module.replace(".", "/")
    folder.parent.mkdir()
    folder.with_suffix(".py").write_text(f"{name} = 'the one'", encoding="utf-8")
    program = f"import cdk8s_paperless_ngx_connections as c; print(c.{name}, hasattr(c, 'other'))"

    assert python("-c", program, paths=[SCRIPTS, tmp_path]) == "the one False\n"
