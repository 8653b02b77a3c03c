"""Ingresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.objects import metadata, owned
from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import WEBSERVER


def ingress(
    scope: Construct,
    instance: Instance,
    *,
    name: str,
    service: str,
    class_name: str | None,
    tls_secret: str | None,
    annotations: Mapping[str, str],
    further_hosts: Sequence[str] = (),
) -> k8s.KubeIngress:
    """Create an Ingress at the host and path of an instance's URL.

    Args:
        scope: Construct to create it in, as its default child.
        instance: The installation.
        name: Of the Ingress.
        service: Name of the Service that it leads to.
        class_name: Of the Ingress; unset, the cluster's default class.
        tls_secret: Name of the Secret with the certificate; unset, there is none.
        annotations: What the controller reads.
        further_hosts: Hosts beside the URL's, which lead to the same.
    """
    host = instance.url.host if instance.url else None
    hosts = [host, *further_hosts] if host else []
    backend = struct(k8s.IngressServiceBackend, name=service, port=struct(k8s.ServiceBackendPort, name="http"))
    path = struct(
        k8s.HttpIngressPath,
        path=instance.url_prefix or "/",
        path_type="Prefix",
        backend=struct(k8s.IngressBackend, service=backend),
    )
    made = k8s.KubeIngress(
        scope,
        "Default",
        metadata=metadata(name, object_labels(selector_labels(instance.name, WEBSERVER)), annotations),
        spec=struct(
            k8s.IngressSpec,
            ingress_class_name=class_name,
            tls=[struct(k8s.IngressTls, hosts=hosts, secret_name=tls_secret)] if tls_secret and hosts else None,
            rules=[
                struct(k8s.IngressRule, host=each, http=struct(k8s.HttpIngressRuleValue, paths=[path]))
                for each in (hosts or (None,))
            ],
        ),
    )
    return owned(made, instance.namespace, name)
