"""Flower: Celery's monitoring interface."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import FLOWER, password_of
from cdk8s_paperless_ngx.model.processes.process import (
    SMALL_RESOURCES,
    HttpProbe,
    ProbeOptions,
    Process,
    ProcessOptions,
    Rollout,
    optional_probe,
)
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.references import SecretKey, Variable
from cdk8s_paperless_ngx.validation.errors import refusal
from cdk8s_paperless_ngx.validation.value import value

FLOWER_COMMAND: Final = ("celery", "--app", "paperless", "flower")
_PORT: Final = 5555


@value
class FlowerOptions(ProcessOptions):
    """How Flower runs, and who may use it.

    Args:
        user: Name for its basic authentication.
        password: Where its password is stored; unset, one is made in the cluster (Secret ``<instance>-flower``).
        resources: CPU and memory of the pod.
        startup: How long a start may take: by default a try each 2 seconds, 150 of them.
        liveness: When the pod is started again: by default after 6 tries, one each 20 seconds; None for never.
        readiness: When it gets no requests: by default likewise.
        priority_class: Name of the pod's PriorityClass; unset, the instance's.
        extras: Volumes and variables of this process alone.

    Raises:
        ValueError: ``user`` contains what basic authentication cannot carry, or ``priority_class`` cannot exist in
            Kubernetes.
    """

    user: str = "flower"
    password: SecretKey | None = None
    resources: Resources = SMALL_RESOURCES
    startup: ProbeOptions = ProbeOptions()
    liveness: ProbeOptions | None = ProbeOptions()
    readiness: ProbeOptions = ProbeOptions()

    def __post_init__(self) -> None:
        super().__post_init__()
        # Flower splits its list of users at commas and a user from the password at a colon; Kubernetes expands '$('.
        if not self.user or any(character in ":,$" or character.isspace() for character in self.user):
            raise refusal(type(self).__name__, "user", "a name without ':', ',', '$' and spaces", self.user)

    def password_key(self, instance: str) -> SecretKey:
        """Return where its password is stored."""
        return self.password or password_of(instance, FLOWER)


def flower(instance: Instance, options: FlowerOptions) -> Process:
    """Celery's monitoring interface, never without a password: it can end workers and shows file names.

    Its page about the broker connects without the options in the broker's URL (flower 2.0, ``utils/broker.py``), so
    the broker's authority is made its default.
    """
    tls = instance.broker.tls
    trusted = (
        (Variable(name="SSL_CERT_FILE", value=tls.authorities("broker")),)
        if tls is not None and tls.ca is not None and instance.ca_bundle is None
        else ()
    )
    alive = HttpProbe(path="/healthcheck", port="http", period=timedelta(seconds=20), failures=6)
    return Process(
        component=FLOWER,
        command=FLOWER_COMMAND,
        environment=(
            Variable(name="BASIC_AUTH_PASSWORD", value=options.password_key(instance.name)),
            Variable(name="FLOWER_BASIC_AUTH", value=f"{options.user}:$(BASIC_AUTH_PASSWORD)"),
            Variable(name="FLOWER_PORT", value=str(_PORT)),
            *trusted,
        ),
        ports={"http": _PORT},
        startup=options.startup.applied_to(
            HttpProbe(path="/healthcheck", port="http", period=timedelta(seconds=2), failures=150)
        ),
        liveness=optional_probe(options.liveness, alive),
        readiness=options.readiness.applied_to(alive),
        rollout=Rollout.ALL_AT_ONCE,
        resources=options.resources,
    )
