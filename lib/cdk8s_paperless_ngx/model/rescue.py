"""What is done about documents that were left in scratch."""

from __future__ import annotations

from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.validation.cron import check_schedule
from cdk8s_paperless_ngx.validation.numbers import check_whole_number
from cdk8s_paperless_ngx.validation.value import value


@value
class RescueOptions:
    """What is done about documents that were left in scratch.

    Args:
        schedule: When to look, as a cron expression in the cluster's time zone. A document is acted upon by the second
            run that finds it.
        retries: How often a document is put into the consume directory; 0 only reports. What was given at an upload
            (tags, title, owner) is lost then, as the file is all there is.
        resources: CPU and memory of the pod.

    Raises:
        ValueError: ``schedule`` is not a cron expression, or ``retries`` is not a number from 0 to 10.
    """

    schedule: str = "23 * * * *"
    retries: int = 0
    resources: Resources = Resources(cpu_request="10m", memory_request="64Mi", memory_limit="256Mi")

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_schedule(where, "schedule", self.schedule)
        check_whole_number(where, "retries", self.retries, minimum=0, maximum=10)
