"""When the rescue looks for documents that no task will store any more."""

from __future__ import annotations

from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.validation.cron import check_schedule
from cdk8s_paperless_ngx.validation.value import value


@value
class RescueOptions:
    """When the rescue looks for documents that no task will store any more.

    Args:
        schedule: When to look, as a cron expression in the cluster's time zone. A document is named by the second run
            that finds it.
        resources: CPU and memory of the pod.

    Raises:
        ValueError: ``schedule`` is not a cron expression.
    """

    schedule: str = "23 * * * *"
    resources: Resources = Resources(cpu_request="10m", memory_request="64Mi", memory_limit="256Mi")

    def __post_init__(self) -> None:
        check_schedule(type(self).__name__, "schedule", self.schedule)
