"""The broker of an instance: Valkey or Redis beside it, or a server that runs elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Self

from cdk8s_paperless_ngx import pins
from cdk8s_paperless_ngx.model.annotations import check_claim_annotations, check_own_labels
from cdk8s_paperless_ngx.model.hosts import check_host
from cdk8s_paperless_ngx.model.names import REDIS, object_name, password_of
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.model.tls import CertificateSource, Tls, Verification
from cdk8s_paperless_ngx.references import SecretKey, Variable
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.names import check_optional_name
from cdk8s_paperless_ngx.validation.numbers import check_port, check_whole_number
from cdk8s_paperless_ngx.validation.quantities import check_size, quantity
from cdk8s_paperless_ngx.validation.value import value

REDIS_PORT: Final = 6379
_LEAST_MEMORY: Final = "32Mi"
_USER: Final = r"[A-Za-z0-9._~-]*"
_PREFIX: Final = r"[!-#%-~]*"
"""Printable characters, but no space, and no '$', which Kubernetes or Compose would expand."""


@value
class ExternalRedis:
    """A Redis or Valkey that runs elsewhere; it must be one server, as upstream knows neither Sentinel nor clusters.

    What is in it are queued tasks, so it must not evict anything (``maxmemory-policy noeviction``) and should survive a
    restart.

    Args:
        host: Name or IPv4 address; a name without dots is a Service in the instance's namespace.
        password: Where its password is stored, of characters that need no quoting in a URL; None where there is none.
        tls: How the connection is encrypted; None for not at all.
        port: Number it listens on.
        database: Index of the logical database.
        user: Of its access control list; unset, the default user.
        prefix: In front of the application's keys and channels (``PAPERLESS_PREFIX``), when several instances
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
        where = type(self).__name__
        if "sentinel" in self.host.partition("://")[0] or "," in self.host:
            advice = "paperless-ngx knows neither Sentinel nor clusters; name a Service that leads to the primary"
            raise refusal(where, "host", "one server", self.host, advice)
        check_host(where, self.host)
        for argument, text in (("host", self.host), ("user", self.user)):
            if "unix" in text.lower():
                advice = "paperless-ngx takes a URL with 'unix' anywhere in it for a socket; use another name for it"
                raise refusal(where, argument, "a name without 'unix'", text, advice)
        if not re.fullmatch(_USER, self.user):
            raise refusal(where, "user", "a name of characters that need no quoting in a URL", self.user)
        if not re.fullmatch(_PREFIX, self.prefix):
            raise refusal(where, "prefix", "a text without spaces and '$'", self.prefix, "for example 'docs:'")
        if self.user and self.password is None:
            raise conflict(where, f"user {self.user!r} has no password", "name where its password is stored")
        if self.prefix and self.prefix[-1].isalnum():
            advice = f"for example '{self.prefix}:'"
            raise refusal(where, "prefix", "a text that ends in a separator", self.prefix, advice)
        check_port(where, "port", self.port)
        check_whole_number(where, "database", self.database, minimum=0)

    def variables(self) -> dict[str, str]:
        """Return the application's variables for it that hold no secret."""
        return {"PAPERLESS_REDIS_PREFIX": self.prefix} if self.prefix else {}

    def trusting(self, bundle: CertificateSource | None) -> Self:
        """Return it with its certificate verified against a bundle, unless it has an authority of its own."""
        if bundle is None or self.tls is None:
            return self
        return replace(self, tls=self.tls.trusting(bundle))

    def secret_variables(self) -> tuple[Variable, ...]:
        """Return the application's variables for it that hold a secret; Kubernetes puts the password into the URL."""
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


@value
class BundledRedis:
    """Valkey, or Redis, in the instance's namespace: the official image, one pod, one claim, always with a password.

    What is in it are queued tasks, so nothing may be evicted, and an append-only file brings them back after a restart.
    Each write is synced to the disk before it is answered (``appendfsync always``). Half of the memory limit is for
    data (``maxmemory``): beyond it, writes are refused until there is room, and nothing is lost.

    Args:
        size: Of its claim.
        storage_class: Of its claim; unset, the cluster's default class.
        password: Where its password is stored, of characters that need no quoting in a URL; unset, one is made in the
            cluster (Secret ``<instance>-redis``).
        image: Reference of an image of Valkey or Redis, with its server and its client. Valkey 8.1 and later reads what
            Redis 8 has written, but there is no way back: what Valkey has written, no Redis reads.
        resources: CPU and memory; a limit of at least 32Mi.
        claim_labels: More labels of its claim.
        claim_annotations: More annotations of its claim.

    Raises:
        ValueError: ``size`` is not a valid quantity, a name, key or value cannot exist in Kubernetes, a label or
            annotation is the library's own, or the memory limit is too low.
    """

    size: str = "1Gi"
    storage_class: str | None = None
    password: SecretKey | None = None
    image: str = pins.VALKEY
    resources: Resources = Resources(cpu_request="25m", memory_request="64Mi", memory_limit="512Mi")
    claim_labels: Mapping[str, str] = FrozenMapping()
    claim_annotations: Mapping[str, str] = FrozenMapping()

    def __post_init__(self) -> None:
        check_size(type(self).__name__, "size", self.size)
        check_optional_name(type(self).__name__, "storage_class", self.storage_class)
        check_own_labels(type(self).__name__, "claim_labels", self.claim_labels)
        check_claim_annotations(type(self).__name__, "claim_annotations", self.claim_annotations)
        if self.resources.memory_limit_bytes < quantity(type(self).__name__, "memory_limit", _LEAST_MEMORY):
            advice = "the server itself needs 8Mi, and a queue twice its size"
            limit = self.resources.memory_limit
            raise refusal(type(self).__name__, "resources.memory_limit", f"at least {_LEAST_MEMORY}", limit, advice)

    @property
    def maxmemory(self) -> int:
        """Bytes that data may take: as much again is left for what is copied while the file is rewritten."""
        return int(self.resources.memory_limit_bytes / 2)

    def password_key(self, instance: str) -> SecretKey:
        """Return where its password is stored."""
        return self.password or password_of(instance, REDIS)

    def as_external(self, instance: str) -> ExternalRedis:
        """Return it as its clients see it."""
        return ExternalRedis(host=object_name(instance, REDIS), password=self.password_key(instance), tls=None)


def broker_of_clients(broker: BundledRedis | ExternalRedis, instance: str) -> ExternalRedis:
    """Return a broker as its clients see it.

    Args:
        broker: Beside the instance, or elsewhere.
        instance: Name of the installation.
    """
    return broker.as_external(instance) if isinstance(broker, BundledRedis) else broker
