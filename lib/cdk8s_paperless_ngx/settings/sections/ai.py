"""Upstream's documentation section "AI"."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator, Mapping
from typing import cast

from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.settings.kinds.choices import OneOf
from cdk8s_paperless_ngx.settings.kinds.durations import SECONDS, Duration
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.hosts import WebAddress
from cdk8s_paperless_ngx.settings.kinds.json_values import Json, JsonObject
from cdk8s_paperless_ngx.settings.kinds.kind import Problem
from cdk8s_paperless_ngx.settings.kinds.numbers import Whole
from cdk8s_paperless_ngx.settings.kinds.secrets import Secret
from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.settings.setting import WEBSERVER, WORKER, Group, setting
from cdk8s_paperless_ngx.validation.secrecy import looks_like_a_secret
from cdk8s_paperless_ngx.validation.value import value

_READERS = WEBSERVER + WORKER
_SINCE = "3.0.0"
_MODEL = Text("a model's name", r"\S+")


class LlmBackend(enum.Enum):
    """Who answers questions about documents."""

    OLLAMA = "ollama"
    OPENAI_LIKE = "openai-like"


class EmbeddingBackend(enum.Enum):
    """Who turns documents into vectors, by which similar ones are found."""

    HUGGINGFACE = "huggingface"
    """A model that each worker downloads into the data directory."""
    OPENAI_LIKE = "openai-like"
    OLLAMA = "ollama"


@value
class Ai(Group):
    """Suggestions and conversations by a large language model.

    Raises:
        ValueError: A value has the wrong form, or there is a secret among ``llm_extra_params``.
    """

    enabled: bool | None = setting("PAPERLESS_AI_ENABLED", Flag(), unset="false", since=_SINCE, read_by=_READERS)
    """Whether there is any of it."""
    llm_backend: LlmBackend | None = setting(
        "PAPERLESS_AI_LLM_BACKEND", OneOf(LlmBackend), since=_SINCE, read_by=_READERS
    )
    """Who runs the model."""
    llm_model: str | None = setting("PAPERLESS_AI_LLM_MODEL", _MODEL, since=_SINCE, read_by=_READERS)
    """Name of the model."""
    llm_api_key: SecretKey | None = setting("PAPERLESS_AI_LLM_API_KEY", Secret(), since=_SINCE, read_by=_READERS)
    """Where the key for the backend is stored."""
    llm_endpoint: str | None = setting("PAPERLESS_AI_LLM_ENDPOINT", WebAddress(), since=_SINCE, read_by=_READERS)
    """Where the backend is."""
    llm_output_language: str | None = setting(
        "PAPERLESS_AI_LLM_OUTPUT_LANGUAGE", Text(), since=_SINCE, read_by=_READERS
    )
    """Language of suggestions, as one would tell the model."""
    llm_context_size: int | None = setting(
        "PAPERLESS_AI_LLM_CONTEXT_SIZE", Whole(minimum=1, unit="tokens"), unset="8192", since=_SINCE, read_by=_READERS
    )
    """Tokens of a prompt."""
    llm_request_timeout: dt.timedelta | None = setting(
        "PAPERLESS_AI_LLM_REQUEST_TIMEOUT", Duration(SECONDS), unset="120", since=_SINCE, read_by=_READERS
    )
    """How long an answer may take."""
    llm_allow_internal_endpoints: bool | None = setting(
        "PAPERLESS_AI_LLM_ALLOW_INTERNAL_ENDPOINTS", Flag(), unset="true", since=_SINCE, read_by=_READERS
    )
    """Whether a backend may have an address that is not public, as Services have."""
    llm_embedding_backend: EmbeddingBackend | None = setting(
        "PAPERLESS_AI_LLM_EMBEDDING_BACKEND", OneOf(EmbeddingBackend), since=_SINCE, read_by=_READERS
    )
    """Who makes the vectors; there is no index of them without. The index is an SQLite file in write-ahead mode, which
    no network file system can share between nodes (https://sqlite.org/wal.html)."""
    llm_embedding_model: str | None = setting(
        "PAPERLESS_AI_LLM_EMBEDDING_MODEL", _MODEL, since=_SINCE, read_by=_READERS
    )
    """Name of the model that makes them."""
    llm_embedding_endpoint: str | None = setting(
        "PAPERLESS_AI_LLM_EMBEDDING_ENDPOINT", WebAddress(), since=_SINCE, read_by=_READERS
    )
    """Where its backend is."""
    llm_embedding_api_key: SecretKey | None = setting(
        "PAPERLESS_AI_LLM_EMBEDDING_API_KEY", Secret(), since="3.3.0", read_by=_READERS
    )
    """Where the key for its backend is stored; unset, it is ``llm_api_key``."""
    llm_embedding_chunk_size: int | None = setting(
        "PAPERLESS_AI_LLM_EMBEDDING_CHUNK_SIZE",
        Whole(minimum=1, unit="tokens"),
        unset="1024",
        since=_SINCE,
        read_by=_READERS,
    )
    """Tokens of each piece that a document is cut into."""
    llm_extra_params: Mapping[str, Json] | None = setting(
        "PAPERLESS_AI_LLM_EXTRA_PARAMS", JsonObject(), since="3.3.0", read_by=_READERS
    )
    """More fields of each request to the model. All of it can be read in the ConfigMap, so it is no place for a key."""

    def contradictions(self) -> Iterator[tuple[str, Problem]]:
        """Yield what would show a secret to whoever reads a ConfigMap."""
        if self.llm_extra_params is not None and _has_a_secret(self.llm_extra_params):
            advice = "name the key with {llm_api_key}"
            yield "llm_extra_params", Problem("without secrets", type(self.llm_extra_params), advice)


def _has_a_secret(value: object, name: str = "") -> bool:
    """Return whether a text in a JSON value looks like a secret, by its name or by itself."""
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return any(_has_a_secret(member, inner) for inner, member in members.items())
    if isinstance(value, list | tuple):
        return any(_has_a_secret(member, name) for member in cast("list[object]", value))
    # Numbers are none: a limit of tokens is called so, too.
    return isinstance(value, str) and (looks_like_a_secret(name, value) or name.lower() == "authorization")
