"""Upstream's documentation section "Document Consumption", as far as it is about the consume directory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final

from cdk8s_paperless_ngx.settings.kinds.durations import SECONDS, Duration, Seconds
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.ignored_files import DIRECTORIES, PATTERNS, IgnoredFiles, as_expressions
from cdk8s_paperless_ngx.settings.kinds.json_values import JsonTexts, Patterns
from cdk8s_paperless_ngx.settings.kinds.kind import Problem
from cdk8s_paperless_ngx.settings.kinds.numbers import Whole
from cdk8s_paperless_ngx.settings.setting import CONSUMER, WORKER, Group, setting
from cdk8s_paperless_ngx.settings.versions import Version, version_numbers
from cdk8s_paperless_ngx.validation.value import value

_STABILITY_DELAY: Final = dt.timedelta(seconds=5)
"""Upstream's default."""
_V3: Final = "3.0.0"


@value
class Consumption(Group):
    """The consume directory.

    Raises:
        ValueError: A value has the wrong form, or there are tags without recursion. For a version since 3.0, the
            interval is longer than the delay, with which the watcher overlooks files for minutes (upstream
            ``src/documents/management/commands/document_consumer.py`` makes it anew after each delay).
    """

    polling_interval: dt.timedelta | None = setting(
        "PAPERLESS_CONSUMER_POLLING_INTERVAL",
        Seconds(whole_before=_V3),
        unset="0",
        since=_V3,
        formerly="PAPERLESS_CONSUMER_POLLING",
        read_by=CONSUMER,
    )
    """Time between looks at the directory; 0 waits for the kernel's events (inotify), which do not tell of files that
    another node wrote. This library's default: 4 seconds where other nodes may write, else 0."""
    stability_delay: dt.timedelta | None = setting(
        "PAPERLESS_CONSUMER_STABILITY_DELAY",
        Seconds(never_zero="a file would be queued while somebody still writes it"),
        unset="5.0",
        since=_V3,
        before="use {polling_delay} and {polling_retry_count}, or {inotify_delay}",
        read_by=CONSUMER,
    )
    """How long a file must stay unchanged before it is queued; longer than a network file system takes to show that a
    file has grown."""
    recursive: bool | None = setting("PAPERLESS_CONSUMER_RECURSIVE", Flag(), unset="false", read_by=CONSUMER)
    """Whether sub directories are watched too."""
    subdirs_as_tags: bool | None = setting(
        "PAPERLESS_CONSUMER_SUBDIRS_AS_TAGS", Flag(), unset="false", read_by=CONSUMER
    )
    """Whether names of sub directories become tags; needs ``recursive``."""
    ignore_patterns: tuple[str, ...] | None = setting(
        PATTERNS,
        IgnoredFiles("a pattern of file names", expressions_since=_V3),
        unset="[]",
        changed=(_V3, "regular expressions of names beside the built-in ones; before, globs in their place"),
        becomes=as_expressions,
        read_by=CONSUMER,
    )
    """Names of files that are left alone: regular expressions since 3.0, before that globs that replace the built-in
    ones."""
    ignore_dirs: tuple[str, ...] | None = setting(
        DIRECTORIES,
        JsonTexts("a directory's name"),
        unset="[]",
        since=_V3,
        before="use {ignore_patterns}",
        read_by=CONSUMER,
    )
    """Names of directories that are left alone."""
    polling_delay: dt.timedelta | None = setting(
        "PAPERLESS_CONSUMER_POLLING_DELAY",
        Duration(SECONDS, minimum=0),
        unset="5",
        until=_V3,
        after="use {stability_delay}, how long a file must stay unchanged in all",
        read_by=CONSUMER,
    )
    """Time between two looks at a new file while polling."""
    polling_retry_count: int | None = setting(
        "PAPERLESS_CONSUMER_POLLING_RETRY_COUNT",
        Whole(minimum=1),
        unset="5",
        until=_V3,
        after="use {stability_delay}, how long a file must stay unchanged in all",
        read_by=CONSUMER,
    )
    """How often a new file is looked at before it is given up, while polling."""
    inotify_delay: dt.timedelta | None = setting(
        "PAPERLESS_CONSUMER_INOTIFY_DELAY",
        Seconds(),
        unset="0.5",
        until=_V3,
        after="use {stability_delay}, which holds with and without polling",
        read_by=CONSUMER,
    )
    """Time without an event after which a file counts as complete, while not polling."""
    filename_parse_transforms: Mapping[str, str] | None = setting(
        "PAPERLESS_FILENAME_PARSE_TRANSFORMS",
        Patterns(keys=("pattern", "repl")),
        unset="[]",
        until="2.15.0",
        after="leave it out, titles are a workflow's business",
        read_by=CONSUMER + WORKER,
    )
    """From regular expressions to what takes the place of what they find in a file's name; the first that fits."""

    def contradictions(self) -> Iterator[tuple[str, Problem]]:
        """Yield tags without recursion, which upstream ignores."""
        if self.subdirs_as_tags and not self.recursive:
            yield "subdirs_as_tags", Problem("used with {recursive}=True", self.subdirs_as_tags)

    def contradictions_in(self, version: Version) -> Iterator[tuple[str, Problem]]:
        """Yield an interval that lets files be overlooked."""
        if self.polling_interval is not None and version >= version_numbers(_V3):
            delay = self.longest_interval
            if self.polling_interval > delay:
                rule = f"at most the {{stability_delay}} of {delay.total_seconds():g} seconds"
                advice = "raise {stability_delay} too, or files are overlooked for minutes"
                yield "polling_interval", Problem(rule, self.polling_interval, advice)

    @property
    def longest_interval(self) -> dt.timedelta:
        """Time between looks that still finds every file, since 3.0."""
        return _STABILITY_DELAY if self.stability_delay is None else self.stability_delay
