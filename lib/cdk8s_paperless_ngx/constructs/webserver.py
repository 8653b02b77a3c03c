"""The webserver: user interface, REST API and status websocket."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.manifests.autoscaling import autoscale
from cdk8s_paperless_ngx.manifests.containers import gate
from cdk8s_paperless_ngx.manifests.deployments import process_deployment
from cdk8s_paperless_ngx.manifests.labels import selector_labels
from cdk8s_paperless_ngx.manifests.network_policies import only_from
from cdk8s_paperless_ngx.manifests.services import service
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import WEBSERVER, object_name
from cdk8s_paperless_ngx.model.processes.webserver import WebserverOptions, webserver
from cdk8s_paperless_ngx.validation.types import checked


class Webserver(InstancePart):
    """Granian serving ``paperless.asgi``: a Deployment and a Service, and where ``options`` say so a NetworkPolicy.

    Pods need no session affinity: sessions are in the database, and the status websocket goes through the broker.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        part: Second half of the objects' names, ``<instance>-<part>``. Requests may name the Service's host, too.
        options: How it serves.

    Raises:
        ValueError: ``part`` cannot end a name; or a header says who is logged in, and ``options`` do not say who alone
            may send it.
    """

    deployment: k8s.KubeDeployment
    service: k8s.KubeService
    network_policy: k8s.KubeNetworkPolicy | None

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        part: str = WEBSERVER,
        options: WebserverOptions = WebserverOptions(),
    ) -> None:
        super().__init__(scope, id, instance=instance)
        options.check_header(self.path, believes_header=instance.believes_header)
        name, selector = object_name(instance.name, part), selector_labels(instance.name, part)
        self.deployment = process_deployment(
            self,
            instance,
            webserver(instance, options, part),
            part=part,
            options=options,
            init_container=gate(instance, needs_index=True, environment_beside=instance.webserver_variables),
            scaling=options.scaling,
        )
        autoscale(self, instance, part, options.scaling)
        self.service = service(
            self,
            instance,
            name=name,
            selector=selector,
            target="http",
            options=options.service,
        )
        self.network_policy = None
        if options.only_from is not None:
            self.network_policy = only_from(
                self, instance, name=name, selector=selector, port="http", peers=options.only_from
            )
