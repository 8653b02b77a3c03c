"""Declaring a setting: everything that is known about one variable, in one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from types import MappingProxyType
from typing import (
    Any,
    Final,
    Generic,
    Required,
    TypedDict,
    TypeVar,
    Unpack,
    cast,
    overload,
)

from cdk8s_paperless_ngx.settings.kinds.kind import Kind, Problem, Translation
from cdk8s_paperless_ngx.settings.versions import Version, version_numbers, version_text
from cdk8s_paperless_ngx.validation.errors import refusal

T = TypeVar("T")

WEBSERVER: Final = ("webserver",)
CONSUMER: Final = ("consumer",)
WORKER: Final = ("worker",)
BEAT: Final = ("beat",)
BACKUP: Final = ("backup",)
EVERYWHERE: Final = ("every process",)

_KEY: Final = "setting"


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting(Generic[T]):
    """What is known about a variable.

    Sentences name other arguments of its group in braces: whoever reads a file is told their variables.

    Args:
        name: Of the variable.
        kind: What values it takes.
        read_by: Processes that read it.
        unset: What upstream takes when it is not set, as it would be written; empty for nothing.
        since: First version that has it; empty for all of 2.0 and later.
        until: First version that has it no more; empty for none.
        before: What to use in versions without it.
        after: What to use in versions that have it no more.
        formerly: Its name before `since`, with the same meaning.
        changed: How its meaning changed, and in which version.
        becomes: Returns what a text means since then, or since `until`; None where that is the same. Without it,
            every text means something else.
        needs: Returns what a value needs that no settings can bring; empty for nothing.
        required: Whether it has a default of this library's, and cannot be None.
    """

    name: str
    kind: Kind[T]
    read_by: tuple[str, ...]
    unset: str = ""
    since: str = ""
    until: str = ""
    before: str = ""
    after: str = ""
    formerly: str = ""
    changed: tuple[str, str] | None = None
    becomes: Callable[[str], Translation | None] | None = None
    needs: Callable[[T], str] | None = None
    required: bool = False

    def is_too_new(self, version: Version) -> bool:
        """Return whether a version does not have it yet, under whatever name."""
        return bool(self.since) and not self.formerly and version < version_numbers(self.since)

    def is_too_old(self, version: Version) -> bool:
        """Return whether a version has it no more."""
        return bool(self.until) and version >= version_numbers(self.until)

    def translation_in(self, text: str, version: Version) -> Translation | None:
        """Return what a text of former versions means in a version; None where it is the same."""
        since = self.until or (self.changed[0] if self.changed else "")
        if self.becomes is None or not since or version < version_numbers(since):
            return None
        return self.becomes(text)

    def name_in(self, version: Version) -> str:
        """Return what the variable is called in a version that has it."""
        return self.formerly if self.formerly and version < version_numbers(self.since) else self.name

    def problem_in(self, value: T, version: Version) -> Problem | None:
        """Return what a version has against a value, or against the setting at all."""
        left_out = f"left out with paperless-ngx {version_text(version)}"
        if self.is_too_new(version):
            return Problem(left_out, value, _sentence("it was added in", self.since, self.before))
        if self.is_too_old(version):
            return Problem(left_out, value, _sentence("it was removed in", self.until, self.after))
        return self.kind.problem_in(value, version)


def _shown(value: object) -> str:
    """Return a value as it is written in Python; an enum's member says it by itself."""
    return repr(value) if isinstance(value, str) else str(value)


def _sentence(happened: str, version: str, instead: str) -> str:
    return f"{happened} {version}: {instead}" if instead else f"{happened} {version}"


class _Known(TypedDict, total=False):
    """The arguments of `Setting` but for the first two."""

    read_by: Required[tuple[str, ...]]
    unset: str
    since: str
    until: str
    before: str
    after: str
    formerly: str
    changed: tuple[str, str]
    becomes: Callable[[str], Translation | None]
    needs: Callable[[Any], str]


@overload
def setting(name: str, kind: Kind[T], *, initial: T, **known: Unpack[_Known]) -> T: ...


@overload
def setting(name: str, kind: Kind[T], **known: Unpack[_Known]) -> T | None: ...


