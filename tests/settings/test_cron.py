"""Cron expressions of settings, which Celery reads and not Kubernetes."""

from __future__ import annotations

import pytest

from cdk8s_paperless_ngx.settings import DISABLED, Schedules
from cdk8s_paperless_ngx.validation.cron import KUBERNETES


@pytest.mark.parametrize(
    "schedule",
    [
        DISABLED,
        "* * * * *",
        "*/10 * * * *",
        "5-59/10 * * * *",
        "5 */1 * * *",
        "0 22-6 * * *",
        "0,30 8-18/2 1,15 1-3 mon",
        "30 0 * * sun",
        "30 0 * * Sunday",
        "0 0 * * fri-mon",
        "0 0 1 jan *",
        "0 0 1 January-mar *",
        "0 0 1 nov-feb/2 *",
    ],
)
def test_what_celery_takes(schedule):
    """Each was given to Celery 5.5.3 and 5.6.3, those without names of months to 5.4.0 too."""
    assert Schedules(mail=schedule).mail == schedule


def test_a_cron_job_is_another_matter():
    """Kubernetes takes a step after a single number, and no range that wraps around."""
    assert KUBERNETES.accepts("5/10 * * * *")
    assert not KUBERNETES.accepts("0 0 * * fri-mon")
