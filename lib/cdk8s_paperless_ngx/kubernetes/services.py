"""Services inside the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.kubernetes.workloads import part_name
from cdk8s_paperless_ngx.service import ServiceOptions, ServiceType

if TYPE_CHECKING:
    from constructs import Construct

    from cdk8s_paperless_ngx.instance import Instance


def service(
    scope: Construct,
    instance: Instance,
    *,
    part: str,
    target: str,
    options: ServiceOptions = ServiceOptions(),
) -> k8s.KubeService:
    """Create the Service of one of an instance's processes.

    Args:
        scope: Construct to create it in.
        instance: The installation.
        part: Which of its Deployments.
        target: Name of the container's port.
        options: How it is reached.
    """
    selector = selector_labels(instance.name, part)
    return service_for(scope, name=part_name(scope, instance, part), selector=selector, target=target, options=options)


def service_for(
    scope: Construct, *, name: str, selector: dict[str, str], target: str, options: ServiceOptions
) -> k8s.KubeService:
    """Create a Service for the pods that a selector names."""
    return k8s.KubeService(
        scope,
        "service",
        metadata=k8s.ObjectMeta(
            name=name, labels=object_labels(selector), annotations=dict(options.annotations) or None
        ),
        spec=k8s.ServiceSpec(
            # The default is left out, as Kubernetes writes it itself.
            type=None if options.type is ServiceType.CLUSTER_IP else options.type.value,
            selector=selector,
            ports=[
                k8s.ServicePort(
                    name=target,
                    port=options.port,
                    target_port=k8s.IntOrString.from_string(target),
                    node_port=options.node_port,
                )
            ],
        ),
    )
