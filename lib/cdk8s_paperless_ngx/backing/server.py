"""The one shape that PostgreSQL and Redis have here: one pod, one claim, one Service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.kubernetes import fields
from cdk8s_paperless_ngx.kubernetes.claims import claim
from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.kubernetes.pods import image_pull_secrets, node_selector, pod_metadata, tolerations
from cdk8s_paperless_ngx.kubernetes.services import service_for
from cdk8s_paperless_ngx.kubernetes.workloads import part_name, revision
from cdk8s_paperless_ngx.service import ServiceOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from cdk8s_paperless_ngx.instance import Instance
    from cdk8s_paperless_ngx.processes.process import CommandCheck
    from cdk8s_paperless_ngx.resources import Resources
    from cdk8s_paperless_ngx.variable import Variable


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A server with data of its own.

    Args:
        component: Label value and part of the names.
        name: Value of the label ``app.kubernetes.io/name``.
        image: Reference of the container's image.
        user_id: The user that the image's server runs as.
        args: Arguments of the image's entrypoint.
        environment: Of the container.
        port: Number it listens on.
        data_path: Where its claim is mounted.
        private_paths: Other directories it writes, and of interest to nobody.
        check: Succeeds while it answers.
        grace_seconds: Between SIGTERM and SIGKILL.
        size: Of its claim.
        storage_class: Of its claim; unset, the cluster's default class.
        resources: CPU and memory.
    """

    component: str
    name: str
    image: str
    user_id: int
    args: tuple[str, ...]
    environment: tuple[Variable, ...]
    port: int
    data_path: str
    private_paths: Mapping[str, str]
    check: CommandCheck
    grace_seconds: int
    size: str
    storage_class: str | None
    resources: Resources


def server(scope: Construct, instance: Instance, description: Server) -> k8s.KubeStatefulSet:
    """Create claim, Service and StatefulSet of a server.

    A StatefulSet, because it never starts a second pod on the same data before the first is known to be gone, not even
    when a node vanishes. The claim stands on its own, so that it carries the annotations that keep it.
    """
    name = part_name(scope, instance, description.component)
    selector = selector_labels(instance.name, description.component, name=description.name)
    labels = object_labels(selector)
    claim(
        scope,
        "claim",
        name=name,
        labels=labels,
        size=description.size,
        access_mode="ReadWriteOnce",
        storage_class=description.storage_class,
    )
    options = ServiceOptions(port=description.port)
    service_for(scope, name=name, selector=selector, target=description.component, options=options)
    return k8s.KubeStatefulSet(
        scope,
        "Default",
        metadata=k8s.ObjectMeta(name=name, labels=labels),
        spec=k8s.StatefulSetSpec(
            replicas=1,
            service_name=name,
            selector=k8s.LabelSelector(match_labels=selector),
            template=k8s.PodTemplateSpec(
                metadata=pod_metadata(instance, selector, revision(instance)),
                spec=k8s.PodSpec(
                    automount_service_account_token=False,
                    enable_service_links=False,
                    termination_grace_period_seconds=description.grace_seconds,
                    security_context=fields.pod_security(description.user_id),
                    priority_class_name=instance.pods.priority_class,
                    image_pull_secrets=image_pull_secrets(instance.pods),
                    node_selector=node_selector(instance.pods),
                    tolerations=tolerations(instance.pods),
                    containers=[_container(instance, description)],
                    volumes=[
                        k8s.Volume(
                            name="data",
                            persistent_volume_claim=k8s.PersistentVolumeClaimVolumeSource(claim_name=name),
                        ),
                        k8s.Volume(name="private", empty_dir=k8s.EmptyDirVolumeSource()),
                    ],
                ),
            ),
        ),
    )


def _container(instance: Instance, description: Server) -> k8s.Container:
    private = [
        k8s.VolumeMount(name="private", mount_path=path, sub_path=name)
        for name, path in description.private_paths.items()
    ]
    return k8s.Container(
        name=description.component,
        image=instance.pods.image(description.image),
        image_pull_policy="IfNotPresent",
        args=list(description.args) or None,
        env=fields.environment(description.environment),
        ports=[k8s.ContainerPort(name=description.component, container_port=description.port)],
        volume_mounts=[
            # Not the volume's root: a fresh block volume has a lost+found there, and initdb wants an empty directory.
            k8s.VolumeMount(name="data", mount_path=description.data_path, sub_path=description.component),
            *private,
        ],
        readiness_probe=fields.probe(description.check),
        resources=fields.resources(description.resources),
        security_context=fields.container_security(),
    )
