"""What a kind of values can do: check one, write it for the application, and read it from an existing file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Generic, NamedTuple, TypeVar

from cdk8s_paperless_ngx.settings.versions import Version

T = TypeVar("T")

LEAVE_OUT: Final = "leave it out for upstream's default"


class Problem(NamedTuple):
    """What is the matter with a value, in the parts of a refusal."""

    rule: str
    got: object
    advice: str = ""


class Translation(NamedTuple):
    """What a text of former versions is now.

    Args:
        variables: Those that say it, each with its text; none where only a human can tell.
        remark: What is to be known of it.
    """

    variables: Mapping[str, str]
    remark: str = ""


class Kind(Generic[T]):
    """The values of one sort of variable.

    Kinds are constants that nobody compares, so that they do without the methods for it, which take time to make.
    """

    @property
    def rule(self) -> str:
        """What a value must be, continuing "must be"."""
        raise NotImplementedError

    @property
    def advice(self) -> str:
        """What to write, where the rule alone does not tell."""
        return ""

    def asks(self, version: Version) -> str:
        """Return what a text must be for a version of the application, continuing "must be"."""
        del version
        return self.rule

    def accepts(self, value: object) -> bool:
        """Return whether a value, of whatever type, is one of this kind, for kinds that find nothing else to say."""
        raise NotImplementedError

    def problem_with(self, value: object) -> Problem | None:
        """Return what is wrong with a value, if anything."""
        return None if self.accepts(value) else Problem(self.rule, value, self.advice)

    def problem_in(self, value: T, version: Version) -> Problem | None:
        """Return what one version of paperless-ngx has against a value that others take."""
        del value, version
        return None

    def freeze(self, value: T) -> T:
        """Return a value that nobody else can change."""
        return value

    def write(self, value: T) -> str:
        """Return a value as the application reads it."""
        return str(value)

    def read(self, text: str) -> T:
        """Return the value that a text stands for.

        Raises:
            ValueError: It stands for none.
        """
        raise NotImplementedError
