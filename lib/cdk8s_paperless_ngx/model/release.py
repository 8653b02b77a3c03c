"""What a release is: image version, search-index language, and a word. No two releases ever work on one instance."""

from __future__ import annotations

from typing import Final

from cdk8s_paperless_ngx.validation.names import MAX_LABEL_LENGTH, check_word
from cdk8s_paperless_ngx.validation.value import value

_STEMMERS: Final = {
    "ara": "ar",
    "dan": "da",
    "deu": "de",
    "ell": "el",
    "eng": "en",
    "fin": "fi",
    "fra": "fr",
    "hun": "hu",
    "ita": "it",
    "nld": "nl",
    "nor": "no",
    "por": "pt",
    "ron": "ro",
    "rus": "ru",
    "spa": "es",
    "swe": "sv",
    "tam": "ta",
    "tur": "tr",
}
"""The first OCR language decides how the search index stems words (upstream ``src/paperless/settings/__init__.py``)."""


@value
class Release:
    """Image version and search-index language of an instance, and the word that asked for the index to be made anew.

    A process of another version may not understand the database; one of another index language wipes the shared index
    when it opens it (upstream ``src/documents/search/_schema.py``). The word is a part of it because making the index
    anew breaks that of processes which use it meanwhile: those of another word have to end first.
    """

    version: str
    index_language: str
    rebuild_index: str | None = None

    def __str__(self) -> str:
        """Return the form that is a pod's label and what scripts compare."""
        return "-".join(filter(None, (self.version, self.index_language, self.rebuild_index)))


def check_rebuild_index(where: str, release: Release) -> None:
    """Refuse a word with which the release could be no label of a pod."""
    if release.rebuild_index is not None:
        others = str(Release(version=release.version, index_language=release.index_language))
        check_word(where, "rebuild_index", release.rebuild_index, longest=MAX_LABEL_LENGTH - len(others) - 1)


def index_language(ocr_language: str) -> str:
    """Return the language of the search index for a value of ``PAPERLESS_OCR_LANGUAGE``."""
    return _STEMMERS.get(ocr_language.split("+", maxsplit=1)[0].lower(), "none")
