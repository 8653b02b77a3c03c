"""The settings of an instance as one value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from cdk8s_paperless_ngx.references import SecretKey, Variable
from cdk8s_paperless_ngx.settings.catalog import Catalog, catalog_of
from cdk8s_paperless_ngx.settings.env_reading import EnvReading, read_env
from cdk8s_paperless_ngx.settings.kinds.choices import OneOf
from cdk8s_paperless_ngx.settings.kinds.dates import NO_FORMER_NAMES, TimeZone, as_today
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.kind import Problem
from cdk8s_paperless_ngx.settings.kinds.secrets import Secret
from cdk8s_paperless_ngx.settings.kinds.texts import Template
from cdk8s_paperless_ngx.settings.sections.ai import Ai
from cdk8s_paperless_ngx.settings.sections.audit_trail import AuditTrail
from cdk8s_paperless_ngx.settings.sections.authentication import Authentication
from cdk8s_paperless_ngx.settings.sections.barcodes import Barcodes
from cdk8s_paperless_ngx.settings.sections.binaries import Binaries
from cdk8s_paperless_ngx.settings.sections.consumption import Consumption
from cdk8s_paperless_ngx.settings.sections.dates import DateOrder, Dates
from cdk8s_paperless_ngx.settings.sections.double_sided import DoubleSided
from cdk8s_paperless_ngx.settings.sections.email_sending import EmailSending
from cdk8s_paperless_ngx.settings.sections.frontend import Frontend
from cdk8s_paperless_ngx.settings.sections.hosting import Hosting
from cdk8s_paperless_ngx.settings.sections.incoming_mail import IncomingMail
from cdk8s_paperless_ngx.settings.sections.logs import Logging
from cdk8s_paperless_ngx.settings.sections.ocr import Ocr
from cdk8s_paperless_ngx.settings.sections.paths import Paths
from cdk8s_paperless_ngx.settings.sections.read_cache import ReadCache
from cdk8s_paperless_ngx.settings.sections.remote_ocr import RemoteOcr
from cdk8s_paperless_ngx.settings.sections.schedules import Schedules
from cdk8s_paperless_ngx.settings.sections.single_sign_on import SingleSignOn
from cdk8s_paperless_ngx.settings.sections.software_tweaks import SoftwareTweaks
from cdk8s_paperless_ngx.settings.sections.tika import Tika
from cdk8s_paperless_ngx.settings.sections.trash import Trash
from cdk8s_paperless_ngx.settings.sections.webhooks import Webhooks
from cdk8s_paperless_ngx.settings.setting import (
    BACKUP,
    EVERYWHERE,
    WEBSERVER,
    WORKER,
    Group,
    WrongSettingError,
    declared_settings,
    setting,
)
from cdk8s_paperless_ngx.settings.versions import DEFAULT_VERSION, version_numbers
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.names import is_variable_name
from cdk8s_paperless_ngx.validation.secrecy import looks_like_a_secret
from cdk8s_paperless_ngx.validation.value import value
from cdk8s_paperless_ngx.validation.warnings import warn


@value
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

    time_zone: str = setting(
        "PAPERLESS_TIME_ZONE",
        TimeZone(),
        initial="UTC",
        unset="UTC",
        changed=(NO_FORMER_NAMES, "images lack former names such as US/Eastern, and no process starts with one"),
        becomes=as_today,
        read_by=EVERYWHERE,
    )
    """IANA name, also of schedules."""
    ocr: Ocr = Ocr()
    """Text recognition."""
    consumption: Consumption = Consumption()
    """The consume directory."""
    schedules: Schedules = Schedules()
    """When recurring tasks run."""
    filename_format: str | None = setting(
        "PAPERLESS_FILENAME_FORMAT", Template("a template"), read_by=WEBSERVER + WORKER + BACKUP
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
    """Whether a file is deleted whose document is stored already, also where that document is in the trash."""
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
    extra_env: Mapping[str, str | SecretKey] = FrozenMapping()
    """Variables that this library has no argument for, as strings, or where their value stands in a Secret."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, text in self.extra_env.items():
            if (problem := _extra_problem(catalog_of(type(self)), name, text)) is not None:
                raise WrongSettingError(type(self).__name__, f"extra_env[{name!r}]", problem)

    @classmethod
    def from_env(
        cls,
        source: Path | str | Mapping[str, object],
        *,
        version: str = DEFAULT_VERSION,
        service: str | None = None,
    ) -> EnvReading[Self]:
        """Read the settings of an existing installation.

        Args:
            source: Its ``docker-compose.env`` or ``.env``, its ``docker-compose.yml``, or its HelmRelease, chart's
                values or manifests: the file's path or its text. Or the variables, as texts or as YAML reads them
                (numbers, yes and no). Beside a Compose file that is named by its path, the files that it takes with
                ``env_file`` are read too, and ``.env`` for what it refers to; the shell's variables never are.
            version: Of the paperless-ngx that shall run with them.
            service: Name of the service, or of the container, where a file has several that may be paperless-ngx;
                unset, the one with its image, else the one with its variables.

        Returns:
            The settings, and a note on each variable that is not among them as it stood.

        Raises:
            ValueError: The source is no such file or text, or has no service or several that may be meant, or there
                is no such version.
        """
        return read_env(cls, source, version, service)

    def check(self, where: str, version: str) -> None:
        """Refuse what a version of paperless-ngx does not know, or fails on, and what would let nobody in.

        Args:
            where: Construct path.
            version: Three numbers.

        Raises:
            ValueError: There is such a setting; the sentence names its successor.

        Warns:
            UserWarning: Only users who have connected their account at a provider already would get in.
        """
        numbers = version_numbers(version)
        for prefix, group in self.groups():
            for argument, problem in group.problems_in(numbers):
                raise WrongSettingError(where, f"settings.{prefix}{argument}", problem)
        for argument, problem in self._shut_doors():
            raise WrongSettingError(where, f"settings.{argument}", problem)
        self._warn_of_a_narrow_door(where)

    def variables(
        self, *, version: str = DEFAULT_VERSION, default_polling_interval: dt.timedelta | None = None
    ) -> dict[str, str]:
        """Return the variables that are set and hold no secret.

        Args:
            version: Which paperless-ngx reads them.
            default_polling_interval: Of the consumer, where the settings name none; None for upstream's.
        """
        numbers = version_numbers(version)
        given = [(known, item) for _, group in self.groups() for _, known, item in group.given()]
        if default_polling_interval is not None and self.consumption.polling_interval is None:
            known = declared_settings(Consumption)["polling_interval"]
            given.append((known, min(default_polling_interval, self.consumption.longest_interval)))
        written = {
            known.name_in(numbers): known.kind.write(item)
            for known, item in given
            if not isinstance(known.kind, Secret)
        }
        apps = tuple(dict.fromkeys((*(self.software_tweaks.apps or ()), *self.single_sign_on.django_apps())))
        if apps:
            known = declared_settings(SoftwareTweaks)["apps"]
            written[known.name] = known.kind.write(apps)
        return written | {name: text for name, text in self.extra_env.items() if isinstance(text, str)}

    def secret_variables(self) -> tuple[Variable, ...]:
        """Return the variables whose values stand in Secrets, but for those that the webserver alone reads."""
        declared = (item for readers, item in self._declared_secrets() if readers != WEBSERVER)
        extra = (
            Variable(name=name, value=value) for name, value in self.extra_env.items() if isinstance(value, SecretKey)
        )
        return (*declared, *extra)

    def webserver_variables(self) -> tuple[Variable, ...]:
        """Return the variables with secrets that the webserver alone reads.

        The application is content without them elsewhere (upstream ``src/paperless/settings/__init__.py``).
        """
        declared = (item for readers, item in self._declared_secrets() if readers == WEBSERVER)
        return (*declared, *self.single_sign_on.variables_of_providers())

    def _declared_secrets(self) -> Iterator[tuple[tuple[str, ...], Variable]]:
        """Yield each setting whose value stands in a Secret, after those who read it."""
        for _, group in self.groups():
            for _, known, item in group.given():
                if isinstance(known.kind, Secret):
                    yield known.read_by, Variable(name=known.name, value=item)

    def _shut_doors(self) -> Iterator[tuple[str, Problem]]:
        """Yield switches of the login that leave nobody a way in, or lead nowhere."""
        login, sign_on = self.authentication, self.single_sign_on
        whole = sign_on.socialaccount_providers is not None
        has_provider = bool(sign_on.providers) or (whole and self.software_tweaks.apps is not None)
        advice = "name a provider, with single_sign_on=SingleSignOn(providers=(...))"
        if whole:
            advice = "name the Django apps of socialaccount_providers, with software_tweaks=SoftwareTweaks(apps=(...))"
        if login.disable_regular_login and not (has_provider or login.believes_header or login.auto_login_username):
            yield (
                "authentication.disable_regular_login",
                Problem("left out while there is no other login", True, advice),
            )
        if sign_on.redirect_login_to_sso and not has_provider:
            yield "single_sign_on.redirect_login_to_sso", Problem("left out while it leads nowhere", True, advice)

    def _warn_of_a_narrow_door(self, where: str) -> None:
        """Warn where a fresh instance would let nobody in."""
        login, sign_on = self.authentication, self.single_sign_on
        if login.believes_header or login.auto_login_username or sign_on.socialaccount_allow_signups is not False:
            return
        if login.disable_regular_login:
            warn(
                f"{where}: with settings.authentication.disable_regular_login and "
                "settings.single_sign_on.socialaccount_allow_signups=False only users get in who have connected their "
                "account at a provider already; leave disable_regular_login out until an administrator has"
            )

    def groups(self) -> Iterator[tuple[str, Group]]:
        """Yield all groups, this one too, each with what stands in front of its arguments' names."""
        yield "", self
        for name in catalog_of(type(self)).group_types:
            yield f"{name}.", getattr(self, name)


