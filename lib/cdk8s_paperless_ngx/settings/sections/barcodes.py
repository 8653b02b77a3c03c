"""Upstream's documentation section "Barcodes"."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from cdk8s_paperless_ngx.settings.kinds.choices import OneOf
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.json_values import Patterns
from cdk8s_paperless_ngx.settings.kinds.numbers import Number, Whole
from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.settings.setting import WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value


class BarcodeScanner(enum.Enum):
    """Who reads barcodes in versions before 3.0."""

    PYZBAR = "PYZBAR"
    ZXING = "ZXING"


@value
class Barcodes(Group):
    """Barcodes that separate documents, number them or tag them.

    Raises:
        ValueError: A value has the wrong form.
    """

    enable_barcodes: bool | None = setting("PAPERLESS_CONSUMER_ENABLE_BARCODES", Flag(), unset="false", read_by=WORKER)
    """Whether a scan is split where a barcode separates documents."""
    barcode_string: str | None = setting("PAPERLESS_CONSUMER_BARCODE_STRING", Text(), unset="PATCHT", read_by=WORKER)
    """What a separating barcode says."""
    barcode_retain_split_pages: bool | None = setting(
        "PAPERLESS_CONSUMER_BARCODE_RETAIN_SPLIT_PAGES", Flag(), unset="false", since="2.13.0", read_by=WORKER
    )
    """Whether pages with such a barcode are kept."""
    barcode_tiff_support: bool | None = setting(
        "PAPERLESS_CONSUMER_BARCODE_TIFF_SUPPORT", Flag(), unset="false", read_by=WORKER
    )
    """Whether TIFF files are looked at too."""
    enable_asn_barcode: bool | None = setting(
        "PAPERLESS_CONSUMER_ENABLE_ASN_BARCODE", Flag(), unset="false", read_by=WORKER
    )
    """Whether a barcode gives the archive serial number."""
    asn_barcode_prefix: str | None = setting(
        "PAPERLESS_CONSUMER_ASN_BARCODE_PREFIX", Text(), unset="ASN", read_by=WORKER
    )
    """What such a barcode starts with."""
    enable_tag_barcode: bool | None = setting(
        "PAPERLESS_CONSUMER_ENABLE_TAG_BARCODE", Flag(), unset="false", since="2.5.0", read_by=WORKER
    )
    """Whether barcodes become tags."""
    tag_barcode_mapping: Mapping[str, str] | None = setting(
        "PAPERLESS_CONSUMER_TAG_BARCODE_MAPPING",
        Patterns(),
        unset='{"TAG:(.*)": "\\\\g<1>"}',
        since="2.5.0",
        read_by=WORKER,
    )
    """From what a barcode says, as regular expressions, to tags, which may refer to groups as ``\\\\g<1>``."""
    tag_barcode_split: bool | None = setting(
        "PAPERLESS_CONSUMER_TAG_BARCODE_SPLIT", Flag(), unset="false", since="3.0.0", read_by=WORKER
    )
    """Whether a barcode with a tag starts a new document."""
    barcode_upscale: float | None = setting("PAPERLESS_CONSUMER_BARCODE_UPSCALE", Number(), unset="0.0", read_by=WORKER)
    """Factor by which pages are enlarged, for small barcodes; 0 for not at all."""
    barcode_dpi: int | None = setting(
        "PAPERLESS_CONSUMER_BARCODE_DPI", Whole(minimum=1, unit="dots per inch"), unset="300", read_by=WORKER
    )
    """Dots per inch that pages are rendered with to look for them."""
    barcode_max_pages: int | None = setting(
        "PAPERLESS_CONSUMER_BARCODE_MAX_PAGES", Whole(unit="pages"), unset="0", since="2.12.0", read_by=WORKER
    )
    """Number of leading pages that are looked at; 0 for all."""
    barcode_scanner: BarcodeScanner | None = setting(
        "PAPERLESS_CONSUMER_BARCODE_SCANNER",
        OneOf(BarcodeScanner, any_case=True),
        unset="PYZBAR",
        until="3.0.0",
        after="leave it out, ZXing is the only one",
        read_by=WORKER,
    )
    """Which library reads them."""
    store_barcode_values: bool | None = setting(
        "PAPERLESS_CONSUMER_STORE_BARCODE_VALUES", Flag(), unset="false", since="3.3.0", read_by=WORKER
    )
    """Whether what barcodes say is kept with the document, to be searched."""
