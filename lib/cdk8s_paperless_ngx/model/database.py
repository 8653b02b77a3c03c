"""The database of an instance: PostgreSQL beside it, or a server that runs elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Self

from cdk8s_paperless_ngx import pins
from cdk8s_paperless_ngx.model.annotations import check_claim_annotations, check_own_labels
from cdk8s_paperless_ngx.model.hosts import check_host
from cdk8s_paperless_ngx.model.image import Generation
from cdk8s_paperless_ngx.model.names import POSTGRES, object_name, password_of
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.model.tls import CertificateSource, Tls, Verification
from cdk8s_paperless_ngx.references import SecretKey, Variable
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.names import check_optional_name
from cdk8s_paperless_ngx.validation.numbers import check_port, check_whole_number
from cdk8s_paperless_ngx.validation.quantities import check_size
from cdk8s_paperless_ngx.validation.value import value

POSTGRES_PORT: Final = 5432
MARIADB_PORT: Final = 3306
BUNDLED_USER: Final = "paperless"
"""User and database of `BundledPostgres`."""
_FOLDER: Final = r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)?"
_POSTGRES_MODES: Final = {
    Verification.FULL: "verify-full",
    Verification.AUTHORITY: "verify-ca",
    Verification.NONE: "require",
}
_BEFORE_V3: Final = {
    "sslmode": "PAPERLESS_DBSSLMODE",
    "sslrootcert": "PAPERLESS_DBSSLROOTCERT",
    "ssl_mode": "PAPERLESS_DBSSLMODE",
    "ssl.ca": "PAPERLESS_DBSSLROOTCERT",
    "pool.max_size": "PAPERLESS_DB_POOLSIZE",
    "connect_timeout": "PAPERLESS_DB_TIMEOUT",
}
"""What 3.0 has driver options for."""
_CONNECT_SECONDS: Final = {"connect_timeout": "5"}
_NOTICES_A_DEAD_SERVER: Final = {
    "keepalives_idle": "10",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
"""libpq's options, after 16 seconds at the most; without them a query waits as long as the kernel does, 15 minutes."""
_MARIADB_MODES: Final = {
    Verification.FULL: "VERIFY_IDENTITY",
    Verification.NONE: "REQUIRED",
}


@value
class _Database:
    """What the two kinds of database have in common."""

    host: str
    password: SecretKey
    tls: Tls | None
    name: str = "paperless"
    user: str = "paperless"

    def _check(self, port: int, pool: int | None) -> None:
        where = type(self).__name__
        check_host(where, self.host)
        for argument, text in (("name", self.name), ("user", self.user)):
            if not text.strip():
                raise refusal(where, argument, "a name", text)
        check_port(where, "port", port)
        if pool is not None:
            check_whole_number(where, "pool", pool, minimum=1)

    def _variables(self, generation: Generation, engine: str, port: int, options: dict[str, str]) -> dict[str, str]:
        variables = {
            "PAPERLESS_DBENGINE": engine,
            "PAPERLESS_DBHOST": self.host,
            "PAPERLESS_DBPORT": str(port),
            "PAPERLESS_DBNAME": self.name,
            "PAPERLESS_DBUSER": self.user,
        }
        if generation is not Generation.V3:
            return variables | {_BEFORE_V3[key]: value for key, value in options.items() if key in _BEFORE_V3}
        joined = ",".join(f"{key}={value}" for key, value in options.items())
        return variables | {"PAPERLESS_DB_OPTIONS": joined}

    def _tls_options(self, mode: str, modes: Mapping[Verification, str], authorities: str) -> dict[str, str]:
        """Return the driver's options for TLS, by its names for them."""
        if self.tls is None:
            return {}
        options = {mode: modes[self.tls.verification]}
        if self.tls.verification is not Verification.NONE:
            options[authorities] = self.tls.authorities("database")
        return options

    def trusting(self, bundle: CertificateSource | None) -> Self:
        """Return it with its certificate verified against a bundle, unless it has an authority of its own."""
        if bundle is None or self.tls is None:
            return self
        return replace(self, tls=self.tls.trusting(bundle))

    def secret_variables(self) -> tuple[Variable, ...]:
        """Return the application's variables for it that hold a secret."""
        return (Variable(name="PAPERLESS_DBPASS", value=self.password),)


@value
class ExternalPostgres(_Database):
    """A PostgreSQL that runs elsewhere, and in it a database and its owner.

    Args:
        host: Name or IPv4 address; a name without dots is a Service in the instance's namespace.
        password: Where its password is stored, for example ``SecretKey(secret="docs-pg-app", key="password")`` of a
            CloudNativePG cluster in the same namespace.
        tls: How the connection is encrypted; None for not at all.
        name: Of the database.
        user: Its owner; migrations create and change tables.
        port: Number it listens on.
        pool: Connections that each process keeps at most; unset, one is opened for each request or task. Without a
            pooler in front, ``webserver workers + workers + 3`` times this is what the server must admit.

    Raises:
        ValueError: ``host`` is empty or contains more than a host, ``name`` or ``user`` is empty, or a number is out of
            bounds.
    """

    port: int = POSTGRES_PORT
    pool: int | None = None

    def __post_init__(self) -> None:
        self._check(self.port, self.pool)

    def variables(self, generation: Generation = Generation.V3) -> dict[str, str]:
        """Return the application's variables for it that hold no secret."""
        options = self._tls_options("sslmode", _POSTGRES_MODES, "sslrootcert")
        if self.pool is not None:
            options |= {"pool.min_size": "1", "pool.max_size": str(self.pool)}
        options |= _CONNECT_SECONDS | _NOTICES_A_DEAD_SERVER
        return self._variables(generation, "postgresql", self.port, options)


