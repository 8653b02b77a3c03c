"""Calls that both type checkers must refuse: `make types` fails when one of these comments is not needed.

Each is refused at run time too, as callers need not be typed.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from cdk8s_paperless_ngx import Settings
from cdk8s_paperless_ngx.settings import (
    Ai,
    Authentication,
    Barcodes,
    Consumption,
    Dates,
    EmailSending,
    GitHub,
    Google,
    Hosting,
    Ocr,
    OcrMode,
    Schedules,
    SingleSignOn,
    Tika,
    Trash,
    Webhooks,
)
from cdk8s_paperless_ngx.settings.kinds.numbers import Whole
from cdk8s_paperless_ngx.settings.setting import WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value

WRONG: Final[tuple[Callable[[], object], ...]] = (
    lambda: Ocr(pages="3"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Ocr(mode="force"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Ocr(languages=["eng"]),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Ocr(languages=None, deskew="yes"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Ocr(user_args="{}"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Ocr(page=3),  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    lambda: Ocr(("eng",)),  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    lambda: Consumption(polling_interval="4"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Consumption(polling_delay=0.5),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Consumption(ignore_patterns=".*"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Schedules(mail=5),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Ai(llm_api_key="sk-1234"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Ai(llm_request_timeout=120),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Authentication(session_cookie_age=60),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: SingleSignOn(socialaccount_providers={}),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: SingleSignOn(providers=[]),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: SingleSignOn(providers=("authelia",)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: GitHub(client_id="a", client_secret="b"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: GitHub(client_id="a", client_secret=None),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Google(client_id="a"),  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    lambda: Barcodes(tag_barcode_mapping={"a": 1}),  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    lambda: Dates(ignore_dates=("2020-01-31",)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: EmailSending(port="25"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Hosting(allowed_hosts="docs.lan"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Tika(enabled="true"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Trash(empty_trash_delay=30),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Webhooks(allowed_ports=("80",)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Settings(ocr={"pages": 3}),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Settings(tika=Trash()),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Settings(date_order="DMY"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lambda: Settings(extra_env={"A": 1}),  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    lambda: setattr(Ocr(), "pages", 3),
)


def assignment() -> None:
    """Settings are frozen."""
    ocr = Ocr()
    ocr.pages = 3  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


@value
class Mismatched(Group):
    """A declaration whose annotation is not the kind's type."""

    pages: bool | None = setting("PAGES", Whole(), read_by=WORKER)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]


def right() -> tuple[Settings, int | None, tuple[str, ...], dt.timedelta | None]:
    """What type checkers must accept, with the types that they must see."""
    settings = Settings(ocr=Ocr(pages=3, mode=OcrMode.FORCE), trash=Trash(empty_trash_delay=dt.timedelta(days=1)))
    return settings, settings.ocr.pages, settings.ocr.languages, settings.trash.empty_trash_delay
