"""What is written as JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from cdk8s_paperless_ngx.settings.kinds.kind import Kind, Problem
from cdk8s_paperless_ngx.settings.versions import Version
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping, frozen

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]


@dataclass(eq=False, repr=False)
class JsonTexts(Kind[tuple[str, ...]]):
    """A JSON list of texts.

    Args:
        each: What each is, continuing "each".
    """

    each: str

    @property
    def rule(self) -> str:
        return f"a tuple, each {self.each}"

    def asks(self, version: Version) -> str:
        del version
        return f"a JSON list, each {self.each}"

    def problem_with(self, value: object) -> Problem | None:
        if not isinstance(value, tuple):
            return Problem(self.rule, value)
        for member in cast("tuple[object, ...]", value):
            if not isinstance(member, str) or not member.strip():
                return Problem(self.rule, member)
        return None

    def write(self, value: tuple[str, ...]) -> str:
        return json.dumps(value, ensure_ascii=False)

    def read(self, text: str) -> tuple[str, ...]:
        found = json.loads(text)
        if not isinstance(found, list):
            raise ValueError(text)  # noqa: TRY004 (the text is at fault)
        return tuple(cast("list[str]", found))


def is_pattern(text: str) -> bool:
    """Return whether a text is a regular expression."""
    try:
        re.compile(text)
    except re.error:
        return False
    return True


@dataclass(eq=False, repr=False)
class Patterns(Kind[Mapping[str, str]]):
    """A JSON object from regular expressions to what takes the place of what they find.

    Args:
        keys: Where this is a list of objects, the two names in each; else one object.
    """

    keys: tuple[str, str] | None = None

    @property
    def rule(self) -> str:
        return "a mapping from regular expressions to texts"

    def asks(self, version: Version) -> str:
        del version
        if self.keys is None:
            return "a JSON object from regular expressions to texts"
        return f"a JSON list of objects with {' and '.join(self.keys)}, a regular expression and a text"

    def problem_with(self, value: object) -> Problem | None:
        if not isinstance(value, Mapping):
            return Problem(self.rule, value)
        for pattern, text in cast("Mapping[object, object]", value).items():
            if not isinstance(pattern, str) or not pattern or not is_pattern(pattern):
                return Problem(self.rule, pattern)
            if not isinstance(text, str):
                return Problem(self.rule, text)
            try:
                re.sub(pattern, text, "")
            except (re.error, IndexError) as error:
                return Problem(self.rule, text, f"{pattern!r} does not go with it: {error}")
        return None

    def freeze(self, value: Mapping[str, str]) -> Mapping[str, str]:
        return FrozenMapping(value)

    def write(self, value: Mapping[str, str]) -> str:
        if self.keys is None:
            return json.dumps(dict(value), ensure_ascii=False)
        return json.dumps([dict(zip(self.keys, item, strict=True)) for item in value.items()], ensure_ascii=False)

    def read(self, text: str) -> Mapping[str, str]:
        found = json.loads(text)
        try:
            if self.keys is None:
                return dict(found)
            first, second = self.keys
            return {item[first]: item[second] for item in found}
        except (TypeError, KeyError) as error:
            raise ValueError(text) from error


class JsonObject(Kind[Mapping[str, Json]]):
    """A JSON object whose names are up to somebody else."""

    @property
    def rule(self) -> str:
        return "a mapping from names to what JSON can say"

    def asks(self, version: Version) -> str:
        del version
        return "a JSON object"

    def accepts(self, value: object) -> bool:
        return isinstance(value, Mapping) and _is_json(cast("object", value))

    def freeze(self, value: Mapping[str, Json]) -> Mapping[str, Json]:
        return cast("Mapping[str, Json]", frozen(value))

    def write(self, value: Mapping[str, Json]) -> str:
        return json.dumps(value, ensure_ascii=False, default=dict)

    def read(self, text: str) -> Mapping[str, Json]:
        found: Any = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError(text)  # noqa: TRY004 (the text is at fault)
        return cast("Mapping[str, Json]", found)


def _is_json(value: object) -> bool:
    """Return whether JSON can say a value and says it as it is."""
    if isinstance(value, Mapping):
        members = cast("Mapping[object, object]", value)
        return all(isinstance(name, str) and name and _is_json(member) for name, member in members.items())
    if isinstance(value, list | tuple):
        return all(map(_is_json, cast("list[object]", value)))
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int)
