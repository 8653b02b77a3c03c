"""The webserver: user interface, REST API and status websocket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.checks import check_whole_number
from cdk8s_paperless_ngx.kubernetes.services import service
from cdk8s_paperless_ngx.kubernetes.workloads import gate, process_deployment
from cdk8s_paperless_ngx.processes import definitions

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.instance import Instance
    from cdk8s_paperless_ngx.resources import Resources


class Webserver(Construct):
    """Granian serving ``paperless.asgi``: a Deployment, and a Service on port 80.

    Pods need no session affinity: sessions are in the database, and the status websocket goes through the broker.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        part: Second half of the objects' names, ``<instance>-<part>``.
        replicas: Number of pods.
        granian_workers: ASGI worker processes in each pod; more pods serve the same end better.
        resources: CPU and memory of each pod.

    Raises:
        ValueError: A number is below 1, or ``part`` is no name.
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
        replicas: int = 1,
        granian_workers: int = 1,
        resources: Resources = definitions.WEBSERVER_RESOURCES,
    ) -> None:
        super().__init__(scope, id)
        check_whole_number(self.node.path, "replicas", replicas, minimum=1)
        check_whole_number(self.node.path, "granian_workers", granian_workers, minimum=1)
        process = definitions.webserver(instance, granian_workers=granian_workers, resources=resources)
        self.deployment = process_deployment(
            self, instance, process, part=part, replicas=replicas, gate=gate(instance, process)
        )
        self.service = service(self, instance, part=part, port=80, target="http")
