"""Status messages about a task, as upstream's progress manager sends them: through Redis, with nothing that waits."""

import json
import os

import redis


def send(name, status, percent):
    """Publish one message; without Redis it fails, and the task with it, as upstream's does."""
    with redis.Redis.from_url(os.environ["PAPERLESS_REDIS"]) as client:
        prefix = os.environ.get("PAPERLESS_REDIS_PREFIX", "")
        client.publish(f"{prefix}status_updates", json.dumps({"filename": name, "status": status, "percent": percent}))
