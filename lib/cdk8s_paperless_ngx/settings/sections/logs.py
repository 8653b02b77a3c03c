"""Upstream's documentation section "Logging"."""

from __future__ import annotations

from typing import Final

from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.numbers import Whole
from cdk8s_paperless_ngx.settings.setting import EVERYWHERE, Group, setting
from cdk8s_paperless_ngx.validation.value import value

_FILES: Final = 3
_MAX_SIZE_BYTES: Final = 1024**2
_MAX_BACKUPS: Final = 20


@value
class Logging(Group):
    """Log files, of which each pod has its own; all of it goes to the pod's log as well.

    Raises:
        ValueError: A value has the wrong form.
    """

    logrotate_max_size_bytes: int | None = setting(
        "PAPERLESS_LOGROTATE_MAX_SIZE", Whole(minimum=1, unit="bytes"), unset=str(_MAX_SIZE_BYTES), read_by=EVERYWHERE
    )
    """Bytes after which a new file is begun."""
    logrotate_max_backups: int | None = setting(
        "PAPERLESS_LOGROTATE_MAX_BACKUPS", Whole(), unset=str(_MAX_BACKUPS), read_by=EVERYWHERE
    )
    """How many old files are kept."""
    debug: bool | None = setting("PAPERLESS_DEBUG", Flag(), unset="false", read_by=EVERYWHERE)
    """Whether Django shows its insides to everybody: never where anybody else can see it."""

    @property
    def disk_bytes(self) -> int:
        """What all files of one process take at most (upstream's ``LOGGING`` has three, for mails and Celery, too)."""
        size = _MAX_SIZE_BYTES if self.logrotate_max_size_bytes is None else self.logrotate_max_size_bytes
        backups = _MAX_BACKUPS if self.logrotate_max_backups is None else self.logrotate_max_backups
        return _FILES * size * (backups + 1)
