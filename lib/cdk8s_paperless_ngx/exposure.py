"""The door for users: an Ingress to the webserver."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_arguments
from cdk8s_paperless_ngx.checks import check_annotations, check_optional_name, refusal
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.kubernetes.workloads import part_name

# Uploads are whole files, and the status websocket (``/ws/status/``) is silent for as long as nothing happens.
_MAXIMUM_UPLOAD: Final = "1g"
_SILENCE_SECONDS: Final = 3600

INGRESS_NGINX: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nginx.ingress.kubernetes.io/proxy-body-size": _MAXIMUM_UPLOAD,
        "nginx.ingress.kubernetes.io/proxy-read-timeout": str(_SILENCE_SECONDS),
        "nginx.ingress.kubernetes.io/proxy-send-timeout": str(_SILENCE_SECONDS),
    }
)
"""For the Kubernetes project's controller, which upgrades connections to websockets by itself."""
F5_NGINX: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nginx.org/client-max-body-size": _MAXIMUM_UPLOAD,
        "nginx.org/proxy-read-timeout": f"{_SILENCE_SECONDS}s",
        "nginx.org/proxy-send-timeout": f"{_SILENCE_SECONDS}s",
        "nginx.org/websocket-services": "{service}",
    }
)
"""For F5's controller, which has to be told which Services speak websocket: ``{service}`` becomes the webserver's."""
HAPROXY: Final[Mapping[str, str]] = MappingProxyType({"haproxy.org/timeout-server": f"{_SILENCE_SECONDS}s"})
"""For HAProxy Technologies' controller, which bounds no upload, and keeps websockets for an hour by itself."""
AWS_LOAD_BALANCER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alb.ingress.kubernetes.io/load-balancer-attributes": f"idle_timeout.timeout_seconds={_SILENCE_SECONDS}",
        "alb.ingress.kubernetes.io/target-type": "ip",
        # It asks with the pod's address as host, which Django refuses; static files come before that.
        "alb.ingress.kubernetes.io/healthcheck-path": "{prefix}/static/paperless/img/favicon.ico",
    }
)
"""For AWS's controller: ``{prefix}`` becomes the path below which the webserver serves."""
TRAEFIK: Final[Mapping[str, str]] = MappingProxyType({})
"""For Traefik, which bounds no upload and upgrades by itself; its timeout for slow uploads (60 s) is set where its
entry point is."""


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Ingress(Construct):
    """An Ingress that leads to an instance's webserver, at the host and path of the instance's ``url``.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation.
        class_name: Of the Ingress; unset, the cluster's default class.
        tls_secret: Name of the Secret with the certificate; unset, TLS ends before the Ingress, or there is none.
        annotations: What the controller reads: one of the named values for the common controllers, perhaps with more,
            as in ``{**INGRESS_NGINX, "cert-manager.io/cluster-issuer": "letsencrypt"}``.
        part: Second half of the object's name.

    Raises:
        ValueError: A name or an annotation's key cannot exist in Kubernetes; there is a certificate, and the instance
            has no ``url`` or one without TLS; or the ``url`` has an IP address, which no Ingress can have.
    """

    ingress: k8s.KubeIngress

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        class_name: str | None = None,
        tls_secret: str | None = None,
        annotations: Mapping[str, str] = TRAEFIK,
        part: str = "webserver",
    ) -> None:
        super().__init__(scope, id)
        check_arguments(self.node.path, Ingress.__init__, locals())
        path = self.node.path
        check_optional_name(path, "class_name", class_name)
        check_optional_name(path, "tls_secret", tls_secret)
        check_annotations(path, "annotations", annotations)
        address = instance.address
        if tls_secret is not None and (address is None or address.scheme != "https"):
            advice = "give Paperless url='https://...', which names the host and tells the application of TLS"
            got = address.origin if address else None
            raise refusal(path, "instance.url", "an https URL beside a tls_secret", got, advice)
        if address is not None and _is_ip_address(address.host):
            advice = "give the address a name, or use a Service of type LoadBalancer"
            raise refusal(path, "instance.url", "a URL with a host name beside an Ingress", address.origin, advice)
        service = f"{instance.name}-webserver"
        prefix = instance.url_prefix
        found = {
            key: value.replace("{service}", service).replace("{prefix}", prefix) for key, value in annotations.items()
        }
        host = address.host if address else None
        backend = k8s.IngressServiceBackend(name=service, port=k8s.ServiceBackendPort(name="http"))
        self.ingress = k8s.KubeIngress(
            self,
            "Default",
            metadata=k8s.ObjectMeta(
                name=part_name(self, instance, part),
                labels=object_labels(selector_labels(instance.name, "webserver")),
                annotations=found or None,
            ),
            spec=k8s.IngressSpec(
                ingress_class_name=class_name,
                tls=[k8s.IngressTls(hosts=[host], secret_name=tls_secret)] if tls_secret and host else None,
                rules=[
                    k8s.IngressRule(
                        host=host,
                        http=k8s.HttpIngressRuleValue(
                            paths=[
                                k8s.HttpIngressPath(
                                    path=prefix or "/",
                                    path_type="Prefix",
                                    backend=k8s.IngressBackend(service=backend),
                                )
                            ]
                        ),
                    )
                ],
            ),
        )
