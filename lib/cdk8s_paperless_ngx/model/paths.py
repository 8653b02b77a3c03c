"""Paths in containers: the one place where they are decided."""

from __future__ import annotations

import enum
from typing import Final

APPLICATION_DIRECTORY: Final = "/usr/src/paperless"
WORKING_DIRECTORY: Final = f"{APPLICATION_DIRECTORY}/src"
CONSUME_SCRIPTS_DIRECTORY: Final = f"{APPLICATION_DIRECTORY}/scripts"
BACKUP_DIRECTORY: Final = f"{APPLICATION_DIRECTORY}/backup"
WAITING_DIRECTORY: Final = f"{APPLICATION_DIRECTORY}/waiting"
"""Where a backup sees consume and scratch. Not at their own paths: the exporter's system checks write there."""
DRILL_DIRECTORY: Final = f"{APPLICATION_DIRECTORY}/drill"
"""Of what a restore drill has to tell."""
OFF_SITE_DIRECTORY: Final = f"{APPLICATION_DIRECTORY}/off-site"
"""Of what is known of a repository off-site."""
OFF_SITE_WORK: Final = "/var/lib/off-site"
"""What the containers of one pod leave for each other. Snapshots have this path in them, so it never changes."""
SSH_DIRECTORY: Final = "/etc/cdk8s-paperless-ngx/ssh"
"""Of a private key and the public one of a server."""
PASSWD: Final = "/etc/passwd"  # noqa: S105 (a file's name)
TEMPORARY_DIRECTORY: Final = "/tmp"  # noqa: S108 (a private emptyDir in every pod)
SHARED_MEMORY_DIRECTORY: Final = "/dev/shm"  # noqa: S108 (a private emptyDir, too)
LOG_DIRECTORY: Final = f"{TEMPORARY_DIRECTORY}/log"
CACHE_DIRECTORY: Final = f"{TEMPORARY_DIRECTORY}/cache"
BYTECODE_DIRECTORY: Final = "/var/cache/bytecode"
FONTCONFIG_DIRECTORY: Final = "/var/cache/fontconfig"
SCRIPTS_DIRECTORY: Final = "/opt/cdk8s-paperless-ngx"
"""Of the scripts of this library that run in pods."""
MODULES_DIRECTORY: Final = "/opt/cdk8s-paperless-ngx-modules"
"""On the module search path of the application's processes, and so with no other script in it."""
CONNECTIONS_MODULE: Final = "cdk8s_paperless_ngx_connections"
"""Makes connections to Redis notice a server that vanished."""
WORKER_MODULE: Final = "cdk8s_paperless_ngx_worker"
"""Repeats tasks that failed for a passing reason."""
CERTIFICATES_DIRECTORY: Final = "/etc/cdk8s-paperless-ngx/trust"
"""Of the certificates of authorities that are not the image's own."""
PUBLIC_CERTIFICATES: Final = "/etc/ssl/certs/ca-certificates.crt"
"""The image's own certificates of authorities (Debian's package ca-certificates)."""
SUPERVISORD_CONFIGURATION: Final = "/etc/supervisord.conf"
TOKEN_DIRECTORY: Final = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 (where client libraries look)


class Directory(enum.Enum):
    """A directory that several processes, or several generations of one pod, share."""

    DATA = "data"
    MEDIA = "media"
    CONSUME = "consume"
    SCRATCH = "scratch"
    EXPORT = "export"

    @property
    def path(self) -> str:
        """Where it is in every container: messages between processes carry paths, so it must be the same place."""
        return f"{APPLICATION_DIRECTORY}/{self.value}"


PRIVATE_DIRECTORIES: Final = {"tmp": TEMPORARY_DIRECTORY, "fontconfig": FONTCONFIG_DIRECTORY}
"""Every process writes them and no other one reads them; the rest of the root filesystem is read-only."""

RESERVED: Final = (
    *(directory.path for directory in Directory),
    BACKUP_DIRECTORY,
    WAITING_DIRECTORY,
    DRILL_DIRECTORY,
    f"{APPLICATION_DIRECTORY}/static",
    SCRIPTS_DIRECTORY,
    MODULES_DIRECTORY,
    "/etc/cdk8s-paperless-ngx",
    SUPERVISORD_CONFIGURATION,
    BYTECODE_DIRECTORY,
    FONTCONFIG_DIRECTORY,
    "/var/run/secrets",
    "/run/secrets",
    TEMPORARY_DIRECTORY,
    "/dev",
    "/proc",
    "/sys",
)
"""Where this library or the container runtime mounts something, or the image keeps what it needs."""

APPLICATION_PACKAGES: Final = ("documents", "locale", "manage.py", "paperless")
"""Beginnings of the names that are taken in `WORKING_DIRECTORY`; Python finds any other package there."""

PROGRAM_DIRECTORIES: Final = tuple(
    f"{prefix}/{name}" for prefix in ("", "/usr", "/usr/local") for name in ("bin", "sbin")
)
"""Where the official image has programs."""


def script(name: str) -> str:
    """Return the path of one of this library's scripts."""
    return f"{SCRIPTS_DIRECTORY}/{name}.py"


def shell_script(name: str) -> str:
    """Return the path of one of those that run where there is no Python."""
    return f"{SCRIPTS_DIRECTORY}/{name}.sh"


def certificate_file(name: str) -> str:
    """Return the name of a mounted certificate's file."""
    return f"{name}.crt"


def certificate(name: str) -> str:
    """Return the path of a mounted certificate."""
    return f"{CERTIFICATES_DIRECTORY}/{certificate_file(name)}"
