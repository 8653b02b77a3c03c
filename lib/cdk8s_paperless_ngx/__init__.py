"""cdk8s constructs that run paperless-ngx on Kubernetes, one process per pod.

The smallest app::

    from cdk8s import App, Chart
    from cdk8s_paperless_ngx import Paperless

    app = App()
    Paperless(Chart(app, "paperless", namespace="paperless"), "paperless")
    app.synth()
"""

from __future__ import annotations

from cdk8s_paperless_ngx.backing.broker import Broker
from cdk8s_paperless_ngx.backing.postgres import BundledPostgres
from cdk8s_paperless_ngx.backing.redis import BundledRedis
from cdk8s_paperless_ngx.image import PaperlessImage
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.jobs.backup import Backup
from cdk8s_paperless_ngx.jobs.rescue import Rescue, RescueOptions
from cdk8s_paperless_ngx.paperless import Admin, Paperless
from cdk8s_paperless_ngx.processes.beat import Beat, BeatOptions
from cdk8s_paperless_ngx.processes.consumer import Consumer, ConsumerOptions
from cdk8s_paperless_ngx.processes.definitions import worker_resources
from cdk8s_paperless_ngx.processes.flower import Flower, FlowerOptions
from cdk8s_paperless_ngx.processes.webserver import Webserver, WebserverOptions
from cdk8s_paperless_ngx.processes.worker import Worker, WorkerOptions
from cdk8s_paperless_ngx.release import Release
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.scaling import ByCpu, ByQueue, Fixed
from cdk8s_paperless_ngx.secret import ExistingSecret, GeneratedSecret, SecretKey
from cdk8s_paperless_ngx.settings import DISABLED, Consumption, DateOrder, Ocr, OcrMode, Schedules, Settings
from cdk8s_paperless_ngx.storage import Directory, ExistingClaim, NewClaim, SharedStorage, SingleNodeStorage
from cdk8s_paperless_ngx.variable import Variable

__all__ = [
    "DISABLED",
    "Admin",
    "Backup",
    "Beat",
    "BeatOptions",
    "Broker",
    "BundledPostgres",
    "BundledRedis",
    "ByCpu",
    "ByQueue",
    "Consumer",
    "ConsumerOptions",
    "Consumption",
    "DateOrder",
    "Directory",
    "ExistingClaim",
    "ExistingSecret",
    "Fixed",
    "Flower",
    "FlowerOptions",
    "GeneratedSecret",
    "Instance",
    "NewClaim",
    "Ocr",
    "OcrMode",
    "Paperless",
    "PaperlessImage",
    "Release",
    "Rescue",
    "RescueOptions",
    "Resources",
    "Schedules",
    "SecretKey",
    "Settings",
    "SharedStorage",
    "SingleNodeStorage",
    "Variable",
    "Webserver",
    "WebserverOptions",
    "Worker",
    "WorkerOptions",
    "worker_resources",
]
