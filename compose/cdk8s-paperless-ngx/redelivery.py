"""Redelivery: gives back the messages of workers that are gone, and queues again what is due for another try.

Redis gives a message back an hour after it was taken, which the image pins. Whether its worker is gone can be known
sooner, from three sources: the message's note of its owner, what workers say of themselves every few seconds, and the
API server. A message is given back when two looks in a row find it free, and it is free when

* its owner lives and does not work on it (its container was restarted in place), or
* its owner is silent, and its pod does not exist or none of its containers runs, or
* it has no owner's note, every pod of a worker lives and says what it works on, and none works on it.

A pod that exists and is silent may be at work behind a broken network: its message stays, until Kubernetes removes the
pod or the hour is over. Without an API server a worker that is silent for five minutes is gone.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.error
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import redis
from api import ApiServer
from deliveries import Deliveries, Delivery, WorkerNote
from log import Waiting, end_at_sigterm, one_line, say
from pods import list_pods

_LOOK_SECONDS = 10
"""Longer than a worker is silent between two notes."""
_DUE_SECONDS = 2
_PATIENCE_SECONDS = 300
"""Without an API server: how long a worker may be silent, as while its host is busy or Redis restarts."""
_FORGET_SECONDS = 3600
_LOST_LIMIT = 3
"""As many workers may be lost with a message; with another limit the worker's module counts children."""
_FINISHED = ("Succeeded", "Failed")
_NAME_LENGTH = 63
"""Of a host name; a pod's may be longer."""


@dataclass(frozen=True)
class Pods:
    """The pods of an instance, by host name.

    Attributes:
        running: Those that may have a running process.
        workers: Those of them that are workers.
    """

    running: frozenset[str]
    workers: frozenset[str]


class Cluster(Protocol):
    """Where pods can be asked for."""

    def pods(self) -> Pods | None:
        """Return the pods there are; None where there is no API server to ask."""
        ...


@dataclass
class Judge:
    """What is known from looks so far, and what follows for each message.

    Attributes:
        patience: Without pods to ask for, how many seconds of silence mean that a worker is gone.
    """

    patience: float = _PATIENCE_SECONDS
    _heard: dict[str, tuple[WorkerNote, float]] = field(default_factory=dict[str, tuple[WorkerNote, float]])
    _free: dict[str, Delivery] = field(default_factory=dict[str, Delivery])
    _live: Collection[str] = frozenset()
    _looks: int = 0

    def look(
        self, taken: Collection[Delivery], workers: Mapping[str, WorkerNote], pods: Pods | None, now: float
    ) -> list[Delivery]:
        """Take in what is seen now; return the messages that two looks in a row found free."""
        self._looks += 1
        live = self._live = {name for name, note in workers.items() if self._is_heard(name, note, now)}
        working = {tag for name in live for tag in workers[name].tags}
        free = {
            delivery.tag: delivery
            for delivery in taken
            if delivery.tag not in working and self._is_free(delivery, live, pods, now)
        }
        found = [delivery for tag, delivery in free.items() if self._free.get(tag) == delivery]
        self._free = free
        return found

    def is_dropped(self, delivery: Delivery, workers: Mapping[str, WorkerNote]) -> bool:
        """Return whether the very process that took a message lives without it, as after a lost connection."""
        owner = delivery.owner
        return owner is not None and owner in self._live and workers[owner].beat[0] == delivery.process

    def forget(self) -> None:
        """Start anew, as something could not be asked."""
        self._free = {}
        self._looks = 0
        self._heard = {}

    def silent(self, now: float, seconds: float) -> list[str]:
        """Return the workers that said nothing for so long."""
        return [name for name, (_, heard) in self._heard.items() if now - heard >= seconds]

    def _is_heard(self, name: str, note: WorkerNote, now: float) -> bool:
        """Return whether a worker said something since the last look; the first look cannot know."""
        known = self._heard.get(name)
        if known is not None and known[0].beat == note.beat:
            return False
        self._heard[name] = (note, now)
        return known is not None or self._looks > 1

    def _is_free(self, delivery: Delivery, live: Collection[str], pods: Pods | None, now: float) -> bool:
        owner = delivery.owner
        if self._looks == 1:
            return False
        if owner is None:
            return self._all_answer(live, pods, now)
        if owner in live:
            return True
        return self._is_gone(owner, now) if pods is None else owner not in pods.running

    def _is_gone(self, worker: str, now: float) -> bool:
        known = self._heard.get(worker)
        return known is not None and now - known[1] >= self.patience

    def _all_answer(self, live: Collection[str], pods: Pods | None, now: float) -> bool:
        if pods is not None:
            return pods.workers <= set(live)
        return all(name in live or self._is_gone(name, now) for name in self._heard)


