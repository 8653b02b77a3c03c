"""One entry of a container's environment."""

from __future__ import annotations

from dataclasses import dataclass

from cdk8s_paperless_ngx.reference import SecretKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """One environment variable: a value, which may refer to earlier ones as ``$(NAME)``, or a key of a Secret."""

    name: str
    value: str | SecretKey
