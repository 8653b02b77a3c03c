"""Upstream's documentation section "Remote OCR"."""

from __future__ import annotations

import enum
from collections.abc import Iterator

from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.settings.kinds.choices import OneOf
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.hosts import WebAddress
from cdk8s_paperless_ngx.settings.kinds.kind import Problem
from cdk8s_paperless_ngx.settings.kinds.secrets import Secret
from cdk8s_paperless_ngx.settings.setting import WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value


class RemoteOcrEngine(enum.Enum):
    """Who recognizes text elsewhere."""

    AZURE_AI = "azureai"


class RemoteOcrMode(enum.Enum):
    """Which documents go there."""

    ALWAYS = "always"
    WORKFLOW_ONLY = "workflow_only"
    """Those that a workflow sends there."""


@value
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
    endpoint: str | None = setting("PAPERLESS_REMOTE_OCR_ENDPOINT", WebAddress(), since="3.0.0", read_by=WORKER)
    """Where it is."""
    api_key: SecretKey | None = setting("PAPERLESS_REMOTE_OCR_API_KEY", Secret(), since="3.0.0", read_by=WORKER)
    """Where the key for it is stored."""
    mode: RemoteOcrMode | None = setting(
        "PAPERLESS_REMOTE_OCR_MODE", OneOf(RemoteOcrMode), unset="always", since="3.1.0", read_by=WORKER
    )
    """Which documents it gets."""
    allow_internal_endpoints: bool | None = setting(
        "PAPERLESS_REMOTE_OCR_ALLOW_INTERNAL_ENDPOINTS", Flag(), unset="true", since="3.1.0", read_by=WORKER
    )
    """Whether it may have an address that is not public."""

    def contradictions(self) -> Iterator[tuple[str, Problem]]:
        """Yield an engine that cannot be reached."""
        if self.engine is not None and (self.endpoint is None or self.api_key is None):
            yield "engine", Problem("used with {endpoint} and {api_key}", self.engine, "no process would start")
