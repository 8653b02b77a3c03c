"""Upstream's documentation section "Incoming Mail"."""

from __future__ import annotations

from collections.abc import Iterator

from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.hosts import WebAddress
from cdk8s_paperless_ngx.settings.kinds.kind import Problem
from cdk8s_paperless_ngx.settings.kinds.secrets import Secret
from cdk8s_paperless_ngx.settings.kinds.texts import PATH, Text
from cdk8s_paperless_ngx.settings.setting import WEBSERVER, WORKER, Group, mounted_in, setting
from cdk8s_paperless_ngx.validation.value import value

_READERS = WEBSERVER + WORKER
_CLIENT_ID = Text("a client's id", r"\S+")


@value
class IncomingMail(Group):
    """Mail that becomes documents.

    Raises:
        ValueError: A value has the wrong form, or mail is to be decrypted without keys.
    """

    email_allow_internal_hosts: bool | None = setting(
        "PAPERLESS_EMAIL_ALLOW_INTERNAL_HOSTS", Flag(), unset="true", since="3.0.0", read_by=_READERS
    )
    """Whether a mail server may have an address that is not public."""
    email_certificate_location: str | None = setting(
        "PAPERLESS_EMAIL_CERTIFICATE_LOCATION", PATH, needs=mounted_in("every pod"), read_by=_READERS
    )
    """File with one more authority that is trusted. It must exist in every pod, or no process starts; `Paperless`'s
    ``ca_bundle`` is there without more ado."""
    oauth_callback_base_url: str | None = setting(
        "PAPERLESS_OAUTH_CALLBACK_BASE_URL", WebAddress(), since="2.13.0", read_by=WEBSERVER
    )
    """Where Google and Microsoft send users back to; `Paperless`'s ``url`` by default."""
    gmail_oauth_client_id: str | None = setting(
        "PAPERLESS_GMAIL_OAUTH_CLIENT_ID", _CLIENT_ID, since="2.13.0", read_by=_READERS
    )
    """Client at Google."""
    gmail_oauth_client_secret: SecretKey | None = setting(
        "PAPERLESS_GMAIL_OAUTH_CLIENT_SECRET", Secret(), since="2.13.0", read_by=_READERS
    )
    """Where its secret stands."""
    outlook_oauth_client_id: str | None = setting(
        "PAPERLESS_OUTLOOK_OAUTH_CLIENT_ID", _CLIENT_ID, since="2.13.0", read_by=_READERS
    )
    """Client at Microsoft."""
    outlook_oauth_client_secret: SecretKey | None = setting(
        "PAPERLESS_OUTLOOK_OAUTH_CLIENT_SECRET", Secret(), since="2.13.0", read_by=_READERS
    )
    """Where its secret stands."""
    enable_gpg_decryptor: bool | None = setting(
        "PAPERLESS_ENABLE_GPG_DECRYPTOR", Flag(), unset="false", since="2.12.0", read_by=WORKER
    )
    """Whether encrypted mail is decrypted."""
    email_gnupg_home: str | None = setting(
        "PAPERLESS_EMAIL_GNUPG_HOME", PATH, since="2.12.0", needs=mounted_in("workers' pods"), read_by=WORKER
    )
    """Directory with the keys for that; a mount of the worker's."""

    def contradictions(self) -> Iterator[tuple[str, Problem]]:
        """Yield decryption without keys."""
        if self.enable_gpg_decryptor and self.email_gnupg_home is None:
            advice = "mount the keys through WorkerOptions(extras=...)"
            yield "enable_gpg_decryptor", Problem("used with {email_gnupg_home}", self.enable_gpg_decryptor, advice)
