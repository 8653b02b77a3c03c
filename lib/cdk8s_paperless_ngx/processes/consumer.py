"""The consumer: watches the consume directory and puts its files into the queue."""

from __future__ import annotations

from dataclasses import dataclass

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_arguments, check_fields
from cdk8s_paperless_ngx.checks import check_optional_name
from cdk8s_paperless_ngx.files import Extras
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.kubernetes.workloads import gate, process_deployment
from cdk8s_paperless_ngx.processes import definitions
from cdk8s_paperless_ngx.resources import Resources


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsumerOptions:
    """How an instance's consumer runs.

    Args:
        resources: CPU and memory of the pod.
        priority_class: Name of the pod's PriorityClass; unset, the instance's.
        extras: Files and variables of this process alone.

    Raises:
        ValueError: ``priority_class`` is no name.
    """

    resources: Resources = definitions.SMALL_RESOURCES
    priority_class: str | None = None
    extras: Extras = Extras()

    def __post_init__(self) -> None:
        check_fields(self)
        check_optional_name(type(self).__name__, "priority_class", self.priority_class)


class Consumer(Construct):
    """``manage.py document_consumer``: one Deployment of exactly one pod.

    Two consumers would queue every file twice, so nothing can change the number, and the old pod is gone before a new
    one is created.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        resources: CPU and memory of the pod.
        priority_class: Name of the pod's PriorityClass; unset, the instance's.
        extras: Files and variables of this process alone.
    """

    deployment: k8s.KubeDeployment

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        resources: Resources = definitions.SMALL_RESOURCES,
        priority_class: str | None = None,
        extras: Extras = Extras(),
    ) -> None:
        super().__init__(scope, id)
        check_arguments(self.node.path, Consumer.__init__, locals())
        process = definitions.consumer(resources)
        self.deployment = process_deployment(
            self,
            instance,
            process,
            part=process.component,
            gate=gate(instance, process),
            priority_class=priority_class,
            extras=extras,
        )
