"""The consumer: watches the consume directory and puts its files into the queue."""

from __future__ import annotations

from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.names import CONSUMER
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.processes.process import SMALL_RESOURCES, Process, ProcessOptions, Rollout
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.validation.value import value

CONSUMER_COMMAND: Final = ("python3", "-m", paths.CONNECTIONS_MODULE, "manage.py", "document_consumer")


@value
class ConsumerOptions(ProcessOptions):
    """How a consumer runs.

    Args:
        resources: CPU and memory of the pod.
        priority_class: Name of the pod's PriorityClass; unset, the instance's.
        extras: Volumes and variables of this process alone.

    Raises:
        ValueError: ``priority_class`` cannot exist in Kubernetes.
    """

    resources: Resources = SMALL_RESOURCES


def consumer(options: ConsumerOptions) -> Process:
    """Watches the consume directory. There is exactly one, as each keeps to itself which files it has queued.

    It has no probe: it has no endpoint, and a process that ended is seen by the kubelet. A stale mount could be tested
    for, but a restarted container gets the same mount again.
    """
    return Process(
        component=CONSUMER,
        command=CONSUMER_COMMAND,
        shares=frozenset({Directory.CONSUME, Directory.SCRATCH}),
        loads_modules=True,
        rollout=Rollout.ONE_AT_A_TIME,
        resources=options.resources,
    )
