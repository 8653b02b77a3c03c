"""The settings of an instance as one value."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from cdk8s_paperless_ngx.checks import check_time_zone, refusal
from cdk8s_paperless_ngx.settings.consumption import Consumption
from cdk8s_paperless_ngx.settings.ocr import Ocr
from cdk8s_paperless_ngx.settings.schedules import Schedules

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_OWNED: Final = {
    "PAPERLESS_REDIS": "broker",
    "PAPERLESS_REDIS_PREFIX": "broker",
    "PAPERLESS_DBENGINE": "database",
    "PAPERLESS_DBHOST": "database",
    "PAPERLESS_DBPORT": "database",
    "PAPERLESS_DBNAME": "database",
    "PAPERLESS_DBUSER": "database",
    "PAPERLESS_DBPASS": "database",
    "PAPERLESS_SECRET_KEY": "secret",
    "PAPERLESS_ADMIN_USER": "admin",
    "PAPERLESS_ADMIN_MAIL": "admin",
    "PAPERLESS_ADMIN_PASSWORD": "secret",
    "PAPERLESS_DATA_DIR": "storage",
    "PAPERLESS_MEDIA_ROOT": "storage",
    "PAPERLESS_CONSUMPTION_DIR": "storage",
    "PAPERLESS_SCRATCH_DIR": "storage",
    "PAPERLESS_LOGGING_DIR": "storage",
    "PAPERLESS_URL": "url",
    "PAPERLESS_FORCE_SCRIPT_NAME": "url",
    "PAPERLESS_PROXY_SSL_HEADER": "url",
    "PAPERLESS_TASK_WORKERS": "worker=WorkerOptions(scaling=...)",
    "PAPERLESS_THREADS_PER_WORKER": "worker=WorkerOptions(resources=...)",
    "PAPERLESS_WORKER_TIMEOUT": "worker=WorkerOptions(task_limit=...)",
    "PAPERLESS_PORT": "the webserver's Service",
    "PAPERLESS_BIND_ADDR": "the webserver's Service",
    "PAPERLESS_WEBSERVER_WORKERS": "webserver=WebserverOptions(granian_workers=...)",
    "PAPERLESS_ENABLE_FLOWER": "flower=FlowerOptions()",
    "PAPERLESS_TIME_ZONE": "settings=Settings(time_zone=...)",
    "PAPERLESS_OCR_LANGUAGE": "settings=Settings(ocr=Ocr(languages=...))",
    "PAPERLESS_OCR_LANGUAGES": "settings=Settings(ocr=Ocr(languages=...)) and an image that contains them",
    "PAPERLESS_SEARCH_LANGUAGE": "settings=Settings(ocr=Ocr(languages=...)), whose first language it follows",
    "USERMAP_UID": "nothing: processes run as user 1000",
    "USERMAP_GID": "nothing: processes run as group 1000",
}


class DateOrder(enum.Enum):
    """In which order day, month and year stand in a written date."""

    DMY = "DMY"
    DYM = "DYM"
    MDY = "MDY"
    MYD = "MYD"
    YDM = "YDM"
    YMD = "YMD"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """How the application behaves; every process gets the same.

    Args:
        time_zone: IANA name, also of schedules (``PAPERLESS_TIME_ZONE``).
        ocr: Text recognition.
        consumption: The consume directory.
        schedules: When recurring tasks run.
        filename_format: Template of stored files' names (``PAPERLESS_FILENAME_FORMAT``); unset, numbers.
        date_order: Of dates in documents (``PAPERLESS_DATE_ORDER``); unset, upstream's default, day month year.
        delete_duplicates: Refuse a file that is there already. On by default: a task that is delivered twice must not
            store its document twice (``PAPERLESS_CONSUMER_DELETE_DUPLICATES``).
        extra_env: Variables that this library has no argument for, as strings.

    Raises:
        ValueError: A value has the wrong form, is empty (several empty variables stop every process), or belongs to
            another argument.
    """

    time_zone: str = "UTC"
    ocr: Ocr = Ocr()
    consumption: Consumption = Consumption()
    schedules: Schedules = Schedules()
    filename_format: str | None = None
    date_order: DateOrder | None = None
    delete_duplicates: bool = True
    extra_env: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_time_zone(where, "time_zone", self.time_zone)
        if self.filename_format is not None and not self.filename_format.strip():
            raise refusal(
                where, "filename_format", "a template", self.filename_format, "leave it out for plain numbers"
            )
        object.__setattr__(self, "extra_env", MappingProxyType(dict(self.extra_env)))
        known = self._typed(default_interval=1)
        for name, value in self.extra_env.items():
            argument = f"extra_env[{name!r}]"
            if not _NAME.fullmatch(name):
                raise refusal(where, argument, "the name of an environment variable", name)
            if not isinstance(value, str) or not value:
                raise refusal(where, argument, "a string that is not empty", value, "leave the variable out")
            if name in _OWNED or name.startswith("GRANIAN_"):
                raise refusal(where, argument, "left out", value, f"use {_OWNED.get(name, 'url or webserver')}")
            if name in known:
                raise refusal(where, argument, "left out", value, "the argument of its own is set already")

    def variables(self, *, default_interval: float) -> dict[str, str]:
        """Return the variables that are set.

        Args:
            default_interval: Polling interval of the consumer in seconds where none was asked for.
        """
        return self._typed(default_interval=default_interval) | dict(self.extra_env)

    def _typed(self, *, default_interval: float) -> dict[str, str]:
        variables = {
            "PAPERLESS_TIME_ZONE": self.time_zone,
            "PAPERLESS_CONSUMER_DELETE_DUPLICATES": "true" if self.delete_duplicates else "false",
            **self.ocr.variables(),
            **self.consumption.variables(default_interval=default_interval),
            **self.schedules.variables(),
        }
        if self.filename_format is not None:
            variables["PAPERLESS_FILENAME_FORMAT"] = self.filename_format
        if self.date_order is not None:
            variables["PAPERLESS_DATE_ORDER"] = self.date_order.value
        return variables
