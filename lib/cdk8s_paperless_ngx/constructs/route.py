"""The door for users on OpenShift: a Route to the webserver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import cdk8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.manifests.routes import route
from cdk8s_paperless_ngx.model.annotations import check_own_labels
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import WEBSERVER, checked_object_name
from cdk8s_paperless_ngx.model.trusted_proxies import warn_of_one_client
from cdk8s_paperless_ngx.validation.errors import conflict
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.names import check_annotations
from cdk8s_paperless_ngx.validation.types import checked

_PATIENCE: Final = {"haproxy.router.openshift.io/timeout": "1h"}
"""The router gives an answer up after 30 seconds, which a download of many documents may take to begin."""


class Route(InstancePart):
    """A Route of OpenShift that leads to an instance's webserver, at the host and path of the instance's ``url``.

    With ``https`` in it, TLS ends at the router, whose own certificate it has, and requests without TLS are sent on to
    it. A certificate of one's own stands by value in a Route, and so is none of this library's arguments: an operator
    can put it there.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation.
        labels: More labels, by which routers choose the Routes that they serve.
        annotations: More for the router, or for others that read it. They take the place of the library's own time-out.
        part: Second half of the object's name.
        webserver: Part of the `Webserver` that it leads to.

    Raises:
        ValueError: A name, key or value cannot exist in Kubernetes, a label is the library's own, or the instance has
            no ``url``, or one with an IP address; or a header says who is logged in, which no Route can replace.

    Warns:
        UserWarning: The instance does not know its proxies, so that all who come through this one are one client.
    """

    route: cdk8s.ApiObject

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        labels: Mapping[str, str] = FrozenMapping(),
        annotations: Mapping[str, str] = FrozenMapping(),
        part: str = WEBSERVER,
        webserver: str = WEBSERVER,
    ) -> None:
        super().__init__(scope, id, instance=instance)
        path = self.path
        check_own_labels(path, "labels", labels)
        check_annotations(path, "annotations", annotations)
        url = instance.url
        if url is None:
            problem = "the instance has no URL, and OpenShift would make a host that the application knows nothing of"
            raise conflict(path, problem, "give Paperless url='https://...'")
        if url.has_ip_address:
            problem = f"the instance's URL has an IP address, {url.origin!r}, and a Route needs a name"
            raise conflict(path, problem, "give the address a name")
        if instance.believes_header:
            problem = (
                "the webserver believes a header that says who is logged in, and a Route passes on what clients send"
            )
            raise conflict(path, problem, "lead a Route of your own to the proxy that asks for a login")
        warn_of_one_client(path, instance)
        self.route = route(
            self,
            instance,
            url,
            name=checked_object_name(path, instance.name, part),
            service=checked_object_name(path, instance.name, webserver),
            labels=labels,
            annotations={**_PATIENCE, **annotations},
        )
