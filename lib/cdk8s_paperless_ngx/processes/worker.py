"""The worker: consumes documents and does everything else that takes time."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_arguments, check_fields
from cdk8s_paperless_ngx.checks import check_optional_name, refusal
from cdk8s_paperless_ngx.files import Extras
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.kubernetes.autoscaling import autoscale
from cdk8s_paperless_ngx.kubernetes.workloads import gate, process_deployment
from cdk8s_paperless_ngx.processes import definitions
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.scaling import Fixed, Scaling, check_cpu, warn_above_sensible

_THREAD_BYTES: Final = 2**30
MAX_TASK_LIMIT: Final = 3300
"""Redis gives a task that was not acknowledged for 3600 s to another worker; the image's settings pin that number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerOptions:
    """How an instance's workers work.

    Args:
        scaling: How many pods there are, each working on one task at a time: `Fixed`, `ByCpu` or `ByQueue`.
        task_limit: Seconds after which a task is ended and counts as failed (``PAPERLESS_WORKER_TIMEOUT``). Make it
            longer than an export takes, during which tasks wait. It also decides how long a pod may drain.
        resources: CPU and memory of each pod. Threads of a task (``PAPERLESS_THREADS_PER_WORKER``) follow from the CPU
            limit; there is a warning below 1 GiB of memory for each. `worker_resources` has both from the threads.
        priority_class: Name of the pods' PriorityClass; unset, the instance's.
        extras: Files and variables of this process alone.

    Raises:
        ValueError: ``task_limit`` is not between 60 and 3300 seconds; the scaling can never act.
    """

    scaling: Scaling = Fixed()
    task_limit: int = 1800
    resources: Resources = definitions.WORKER_RESOURCES
    priority_class: str | None = None
    extras: Extras = Extras()

    def __post_init__(self) -> None:
        check_fields(self)
        limit = self.task_limit
        if not 60 <= limit <= MAX_TASK_LIMIT:  # noqa: PLR2004
            raise refusal(
                type(self).__name__,
                "task_limit",
                f"60 to {MAX_TASK_LIMIT} seconds",
                limit,
                "the broker gives a task to a second worker after 3600 seconds",
            )
        check_cpu(type(self).__name__, self.scaling, self.resources.cpu_limit)
        check_optional_name(type(self).__name__, "priority_class", self.priority_class)


class Worker(Construct):
    """``celery --app paperless worker``: a Deployment whose pods each work on one task at a time, and what scales it.

    A worker that is asked to end finishes its task first, however long it takes within the task limit; one that is
    killed loses nothing, as its task is acknowledged only when done.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        part: Second half of the Deployment's name; give a second set of workers another one.
        scaling: How many pods there are.
        resources: CPU and memory of each pod.
        priority_class: Name of the pods' PriorityClass; unset, the instance's.
        extras: Files and variables of this process alone.

    Raises:
        ValueError: ``part`` is no name, or the scaling can never act.
    """

    deployment: k8s.KubeDeployment

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        part: str = "worker",
        scaling: Scaling = Fixed(),
        resources: Resources = definitions.WORKER_RESOURCES,
        priority_class: str | None = None,
        extras: Extras = Extras(),
    ) -> None:
        super().__init__(scope, id)
        check_arguments(self.node.path, Worker.__init__, locals())
        process = definitions.worker(instance, resources=resources)
        check_cpu(self.node.path, scaling, resources.cpu_limit)
        _warn_of_little_memory(self.node.path, resources)
        warn_above_sensible(self.node.path, scaling)
        self.deployment = process_deployment(
            self,
            instance,
            process,
            part=part,
            gate=gate(instance, process),
            scaling=scaling,
            priority_class=priority_class,
            extras=extras,
        )
        autoscale(self, instance, part, scaling)


def _warn_of_little_memory(where: str, resources: Resources) -> None:
    if resources.memory_limit_bytes < resources.threads * _THREAD_BYTES:
        warnings.warn(
            f"{where}: a memory limit of {resources.memory_limit} is less than 1 GiB for each of {resources.threads}"
            " threads; large scans will be killed for memory, and their documents stay behind in scratch",
            UserWarning,
            stacklevel=3,
        )
