"""Upstream's documentation section "Software tweaks"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cdk8s_paperless_ngx.settings.kinds.durations import Seconds
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.kind import Problem
from cdk8s_paperless_ngx.settings.kinds.lists import Listed
from cdk8s_paperless_ngx.settings.kinds.numbers import Number, Whole
from cdk8s_paperless_ngx.settings.kinds.texts import DOTTED_NAME, PATH, Text
from cdk8s_paperless_ngx.settings.setting import (
    EVERYWHERE,
    WEBSERVER,
    WORKER,
    Group,
    mounted_in,
    setting,
)
from cdk8s_paperless_ngx.validation.value import value

_IN_ONE_PROCESS = ("LocMem", "InMemory", "Dummy", "FileBased")


@value
class SoftwareTweaks(Group):
    """What hardly anybody needs to change.

    Raises:
        ValueError: A value has the wrong form, or pods could not share what a backend keeps.
    """

    enable_nltk: bool | None = setting(
        "PAPERLESS_ENABLE_NLTK",
        Flag(),
        unset="true",
        until="3.2.0",
        after="leave it out, the toolkit is gone",
        read_by=WEBSERVER + WORKER,
    )
    """Whether the classifier looks at words' stems (Natural Language Toolkit)."""
    enable_compression: bool | None = setting("PAPERLESS_ENABLE_COMPRESSION", Flag(), unset="true", read_by=WEBSERVER)
    """Whether answers are compressed; a proxy may do that better."""
    advanced_fuzzy_search_threshold: float | None = setting(
        "PAPERLESS_ADVANCED_FUZZY_SEARCH_THRESHOLD", Number(), since="3.0.0", read_by=WEBSERVER
    )
    """Score that what is only similar needs to be found; unset, only what is equal is found."""
    classifier_match_threshold: float | None = setting(
        "PAPERLESS_CLASSIFIER_MATCH_THRESHOLD",
        Number(maximum=1),
        unset="0.3",
        since="3.2.0",
        read_by=WEBSERVER + WORKER,
    )
    """Least confidence, 0 to 1, with which the classifier files a document."""
    match_regex_timeout: dt.timedelta | None = setting(
        "PAPERLESS_MATCH_REGEX_TIMEOUT_SECONDS",
        Seconds(never_zero="no regular expression would match"),
        unset="0.1",
        since="3.2.0",
        read_by=WEBSERVER + WORKER,
    )
    """How long a matching regular expression may look at one document."""
    max_image_pixels: int | None = setting(
        "PAPERLESS_MAX_IMAGE_PIXELS", Whole(unit="pixels"), since="2.6.0", read_by=WORKER
    )
    """Pixels above which Pillow refuses a picture; unset, its own limit."""
    convert_memory_limit: str | None = setting(
        "PAPERLESS_CONVERT_MEMORY_LIMIT",
        Text("a size as ImageMagick reads it", "[0-9]+([KMGT]i?B)?", "256MiB"),
        read_by=WORKER,
    )
    """Memory that ImageMagick uses before it turns to disk; unset, no limit."""
    convert_tmpdir: str | None = setting(
        "PAPERLESS_CONVERT_TMPDIR", PATH, needs=mounted_in("workers' pods"), read_by=WORKER
    )
    """Directory it turns to; unset, the pod's own ``/tmp``."""
    apps: tuple[str, ...] | None = setting("PAPERLESS_APPS", Listed(DOTTED_NAME), read_by=EVERYWHERE)
    """More Django apps, beside those that follow from the providers of `SingleSignOn`."""
    cache_backend: str | None = setting(
        "PAPERLESS_CACHE_BACKEND",
        DOTTED_NAME,
        unset="django.core.cache.backends.redis.RedisCache",
        since="2.5.0",
        read_by=EVERYWHERE,
    )
    """Class of Django's cache; sessions are in it, so all pods must share it. Upstream does not document it."""
    channels_backend: str | None = setting(
        "PAPERLESS_CHANNELS_BACKEND",
        DOTTED_NAME,
        unset="channels_redis.pubsub.RedisPubSubChannelLayer",
        since="3.0.0",
        read_by=WEBSERVER + WORKER,
    )
    """Class of the channel that workers tell the webserver through. Upstream does not document it."""

    def contradictions(self) -> Iterator[tuple[str, Problem]]:
        """Yield backends that keep things inside one process."""
        for argument, path in (("cache_backend", self.cache_backend), ("channels_backend", self.channels_backend)):
            if path is not None and path.rpartition(".")[2].startswith(_IN_ONE_PROCESS):
                yield argument, Problem("one that all pods share", path, "each would keep its own")
