"""Upstream's documentation section "Consumer settings"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.checks import refusal

_STABILITY_DEFAULT: Final = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Consumption:
    """The consume directory.

    Args:
        polling_interval: Seconds between looks at the directory; 0 waits for the kernel's events (inotify), which do
            not tell of files that another node wrote. Unset: 4 seconds on shared storage, else 0
            (``PAPERLESS_CONSUMER_POLLING_INTERVAL``).
        stability_delay: Seconds that a file must stay unchanged before it is queued
            (``PAPERLESS_CONSUMER_STABILITY_DELAY``).
        recursive: Watch sub directories too (``PAPERLESS_CONSUMER_RECURSIVE``).
        subdirs_as_tags: Turn names of sub directories into tags; needs ``recursive``
            (``PAPERLESS_CONSUMER_SUBDIRS_AS_TAGS``).

    Raises:
        ValueError: A number is negative; the interval is longer than the delay, with which the watcher overlooks files
            for minutes (upstream ``src/documents/management/commands/document_consumer.py`` makes it anew after each
            delay); or tags without recursion.
    """

    polling_interval: float | None = None
    stability_delay: float = _STABILITY_DEFAULT
    recursive: bool = False
    subdirs_as_tags: bool = False

    def __post_init__(self) -> None:
        where = type(self).__name__
        for name, value in (("polling_interval", self.polling_interval), ("stability_delay", self.stability_delay)):
            if value is not None and (not math.isfinite(value) or value < 0):
                raise refusal(where, name, "a number of seconds, 0 or more", value)
        if self.polling_interval is not None and self.polling_interval > self.stability_delay:
            raise refusal(
                where,
                "polling_interval",
                f"at most the stability_delay of {self.stability_delay:g} seconds",
                self.polling_interval,
                "raise stability_delay too, or files are overlooked for minutes",
            )
        if self.subdirs_as_tags and not self.recursive:
            raise refusal(where, "subdirs_as_tags", "used with recursive=True", self.subdirs_as_tags)

    def variables(self, *, default_interval: float) -> dict[str, str]:
        """Return the variables that are set.

        Args:
            default_interval: Polling interval in seconds where none was asked for.
        """
        asked = self.polling_interval
        interval = min(default_interval, self.stability_delay) if asked is None else asked
        variables: dict[str, str] = {}
        if interval:
            variables["PAPERLESS_CONSUMER_POLLING_INTERVAL"] = f"{interval:g}"
        if self.stability_delay != _STABILITY_DEFAULT:
            variables["PAPERLESS_CONSUMER_STABILITY_DELAY"] = f"{self.stability_delay:g}"
        if self.recursive:
            variables["PAPERLESS_CONSUMER_RECURSIVE"] = "true"
        if self.subdirs_as_tags:
            variables["PAPERLESS_CONSUMER_SUBDIRS_AS_TAGS"] = "true"
        return variables
