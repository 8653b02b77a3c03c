"""Where backups are kept off-site: restic repositories, and how many snapshots stay there."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.references import ConfigMapKey, SecretKey, Variable
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.numbers import check_whole_number
from cdk8s_paperless_ngx.validation.secrecy import looks_like_a_secret
from cdk8s_paperless_ngx.validation.value import value

RESTIC_IMAGE: Final = (
    "docker.io/restic/restic:0.18.1@sha256:39d9072fb5651c80d75c7a811612eb60b4c06b32ffe87c2e9f3c7222e1797e76"
)
"""restic's official image: it has a shell and an SSH client beside restic (its ``docker/Dockerfile``)."""
_BACKENDS: Final = ("s3", "sftp", "rest", "b2", "azure", "gs", "swift")
"""That restic has built in and that are somewhere else; ``rclone`` takes a program that its image lacks."""
_LOGIN: Final = r"//[^/\s@]*:(?!\d*/)\S*@"
"""In a location: a colon that no port follows, and later an ``@``; a password may have a slash in it."""
_SECRETS: Final = frozenset({"AZURE_ACCOUNT_SAS", "ST_KEY"})
"""Variables of restic's storage that are secret and have no such name (its documentation, *Environment Variables*)."""
_HOST: Final = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?"


@value
class Ssh:
    """How to log in to an SFTP server.

    Args:
        key: Where the private key is stored, in OpenSSH's format and without a passphrase.
        known_hosts: Where the server's public key is stored, as a line of a file ``known_hosts``
            (``ssh-keyscan -p PORT HOST`` prints it; compare it with what the server's owner says).
    """

    key: SecretKey
    known_hosts: SecretKey | ConfigMapKey


@value
class Repository:
    """A restic repository: where a backup is kept off-site, encrypted.

    Args:
        location: As restic names it: ``s3:https://s3.example.org/bucket/folder``,
            ``sftp://user@host:22//absolute/folder``, ``rest:https://host:8000/folder``. No password in it.
        password: Where the repository's password is stored. **Keep it elsewhere, too**: without it nothing can be read.
        variables: What the storage's server asks for, such as ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``, or
            ``RESTIC_REST_USERNAME`` and ``RESTIC_REST_PASSWORD``; secret ones as `SecretKey`.
        ssh: How to log in; SFTP needs it, and nothing else takes it.
        host: Under which name snapshots are kept; unset, the instance's name. Instances of one name that share a
            repository need one each: in one app they are refused otherwise, and a restore of the newest is.
        image: Of restic, 0.17 or later, with ``sh`` in it and for SFTP ``ssh``.

    Raises:
        ValueError: ``location`` is none of another machine, or has a password in it; a variable is said twice, is one
            that the arguments here set, or looks like a secret and is no `SecretKey`; there is `ssh` without SFTP, or
            SFTP without it; ``host`` is no name.
    """

    location: str
    password: SecretKey
    variables: tuple[Variable, ...] = ()
    ssh: Ssh | None = None
    host: str | None = None
    image: str = RESTIC_IMAGE

    def __post_init__(self) -> None:
        where = type(self).__name__
        if re.search(_LOGIN, self.location):
            advice = "it would be in git; name where it is stored, as RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD"
            raise conflict(where, "location has a password in it", f"{advice} among variables, or as ssh")
        backend = self.location.partition(":")[0]
        if backend not in _BACKENDS or not re.fullmatch(r"[a-z0-9]+:\S+", self.location):
            rule = f"a restic repository that begins with {', '.join(f'{name}:' for name in _BACKENDS)}"
            advice = "for example 's3:https://s3.example.org/bucket/folder'"
            raise refusal(where, "location", rule, self.location, advice)
        if backend == "sftp" and self.ssh is None:
            raise conflict(where, "location is on an SFTP server, and ssh does not say how to log in", "add ssh")
        if backend != "sftp" and self.ssh is not None:
            raise conflict(where, f"ssh is of no use to {backend!r}", "drop it")
        if self.host is not None and not re.fullmatch(_HOST, self.host):
            raise refusal(where, "host", "letters, digits, '-', '_' and '.'", self.host)
        if not self.image or re.search(r"\s", self.image) or ":latest" in self.image:
            raise refusal(where, "image", "the reference of an image that stays what it is", self.image)
        self._check_variables(where)

    def _check_variables(self, where: str) -> None:
        seen: set[str] = set()
        for variable in self.variables:
            name, text = variable.name, variable.value
            if name in seen:
                raise conflict(where, f"variables has {name} twice", "drop one of the two")
            seen.add(name)
            if name in _OWN or name.startswith(("OFF_SITE_", "RESTIC_PASSWORD_")):
                raise conflict(where, f"{name} in variables is set by another argument", "drop it")
            if isinstance(text, str) and (name in _SECRETS or looks_like_a_secret(name, text)):
                advice = "it would be in git; name where it is stored, as SecretKey(secret=..., key=...)"
                raise conflict(where, f"the value of {name} in variables looks like a secret", advice)

    def host_of(self, instance: str) -> str:
        """Return under which name the snapshots of an instance are kept."""
        return self.host or instance

    def environment(self, instance: str) -> tuple[Variable, ...]:
        """Return what restic is told by variables.

        Args:
            instance: Name of the installation.
        """
        options = f"-i {paths.SSH_DIRECTORY}/key -o UserKnownHostsFile={paths.SSH_DIRECTORY}/known_hosts"
        checked = f"{options} -o StrictHostKeyChecking=yes -o BatchMode=yes -o ServerAliveInterval=60"
        return (
            Variable(name="RESTIC_REPOSITORY", value=self.location),
            Variable(name="RESTIC_PASSWORD", value=self.password),
            Variable(name="RESTIC_CACHE_DIR", value=f"{paths.CACHE_DIRECTORY}/restic"),
            Variable(name="OFF_SITE_HOST", value=self.host_of(instance)),
            Variable(name="OFF_SITE_WORK", value=paths.OFF_SITE_WORK),
            *((Variable(name="OFF_SITE_SSH", value=checked),) if self.ssh else ()),
            *self.variables,
        )


_OWN: Final = frozenset({"RESTIC_REPOSITORY", "RESTIC_REPOSITORY_FILE", "RESTIC_PASSWORD", "RESTIC_CACHE_DIR", "HOME"})


@value
class Retention:
    """Which snapshots stay off-site: the newest of each of the last days, weeks, months and years that have one.

    Newest is what has the highest number: dates only tell days apart, as clocks jump. The last two generations stay
    whatever is said here. Snapshots that this backup's folder did not push are never removed.

    Args:
        daily: Of how many days.
        weekly: Of how many weeks.
        monthly: Of how many months.
        yearly: Of how many years.

    Raises:
        ValueError: A number is negative, or all are 0.
    """

    daily: int = 14
    weekly: int = 8
    monthly: int = 12
    yearly: int = 3

    def __post_init__(self) -> None:
        where = type(self).__name__
        numbers = {known.name: getattr(self, known.name) for known in fields(self)}
        for name, number in numbers.items():
            check_whole_number(where, name, number, minimum=0)
        if not any(numbers.values()):
            raise conflict(where, "daily, weekly, monthly and yearly are all 0", "say how many snapshots stay")

    @property
    def words(self) -> tuple[str, ...]:
        """What a push is told, as ``daily=14``."""
        numbers = {known.name: getattr(self, known.name) for known in fields(self)}
        return tuple(f"{name}={number}" for name, number in numbers.items() if number)
