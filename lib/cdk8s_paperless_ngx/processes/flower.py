"""Flower: Celery's monitoring interface."""

from __future__ import annotations

from dataclasses import dataclass

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_arguments, check_fields
from cdk8s_paperless_ngx.checks import check_optional_name, refusal
from cdk8s_paperless_ngx.files import Extras
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.kubernetes.services import service
from cdk8s_paperless_ngx.kubernetes.workloads import gate, process_deployment
from cdk8s_paperless_ngx.processes import definitions
from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.resources import Resources


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowerOptions:
    """Flower beside an instance.

    Args:
        user: Name for its basic authentication.
        password: Where its password stands; unset, one is made in the cluster (Secret ``<instance>-flower``).
        resources: CPU and memory of the pod.
        priority_class: Name of the pod's PriorityClass; unset, the instance's.
        extras: Files and variables of this process alone.

    Raises:
        ValueError: ``user`` contains what basic authentication cannot carry, or ``priority_class`` is no name.
    """

    user: str = "flower"
    password: SecretKey | None = None
    resources: Resources = definitions.SMALL_RESOURCES
    priority_class: str | None = None
    extras: Extras = Extras()

    def __post_init__(self) -> None:
        check_fields(self)
        # Flower splits its list of users at commas and a user from the password at a colon; Kubernetes expands '$('.
        if not self.user or any(character in ":,$" or character.isspace() for character in self.user):
            raise refusal(type(self).__name__, "user", "a name without ':', ',', '$' and spaces", self.user)
        check_optional_name(type(self).__name__, "priority_class", self.priority_class)


class Flower(Construct):
    """``celery --app paperless flower``: a Deployment, and a Service on port 80 inside the cluster.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation it belongs to.
        user: Name for its basic authentication.
        password: Where its password stands.
        resources: CPU and memory of the pod.
        priority_class: Name of the pod's PriorityClass; unset, the instance's.
        extras: Files and variables of this process alone.
    """

    deployment: k8s.KubeDeployment
    service: k8s.KubeService

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        user: str,
        password: SecretKey,
        resources: Resources = definitions.SMALL_RESOURCES,
        priority_class: str | None = None,
        extras: Extras = Extras(),
    ) -> None:
        super().__init__(scope, id)
        check_arguments(self.node.path, Flower.__init__, locals())
        process = definitions.flower(instance, user=user, password=password, resources=resources)
        self.deployment = process_deployment(
            self,
            instance,
            process,
            part=process.component,
            gate=gate(instance, process),
            priority_class=priority_class,
            extras=extras,
        )
        self.service = service(self, instance, part=process.component, target="http")
