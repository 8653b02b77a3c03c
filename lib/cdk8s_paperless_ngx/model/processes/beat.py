"""Beat: puts scheduled tasks into the queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import BEAT
from cdk8s_paperless_ngx.model.processes.process import (
    SMALL_RESOURCES,
    CommandProbe,
    ProbeOptions,
    Process,
    ProcessOptions,
    Rollout,
    optional_probe,
)
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.numbers import seconds
from cdk8s_paperless_ngx.validation.value import value

BEAT_COMMAND: Final = (
    "celery", "--app", "paperless", "beat", "--loglevel", "INFO",
    "--schedule", f"{paths.TEMPORARY_DIRECTORY}/celerybeat-schedule",
    "--scheduler", f"{paths.CONNECTIONS_MODULE}:PersistentScheduler",
)  # fmt: skip
_HEARTBEAT: Final = f"{paths.TEMPORARY_DIRECTORY}/beat-heartbeat"
_SILENCE: Final = timedelta(minutes=15)
"""Three times as long as a healthy one is silent. One that waits for Redis may be silent for longer, and loses nothing
by another start."""


@value
class BeatOptions(ProcessOptions):
    """How beat runs.

    Args:
        resources: CPU and memory of the pod.
        migration_resources: CPU and memory of the migration, which runs in this pod before beat does.
        liveness: When it is started again: by default after 15 minutes of silence and 3 tries, one each 5 minutes; None
            for never.
        priority_class: Name of the pod's PriorityClass; unset, the instance's.
        extras: Volumes and variables of this process alone.

    Raises:
        ValueError: ``priority_class`` cannot exist in Kubernetes.
    """

    resources: Resources = SMALL_RESOURCES
    liveness: ProbeOptions | None = ProbeOptions()
    # A full reindex buffers 512 MB (upstream ``src/documents/management/commands/document_index.py``).
    migration_resources: Resources = Resources(cpu_request="100m", memory_request="256Mi", memory_limit="2Gi")


def beat(instance: Instance, options: BeatOptions) -> Process:
    """Puts scheduled tasks into the queue. There is exactly one, as two would double every schedule.

    The scheduler is Celery's own, from a module that makes connections to Redis notice a server that vanished. The
    schedule file is private: beat's schedules are cron expressions, which need no memory of the last run. It has no
    endpoint, and writes that file only when a task is due, which may be once a day; so that module touches another one
    each time that beat looks, and liveness looks at its age.
    """
    return Process(
        component=BEAT,
        command=BEAT_COMMAND,
        loads_modules=True,
        environment=(Variable(name="BEAT_HEARTBEAT", value=_HEARTBEAT),),
        liveness=optional_probe(options.liveness, CommandProbe(
            command=(
                "sh", "-c", f'test $(($(date +%s) - $(stat -c %Y "$BEAT_HEARTBEAT"))) -lt {seconds(_SILENCE)}',
            ),
            period=timedelta(minutes=5),
            failures=3,
            timeout=timedelta(minutes=1),
            delay=timedelta(minutes=5),
        )),
        # The migration in front of it may import a backup.
        writes_documents=instance.restore is not None,
        rollout=Rollout.ONE_AT_A_TIME,
        resources=options.resources,
    )  # fmt: skip
