"""What a release is: image version and search-index language. No two releases ever work on one instance."""

from __future__ import annotations

from typing import Final

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
    """Image version and search-index language of an instance.

    A process of another version may not understand the database; one of another index language wipes the shared index
    when it opens it (upstream ``src/documents/search/_schema.py``).
    """

    version: str
    index_language: str

    def __str__(self) -> str:
        """Return the form that is a pod's label and what scripts compare."""
        return f"{self.version}-{self.index_language}"


def index_language(ocr_language: str) -> str:
    """Return the language of the search index for a value of ``PAPERLESS_OCR_LANGUAGE``."""
    return _STEMMERS.get(ocr_language.split("+", maxsplit=1)[0].lower(), "none")
