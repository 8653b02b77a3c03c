"""The door for users: an Ingress to the webserver."""

from __future__ import annotations

from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.manifests.ingresses import ingress
from cdk8s_paperless_ngx.model.ingress_controllers import IngressController
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import WEBSERVER, checked_object_name
from cdk8s_paperless_ngx.model.public_url import is_host_name
from cdk8s_paperless_ngx.model.trusted_proxies import warn_of_one_client
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.names import check_annotations, check_optional_name
from cdk8s_paperless_ngx.validation.types import checked


class Ingress(InstancePart):
    """An Ingress that leads to an instance's webserver, at the host and path of the instance's ``url``.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation.
        class_name: Of the Ingress; unset, the cluster's default class.
        controller: The program that serves it. It is told what paperless-ngx needs: big uploads, and connections that
            are silent for an hour. Unset, it is told nothing.
        tls_secret: Name of the Secret with the certificate; unset, TLS ends before the Ingress, or there is none.
        annotations: More for the controller, or for others that read it, such as cert-manager. They take the place of
            those of ``controller``.
        part: Second half of the object's name.
        webserver: Part of the `Webserver` that it leads to.
        further_hosts: More names that lead there, beside the host of the instance's ``url``; the certificate must be
            for all of them.

    Raises:
        ValueError: A name or an annotation's key cannot exist in Kubernetes; there is a certificate, and the instance
            has no ``url`` or one without TLS; the ``url`` has an IP address, which no Ingress can have; or a
            further host is none, is the URL's own, or is one that the application would not answer to; or a header says
            who is logged in, and there are no annotations by which the controller could replace it.

    Warns:
        UserWarning: The instance does not know its proxies, so that all who come through this one are one client.
    """

    ingress: k8s.KubeIngress

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        class_name: str | None = None,
        controller: IngressController | None = None,
        tls_secret: str | None = None,
        annotations: Mapping[str, str] = FrozenMapping(),
        part: str = WEBSERVER,
        webserver: str = WEBSERVER,
        further_hosts: tuple[str, ...] = (),
    ) -> None:
        super().__init__(scope, id, instance=instance)
        path = self.path
        check_optional_name(path, "class_name", class_name)
        check_optional_name(path, "tls_secret", tls_secret)
        check_annotations(path, "annotations", annotations)
        url = instance.url
        if tls_secret is not None and (url is None or url.scheme != "https"):
            problem = f"tls_secret {tls_secret!r} needs an instance with an https URL, got {url and url.origin!r}"
            advice = "give Paperless url='https://...', which names the host and tells the application of TLS"
            raise conflict(path, problem, advice)
        if url is not None and url.has_ip_address:
            problem = f"the instance's URL has an IP address, {url.origin!r}, and an Ingress needs a name"
            raise conflict(path, problem, "give the address a name, or use a Service of type LoadBalancer")
        _check_further_hosts(path, instance, further_hosts)
        if instance.believes_header and not annotations:
            problem = "the webserver believes a header that says who is logged in, and this passes on what clients send"
            advice = "have the controller ask for a login, and replace the header, by annotations"
            raise conflict(path, problem, advice)
        warn_of_one_client(path, instance)
        service = checked_object_name(path, instance.name, webserver)
        if controller is not None:
            annotations = {**controller.annotations(service=service, prefix=instance.url_prefix), **annotations}
        self.ingress = ingress(
            self,
            instance,
            name=checked_object_name(path, instance.name, part),
            service=service,
            class_name=class_name,
            tls_secret=tls_secret,
            annotations=annotations,
            further_hosts=further_hosts,
        )


def _check_further_hosts(path: str, instance: Instance, hosts: tuple[str, ...]) -> None:
    """Refuse what the Ingress or the application would not take for a host of this instance."""
    url = instance.url
    if hosts and url is None:
        raise conflict(path, f"further_hosts {hosts} are beside no URL", "give Paperless url='https://...'")
    for host in hosts:
        if not is_host_name(host):
            advice = "a part in front may be '*'"
            raise refusal(path, "further_hosts", "names in lower case, without scheme and port", host, advice)
        if (url and host == url.host) or hosts.count(host) > 1:
            raise conflict(path, f"further_hosts has {host!r} twice, or it is that of the url", "drop it")
        # Django's form of "whatever is below".
        if not {host, host.removeprefix("*"), f".{host.partition('.')[2]}", "*"} & set(instance.allowed_hosts):
            advice = (
                "name it in Paperless's Settings(hosting=Hosting(allowed_hosts=..., csrf_trusted_origins=...)), "
                f"there as {host.removeprefix('*')!r} and 'https://{host}'"
            )
            raise conflict(path, f"the application answers to no request for {host!r}, which further_hosts has", advice)
