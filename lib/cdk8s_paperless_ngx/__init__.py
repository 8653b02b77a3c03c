"""cdk8s constructs that run paperless-ngx on Kubernetes, one process per pod.

Start with `Paperless`. What most apps need is here; the rest is in the packages:

* `cdk8s_paperless_ngx.settings`: how the application behaves;
* `cdk8s_paperless_ngx.model`: every other value that an argument takes, and the unions of them;
* `cdk8s_paperless_ngx.constructs`: every construct, also those that only `Paperless` creates;
* `cdk8s_paperless_ngx.compose`: the docker-compose counterpart.

Values load no jsii, so that settings can be read and written where there is no Node; constructs load it when they are
asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from cdk8s_paperless_ngx.model import (
    KEEP,
    Admin,
    BeatOptions,
    BundledPostgres,
    BundledRedis,
    BundledTika,
    ByCpu,
    ByQueue,
    ConfigMapKey,
    ConfigMapVolume,
    ConsumerOptions,
    ConsumeScripts,
    CsiVolume,
    ExistingClaim,
    ExistingSecret,
    ExternalMariadb,
    ExternalPostgres,
    ExternalRedis,
    ExternalSecret,
    Extras,
    Fixed,
    FlowerOptions,
    GeneratedSecret,
    IngressController,
    Instance,
    Mount,
    NewClaim,
    NfsVolume,
    PaperlessImage,
    Pods,
    Proxy,
    RedeliveryOptions,
    Repository,
    RescueOptions,
    Resources,
    Restore,
    Retention,
    SecretKey,
    SecretVolume,
    ServiceOptions,
    ServiceType,
    SharedStorage,
    SingleNodeStorage,
    Ssh,
    Tls,
    Toleration,
    Variable,
    Verification,
    WebserverOptions,
    WorkerOptions,
    worker_resources,
)
from cdk8s_paperless_ngx.settings import Settings

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.constructs import (
        Backup,
        Beat,
        Consumer,
        Flower,
        Ingress,
        OffSite,
        Redelivery,
        Rescue,
        RestoreDrill,
        Webserver,
        Worker,
    )
    from cdk8s_paperless_ngx.paperless import Paperless

_CONSTRUCTS: Final = {
    "Paperless": "cdk8s_paperless_ngx.paperless",
    **dict.fromkeys(
        (
            "Backup",
            "Beat",
            "Consumer",
            "Flower",
            "Ingress",
            "OffSite",
            "Redelivery",
            "Rescue",
            "RestoreDrill",
            "Webserver",
            "Worker",
        ),
        "cdk8s_paperless_ngx.constructs",
    ),
}
"""Where each construct is, which is loaded when it is asked for."""


def __getattr__(name: str) -> object:
    if name not in _CONSTRUCTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_CONSTRUCTS[name]), name)


def __dir__() -> list[str]:
    return __all__


__all__ = [
    "KEEP",
    "Admin",
    "Backup",
    "Beat",
    "BeatOptions",
    "BundledPostgres",
    "BundledRedis",
    "BundledTika",
    "ByCpu",
    "ByQueue",
    "ConfigMapKey",
    "ConfigMapVolume",
    "ConsumeScripts",
    "Consumer",
    "ConsumerOptions",
    "CsiVolume",
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
    "GeneratedSecret",
    "Ingress",
    "IngressController",
    "Instance",
    "Mount",
    "NewClaim",
    "NfsVolume",
    "OffSite",
    "Paperless",
    "PaperlessImage",
    "Pods",
    "Proxy",
    "Redelivery",
    "RedeliveryOptions",
    "Repository",
    "Rescue",
    "RescueOptions",
    "Resources",
    "Restore",
    "RestoreDrill",
    "Retention",
    "SecretKey",
    "SecretVolume",
    "ServiceOptions",
    "ServiceType",
    "Settings",
    "SharedStorage",
    "SingleNodeStorage",
    "Ssh",
    "Tls",
    "Toleration",
    "Variable",
    "Verification",
    "Webserver",
    "WebserverOptions",
    "Worker",
    "WorkerOptions",
    "worker_resources",
]
