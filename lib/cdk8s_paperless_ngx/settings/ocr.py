"""Upstream's documentation section "OCR settings"."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.checks import check_whole_number, refusal

_LANGUAGE: Final = re.compile(r"[a-z]{3}(_[a-z]+)*(-[a-z]+)?", re.IGNORECASE)


class OcrMode(enum.Enum):
    """When text recognition is applied."""

    AUTO = "auto"
    """Only to documents without text."""
    FORCE = "force"
    """Always, as images."""
    REDO = "redo"
    """Anew where a document has hidden text."""
    OFF = "off"
    """Never."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ocr:
    """Text recognition.

    Args:
        languages: Tesseract's codes, the most frequent first. The first one is also the language of the search index,
            so that changing it is a new release, with a full reindex (``PAPERLESS_OCR_LANGUAGE``).
        mode: When it is applied (``PAPERLESS_OCR_MODE``); unset, upstream's default, automatic.
        pages: Number of leading pages it is applied to (``PAPERLESS_OCR_PAGES``); unset, all.

    Raises:
        ValueError: A language has not the form of Tesseract's codes, or there is none, or ``pages`` is below 1.
    """

    languages: tuple[str, ...] = ("eng",)
    mode: OcrMode | None = None
    pages: int | None = None

    def __post_init__(self) -> None:
        where = type(self).__name__
        if isinstance(self.languages, str) or not self.languages:
            raise refusal(where, "languages", "a tuple of Tesseract's codes such as ('deu', 'eng')", self.languages)
        for language in self.languages:
            if not _LANGUAGE.fullmatch(language):
                raise refusal(where, "languages", "Tesseract's codes such as 'deu' or 'chi_sim'", language)
        if len(set(self.languages)) < len(self.languages):
            raise refusal(where, "languages", "all different", self.languages)
        if self.pages is not None:
            check_whole_number(where, "pages", self.pages, minimum=1)

    @property
    def language(self) -> str:
        """The value of ``PAPERLESS_OCR_LANGUAGE``."""
        return "+".join(self.languages)

    def variables(self) -> dict[str, str]:
        """Return the variables that are set."""
        variables = {"PAPERLESS_OCR_LANGUAGE": self.language}
        if self.mode is not None:
            variables["PAPERLESS_OCR_MODE"] = self.mode.value
        if self.pages is not None:
            variables["PAPERLESS_OCR_PAGES"] = str(self.pages)
        return variables
