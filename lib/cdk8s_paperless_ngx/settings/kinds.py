"""What values a variable takes: how one is checked, written for the application, and read from an existing file."""

from __future__ import annotations

import datetime as dt
import enum
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar, cast
from urllib.parse import urlsplit

from cdk8s_paperless_ngx.checks import is_schedule, is_time_zone
from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.settings.version import version_numbers

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.settings.version import Version

T = TypeVar("T")
E = TypeVar("E", bound=enum.Enum)

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

DISABLED: Final = "disable"
"""Upstream's word for a task that is never queued."""
_TRUE: Final = ("true", "1", "t", "y", "yes")
_FALSE: Final = ("false", "0", "f", "n", "no")
"""Upstream's words (``src/paperless/settings/parsers.py``); any other stops every process of 3.x."""
_LOGIN: Final = re.compile(r"//[^/@]*@")
_MAX_PORT: Final = 65535


class Wrong(NamedTuple):
    """What is the matter with a value, in the parts of a refusal."""

    rule: str
    got: object
    advice: str = ""


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
    """A number of something, with or without fraction.

    Args:
        minimum: The least one.
        unit: What is counted.
        whole_before: First version that takes fractions.
    """

    minimum: float = 0
    unit: str = ""
    whole_before: str = ""

    @property
    def rule(self) -> str:
        of = f" of {self.unit}" if self.unit else ""
        return f"a number{of}, {self.minimum:g} or more"

    def accepts(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return math.isfinite(value) and value >= self.minimum

    def wrong_in(self, value: float, version: Version) -> Wrong | None:
        if self.whole_before and version < version_numbers(self.whole_before) and value != int(value):
            return Wrong(f"a whole number of {self.unit}", value, f"fractions came with {self.whole_before}")
        return None

    def write(self, value: float) -> str:
        return str(int(value)) if value == int(value) else str(value)

    def read(self, text: str) -> float:
        return float(text)


@dataclass(eq=False, repr=False)
class Duration(Kind[dt.timedelta]):
    """A span of time, which the application counts in a unit."""

    unit: dt.timedelta
    minimum: int = 0

    @property
    def rule(self) -> str:
        name = "days" if self.unit == DAYS else "seconds"
        return f"a timedelta of whole {name}, {self.minimum} or more"

    def accepts(self, value: object) -> bool:
        if not isinstance(value, dt.timedelta):
            return False
        return not value % self.unit and value >= self.minimum * self.unit

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

    @property
    def advice(self) -> str:
        return "leave it out for upstream's default"

    def wrong(self, value: object) -> Wrong | None:
        if self.accepts(value):
            return None
        return Wrong(self.rule, value, "" if value else self.advice)

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and value.isprintable() and re.fullmatch(self.shape, value) is not None

    def read(self, text: str) -> str:
        return text


PATH: Final = Text("an absolute path", r"/.*[^/]")
PROGRAM: Final = Text("a program's name, or its absolute path", r"[^/\s]+|/.*[^/]")
HOST: Final = Text("a host's name or address alone", r"[^\s/:@,]+|\[[0-9a-fA-F:.]+\]")
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

    def wrong(self, value: object) -> Wrong | None:
        if self.accepts(value):
            return None
        return Wrong(self.rule, _LOGIN.sub("//…@", value) if isinstance(value, str) else value)

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
    """When a member of a closed set came or went."""

    since: str = ""
    until: str = ""


@dataclass(eq=False, repr=False)
class OneOf(Kind[E]):
    """A member of a closed set.

    Args:
        members: The set; each member's value is what the application reads.
        changes: Those that not every version has.
    """

    members: type[E]
    changes: Mapping[E, Change] = field(default_factory=dict[E, Change])

    @property
    def rule(self) -> str:
        return "one of " + ", ".join(map(str, self.members))

    def accepts(self, value: object) -> bool:
        return isinstance(value, self.members)

    def wrong_in(self, value: E, version: Version) -> Wrong | None:
        known = [member for member in self.members if self._exists(member, version)]
        if value in known:
            return None
        names = ", ".join(map(str, known))
        return Wrong(f"one of {names} with paperless-ngx {'.'.join(map(str, version))}", value)

    def _exists(self, member: E, version: Version) -> bool:
        change = self.changes.get(member, Change())
        return not (
            (change.since and version < version_numbers(change.since))
            or (change.until and version >= version_numbers(change.until))
        )

    def write(self, value: E) -> str:
        return str(value.value)

    def read(self, text: str) -> E:
        for member in self.members:
            if str(member.value) == text:
                return member
        raise ValueError(text)


class Cron(Kind[str]):
    """When a task is queued."""

    @property
    def rule(self) -> str:
        return "a cron expression of five fields with single spaces between, or DISABLED"

    @property
    def advice(self) -> str:
        return "for example '30 2 * * *'"

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and (value == DISABLED or is_schedule(value))

    def read(self, text: str) -> str:
        return DISABLED if text.strip().lower() == DISABLED else text


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
        return "leave it out for upstream's default"

    def wrong(self, value: object) -> Wrong | None:
        if not isinstance(value, tuple) or not value:
            return Wrong(self.rule, value, "" if value else self.advice)
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
        return tuple(self.each.read(part.strip()) for part in text.split(self.separator) if part.strip())


@dataclass(eq=False, repr=False)
class JsonTexts(Kind[tuple[str, ...]]):
    """A JSON list of texts.

    Args:
        each: What each is, continuing "each".
        patterns_since: First version that takes each for a regular expression.
    """

    each: str
    patterns_since: str = ""

    @property
    def rule(self) -> str:
        return f"a tuple, each {self.each}"

    def wrong(self, value: object) -> Wrong | None:
        if not isinstance(value, tuple):
            return Wrong(self.rule, value)
        for member in cast("tuple[object, ...]", value):
            if not isinstance(member, str) or not member.strip():
                return Wrong(self.rule, member)
        return None

    def wrong_in(self, value: tuple[str, ...], version: Version) -> Wrong | None:
        if self.patterns_since and version >= version_numbers(self.patterns_since):
            for member in value:
                if not is_pattern(member):
                    advice = f"since {self.patterns_since} it is none with * and ?; for example r'.*\\.tmp'"
                    return Wrong("a tuple, each a regular expression of file names", member, advice)
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

    def wrong(self, value: object) -> Wrong | None:
        if not isinstance(value, Mapping):
            return Wrong(self.rule, value)
        for pattern, text in cast("Mapping[object, object]", value).items():
            if not isinstance(pattern, str) or not pattern or not is_pattern(pattern):
                return Wrong(self.rule, pattern)
            if not isinstance(text, str):
                return Wrong(self.rule, text)
        return None

    def freeze(self, value: Mapping[str, str]) -> Mapping[str, str]:
        return MappingProxyType(dict(value))

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

    def accepts(self, value: object) -> bool:
        if not isinstance(value, Mapping) or not value:
            return False
        mapping = cast("Mapping[object, object]", value)
        if not all(isinstance(name, str) and name for name in mapping):
            return False
        try:
            json.dumps(dict(mapping), allow_nan=False)
        except (TypeError, ValueError):
            return False
        return True

    def freeze(self, value: Mapping[str, Json]) -> Mapping[str, Json]:
        return MappingProxyType(json.loads(json.dumps(dict(value))))

    def write(self, value: Mapping[str, Json]) -> str:
        return json.dumps(dict(value), ensure_ascii=False)

    def read(self, text: str) -> Mapping[str, Json]:
        found: Any = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError(text)  # noqa: TRY004 (the text is at fault)
        return cast("Mapping[str, Json]", found)


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
