"""Settings of the application: typed values that become ``PAPERLESS_*`` variables. Nothing here imports cdk8s."""

from __future__ import annotations

from cdk8s_paperless_ngx.settings.env_reading import EnvReading, Note, Outcome
from cdk8s_paperless_ngx.settings.identity_providers import (
    GitHub,
    Google,
    IdentityProvider,
    Microsoft,
    OpenIdConnect,
    TokenAuthMethod,
)
from cdk8s_paperless_ngx.settings.kinds.cron import DISABLED
from cdk8s_paperless_ngx.settings.kinds.json_values import Json
from cdk8s_paperless_ngx.settings.kinds.kind import Problem
from cdk8s_paperless_ngx.settings.sections.ai import Ai, EmbeddingBackend, LlmBackend
from cdk8s_paperless_ngx.settings.sections.audit_trail import AuditTrail
from cdk8s_paperless_ngx.settings.sections.authentication import (
    Authentication,
    EmailVerification,
    HttpProtocol,
)
from cdk8s_paperless_ngx.settings.sections.barcodes import Barcodes, BarcodeScanner
from cdk8s_paperless_ngx.settings.sections.binaries import Binaries
from cdk8s_paperless_ngx.settings.sections.consumption import Consumption
from cdk8s_paperless_ngx.settings.sections.dates import DateOrder, Dates
from cdk8s_paperless_ngx.settings.sections.double_sided import DoubleSided
from cdk8s_paperless_ngx.settings.sections.email_sending import EmailSending
from cdk8s_paperless_ngx.settings.sections.frontend import Frontend
from cdk8s_paperless_ngx.settings.sections.hosting import Hosting
from cdk8s_paperless_ngx.settings.sections.incoming_mail import IncomingMail
from cdk8s_paperless_ngx.settings.sections.logs import Logging
from cdk8s_paperless_ngx.settings.sections.ocr import (
    ArchiveFileGeneration,
    ColorConversionStrategy,
    Ocr,
    OcrClean,
    OcrMode,
    OcrOutputType,
    SkipArchiveFile,
)
from cdk8s_paperless_ngx.settings.sections.paths import Paths
from cdk8s_paperless_ngx.settings.sections.read_cache import ReadCache
from cdk8s_paperless_ngx.settings.sections.remote_ocr import RemoteOcr, RemoteOcrEngine, RemoteOcrMode
from cdk8s_paperless_ngx.settings.sections.schedules import Schedules
from cdk8s_paperless_ngx.settings.sections.single_sign_on import SingleSignOn
from cdk8s_paperless_ngx.settings.sections.software_tweaks import SoftwareTweaks
from cdk8s_paperless_ngx.settings.sections.tika import EmailLayout, Tika
from cdk8s_paperless_ngx.settings.sections.trash import Trash
from cdk8s_paperless_ngx.settings.sections.webhooks import Webhooks
from cdk8s_paperless_ngx.settings.setting import Group
from cdk8s_paperless_ngx.settings.settings import Settings

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
    "GitHub",
    "Google",
    "Group",
    "Hosting",
    "HttpProtocol",
    "IdentityProvider",
    "IncomingMail",
    "Json",
    "LlmBackend",
    "Logging",
    "Microsoft",
    "Note",
    "Ocr",
    "OcrClean",
    "OcrMode",
    "OcrOutputType",
    "OpenIdConnect",
    "Outcome",
    "Paths",
    "Problem",
    "ReadCache",
    "RemoteOcr",
    "RemoteOcrEngine",
    "RemoteOcrMode",
    "Schedules",
    "Settings",
    "SingleSignOn",
    "SkipArchiveFile",
    "SoftwareTweaks",
    "Tika",
    "TokenAuthMethod",
    "Trash",
    "Webhooks",
]