class Kubernetes:
    """The pods of an instance in the API server."""

    def __init__(self, api: ApiServer, instance: str) -> None:
        self._api = api
        self._instance = instance

    def pods(self) -> Pods:
        """Return the pods that may have a running process."""
        selector = f"app.kubernetes.io/name=paperless-ngx,app.kubernetes.io/instance={self._instance}"
        found = [pod for pod in list_pods(self._api, selector) if may_run(pod)]
        workers = [pod for pod in found if pod["metadata"]["labels"].get("app.kubernetes.io/component") == "worker"]
        return Pods(frozenset(map(_host, found)), frozenset(map(_host, workers)))


class NoKubernetes:
    """No API server to ask, as with Docker Compose."""

    def pods(self) -> None:
        """Return None."""


def may_run(pod: Mapping[str, Any]) -> bool:
    """Return whether a process of a pod may be running, as far as its node said last."""
    status = pod.get("status", {})
    if status.get("phase") in _FINISHED:
        return False
    containers: list[dict[str, Any]] = status.get("containerStatuses") or []
    return not containers or any("running" in container.get("state", {}) for container in containers)


def _host(pod: Mapping[str, Any]) -> str:
    name: str = pod["metadata"]["name"]
    return name[:_NAME_LENGTH].rstrip("-.")


class Redelivery:
    """One turn after the other."""

    def __init__(self, deliveries: Deliveries, cluster: Cluster, judge: Judge) -> None:
        self._deliveries = deliveries
        self._cluster = cluster
        self._judge = judge
        self._waiting = Waiting()
        self._aside_is_said = False

    def give_back_due(self) -> None:
        """Queue again what is due; the first time, say what was put aside before."""
        try:
            for described in () if self._aside_is_said else self._deliveries.aside().values():
                say(f"is put aside: {described}")
            self._aside_is_said = True
            for described in self._deliveries.give_back_due():
                say(f"queued again: {described}")
        except redis.RedisError as error:
            self._waiting.say(f"Redis: {one_line(error)}")

    def look(self, now: float) -> None:
        """Look once, and give back what two looks found free."""
        try:
            # Pods first: one that takes a message after that is not missing for it.
            pods = self._cluster.pods()
            workers = self._deliveries.workers()
            taken = self._deliveries.taken()
            for delivery in self._judge.look(taken, workers, pods, now):
                lost = not self._judge.is_dropped(delivery, workers)
                done = self._deliveries.restore(delivery, _LOST_LIMIT, lost_worker=lost)
                if done is not None:
                    say(f"{done}; owner: {delivery.owner or 'unknown'}")
            self._deliveries.forget_owners()
            self._forget(taken, workers, pods, now)
        except redis.RedisError as error:
            self._judge.forget()
            self._waiting.say(f"Redis: {one_line(error)}")
        except urllib.error.HTTPError as error:
            self._judge.forget()
            self._waiting.say(f"the API server, which answers {error.code} {error.reason} to listing pods")
        except OSError as error:
            self._judge.forget()
            self._waiting.say(f"the API server: {one_line(error)}")

    def _forget(
        self, taken: Collection[Delivery], workers: Mapping[str, WorkerNote], pods: Pods | None, now: float
    ) -> None:
        owners = {delivery.owner for delivery in taken}
        silent = set(self._judge.silent(now, _FORGET_SECONDS)) & set(workers) - owners
        self._deliveries.forget_workers(name for name in silent if pods is None or name not in pods.running)


def main() -> int:
    """Run in a pod."""
    end_at_sigterm()
    client: Any = redis.Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        os.environ["PAPERLESS_REDIS"], socket_timeout=10, socket_connect_timeout=10
    )
    in_cluster = "KUBERNETES_SERVICE_HOST" in os.environ
    cluster: Cluster = Kubernetes(ApiServer(), os.environ["INSTANCE"]) if in_cluster else NoKubernetes()
    deliveries = Deliveries(client, os.environ.get("PAPERLESS_REDIS_PREFIX", ""))
    redelivery = Redelivery(deliveries, cluster, Judge())
    say(f"looking every {_LOOK_SECONDS} s {'at pods and workers' if in_cluster else 'at workers'}")
    looked = -_LOOK_SECONDS
    while True:
        redelivery.give_back_due()
        if time.monotonic() - looked >= _LOOK_SECONDS:
            looked = int(time.monotonic())
            redelivery.look(time.monotonic())
        time.sleep(_DUE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
