"""The settings of an instance as one value."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import field, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cdk8s_paperless_ngx.checks import is_variable_name
from cdk8s_paperless_ngx.image import DEFAULT_VERSION
from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.secrecy import holds_a_secret, names_a_secret
from cdk8s_paperless_ngx.settings.ai import Ai
from cdk8s_paperless_ngx.settings.audit_trail import AuditTrail
from cdk8s_paperless_ngx.settings.authentication import Authentication, SingleSignOn
from cdk8s_paperless_ngx.settings.barcodes import Barcodes
from cdk8s_paperless_ngx.settings.binaries import Binaries
from cdk8s_paperless_ngx.settings.consumption import Consumption
from cdk8s_paperless_ngx.settings.dates import DateOrder, Dates
from cdk8s_paperless_ngx.settings.double_sided import DoubleSided
from cdk8s_paperless_ngx.settings.elsewhere import (
    OWNED,
    OWNED_SECRETS,
    START_SCRIPT,
    from_file,
)
from cdk8s_paperless_ngx.settings.email_sending import EmailSending
from cdk8s_paperless_ngx.settings.frontend import Frontend
from cdk8s_paperless_ngx.settings.frozen import FrozenMapping
from cdk8s_paperless_ngx.settings.hosting import Hosting
from cdk8s_paperless_ngx.settings.incoming_mail import IncomingMail
from cdk8s_paperless_ngx.settings.kinds import Flag, OneOf, Secret, Text, TimeZone, Wrong
from cdk8s_paperless_ngx.settings.logs import Logging
from cdk8s_paperless_ngx.settings.ocr import Ocr
from cdk8s_paperless_ngx.settings.paths import Paths
from cdk8s_paperless_ngx.settings.read_cache import ReadCache
from cdk8s_paperless_ngx.settings.remote_ocr import RemoteOcr
from cdk8s_paperless_ngx.settings.schedules import Schedules
from cdk8s_paperless_ngx.settings.setting import (
    BACKUP,
    EVERYWHERE,
    WEBSERVER,
    WORKER,
    Group,
    Setting,
    WrongSettingError,
    declared_settings,
    setting,
    settings_group,
)
from cdk8s_paperless_ngx.settings.software_tweaks import SoftwareTweaks
from cdk8s_paperless_ngx.settings.tika import Tika
from cdk8s_paperless_ngx.settings.trash import Trash
from cdk8s_paperless_ngx.settings.version import Version, version_numbers
from cdk8s_paperless_ngx.settings.webhooks import Webhooks
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.settings.env_file import EnvReading

_ACCEPTS_DUPLICATES_SINCE: Final = "3.0.0"
_ALIKE: Final = 0.85
"""How much of a name must agree, 0 to 1, for it to look like a misspelling."""
_BEGINNING: Final = 0.75
"""How much of a name its beginning must be, 0 to 1, for it to look like an abbreviation."""


@settings_group
class Settings(Group):
    """How the application behaves; every process gets the same.

    What is None is not written, and upstream's default holds. Each version of paperless-ngx has settings that others do
    not have: `Paperless` refuses those that its image does not know. ``docs/settings.md`` lists all of them.

    Raises:
        ValueError: A value has the wrong form, is empty (several empty variables stop every process), or belongs to
            another argument.

    Warns:
        UserWarning: A variable in ``extra_env`` looks like a misspelt one that there is an argument for.
    """

    time_zone: str = setting("PAPERLESS_TIME_ZONE", TimeZone(), initial="UTC", unset="UTC", read_by=EVERYWHERE)
    """IANA name, also of schedules."""
    ocr: Ocr = Ocr()
    """Text recognition."""
    consumption: Consumption = Consumption()
    """The consume directory."""
    schedules: Schedules = Schedules()
    """When recurring tasks run."""
    filename_format: str | None = setting(
        "PAPERLESS_FILENAME_FORMAT", Text("a template"), read_by=WEBSERVER + WORKER + BACKUP
    )
    """Template of stored files' names (Jinja); unset, numbers."""
    date_order: DateOrder | None = setting(
        "PAPERLESS_DATE_ORDER", OneOf(DateOrder), unset="DMY", read_by=WEBSERVER + WORKER
    )
    """Of dates in documents."""
    delete_duplicates: bool | None = setting(
        "PAPERLESS_CONSUMER_DELETE_DUPLICATES",
        Flag(),
        unset="false",
        changed=("3.0.0", "without it duplicates are stored; before, they were refused, and it deleted the file too"),
        read_by=WORKER,
    )
    """Whether a file that is there already is refused and deleted. Unset, it is with 3.0 and later, which would store a
    document twice when its task is delivered twice."""
    hosting: Hosting = Hosting()
    """Hosts and proxies."""
    authentication: Authentication = Authentication()
    """Who gets in."""
    single_sign_on: SingleSignOn = SingleSignOn()
    """Logins at an identity provider."""
    frontend: Frontend = Frontend()
    """How the web interface presents itself."""
    paths: Paths = Paths()
    """Files beside the documents."""
    dates: Dates = Dates()
    """Finding a document's date."""
    barcodes: Barcodes = Barcodes()
    """Barcodes that separate, number or tag."""
    double_sided: DoubleSided = DoubleSided()
    """Two scans made one document."""
    incoming_mail: IncomingMail = IncomingMail()
    """Mail that becomes documents."""
    email_sending: EmailSending = EmailSending()
    """The server that mail leaves by."""
    tika: Tika = Tika()
    """Office documents and mails."""
    remote_ocr: RemoteOcr = RemoteOcr()
    """Text recognition by a service."""
    ai: Ai = Ai()
    """Language models."""
    webhooks: Webhooks = Webhooks()
    """What requests workflows may send."""
    trash: Trash = Trash()
    """Documents that were deleted."""
    audit_trail: AuditTrail = AuditTrail()
    """Who changed what."""
    read_cache: ReadCache = ReadCache()
    """Answers of the database, kept."""
    logging: Logging = Logging()
    """Log files."""
    binaries: Binaries = Binaries()
    """Programs of an image of one's own."""
    software_tweaks: SoftwareTweaks = SoftwareTweaks()
    """What hardly anybody needs to change."""
    extra_env: Mapping[str, str | SecretKey] = field(default_factory=dict[str, str | SecretKey])
    """Variables that this library has no argument for, as strings, or where their value stands in a Secret."""

    def __post_init__(self) -> None:
        where = type(self).__name__
        for name, group in group_types().items():
            if not isinstance(value := getattr(self, name), group):
                raise WrongSettingError(where, name, Wrong(f"made by {group.__name__}(...)", value))
        # The zero-argument super() does not find the class that slots=True has made.
        Group.__post_init__(self)
        if not isinstance(self.extra_env, Mapping):
            rule = "a mapping from variables to strings or SecretKeys"
            raise WrongSettingError(where, "extra_env", Wrong(rule, type(self.extra_env)))
        object.__setattr__(self, "extra_env", FrozenMapping(self.extra_env))
        for name, value in self.extra_env.items():
            if (wrong := _wrong_extra(name, value)) is not None:
                raise WrongSettingError(where, f"extra_env[{name!r}]", wrong)

    @classmethod
    def from_env(cls, source: Path | str | Mapping[str, object], *, version: str = DEFAULT_VERSION) -> EnvReading:
        """Read the settings of an existing installation.

        Args:
            source: Its ``docker-compose.env`` or ``.env``: the file's path, its text, or the variables, as texts or
                as YAML reads them (numbers, yes and no).
            version: Of the paperless-ngx that shall run with them.

        Returns:
            The settings, and a note on each variable that is not among them as it stood.

        Raises:
            ValueError: The source is no such file or text, or there is no such version.
        """
        from cdk8s_paperless_ngx.settings.env_file import read_env  # noqa: PLC0415 (it makes Settings itself)

        return read_env(source, version)

    def check(self, where: str, version: str) -> None:
        """Refuse what a version of paperless-ngx does not know, or fails on.

        Args:
            where: Construct path.
            version: Three numbers.

        Raises:
            ValueError: There is such a setting; the sentence names its successor.
        """
        numbers = version_numbers(version)
        for prefix, group in self.groups():
            for argument, wrong in group.wrong_in(numbers):
                raise WrongSettingError(where, f"settings.{prefix}{argument}", wrong)

    def variables(self, *, version: str = DEFAULT_VERSION, default_interval: float = 0) -> dict[str, str]:
        """Return the variables that are set and hold no secret.

        Args:
            version: Which paperless-ngx reads them.
            default_interval: Polling interval of the consumer in seconds where none was asked for.
        """
        numbers = version_numbers(version)
        found: dict[str, str] = {}
        for _, group in self.groups():
            for _, known, value in group.given():
                if not isinstance(known.kind, Secret):
                    found[known.name_in(numbers)] = known.kind.write(value)
        for known, value in self._defaults(numbers, default_interval):
            found[known.name_in(numbers)] = known.kind.write(value)
        return found | {name: value for name, value in self.extra_env.items() if isinstance(value, str)}

    def secret_variables(self) -> tuple[Variable, ...]:
        """Return the variables whose values stand in Secrets."""
        declared = (
            (known.name, value)
            for _, group in self.groups()
            for _, known, value in group.given()
            if isinstance(known.kind, Secret)
        )
        extra = ((name, value) for name, value in self.extra_env.items() if isinstance(value, SecretKey))
        return tuple(Variable(name=name, value=value) for name, value in (*declared, *extra))

    def groups(self) -> Iterator[tuple[str, Group]]:
        """Yield all groups, this one too, each with what stands in front of its arguments' names."""
        yield "", self
        for name in group_types():
            yield f"{name}.", getattr(self, name)

    def _defaults(self, version: Version, interval: float) -> Iterator[tuple[Setting[Any], object]]:
        """Yield what this library sets where nothing is said, as one version means it."""
        if self.delete_duplicates is None and version >= version_numbers(_ACCEPTS_DUPLICATES_SINCE):
            yield declared_settings(Settings)["delete_duplicates"], True
        if interval and self.consumption.polling_interval is None:
            known = declared_settings(Consumption)["polling_interval"]
            yield known, min(interval, self.consumption.longest_interval)


