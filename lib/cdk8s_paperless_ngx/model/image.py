"""The image: which paperless-ngx is run, and by which rules."""

from __future__ import annotations

import enum
import re
from typing import Final

from cdk8s_paperless_ngx.pins import FORMER_PAPERLESS, PAPERLESS, digest_of
from cdk8s_paperless_ngx.settings.versions import (
    DEFAULT_VERSION,
    NEWEST_KNOWN,
    OLDEST_KNOWN,
    Version,
    check_version,
    version_numbers,
    version_text,
)
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.value import value
from cdk8s_paperless_ngx.validation.warnings import warn

OFFICIAL_REPOSITORY: Final = "ghcr.io/paperless-ngx/paperless-ngx"
_OLDEST_ACCEPTED: Final = (1, 16, 1)
"""The oldest version that ``allow_unsupported`` admits."""
_FIRST_WITHOUT_SUPERVISORD: Final = (2, 15, 0)
_FIRST_V3: Final = (3, 0, 0)
_DIGESTS: Final = {**FORMER_PAPERLESS, DEFAULT_VERSION: digest_of(PAPERLESS)}
"""Of upstream's images, by version."""
_REFUSED: Final = {
    "3.0.1": "its migration of the database fails (upstream's release notes of 3.0.2); use 3.0.2 or later",
}
"""Versions that no instance survives."""

_TAG: Final = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
_DIGEST: Final = r"sha256:[0-9a-f]{64}"
_REPOSITORY: Final = r"[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._-]*)*"


class Generation(enum.Enum):
    """How processes of an image are started; the one place where image generations differ."""

    SUPERVISORD = "supervisord"
    """The image's entrypoint starts supervisord, gunicorn serves: up to 2.14."""
    V2 = "v2"
    """Direct argv with granian and Celery 5.5, and the Whoosh index: 2.15 to 2.20."""
    V3 = "v3"
    """Direct argv with granian and Celery 5.6, and the Tantivy index: 3.0 and later."""


@value
class PaperlessImage:
    """The container image of an instance and the paperless-ngx version inside it.

    Args:
        repository: Registry and name, without tag. With another repository than upstream's, name the version too.
        version: The paperless-ngx version in the image, three numbers; default is the newest known here. It decides
            how processes are started and which settings exist.
        tag: Default is the version.
        digest: ``sha256:`` and 64 hexadecimal digits; pins the image whatever happens to the tag. Default is the one
            known here of upstream's image of that version; there is none where a tag is named, as ``tag="3.3.0"`` for
            a mirror whose images have digests of their own.
        allow_unsupported: Run a version older than 2.14.7, down to 1.16.1, by the rules of 2.14.7.

    Raises:
        ValueError: An argument has the wrong form; a tag, a digest or another repository is named without a version;
            the version is older than 2.14.7 without ``allow_unsupported``, older than 1.16.1, or 3.0.1, whose
            migration fails.

    Warns:
        UserWarning: The version is newer than the newest version known here, whose rules are then applied, or older
            than the oldest.
    """

    repository: str = OFFICIAL_REPOSITORY
    version: str = ""
    tag: str = ""
    digest: str = ""
    allow_unsupported: bool = False

    def __post_init__(self) -> None:
        where = type(self).__name__
        if not re.fullmatch(_REPOSITORY, self.repository):
            raise refusal(where, "repository", "an image's registry and name without tag", self.repository)
        if self.tag and not re.fullmatch(_TAG, self.tag):
            raise refusal(where, "tag", "an image tag", self.tag)
        if self.tag == "latest":
            raise refusal(where, "tag", "a tag that stays what it is", self.tag, "name a version")
        if self.digest and not re.fullmatch(_DIGEST, self.digest):
            raise refusal(where, "digest", "'sha256:' and 64 hexadecimal digits", self.digest)
        if not self.version:
            self._refuse_to_guess(where)
            object.__setattr__(self, "version", DEFAULT_VERSION)
        check_version(where, "version", self.version)
        self._check_age(where)

    def _refuse_to_guess(self, where: str) -> None:
        given = {"tag": self.tag, "digest": self.digest, "repository": "" if self.is_official else self.repository}
        for name, text in given.items():
            if text:
                problem = f"{name} {text!r} does not say which paperless-ngx is in the image"
                raise conflict(where, problem, f"name its version, such as version={DEFAULT_VERSION!r}")

    def _check_age(self, where: str) -> None:
        numbers = self.version_numbers
        if self.version in _REFUSED:
            raise refusal(where, "version", "another version", self.version, _REFUSED[self.version])
        if numbers < _OLDEST_ACCEPTED:
            raise refusal(where, "version", f"{version_text(_OLDEST_ACCEPTED)} or later", self.version)
        oldest, newest = version_text(OLDEST_KNOWN), version_text(NEWEST_KNOWN)
        if numbers < OLDEST_KNOWN:
            if not self.allow_unsupported:
                advice = f"allow_unsupported=True runs it by the rules of {oldest}, which may not fit"
                raise refusal(where, "version", f"{oldest} or later", self.version, advice)
            warn(
                f"{where}: version {self.version} is older than {oldest}, the oldest known here; its rules are applied"
            )
        if numbers > NEWEST_KNOWN:
            warn(
                f"{where}: version {self.version} is newer than {newest}, the newest known here; its rules are applied"
            )

    @property
    def version_numbers(self) -> Version:
        """The version in a form that compares."""
        return version_numbers(self.version)

    @property
    def reference(self) -> str:
        """What a container's ``image`` field says."""
        reference = f"{self.repository}:{self.tag or self.version}"
        known = "" if self.tag or not self.is_official else _DIGESTS.get(self.version, "")
        digest = self.digest or known
        return f"{reference}@{digest}" if digest else reference

    @property
    def generation(self) -> Generation:
        """Which rules the version follows."""
        if self.version_numbers >= _FIRST_V3:
            return Generation.V3
        return Generation.V2 if self.version_numbers >= _FIRST_WITHOUT_SUPERVISORD else Generation.SUPERVISORD

    @property
    def is_official(self) -> bool:
        """Whether the image is upstream's own."""
        return self.repository == OFFICIAL_REPOSITORY