def _extra_problem(catalog: Catalog, name: str, text: str | SecretKey) -> Problem | None:
    """Return what is wrong with a variable that was given as one without an argument."""
    if not is_variable_name(name):
        return Problem("the name of an environment variable", name)
    shown = type(text) if catalog.is_secret(name) else text
    if advice := catalog.advice(name):
        return Problem("left out", shown, advice)
    if (location := catalog.locations.get(name)) is not None:
        known = location.setting
        later = f", up to paperless-ngx {known.until}: {known.after}" if known.until else ""
        return Problem("left out", shown, f"use {location.usage}{later}")
    close = catalog.lookalike(name)
    problem = _text_problem(catalog, name, text, close) if isinstance(text, str) else None
    if problem is None and close:
        warn(f"Settings: no variable {name} in extra_env is known here; it looks like {close}")
    return problem


def _text_problem(catalog: Catalog, name: str, text: str, close: str | None) -> Problem | None:
    """Return what is wrong with the text of an unknown variable: nobody knows whether it is a secret."""
    if close is not None and catalog.is_secret(close):
        usage = catalog.advice(close) or f"use {catalog.locations[close].usage}"
        return Problem("left out, or a SecretKey", type(text), f"it looks like {close}: {usage}")
    if looks_like_a_secret(name, text):
        return Problem("a SecretKey", type(text), Secret().advice)
    if not text.strip():
        return Problem("a string that is not empty, or a SecretKey", text, "leave the variable out")
    return None
