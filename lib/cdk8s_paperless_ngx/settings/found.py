"""Variables as a file has them, before anybody asks what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.settings.interpolation import Interpolated

NO_VALUE: Final = "it has no value in the file: leave it out, or write one"


@dataclass
class Found:
    """What a file says.

    Args:
        variables: Texts by name, in the file's order; None where the file does not say it.
        reasons: Why not, as a sentence that says what to do.
        secrets: Where a value stands that is in a Secret.
        remarks: What in the file is no variable, by where it is, as a sentence that says what to do.
    """

    variables: dict[str, str | None] = field(default_factory=dict[str, str | None])
    reasons: dict[str, str] = field(default_factory=dict[str, str])
    secrets: dict[str, SecretKey] = field(default_factory=dict[str, SecretKey])
    remarks: dict[str, str] = field(default_factory=dict[str, str])

    def value(self, name: str) -> str | None:
        """Return a variable's text."""
        return self.variables.get(name)

    def set(self, name: str, text: str | None, reason: str = NO_VALUE) -> None:
        """Take a variable; the last of one name counts.

        Args:
            name: Of the variable.
            text: Its value, None where the file does not say it.
            reason: Why not.
        """
        for known in (self.reasons, self.secrets):
            known.pop(name, None)
        self.variables[name] = text
        if text is None:
            self.reasons[name] = reason

    def set_interpolated(self, name: str, interpolated: Interpolated) -> None:
        """Take a variable whose text refers to others."""
        if not interpolated.missing:
            self.set(name, interpolated.text)
            return
        names = " and ".join(interpolated.missing)
        have = "has" if len(interpolated.missing) == 1 else "have"
        self.set(name, None, f"it refers to {names}, which {have} no value in the file: write its value")

    def set_secret(self, name: str, key: SecretKey) -> None:
        """Take a variable whose value stands in a Secret."""
        self.set(name, None, f"its value stands in key {key.key} of Secret {key.secret}: write it here")
        self.secrets[name] = key

    def add(self, others: Iterable[Found]) -> None:
        """Take what other files say, over what is there."""
        for other in others:
            for name, text in other.variables.items():
                self.set(name, text, other.reasons.get(name, NO_VALUE))
            self.secrets |= other.secrets
            self.remarks |= other.remarks
