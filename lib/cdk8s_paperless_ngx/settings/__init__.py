"""Settings of the application: typed values that become ``PAPERLESS_*`` variables. Nothing here imports cdk8s."""

from __future__ import annotations

from cdk8s_paperless_ngx.settings.consumption import Consumption
from cdk8s_paperless_ngx.settings.ocr import Ocr, OcrMode
from cdk8s_paperless_ngx.settings.schedules import DISABLED, Schedules
from cdk8s_paperless_ngx.settings.settings import DateOrder, Settings

__all__ = ["DISABLED", "Consumption", "DateOrder", "Ocr", "OcrMode", "Schedules", "Settings"]
