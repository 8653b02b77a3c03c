"""Moving in: an existing installation's variables as settings, and what must change by hand."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar, cast

from cdk8s_paperless_ngx.settings.catalog import SettingLocation, catalog_of
from cdk8s_paperless_ngx.settings.dotenv import nothing, read_dotenv
from cdk8s_paperless_ngx.settings.found import NO_VALUE, Found
from cdk8s_paperless_ngx.settings.interpolation import interpolate
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.kind import Problem, Translation
from cdk8s_paperless_ngx.settings.kinds.secrets import Secret
from cdk8s_paperless_ngx.settings.not_settings import OWNED, not_read
from cdk8s_paperless_ngx.settings.providers_reading import typed_providers
from cdk8s_paperless_ngx.settings.sections.single_sign_on import PROVIDERS
from cdk8s_paperless_ngx.settings.setting import Group, Setting, WrongSettingError, declared_settings, named
from cdk8s_paperless_ngx.settings.versions import Version, check_version, version_numbers
from cdk8s_paperless_ngx.settings.yaml_files import WHERE as _WHERE
from cdk8s_paperless_ngx.settings.yaml_files import is_yaml, read_yaml
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.secrecy import presentable
from cdk8s_paperless_ngx.validation.value import value

_EMPTY: Final = "it has no value in the file: leave it out"
_YAML: Final = (".yaml", ".yml", ".json")
_PROJECT: Final = ".env"
"""Beside a Compose file: where Compose takes the values of references from."""


class _Groups(Protocol):
    """A class of settings that consists of groups."""

    def groups(self) -> Iterable[tuple[str, Group]]: ...


SettingsT = TypeVar("SettingsT", bound=_Groups)


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
    """Its value is not valid, or has to be rewritten."""
    UNKNOWN = "unknown"
    """Nothing is known about it."""


@value
class Note:
    """What has to be known, or done, about one variable.

    Args:
        variable: Its name; of what is no variable, where it is in the file.
        outcome: What became of it.
        text: What to do.
    """

    variable: str
    outcome: Outcome
    text: str

    def __str__(self) -> str:
        """Return it as a line for people."""
        return f"{self.variable}: {self.text}"


@value
class EnvReading(Generic[SettingsT]):
    """What `Settings.from_env` found.

    Args:
        settings: Everything that could be taken over, and that the version takes.
        notes: One on each variable that is not in there as it stood, in the order of the file; before them, one on
            each line or item that is no variable.
    """

    instead: ClassVar[str] = "pass what is in it, as settings=reading.settings"
    """What to do where one of these was passed for settings."""

    settings: SettingsT
    notes: tuple[Note, ...]


def read_env(settings: type[SettingsT], source: object, version: str, service: object) -> EnvReading[SettingsT]:
    """Do what `Settings.from_env` promises.

    Args:
        settings: The class to make.
        source: File, text or variables.
        version: Of the paperless-ngx that shall run with them.
        service: Which container of a YAML file is meant.
    """
    check_version(_WHERE, "version", version)
    if service is not None and not isinstance(service, str):
        raise TypeError(f"{_WHERE}: service must be a text or None, got {type(service).__name__}")
    return _Reader(settings, version, _found(source, service)).read()


def _found(source: object, service: str | None) -> Found:
    if isinstance(source, str):
        return _parsed(source, service)
    if isinstance(source, Path):
        return _in_file(source, service)
    if not isinstance(source, Mapping):
        raise TypeError(f"{_WHERE}: source must be a pathlib.Path, a text or a mapping, got {type(source).__name__}")
    _refuse_service(service)
    found = Found()
    for given, item in cast("Mapping[object, object]", source).items():
        name, text = _name(given), _text(given, item)
        if text is None:
            found.set(name, None)
        else:
            found.set_interpolated(name, interpolate(text, nothing))
    return found


def _refuse_service(service: str | None) -> None:
    if service is not None:
        raise conflict(_WHERE, "service is for a file of YAML, and source is none", "leave it out")


def _parsed(text: str, service: str | None) -> Found:
    if is_yaml(text):
        return read_yaml(text, service=service)
    _refuse_service(service)
    found = read_dotenv(text)
    if found.remarks and not found.variables:
        where, _ = next(iter(found.remarks.items()))
        advice = "pass a pathlib.Path for a file" if text.isprintable() else "write NAME=value"
        raise conflict(_WHERE, f"{where} is neither a variable nor a comment", advice)
    return found


def _in_file(path: Path, service: str | None) -> Found:
    text = _content(path)
    if path.suffix.lower() not in _YAML and not is_yaml(text):
        return _parsed(text, service)

    def read_file(name: str) -> str | None:
        beside = path.parent / name
        return _content(beside) if beside.is_file() else None

    project = read_dotenv(read_file(_PROJECT) or "")
    return read_yaml(text, service=service, lookup=project.value, read_file=read_file)


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise refusal(_WHERE, "source", "a file in UTF-8", str(path), "save it as that") from None


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"{_WHERE}: source must be a mapping from names of variables, got a name {name!r}")
    return name


def _text(name: object, item: object) -> str | None:
    """Return what Compose makes of a value in YAML."""
    if item is None or isinstance(item, str):
        return item
    if isinstance(item, bool):
        return Flag().write(item)
    if isinstance(item, int | float):
        return str(item)
    raise TypeError(f"{_WHERE}: source[{name!r}] must be a text, a number, True or False, got {type(item).__name__}")


class _Reader(Generic[SettingsT]):
    """Takes variables one by one, and then back those that do not go together."""

    def __init__(self, settings: type[SettingsT], version: str, found: Found) -> None:
        self._type = settings
        self._catalog = catalog_of(cast("type[Group]", settings))
        self._version = version
        self._numbers: Version = version_numbers(version)
        self._found = found
        self._variables: Mapping[str, str | None] = found.variables
        self._values: dict[str, dict[str, Any]] = {}
        """Arguments by group."""
        self._origin: dict[tuple[str, str], list[str]] = {}
        """Which variables an argument comes from."""
        self._notes: dict[str, Note] = {}

    def read(self) -> EnvReading[SettingsT]:
        former: list[tuple[str, Translation, SettingLocation]] = []
        for name, text in self._variables.items():
            location = self._catalog.locations.get(name)
            if outcome := self._elsewhere(name, text, location):
                self._note(name, *outcome)
            elif location is not None and text is not None:
                translation = location.setting.translation_in(text, self._numbers)
                if translation is None:
                    self._take(name, text, location)
                else:
                    former.append((name, translation, location))
        # What was said in today's words comes before what is translated.
        for name, translation, location in former:
            self._translate(name, translation, location)
        settings = self._settings()
        self._note_needs(settings)
        remarks = (
            Note(variable=where, outcome=Outcome.WRONG, text=remark) for where, remark in self._found.remarks.items()
        )
        notes = (self._notes[name] for name in self._variables if name in self._notes)
        return EnvReading(settings=settings, notes=(*remarks, *notes))

    def _note(self, name: str, outcome: Outcome, text: str) -> None:
        self._notes[name] = Note(variable=name, outcome=outcome, text=text)

    def _elsewhere(self, name: str, text: str | None, location: SettingLocation | None) -> tuple[Outcome, str] | None:
        """Return what is to be said about a variable that cannot be a setting; None where it may be one."""
        is_empty = text is not None and not text.strip()
        if advice := self._catalog.advice(name) or not_read(name):
            outcome = Outcome.OWNED if name in OWNED else Outcome.START_SCRIPT
            return outcome, f"{_EMPTY}; {advice}" if is_empty else advice
        if is_empty:
            return Outcome.WRONG, _EMPTY
        if location is None:
            close = self._catalog.lookalike(name)
            meant = f"; it looks like {close}" if close else ""
            return Outcome.UNKNOWN, f"not known here: use Settings(extra_env=...) if the application needs it{meant}"
        known = location.setting
        if isinstance(known.kind, Secret):
            return self._no_setting(location) or (Outcome.SECRET, self._secret(name, location, text))
        if text is None:
            return Outcome.WRONG, self._found.reasons.get(name, NO_VALUE)
        return None if known.translation_in(text, self._numbers) else self._no_setting(location)

    def _secret(self, name: str, location: SettingLocation, text: str | None) -> str:
        """Return how a value is named that stands in a Secret, or shall."""
        if name == PROVIDERS and text is not None and (providers := typed_providers(text)):
            instead = f"Settings(single_sign_on=SingleSignOn(providers={providers}))"
            return f"put each client secret into a Secret, and write {instead}; PAPERLESS_APPS follows from it"
        if key := self._found.secrets.get(name):
            stands = location.usage.replace("...", f"SecretKey(secret={key.secret!r}, key={key.key!r})")
            return f"its value stands in a Secret: name that, {stands}"
        usage = location.usage.replace("...", "SecretKey(secret=..., key=...)")
        return f"put the value into a Secret and name that: {usage}"

    def _no_setting(self, location: SettingLocation) -> tuple[Outcome, str] | None:
        """Return what is to be said about a setting that the version does not have."""
        known = location.setting
        if known.is_too_old(self._numbers):
            return Outcome.REMOVED, self._named(f"it was removed in {known.until}: {known.after}", location.type)
        if known.is_too_new(self._numbers):
            instead_of_it = f": {known.before}" if known.before else ""
            return Outcome.TOO_NEW, self._named(f"it was added in {known.since}{instead_of_it}", location.type)
        return None

    def _named(self, text: str, group: type[Group]) -> str:
        """Return a sentence about arguments of a group as one about their variables."""
        return named(text, {name: known.name_in(self._numbers) for name, known in declared_settings(group).items()})

    def _take(self, name: str, text: str, location: SettingLocation) -> None:
        known = location.setting
        value, problem = self._understood(known, text)
        if problem is not None:
            self._note_problem(name, location.type, problem._replace(rule=known.kind.asks(self._numbers)))
            return
        if name != known.name_in(self._numbers):
            if known.name_in(self._numbers) in self._variables:
                self._note(name, Outcome.REMOVED, f"{known.name_in(self._numbers)} says it already")
                return
            self._note(name, Outcome.TRANSLATED, f"it is {known.name_in(self._numbers)} now, {location.usage}")
        elif known.changed is not None and known.becomes is None and self._numbers >= version_numbers(known.changed[0]):
            meaning = self._named(f"kept, but since {known.changed[0]} it means: {known.changed[1]}", location.type)
            self._note(name, Outcome.TRANSLATED, meaning)
        self._set(name, location, value)

    def _understood(self, known: Setting[Any], text: str) -> tuple[object, Problem | None]:
        """Return the value of a text, and what is wrong with it."""
        value, problem = self._read(known, text)
        if problem is not None and text.endswith("\n"):
            # YAML's block scalars end so, which is no part of what was meant.
            value, without = self._read(known, text.rstrip("\n"))
            problem = without and problem
        return value, problem

    def _read(self, known: Setting[Any], text: str) -> tuple[object, Problem | None]:
        try:
            value = known.kind.read(text)
        except ValueError:
            return None, Problem(known.kind.rule, text, known.kind.advice)
        return value, known.kind.problem_with(value) or known.problem_in(value, self._numbers)

    def _translate(self, name: str, translation: Translation, location: SettingLocation) -> None:
        """Take what a former text means now, if every variable for it is free."""
        remark = self._named(translation.remark, location.type)
        if not translation.variables:
            self._note(name, Outcome.WRONG, remark)
            return
        words = " and ".join(f"{target}={text}" for target, text in translation.variables.items())
        targets = {
            target: (self._catalog.locations[target], self._catalog.locations[target].setting.kind.read(text))
            for target, text in translation.variables.items()
        }
        for target, (found, item) in targets.items():
            if (problem := found.setting.problem_in(item, self._numbers)) is not None:
                self._note_problem(name, found.type, problem._replace(rule=found.setting.kind.asks(self._numbers)))
                return
            if self._values.get(found.group, {}).get(found.argument, item) != item:
                self._note(name, Outcome.REMOVED, f"it would be {words} now, and {target} says something else already")
                return
        for found, item in targets.values():
            self._set(name, found, item)
        self._note(name, Outcome.TRANSLATED, ", ".join(filter(None, (f"it is {words} now", remark))))

    def _set(self, name: str, location: SettingLocation, value: object) -> None:
        self._values.setdefault(location.group, {})[location.argument] = value
        self._origin.setdefault((location.group, location.argument), []).append(name)

    def _note_problem(self, name: str, group: type[Group], problem: Problem) -> None:
        sentence = self._named(f"it must be {problem.rule}", group)
        advice = self._named(f"; {problem.advice}" if problem.advice else "", group)
        self._note(name, Outcome.WRONG, f"{sentence}, got {presentable(self._variables[name])!r}{advice}")

    def _give_back(self, name: str, group: type[Group], argument: str, problem: Problem) -> None:
        """Take a setting out that is wrong beside others."""
        del self._values[name][argument]
        for variable in self._origin.pop((name, argument)):
            self._note_problem(variable, group, problem)

    def _note_needs(self, settings: SettingsT) -> None:
        """Say of what was taken over as it stood what else it needs."""
        for prefix, group in settings.groups():
            for argument, known, item in group.given():
                needs = known.needs(item) if known.needs and known.kind.write(item) != known.unset else ""
                for variable in self._origin.get((prefix.removesuffix("."), argument), ()):
                    if needs:
                        before = f"{self._notes[variable].text}; " if variable in self._notes else "kept; "
                        self._note(variable, Outcome.NEEDS, f"{before}it needs {needs}")

    def _settings(self) -> SettingsT:
        while True:
            groups = {name: self._group(name, group) for name, group in self._catalog.group_types.items()}
            settings = self._type(**self._values.get("", {}), **groups)
            found = next(
                (
                    (prefix.removesuffix("."), type(group), argument, problem)
                    for prefix, group in settings.groups()
                    for argument, problem in group.problems_in(self._numbers)
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
                self._give_back(name, group, error.argument, error.problem)
