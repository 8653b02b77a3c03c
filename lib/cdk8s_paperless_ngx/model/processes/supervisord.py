"""supervisord: how images up to 2.14 start processes, cut down to one for each pod.

From upstream's ``docker/supervisord.conf`` and ``docker/paperless_cmd.sh`` of 2.14.7. It differs where it must:

* The worker's process group is not signalled: that would kill the task that Celery is to finish.
* supervisord ends with its program, as Kubernetes would otherwise take an empty pod for a healthy one.
* No ``user``: the pod has the right one already, and may not change it.
"""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import timedelta
from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.image import Generation
from cdk8s_paperless_ngx.model.names import BEAT, CONSUMER, FLOWER, WEBSERVER, WORKER
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.processes.beat import BEAT_COMMAND
from cdk8s_paperless_ngx.model.processes.consumer import CONSUMER_COMMAND
from cdk8s_paperless_ngx.model.processes.flower import FLOWER_COMMAND
from cdk8s_paperless_ngx.model.processes.process import GRACE_PERIOD, Process
from cdk8s_paperless_ngx.model.processes.webserver import WEBSERVER_GRACE_PERIOD, webserver_command
from cdk8s_paperless_ngx.model.processes.worker import worker_command
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.numbers import seconds

_GENERATION: Final = Generation.SUPERVISORD
_MARGIN: Final = timedelta(seconds=5)
"""Between supervisord's SIGKILL and the kubelet's."""


def configurations(drain_time: timedelta) -> dict[str, str]:
    """Return the configuration of each process, by the name of its file.

    Args:
        drain_time: How long a worker may take to finish its task.
    """
    programs = {
        WEBSERVER: (webserver_command(_GENERATION), "TERM", WEBSERVER_GRACE_PERIOD),
        CONSUMER: (CONSUMER_COMMAND, "INT", GRACE_PERIOD),
        WORKER: (worker_command(_GENERATION), "TERM", drain_time),
        BEAT: (BEAT_COMMAND, "TERM", GRACE_PERIOD),
        FLOWER: (FLOWER_COMMAND, "TERM", GRACE_PERIOD),
    }
    return {
        file_name(name): _configuration(name, command, signal, grace_period)
        for name, (command, signal, grace_period) in programs.items()
    }


def supervised(process: Process) -> Process:
    """Return a process as the image's entrypoint starts it.

    The entrypoint looks for a note of the index's version in the data directory, and indexes everything where it finds
    none: so every process needs that directory, which the migration has left in order.
    """
    folder = Variable(name="PAPERLESS_SUPERVISORD_WORKING_DIR", value=paths.TEMPORARY_DIRECTORY)
    return replace(
        process,
        supervised=True,
        shares=process.shares | {Directory.DATA},
        environment=(*process.environment, folder),
    )


def file_name(component: str) -> str:
    """Return the name of a process's file."""
    return f"{component}.conf"


def _configuration(name: str, command: tuple[str, ...], signal: str, grace_period: timedelta) -> str:
    # A percent sign begins an expansion.
    line = shlex.join(command).replace("%", "%%")
    return f"""\
[supervisord]
nodaemon=true
logfile=/dev/null
logfile_maxbytes=0
pidfile=/tmp/supervisord.pid

[program:{name}]
command={line}
autorestart=false
startsecs=0
stopsignal={signal}
stopwaitsecs={seconds(grace_period - _MARGIN)}
stdout_logfile=/dev/stdout
stdout_logfile_maxbytes=0
stderr_logfile=/dev/stderr
stderr_logfile_maxbytes=0
environment=USER="paperless"

[eventlistener:end-with-program]
command=python3 {paths.script("end_with_program")}
events=PROCESS_STATE_EXITED,PROCESS_STATE_FATAL
stderr_logfile=/dev/stderr
stderr_logfile_maxbytes=0
"""
