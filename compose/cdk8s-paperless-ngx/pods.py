"""Pods of an instance: all of them, and those of other releases, which a migration waits for."""

from __future__ import annotations

import time
import urllib.error
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from log import Waiting, say

if TYPE_CHECKING:
    from api import ApiServer
    from mark import Release

_RELEASE = "cdk8s-paperless-ngx/release"
_FINISHED = ("Succeeded", "Failed")
_HINT_SECONDS = 3600


def list_pods(api: ApiServer, selector: str) -> list[dict[str, Any]]:
    """Return all pods with some labels, page by page."""
    found: list[dict[str, Any]] = []
    token = ""
    while True:
        query = urlencode({"labelSelector": selector, "limit": "500"} | ({"continue": token} if token else {}))
        answer = api.request("GET", "pods", query=f"?{query}")
        found += answer["items"]
        token = answer["metadata"].get("continue", "")
        if not token:
            return found


def others(api: ApiServer, instance: str, mine: Release) -> list[str]:
    """Return the names of an instance's pods that are of another release and have not ended."""
    selector = f"app.kubernetes.io/name=paperless-ngx,app.kubernetes.io/instance={instance},{_RELEASE}"
    return sorted(
        pod["metadata"]["name"]
        for pod in list_pods(api, selector)
        if pod["metadata"]["labels"][_RELEASE] != str(mine) and pod.get("status", {}).get("phase") not in _FINISHED
    )


def wait_until_gone(api: ApiServer, instance: str, mine: Release, *, pause: float = 1) -> None:
    """Return when no pod of another release is left; a draining worker may take its whole task limit."""
    waiting = Waiting()
    begin = time.monotonic()
    hinted = False
    while True:
        try:
            names = others(api, instance, mine)
        except urllib.error.HTTPError as error:
            waiting.say(f"the API server, which answers {error.code} {error.reason} to listing pods")
        except OSError as error:
            waiting.say(f"the API server: {error}")
        else:
            if not names:
                return
            waiting.say(f"pods of other releases to end: {', '.join(names)}")
            if not hinted and time.monotonic() - begin > _HINT_SECONDS:
                say("if the node of such a pod is gone for good: kubectl delete pod NAME --force")
                hinted = True
        time.sleep(pause)
