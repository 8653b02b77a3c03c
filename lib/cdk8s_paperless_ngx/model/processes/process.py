"""What a process is, as a plain value: Kubernetes is one way to render it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

from cdk8s_paperless_ngx.model.extras import Extras
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.model.volumes import Mount
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.names import check_optional_name
from cdk8s_paperless_ngx.validation.numbers import check_duration, check_whole_number
from cdk8s_paperless_ngx.validation.value import value

_SECOND: Final = timedelta(seconds=1)
GRACE_PERIOD: Final = timedelta(seconds=30)
"""Of processes that end at once."""

# Requests are what the process takes when idle (measured: 121 to 172 MiB), rounded up.
SMALL_RESOURCES: Final = Resources(cpu_request="25m", memory_request="192Mi", memory_limit="512Mi")


@value
class HttpProbe:
    """A GET that succeeds while the process is well.

    It always has ``Host: localhost``: Django refuses the pod's address once its allowed hosts are restricted, and
    accepts ``localhost`` always (upstream ``src/paperless/settings/__init__.py``).

    Args:
        path: What it asks for.
        port: Name of the port.
        period: Time between two tries.
        failures: How many of them in a row mean that the process is not well.
        timeout: How long an answer may take.
    """

    path: str
    port: str
    period: timedelta
    failures: int
    timeout: timedelta = timedelta(seconds=5)


@value
class CommandProbe:
    """A command that exits with 0 while the process is well.

    Args:
        command: In exec form.
        period: Time between two tries.
        failures: How many of them in a row mean that the process is not well.
        timeout: How long it may take.
        delay: Time before the first try.
    """

    command: tuple[str, ...]
    period: timedelta
    failures: int
    timeout: timedelta
    delay: timedelta = timedelta(0)


Probe = HttpProbe | CommandProbe
ProbeT = TypeVar("ProbeT", HttpProbe, CommandProbe)


@value
class ProbeOptions:
    """How patient a probe is. What is unset is the library's own, which its process's options tell.

    Args:
        period: Time between two tries.
        failures: How many of them in a row count as a failure.
        timeout: How long one may take.

    Raises:
        ValueError: A time is not of whole seconds, or below one; or ``failures`` is below 1.
    """

    period: timedelta | None = None
    failures: int | None = None
    timeout: timedelta | None = None

    def __post_init__(self) -> None:
        where = type(self).__name__
        for argument, time in (("period", self.period), ("timeout", self.timeout)):
            if time is not None:
                check_duration(where, argument, time, minimum=_SECOND)
        if self.failures is not None:
            check_whole_number(where, "failures", self.failures, minimum=1)

    def applied_to(self, probe: ProbeT) -> ProbeT:
        """Return a probe with this in place of its own."""
        return replace(
            probe,
            period=self.period or probe.period,
            failures=self.failures or probe.failures,
            timeout=self.timeout or probe.timeout,
        )


def optional_probe(options: ProbeOptions | None, probe: ProbeT) -> ProbeT | None:
    """Return a probe as its options have it, or none where there are none."""
    return options.applied_to(probe) if options else None


class Rollout(enum.Enum):
    """How a new pod takes the place of an old one."""

    ONE_AT_A_TIME = "Recreate"
    """The old pod is gone before the new one is created: never two."""
    ALL_AT_ONCE = "RollingUpdate"
    """All old pods are told to end, and new ones start beside them and wait in their gate where they must.

    With Kubernetes' default the old pod stays until its successor is ready, which waits for the old pod to go.
    """


@value
class ProcessOptions:
    """What users may say of any process.

    Args:
        priority_class: Name of the pods' PriorityClass; unset, the instance's.
        extras: Volumes and variables of this process alone.

    Raises:
        ValueError: ``priority_class`` cannot exist in Kubernetes.
    """

    priority_class: str | None = None
    extras: Extras = Extras()

    def __post_init__(self) -> None:
        check_optional_name(type(self).__name__, "priority_class", self.priority_class)


@value
class Process:
    """One long-running paperless-ngx program.

    Args:
        component: Label value and default part of the object names.
        command: Exec form, run in the image's working directory, without the image's ``/init``.
        shares: Directories that it has in common with other processes. In place of each other directory it gets an
            empty private one: system checks write a file into all of them (upstream ``src/paperless/checks.py``).
        environment: Beside the instance's.
        ports: Names and numbers that it listens on.
        mounts: Volumes from elsewhere.
        startup: Must succeed once before the other probes count.
        liveness: Restarts the container when it fails.
        readiness: Takes the pod out of its Service while it fails.
        keep_serving: How long it goes on as before when its pod is to end; SIGTERM comes after that.
        grace_period: Between SIGTERM and SIGKILL.
        supervised: Whether the image's supervisord starts it, instead of the container itself.
        loads_modules: Whether it loads modules of this library, which its command line names.
        is_script: Whether it is a program of this library: it has none of the application's directories, settings
            and secrets but those in ``environment``, and it may ask the API server.
        writes_documents: Whether its temporary files are as big as documents.
        rollout: How it is replaced.
        resources: CPU and memory.
    """

    component: str
    command: tuple[str, ...]
    shares: frozenset[Directory] = frozenset()
    environment: tuple[Variable, ...] = ()
    ports: Mapping[str, int] = FrozenMapping()
    mounts: tuple[Mount, ...] = ()
    startup: Probe | None = None
    liveness: Probe | None = None
    readiness: Probe | None = None
    keep_serving: timedelta = timedelta(0)
    grace_period: timedelta = GRACE_PERIOD
    supervised: bool = False
    loads_modules: bool = False
    is_script: bool = False
    writes_documents: bool = False
    rollout: Rollout
    resources: Resources

    @property
    def time_to_end(self) -> timedelta:
        """How long its pod may take to end."""
        return self.keep_serving + self.grace_period

    @property
    def reads_bytecode(self) -> bool:
        """Whether it starts from the bytecode that the migration left on the data claim."""
        return Directory.DATA in self.shares and not self.supervised

    @property
    def private(self) -> tuple[Directory, ...]:
        """Directories of which it gets an empty one of its own."""
        return () if self.is_script else tuple(directory for directory in Directory if directory not in self.shares)
