"""Settings of the application: typed values that become ``PAPERLESS_*`` variables. Nothing here imports cdk8s."""

from __future__ import annotations

from cdk8s_paperless_ngx.settings.ai import Ai, EmbeddingBackend, LlmBackend
from cdk8s_paperless_ngx.settings.audit_trail import AuditTrail
from cdk8s_paperless_ngx.settings.authentication import (
    Authentication,
    EmailVerification,
    HttpProtocol,
    SingleSignOn,
)
from cdk8s_paperless_ngx.settings.barcodes import Barcodes, BarcodeScanner
from cdk8s_paperless_ngx.settings.binaries import Binaries
from cdk8s_paperless_ngx.settings.consumption import Consumption
from cdk8s_paperless_ngx.settings.cron import DISABLED
from cdk8s_paperless_ngx.settings.dates import DateOrder, Dates
from cdk8s_paperless_ngx.settings.double_sided import DoubleSided
from cdk8s_paperless_ngx.settings.email_sending import EmailSending
from cdk8s_paperless_ngx.settings.env_file import EnvReading, Note, Outcome
from cdk8s_paperless_ngx.settings.frontend import Frontend
from cdk8s_paperless_ngx.settings.hosting import Hosting
from cdk8s_paperless_ngx.settings.incoming_mail import IncomingMail
from cdk8s_paperless_ngx.settings.logs import Logging
from cdk8s_paperless_ngx.settings.ocr import (
    ArchiveFileGeneration,
    ColorConversionStrategy,
    Ocr,
    OcrClean,
    OcrMode,
    OcrOutputType,
    SkipArchiveFile,
)
from cdk8s_paperless_ngx.settings.paths import Paths
from cdk8s_paperless_ngx.settings.read_cache import ReadCache
from cdk8s_paperless_ngx.settings.remote_ocr import RemoteOcr, RemoteOcrEngine
from cdk8s_paperless_ngx.settings.schedules import Schedules
from cdk8s_paperless_ngx.settings.settings import Settings
from cdk8s_paperless_ngx.settings.software_tweaks import SoftwareTweaks
from cdk8s_paperless_ngx.settings.tika import EmailLayout, Tika
from cdk8s_paperless_ngx.settings.trash import Trash
from cdk8s_paperless_ngx.settings.webhooks import Webhooks

__all__ = [
    "DISABLED",
    "Ai",
    "ArchiveFileGeneration",
    "AuditTrail",
    "Authentication",
    "BarcodeScanner",
    "Barcodes",
    "Binaries",
    "ColorConversionStrategy",
    "Consumption",
    "DateOrder",
    "Dates",
    "DoubleSided",
    "EmailLayout",
    "EmailSending",
    "EmailVerification",
    "EmbeddingBackend",
    "EnvReading",
    "Frontend",
    "Hosting",
    "HttpProtocol",
    "IncomingMail",
    "LlmBackend",
    "Logging",
    "Note",
    "Ocr",
    "OcrClean",
    "OcrMode",
    "OcrOutputType",
    "Outcome",
    "Paths",
    "ReadCache",
    "RemoteOcr",
    "RemoteOcrEngine",
    "Schedules",
    "Settings",
    "SingleSignOn",
    "SkipArchiveFile",
    "SoftwareTweaks",
    "Tika",
    "Trash",
    "Webhooks",
]
