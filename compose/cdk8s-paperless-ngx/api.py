"""The API server, with the little that is asked of it."""

from __future__ import annotations

import json
import os
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class ApiServer:
    """Requests in the pod's own namespace, with the service account's token."""

    def __init__(self, base: str | None = None, account: Path = _ACCOUNT) -> None:
        self._account = account
        self._base = base or _address()

    def request(self, method: str, resource: str, *, query: str = "", body: object = None) -> Any:  # noqa: ANN401 (whatever JSON says)
        """Send one request for a kind of resource and return the answer.

        Raises:
            urllib.error.HTTPError: The API server refused.
            OSError: It could not be reached.
        """
        namespace = (self._account / "namespace").read_text(encoding="utf-8").strip()
        # The kubelet renews the token, so it is read each time.
        token = (self._account / "token").read_text(encoding="utf-8").strip()
        request = urllib.request.Request(
            f"{self._base}/api/v1/namespaces/{namespace}/{resource}{query}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        context = (
            ssl.create_default_context(cafile=self._account / "ca.crt") if self._base.startswith("https") else None
        )
        # Without any proxy: one for the world outside does not know the cluster.
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if context is not None:
            handlers.append(urllib.request.HTTPSHandler(context=context))
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            # It is an answer, too, and keeps its connection open.
            error.close()
            raise


def _address() -> str:
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