class Place(NamedTuple):
    """Where the argument for a variable is.

    Args:
        group: Argument of `Settings`; empty for one of its own.
        type: Of the group.
        argument: Of the group.
        setting: What is known about the variable.
    """

    group: str
    type: type[Group]
    argument: str
    setting: Setting[Any]

    @property
    def usage(self) -> str:
        """How one writes it."""
        inner = f"{self.argument}=..."
        return f"Settings({self.group}={self.type.__name__}({inner}))" if self.group else f"Settings({inner})"


@cache
def group_types() -> Mapping[str, type[Group]]:
    """Return the types of groups by argument of `Settings`."""
    return {field.name: type(field.default) for field in fields(Settings) if isinstance(field.default, Group)}


@cache
def places() -> Mapping[str, Place]:
    """Return where each variable's argument is, by the variable's names, former ones too."""
    groups: dict[str, type[Group]] = {"": Settings, **group_types()}
    found = [
        Place(name, group, argument, known)
        for name, group in groups.items()
        for argument, known in declared_settings(group).items()
    ]
    return {name: place for place in found for name in (place.setting.name, place.setting.formerly) if name}


def known_names() -> frozenset[str]:
    """Return the names of all variables that this library knows."""
    return frozenset({*places(), *OWNED, *START_SCRIPT})


