"""Whom connections trust: TLS to database and broker, and a certificate authority of one's own."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.checks import refusal
from cdk8s_paperless_ngx.reference import ConfigMapKey, SecretKey

TRUST_PATH: Final = "/etc/cdk8s-paperless-ngx/trust"
"""Where the certificates of authorities are, in every container of the application."""
PUBLIC_AUTHORITIES: Final = "/etc/ssl/certs/ca-certificates.crt"
"""The image's own (Debian's package ca-certificates)."""

CertificateSource = SecretKey | ConfigMapKey


class Verification(enum.Enum):
    """What has to be right about a server's certificate."""

    FULL = "full"
    """An authority vouches for it, and it is the host's."""
    AUTHORITY = "authority"
    """An authority vouches for it, whatever host it names."""
    NONE = "none"
    """Nothing: nobody can listen, but anybody can pretend to be the server."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tls:
    """An encrypted connection.

    Args:
        ca: Where the certificate of the authority stands that vouches for the server (PEM); unset, the public
            authorities of the image.
        verification: What has to be right about the server's certificate.

    Raises:
        ValueError: There is an authority, and nothing is verified.
    """

    ca: CertificateSource | None = None
    verification: Verification = Verification.FULL

    def __post_init__(self) -> None:
        check_fields(self)
        if self.ca is not None and self.verification is Verification.NONE:
            raise refusal(
                type(self).__name__, "ca", "left out with Verification.NONE", self.ca, "or have it verified against it"
            )

    def authorities(self, name: str) -> str:
        """Return the path of the file with the authorities, mounted under a name where they are one's own."""
        return PUBLIC_AUTHORITIES if self.ca is None else f"{TRUST_PATH}/{name}.crt"
