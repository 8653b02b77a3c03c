"""Upstream's documentation section "Trash"."""

from __future__ import annotations

import datetime as dt

from cdk8s_paperless_ngx.settings.kinds.durations import DAYS, Duration
from cdk8s_paperless_ngx.settings.setting import WEBSERVER, WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value


@value
class Trash(Group):
    """Documents that were deleted; `Schedules` says when they are looked at, `Paths` where their files go.

    Raises:
        ValueError: A value has the wrong form.
    """

    empty_trash_delay: dt.timedelta | None = setting(
        "PAPERLESS_EMPTY_TRASH_DELAY", Duration(DAYS), unset="30", since="2.10.0", read_by=WEBSERVER + WORKER
    )
    """How long they can be had back."""
