"""The webserver: an upload, a search, and the two addresses that probes ask."""

import json
import os
import tempfile
from pathlib import Path
from urllib.parse import parse_qs

from documents.events import record, sql
from documents.tasks import consume_file

record("webserver", "starts")


async def application(scope, receive, send):
    if scope["type"] != "http":
        return
    status, answer = 404, {"error": "no such address"}
    query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
    if scope["path"] == "/favicon.ico":
        status, answer = 200, {}
    elif scope["path"] == "/accounts/login/":
        sql("SELECT count(*) FROM auth_user")
        status, answer = 200, {}
    elif scope["path"] == "/api/documents/":
        wanted = f"%{query['query']}%"
        columns = ("name", "worker", "title", "tags", "owner")
        found = sql(f"SELECT {', '.join(columns)} FROM documents_document WHERE content LIKE %s", wanted)
        status, answer = 200, {"results": [dict(zip(columns, row, strict=True)) for row in found]}
    elif scope["path"] == "/api/documents/post_document/":
        # As upstream: a folder of mode 0700 in the scratch directory, and its path in the task's message.
        folder = Path(tempfile.mkdtemp(dir=os.environ["PAPERLESS_SCRATCH_DIR"]))
        path = folder / query["name"]
        path.write_bytes(await _body(receive))
        record("webserver", f"queues {path.name}")
        given = {name: query[name] for name in ("title", "owner") if name in query}
        given |= {"tags": query["tags"].split(",")} if "tags" in query else {}
        consume_file.apply_async((str(path),), given)
        status, answer = 200, {"queued": str(path)}
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


async def _body(receive):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body
