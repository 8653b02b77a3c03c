"""The images that instances run by default: the one place that has their versions and digests.

A digest is the image index's, so it holds on every architecture. It stands here when several projects that know nothing
of each other run the same one. Each constant is a whole reference in one line, which ``renovate.json`` finds.
"""

from __future__ import annotations

from typing import Final

PAPERLESS: Final = (
    "ghcr.io/paperless-ngx/paperless-ngx:3.3.0@sha256:6b94799bc769a063b3340cc5847402e626d4d91d29a295a8e747f8e9bead4207"
)
POSTGRES: Final = (
    "docker.io/library/postgres:18.6-trixie@sha256:4ef4dbc939d61acea57712655ddb4b4ab27419c913f94cca0cd57cb3ea3c2280"
)
"""With Debian's release in the tag: ``postgres:18`` has moved from one to the next, and so to other collations
(docker-library/postgres#1356)."""
VALKEY: Final = (
    "docker.io/valkey/valkey:9.1.2-trixie@sha256:418652cfb58ef879d4978c33553735d7147016032d5aefaa14c828e611eb9dfd"
)
TIKA: Final = "docker.io/apache/tika:3.3.1.0@sha256:90b7fa1dc018434075fce9e1d9b88b1e3d0ea6979d0cf86e116c79a8073ae973"
GOTENBERG: Final = (
    "docker.io/gotenberg/gotenberg:8.37.0@sha256:f29984bd1e226bf1b93ba90af06000afa8b315853e99d27b9aaa41b93f15c769"
)

FORMER_PAPERLESS: Final = {
    "2.20.15": "sha256:6c86cad803970ea782683a8e80e7403444c5bf3cf70de63b4d3c8e87500db92f",
    "3.0.5": "sha256:65a4cabf0169ea7fbd90ab7bb28ba3f8b5909613635acda1a03ad606f34b456b",
    "3.1.3": "sha256:aa810a36942c63d4ee70d00eda7236cd3d6acfb7eb3f7987fb568ed14df8817a",
    "3.2.1": "sha256:5fa76604a81df6945086e0837b14b56543d137e8ce4f311cc5d9ebe907e74e79",
}
"""Digests of versions that an instance may still run; nothing changes them any more."""


def version_of(reference: str) -> str:
    """Return the tag of a whole reference."""
    return reference.partition("@")[0].rpartition(":")[2]


def digest_of(reference: str) -> str:
    """Return the digest of a whole reference."""
    return reference.partition("@")[2]
