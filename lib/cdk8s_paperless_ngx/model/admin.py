"""The first administrator."""

from __future__ import annotations

from cdk8s_paperless_ngx.references import SecretKey, Variable
from cdk8s_paperless_ngx.validation.errors import refusal
from cdk8s_paperless_ngx.validation.value import value


@value
class Admin:
    """The first administrator. The migration creates it as long as there is no superuser at all.

    Args:
        user: Login name.
        mail: Mail address; unset, upstream's default.
        password: Where the password is stored; unset, where the instance's ``secret`` says.

    Raises:
        ValueError: ``user`` is empty.
    """

    user: str = "admin"
    mail: str | None = None
    password: SecretKey | None = None

    def __post_init__(self) -> None:
        if not self.user.strip():
            raise refusal("Admin", "user", "a login name", self.user, "pass admin=None for no administrator")

    def variables(self, password: SecretKey) -> tuple[Variable, ...]:
        """Return the variables from which the application's ``manage_superuser`` creates it.

        Args:
            password: Where its password is stored.
        """
        mail = (Variable(name="PAPERLESS_ADMIN_MAIL", value=self.mail),) if self.mail else ()
        return (
            Variable(name="PAPERLESS_ADMIN_USER", value=self.user),
            *mail,
            Variable(name="PAPERLESS_ADMIN_PASSWORD", value=password),
        )
