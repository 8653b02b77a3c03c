"""Upstream's documentation section "Audit Trail"."""

from __future__ import annotations

from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.setting import EVERYWHERE, Group, setting
from cdk8s_paperless_ngx.validation.value import value


@value
class AuditTrail(Group):
    """Who changed what.

    Raises:
        ValueError: A value has the wrong form.
    """

    enabled: bool | None = setting("PAPERLESS_AUDIT_LOG_ENABLED", Flag(), unset="true", read_by=EVERYWHERE)
    """Whether changes of documents are recorded."""
