"""PostgreSQL for those who bring none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.backing.external import POSTGRES_PORT, ExternalPostgres
from cdk8s_paperless_ngx.backing.server import Data, Server, server_with_data
from cdk8s_paperless_ngx.checks import check_optional_name, check_size
from cdk8s_paperless_ngx.processes.process import CommandCheck
from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.instance import Instance

_USER: Final = "paperless"
_DATA_PATH: Final = "/var/lib/postgresql"


@dataclass(frozen=True, kw_only=True, slots=True)
class BundledPostgres:
    """PostgreSQL in the instance's namespace: the official image, one pod, one claim.

    Args:
        size: Of its claim.
        storage_class: Of its claim; unset, the cluster's default class. A block volume serves it best.
        password: Where its password stands; unset, one is made in the cluster (Secret ``<instance>-postgres``).
        image: Reference of an image with the official image's variables. Its major version must stay: a newer
            PostgreSQL does not start on the older one's files.
        resources: CPU and memory.

    Raises:
        ValueError: ``size`` is none, or ``storage_class`` no name.
    """

    size: str = "8Gi"
    storage_class: str | None = None
    password: SecretKey | None = None
    image: str = "docker.io/library/postgres:18"
    resources: Resources = Resources(cpu_request="50m", memory_request="128Mi", memory_limit="1Gi")

    def __post_init__(self) -> None:
        check_fields(self)
        check_size(type(self).__name__, "size", self.size)
        check_optional_name(type(self).__name__, "storage_class", self.storage_class)

    def secret_key(self, instance: str) -> SecretKey:
        """Return where its password stands."""
        return self.password or SecretKey(secret=f"{instance}-postgres", key="password")

    def seen_by_clients(self, instance: str) -> ExternalPostgres:
        """Return where it is."""
        return ExternalPostgres(
            host=f"{instance}-postgres", password=self.secret_key(instance), tls=None, name=_USER, user=_USER
        )


class Postgres(Construct):
    """PostgreSQL: a StatefulSet of one pod, its Service and its claim.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings.
        instance: The installation it belongs to.
        options: What it is like.
    """

    stateful_set: k8s.KubeStatefulSet

    def __init__(self, scope: Construct, id: str, *, instance: Instance, options: BundledPostgres) -> None:
        super().__init__(scope, id)
        self.stateful_set = server_with_data(
            self,
            instance,
            Server(
                component="postgres",
                name="postgresql",
                image=options.image,
                user_id=999,
                environment=(
                    Variable(name="POSTGRES_USER", value=_USER),
                    Variable(name="POSTGRES_DB", value=_USER),
                    Variable(name="POSTGRES_PASSWORD", value=options.secret_key(instance.name)),
                    # The official image's own place since 18, said aloud so that it holds for any image.
                    Variable(name="PGDATA", value=f"{_DATA_PATH}/18/docker"),
                ),
                port=POSTGRES_PORT,
                private_paths={"run": "/var/run/postgresql", "tmp": "/tmp"},  # noqa: S108 (private to the pod)
                # By TCP: while the image sets a new database up, its server listens on the socket only.
                check=CommandCheck(
                    command=("pg_isready", "--host", "127.0.0.1", "--username", _USER, "--dbname", _USER, "--quiet"),
                    period_seconds=5,
                    failures=6,
                    timeout_seconds=5,
                ),
                # Longer than a checkpoint of a busy database takes.
                grace_seconds=120,
                resources=options.resources,
            ),
            Data(path=_DATA_PATH, size=options.size, storage_class=options.storage_class),
        )
