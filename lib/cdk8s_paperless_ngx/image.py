"""The image: which paperless-ngx is run, and by which rules."""

from __future__ import annotations

import enum
import re
import warnings
from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.checks import refusal

OFFICIAL_REPOSITORY: Final = "ghcr.io/paperless-ngx/paperless-ngx"
DEFAULT_VERSION: Final = "3.0.5"
"""The version that all figures and facts of this library were measured with."""
NEWEST_KNOWN: Final = (3, 0, 5)
OLDEST_KNOWN: Final = (2, 14, 7)
_OLDEST_ACCEPTED: Final = (1, 16, 1)
"""The oldest one that ``accept_unread`` admits."""
_FIRST_WITHOUT_SUPERVISORD: Final = (2, 15, 0)
_FIRST_V3: Final = (3, 0, 0)
OFFICIAL_OCR_LANGUAGES: Final = ("deu", "eng", "fra", "ita", "spa")
"""Tesseract languages in the official image (its Dockerfile, RUNTIME_PACKAGES)."""

_VERSION: Final = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_REPOSITORY: Final = re.compile(r"[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._-]*)*")
_NAME_THE_VERSION: Final = "name the paperless-ngx version inside the image"


class Generation(enum.Enum):
    """How processes of an image are started; the one place where image generations differ."""

    SUPERVISORD = "supervisord"
    """The image's entrypoint starts supervisord, gunicorn serves: up to 2.14."""
    V2 = "v2"
    """Direct argv with granian and Celery 5.5, and the Whoosh index: 2.15 to 2.20."""
    V3 = "v3"
    """Direct argv with granian and Celery 5.6, and the Tantivy index: 3.0 and later."""


def parse_version(where: str, value: str) -> tuple[int, int, int]:
    """Return the three numbers of a version, refusing what is none."""
    match = _VERSION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise refusal(where, "version", "three numbers such as '3.0.5'", value, _NAME_THE_VERSION)
    major, minor, patch = match.groups()
    return int(major), int(minor), int(patch)


def _text(numbers: tuple[int, int, int]) -> str:
    return ".".join(map(str, numbers))


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperlessImage:
    """The container image of an instance and the paperless-ngx version inside it.

    Args:
        repository: Registry and name, without tag. A repository of one's own must say its version.
        version: The paperless-ngx version in the image, three numbers; default is the version that this library was
            measured with. It decides how processes are started and which settings exist.
        tag: Default is the version.
        digest: ``sha256:`` and 64 hexadecimal digits; pins the image whatever happens to the tag.
        accept_unread: Run a version older than 2.14.7, down to 1.16.1, by what was read of that one.

    Raises:
        ValueError: An argument has the wrong form; a tag, a digest or another repository without a version; a version
            older than 2.14.7 that nobody accepted, or than 1.16.1.

    Warns:
        UserWarning: The version is newer than the newest one known here, or older than the oldest one, whose rules are
            then applied.
    """

    repository: str = OFFICIAL_REPOSITORY
    version: str = ""
    tag: str = ""
    digest: str = ""
    accept_unread: bool = False

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        if not _REPOSITORY.fullmatch(self.repository):
            raise refusal(where, "repository", "an image's registry and name without tag", self.repository)
        if self.tag and not _TAG.fullmatch(self.tag):
            raise refusal(where, "tag", "an image tag", self.tag)
        if self.tag == "latest":
            raise refusal(where, "tag", "a tag that stays what it is", self.tag, "name a version")
        if self.digest and not _DIGEST.fullmatch(self.digest):
            raise refusal(where, "digest", "'sha256:' and 64 hexadecimal digits", self.digest)
        if not self.version:
            self._refuse_to_guess(where)
            object.__setattr__(self, "version", DEFAULT_VERSION)
        numbers = parse_version(where, self.version)
        if numbers < _OLDEST_ACCEPTED:
            raise refusal(where, "version", f"{_text(_OLDEST_ACCEPTED)} or later", self.version)
        if numbers < OLDEST_KNOWN and not self.accept_unread:
            advice = f"nobody has read how an older one is started; accept_unread=True runs it as {_text(OLDEST_KNOWN)}"
            raise refusal(where, "version", f"{_text(OLDEST_KNOWN)} or later", self.version, advice)
        if not OLDEST_KNOWN <= numbers <= NEWEST_KNOWN:
            which, known = ("newer", NEWEST_KNOWN) if numbers > NEWEST_KNOWN else ("older", OLDEST_KNOWN)
            warnings.warn(
                f"{where}: version {self.version} is {which} than {_text(known)}, the {which[:3]}est known here; "
                "its rules are applied",
                UserWarning,
                stacklevel=3,
            )

    def _refuse_to_guess(self, where: str) -> None:
        given = {"tag": self.tag, "digest": self.digest, "repository": "" if self.is_official else self.repository}
        for name, value in given.items():
            if value:
                raise refusal(where, "version", f"given beside {name} {value!r}", None, _NAME_THE_VERSION)

    @property
    def reference(self) -> str:
        """What a container's ``image`` field says."""
        reference = f"{self.repository}:{self.tag or self.version}"
        return f"{reference}@{self.digest}" if self.digest else reference

    @property
    def generation(self) -> Generation:
        """Which rules the version follows."""
        numbers = parse_version(type(self).__name__, self.version)
        if numbers >= _FIRST_V3:
            return Generation.V3
        return Generation.V2 if numbers >= _FIRST_WITHOUT_SUPERVISORD else Generation.SUPERVISORD

    @property
    def is_official(self) -> bool:
        """Whether the image is upstream's own."""
        return self.repository == OFFICIAL_REPOSITORY
