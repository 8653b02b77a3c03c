"""Upstream's documentation section "Database", as far as `Paperless` does not answer it."""

from __future__ import annotations

import datetime as dt

from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.settings.kinds.durations import SECONDS, Duration
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.secrets import Secret
from cdk8s_paperless_ngx.settings.setting import EVERYWHERE, Group, setting
from cdk8s_paperless_ngx.validation.value import value


@value
class ReadCache(Group):
    """Answers of the database, kept in Redis. After a database was restored: ``manage.py invalidate_cachalot``.

    Raises:
        ValueError: A value has the wrong form.
    """

    enabled: bool | None = setting(
        "PAPERLESS_DB_READ_CACHE_ENABLED", Flag(), unset="false", since="2.18.0", read_by=EVERYWHERE
    )
    """Whether they are kept."""
    ttl: dt.timedelta | None = setting(
        "PAPERLESS_READ_CACHE_TTL",
        Duration(SECONDS, maximum=31_536_000),
        unset="3600",
        since="2.18.0",
        read_by=EVERYWHERE,
    )
    """For how long; a year at most."""
    redis_url: SecretKey | None = setting(
        "PAPERLESS_READ_CACHE_REDIS_URL", Secret(), since="2.18.0", read_by=EVERYWHERE
    )
    """Where the URL stands of a Redis of its own, with the password in it; unset, the broker's is used."""
