"""Beat: puts scheduled tasks into the queue."""

from __future__ import annotations

from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import BEAT
from cdk8s_paperless_ngx.model.processes.process import SMALL_RESOURCES, Process, ProcessOptions, Rollout
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.validation.value import value

BEAT_COMMAND: Final = (
    "celery", "--app", "paperless", "beat", "--loglevel", "INFO",
    "--schedule", f"{paths.TEMPORARY_DIRECTORY}/celerybeat-schedule",
    "--scheduler", f"{paths.CONNECTIONS_MODULE}:PersistentScheduler",
)  # fmt: skip


@value
class BeatOptions(ProcessOptions):
    """How beat runs.

    Args:
        resources: CPU and memory of the pod.
        migration_resources: CPU and memory of the migration, which runs in this pod before beat does.
        priority_class: Name of the pod's PriorityClass; unset, the instance's.
        extras: Volumes and variables of this process alone.

    Raises:
        ValueError: ``priority_class`` cannot exist in Kubernetes.
    """

    resources: Resources = SMALL_RESOURCES
    # A full reindex buffers 512 MB (upstream ``src/documents/management/commands/document_index.py``).
    migration_resources: Resources = Resources(cpu_request="100m", memory_request="256Mi", memory_limit="2Gi")


def beat(instance: Instance, options: BeatOptions) -> Process:
    """Puts scheduled tasks into the queue. There is exactly one, as two would double every schedule.

    The scheduler is Celery's own, from a module that makes connections to Redis notice a server that vanished. The
    schedule file is private: beat's schedules are cron expressions, which need no memory of the last run. There is
    no probe: beat has no endpoint, and writes the file only when a task is due, which may be once a day.
    """
    return Process(
        component=BEAT,
        command=BEAT_COMMAND,
        loads_modules=True,
        # The migration in front of it may import a backup.
        writes_documents=instance.restore is not None,
        rollout=Rollout.ONE_AT_A_TIME,
        resources=options.resources,
    )
