"""Upstream's documentation section "Remote OCR"."""

from __future__ import annotations

import enum
from collections.abc import Iterator

from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.settings.kinds import OneOf, Secret, Url, Wrong
from cdk8s_paperless_ngx.settings.setting import WORKER, Group, setting, settings_group


class RemoteOcrEngine(enum.Enum):
    """Who recognizes text elsewhere."""

    AZURE_AI = "azureai"


@settings_group
class RemoteOcr(Group):
    """Text recognition by a service.

    Raises:
        ValueError: A value has the wrong form, or there is an engine without endpoint and key, with which no process
            starts.
    """

    engine: RemoteOcrEngine | None = setting(
        "PAPERLESS_REMOTE_OCR_ENGINE", OneOf(RemoteOcrEngine), since="3.0.0", read_by=WORKER
    )
    """Which service; unset, none."""
    endpoint: str | None = setting("PAPERLESS_REMOTE_OCR_ENDPOINT", Url(), since="3.0.0", read_by=WORKER)
    """Where it is."""
    api_key: SecretKey | None = setting("PAPERLESS_REMOTE_OCR_API_KEY", Secret(), since="3.0.0", read_by=WORKER)
    """Where the key for it stands."""

    def contradictions(self) -> Iterator[tuple[str, Wrong]]:
        """Yield an engine that cannot be reached."""
        if self.engine is not None and (self.endpoint is None or self.api_key is None):
            yield "engine", Wrong("used with {endpoint} and {api_key}", self.engine, "no process would start")
