"""Upstream's documentation section "Workflow webhooks"."""

from __future__ import annotations

from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.hosts import Scheme
from cdk8s_paperless_ngx.settings.kinds.lists import Listed
from cdk8s_paperless_ngx.settings.kinds.numbers import PORT
from cdk8s_paperless_ngx.settings.setting import WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value


@value
class Webhooks(Group):
    """What requests workflows may send.

    Raises:
        ValueError: A value has the wrong form.
    """

    allowed_schemes: tuple[str, ...] | None = setting(
        "PAPERLESS_WEBHOOKS_ALLOWED_SCHEMES",
        Listed(Scheme("a URL's scheme", "https?", "https")),
        unset="http,https",
        since="2.18.0",
        read_by=WORKER,
    )
    """Schemes of their URLs."""
    allowed_ports: tuple[int, ...] | None = setting(
        "PAPERLESS_WEBHOOKS_ALLOWED_PORTS", Listed(PORT), since="2.18.0", read_by=WORKER
    )
    """Ports they may go to; unset, all."""
    allow_internal_requests: bool | None = setting(
        "PAPERLESS_WEBHOOKS_ALLOW_INTERNAL_REQUESTS", Flag(), unset="true", since="2.18.0", read_by=WORKER
    )
    """Whether they may go to addresses that are not public."""
