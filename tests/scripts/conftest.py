"""Stand-ins for what the scripts talk to."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import redis
from api import ApiServer

from tests.scripts.memory_redis import MemoryRedis


class MemoryStore:
    """The mark in memory, and every mark that was ever written."""

    def __init__(self, mark=None):
        self.mark = mark
        self.history = []

    def read(self):
        return self.mark

    def write(self, mark):
        self.mark = mark
        self.history.append(mark)


@pytest.fixture
def store():
    return MemoryStore()


class StandInApiServer:
    """Answers from a list and keeps what it was asked."""

    def __init__(self):
        self.answers = []
        self.requests = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length)) if length else None
                url = urlsplit(self.path)
                token = self.headers["Authorization"]
                outer.requests.append((self.command, url.path, parse_qs(url.query), body, token))
                status, answer = outer.answers.pop(0)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            do_GET = do_POST = answer  # noqa: N815 (names of the base class)

            def log_message(self, *_arguments):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def server():
    server = StandInApiServer()
    yield server
    server.close()


@pytest.fixture
def api(server, tmp_path):
    (tmp_path / "namespace").write_text("docs", encoding="utf-8")
    (tmp_path / "token").write_text("secret", encoding="utf-8")
    return ApiServer(server.url, tmp_path)


class RealRedis:
    """A server of its own on loopback."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes")
        self._process = subprocess.Popen(
            ["redis-server", *options, "--dir", str(self._folder)], stdout=subprocess.DEVNULL
        )
        self.client = redis.Redis.from_url(self.url)
        end = time.monotonic() + 10
        while True:
            try:
                self.client.ping()
            except redis.ConnectionError:
                assert time.monotonic() < end
                time.sleep(0.05)
            else:
                return

    def kill(self):
        self._process.kill()
        self._process.wait()

    def close(self):
        self.client.close()
        self.kill()


@pytest.fixture(scope="session")
def real_redis(tmp_path_factory):
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed: the same tests ran against Redis in memory alone")
    server = RealRedis(tmp_path_factory.mktemp("redis"))
    yield server
    server.close()


@pytest.fixture(params=["memory", "server"])
def broker(request):
    """A client of an empty Redis: one in memory, and a real one where it is installed."""
    if request.param == "memory":
        return MemoryRedis()
    client = request.getfixturevalue("real_redis").client
    client.flushall()
    return client