@value
class ExternalMariadb(_Database):
    """A MariaDB that runs elsewhere, and in it a database (``utf8mb4``) and its owner.

    Args:
        host: Name or IPv4 address; a name without dots is a Service in the instance's namespace.
        password: Where its password is stored.
        tls: How the connection is encrypted; None for not at all.
        name: Of the database.
        user: Its owner; migrations create and change tables.
        port: Number it listens on.

    Raises:
        ValueError: ``host`` is empty or contains more than a host, ``name`` or ``user`` is empty, or ``port`` is out of
            bounds, or ``tls`` has ``Verification.AUTHORITY``.
    """

    port: int = MARIADB_PORT

    def __post_init__(self) -> None:
        self._check(self.port, None)
        if self.tls is not None and self.tls.verification is Verification.AUTHORITY:
            # mysqlclient with MariaDB's library, as the image has it, asks for both or for neither.
            problem = "MariaDB's client library cannot verify the authority alone, it compares host names too"
            raise conflict(type(self).__name__, problem, "use Verification.FULL or Verification.NONE")

    def variables(self, generation: Generation = Generation.V3) -> dict[str, str]:
        """Return the application's variables for it that hold no secret."""
        # The driver wants its other timeouts as numbers, and upstream makes a number of this one alone.
        options = self._tls_options("ssl_mode", _MARIADB_MODES, "ssl.ca") | _CONNECT_SECONDS
        return self._variables(generation, "mariadb", self.port, options)


Database = ExternalPostgres | ExternalMariadb


@value
class BundledPostgres:
    """PostgreSQL in the instance's namespace: the official image, one pod, one claim.

    Args:
        size: Of its claim.
        storage_class: Of its claim; unset, the cluster's default class. A block volume serves it best.
        password: Where its password is stored; unset, one is made in the cluster (Secret ``<instance>-postgres``).
        image: Reference of an image with the official image's variables. Its major version must stay, as must the
            Debian release, whose collations the indexes follow: ``docs/upgrades.md`` tells the way from one major
            version to the next.
        folder: Where in the claim the database is (``PGDATA``). Where another folder has one, the pod refuses to begin
            an empty one here, and says so in its log.
        left_behind: Such a folder, whose database was moved to this one or is not wanted any more.
        resources: CPU and memory. A quarter of the memory limit, or 64Mi where that is more, is the most that queries
            on several processors may share (``/dev/shm``); it is part of the limit, and taken when it is used.
        claim_labels: More labels of its claim.
        claim_annotations: More annotations of its claim.

    Raises:
        ValueError: ``size`` is not a valid quantity, a name, key or value cannot exist in Kubernetes, a label or
            annotation is the library's own, a folder is not one or two names, or both are the same.
    """

    size: str = "8Gi"
    storage_class: str | None = None
    password: SecretKey | None = None
    image: str = pins.POSTGRES
    folder: str = "18/docker"
    left_behind: str | None = None
    resources: Resources = Resources(cpu_request="50m", memory_request="128Mi", memory_limit="1Gi")
    claim_labels: Mapping[str, str] = FrozenMapping()
    claim_annotations: Mapping[str, str] = FrozenMapping()

    def __post_init__(self) -> None:
        check_size(type(self).__name__, "size", self.size)
        check_optional_name(type(self).__name__, "storage_class", self.storage_class)
        for argument, folder in (("folder", self.folder), ("left_behind", self.left_behind)):
            if folder is not None and not re.fullmatch(_FOLDER, folder):
                raise refusal(type(self).__name__, argument, "one or two names such as '18/docker'", folder)
        if self.folder == self.left_behind:
            problem = f"folder and left_behind are both {self.folder!r}"
            raise conflict(type(self).__name__, problem, "name the folder of the older database in left_behind")
        check_own_labels(type(self).__name__, "claim_labels", self.claim_labels)
        check_claim_annotations(type(self).__name__, "claim_annotations", self.claim_annotations)

    @property
    def shared_memory(self) -> str:
        """Size of ``/dev/shm``; in a runtime's 64Mi, queries end with "could not resize shared memory segment"."""
        return f"{max(64, int(self.resources.memory_limit_bytes / 4) // 1024**2)}Mi"

    def password_key(self, instance: str) -> SecretKey:
        """Return where its password is stored."""
        return self.password or password_of(instance, POSTGRES)

    def as_external(self, instance: str) -> ExternalPostgres:
        """Return it as its clients see it."""
        host = object_name(instance, POSTGRES)
        user = BUNDLED_USER
        return ExternalPostgres(host=host, password=self.password_key(instance), tls=None, name=user, user=user)


def database_of_clients(database: BundledPostgres | Database, instance: str) -> Database:
    """Return a database as its clients see it.

    Args:
        database: Beside the instance, or elsewhere.
        instance: Name of the installation.
    """
    return database.as_external(instance) if isinstance(database, BundledPostgres) else database
