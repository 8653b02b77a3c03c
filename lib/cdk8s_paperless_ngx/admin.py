"""The first administrator."""

from __future__ import annotations

from dataclasses import dataclass

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.checks import refusal
from cdk8s_paperless_ngx.reference import SecretKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Admin:
    """The first administrator, created by the migration as long as there is no superuser at all.

    Args:
        user: Login name.
        mail: Mail address; unset, upstream's default.
        password: Where the password stands; unset, where the instance's ``secret`` says.

    Raises:
        ValueError: ``user`` is empty.
    """

    user: str = "admin"
    mail: str | None = None
    password: SecretKey | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.user.strip():
            raise refusal(
                type(self).__name__, "user", "a login name", self.user, "pass admin=None for no administrator"
            )
