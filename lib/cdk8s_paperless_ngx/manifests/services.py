"""Services."""

from __future__ import annotations

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests.containers import number_or_text
from cdk8s_paperless_ngx.manifests.labels import object_labels
from cdk8s_paperless_ngx.manifests.objects import metadata, owned
from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.service import ServiceOptions, ServiceType


def service(
    scope: Construct,
    instance: Instance,
    *,
    name: str,
    selector: dict[str, str],
    target: str,
    options: ServiceOptions = ServiceOptions(),
) -> k8s.KubeService:
    """Create the Service of one of an instance's components.

    Args:
        scope: Construct to create it in.
        instance: The installation.
        name: Of the Service.
        selector: Labels of its pods.
        target: Name of the container's port.
        options: How it is reached.
    """
    families = [family.value for family in instance.pods.ip_families]
    made = k8s.KubeService(
        scope,
        "service",
        metadata=metadata(name, object_labels(selector), options.annotations),
        spec=struct(
            k8s.ServiceSpec,
            # The default is left out, as Kubernetes writes it itself.
            type=None if options.type is ServiceType.CLUSTER_IP else options.type.value,
            selector=selector,
            ip_families=families or None,
            # Named one by one, they are there or the Service is refused, rather than one of them missing in silence.
            ip_family_policy=("RequireDualStack" if len(families) > 1 else "SingleStack") if families else None,
            ports=[
                struct(
                    k8s.ServicePort,
                    name=target,
                    port=options.port,
                    target_port=number_or_text(target),
                    node_port=options.node_port,
                )
            ],
        ),
    )
    return owned(made, instance.namespace, name)
