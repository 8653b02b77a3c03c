"""Upstream's documentation section "OCR settings"."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final

from cdk8s_paperless_ngx.settings.kinds.choices import Change, OneOf
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.json_values import Json, JsonObject
from cdk8s_paperless_ngx.settings.kinds.kind import Translation
from cdk8s_paperless_ngx.settings.kinds.lists import Listed
from cdk8s_paperless_ngx.settings.kinds.numbers import Number, Whole
from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.settings.setting import EVERYWHERE, WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value

OFFICIAL_OCR_LANGUAGES: Final = ("deu", "eng", "fra", "ita", "spa")
"""Tesseract languages in the official image (its Dockerfile, RUNTIME_PACKAGES)."""
_V3: Final = "3.0.0"
_MODE: Final = "PAPERLESS_OCR_MODE"
_ARCHIVES: Final = "PAPERLESS_ARCHIVE_FILE_GENERATION"


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
    SKIP = "skip"
    """Only to pages without text; before 3.0."""
    SKIP_NOARCHIVE = "skip_noarchive"
    """The same, and no archive file where there was text; before 3.0."""


class ArchiveFileGeneration(enum.Enum):
    """When a document gets a PDF/A beside the original."""

    AUTO = "auto"
    """When it had no text."""
    ALWAYS = "always"
    NEVER = "never"


class SkipArchiveFile(enum.Enum):
    """When a document gets no PDF/A beside the original, before 3.0."""

    NEVER = "never"
    WITH_TEXT = "with_text"
    ALWAYS = "always"


class OcrClean(enum.Enum):
    """Whether unpaper cleans pages."""

    CLEAN = "clean"
    """For text recognition alone."""
    CLEAN_FINAL = "clean-final"
    """For the archive file too."""
    NONE = "none"


class OcrOutputType(enum.Enum):
    """What kind of PDF archive files are."""

    PDF = "pdf"
    PDFA = "pdfa"
    PDFA_1 = "pdfa-1"
    PDFA_2 = "pdfa-2"
    PDFA_3 = "pdfa-3"


class ColorConversionStrategy(enum.Enum):
    """How Ghostscript converts colours for PDF/A."""

    CMYK = "CMYK"
    GRAY = "Gray"
    LEAVE_COLOR_UNCHANGED = "LeaveColorUnchanged"
    RGB = "RGB"
    USE_DEVICE_INDEPENDENT_COLOR = "UseDeviceIndependentColor"


def _language_packs(languages: tuple[str, ...]) -> str:
    missing = [language for language in languages if language not in OFFICIAL_OCR_LANGUAGES]
    return f"an image with {' and '.join(missing)}, which upstream's own does not have" if missing else ""


@value
class Ocr(Group):
    """Text recognition.

    Raises:
        ValueError: A value has the wrong form.
    """

    languages: tuple[str, ...] = setting(
        "PAPERLESS_OCR_LANGUAGE",
        Listed(Text("one of Tesseract's codes", "(?i:[a-z]{3}(_[a-z]+)*(-[a-z]+)?)", "chi_sim"), separator="+"),
        initial=("eng",),
        unset="eng",
        needs=_language_packs,
        read_by=EVERYWHERE,
    )
    """Tesseract's codes, the most frequent first. The first one is also the language of the search index, so that
    changing it is a new release, with a full reindex. The image must have them all, or no process starts."""
    mode: OcrMode | None = setting(
        _MODE,
        OneOf(
            OcrMode,
            {
                OcrMode.AUTO: Change(
                    since=_V3, instead="use skip_noarchive, or skip, which makes an archive file of every document"
                ),
                OcrMode.OFF: Change(since=_V3, instead="use skip_noarchive, which leaves alone what has text already"),
                OcrMode.SKIP: Change(until=_V3),
                OcrMode.SKIP_NOARCHIVE: Change(until=_V3),
            },
        ),
        unset="auto",
        changed=(_V3, "auto in the place of skip, which was the default and made an archive file of every document"),
        becomes={
            "skip": Translation(
                {_MODE: "auto"},
                "which makes no archive file of a document that has text, unlike skip, "
                "unless {archive_file_generation} is 'always'",
            ),
            "skip_noarchive": Translation({_MODE: "auto", _ARCHIVES: "never"}),
        }.get,
        read_by=WORKER,
    )
    """When it is applied."""
    archive_file_generation: ArchiveFileGeneration | None = setting(
        _ARCHIVES,
        OneOf(ArchiveFileGeneration),
        unset="auto",
        since=_V3,
        before="use {skip_archive_file}, which says the opposite",
        read_by=WORKER,
    )
    """When a PDF/A is made."""
    skip_archive_file: SkipArchiveFile | None = setting(
        "PAPERLESS_OCR_SKIP_ARCHIVE_FILE",
        OneOf(SkipArchiveFile),
        unset="never",
        until=_V3,
        after="use {archive_file_generation}, which says the opposite",
        becomes={
            "never": Translation({_ARCHIVES: "always"}),
            "with_text": Translation({_ARCHIVES: "auto"}),
            "always": Translation({_ARCHIVES: "never"}),
        }.get,
        read_by=WORKER,
    )
    """When none is made."""
    clean: OcrClean | None = setting("PAPERLESS_OCR_CLEAN", OneOf(OcrClean), unset="clean", read_by=WORKER)
    """How far pages are cleaned."""
    deskew: bool | None = setting("PAPERLESS_OCR_DESKEW", Flag(), unset="true", read_by=WORKER)
    """Whether pages that lie askew are straightened."""
    rotate_pages: bool | None = setting("PAPERLESS_OCR_ROTATE_PAGES", Flag(), unset="true", read_by=WORKER)
    """Whether pages are turned by steps of 90 degrees until text stands upright."""
    rotate_pages_threshold: float | None = setting(
        "PAPERLESS_OCR_ROTATE_PAGES_THRESHOLD", Number(), unset="12.0", read_by=WORKER
    )
    """How sure Tesseract must be to turn one."""
    output_type: OcrOutputType | None = setting(
        "PAPERLESS_OCR_OUTPUT_TYPE", OneOf(OcrOutputType), unset="pdfa", read_by=WORKER
    )
    """What kind of PDF is made."""
    pages: int | None = setting("PAPERLESS_OCR_PAGES", Whole(unit="pages"), read_by=WORKER)
    """Number of leading pages it is applied to; 0 or unset, all."""
    image_dpi: int | None = setting("PAPERLESS_OCR_IMAGE_DPI", Whole(minimum=1, unit="dots per inch"), read_by=WORKER)
    """Dots per inch of pictures that do not say theirs; unset, it follows from an A4 page's width."""
    max_image_pixels: int | None = setting("PAPERLESS_OCR_MAX_IMAGE_PIXELS", Whole(unit="pixels"), read_by=WORKER)
    """Pixels above which OCRmyPDF refuses a picture; 0 for no limit, unset for Pillow's."""
    color_conversion_strategy: ColorConversionStrategy | None = setting(
        "PAPERLESS_OCR_COLOR_CONVERSION_STRATEGY",
        OneOf(ColorConversionStrategy),
        unset="RGB",
        since="2.0.1",
        read_by=WORKER,
    )
    """How colours are converted for a PDF/A."""
    user_args: Mapping[str, Json] | None = setting("PAPERLESS_OCR_USER_ARGS", JsonObject(), read_by=WORKER)
    """More arguments of OCRmyPDF's API, for example ``{"optimize": 3}``."""

    @property
    def language(self) -> str:
        """The value of ``PAPERLESS_OCR_LANGUAGE``."""
        return "+".join(self.languages)
