"""What values a variable takes: how one is checked, written for the application, and read from an existing file."""

from __future__ import annotations

import datetime as dt
import enum
import ipaddress
import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar, cast
from urllib.parse import urlsplit

from cdk8s_paperless_ngx.checks import is_time_zone
from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.settings.frozen import FrozenMapping, frozen
from cdk8s_paperless_ngx.settings.version import version_numbers

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.settings.version import Version

T = TypeVar("T")
E = TypeVar("E", bound=enum.Enum)

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

_TRUE: Final = ("true", "1", "t", "y", "yes")
_FALSE: Final = ("false", "0", "f", "n", "no")
"""Upstream's words (``src/paperless/settings/parsers.py``); any other stops every process of 3.x."""
_LEAVE_OUT: Final = "leave it out for upstream's default"
_MAX_PORT: Final = 65535


class Wrong(NamedTuple):
    """What is the matter with a value, in the parts of a refusal."""

    rule: str
    got: object
    advice: str = ""


class Now(NamedTuple):
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

    def wrong(self, value: object) -> Wrong | None:
        """Return what is wrong with a value, if anything."""
        return None if self.accepts(value) else Wrong(self.rule, value, self.advice)

    def wrong_in(self, value: T, version: Version) -> Wrong | None:
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


class Flag(Kind[bool]):
    """Yes or no."""

    @property
    def rule(self) -> str:
        return "True or False"

    def asks(self, version: Version) -> str:
        del version
        return "true or false"

    def accepts(self, value: object) -> bool:
        return isinstance(value, bool)

    def write(self, value: bool) -> str:
        return "true" if value else "false"

    def read(self, text: str) -> bool:
        word = text.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise ValueError(text)