def setting(name: str, kind: Kind[T], *, initial: T | None = None, **known: Unpack[_Known]) -> T | None:
    """Declare a field of a `Group`; its annotation must be the kind's type.

    Args:
        name: Of the variable.
        kind: What values it takes.
        initial: Its default in this library; unset, the variable is not written.
        known: What else there is to know, see `Setting`.
    """
    declared = Setting(name=name, kind=kind, required=initial is not None, **known)
    return field(default=initial, metadata={_KEY: declared})


def mounted_in(where: str) -> Callable[[str], str]:
    """Return what says of a path that it must be in pods, for those that the library mounts nothing at."""
    there = ("/tmp/", "/usr/src/paperless/media/")  # noqa: S108 (every container's own)
    return lambda path: "" if f"{path}/".startswith(there) else f"{path} in {where}: mount it with Extras"


def named(text: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a sentence with other names for the arguments that stand in braces, or just without the braces."""
    return re.sub(r"\{([a-z]\w*)\}", lambda found: names.get(found[1], found[1]), text) if "{" in text else text


class WrongSettingError(ValueError):
    """A setting is wrong; the text is a sentence in the form of all of this library's errors.

    Args:
        where: Construct path, or the name of the value's class.
        argument: Name of the argument, after that of its group where it is not the class's own.
        problem: What is wrong.
    """

    def __init__(self, where: str, argument: str, problem: Problem) -> None:
        rule, advice = named(problem.rule), named(problem.advice)
        super().__init__(str(refusal(where, argument, rule, problem.got, advice)))
        self.argument = argument
        self.problem = problem


class Group:
    """Settings that belong together; each that is None is left to upstream's default."""

    def __post_init__(self) -> None:
        where = type(self).__name__
        for argument, known, value in self._changed():
            if (problem := known.kind.problem_with(value)) is not None:
                raise WrongSettingError(where, argument, problem)
            object.__setattr__(self, argument, known.kind.freeze(value))
        for argument, problem in self.contradictions():
            raise WrongSettingError(where, argument, problem)

    def _changed(self) -> Iterator[tuple[str, Setting[Any], Any]]:
        """Yield argument, declaration and value of everything that is not this library's default."""
        for argument, known in declared_settings(type(self)).items():
            value = getattr(self, argument)
            if value is not getattr(type(self), argument):
                yield argument, known, value

    def contradictions(self) -> Iterator[tuple[str, Problem]]:
        """Yield arguments that are wrong beside others, which stand in braces."""
        yield from ()

    def contradictions_in(self, version: Version) -> Iterator[tuple[str, Problem]]:
        """Yield arguments that are wrong beside others in one version of paperless-ngx; those stand in braces."""
        del version
        yield from ()

    def given(self) -> Iterator[tuple[str, Setting[Any], Any]]:
        """Yield argument, declaration and value of everything that is set."""
        for argument, known in declared_settings(type(self)).items():
            if (value := getattr(self, argument)) is not None:
                yield argument, known, value

    def problems_in(self, version: Version) -> Iterator[tuple[str, Problem]]:
        """Yield arguments that one version of paperless-ngx does not take, and what is the matter with each."""
        for argument, known, value in self.given():
            if (problem := known.problem_in(value, version)) is not None:
                yield argument, self._with_translation(problem, known, value, version)
        yield from self.contradictions_in(version)

    def _with_translation(self, problem: Problem, known: Setting[Any], value: object, version: Version) -> Problem:
        """Return a problem with what to write instead, where that is known."""
        translation = known.translation_in(known.kind.write(value), version)
        if translation is None or not translation.variables:
            return problem
        use = ", ".join(filter(None, (f"use {self._arguments(translation.variables)}", translation.remark)))
        return problem._replace(advice=_sentence("it was removed in", known.until, use) if known.until else use)

    def _arguments(self, variables: Mapping[str, str]) -> str:
        """Return how variables of this group are written in Python."""
        declared = declared_settings(type(self)).items()
        found = {known.name: (argument, known.kind) for argument, known in declared}
        return " and ".join(f"{found[name][0]}={_shown(found[name][1].read(text))}" for name, text in variables.items())


def declared_settings(group: type[Group]) -> Mapping[str, Setting[Any]]:
    """Return the declarations of a group by argument."""
    return _declared_settings(cast("Hashable", group))


@cache
def _declared_settings(group: Hashable) -> Mapping[str, Setting[Any]]:
    declared = fields(cast("Any", group))
    return {argument.name: argument.metadata[_KEY] for argument in declared if _KEY in argument.metadata}
