"""Redis for those who bring none: the broker, and the cache beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.backing.external import REDIS_PORT, ExternalRedis
from cdk8s_paperless_ngx.backing.server import Data, Server, server_with_data
from cdk8s_paperless_ngx.checks import check_optional_name, check_size
from cdk8s_paperless_ngx.processes.process import CommandCheck
from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.instance import Instance


@dataclass(frozen=True, kw_only=True, slots=True)
class BundledRedis:
    """Redis in the instance's namespace: the official image, one pod, one claim, always with a password.

    What is in it are queued tasks, so nothing may be evicted, and an append-only file brings them back after a restart.

    Args:
        size: Of its claim.
        storage_class: Of its claim; unset, the cluster's default class.
        password: Where its password stands, of characters that need no quoting in a URL; unset, one is made in the
            cluster (Secret ``<instance>-redis``).
        image: Reference of an image with ``redis-server`` and ``redis-cli``.
        resources: CPU and memory.

    Raises:
        ValueError: ``size`` is none, or ``storage_class`` no name.
    """

    size: str = "1Gi"
    storage_class: str | None = None
    password: SecretKey | None = None
    image: str = "docker.io/library/redis:8"
    resources: Resources = Resources(cpu_request="25m", memory_request="64Mi", memory_limit="512Mi")

    def __post_init__(self) -> None:
        check_fields(self)
        check_size(type(self).__name__, "size", self.size)
        check_optional_name(type(self).__name__, "storage_class", self.storage_class)

    def secret_key(self, instance: str) -> SecretKey:
        """Return where its password stands."""
        return self.password or SecretKey(secret=f"{instance}-redis", key="password")

    def seen_by_clients(self, instance: str) -> ExternalRedis:
        """Return where it is."""
        return ExternalRedis(host=f"{instance}-redis", password=self.secret_key(instance), tls=None)


class Redis(Construct):
    """Redis: a StatefulSet of one pod, its Service and its claim.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings.
        instance: The installation it belongs to.
        options: What it is like.
    """

    stateful_set: k8s.KubeStatefulSet

    def __init__(self, scope: Construct, id: str, *, instance: Instance, options: BundledRedis) -> None:
        super().__init__(scope, id)
        self.stateful_set = server_with_data(
            self,
            instance,
            Server(
                component="redis",
                name="redis",
                image=options.image,
                user_id=999,
                args=(
                    "redis-server", "--dir", "/data", "--appendonly", "yes", "--maxmemory-policy", "noeviction",
                    "--requirepass", "$(REDISCLI_AUTH)",
                ),
                # redis-cli takes the password from here, so that a probe does not show it in the process list.
                environment=(Variable(name="REDISCLI_AUTH", value=options.secret_key(instance.name)),),
                port=REDIS_PORT,
                private_paths={"tmp": "/tmp"},  # noqa: S108 (private to the pod)
                # redis-cli exits with 0 whatever the answer is, and answers are errors while the file is loaded.
                check=CommandCheck(
                    command=("sh", "-c", "redis-cli ping | grep -q PONG"),
                    period_seconds=5,
                    failures=6,
                    timeout_seconds=5,
                ),
                grace_seconds=60,
                resources=options.resources,
            ),
            Data(path="/data", size=options.size, storage_class=options.storage_class),
        )  # fmt: skip
