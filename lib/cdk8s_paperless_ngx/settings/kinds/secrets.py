"""Values that are stored in Secrets."""

from __future__ import annotations

from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.settings.kinds.kind import Kind, Problem


class Secret(Kind[SecretKey]):
    """A value that stands in a Secret; no manifest contains it, and no refusal repeats it."""

    @property
    def rule(self) -> str:
        return "a SecretKey"

    @property
    def advice(self) -> str:
        return "put the value into a Secret and name that: SecretKey(secret=..., key=...)"

    def problem_with(self, value: object) -> Problem | None:
        return None if isinstance(value, SecretKey) else Problem(self.rule, type(value), self.advice)

    def write(self, value: SecretKey) -> str:
        """Say where it stands."""
        return f"{value.secret}/{value.key}"
