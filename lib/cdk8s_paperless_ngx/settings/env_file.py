"""Moving in: an existing installation's variables as `Settings`, and what must change by hand."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from cdk8s_paperless_ngx.checks import refusal
from cdk8s_paperless_ngx.image import parse_version
from cdk8s_paperless_ngx.secrecy import presentable
from cdk8s_paperless_ngx.settings.elsewhere import OWNED
from cdk8s_paperless_ngx.settings.kinds import Flag, Now, Secret, Wrong
from cdk8s_paperless_ngx.settings.setting import Group, Setting, WrongSettingError, declared_settings, named
from cdk8s_paperless_ngx.settings.settings import (
    Place,
    Settings,
    group_types,
    instead,
    lookalike,
    places,
)
from cdk8s_paperless_ngx.settings.version import Version, version_numbers

_WHERE: Final = "Settings.from_env"
_LINE: Final = re.compile(
    r"""
    [ \t]* (?: export [ \t]+ )? (?P<name> [A-Za-z_][A-Za-z0-9_]* ) [ \t]*
    (?: = [ \t]* (?:
        ' (?P<single> [^']* ) ' [ \t]* (?: \#.* )?
        | " (?P<double> (?: \\. | [^"\\] )* ) " [ \t]* (?: \#.* )?
        | (?P<plain> (?! ['"] ) .*? ) (?: (?<=[ \t=]) \#.* )?
    ) )? [ \t]*
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}
_REFERENCE: Final = re.compile(r"\$[A-Za-z_{]")


class Outcome(enum.Enum):
    """What became of a variable."""

    TRANSLATED = "translated"
    """It is among the settings under another name, with another value, or with another meaning."""
    NEEDS = "needs"
    """It is among the settings, and needs something that no settings can bring."""
    OWNED = "owned"
    """Another argument of `Paperless` decides it."""
    SECRET = "secret"  # noqa: S105 (a word, no value)
    """Its value belongs into a Secret."""
    REMOVED = "removed"
    """The version has it no more."""
    TOO_NEW = "too new"
    """The version does not have it yet."""
    START_SCRIPT = "start script"
    """Only the image's start scripts read it, which are not run."""
    WRONG = "wrong"
    """Its value is none, or has to be rewritten."""
    UNKNOWN = "unknown"
    """Nothing is known about it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What has to be known, or done, about one variable.

    Args:
        variable: Its name.
        outcome: What became of it.
        text: What to do.
    """

    variable: str
    outcome: Outcome
    text: str

    def __str__(self) -> str:
        """Return it as a line for people."""
        return f"{self.variable}: {self.text}"


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvReading:
    """What `Settings.from_env` found.

    Args:
        settings: Everything that could be taken over, and that the version takes.
        notes: One on each variable that is not in there as it stood, in the order of the file.
    """

    settings: Settings
    notes: tuple[Note, ...]


def read_env(source: object, version: str) -> EnvReading:
    """Do what `Settings.from_env` promises."""
    parse_version(_WHERE, version)
    return _Reader(version, _variables(source)).read()


def _variables(source: object) -> dict[str, str | None]:
    if isinstance(source, str):
        return parse_env(source)
    if isinstance(source, Path):
        try:
            return parse_env(source.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            raise refusal(_WHERE, "source", "a file in UTF-8", str(source), "save it as that") from None
    if not isinstance(source, Mapping):
        raise refusal(_WHERE, "source", "a pathlib.Path, a text or a mapping", type(source))
    return {_name(name): _text(name, value) for name, value in cast("Mapping[object, object]", source).items()}


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise refusal(_WHERE, "source", "a mapping from names of variables", name)
    return name


def _text(name: object, value: object) -> str | None:
    """Return what Compose makes of a value in YAML."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return Flag().write(value)
    if isinstance(value, int | float):
        return str(value)
    raise refusal(_WHERE, f"source[{name!r}]", "a text, a number, True or False", type(value))


def parse_env(text: str) -> dict[str, str | None]:
    """Return the variables of a file that Docker Compose takes as ``env_file``; the last of one name counts.

    A value is None where Compose would put it together from elsewhere: a name alone, or a reference such as ``${NAME}``
    (https://docs.docker.com/reference/compose-file/services/#env_file-format).

    Raises:
        ValueError: A line is neither a variable nor a comment.
    """
    variables: dict[str, str | None] = {}
    # Editors on Windows begin a file with a mark of its encoding.
    for number, line in _logical_lines(text.removeprefix("\ufeff")):
        match = _LINE.fullmatch(line)
        if match is None:
            # The line itself may be a password.
            advice = "pass a pathlib.Path for a file" if text.isprintable() else ""
            raise refusal(_WHERE, "source", "lines of the form NAME=value", f"another on line {number}", advice)
        variables[match["name"]] = _value(match)
    return variables


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that says something; one in quotes may go on."""
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not pending and (not line.strip() or line.lstrip().startswith("#")):
            continue
        pending, start = (f"{pending}\n{line}", start) if pending else (line, number)
        if _LINE.fullmatch(pending) or not re.match(r"[^=]*=[ \t]*['\"]", pending):
            yield start, pending
            pending = ""
    if pending:
        yield start, pending


def _value(match: re.Match[str]) -> str | None:
    if match["single"] is not None:
        return match["single"]
    quoted, plain = match["double"], match["plain"]
    if quoted is None and plain is None:
        return None
    text: str = plain.strip() if quoted is None else quoted
    if _REFERENCE.search(text.replace("$$", "")):
        return None
    text = text.replace("$$", "$")
    return text if quoted is None else re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), text)


