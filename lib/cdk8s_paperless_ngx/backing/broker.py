"""Broker: where Redis is, for everyone who talks to it, the application and what scales it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.checks import check_whole_number, refusal
from cdk8s_paperless_ngx.secret import SecretKey
from cdk8s_paperless_ngx.variable import Variable

REDIS_PORT: Final = 6379


@dataclass(frozen=True, kw_only=True, slots=True)
class Broker:
    """A Redis or Valkey that exists already.

    Args:
        host: Name or address; a name without dots is a Service in the instance's namespace.
        password: Where its password stands, of characters that need no quoting in a URL.
        port: Number it listens on.
        database: Index of the logical database.
        user: Of its access control list; unset, the default user.
        tls: Whether it wants TLS, with a certificate that the image's own authorities vouch for.
        prefix: In front of the application's keys (``PAPERLESS_REDIS_PREFIX``), when several instances share a
            database; end it with a separator, or two prefixes may begin alike.

    Raises:
        ValueError: ``host`` is empty or contains more than a host; ``prefix`` ends in no separator; a number is out of
            bounds.
    """

    host: str
    password: SecretKey
    port: int = REDIS_PORT
    database: int = 0
    user: str = ""
    tls: bool = False
    prefix: str = ""

    def __post_init__(self) -> None:
        where = type(self).__name__
        if not self.host or set(self.host) & set("/:@ "):
            raise refusal(where, "host", "a name or an IPv4 address alone", self.host, "port and password go elsewhere")
        if set(self.user) & set("/:@ "):
            raise refusal(where, "user", "a name of characters that need no quoting in a URL", self.user)
        if self.prefix and self.prefix[-1].isalnum():
            advice = f"for example '{self.prefix}:'"
            raise refusal(where, "prefix", "a text that ends in a separator", self.prefix, advice)
        check_whole_number(where, "port", self.port, minimum=1, maximum=65535)
        check_whole_number(where, "database", self.database, minimum=0)

    def settings(self) -> dict[str, str]:
        """Return the application's variables that hold no secret."""
        return {"PAPERLESS_REDIS_PREFIX": self.prefix} if self.prefix else {}

    def variables(self) -> tuple[Variable, ...]:
        """Return the application's environment for it; Kubernetes puts the URL with the password together."""
        scheme = "rediss" if self.tls else "redis"
        address = f"{self.host}:{self.port}/{self.database}"
        return (
            Variable(name="REDIS_PASSWORD", value=self.password),
            Variable(name="PAPERLESS_REDIS", value=f"{scheme}://{self.user}:$(REDIS_PASSWORD)@{address}"),
        )
