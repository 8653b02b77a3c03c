"""The webserver: user interface, REST API and status websocket."""

from __future__ import annotations

from dataclasses import dataclass

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_arguments, check_fields
from cdk8s_paperless_ngx.checks import check_optional_name, check_whole_number
from cdk8s_paperless_ngx.files import Extras
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.kubernetes.autoscaling import autoscale
from cdk8s_paperless_ngx.kubernetes.services import service
from cdk8s_paperless_ngx.kubernetes.workloads import gate, process_deployment
from cdk8s_paperless_ngx.processes import definitions
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.scaling import ByCpu, Fixed, check_cpu
from cdk8s_paperless_ngx.service import ServiceOptions


@dataclass(frozen=True, kw_only=True, slots=True)
class WebserverOptions:
    """How an instance's webserver serves.

    Args:
        scaling: How many pods there are: `Fixed` or `ByCpu`.
        granian_workers: ASGI worker processes in each pod.
        resources: CPU and memory of each pod.
        priority_class: Name of the pods' PriorityClass; unset, the instance's.
        extras: Files and variables of this process alone.
        service: How the Service is reached.

    Raises:
        ValueError: A number is below 1, the scaling can never act or is by queue, or ``priority_class`` is no name.
    """

    scaling: Fixed | ByCpu = Fixed()
    granian_workers: int = 1
    resources: Resources = definitions.WEBSERVER_RESOURCES
    priority_class: str | None = None
    extras: Extras = Extras()
    service: ServiceOptions = ServiceOptions()

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        check_whole_number(where, "granian_workers", self.granian_workers, minimum=1)
        check_cpu(where, self.scaling, self.resources.cpu_limit)
        check_optional_name(where, "priority_class", self.priority_class)


class Webserver(Construct):
    """Granian serving ``paperless.asgi``: a Deployment, and a Service.

    Pods need no session affinity: sessions are in the database, and the status websocket goes through the broker.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        part: Second half of the objects' names, ``<instance>-<part>``.
        scaling: How many pods there are: `Fixed` or `ByCpu`.
        granian_workers: ASGI worker processes in each pod; more pods serve the same end better.
        resources: CPU and memory of each pod.
        priority_class: Name of the pods' PriorityClass; unset, the instance's.
        extras: Files and variables of this process alone.
        service_options: How the Service is reached.

    Raises:
        ValueError: A number is below 1, the scaling can never act, or ``part`` is no name.
    """

    deployment: k8s.KubeDeployment
    service: k8s.KubeService

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        part: str = "webserver",
        scaling: Fixed | ByCpu = Fixed(),
        granian_workers: int = 1,
        resources: Resources = definitions.WEBSERVER_RESOURCES,
        priority_class: str | None = None,
        extras: Extras = Extras(),
        service_options: ServiceOptions = ServiceOptions(),
    ) -> None:
        super().__init__(scope, id)
        check_arguments(self.node.path, Webserver.__init__, locals())
        check_cpu(self.node.path, scaling, resources.cpu_limit)
        check_whole_number(self.node.path, "granian_workers", granian_workers, minimum=1)
        process = definitions.webserver(instance, granian_workers=granian_workers, resources=resources)
        self.deployment = process_deployment(
            self,
            instance,
            process,
            part=part,
            gate=gate(instance, process),
            scaling=scaling,
            priority_class=priority_class,
            extras=extras,
        )
        autoscale(self, instance, part, scaling)
        self.service = service(self, instance, part=part, target="http", options=service_options)
