"""The shapes that servers have here: one pod and one Service, and a claim where there is data to keep."""

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
    from cdk8s_paperless_ngx.processes.process import Check
    from cdk8s_paperless_ngx.resources import Resources
    from cdk8s_paperless_ngx.variable import Variable


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A server beside the application.

    Args:
        component: Label value, part of the names, and name of its port.
        name: Value of the label ``app.kubernetes.io/name``.
        image: Reference of the container's image.
        user_id: The user that the image's server runs as.
        args: Arguments of the image's entrypoint.
        environment: Of the container.
        port: Number it listens on.
        private_paths: Directories it writes, and of interest to nobody; the rest of the root is read-only.
        check: Succeeds while it answers.
        alive: Restarts it when it fails; unset, it ends by itself when something is wrong.
        grace_seconds: Between SIGTERM and SIGKILL.
        resources: CPU and memory.
    """

    component: str
    name: str
    image: str
    user_id: int
    args: tuple[str, ...] = ()
    environment: tuple[Variable, ...] = ()
    port: int
    private_paths: Mapping[str, str]
    check: Check
    alive: Check | None = None
    grace_seconds: int
    resources: Resources

    def labels(self, instance: Instance) -> dict[str, str]:
        """Return what its pods are selected by."""
        return selector_labels(instance.name, self.component, name=self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Data:
    """What a server must not lose.

    Args:
        path: Where its claim is mounted.
        size: Of the claim.
        storage_class: Of the claim; unset, the cluster's default class.
    """

    path: str
    size: str
    storage_class: str | None


def server_with_data(scope: Construct, instance: Instance, description: Server, data: Data) -> k8s.KubeStatefulSet:
    """Create claim, Service and StatefulSet of a server.

    A StatefulSet, because it never starts a second pod on the same data before the first is known to be gone, not even
    when a node vanishes. The claim stands on its own, so that it carries the annotations that keep it.
    """
    name = part_name(scope, instance, description.component)
    selector = description.labels(instance)
    claim(
        scope,
        "claim",
        name=name,
        labels=object_labels(selector),
        size=data.size,
        access_mode="ReadWriteOnce",
        storage_class=data.storage_class,
    )
    _service(scope, name, selector, description)
    return k8s.KubeStatefulSet(
        scope,
        "Default",
        metadata=k8s.ObjectMeta(name=name, labels=object_labels(selector)),
        spec=k8s.StatefulSetSpec(
            replicas=1,
            service_name=name,
            selector=k8s.LabelSelector(match_labels=selector),
            template=_template(
                instance,
                description,
                volumes=[
                    k8s.Volume(
                        name="data", persistent_volume_claim=k8s.PersistentVolumeClaimVolumeSource(claim_name=name)
                    )
                ],
                # Not the volume's root: a fresh block volume has a lost+found there, and initdb wants it empty.
                mounts=[k8s.VolumeMount(name="data", mount_path=data.path, sub_path=description.component)],
            ),
        ),
    )


def server_without_data(scope: Construct, instance: Instance, description: Server) -> k8s.KubeDeployment:
    """Create Service and Deployment of a server that only the application's processes need."""
    name = part_name(scope, instance, description.component)
    selector = description.labels(instance)
    _service(scope, name, selector, description)
    return k8s.KubeDeployment(
        scope,
        "Default",
        metadata=k8s.ObjectMeta(name=name, labels=object_labels(selector)),
        spec=k8s.DeploymentSpec(
            replicas=0 if instance.suspended else 1,
            selector=k8s.LabelSelector(match_labels=selector),
            template=_template(instance, description, volumes=[], mounts=[]),
        ),
    )


def _service(scope: Construct, name: str, selector: dict[str, str], description: Server) -> None:
    options = ServiceOptions(port=description.port)
    service_for(scope, name=name, selector=selector, target=description.component, options=options)


def _template(
    instance: Instance, description: Server, *, volumes: list[k8s.Volume], mounts: list[k8s.VolumeMount]
) -> k8s.PodTemplateSpec:
    return k8s.PodTemplateSpec(
        metadata=pod_metadata(instance, description.labels(instance), revision(instance)),
        spec=k8s.PodSpec(
            automount_service_account_token=False,
            enable_service_links=False,
            termination_grace_period_seconds=description.grace_seconds,
            security_context=fields.pod_security(description.user_id),
            priority_class_name=instance.pods.priority_class,
            image_pull_secrets=image_pull_secrets(instance.pods),
            node_selector=node_selector(instance.pods),
            tolerations=tolerations(instance.pods),
            containers=[_container(instance, description, mounts)],
            volumes=[*volumes, k8s.Volume(name="private", empty_dir=k8s.EmptyDirVolumeSource())],
        ),
    )


def _container(instance: Instance, description: Server, mounts: list[k8s.VolumeMount]) -> k8s.Container:
    private = [
        k8s.VolumeMount(name="private", mount_path=path, sub_path=name)
        for name, path in description.private_paths.items()
    ]
    return k8s.Container(
        name=description.component,
        image=instance.pods.image(description.image),
        image_pull_policy="IfNotPresent",
        args=list(description.args) or None,
        env=fields.environment(description.environment) or None,
        ports=[k8s.ContainerPort(name=description.component, container_port=description.port)],
        volume_mounts=[*mounts, *private],
        readiness_probe=fields.probe(description.check),
        liveness_probe=fields.probe(description.alive),
        resources=fields.resources(description.resources),
        security_context=fields.container_security(),
    )
