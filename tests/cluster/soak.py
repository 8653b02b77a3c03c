"""Kill everything at random while documents come in, on the cluster that KUBECONFIG names; count what comes through.

An instance of its own, with the stand-in for the application. Uploads have title, tags and owner, some files are
dropped into the consume directory, and some tasks fail once for a passing reason. Killed are workers (container, pod,
or the process that works), webserver, consumer, beat, redelivery, PostgreSQL and Redis; the servers also vanish without
closing a connection, and a worker is cut off from Redis for a while. A seed repeats what is chosen, not the moment in
which it hits.

A document that three workers were lost with is put aside, by design and for somebody to look at. So no worker is killed
while it has a document that already took two with it.

The exit status is 1 if a document is lost, there twice, or without what it was given, if one needs a human, or if the
last one is there later than five minutes after the faults ended.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.cluster import faults
from tests.cluster.cluster import Cluster, Document, KubectlError, load_images

_LATE_SECONDS = 300
_PATIENCE_SECONDS = 900
"""How long to wait for the last document; only so that the end says what is missing."""
_KILLS = 2
"""Workers that may be lost with a document; the third puts it aside."""
_RESTARTS = 2
"""In one pod; with each, Kubernetes waits twice as long before it starts a container again, up to five minutes."""
_WORDS = ("no space once", "stale once", "broken connection once")
_DIRECTORIES = ("scratch", "consume", "media")

say = functools.partial(print, flush=True)


@dataclass
class Uploads:
    """What was sent and what came through, by a watch that never stops.

    Attributes:
        accepted: When each document was accepted.
        refused: How many were not; they may be there all the same.
        expected: What each must be when it is stored.
        seen: When each was there for the first time.
        slowest: Seconds that the slowest answer took.
    """

    accepted: dict[str, float] = field(default_factory=dict)
    refused: int = 0
    expected: dict[str, Document] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    slowest: float = 0

    def missing(self) -> list[str]:
        return sorted(set(self.accepted) - set(self.seen))


class Uploader:
    """Sends documents, and looks which are stored, each in a thread of its own."""

    def __init__(self, cluster: Cluster, seed: int, every: float) -> None:
        self.uploads = Uploads()
        self._cluster = cluster
        self._random = random.Random(f"{seed} uploads")  # noqa: S311 (nobody has to guess it)
        self._every = every
        self._end = threading.Event()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._send), threading.Thread(target=self._watch)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Send no more, and go on looking."""
        self._end.set()
        self._threads[0].join()

    def stop(self) -> None:
        self._end.set()
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        number = 0
        while not self._end.is_set():
            number += 1
            name = f"{number:04}.txt"
            words = f"sleep {self._random.randint(1, 8)}"
            if self._random.random() < 0.2:
                words += f", {self._random.choice(_WORDS)}"
            dropped = self._random.random() < 0.15
            begin = time.monotonic()
            self.uploads.expected[name] = Document(name, "", (), "") if dropped else faults.expected(name)
            try:
                if dropped:
                    self._drop(name, words)
                else:
                    faults.upload(self._cluster, name, words)
                self.uploads.accepted[name] = begin
            except (AssertionError, IndexError):
                self.uploads.refused += 1
            self.uploads.slowest = max(self.uploads.slowest, time.monotonic() - begin)
            self._end.wait(self._random.uniform(0.5, 1.5) * self._every)

    def _drop(self, name: str, words: str) -> None:
        path = f"/usr/src/paperless/consume/{name}"
        # From a pod that sees the directory, whichever is there: who drops files is not killed with it.
        pods = self._cluster.pods("consumer") + self._cluster.pods("worker")
        self._cluster.kubectl("exec", pods[0], "--", "sh", "-c", f"echo '{words}' > {path}")

    def _watch(self) -> None:
        while not self._stopped.wait(1):
            with contextlib.suppress(KubectlError):
                for document in self._cluster.documents(list(self.uploads.expected)):
                    self.uploads.seen.setdefault(document.name, time.monotonic())


