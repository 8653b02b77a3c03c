"""Beat: puts scheduled tasks into the queue; its pod also migrates."""

from __future__ import annotations

from dataclasses import dataclass

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_arguments, check_fields
from cdk8s_paperless_ngx.checks import check_optional_name
from cdk8s_paperless_ngx.files import Extras
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.jobs.migration import MIGRATION_MOUNTS, migration, migration_account
from cdk8s_paperless_ngx.kubernetes.workloads import process_deployment
from cdk8s_paperless_ngx.processes import definitions
from cdk8s_paperless_ngx.resources import Resources


@dataclass(frozen=True, kw_only=True, slots=True)
class BeatOptions:
    """How an instance's beat runs.

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


class Beat(Construct):
    """``celery --app paperless beat``: one Deployment of exactly one pod, whose init container is the migration.

    Two beats would double every schedule, so nothing can change the number. For the same reason the migration is here:
    this pod exists once and starts anew at every change, whereas a Job that has completed does not run again when a
    release comes back or a database is restored.

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
        check_arguments(self.node.path, Beat.__init__, locals())
        process = definitions.beat(resources)
        self.deployment = process_deployment(
            self,
            instance,
            process,
            part=process.component,
            priority_class=priority_class,
            extras=extras,
            gate=migration(instance),
            gate_mounts=MIGRATION_MOUNTS,
            service_account=migration_account(Construct(self, "migration"), instance),
        )
