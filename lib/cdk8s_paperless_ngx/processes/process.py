"""What a process is, as a plain value: Kubernetes is one way to render it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cdk8s_paperless_ngx.storage import Directory

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.files import Mount
    from cdk8s_paperless_ngx.resources import Resources
    from cdk8s_paperless_ngx.variable import Variable

WORKING_DIRECTORY: Final = "/usr/src/paperless/src"
USER_ID: Final = 1000
"""The image's user ``paperless``; the same everywhere, as uploads lie in directories of mode 0700."""
TEMPORARY_DIRECTORY: Final = "/tmp"  # noqa: S108 (a private emptyDir in every pod)
BYTECODE_DIRECTORY: Final = "/var/cache/bytecode"
PRIVATE_PATHS: Final = {"tmp": TEMPORARY_DIRECTORY, "fontconfig": "/var/cache/fontconfig"}
"""Written by every process and of interest to none other; the rest of the root filesystem is read-only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpCheck:
    """A GET that succeeds while the process is well.

    ``Host: localhost`` always: Django refuses the pod's address once its allowed hosts are restricted, and accepts
    ``localhost`` always (upstream ``src/paperless/settings/__init__.py``).
    """

    path: str
    port: str
    period_seconds: int
    failures: int
    timeout_seconds: int = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandCheck:
    """A command that exits with 0 while the process is well."""

    command: tuple[str, ...]
    period_seconds: int
    failures: int
    timeout_seconds: int
    delay_seconds: int = 0


Check = HttpCheck | CommandCheck


class Rollout(enum.Enum):
    """How a new pod takes the place of an old one."""

    ONE_AT_A_TIME = "Recreate"
    """The old pod is gone before the new one is created: never two."""
    ALL_AT_ONCE = "RollingUpdate"
    """All old pods are told to end, and new ones start beside them and wait in their gate where they must.

    With Kubernetes' default the old pod stays until its successor is ready, which waits for the old pod to go.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """One long-running paperless-ngx program.

    Args:
        component: Label value and default part of the object names.
        command: Exec form, run in `WORKING_DIRECTORY` as `USER_ID` without the image's ``/init``.
        shares: Directories it has in common with other processes. It gets an empty private one in place of each other
            directory: system checks write a probe file into all of them (upstream ``src/paperless/checks.py``).
        environment: Besides the instance's.
        ports: Names and numbers it listens on.
        mounts: Files from elsewhere.
        startup: Must succeed once before the others count.
        liveness: Restarts the container when it fails.
        readiness: Takes the pod out of its Service while it fails.
        grace_seconds: Between SIGTERM and SIGKILL.
        supervised: Whether the image's supervisord starts it, instead of the container itself.
        rollout: How it is replaced.
        resources: CPU and memory.
    """

    component: str
    command: tuple[str, ...]
    shares: frozenset[Directory] = frozenset()
    environment: tuple[Variable, ...] = ()
    ports: dict[str, int] = field(default_factory=dict[str, int])
    mounts: tuple[Mount, ...] = ()
    startup: Check | None = None
    liveness: Check | None = None
    readiness: Check | None = None
    grace_seconds: int = 30
    supervised: bool = False
    rollout: Rollout
    resources: Resources

    @property
    def reads_bytecode(self) -> bool:
        """Whether it starts from the bytecode that the migration left on the data claim."""
        return Directory.DATA in self.shares and not self.supervised

    @property
    def private(self) -> tuple[Directory, ...]:
        """Directories of which it gets an empty one of its own."""
        return tuple(directory for directory in Directory if directory not in self.shares)