class Faults:
    """Something to break, and how."""

    def __init__(self, cluster: Cluster, breaker: faults.Breaker, seed: int) -> None:
        self.done: Counter[str] = Counter()
        self._cluster = cluster
        self._breaker = breaker
        self._random = random.Random(f"{seed} faults")  # noqa: S311 (as above)
        self._cut: dict[str, float] = {}
        self._kinds: list[tuple[int, Callable[[], str]]] = [
            (6, self._kill_worker),
            (3, self._kill_child),
            (2, functools.partial(self._kill, "webserver")),
            (2, functools.partial(self._kill, "consumer")),
            (1, functools.partial(self._kill, "beat")),
            (2, functools.partial(self._kill, "redelivery")),
            (3, functools.partial(self._kill, "redis")),
            (3, functools.partial(self._kill, "postgres")),
            (1, functools.partial(self._vanish, "redis")),
            (1, functools.partial(self._vanish, "postgres")),
            (2, self._cut_off),
        ]

    def one(self) -> str:
        """Break something; return what, or an empty text if that was not there to be broken."""
        weights = [weight for weight, _ in self._kinds]
        ((_, kind),) = self._random.choices(self._kinds, weights)
        try:
            what = kind()
        except (AssertionError, IndexError) as error:
            # It is just away, after the fault before.
            say(f"      not done: {' '.join(str(error).split())[:200]}")
            return ""
        if what:
            self.done[what.split(":")[0]] += 1
        return what

    def heal(self, *, everything: bool = False) -> None:
        """Give back the network to those that have been without it for long enough."""
        for pod, until in list(self._cut.items()):
            if everything or time.monotonic() > until:
                del self._cut[pod]
                # Where the pod is gone, so are its rules.
                with contextlib.suppress(AssertionError):
                    self._breaker.heal(self._cluster, pod)

    def _kill_worker(self) -> str:
        worker = self._worker()
        if not worker:
            return ""
        if self._random.random() < 0.5 and self._restarts(worker) < _RESTARTS:
            self._breaker.kill(self._cluster, worker)
            return f"worker's container killed: {worker}"
        self._delete(worker)
        return f"worker's pod killed: {worker}"

    def _kill_child(self) -> str:
        worker = self._worker()
        if not worker:
            return ""
        self._cluster.kill_child(worker)
        return f"worker's process killed: {worker}"

    def _kill(self, part: str) -> str:
        pod = self._random.choice(self._cluster.pods(part))
        if self._restarts(pod) < _RESTARTS:
            self._breaker.kill(self._cluster, pod)
            return f"{part}'s containers killed"
        if part in faults.SERVERS:
            return self._vanish(part)
        self._delete(pod)
        return f"{part}'s pod killed"

    def _vanish(self, server: str) -> str:
        self._breaker.vanish(self._cluster, server)
        return f"{server} vanished"

    def _cut_off(self) -> str:
        worker = self._random.choice(self._cluster.pods("worker"))
        if worker in self._cut:
            return ""
        seconds = self._random.randint(10, 60)
        self._breaker.cut(self._cluster, worker, faults.SERVERS["redis"])
        self._cut[worker] = time.monotonic() + seconds
        return f"worker cut off from Redis: {worker}, for {seconds} s"

    def _worker(self) -> str:
        """A worker that has no document yet that took as many with it as it may."""
        worker = self._random.choice(self._cluster.pods("worker"))
        note = "".join(self._cluster.redis("HGET", "cdk8s-paperless-ngx:workers", worker))
        for tag in json.loads(note)["tags"] if note else []:
            text = "".join(self._cluster.redis("HGET", "unacked", tag))
            if text and json.loads(text)[0]["headers"].get("cdk8s_lost", 0) >= _KILLS:
                return ""
        return worker

    def _restarts(self, pod: str) -> int:
        statuses = self._cluster.kubectl(
            "get", "pod", pod, "--output=jsonpath={.status.containerStatuses[*].restartCount}"
        )
        return max(map(int, statuses.split()), default=0)

    def _delete(self, pod: str) -> None:
        self._cluster.kubectl("delete", "pod", pod, "--force", "--grace-period=0")


def settle(cluster: Cluster, uploads: Uploads) -> bool:
    """Wait until all is stored and nothing is left to do; return whether that came."""

    def settled() -> bool:
        return not uploads.missing() and not any(cluster.queued().values())

    try:
        cluster.wait_for("every document", settled, _PATIENCE_SECONDS)
    except AssertionError:
        return False
    return True


def where_is(cluster: Cluster, name: str) -> str:
    """Return the places in which a document's file lies."""
    directories = [f"/usr/src/paperless/{directory}" for directory in _DIRECTORIES]
    found = cluster.kubectl("exec", cluster.pods("worker")[0], "--", "find", *directories, "-name", name).split()
    return ", ".join(found) or "nowhere"


