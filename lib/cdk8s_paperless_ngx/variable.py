"""One entry of a container's environment."""

from __future__ import annotations

from dataclasses import dataclass

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.checks import check_variable_name
from cdk8s_paperless_ngx.reference import SecretKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """One environment variable: a value, which may refer to earlier ones as ``$(NAME)``, or a key of a Secret.

    Raises:
        ValueError: ``name`` is none.
    """

    name: str
    value: str | SecretKey

    def __post_init__(self) -> None:
        check_fields(self)
        check_variable_name(type(self).__name__, "name", self.name)
