"""When tasks are queued, as Celery reads it: its rules are others than those of Kubernetes' CronJobs.

Every process reads all expressions when it starts, so that one that Celery does not take stops them all.
"""

from __future__ import annotations

import re
from typing import Final

from cdk8s_paperless_ngx.settings.kinds.kind import Kind, Problem
from cdk8s_paperless_ngx.settings.versions import Version, version_numbers
from cdk8s_paperless_ngx.validation.cron import CELERY, CRON_EXAMPLE

DISABLED: Final = "disable"
"""Upstream's word for a task that is never queued."""
_MONTHS_SINCE: Final = "2.15.1"
"""First version with Celery 5.5, which knows names of months (its own ``uv.lock``)."""
_MONTH: Final = 3


class Cron(Kind[str]):
    """When a task is queued."""

    @property
    def rule(self) -> str:
        return "a cron expression of five fields with single spaces between, or DISABLED"

    def asks(self, version: Version) -> str:
        del version
        return f"a cron expression of five fields with single spaces between, or {DISABLED}"

    def problem_with(self, value: object) -> Problem | None:
        if isinstance(value, str) and (value == DISABLED or CELERY.accepts(value)):
            return None
        if isinstance(value, str) and re.search(r"(^|[ ,])\w+/", value):
            return Problem(self.rule, value, "Celery takes a step after '*' or a range alone, as in '5-59/10 * * * *'")
        return Problem(self.rule, value, CRON_EXAMPLE)

    def problem_in(self, value: str, version: Version) -> Problem | None:
        if value == DISABLED or version >= version_numbers(_MONTHS_SINCE):
            return None
        if re.search("[A-Za-z]", value.split(" ")[_MONTH]):
            return Problem(
                "a cron expression without names of months",
                value,
                f"names were added in {_MONTHS_SINCE}; write 1 to 12",
            )
        return None

    def read(self, text: str) -> str:
        return DISABLED if text.strip().lower() == DISABLED else text