def report(cluster: Cluster, uploads: Uploads, ended: float) -> bool:
    """Print what became of all documents; return whether all is well."""
    stored = Counter(document.name for document in cluster.documents(uploads.expected))
    wrong = sorted({it.name for it in cluster.documents(uploads.expected) if it != uploads.expected[it.name]})
    twice = sorted(name for name, count in stored.items() if count > 1)
    lost = sorted(name for name in uploads.accepted if name not in stored)
    aside = cluster.redis("HVALS", "cdk8s-paperless-ngx:aside")
    ways = {name: uploads.seen[name] - begin for name, begin in uploads.accepted.items() if name in uploads.seen}
    longest = max(ways, key=lambda name: ways[name], default="")
    late = max((seen - ended for seen in uploads.seen.values()), default=0)
    counts = {
        "accepted": len(uploads.accepted),
        "finished": len(uploads.accepted) - len(lost),
        "twice": len(twice),
        "lost": len(lost),
        "put aside": len([line for line in aside if line]),
        "not as it was sent": len(wrong),
        "not accepted": uploads.refused,
        "not accepted, and there": len(stored.keys() - uploads.accepted.keys()),
    }
    for name, count in counts.items():
        say(f"{name:<40}{count:>8}")
    say(f"{'longest way, seconds':<40}{ways.get(longest, 0):>8.0f}   {longest}")
    say(f"{'slowest answer to an upload, seconds':<40}{uploads.slowest:>8.0f}")
    say(f"{'last document after the faults, seconds':<40}{late:>8.0f}")
    for what, names in (("lost", lost), ("twice", twice), ("not as it was sent", wrong)):
        for name in names:
            say(f"{what}: {name}; its file: {where_is(cluster, name)}")
    return not (lost or twice or wrong or counts["put aside"]) and late <= _LATE_SECONDS


def fire(cluster: Cluster, breaker: faults.Breaker, arguments: argparse.Namespace) -> bool:
    """Break things for a time, and wait for all documents; return whether all is well."""
    uploader = Uploader(cluster, arguments.seed, arguments.every)
    breaking = Faults(cluster, breaker, arguments.seed)
    pauses = random.Random(f"{arguments.seed} pauses")  # noqa: S311 (as above)
    begin = time.monotonic()
    uploader.start()
    try:
        while (passed := time.monotonic() - begin) < arguments.minutes * 60:
            breaking.heal()
            what = breaking.one()
            uploads = uploader.uploads
            counts = f"accepted {len(uploads.accepted):>3}, finished {len(uploads.seen):>3}"
            say(f"{passed:>4.0f} s  {counts}  {what}")
            time.sleep(pauses.uniform(0.5, 1.5) * arguments.pause)
        breaking.heal(everything=True)
        uploader.end()
        ended = time.monotonic()
        say(f"{ended - begin:>4.0f} s  no more faults; waiting for {len(uploader.uploads.missing())} documents")
        if not settle(cluster, uploader.uploads):
            say(f"still not after {_PATIENCE_SECONDS} s")
    finally:
        uploader.stop()
    for what, count in sorted(breaking.done.items()):
        say(f"{what:<40}{count:>8}")
    return report(cluster, uploader.uploads, ended)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10_000), metavar="N",  # noqa: S311 (as above)
        help="what to choose, and how long to pause (default: another one each time; it is printed)",
    )  # fmt: skip
    parser.add_argument("--minutes", type=float, default=10, metavar="M", help="of faults (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--every", type=float, default=6, metavar="S", help="seconds between two documents (default: %(default)s)"
    )
    parser.add_argument(
        "--pause", type=float, default=12, metavar="S", help="seconds between two faults (default: %(default)s)"
    )
    parser.add_argument("--keep", action="store_true", help="leave the instance on the cluster, to look at it")
    arguments = parser.parse_args()
    say("loading images…")
    load_images()
    cluster, breaker = Cluster("soak", "soak"), faults.Breaker("soak")
    breaker.start()
    faults.install(cluster, arguments.workers)
    say(f"seed {arguments.seed}, {arguments.minutes:g} minutes, {arguments.workers} workers")
    try:
        return 0 if fire(cluster, breaker, arguments) else 1
    finally:
        breaker.remove()
        if not arguments.keep:
            cluster.remove()


if __name__ == "__main__":
    sys.exit(main())
