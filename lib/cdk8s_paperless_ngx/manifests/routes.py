"""Routes, OpenShift's own kind of Ingress."""

from __future__ import annotations

from collections.abc import Mapping

import cdk8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.objects import custom_object
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import WEBSERVER
from cdk8s_paperless_ngx.model.public_url import PublicUrl


def route(
    scope: Construct,
    instance: Instance,
    url: PublicUrl,
    *,
    name: str,
    service: str,
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
) -> cdk8s.ApiObject:
    """Create a Route at the host and path of an instance's URL, whose TLS ends at the router.

    Args:
        scope: Construct to create it in, as its default child.
        instance: The installation.
        url: Where users reach it.
        name: Of the Route.
        service: Name of the Service that it leads to.
        labels: More labels, by which routers choose what they serve.
        annotations: What the router reads.
    """
    return custom_object(
        scope,
        "Default",
        api_version="route.openshift.io/v1",
        kind="Route",
        namespace=instance.namespace,
        name=name,
        labels={**labels, **object_labels(selector_labels(instance.name, WEBSERVER))},
        annotations=annotations,
        spec={
            "host": url.host,
            **({"path": url.prefix} if url.prefix else {}),
            # Defaults are written out, as a tool would otherwise find what OpenShift adds.
            "to": {"kind": "Service", "name": service, "weight": 100},
            "port": {"targetPort": "http"},
            "wildcardPolicy": "None",
            **(
                {"tls": {"termination": "edge", "insecureEdgeTerminationPolicy": "Redirect"}}
                if url.scheme == "https"
                else {}
            ),
        },
    )
