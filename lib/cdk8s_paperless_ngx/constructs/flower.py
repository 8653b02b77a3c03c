"""Flower: Celery's monitoring interface."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.manifests.containers import gate
from cdk8s_paperless_ngx.manifests.deployments import process_deployment
from cdk8s_paperless_ngx.manifests.labels import selector_labels
from cdk8s_paperless_ngx.manifests.services import service
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import FLOWER, object_name
from cdk8s_paperless_ngx.model.processes.flower import FlowerOptions, flower
from cdk8s_paperless_ngx.validation.types import checked


class Flower(InstancePart):
    """``celery --app paperless flower``: a Deployment, and a Service on port 80 inside the cluster.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        options: Who may use it, and how it runs. `Paperless` has the password made where none is named; a Flower of its
            own uses the Secret of that name, or the one that it names.
    """

    deployment: k8s.KubeDeployment
    service: k8s.KubeService

    @checked
    def __init__(
        self, scope: Construct, id: str, *, instance: Instance, options: FlowerOptions = FlowerOptions()
    ) -> None:
        super().__init__(scope, id, instance=instance)
        self.deployment = process_deployment(
            self,
            instance,
            flower(instance, options),
            part=FLOWER,
            options=options,
            init_container=gate(instance, needs_index=False),
        )
        self.service = service(
            self,
            instance,
            name=object_name(instance.name, FLOWER),
            selector=selector_labels(instance.name, FLOWER),
            target="http",
        )
