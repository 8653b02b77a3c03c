"""The variables that every process of an instance gets: one ConfigMap, the same for all."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.broker import ExternalRedis
from cdk8s_paperless_ngx.model.consume_scripts import ConsumeScripts
from cdk8s_paperless_ngx.model.database import Database
from cdk8s_paperless_ngx.model.image import PaperlessImage
from cdk8s_paperless_ngx.model.names import WEBSERVER, service_hosts
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.proxy import Proxy
from cdk8s_paperless_ngx.model.public_url import PublicUrl
from cdk8s_paperless_ngx.model.storage import Storage, is_written_elsewhere
from cdk8s_paperless_ngx.model.tika import BundledTika
from cdk8s_paperless_ngx.model.tls import CertificateSource, bundle_variables
from cdk8s_paperless_ngx.model.trusted_proxies import proxy_variables
from cdk8s_paperless_ngx.settings import Settings
from cdk8s_paperless_ngx.validation.numbers import seconds

_POLLING_INTERVAL: Final = timedelta(seconds=4)
"""Below upstream's stability delay of 5 seconds: the kernel's events do not tell what another node wrote."""


def instance_variables(
    *,
    name: str,
    namespace: str,
    image: PaperlessImage,
    database: Database,
    broker: ExternalRedis,
    storage: Storage,
    settings: Settings,
    url: PublicUrl | None,
    tika: BundledTika | None,
    consume_scripts: ConsumeScripts | None,
    ca_bundle: CertificateSource | None,
    proxy: Proxy | None,
    trusted_proxies: tuple[str, ...],
    threads: int,
    task_limit: timedelta,
) -> dict[str, str]:
    """Return the variables of an instance that hold no secret.

    Args:
        name: Of the installation.
        namespace: Where it is.
        image: The application's image.
        database: As its clients see it.
        broker: As its clients see it.
        storage: Where the directories are.
        settings: How the application behaves.
        url: Where users reach it.
        tika: Apache Tika and Gotenberg beside it.
        consume_scripts: Programs that run around documents.
        ca_bundle: Certificates of authorities that processes trust.
        proxy: For requests that leave the cluster.
        trusted_proxies: Between users and the webserver.
        threads: Of one task.
        task_limit: Time after which a task is ended.
    """
    interval = _POLLING_INTERVAL if is_written_elsewhere(storage) else None
    variables = {
        **_directories(),
        **database.variables(image.generation),
        **broker.variables(),
        **(consume_scripts.variables() if consume_scripts else {}),
        **(tika.variables(name) if tika else {}),
        **(url.defaults(name) if url else {}),
        **(bundle_variables() if ca_bundle else {}),
        **settings.variables(version=image.version, default_polling_interval=interval),
        # After the settings, whose hosts are among its own.
        **(url.variables(_other_hosts(name, namespace, settings)) if url else {}),
        **proxy_variables(trusted_proxies, image),
        # One task at a time; pods are what scales.
        "PAPERLESS_TASK_WORKERS": "1",
        # Upstream's default counts the node's cores, whatever the pod's limit.
        "PAPERLESS_THREADS_PER_WORKER": str(threads),
        "PAPERLESS_WORKER_TIMEOUT": str(seconds(task_limit)),
    }
    if proxy is not None:
        variables |= proxy.variables(namespace=namespace, texts=variables.values())
    return variables


def _directories() -> dict[str, str]:
    return {
        "PAPERLESS_DATA_DIR": Directory.DATA.path,
        "PAPERLESS_MEDIA_ROOT": Directory.MEDIA.path,
        "PAPERLESS_CONSUMPTION_DIR": Directory.CONSUME.path,
        "PAPERLESS_SCRATCH_DIR": Directory.SCRATCH.path,
        # Each pod's own: log files are locked and rotated by one process, and all records go to stdout anyway.
        "PAPERLESS_LOGGING_DIR": paths.LOG_DIRECTORY,
    }


def _other_hosts(name: str, namespace: str, settings: Settings) -> tuple[str, ...]:
    """Return the hosts beside the URL's: those of the Service, and those that somebody named."""
    return (*service_hosts(name, WEBSERVER, namespace), *(settings.hosting.allowed_hosts or ()))
