"""supervisord: how images up to 2.14 start processes, cut down to one for each pod.

From upstream's ``docker/supervisord.conf`` and ``docker/paperless_cmd.sh`` of 2.14.7. It differs where it must:

* The worker's process group is not signalled: that would kill the task that Celery is to finish.
* supervisord ends with its program, as Kubernetes would otherwise take an empty pod for a healthy one.
* No ``user``: the pod has the right one already, and may not change it.
"""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Final

from cdk8s_paperless_ngx.image import Generation
from cdk8s_paperless_ngx.processes import definitions
from cdk8s_paperless_ngx.processes.process import TEMPORARY_DIRECTORY, Process
from cdk8s_paperless_ngx.storage import Directory
from cdk8s_paperless_ngx.variable import Variable

CONFIGURATION_PATH: Final = "/etc/supervisord.conf"
_GENERATION: Final = Generation.SUPERVISORD
_MARGIN_SECONDS: Final = 5
"""Between supervisord's SIGKILL and the kubelet's."""
_LISTENER: Final = "/opt/cdk8s-paperless-ngx/end_with_program.py"


def configurations(drain_seconds: int) -> dict[str, str]:
    """Return the configuration of each process, by the name of its file.

    Args:
        drain_seconds: How long a worker may take to finish its task.
    """
    programs = {
        "webserver": (definitions.webserver_command(_GENERATION), "TERM", definitions.WEBSERVER_GRACE_SECONDS),
        "consumer": (definitions.CONSUMER_COMMAND, "INT", definitions.GRACE_SECONDS),
        "worker": (definitions.worker_command(_GENERATION), "TERM", drain_seconds),
        "beat": (definitions.BEAT_COMMAND, "TERM", definitions.GRACE_SECONDS),
        "flower": (definitions.FLOWER_COMMAND, "TERM", definitions.GRACE_SECONDS),
    }
    return {
        file_name(name): _configuration(name, command, signal, seconds)
        for name, (command, signal, seconds) in programs.items()
    }


def config_map_name(instance: str) -> str:
    """Return the name of the ConfigMap with the configurations."""
    return f"{instance}-supervisord"


def supervised(process: Process) -> Process:
    """Return a process as the image's entrypoint starts it.

    The entrypoint looks for a note of the index's version in the data directory, and indexes everything where it finds
    none: so every process needs that directory, which the migration has left in order.
    """
    folder = Variable(name="PAPERLESS_SUPERVISORD_WORKING_DIR", value=TEMPORARY_DIRECTORY)
    return replace(
        process,
        supervised=True,
        shares=process.shares | {Directory.DATA},
        environment=(*process.environment, folder),
    )


def file_name(component: str) -> str:
    """Return the name of a process's file."""
    return f"{component}.conf"


def _configuration(name: str, command: tuple[str, ...], signal: str, grace_seconds: int) -> str:
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
stopwaitsecs={grace_seconds - _MARGIN_SECONDS}
stdout_logfile=/dev/stdout
stdout_logfile_maxbytes=0
stderr_logfile=/dev/stderr
stderr_logfile_maxbytes=0
environment=USER="paperless"

[eventlistener:end-with-program]
command=python3 {_LISTENER}
events=PROCESS_STATE_EXITED,PROCESS_STATE_FATAL
stderr_logfile=/dev/stderr
stderr_logfile_maxbytes=0
"""
