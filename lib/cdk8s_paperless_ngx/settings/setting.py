"""Declaring a setting: everything that is known about one variable, in one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from types import MappingProxyType
from typing import (
    Any,
    ClassVar,
    Final,
    Generic,
    Required,
    TypedDict,
    TypeVar,
    Unpack,
    dataclass_transform,
    overload,
)

from cdk8s_paperless_ngx.checks import refusal
from cdk8s_paperless_ngx.settings.kinds import Kind, Now, Wrong
from cdk8s_paperless_ngx.settings.version import Version, version_numbers

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
    becomes: Callable[[str], Now | None] | None = None
    needs: Callable[[T], str] | None = None
    required: bool = False

    def is_too_new(self, version: Version) -> bool:
        """Return whether a version does not have it yet, under whatever name."""
        return bool(self.since) and not self.formerly and version < version_numbers(self.since)

    def is_too_old(self, version: Version) -> bool:
        """Return whether a version has it no more."""
        return bool(self.until) and version >= version_numbers(self.until)

    def now(self, text: str, version: Version) -> Now | None:
        """Return what a text of former versions means in a version; None where it is the same."""
        since = self.until or (self.changed[0] if self.changed else "")
        if self.becomes is None or not since or version < version_numbers(since):
            return None
        return self.becomes(text)

    def name_in(self, version: Version) -> str:
        """Return what the variable is called in a version that has it."""
        return self.formerly if self.formerly and version < version_numbers(self.since) else self.name

    def wrong_in(self, value: T, version: Version) -> Wrong | None:
        """Return what a version has against a value, or against the setting at all."""
        left_out = f"left out with paperless-ngx {'.'.join(map(str, version))}"
        if self.is_too_new(version):
            return Wrong(left_out, value, _sentence("it came with", self.since, self.before))
        if self.is_too_old(version):
            return Wrong(left_out, value, _sentence("it went with", self.until, self.after))
        return self.kind.wrong_in(value, version)


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
    becomes: Callable[[str], Now | None]
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
    return lambda path: "" if f"{path}/".startswith("/tmp/") else f"{path} in {where}: mount it with Extras"  # noqa: S108


def named(text: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a sentence with other names for the arguments that stand in braces, or just without the braces."""
    return re.sub(r"\{([a-z]\w*)\}", lambda found: names.get(found[1], found[1]), text) if "{" in text else text


class WrongSettingError(ValueError):
    """A setting is wrong; the text is a sentence in the form of all of this library's errors.

    Args:
        where: Construct path, or the name of the value's class.
        argument: Name of the argument, after that of its group where it is not the class's own.
        wrong: What is the matter.
    """

    def __init__(self, where: str, argument: str, wrong: Wrong) -> None:
        rule, advice = named(wrong.rule), named(wrong.advice)
        super().__init__(str(refusal(where, argument, rule, wrong.got, advice)))
        self.argument = argument
        self.wrong = wrong


def _default(known: Field[Any]) -> object:
    return known.default if known.default_factory is MISSING else known.default_factory()


class Group:
    """Settings that belong together; each that is None is left to upstream's default.

    The methods that `dataclasses` would write into every class stand here once.
    """

    __slots__ = ()
    # Makes a group a dataclass for type checkers too, so that `dataclasses.replace` takes it.
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __init__(self, **values: object) -> None:
        for known in fields(self):
            object.__setattr__(self, known.name, values.pop(known.name) if known.name in values else _default(known))
        for name in values:
            raise TypeError(f"{type(self).__name__}() has no argument {name!r}")
        self.__post_init__()

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Group) or type(self) is not type(other):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), *self._values()))

    def __getstate__(self) -> tuple[object, ...]:
        return self._values()

    def __setstate__(self, state: tuple[object, ...]) -> None:
        for known, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, known.name, value)

    def __repr__(self) -> str:
        pairs = ((known, getattr(self, known.name)) for known in fields(self))
        given = ", ".join(f"{known.name}={value!r}" for known, value in pairs if value != _default(known))
        return f"{type(self).__name__}({given})"

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, known.name) for known in fields(self))

    def __post_init__(self) -> None:
        where = type(self).__name__
        for argument, known in declared_settings(type(self)).items():
            value = getattr(self, argument)
            if value is None and not known.required:
                continue
            if (wrong := known.kind.wrong(value)) is not None:
                raise WrongSettingError(where, argument, wrong)
            object.__setattr__(self, argument, known.kind.freeze(value))
        for argument, wrong in self.contradictions():
            raise WrongSettingError(where, argument, wrong)

    def contradictions(self) -> Iterator[tuple[str, Wrong]]:
        """Yield arguments that are wrong beside others, which stand in braces."""
        yield from ()

    def contradictions_in(self, version: Version) -> Iterator[tuple[str, Wrong]]:
        """Yield arguments that are wrong beside others in one version of paperless-ngx; those stand in braces."""
        del version
        yield from ()

    def given(self) -> Iterator[tuple[str, Setting[Any], Any]]:
        """Yield argument, declaration and value of everything that is set."""
        for argument, known in declared_settings(type(self)).items():
            if (value := getattr(self, argument)) is not None:
                yield argument, known, value

    def wrong_in(self, version: Version) -> Iterator[tuple[str, Wrong]]:
        """Yield arguments that one version of paperless-ngx does not take, and what is the matter with each."""
        for argument, known, value in self.given():
            if (wrong := known.wrong_in(value, version)) is not None:
                if (now := known.now(known.kind.write(value), version)) is not None and now.variables:
                    use = ", ".join(filter(None, (f"use {self._arguments(now.variables)}", now.remark)))
                    wrong = wrong._replace(advice=_sentence("it went with", known.until, use) if known.until else use)
                yield argument, wrong
        yield from self.contradictions_in(version)

    def _arguments(self, variables: Mapping[str, str]) -> str:
        """Return how variables of this group are written in Python."""
        declared = declared_settings(type(self)).items()
        found = {known.name: (argument, known.kind) for argument, known in declared}
        return " and ".join(f"{found[name][0]}={found[name][1].read(text)}" for name, text in variables.items())


G = TypeVar("G", bound=Group)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def settings_group(group: type[G]) -> type[G]:
    """Make a class of settings a frozen dataclass that takes keywords.

    ``@dataclass(frozen=True, kw_only=True, slots=True)`` would mean the same, and write and compile six methods for
    every group; that alone would make a synthesis some 5 % slower.
    """
    return dataclass(kw_only=True, slots=True, init=False, repr=False, eq=False)(group)


def declared_settings(group: type[Group]) -> Mapping[str, Setting[Any]]:
    """Return the declarations of a group by argument."""
    return {field.name: field.metadata[_KEY] for field in fields(group) if _KEY in field.metadata}
