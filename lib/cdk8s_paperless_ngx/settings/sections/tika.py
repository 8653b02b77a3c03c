"""Upstream's documentation section "Optional Services"."""

from __future__ import annotations

import enum
from collections.abc import Iterator

from cdk8s_paperless_ngx.settings.kinds.choices import OneOf
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.hosts import WebAddress
from cdk8s_paperless_ngx.settings.kinds.kind import Problem
from cdk8s_paperless_ngx.settings.setting import CONSUMER, WEBSERVER, WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value


class EmailLayout(enum.Enum):
    """What the PDF of a mail shows."""

    TEXT_THEN_HTML = 1
    HTML_THEN_TEXT = 2
    HTML_ONLY = 3
    TEXT_ONLY = 4


@value
class Tika(Group):
    """Office documents and mails, read by Apache Tika and printed by Gotenberg.

    Raises:
        ValueError: A value has the wrong form, or they are enabled and it is not said where they are.
    """

    enabled: bool | None = setting(
        "PAPERLESS_TIKA_ENABLED", Flag(), unset="false", read_by=WEBSERVER + CONSUMER + WORKER
    )
    """Whether such files are taken."""
    endpoint: str | None = setting(
        "PAPERLESS_TIKA_ENDPOINT", WebAddress(), unset="http://localhost:9998", read_by=WORKER
    )
    """Where Tika is."""
    gotenberg_endpoint: str | None = setting(
        "PAPERLESS_TIKA_GOTENBERG_ENDPOINT", WebAddress(), unset="http://localhost:3000", read_by=WORKER
    )
    """Where Gotenberg is."""
    email_parse_default_layout: EmailLayout | None = setting(
        "PAPERLESS_EMAIL_PARSE_DEFAULT_LAYOUT", OneOf(EmailLayout), unset="1", since="2.15.0", read_by=WORKER
    )
    """What the PDF of a mail shows when no rule says it."""

    def contradictions(self) -> Iterator[tuple[str, Problem]]:
        """Yield a missing address: upstream's default is the pod itself, where nobody answers."""
        if self.enabled and (self.endpoint is None or self.gotenberg_endpoint is None):
            rule = "used with {endpoint} and {gotenberg_endpoint}"
            yield (
                "enabled",
                Problem(
                    rule,
                    self.enabled,
                    "upstream's defaults are inside the pod; or leave all three out and pass tika=BundledTika()",
                ),
            )
