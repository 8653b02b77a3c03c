"""The five processes of paperless-ngx: argv, directories, probes, signals.

Sources, all upstream: argv in ``docker/rootfs/etc/s6-overlay/s6-rc.d/svc-*/run``; directories in
``src/documents/data_models.py`` (a task's message carries a path) and ``src/paperless/checks.py``; what was measured of
signals and probes is in ``docs/decisions/0003-processes.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdk8s_paperless_ngx.checks import check_whole_number
from cdk8s_paperless_ngx.image import Generation
from cdk8s_paperless_ngx.processes.process import (
    TEMPORARY_DIRECTORY,
    CommandCheck,
    HttpCheck,
    Process,
    Rollout,
)
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.storage import Directory
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.instance import Instance
    from cdk8s_paperless_ngx.reference import SecretKey

GRACE_SECONDS: Final = 30
WEBSERVER_GRACE_SECONDS: Final = 60
WEBSERVER_PORT: Final = 8000
FLOWER_PORT: Final = 5555

# Requests are what the process takes when idle (measured: 121 to 172 MiB), rounded up; limits leave room for an index
# write of the webserver (128 MB of heap) and for whole uploads in memory.
WEBSERVER_RESOURCES: Final = Resources(cpu_request="100m", memory_request="256Mi", memory_limit="1Gi")
SMALL_RESOURCES: Final = Resources(cpu_request="25m", memory_request="192Mi", memory_limit="512Mi")


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
        cpu_request="250m", cpu_limit=str(threads), memory_request="512Mi", memory_limit=f"{threads + 1}Gi"
    )


WORKER_RESOURCES: Final = worker_resources(threads=2)


CONSUMER_COMMAND: Final = ("python3", "manage.py", "document_consumer")
BEAT_COMMAND: Final = (
    "celery", "--app", "paperless", "beat", "--loglevel", "INFO",
    "--schedule", f"{TEMPORARY_DIRECTORY}/celerybeat-schedule",
)  # fmt: skip
FLOWER_COMMAND: Final = ("celery", "--app", "paperless", "flower")


def webserver_command(generation: Generation) -> tuple[str, ...]:
    """Return what serves: granian since 2.15, gunicorn before."""
    if generation is Generation.SUPERVISORD:
        return ("gunicorn", "-c", "/usr/src/paperless/gunicorn.conf.py", "paperless.asgi:application")
    return ("granian", "--interface", "asginl", "--ws", "--loop", "uvloop", "paperless.asgi:application")


def worker_command(generation: Generation) -> tuple[str, ...]:
    """Return the worker's argv; before Celery 5.6 the nearest to taking nothing in advance is taking one task."""
    prefetch = ("--disable-prefetch",) if generation is Generation.V3 else ("--prefetch-multiplier", "1")
    return (
        "celery", "--app", "paperless", "worker", "--loglevel", "INFO", "--without-mingle", "--without-gossip",
        *prefetch, "task.acks_late=true",
    )  # fmt: skip


def _webserver_environment(generation: Generation, prefix: str, workers: int) -> dict[str, str]:
    """Return what the image's own start script would set; '::' fails on nodes without IPv6."""
    if generation is Generation.SUPERVISORD:
        return {"PAPERLESS_BIND_ADDR": "0.0.0.0", "PAPERLESS_WEBSERVER_WORKERS": str(workers)}  # noqa: S104
    found = {
        "GRANIAN_HOST": "0.0.0.0",  # noqa: S104 (in its own pod)
        "GRANIAN_PORT": str(WEBSERVER_PORT),
        "GRANIAN_WORKERS": str(workers),
    }
    return found | ({"GRANIAN_URL_PATH_PREFIX": prefix} if prefix else {})


def webserver(instance: Instance, *, granian_workers: int = 1, resources: Resources = WEBSERVER_RESOURCES) -> Process:
    """Granian with the environment that the image's own start script sets.

    Liveness asks for a file that needs no database, so that a database that is away restarts nothing; readiness renders
    the login page, which needs the database.
    """
    prefix = instance.url_prefix
    generation = instance.image.generation
    environment = _webserver_environment(generation, prefix, granian_workers)
    alive = f"{prefix}/favicon.ico"
    return Process(
        component="webserver",
        command=webserver_command(generation),
        # Export is not the process's: `kubectl exec` runs exports by hand where data and media are.
        shares=frozenset({Directory.DATA, Directory.MEDIA, Directory.SCRATCH, Directory.EXPORT}),
        environment=tuple(Variable(name=name, value=value) for name, value in environment.items()),
        ports={"http": WEBSERVER_PORT},
        # A first start without bytecode took 66 s on two busy cores.
        startup=HttpCheck(path=alive, port="http", period_seconds=2, failures=150),
        liveness=HttpCheck(path=alive, port="http", period_seconds=20, failures=6),
        readiness=HttpCheck(path=f"{prefix}/accounts/login/", port="http", period_seconds=10, failures=3),
        grace_seconds=WEBSERVER_GRACE_SECONDS,
        rollout=Rollout.ALL_AT_ONCE,
        resources=resources,
    )


