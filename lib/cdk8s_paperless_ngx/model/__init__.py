"""What an instance is, as plain values: nothing here imports cdk8s.

All public values are here, and the unions that arguments take.
"""

from __future__ import annotations

from cdk8s_paperless_ngx.model.admin import Admin
from cdk8s_paperless_ngx.model.annotations import KEEP
from cdk8s_paperless_ngx.model.backups import Restore
from cdk8s_paperless_ngx.model.broker import BundledRedis, ExternalRedis
from cdk8s_paperless_ngx.model.consume_scripts import ConsumeScripts
from cdk8s_paperless_ngx.model.database import BundledPostgres, Database, ExternalMariadb, ExternalPostgres
from cdk8s_paperless_ngx.model.extras import Extras
from cdk8s_paperless_ngx.model.image import Generation, PaperlessImage
from cdk8s_paperless_ngx.model.ingress_controllers import IngressController
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.network import IpBlock, NetworkPeer, PodPeer
from cdk8s_paperless_ngx.model.off_site import Repository, Retention, Ssh
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.pods import (
    IpFamily,
    NodeAffinity,
    NodeSelectorOperator,
    NodeSelectorRequirement,
    Pods,
    TaintEffect,
    Toleration,
)
from cdk8s_paperless_ngx.model.processes.beat import BeatOptions
from cdk8s_paperless_ngx.model.processes.consumer import ConsumerOptions
from cdk8s_paperless_ngx.model.processes.flower import FlowerOptions
from cdk8s_paperless_ngx.model.processes.process import ProbeOptions, ProcessOptions
from cdk8s_paperless_ngx.model.processes.redelivery import RedeliveryOptions
from cdk8s_paperless_ngx.model.processes.webserver import WebserverOptions
from cdk8s_paperless_ngx.model.processes.worker import WorkerOptions, worker_resources
from cdk8s_paperless_ngx.model.proxy import Proxy
from cdk8s_paperless_ngx.model.public_url import PublicUrl
from cdk8s_paperless_ngx.model.release import Release
from cdk8s_paperless_ngx.model.rescue import RescueOptions
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.model.scaling import ByCpu, ByQueue, Fixed, Scaling
from cdk8s_paperless_ngx.model.secrets import ExistingSecret, ExternalSecret, GeneratedSecret, SecretSource
from cdk8s_paperless_ngx.model.service import ServiceOptions, ServiceType
from cdk8s_paperless_ngx.model.storage import SharedStorage, SingleNodeStorage, Storage
from cdk8s_paperless_ngx.model.tika import BundledTika
from cdk8s_paperless_ngx.model.tls import CertificateSource, Tls, Verification
from cdk8s_paperless_ngx.model.volumes import (
    AccessMode,
    Claim,
    ConfigMapVolume,
    CsiVolume,
    DirectoryVolume,
    ExistingClaim,
    ExistingVolume,
    Mount,
    MountedVolume,
    NewClaim,
    NfsVolume,
    SecretVolume,
)
from cdk8s_paperless_ngx.references import ConfigMapKey, SecretKey, Variable

__all__ = [
    "KEEP",
    "AccessMode",
    "Admin",
    "BeatOptions",
    "BundledPostgres",
    "BundledRedis",
    "BundledTika",
    "ByCpu",
    "ByQueue",
    "CertificateSource",
    "Claim",
    "ConfigMapKey",
    "ConfigMapVolume",
    "ConsumeScripts",
    "ConsumerOptions",
    "CsiVolume",
    "Database",
    "Directory",
    "DirectoryVolume",
    "ExistingClaim",
    "ExistingSecret",
    "ExistingVolume",
    "ExternalMariadb",
    "ExternalPostgres",
    "ExternalRedis",
    "ExternalSecret",
    "Extras",
    "Fixed",
    "FlowerOptions",
    "GeneratedSecret",
    "Generation",
    "IngressController",
    "Instance",
    "IpBlock",
    "IpFamily",
    "Mount",
    "MountedVolume",
    "NetworkPeer",
    "NewClaim",
    "NfsVolume",
    "NodeAffinity",
    "NodeSelectorOperator",
    "NodeSelectorRequirement",
    "PaperlessImage",
    "PodPeer",
    "Pods",
    "ProbeOptions",
    "ProcessOptions",
    "Proxy",
    "PublicUrl",
    "RedeliveryOptions",
    "Release",
    "Repository",
    "RescueOptions",
    "Resources",
    "Restore",
    "Retention",
    "Scaling",
    "SecretKey",
    "SecretSource",
    "SecretVolume",
    "ServiceOptions",
    "ServiceType",
    "SharedStorage",
    "SingleNodeStorage",
    "Ssh",
    "Storage",
    "TaintEffect",
    "Tls",
    "Toleration",
    "Variable",
    "Verification",
    "WebserverOptions",
    "WorkerOptions",
    "worker_resources",
]
