"""TLS to database and broker, and the authorities whose certificates connections trust."""

from __future__ import annotations

import enum
from dataclasses import replace

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.references import ConfigMapKey, SecretKey
from cdk8s_paperless_ngx.validation.errors import conflict
from cdk8s_paperless_ngx.validation.value import value

CertificateSource = SecretKey | ConfigMapKey


class Verification(enum.Enum):
    """What has to be right about a server's certificate."""

    FULL = "full"
    """An authority has signed it, and it is for this host."""
    AUTHORITY = "authority"
    """An authority has signed it, whatever host it is for."""
    NONE = "none"
    """Nothing: nobody can listen, but anybody can pretend to be the server."""


@value
class Tls:
    """An encrypted connection.

    Args:
        ca: Where the certificate of the authority is stored that has signed the server's (PEM); unset, the public
            authorities of the image.
        verification: What has to be right about the server's certificate.

    Raises:
        ValueError: There is an authority, and nothing is verified.
    """

    ca: CertificateSource | None = None
    verification: Verification = Verification.FULL

    def __post_init__(self) -> None:
        if self.ca is not None and self.verification is Verification.NONE:
            problem = "Verification.NONE does not look at the certificate in ca"
            raise conflict(type(self).__name__, problem, "leave ca out, or verify the server's certificate against it")

    def authorities(self, name: str) -> str:
        """Return the path of the file with the authorities.

        Args:
            name: Of the file, where the authority is not one of the image's.
        """
        return paths.PUBLIC_CERTIFICATES if self.ca is None else paths.certificate(name)

    def trusting(self, bundle: CertificateSource) -> Tls:
        """Return the same connection, verified against a bundle where it has no authority of its own."""
        return self if self.ca is not None or self.verification is Verification.NONE else replace(self, ca=bundle)


def bundle_variables() -> dict[str, str]:
    """Return the variables from which OpenSSL, requests and curl take the authorities of an instance's bundle."""
    path = paths.certificate("bundle")
    return {"SSL_CERT_FILE": path, "REQUESTS_CA_BUNDLE": path, "CURL_CA_BUNDLE": path}
