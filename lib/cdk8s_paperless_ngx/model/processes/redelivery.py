"""The redelivery: gives messages back whose worker is gone, and queues again what is due for another try."""

from __future__ import annotations

from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import REDELIVERY
from cdk8s_paperless_ngx.model.processes.process import Process, ProcessOptions, Rollout
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.value import value

# Measured: 29 MiB, and less than a thousandth of a core.
_RESOURCES: Final = Resources(cpu_request="5m", memory_request="32Mi", memory_limit="128Mi")


@value
class RedeliveryOptions(ProcessOptions):
    """How the redelivery runs.

    Args:
        resources: CPU and memory of the pod.
        priority_class: Name of the pod's PriorityClass; unset, the instance's.
        extras: Volumes and variables of this process alone.

    Raises:
        ValueError: ``priority_class`` cannot exist in Kubernetes.
    """

    resources: Resources = _RESOURCES


def redelivery(instance: Instance, options: RedeliveryOptions) -> Process:
    """A script of this library. There is one; two for a moment would do no harm, as each move is a transaction.

    It has no probe: it waits for Redis and for the API server as long as they are away, and ends where it is wrong.
    """
    return Process(
        component=REDELIVERY,
        command=("python3", paths.script("redelivery")),
        environment=(
            *instance.broker.secret_variables(),
            *(Variable(name=name, value=text) for name, text in instance.broker.variables().items()),
            Variable(name="INSTANCE", value=instance.name),
        ),
        is_script=True,
        rollout=Rollout.ONE_AT_A_TIME,
        resources=options.resources,
    )
