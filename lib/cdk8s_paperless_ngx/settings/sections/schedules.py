"""Upstream's cron expressions, which stand in several sections of its documentation."""

from __future__ import annotations

from cdk8s_paperless_ngx.settings.kinds.cron import Cron
from cdk8s_paperless_ngx.settings.setting import BEAT, Group, setting
from cdk8s_paperless_ngx.validation.value import value


@value
class Schedules(Group):
    """Cron expressions in the instance's time zone, or `DISABLED`; unset, upstream's default.

    Raises:
        ValueError: Celery does not take an expression, and every process would fail: it has five fields with single
            spaces between, a step stands after ``*`` or a range alone, and months have names since 2.15.1.
    """

    mail: str | None = setting("PAPERLESS_EMAIL_TASK_CRON", Cron(), unset="*/10 * * * *", read_by=BEAT)
    """Fetch mail; unset since 3.1.0, every ten minutes with an offset of the installation's own."""
    train_classifier: str | None = setting("PAPERLESS_TRAIN_TASK_CRON", Cron(), unset="5 */1 * * *", read_by=BEAT)
    """Learn from how documents are filed."""
    optimize_index: str | None = setting("PAPERLESS_INDEX_TASK_CRON", Cron(), unset="0 0 * * *", read_by=BEAT)
    """Tidy the search index; there is nothing to do since 3.0."""
    sanity_check: str | None = setting("PAPERLESS_SANITY_TASK_CRON", Cron(), unset="30 0 * * sun", read_by=BEAT)
    """Compare database and files."""
    empty_trash: str | None = setting(
        "PAPERLESS_EMPTY_TRASH_TASK_CRON", Cron(), unset="0 1 * * *", since="2.10.0", read_by=BEAT
    )
    """Delete what has been in the trash for long."""
    scheduled_workflows: str | None = setting(
        "PAPERLESS_WORKFLOW_SCHEDULED_TASK_CRON", Cron(), unset="5 */1 * * *", since="2.14.0", read_by=BEAT
    )
    """Run workflows that are due."""
    llm_index: str | None = setting(
        "PAPERLESS_LLM_INDEX_TASK_CRON", Cron(), unset="10 2 * * *", since="3.0.0", read_by=BEAT
    )
    """Update the index of embeddings."""
    share_link_bundles: str | None = setting(
        "PAPERLESS_SHARE_LINK_BUNDLE_CLEANUP_CRON", Cron(), unset="0 2 * * *", since="3.0.0", read_by=BEAT
    )
    """Delete expired bundles of shared links."""
