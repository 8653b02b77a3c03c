"""Upstream's documentation section "Email sending"."""

from __future__ import annotations

from collections.abc import Iterator

from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.hosts import SERVER
from cdk8s_paperless_ngx.settings.kinds.kind import Problem
from cdk8s_paperless_ngx.settings.kinds.numbers import PORT
from cdk8s_paperless_ngx.settings.kinds.secrets import Secret
from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.settings.setting import WEBSERVER, WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value

_READERS = WEBSERVER + WORKER


@value
class EmailSending(Group):
    """The server that mail leaves by.

    Raises:
        ValueError: A value has the wrong form, or both kinds of encryption are on.
    """

    host: str | None = setting("PAPERLESS_EMAIL_HOST", SERVER, unset="localhost", read_by=_READERS)
    """Name of the server."""
    port: int | None = setting("PAPERLESS_EMAIL_PORT", PORT, unset="25", read_by=_READERS)
    """Number it listens on."""
    host_user: str | None = setting("PAPERLESS_EMAIL_HOST_USER", Text("a login name"), read_by=_READERS)
    """Who logs in there."""
    host_password: SecretKey | None = setting("PAPERLESS_EMAIL_HOST_PASSWORD", Secret(), read_by=_READERS)
    """Where the password stands."""
    sender: str | None = setting(
        "PAPERLESS_EMAIL_FROM", Text("a mail address", r"[^@]*[^@\s]@[^@\s]+"), since="2.1.1", read_by=_READERS
    )
    """Address that mail comes from; ``host_user`` by default."""
    use_tls: bool | None = setting("PAPERLESS_EMAIL_USE_TLS", Flag(), unset="false", read_by=_READERS)
    """Whether the connection turns to TLS (STARTTLS)."""
    use_ssl: bool | None = setting("PAPERLESS_EMAIL_USE_SSL", Flag(), unset="false", read_by=_READERS)
    """Whether it is TLS from the start."""

    def contradictions(self) -> Iterator[tuple[str, Problem]]:
        """Yield both kinds of encryption at once, which Django refuses with the first mail."""
        if self.use_tls and self.use_ssl:
            yield "use_ssl", Problem("left out beside {use_tls}=True", self.use_ssl, "a server offers one on each port")
