"""The worker: consumes documents and does everything else that takes time."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.image import Generation
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import WORKER
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.processes.process import (
    CommandProbe,
    ProbeOptions,
    Process,
    ProcessOptions,
    Rollout,
    optional_probe,
)
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.model.scaling import Fixed, Scaling, check_cpu, warn_of_many_workers
from cdk8s_paperless_ngx.validation.numbers import check_whole_number
from cdk8s_paperless_ngx.validation.value import value
from cdk8s_paperless_ngx.validation.warnings import warn

_THREAD_BYTES: Final = 2**30


def worker_resources(*, threads: int) -> Resources:
    """Return what a worker needs that works on a document with so many threads.

    Measured with A4 at 600 dpi: up to 1 GiB for each thread. Another one is for Celery's parent process and the
    classifier.

    Args:
        threads: As many cores the worker may use, and pages are recognized at once.

    Raises:
        ValueError: ``threads`` is below 1.
    """
    check_whole_number("worker_resources", "threads", threads, minimum=1)
    return Resources(
        cpu_request="250m",
        cpu_limit=str(threads),
        memory_request="512Mi",
        memory_limit=f"{threads + 1}Gi",
        # 40 pages of 300 dpi left 848 MiB of files in the page cache.
        ephemeral_storage_request="1Gi",
    )


@value
class WorkerOptions(ProcessOptions):
    """How workers work.

    Args:
        scaling: How many pods there are, each working on one task at a time: `Fixed`, `ByCpu` or `ByQueue`.
        resources: CPU and memory of each pod; `worker_resources` has both from a number of threads. Threads of a task
            (``PAPERLESS_THREADS_PER_WORKER``) follow from the CPU limit of the instance's own workers.
        liveness: When a pod is started again: by default after 3 tries, one each 5 minutes; None for never.
        priority_class: Name of the pods' PriorityClass; unset, the instance's.
        extras: Volumes and variables of this process alone.

    Raises:
        ValueError: The scaling can never act, or ``priority_class`` cannot exist in Kubernetes.

    Warns:
        UserWarning: There is less than 1 GiB of memory for each thread, or there are more workers than make sense.
    """

    scaling: Scaling = Fixed()
    resources: Resources = worker_resources(threads=2)
    liveness: ProbeOptions | None = ProbeOptions()

    def __post_init__(self) -> None:
        super().__post_init__()
        where = type(self).__name__
        check_cpu(where, self.scaling, self.resources.cpu_limit)
        _warn_of_little_memory(where, self.resources)
        warn_of_many_workers(where, self.scaling)


def _warn_of_little_memory(where: str, resources: Resources) -> None:
    if resources.memory_limit_bytes < resources.threads * _THREAD_BYTES:
        warn(
            f"{where}: a memory limit of {resources.memory_limit} is less than 1 GiB for each of {resources.threads}"
            " threads; large scans will be killed for memory, and their documents stay behind in scratch"
        )


def worker_command(generation: Generation) -> tuple[str, ...]:
    """Return the worker's argv. Before Celery 5.6 the nearest to taking nothing in advance is taking one task."""
    prefetch = ("--disable-prefetch",) if generation is Generation.V3 else ("--prefetch-multiplier", "1")
    return (
        "celery", "--app", "paperless", "worker", "--loglevel", "INFO", "--without-mingle", "--without-gossip",
        *prefetch, "--include", f"{paths.WORKER_MODULE},{paths.CONNECTIONS_MODULE}", "task.acks_late=true",
        "result.backend_always_retry=true",
    )  # fmt: skip


def worker(instance: Instance, options: WorkerOptions) -> Process:
    """Celery worker that works on one task at a time and acknowledges it when it is done.

    ``--disable-prefetch`` and ``task.acks_late`` keep a task in the broker until it ended: a worker that is killed
    loses nothing, and the queue's length tells the truth. Of the modules that it includes one repeats a task that
    failed for a passing reason, and one makes connections to Redis notice a server that vanished. With
    ``result.backend_always_retry`` a success is written down when Redis is back, and a document that is stored is not
    shown as failed. Exec form without a shell: SIGTERM must reach Celery's main process alone, which then finishes its
    task.

    The ping costs 0.7 CPU seconds, hence the long period; it fails for 15 minutes before the pod is restarted, as a
    broker that is away must not end workers.
    """
    return Process(
        component=WORKER,
        command=worker_command(instance.image.generation),
        shares=frozenset({Directory.DATA, Directory.MEDIA, Directory.CONSUME, Directory.SCRATCH}),
        loads_modules=True,
        # The instance's own workers may have them among their extras.
        mounts=tuple(mount for mount in instance.worker_mounts if mount not in options.extras.mounts),
        liveness=optional_probe(options.liveness, CommandProbe(
            command=(
                "sh", "-c",
                'exec celery --app paperless inspect ping --timeout 20 --destination "celery@$(hostname)"',
            ),
            period=timedelta(minutes=5),
            failures=3,
            timeout=timedelta(minutes=1),
            delay=timedelta(minutes=1),
        )),
        writes_documents=True,
        grace_period=instance.drain_time,
        rollout=Rollout.ALL_AT_ONCE,
        resources=options.resources,
    )  # fmt: skip
