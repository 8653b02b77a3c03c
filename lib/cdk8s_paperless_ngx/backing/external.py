"""Database and broker as their clients see them, wherever they run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.checks import check_port, check_whole_number, refusal
from cdk8s_paperless_ngx.image import Generation
from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.trust import Tls, Verification
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Mapping

POSTGRES_PORT: Final = 5432
MARIADB_PORT: Final = 3306
REDIS_PORT: Final = 6379
_HOST: Final = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?\.?")
_REDIS_USER: Final = re.compile(r"[A-Za-z0-9._~-]*")
_REDIS_PREFIX: Final = re.compile(r"[!-#%-~]*")
"""What is printed, but no space, and no '$', which Kubernetes or Compose would expand."""
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
}
"""What 3.0 has driver options for."""
_MARIADB_MODES: Final = {
    Verification.FULL: "VERIFY_IDENTITY",
    Verification.NONE: "REQUIRED",
}


def _check_host(where: str, host: str) -> None:
    if host.startswith(("/", "unix:")) or "+socket:" in host:
        advice = "a socket reaches no other pod; let the server listen on TCP"
        raise refusal(where, "host", "a name or an IPv4 address", host, advice)
    if not _HOST.fullmatch(host):
        advice = "port, user and password go elsewhere"
        raise refusal(where, "host", "a name or an IPv4 address alone", host, advice)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Database:
    """What the two kinds of database have in common."""

    host: str
    password: SecretKey
    tls: Tls | None
    name: str = "paperless"
    user: str = "paperless"

    def _check(self, port: int, pool: int | None) -> None:
        where = type(self).__name__
        _check_host(where, self.host)
        for argument, value in (("name", self.name), ("user", self.user)):
            if not value.strip():
                raise refusal(where, argument, "a name", value)
        check_port(where, "port", port)
        if pool is not None:
            check_whole_number(where, "pool", pool, minimum=1)

    def _settings(self, generation: Generation, engine: str, port: int, options: dict[str, str]) -> dict[str, str]:
        variables = {
            "PAPERLESS_DBENGINE": engine,
            "PAPERLESS_DBHOST": self.host,
            "PAPERLESS_DBPORT": str(port),
            "PAPERLESS_DBNAME": self.name,
            "PAPERLESS_DBUSER": self.user,
        }
        if generation is not Generation.V3:
            return variables | {_BEFORE_V3[key]: value for key, value in options.items() if key in _BEFORE_V3}
        if options:
            variables["PAPERLESS_DB_OPTIONS"] = ",".join(f"{key}={value}" for key, value in options.items())
        return variables

    def _tls_options(self, mode: str, modes: Mapping[Verification, str], authorities: str) -> dict[str, str]:
        """Return the driver's options for TLS, by its names for them."""
        if self.tls is None:
            return {}
        options = {mode: modes[self.tls.verification]}
        if self.tls.verification is not Verification.NONE:
            options[authorities] = self.tls.authorities("database")
        return options

    def variables(self) -> tuple[Variable, ...]:
        """Return the application's environment for it that holds a secret."""
        return (Variable(name="PAPERLESS_DBPASS", value=self.password),)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalPostgres(_Database):
    """A PostgreSQL that runs elsewhere, and in it a database and its owner.

    Args:
        host: Name or IPv4 address; a name without dots is a Service in the instance's namespace.
        password: Where its password stands, for example ``SecretKey(secret="docs-pg-app", key="password")`` of a
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
        check_fields(self)
        self._check(self.port, self.pool)

    def settings(self, generation: Generation = Generation.V3) -> dict[str, str]:
        """Return the application's settings for it that hold no secret."""
        options = self._tls_options("sslmode", _POSTGRES_MODES, "sslrootcert")
        if self.pool is not None:
            options |= {"pool.min_size": "1", "pool.max_size": str(self.pool)}
        return self._settings(generation, "postgresql", self.port, options)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalMariadb(_Database):
    """A MariaDB that runs elsewhere, and in it a database (``utf8mb4``) and its owner.

    Args:
        host: Name or IPv4 address; a name without dots is a Service in the instance's namespace.
        password: Where its password stands.
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
        check_fields(self)
        self._check(self.port, None)
        if self.tls is not None and self.tls.verification is Verification.AUTHORITY:
            # mysqlclient with MariaDB's library, as the image has it, asks for both or for neither.
            rule, advice = "Verification.FULL or Verification.NONE", "MariaDB's client library compares host names, too"
            raise refusal(type(self).__name__, "tls.verification", rule, self.tls.verification, advice)

    def settings(self, generation: Generation = Generation.V3) -> dict[str, str]:
        """Return the application's settings for it that hold no secret."""
        options = self._tls_options("ssl_mode", _MARIADB_MODES, "ssl.ca")
        return self._settings(generation, "mariadb", self.port, options)


