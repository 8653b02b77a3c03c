"""When beat puts its tasks into the queue."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from cdk8s_paperless_ngx.checks import is_schedule, refusal

DISABLED: Final = "disable"
"""Upstream's word for a task that is never queued."""
_VARIABLES: Final = {
    "mail": "PAPERLESS_EMAIL_TASK_CRON",
    "train_classifier": "PAPERLESS_TRAIN_TASK_CRON",
    "sanity_check": "PAPERLESS_SANITY_TASK_CRON",
    "empty_trash": "PAPERLESS_EMPTY_TRASH_TASK_CRON",
    "scheduled_workflows": "PAPERLESS_WORKFLOW_SCHEDULED_TASK_CRON",
    "llm_index": "PAPERLESS_LLM_INDEX_TASK_CRON",
    "share_link_bundles": "PAPERLESS_SHARE_LINK_BUNDLE_CLEANUP_CRON",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedules:
    """Cron expressions in the instance's time zone, or `DISABLED`; unset, upstream's default.

    Args:
        mail: Fetch mail (every 10 minutes).
        train_classifier: Learn from how documents are filed (hourly).
        sanity_check: Compare database and files (Sundays at 00:30).
        empty_trash: Delete what has been in the trash for long (daily at 01:00).
        scheduled_workflows: Run workflows that are due (hourly).
        llm_index: Update the index of embeddings (daily at 02:10).
        share_link_bundles: Delete expired bundles of shared links (daily at 02:00).

    Raises:
        ValueError: An expression has not exactly five fields with single spaces between, on which every process fails.
    """

    mail: str | None = None
    train_classifier: str | None = None
    sanity_check: str | None = None
    empty_trash: str | None = None
    scheduled_workflows: str | None = None
    llm_index: str | None = None
    share_link_bundles: str | None = None

    def __post_init__(self) -> None:
        for name, value in self._given().items():
            if value != DISABLED and not is_schedule(value):
                raise refusal(
                    type(self).__name__,
                    name,
                    "a cron expression of five fields with single spaces between, or DISABLED",
                    value,
                    "for example '30 2 * * *'",
                )

    def variables(self) -> dict[str, str]:
        """Return the variables that are set."""
        return {_VARIABLES[name]: value for name, value in self._given().items()}

    def _given(self) -> dict[str, str]:
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in values if value is not None}
