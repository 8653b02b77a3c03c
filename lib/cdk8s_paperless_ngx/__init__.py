"""cdk8s constructs that run paperless-ngx on Kubernetes, one process per pod.

The smallest app::

    from cdk8s import App, Chart
    from cdk8s_paperless_ngx import Paperless

    app = App()
    Paperless(Chart(app, "paperless", namespace="paperless"), "paperless")
    app.synth()
"""

from __future__ import annotations

from cdk8s_paperless_ngx.admin import Admin
from cdk8s_paperless_ngx.backing.external import ExternalMariadb, ExternalPostgres, ExternalRedis
from cdk8s_paperless_ngx.backing.postgres import BundledPostgres
from cdk8s_paperless_ngx.backing.redis import BundledRedis
from cdk8s_paperless_ngx.backing.tika import BundledTika
from cdk8s_paperless_ngx.compose.project import ComposeProject, compose
from cdk8s_paperless_ngx.exposure import AWS_LOAD_BALANCER, F5_NGINX, HAPROXY, INGRESS_NGINX, TRAEFIK, Ingress
from cdk8s_paperless_ngx.files import (
    ConfigMapFiles,
    ConsumeScripts,
    CsiVolume,
    ExistingClaim,
    Extras,
    Mount,
    NfsVolume,
    SecretFiles,
)
from cdk8s_paperless_ngx.image import PaperlessImage
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.jobs.backup import Backup
from cdk8s_paperless_ngx.jobs.rescue import Rescue, RescueOptions
from cdk8s_paperless_ngx.paperless import Paperless
from cdk8s_paperless_ngx.pods import Pods, Proxy, Toleration
from cdk8s_paperless_ngx.processes.beat import Beat, BeatOptions
from cdk8s_paperless_ngx.processes.consumer import Consumer, ConsumerOptions
from cdk8s_paperless_ngx.processes.definitions import worker_resources
from cdk8s_paperless_ngx.processes.flower import Flower, FlowerOptions
from cdk8s_paperless_ngx.processes.webserver import Webserver, WebserverOptions
from cdk8s_paperless_ngx.processes.worker import Worker, WorkerOptions
from cdk8s_paperless_ngx.reference import ConfigMapKey, SecretKey
from cdk8s_paperless_ngx.release import Release
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.scaling import ByCpu, ByQueue, Fixed
from cdk8s_paperless_ngx.secret import ExistingSecret, ExternalSecret, GeneratedSecret
from cdk8s_paperless_ngx.service import ServiceOptions, ServiceType
from cdk8s_paperless_ngx.settings import (
    DISABLED,
    Ai,
    ArchiveFileGeneration,
    AuditTrail,
    Authentication,
    Barcodes,
    BarcodeScanner,
    Binaries,
    ColorConversionStrategy,
    Consumption,
    DateOrder,
    Dates,
    DoubleSided,
    EmailLayout,
    EmailSending,
    EmailVerification,
    EmbeddingBackend,
    EnvReading,
    Frontend,
    Hosting,
    HttpProtocol,
    IncomingMail,
    LlmBackend,
    Logging,
    Note,
    Ocr,
    OcrClean,
    OcrMode,
    OcrOutputType,
    Outcome,
    Paths,
    ReadCache,
    RemoteOcr,
    RemoteOcrEngine,
    Schedules,
    Settings,
    SingleSignOn,
    SkipArchiveFile,
    SoftwareTweaks,
    Tika,
    Trash,
    Webhooks,
)
from cdk8s_paperless_ngx.storage import Directory, NewClaim, SharedStorage, SingleNodeStorage
from cdk8s_paperless_ngx.trust import Tls, Verification
from cdk8s_paperless_ngx.variable import Variable

__all__ = [
    "AWS_LOAD_BALANCER",
    "DISABLED",
    "F5_NGINX",
    "HAPROXY",
    "INGRESS_NGINX",
    "TRAEFIK",
    "Admin",
    "Ai",
    "ArchiveFileGeneration",
    "AuditTrail",
    "Authentication",
    "Backup",
    "BarcodeScanner",
    "Barcodes",
    "Beat",
    "BeatOptions",
    "Binaries",
    "BundledPostgres",
    "BundledRedis",
    "BundledTika",
    "ByCpu",
    "ByQueue",
    "ColorConversionStrategy",
    "ComposeProject",
    "ConfigMapFiles",
    "ConfigMapKey",
    "ConsumeScripts",
    "Consumer",
    "ConsumerOptions",
    "Consumption",
    "CsiVolume",
    "DateOrder",
    "Dates",
    "Directory",
    "DoubleSided",
    "EmailLayout",
    "EmailSending",
    "EmailVerification",
    "EmbeddingBackend",
    "EnvReading",
    "ExistingClaim",
    "ExistingSecret",
    "ExternalMariadb",
    "ExternalPostgres",
    "ExternalRedis",
    "ExternalSecret",
    "Extras",
    "Fixed",
    "Flower",
    "FlowerOptions",
    "Frontend",
    "GeneratedSecret",
    "Hosting",
    "HttpProtocol",
    "IncomingMail",
    "Ingress",
    "Instance",
    "LlmBackend",
    "Logging",
    "Mount",
    "NewClaim",
    "NfsVolume",
    "Note",
    "Ocr",
    "OcrClean",
    "OcrMode",
    "OcrOutputType",
    "Outcome",
    "Paperless",
    "PaperlessImage",
    "Paths",
    "Pods",
    "Proxy",
    "ReadCache",
    "Release",
    "RemoteOcr",
    "RemoteOcrEngine",
    "Rescue",
    "RescueOptions",
    "Resources",
    "Schedules",
    "SecretFiles",
    "SecretKey",
    "ServiceOptions",
    "ServiceType",
    "Settings",
    "SharedStorage",
    "SingleNodeStorage",
    "SingleSignOn",
    "SkipArchiveFile",
    "SoftwareTweaks",
    "Tika",
    "Tls",
    "Toleration",
    "Trash",
    "Variable",
    "Verification",
    "Webhooks",
    "Webserver",
    "WebserverOptions",
    "Worker",
    "WorkerOptions",
    "compose",
    "worker_resources",
]