Database = ExternalPostgres | ExternalMariadb


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalRedis:
    """A Redis or Valkey that runs elsewhere; it must be one server, as upstream knows neither Sentinel nor clusters.

    What is in it are queued tasks, so it must not evict anything (``maxmemory-policy noeviction``) and should survive a
    restart.

    Args:
        host: Name or IPv4 address; a name without dots is a Service in the instance's namespace.
        password: Where its password stands, of characters that need no quoting in a URL; None where it asks for none.
        tls: How the connection is encrypted; None for not at all.
        port: Number it listens on.
        database: Index of the logical database.
        user: Of its access control list; unset, the default user.
        prefix: In front of the application's keys and channels (``PAPERLESS_REDIS_PREFIX``), when several instances
            share a server, whatever their ``database``: status messages know no index. End it with a separator, or two
            prefixes may begin alike.

    Raises:
        ValueError: ``host`` is empty, contains more than a host, is a list, or has ``unix`` in it, as may ``user`` not;
            ``user`` or ``prefix`` has signs that a URL or Kubernetes would read; ``prefix`` ends in no separator; there
            is a user and no password; a number is out of bounds.
    """

    host: str
    password: SecretKey | None
    tls: Tls | None
    port: int = REDIS_PORT
    database: int = 0
    user: str = ""
    prefix: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        if "sentinel" in self.host.partition("://")[0] or "," in self.host:
            advice = "paperless-ngx knows neither Sentinel nor clusters; name a Service that leads to the primary"
            raise refusal(where, "host", "one server", self.host, advice)
        _check_host(where, self.host)
        for argument, text in (("host", self.host), ("user", self.user)):
            if "unix" in text.lower():
                advice = "paperless-ngx takes a URL with 'unix' anywhere in it for a socket; use another name for it"
                raise refusal(where, argument, "a name without 'unix'", text, advice)
        if not _REDIS_USER.fullmatch(self.user):
            raise refusal(where, "user", "a name of characters that need no quoting in a URL", self.user)
        if not _REDIS_PREFIX.fullmatch(self.prefix):
            raise refusal(where, "prefix", "a text without spaces and '$'", self.prefix, "for example 'docs:'")
        if self.user and self.password is None:
            raise refusal(where, "password", "given beside a user", self.password)
        if self.prefix and self.prefix[-1].isalnum():
            advice = f"for example '{self.prefix}:'"
            raise refusal(where, "prefix", "a text that ends in a separator", self.prefix, advice)
        check_port(where, "port", self.port)
        check_whole_number(where, "database", self.database, minimum=0)

    def settings(self) -> dict[str, str]:
        """Return the application's settings for it that hold no secret."""
        return {"PAPERLESS_REDIS_PREFIX": self.prefix} if self.prefix else {}

    def variables(self) -> tuple[Variable, ...]:
        """Return the application's environment for it; Kubernetes puts the URL with the password together."""
        address = f"{self.host}:{self.port}/{self.database}"
        if self.tls is None:
            return self._login("redis", address)
        # Celery refuses a rediss URL that does not say what is verified; redis-py 5 compares host names on request,
        # and Celery's result backend takes any text, "false" too, for that request.
        query = "ssl_cert_reqs=none"
        if self.tls.verification is not Verification.NONE:
            query = f"ssl_cert_reqs=required&ssl_ca_certs={self.tls.authorities('broker')}"
            if self.tls.verification is Verification.FULL:
                query += "&ssl_check_hostname=true"
        return self._login("rediss", f"{address}?{query}")

    def _login(self, scheme: str, address: str) -> tuple[Variable, ...]:
        if self.password is None:
            return (Variable(name="PAPERLESS_REDIS", value=f"{scheme}://{address}"),)
        return (
            Variable(name="REDIS_PASSWORD", value=self.password),
            Variable(name="PAPERLESS_REDIS", value=f"{scheme}://{self.user}:$(REDIS_PASSWORD)@{address}"),
        )
