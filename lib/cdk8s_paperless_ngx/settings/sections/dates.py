"""Upstream's documentation section "Document Consumption", as far as it is about dates."""

from __future__ import annotations

import datetime as dt
import enum

from cdk8s_paperless_ngx.settings.kinds.choices import OneOf
from cdk8s_paperless_ngx.settings.kinds.dates import Date
from cdk8s_paperless_ngx.settings.kinds.lists import Listed
from cdk8s_paperless_ngx.settings.kinds.numbers import Whole
from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.settings.setting import WEBSERVER, WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value


class DateOrder(enum.Enum):
    """In which order day, month and year stand in a written date."""

    DMY = "DMY"
    DYM = "DYM"
    MDY = "MDY"
    MYD = "MYD"
    YDM = "YDM"
    YMD = "YMD"


@value
class Dates(Group):
    """Finding a document's date; `Settings` itself has the order of day and month in texts.

    Raises:
        ValueError: A value has the wrong form.
    """

    filename_date_order: DateOrder | None = setting("PAPERLESS_FILENAME_DATE_ORDER", OneOf(DateOrder), read_by=WORKER)
    """Order in file names; unset, they are not looked at for dates."""
    date_parser_languages: tuple[str, ...] | None = setting(
        "PAPERLESS_DATE_PARSER_LANGUAGES",
        Listed(Text("a language code of dateparser's", "[a-z]{2,3}(-[A-Za-z0-9]+)*", "de"), separator="+"),
        since="2.18.0",
        read_by=WEBSERVER + WORKER,
    )
    """Languages of the dates in documents; unset, they follow from the OCR languages."""
    ignore_dates: tuple[dt.date, ...] | None = setting(
        "PAPERLESS_IGNORE_DATES", Listed(Date()), read_by=WEBSERVER + WORKER
    )
    """Days that are never a document's date, such as a birthday."""
    number_of_suggested_dates: int | None = setting(
        "PAPERLESS_NUMBER_OF_SUGGESTED_DATES", Whole(), unset="3", read_by=WEBSERVER
    )
    """How many dates of a document are suggested; 0 for none."""