@dataclass(eq=False, repr=False)
class Whole(Kind[int]):
    """A whole number of something, between bounds that both belong to it."""

    minimum: int = 0
    maximum: int | None = None
    unit: str = ""

    @property
    def rule(self) -> str:
        of = f" of {self.unit}" if self.unit else ""
        if self.maximum is not None:
            return f"a whole number{of}, {self.minimum} to {self.maximum}"
        return f"a whole number{of}, {self.minimum} or more" if of else f"a whole number of at least {self.minimum}"

    def accepts(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return self.minimum <= value and (self.maximum is None or value <= self.maximum)

    def read(self, text: str) -> int:
        return int(text)


@dataclass(eq=False, repr=False)
class Number(Kind[float]):
    """A number of something, with or without fraction, from 0 on.

    Args:
        unit: What is counted.
        whole_before: First version that takes fractions.
        never_zero: Why it must not be 0; empty where it may.
    """

    unit: str = ""
    whole_before: str = ""
    never_zero: str = ""

    @property
    def rule(self) -> str:
        return f"a number{self._of}{' above 0' if self.never_zero else ', 0 or more'}"

    @property
    def _of(self) -> str:
        return f" of {self.unit}" if self.unit else ""

    def asks(self, version: Version) -> str:
        return f"a whole number{self._of}, 0 or more" if self._is_whole(version) else self.rule

    def wrong(self, value: object) -> Wrong | None:
        if self.accepts(value):
            return None
        return Wrong(self.rule, value, self.never_zero if value == 0 else "")

    def accepts(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return 0 <= value <= sys.float_info.max and not (self.never_zero and value == 0)

    def wrong_in(self, value: float, version: Version) -> Wrong | None:
        if self._is_whole(version) and value != int(value):
            return Wrong(f"a whole number{self._of}", value, f"fractions came with {self.whole_before}")
        return None

    def _is_whole(self, version: Version) -> bool:
        return bool(self.whole_before) and version < version_numbers(self.whole_before)

    def write(self, value: float) -> str:
        return str(int(value)) if value == int(value) else str(value)

    def read(self, text: str) -> float:
        return float(text)


@dataclass(eq=False, repr=False)
class Duration(Kind[dt.timedelta]):
    """A span of time, which the application counts in a unit.

    Args:
        unit: What it counts.
        maximum: How many at most.
    """

    unit: dt.timedelta
    maximum: int = 0

    @property
    def rule(self) -> str:
        return f"a timedelta of whole {self._bounds}"

    def asks(self, version: Version) -> str:
        del version
        return f"a whole number of {self._bounds}"

    @property
    def _bounds(self) -> str:
        name = "days" if self.unit == DAYS else "seconds"
        return f"{name}, 1 to {self.maximum}" if self.maximum else f"{name}, 1 or more"

    def accepts(self, value: object) -> bool:
        if not isinstance(value, dt.timedelta) or value % self.unit:
            return False
        return self.unit <= value and not (self.maximum and value > self.maximum * self.unit)

    def write(self, value: dt.timedelta) -> str:
        return str(value // self.unit)

    def read(self, text: str) -> dt.timedelta:
        try:
            return int(text) * self.unit
        except OverflowError as error:
            raise ValueError(text) from error


SECONDS: Final = dt.timedelta(seconds=1)
DAYS: Final = dt.timedelta(days=1)


@dataclass(eq=False, repr=False)
class Text(Kind[str]):
    """One line of text, of a shape where there is one.

    Args:
        means: What it must be, continuing "must be".
        shape: Regular expression of the whole text.
        example: A good one.
    """

    means: str = "a text"
    shape: str = r".*\S.*"
    example: str = ""

    @property
    def rule(self) -> str:
        return f"{self.means} such as {self.example!r}" if self.example else self.means

    def wrong(self, value: object) -> Wrong | None:
        if self.accepts(value):
            return None
        return Wrong(self.rule, value, _LEAVE_OUT if value == "" else "")

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and value.isprintable() and re.fullmatch(self.shape, value) is not None

    def read(self, text: str) -> str:
        return text


class ContainerPath(Text):
    """A place in a container, which the application takes with a slash at its end too."""

    def read(self, text: str) -> str:
        return text.rstrip("/") or text


class Scheme(Text):
    """The beginning of a URL, which the application takes in capitals too."""

    def read(self, text: str) -> str:
        return text.lower()


class Address(Text):
    """An IP address.

    The shape is that of texts that are none, and allowed all the same.
    """

    def accepts(self, value: object) -> bool:
        return super().accepts(value) or (isinstance(value, str) and _is_address(value))


class BracketedAddress(Text):
    """The same with IPv6 in brackets, as in URLs."""

    def accepts(self, value: object) -> bool:
        if super().accepts(value):
            return True
        return isinstance(value, str) and value[:1] + value[-1:] == "[]" and _is_address(value[1:-1])


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


_NO_TEXT: Final = "(?!)"
_HOST_NAME: Final = r"[^\s/:@,\[\]]+"
PATH: Final = ContainerPath("an absolute path without '/' at its end", r"/.*[^/]")
PROGRAM: Final = Text("a program's name, or its absolute path", r"[^/\s]+|/.*[^/]")
HOST: Final = BracketedAddress("a host's name or address alone", _HOST_NAME)
SERVER: Final = Address("a server's name or address alone", _HOST_NAME)
ADDRESS: Final = Address("an IP address", _NO_TEXT, "10.0.0.1")
DOTTED_NAME: Final = Text("a dotted Python name", r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
PORT: Final = Whole(minimum=1, maximum=_MAX_PORT)


@dataclass(eq=False, repr=False)
class Url(Kind[str]):
    """A web address; one with a password in it is refused, as it would stand in the manifests.

    Args:
        origin: Whether it must end with the host.
        wildcard: Whether the host may start with ``*.``.
    """

    origin: bool = False
    wildcard: bool = False

    @property
    def rule(self) -> str:
        what = "scheme and host alone" if self.origin else "scheme and host"
        return f"a URL with {what}, such as 'https://docs.example.org', and without a login"

    def accepts(self, value: object) -> bool:
        if not isinstance(value, str) or re.search(r"\s", value):
            return False
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            return False
        host = (parts.hostname or "").removeprefix("*." if self.wildcard else "")
        if parts.scheme not in ("http", "https") or not re.fullmatch(r"[\w.-]+|[0-9a-f:.]+", host) or port == 0:
            return False
        return "@" not in parts.netloc and not (self.origin and (parts.path or parts.query or parts.fragment))

    def read(self, text: str) -> str:
        return text.removesuffix("/") if self.origin else text


class Change(NamedTuple):
    """When a member of a closed set came or went, and what to use in versions without it."""

    since: str = ""
    until: str = ""
    instead: str = ""


@dataclass(eq=False, repr=False)
class OneOf(Kind[E]):
    """A member of a closed set.

    Args:
        members: The set; each member's value is what the application reads.
        changes: Those that not every version has.
        any_case: Whether the application takes small letters for capitals.
    """

    members: type[E]
    changes: Mapping[E, Change] = field(default_factory=dict[E, Change])
    any_case: bool = False

    @property
    def rule(self) -> str:
        return "one of " + ", ".join(map(str, self.members))

    def asks(self, version: Version) -> str:
        return "one of " + ", ".join(map(self.write, self._known_by(version)))

    def accepts(self, value: object) -> bool:
        return isinstance(value, self.members)

    def wrong_in(self, value: E, version: Version) -> Wrong | None:
        known = self._known_by(version)
        if value in known:
            return None
        names = ", ".join(map(str, known))
        advice = self.changes[value].instead
        return Wrong(f"one of {names} with paperless-ngx {'.'.join(map(str, version))}", value, advice)

    def _known_by(self, version: Version) -> list[E]:
        return [member for member in self.members if self._exists(member, version)]

    def _exists(self, member: E, version: Version) -> bool:
        change = self.changes.get(member, Change())
        return not (
            (change.since and version < version_numbers(change.since))
            or (change.until and version >= version_numbers(change.until))
        )

    def write(self, value: E) -> str:
        return str(value.value)

    def read(self, text: str) -> E:
        word = text.upper() if self.any_case else text
        for member in self.members:
            if self.write(member) == word:
                return member
        raise ValueError(text)


class TimeZone(Kind[str]):
    """A place in the IANA database."""

    @property
    def rule(self) -> str:
        return "an IANA time zone such as 'Europe/Zurich'"

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and is_time_zone(value)

    def read(self, text: str) -> str:
        return text


class Date(Kind[dt.date]):
    """A day. It is written with the month's name, which no order of day and month can turn into another day."""

    @property
    def rule(self) -> str:
        return "a datetime.date"

    @property
    def advice(self) -> str:
        return "with the month's name no order of day and month makes another day of it"

    def asks(self, version: Version) -> str:
        del version
        return "a day such as 24 December 1980 or 1980-12-24"

    def accepts(self, value: object) -> bool:
        return isinstance(value, dt.date) and not isinstance(value, dt.datetime)

    def write(self, value: dt.date) -> str:
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year:04}"

    def read(self, text: str) -> dt.date:
        day, _, rest = text.strip().partition(" ")
        month, _, year = rest.partition(" ")
        if month in _MONTHS:
            return dt.date(int(year), _MONTHS.index(month) + 1, int(day))
        return dt.date.fromisoformat(text.strip())


# strftime would ask the locale.
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(eq=False, repr=False)
class Listed(Kind[tuple[T, ...]]):
    """Several values of one kind, all different, with a separator between, which none of them may contain."""

    each: Kind[T]
    separator: str = ","

    @property
    def rule(self) -> str:
        return f"a tuple, each {self.each.rule}"

    @property
    def advice(self) -> str:
        return self.each.advice

    def asks(self, version: Version) -> str:
        return f"a list with {self.separator!r} between, each {self.each.asks(version)}"

    def wrong(self, value: object) -> Wrong | None:
        if not isinstance(value, tuple) or not value:
            return Wrong(self.rule, value, _LEAVE_OUT if value == () else "")
        members = cast("tuple[T, ...]", value)
        for member in members:
            if (wrong := self.each.wrong(member)) is not None:
                return Wrong(self.rule, wrong.got)
            if self.separator in self.each.write(member):
                return Wrong(f"a tuple of texts without {self.separator!r}", member)
        if len(set(members)) < len(members):
            return Wrong("a tuple of values that are all different", members)
        return None

    def write(self, value: tuple[T, ...]) -> str:
        return self.separator.join(map(self.each.write, value))

    def read(self, text: str) -> tuple[T, ...]:
        members = (self.each.read(part.strip()) for part in text.split(self.separator) if part.strip())
        return tuple(dict.fromkeys(members))


@dataclass(eq=False, repr=False)
class JsonTexts(Kind[tuple[str, ...]]):
    """A JSON list of texts.

    Args:
        each: What each is, continuing "each".
    """

    each: str

    @property
    def rule(self) -> str:
        return f"a tuple, each {self.each}"

    def asks(self, version: Version) -> str:
        del version
        return f"a JSON list, each {self.each}"

    def wrong(self, value: object) -> Wrong | None:
        if not isinstance(value, tuple):
            return Wrong(self.rule, value)
        for member in cast("tuple[object, ...]", value):
            if not isinstance(member, str) or not member.strip():
                return Wrong(self.rule, member)
        return None

    def write(self, value: tuple[str, ...]) -> str:
        return json.dumps(value, ensure_ascii=False)

    def read(self, text: str) -> tuple[str, ...]:
        found = json.loads(text)
        if not isinstance(found, list):
            raise ValueError(text)  # noqa: TRY004 (the text is at fault)
        return tuple(cast("list[str]", found))


def is_pattern(text: str) -> bool:
    """Return whether a text is a regular expression."""
    try:
        re.compile(text)
    except re.error:
        return False
    return True


@dataclass(eq=False, repr=False)
class Patterns(Kind[Mapping[str, str]]):
    """A JSON object from regular expressions to what takes the place of what they find.

    Args:
        keys: Where this is a list of objects, the two names in each; else one object.
    """

    keys: tuple[str, str] | None = None

    @property
    def rule(self) -> str:
        return "a mapping from regular expressions to texts"

    def asks(self, version: Version) -> str:
        del version
        if self.keys is None:
            return "a JSON object from regular expressions to texts"
        return f"a JSON list of objects with {' and '.join(self.keys)}, a regular expression and a text"

    def wrong(self, value: object) -> Wrong | None:
        if not isinstance(value, Mapping):
            return Wrong(self.rule, value)
        for pattern, text in cast("Mapping[object, object]", value).items():
            if not isinstance(pattern, str) or not pattern or not is_pattern(pattern):
                return Wrong(self.rule, pattern)
            if not isinstance(text, str):
                return Wrong(self.rule, text)
            try:
                re.sub(pattern, text, "")
            except (re.error, IndexError) as error:
                return Wrong(self.rule, text, f"{pattern!r} does not go with it: {error}")
        return None

    def freeze(self, value: Mapping[str, str]) -> Mapping[str, str]:
        return FrozenMapping(value)

    def write(self, value: Mapping[str, str]) -> str:
        if self.keys is None:
            return json.dumps(dict(value), ensure_ascii=False)
        return json.dumps([dict(zip(self.keys, item, strict=True)) for item in value.items()], ensure_ascii=False)

    def read(self, text: str) -> Mapping[str, str]:
        found = json.loads(text)
        try:
            if self.keys is None:
                return dict(found)
            first, second = self.keys
            return {item[first]: item[second] for item in found}
        except (TypeError, KeyError) as error:
            raise ValueError(text) from error


class JsonObject(Kind[Mapping[str, Json]]):
    """A JSON object whose names are up to somebody else."""

    @property
    def rule(self) -> str:
        return "a mapping from names to what JSON can say"

    def asks(self, version: Version) -> str:
        del version
        return "a JSON object"

    def accepts(self, value: object) -> bool:
        # An empty one says nothing.
        return isinstance(value, Mapping) and value != {} and _is_json(cast("object", value))

    def freeze(self, value: Mapping[str, Json]) -> Mapping[str, Json]:
        return cast("Mapping[str, Json]", frozen(value))

    def write(self, value: Mapping[str, Json]) -> str:
        return json.dumps(value, ensure_ascii=False, default=dict)

    def read(self, text: str) -> Mapping[str, Json]:
        found: Any = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError(text)  # noqa: TRY004 (the text is at fault)
        return cast("Mapping[str, Json]", found)


def _is_json(value: object) -> bool:
    """Return whether JSON can say a value and says it as it is."""
    if isinstance(value, Mapping):
        members = cast("Mapping[object, object]", value)
        return all(isinstance(name, str) and name and _is_json(member) for name, member in members.items())
    if isinstance(value, list | tuple):
        return all(map(_is_json, cast("list[object]", value)))
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int)


class Secret(Kind[SecretKey]):
    """A value that stands in a Secret; no manifest contains it, and no refusal repeats it."""

    @property
    def rule(self) -> str:
        return "a SecretKey"

    @property
    def advice(self) -> str:
        return "put the value into a Secret and name that: SecretKey(secret=..., key=...)"

    def wrong(self, value: object) -> Wrong | None:
        return None if isinstance(value, SecretKey) else Wrong(self.rule, type(value), self.advice)

    def write(self, value: SecretKey) -> str:
        """Say where it stands."""
        return f"{value.secret}/{value.key}"
