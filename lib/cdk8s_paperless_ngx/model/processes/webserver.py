"""The webserver: user interface, REST API and status websocket."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.image import Generation
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import WEBSERVER, service_hosts
from cdk8s_paperless_ngx.model.network import NetworkPeer
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.processes.process import (
    HttpProbe,
    ProbeOptions,
    Process,
    ProcessOptions,
    Rollout,
    optional_probe,
)
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.model.scaling import ByCpu, Fixed, check_cpu
from cdk8s_paperless_ngx.model.service import ServiceOptions
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.numbers import check_duration, check_whole_number
from cdk8s_paperless_ngx.validation.value import value

WEBSERVER_GRACE_PERIOD: Final = timedelta(seconds=60)
# On two busy cores a webserver with bytecode was ready 12 to 20 s after its pod was created.
_KEEP_SERVING: Final = timedelta(seconds=30)
_PORT: Final = 8000
_ALL_OF_IPV4: Final = "0.0.0.0"  # noqa: S104 (in its own pod)
# Room for an index write (128 MB of heap) and for whole uploads in memory.
_RESOURCES: Final = Resources(cpu_request="100m", memory_request="256Mi", memory_limit="1Gi")


@value
class WebserverOptions(ProcessOptions):
    """How a webserver serves.

    Args:
        scaling: How many pods there are: `Fixed` or `ByCpu`.
        granian_workers: ASGI worker processes in each pod; more pods serve the same end better.
        resources: CPU and memory of each pod.
        service: How the Service is reached.
        keep_serving: How long a pod that is to end goes on serving: until Kubernetes has told clients of it, and its
            successor is ready. Where no other pod is ready, the Service sends requests to those that end
            (``serving`` in an EndpointSlice, Kubernetes 1.28 and later).
        only_from: Who alone may connect to the pods, by a NetworkPolicy; unset, everybody who can reach them. The
            node's kubelet always may, and with it ``kubectl port-forward`` and whatever runs on that node's own
            network. It is the network plugin that keeps the others out: one that knows no NetworkPolicies does not.
        startup: How long a start may take: by default a try each 2 seconds, 150 of them.
        liveness: When a pod is started again: by default after 6 tries, one each 20 seconds; None for never.
        readiness: When a pod gets no requests: by default after 3 tries, one each 10 seconds.
        priority_class: Name of the pods' PriorityClass; unset, the instance's.
        extras: Volumes and variables of this process alone.

    Raises:
        ValueError: A number is below 1, the scaling can never act, ``keep_serving`` is below zero or not of whole
            seconds, ``only_from`` is empty, or ``priority_class`` cannot exist in Kubernetes.
    """

    scaling: Fixed | ByCpu = Fixed()
    granian_workers: int = 1
    resources: Resources = _RESOURCES
    service: ServiceOptions = ServiceOptions()
    keep_serving: timedelta = _KEEP_SERVING
    only_from: tuple[NetworkPeer, ...] | None = None
    startup: ProbeOptions = ProbeOptions()
    liveness: ProbeOptions | None = ProbeOptions()
    readiness: ProbeOptions = ProbeOptions()

    def __post_init__(self) -> None:
        super().__post_init__()
        where = type(self).__name__
        check_whole_number(where, "granian_workers", self.granian_workers, minimum=1)
        check_duration(where, "keep_serving", self.keep_serving, minimum=timedelta(0))
        check_cpu(where, self.scaling, self.resources.cpu_limit)
        if self.only_from == ():
            raise refusal(where, "only_from", "a tuple of at least one peer", (), "leave it out for everybody")

    def check_header(self, where: str, *, believes_header: bool) -> None:
        """Refuse to believe a header of whoever comes.

        Args:
            where: Construct path.
            believes_header: Whether a header says who is logged in.

        Raises:
            ValueError: It does, and nothing says who alone may send it.
        """
        if believes_header and self.only_from is None:
            problem = "settings.authentication.enable_http_remote_user, or its _api, believes a header of whoever comes"
            advice = "name the proxy that sends it, with WebserverOptions(only_from=(PodPeer(labels=...),))"
            raise conflict(where, problem, advice)


def webserver_command(generation: Generation) -> tuple[str, ...]:
    """Return what serves: granian since 2.15, gunicorn before.

    Granian gets the application from a module that makes connections to Redis notice a server that vanished.
    """
    if generation is Generation.SUPERVISORD:
        return ("gunicorn", "-c", "/usr/src/paperless/gunicorn.conf.py", "paperless.asgi:application")
    application = f"{paths.CONNECTIONS_MODULE}:application"
    return ("granian", "--interface", "asginl", "--ws", "--loop", "uvloop", application)


def webserver(instance: Instance, options: WebserverOptions, part: str = WEBSERVER) -> Process:
    """Granian with the environment that the image's own start script sets.

    Liveness asks for a file that needs no database, so that a database that is away restarts nothing; readiness renders
    the login page, which needs the database.

    Args:
        instance: The installation.
        options: How it serves.
        part: Of its Service's name, by which clients in the cluster may ask for it.
    """
    prefix = instance.url_prefix
    environment = _environment(instance, options, part)
    alive = f"{prefix}/favicon.ico"
    return Process(
        component=WEBSERVER,
        command=webserver_command(instance.image.generation),
        # Export is not the process's: `kubectl exec` runs exports by hand where data and media are.
        shares=frozenset({Directory.DATA, Directory.MEDIA, Directory.SCRATCH, Directory.EXPORT}),
        loads_modules=instance.image.generation is not Generation.SUPERVISORD,
        environment=(
            *(Variable(name=name, value=text) for name, text in environment.items()),
            *instance.webserver_variables,
        ),
        ports={"http": _PORT},
        # A first start without bytecode took 66 s on two busy cores.
        startup=options.startup.applied_to(
            HttpProbe(path=alive, port="http", period=timedelta(seconds=2), failures=150)
        ),
        liveness=optional_probe(
            options.liveness, HttpProbe(path=alive, port="http", period=timedelta(seconds=20), failures=6)
        ),
        readiness=options.readiness.applied_to(
            HttpProbe(path=f"{prefix}/accounts/login/", port="http", period=timedelta(seconds=10), failures=3)
        ),
        # Uploads, and what is exported by hand.
        writes_documents=True,
        keep_serving=options.keep_serving,
        grace_period=WEBSERVER_GRACE_PERIOD,
        rollout=Rollout.ALL_AT_ONCE,
        resources=options.resources,
    )


def _environment(instance: Instance, options: WebserverOptions, part: str) -> dict[str, str]:
    workers = str(options.granian_workers)
    hosts = _allowed_hosts(instance, part)
    if instance.image.generation is Generation.SUPERVISORD:
        # Gunicorn's own form (upstream ``docker/gunicorn.conf.py`` puts a colon and the port behind it).
        address = "[::]" if instance.pods.has_ipv6 else _ALL_OF_IPV4
        return {"PAPERLESS_BIND_ADDR": address, "PAPERLESS_WEBSERVER_WORKERS": workers, **hosts}
    return {
        # '::' fails on nodes without IPv6.
        "GRANIAN_HOST": "::" if instance.pods.has_ipv6 else _ALL_OF_IPV4,
        "GRANIAN_PORT": str(_PORT),
        "GRANIAN_WORKERS": workers,
        **({"GRANIAN_URL_PATH_PREFIX": instance.url_prefix} if instance.url_prefix else {}),
        **hosts,
    }


def _allowed_hosts(instance: Instance, part: str) -> dict[str, str]:
    """Return the variable that admits a Service with a name of its own; the ConfigMap has the instance's."""
    if instance.url is None or part == WEBSERVER:
        return {}
    names = (name for each in (WEBSERVER, part) for name in service_hosts(instance.name, each, instance.namespace))
    return instance.url.allowed_hosts((*names, *instance.allowed_hosts))
