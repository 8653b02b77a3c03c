"""Time what workers do, on the cluster that KUBECONFIG names, with the stand-in for the application.

Seconds from a document in the queue to a worker that works on it, with a worker there and with none; and how many
documents of five seconds each 1, 2 and 4 workers consume, as a ratio to one worker.
"""

from __future__ import annotations

import argparse
import statistics
from datetime import timedelta

from cdk8s_paperless_ngx import ByQueue, Fixed
from cdk8s_paperless_ngx.model import Scaling
from tests.cluster.cluster import Cluster, load_images

_DOCUMENTS = 12
_TASK_SECONDS = 5


def picked_up(cluster: Cluster, scaling: Scaling, runs: int) -> list[float]:
    """Return the seconds from queued to picked up, once for each run."""
    minimum = scaling.minimum if isinstance(scaling, ByQueue) else 1
    cluster.apply(scaling=scaling)
    seconds = []
    for run in range(runs):
        cluster.wait_for("the least number of workers", lambda: len(cluster.pods("worker")) == minimum, 300)
        name = f"start-{minimum}-{run}.txt"
        cluster.upload(name, "a document")
        cluster.wait_for_event(f"consumes {name}")
        seconds.append(between(cluster, f"queues {name}", f"consumes {name}"))
    return seconds


def consumed(cluster: Cluster, workers: int) -> float:
    """Return the seconds that a number of workers took for all documents."""
    cluster.apply(scaling=Fixed(replicas=workers))
    cluster.wait_until_ready()
    names = [f"many-{workers}-{number}.txt" for number in range(_DOCUMENTS)]
    for name in names:
        cluster.upload(name, f"sleep {_TASK_SECONDS}")
    for name in names:
        cluster.wait_for_event(f"consumed {name}", _DOCUMENTS * _TASK_SECONDS * 3)
    return between(cluster, f"consumes {names[0]}", *(f"consumed {name}" for name in names))


def between(cluster: Cluster, first: str, *last: str) -> float:
    """Return the seconds from an event to the last of some others."""
    found = ", ".join(f"'{what}'" for what in last)
    ((seconds,),) = cluster.sql(
        f"SELECT extract(epoch FROM max(at) FILTER (WHERE what IN ({found})) - min(at) FILTER (WHERE what = '{first}'))"
        " FROM standin_event"
    )
    return float(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="starts of each kind (default: %(default)s)")
    runs = parser.parse_args().runs
    load_images()
    cluster = Cluster()
    applied = cluster.install()
    if applied.returncode:
        raise SystemExit(applied.stderr)
    try:
        cluster.wait_until_ready()
        measure(cluster, runs)
    finally:
        cluster.remove()


def measure(cluster: Cluster, runs: int) -> None:
    print(f"{'seconds from queued to picked up':<40}{'median':>8}{'min':>8}{'max':>8}   ({runs} runs)")
    if cluster.find("customresourcedefinition/scaledobjects.keda.sh"):
        for minimum in (1, 0):
            times = picked_up(cluster, ByQueue(minimum=minimum, idle=timedelta(seconds=10)), runs)
            row = f"{statistics.median(times):>8.2f}{min(times):>8.2f}{max(times):>8.2f}"
            print(f"{f'by queue, minimum {minimum}':<40}{row}", flush=True)
        cluster.kubectl("delete", "scaledobjects,triggerauthentications", "--all")
    else:
        print("not measured: KEDA is not on this cluster")
    print(f"{f'{_DOCUMENTS} documents of {_TASK_SECONDS} s each':<40}{'seconds':>8}{'ratio':>8}")
    alone = 0.0
    for workers in (1, 2, 4):
        seconds = consumed(cluster, workers)
        alone = alone or seconds
        print(f"{f'workers: {workers}':<40}{seconds:>8.1f}{alone / seconds:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
