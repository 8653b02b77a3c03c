"""What the common Ingress controllers have to be told, each by annotations of its own.

Uploads are whole files, and the status websocket (``/ws/status/``) is silent for as long as nothing happens.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final

_MAXIMUM_UPLOAD: Final = "1g"
_SILENCE_SECONDS: Final = "3600"


class IngressController(enum.Enum):
    """The program in the cluster that serves an Ingress."""

    INGRESS_NGINX = "ingress-nginx"
    """The Kubernetes project's, which upgrades connections to websockets by itself."""
    F5_NGINX = "f5-nginx"
    """F5's, which has to be told which Services speak websocket."""
    HAPROXY = "haproxy"
    """HAProxy Technologies', which limits no upload, and keeps websockets for an hour by itself."""
    AWS_LOAD_BALANCER = "aws-load-balancer"
    """AWS's."""
    TRAEFIK = "traefik"
    """Traefik, which limits no upload and upgrades by itself. Its time-out for slow uploads (60 s) is set where its
    entry point is."""

    def annotations(self, *, service: str, prefix: str) -> Mapping[str, str]:
        """Return what the controller reads.

        Args:
            service: Name of the webserver's Service.
            prefix: Path below which the webserver serves; empty for the root.
        """
        match self:
            case IngressController.INGRESS_NGINX:
                return {
                    "nginx.ingress.kubernetes.io/proxy-body-size": _MAXIMUM_UPLOAD,
                    "nginx.ingress.kubernetes.io/proxy-read-timeout": _SILENCE_SECONDS,
                    "nginx.ingress.kubernetes.io/proxy-send-timeout": _SILENCE_SECONDS,
                }
            case IngressController.F5_NGINX:
                return {
                    "nginx.org/client-max-body-size": _MAXIMUM_UPLOAD,
                    "nginx.org/proxy-read-timeout": f"{_SILENCE_SECONDS}s",
                    "nginx.org/proxy-send-timeout": f"{_SILENCE_SECONDS}s",
                    "nginx.org/websocket-services": service,
                }
            case IngressController.HAPROXY:
                return {"haproxy.org/timeout-server": f"{_SILENCE_SECONDS}s"}
            case IngressController.AWS_LOAD_BALANCER:
                return {
                    "alb.ingress.kubernetes.io/load-balancer-attributes": (
                        f"idle_timeout.timeout_seconds={_SILENCE_SECONDS}"
                    ),
                    "alb.ingress.kubernetes.io/target-type": "ip",
                    # It asks with the pod's address as host, which Django refuses; static files come before that.
                    "alb.ingress.kubernetes.io/healthcheck-path": f"{prefix}/static/paperless/img/favicon.ico",
                }
            case IngressController.TRAEFIK:
                return {}
