"""Stand-ins for what the scripts talk to."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from api import ApiServer


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
