"""Makes Secrets with random values, once: one that exists is left alone, whatever is in it."""

from __future__ import annotations

import json
import secrets
import string
import sys
import time
import urllib.error
from typing import TYPE_CHECKING, TypedDict

from api import ApiServer
from log import end_at_sigterm, say

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALPHABET = string.ascii_letters + string.digits
"""Nothing that would need quoting in a URL."""
_CONFLICT = 409
_TRIES = 5


class Wanted(TypedDict):
    """What the Job is asked for."""

    secrets: dict[str, dict[str, int]]
    labels: dict[str, str]
    annotations: dict[str, str]


def create(api: ApiServer, name: str, keys: Mapping[str, int], wanted: Wanted) -> bool:
    """Create one Secret; return whether it was missing."""
    values = {key: "".join(secrets.choice(_ALPHABET) for _ in range(length)) for key, length in keys.items()}
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "labels": wanted["labels"], "annotations": wanted["annotations"]},
        "type": "Opaque",
        "stringData": values,
    }
    try:
        api.request("POST", "secrets", body=body)
    except urllib.error.HTTPError as error:
        if error.code == _CONFLICT:
            return False
        raise
    return True


def create_all(api: ApiServer, wanted: Wanted, *, pause: float = 2) -> int:
    """Create what is missing; return the exit status."""
    for name, keys in wanted["secrets"].items():
        for attempt in range(1, _TRIES + 1):
            try:
                made = create(api, name, keys, wanted)
            except OSError as error:
                say(f"Secret {name}: {error} (try {attempt} of {_TRIES})")
                if attempt == _TRIES:
                    return 1
                time.sleep(pause * attempt)
            else:
                say(f"Secret {name}: {'created' if made else 'exists already, left alone'}")
                break
    return 0


def main() -> int:
    """Run in a pod."""
    end_at_sigterm()
    return create_all(ApiServer(), json.loads(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
