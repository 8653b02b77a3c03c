"""The shape that servers have here: one pod and one Service, and a claim where there is data to keep."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.claims import claim
from cdk8s_paperless_ngx.manifests.containers import container_security, environment, ports, probe, resources
from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.objects import metadata, owned
from cdk8s_paperless_ngx.manifests.pod_specs import pod_metadata, pod_spec, secret_revision
from cdk8s_paperless_ngx.manifests.scopes import scope_of
from cdk8s_paperless_ngx.manifests.services import service
from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import checked_object_name
from cdk8s_paperless_ngx.model.server import Server, StatefulServer
from cdk8s_paperless_ngx.model.service import ServiceOptions
from cdk8s_paperless_ngx.model.volumes import AccessMode
from cdk8s_paperless_ngx.validation.numbers import seconds


def stateful_server(scope: Construct, instance: Instance, server: StatefulServer) -> k8s.KubeStatefulSet:
    """Create claim, Service and StatefulSet of a server.

    A StatefulSet, because it never starts a second pod on the same data before the first is known to be gone, not even
    when a node vanishes. The claim is an object of its own, so that it carries the annotations that keep it.
    """
    name, selector = _name(scope, instance, server), _selector(instance, server)
    claim(
        scope,
        "claim",
        namespace=instance.namespace,
        name=name,
        labels=object_labels(selector),
        size=server.size,
        access_mode=AccessMode.READ_WRITE_ONCE,
        storage_class=server.storage_class,
        labels_beside=server.claim_labels,
        annotations=server.claim_annotations,
    )
    _service(scope, instance, name, server)
    # Not the volume's root: a fresh block volume has a lost+found there, and initdb wants it empty.
    mounts = [volumes.volume_mount("data", server.data_path, server.component)]
    data = [volumes.claim_volume("data", name)]
    if server.shared_memory is not None:
        mounts.append(volumes.shared_memory_mount())
        data.append(volumes.shared_memory_volume(server.shared_memory))
    made = k8s.KubeStatefulSet(
        scope,
        "Default",
        metadata=metadata(name, object_labels(selector)),
        spec=struct(
            k8s.StatefulSetSpec,
            replicas=1,
            service_name=name,
            selector=struct(k8s.LabelSelector, match_labels=selector),
            template=_template(instance, server, data, mounts),
        ),
    )
    return owned(made, instance.namespace, name)


def stateless_server(scope: Construct, instance: Instance, server: Server) -> k8s.KubeDeployment:
    """Create Service and Deployment of a server that only the application's processes need."""
    name, selector = _name(scope, instance, server), _selector(instance, server)
    _service(scope, instance, name, server)
    made = k8s.KubeDeployment(
        scope,
        "Default",
        metadata=metadata(name, object_labels(selector)),
        spec=struct(
            k8s.DeploymentSpec,
            replicas=0 if instance.suspended else 1,
            selector=struct(k8s.LabelSelector, match_labels=selector),
            template=_template(instance, server, [], []),
        ),
    )
    return owned(made, instance.namespace, name)


def _name(scope: Construct, instance: Instance, server: Server) -> str:
    return checked_object_name(scope_of(scope).path, instance.name, server.component)


def _selector(instance: Instance, server: Server) -> dict[str, str]:
    return selector_labels(instance.name, server.component, name=server.name)


def _service(scope: Construct, instance: Instance, name: str, server: Server) -> None:
    options = ServiceOptions(port=server.port)
    selector = _selector(instance, server)
    service(scope, instance, name=name, selector=selector, target=server.component, options=options)


def _template(
    instance: Instance, server: Server, data: list[k8s.Volume], mounts: list[k8s.VolumeMount]
) -> k8s.PodTemplateSpec:
    return struct(
        k8s.PodTemplateSpec,
        metadata=pod_metadata(instance, _selector(instance, server), secret_revision(instance)),
        spec=pod_spec(
            instance,
            _container(instance, server, mounts),
            # One with a claim keeps what is big there.
            [*data, volumes.private_volume(instance.private_size(documents=not isinstance(server, StatefulServer)))],
            user_id=server.user_id,
            share_process_namespace=False,
            grace_seconds=seconds(server.grace_period),
        ),
    )


def _container(instance: Instance, server: Server, mounts: list[k8s.VolumeMount]) -> k8s.Container:
    private = [volumes.private_mount(path, name) for name, path in server.private_paths.items()]
    return struct(
        k8s.Container,
        name=server.component,
        image=instance.pods.image(server.image),
        image_pull_policy="IfNotPresent",
        # What comes after the text is `$0`, by which a shell calls itself in its errors.
        command=["sh", "-c", server.start, f"start-{server.component}"] if server.start else None,
        args=list(server.args) or None,
        env=environment(server.environment) or None,
        ports=ports({server.component: server.port}),
        volume_mounts=[*mounts, *private],
        startup_probe=probe(server.startup),
        readiness_probe=probe(server.readiness),
        liveness_probe=probe(server.liveness),
        resources=resources(server.resources),
        security_context=container_security(),
    )