def consumer(resources: Resources = SMALL_RESOURCES) -> Process:
    """Watches the consume directory; exactly one, as each keeps to itself which files it has queued.

    No probe: it has no endpoint, and a process that ended is seen by the kubelet. A stale mount could be tested for,
    but a restarted container gets the same mount again.
    """
    return Process(
        component="consumer",
        command=CONSUMER_COMMAND,
        shares=frozenset({Directory.CONSUME, Directory.SCRATCH}),
        rollout=Rollout.ONE_AT_A_TIME,
        resources=resources,
    )


def worker(instance: Instance, *, resources: Resources = WORKER_RESOURCES) -> Process:
    """Celery worker that works on one task at a time and acknowledges it when it is done.

    ``--disable-prefetch`` and ``task.acks_late`` keep a task in the broker until it ended: a worker that is killed
    loses nothing, and the queue's length tells the truth. Exec form without a shell: SIGTERM must reach Celery's main
    process alone, which then finishes its task.

    The ping costs 0.7 CPU seconds, hence the long period; it fails for 15 minutes before the pod is restarted, as a
    broker that is away must not end workers.
    """
    return Process(
        component="worker",
        command=worker_command(instance.image.generation),
        shares=frozenset({Directory.DATA, Directory.MEDIA, Directory.CONSUME, Directory.SCRATCH}),
        mounts=(instance.consume_scripts,) if instance.consume_scripts else (),
        liveness=CommandCheck(
            command=(
                "sh", "-c",
                'exec celery --app paperless inspect ping --timeout 20 --destination "celery@$(hostname)"',
            ),
            period_seconds=300,
            failures=3,
            timeout_seconds=60,
            delay_seconds=60,
        ),
        grace_seconds=instance.drain_seconds,
        rollout=Rollout.ALL_AT_ONCE,
        resources=resources,
    )  # fmt: skip


def beat(resources: Resources = SMALL_RESOURCES) -> Process:
    """Puts scheduled tasks into the queue; exactly one, as two would double every schedule.

    The schedule file is private: beat's schedules are cron expressions, which need no memory of the last run. No probe:
    beat has no endpoint, and writes the file only when a task is due, which may be once a day.
    """
    return Process(
        component="beat",
        command=BEAT_COMMAND,
        rollout=Rollout.ONE_AT_A_TIME,
        resources=resources,
    )  # fmt: skip


def flower(instance: Instance, *, user: str, password: SecretKey, resources: Resources = SMALL_RESOURCES) -> Process:
    """Celery's monitoring interface, never without a password: it can end workers and shows file names.

    Its page about the broker connects without the options in the broker's URL (flower 2.0, ``utils/broker.py``), so
    the broker's authority is made its default.
    """
    tls = instance.broker.tls
    trusted = (
        (Variable(name="SSL_CERT_FILE", value=tls.authorities("broker")),)
        if tls is not None and tls.ca is not None and instance.ca_bundle is None
        else ()
    )
    alive = HttpCheck(path="/healthcheck", port="http", period_seconds=20, failures=6)
    return Process(
        component="flower",
        command=FLOWER_COMMAND,
        environment=(
            Variable(name="BASIC_AUTH_PASSWORD", value=password),
            Variable(name="FLOWER_BASIC_AUTH", value=f"{user}:$(BASIC_AUTH_PASSWORD)"),
            Variable(name="FLOWER_PORT", value=str(FLOWER_PORT)),
            *trusted,
        ),
        ports={"http": FLOWER_PORT},
        startup=HttpCheck(path="/healthcheck", port="http", period_seconds=2, failures=150),
        liveness=alive,
        readiness=alive,
        rollout=Rollout.ALL_AT_ONCE,
        resources=resources,
    )