def is_secret(name: str) -> bool:
    """Return whether no sentence may repeat the value of a known variable."""
    place = places().get(name)
    return name in OWNED_SECRETS or (place is not None and isinstance(place.setting.kind, Secret))


def instead(name: str) -> str:
    """Return what to do instead of a variable that the library decides, or nobody reads; empty for others."""
    if name in START_SCRIPT:
        return f"only the image's start script reads it: {START_SCRIPT[name]}"
    if (base := from_file(name, known_names())) is not None:
        advice = OWNED.get(base) or START_SCRIPT.get(base) or f"use {places()[base].usage}"
        return f"only the image's start script reads files into variables: {advice}"
    return OWNED.get(name, "")


def lookalike(name: str) -> str | None:
    """Return the known variable that a name is short for, or looks like a misspelling of, if there is one."""
    import difflib  # noqa: PLC0415 (only a variable without an argument needs it)

    known, given = sorted(known_names(), key=lambda each: (len(each), each)), name.upper()
    longer = (each for each in known if each.startswith(given) and len(given) >= _BEGINNING * len(each))
    return next(longer, None) or next(iter(difflib.get_close_matches(given, known, n=1, cutoff=_ALIKE)), None)


def _wrong_extra(name: object, value: object) -> Wrong | None:
    if not isinstance(name, str) or not is_variable_name(name):
        return Wrong("the name of an environment variable", name)
    shown = type(value) if is_secret(name) else value
    if advice := instead(name):
        return Wrong("left out", shown, advice)
    if (place := places().get(name)) is not None:
        later = f", up to paperless-ngx {place.setting.until}: {place.setting.after}" if place.setting.until else ""
        return Wrong("left out", shown, f"use {place.usage}{later}")
    close = lookalike(name)
    wrong = None if isinstance(value, SecretKey) else _wrong_text(name, value, close)
    if wrong is None and close:
        text = f"Settings: extra_env[{name!r}] is no variable known here; it looks like {close}"
        # This function, __post_init__ and __init__ are the frames below whoever wrote it.
        warnings.warn(text, UserWarning, stacklevel=4)
    return wrong


def _wrong_text(name: str, value: object, close: str | None) -> Wrong | None:
    """Return what is wrong with the text of an unknown variable: nobody knows whether it is a secret."""
    if close is not None and is_secret(close):
        usage = instead(close) or f"use {places()[close].usage}"
        return Wrong("left out, or a SecretKey", type(value), f"it looks like {close}: {usage}")
    if names_a_secret(name) or (isinstance(value, str) and holds_a_secret(value)):
        return Wrong("a SecretKey", type(value), Secret().advice)
    if not isinstance(value, str):
        return Wrong("a string that is not empty, or a SecretKey", value, "write it in quotes")
    if not value.strip():
        return Wrong("a string that is not empty, or a SecretKey", value, "leave the variable out")
    return None