class _Reader:
    """Takes variables one by one, and then back those that do not go together."""

    def __init__(self, version: str, variables: Mapping[str, str | None]) -> None:
        self._version = version
        self._numbers: Version = version_numbers(version)
        self._variables = variables
        self._values: dict[str, dict[str, Any]] = {}
        """Arguments by group."""
        self._origin: dict[tuple[str, str], list[str]] = {}
        """Which variables an argument comes from."""
        self._notes: dict[str, Note] = {}

    def read(self) -> EnvReading:
        former: list[tuple[str, Now, Place]] = []
        for name, text in self._variables.items():
            place = places().get(name)
            if outcome := self._elsewhere(name, text, place):
                self._note(name, *outcome)
            elif place is not None and text is not None:
                now = place.setting.now(text, self._numbers)
                if now is None:
                    self._take(name, text, place)
                else:
                    former.append((name, now, place))
        # What was said in today's words comes before what is translated.
        for name, now, place in former:
            self._translate(name, now, place)
        settings = self._settings()
        self._note_needs(settings)
        return EnvReading(
            settings=settings, notes=tuple(self._notes[name] for name in self._variables if name in self._notes)
        )

    def _note(self, name: str, outcome: Outcome, text: str) -> None:
        self._notes[name] = Note(variable=name, outcome=outcome, text=text)

    def _elsewhere(self, name: str, text: str | None, place: Place | None) -> tuple[Outcome, str] | None:
        """Return what is to be said about a variable that cannot be a setting; None where it may be one."""
        if text is not None and not text.strip():
            return Outcome.WRONG, "it has no value in the file: leave it out"
        if advice := instead(name):
            return (Outcome.OWNED if name in OWNED else Outcome.START_SCRIPT), advice
        if place is None:
            close = lookalike(name)
            meant = f"; it looks like {close}" if close else ""
            return Outcome.UNKNOWN, f"not known here: use Settings(extra_env=...) if the application needs it{meant}"
        known = place.setting
        if isinstance(known.kind, Secret):
            usage = place.usage.replace("...", "SecretKey(secret=..., key=...)")
            secret = Outcome.SECRET, f"put the value into a Secret and name that: {usage}"
            return self._no_setting(place) or secret
        if text is None:
            return Outcome.WRONG, "it has no value in the file: leave it out, or write one"
        return None if known.now(text, self._numbers) else self._no_setting(place)

    def _no_setting(self, place: Place) -> tuple[Outcome, str] | None:
        """Return what is to be said about a setting that the version does not have."""
        known = place.setting
        if known.is_too_old(self._numbers):
            return Outcome.REMOVED, self._named(f"it went with {known.until}: {known.after}", place.type)
        if known.is_too_new(self._numbers):
            instead_of_it = f": {known.before}" if known.before else ""
            return Outcome.TOO_NEW, self._named(f"it came with {known.since}{instead_of_it}", place.type)
        return None

    def _named(self, text: str, group: type[Group]) -> str:
        """Return a sentence about arguments of a group as one about their variables."""
        return named(text, {name: known.name_in(self._numbers) for name, known in declared_settings(group).items()})

    def _take(self, name: str, text: str, place: Place) -> None:
        known = place.setting
        value, wrong = self._understood(known, text)
        if wrong is not None:
            self._wrong(name, place.type, wrong._replace(rule=known.kind.asks(self._numbers)))
            return
        if name != known.name_in(self._numbers):
            if known.name_in(self._numbers) in self._variables:
                self._note(name, Outcome.REMOVED, f"{known.name_in(self._numbers)} says it already")
                return
            self._note(name, Outcome.TRANSLATED, f"it is {known.name_in(self._numbers)} now, {place.usage}")
        elif known.changed is not None and known.becomes is None and self._numbers >= version_numbers(known.changed[0]):
            meaning = self._named(f"kept, but since {known.changed[0]} it means: {known.changed[1]}", place.type)
            self._note(name, Outcome.TRANSLATED, meaning)
        self._set(name, place, value)

    def _understood(self, known: Setting[Any], text: str) -> tuple[object, Wrong | None]:
        """Return the value of a text, and what is wrong with it."""
        try:
            value = known.kind.read(text)
        except ValueError:
            return None, Wrong(known.kind.rule, text, known.kind.advice)
        return value, known.kind.wrong(value) or known.wrong_in(value, self._numbers)

    def _translate(self, name: str, now: Now, place: Place) -> None:
        """Take what a former text means now, if every word for it is free."""
        remark = self._named(now.remark, place.type)
        if not now.variables:
            self._note(name, Outcome.WRONG, remark)
            return
        words = " and ".join(f"{target}={text}" for target, text in now.variables.items())
        targets = {
            target: (places()[target], places()[target].setting.kind.read(text))
            for target, text in now.variables.items()
        }
        for target, (found, value) in targets.items():
            if (wrong := found.setting.wrong_in(value, self._numbers)) is not None:
                self._wrong(name, found.type, wrong._replace(rule=found.setting.kind.asks(self._numbers)))
                return
            if self._values.get(found.group, {}).get(found.argument, value) != value:
                self._note(name, Outcome.REMOVED, f"it would be {words} now, and {target} says something else already")
                return
        for found, value in targets.values():
            self._set(name, found, value)
        self._note(name, Outcome.TRANSLATED, ", ".join(filter(None, (f"it is {words} now", remark))))

    def _set(self, name: str, place: Place, value: object) -> None:
        self._values.setdefault(place.group, {})[place.argument] = value
        self._origin.setdefault((place.group, place.argument), []).append(name)

    def _wrong(self, name: str, group: type[Group], wrong: Wrong) -> None:
        sentence = self._named(f"it must be {wrong.rule}", group)
        advice = self._named(f"; {wrong.advice}" if wrong.advice else "", group)
        self._note(name, Outcome.WRONG, f"{sentence}, got {presentable(self._variables[name])!r}{advice}")

    def _give_back(self, name: str, group: type[Group], argument: str, wrong: Wrong) -> None:
        """Take a setting out that is wrong beside others."""
        del self._values[name][argument]
        for variable in self._origin.pop((name, argument)):
            self._wrong(variable, group, wrong)

    def _note_needs(self, settings: Settings) -> None:
        """Say of what was taken over as it stood what else it needs."""
        for prefix, group in settings.groups():
            for argument, known, value in group.given():
                needs = known.needs(value) if known.needs and known.kind.write(value) != known.unset else ""
                for variable in self._origin.get((prefix.removesuffix("."), argument), ()):
                    if needs:
                        before = f"{self._notes[variable].text}; " if variable in self._notes else "kept; "
                        self._note(variable, Outcome.NEEDS, f"{before}it needs {needs}")

    def _settings(self) -> Settings:
        while True:
            groups = {name: self._group(name, group) for name, group in group_types().items()}
            settings = Settings(**self._values.get("", {}), **groups)
            found = next(
                (
                    (prefix.removesuffix("."), type(group), argument, wrong)
                    for prefix, group in settings.groups()
                    for argument, wrong in group.wrong_in(self._numbers)
                ),
                None,
            )
            if found is None:
                return settings
            self._give_back(*found)

    def _group(self, name: str, group: type[Group]) -> Any:  # noqa: ANN401 (Settings checks it)
        while True:
            try:
                return group(**self._values.get(name, {}))
            except WrongSettingError as error:
                self._give_back(name, group, error.argument, error.wrong)
