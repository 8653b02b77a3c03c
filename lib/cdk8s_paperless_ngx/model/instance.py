"""What every process of one paperless-ngx installation has to agree on."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.backups import Restore
from cdk8s_paperless_ngx.model.broker import ExternalRedis
from cdk8s_paperless_ngx.model.database import Database
from cdk8s_paperless_ngx.model.extras import Extras
from cdk8s_paperless_ngx.model.image import PaperlessImage
from cdk8s_paperless_ngx.model.pods import Pods
from cdk8s_paperless_ngx.model.public_url import PublicUrl
from cdk8s_paperless_ngx.model.release import Release
from cdk8s_paperless_ngx.model.storage import Storage
from cdk8s_paperless_ngx.model.tls import CertificateSource
from cdk8s_paperless_ngx.model.volumes import Mount
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.numbers import check_duration
from cdk8s_paperless_ngx.validation.value import value

DEFAULT_TASK_LIMIT: Final = timedelta(minutes=30)
_LEAST_TASK_LIMIT: Final = timedelta(minutes=1)
_GREATEST_TASK_LIMIT: Final = timedelta(minutes=55)
"""Redis gives a task that was not acknowledged for an hour to another worker; the image's settings fix that time."""
_DRAIN_MARGIN: Final = timedelta(minutes=1)
"""Celery needs a moment to stop after its last task."""
_MIGRATION_TIME: Final = timedelta(hours=4)
"""How long a migration with a full reindex may take before Kubernetes calls the rollout stuck; it ends nothing.

3.2.0 and 3.3.0 make the index anew at their first start: 977 documents in 115 s were seen, so these are 120,000.
"""


def check_task_limit(where: str, task_limit: timedelta) -> None:
    """Refuse a limit at which tasks could not be done, or would be done twice."""
    advice = "the broker gives a task to a second worker after an hour"
    check_duration(
        where, "task_limit", task_limit, minimum=_LEAST_TASK_LIMIT, maximum=_GREATEST_TASK_LIMIT, advice=advice
    )


def drain_time(task_limit: timedelta) -> timedelta:
    """Return how long a worker may take to finish its task."""
    return task_limit + _DRAIN_MARGIN


@value
class Instance:
    """One paperless-ngx installation, as far as a process needs to know it.

    `Paperless` makes it; pass it to a single process in a chart of your own.

    Args:
        name: Of the installation; every object's name starts with it, and every selector contains it.
        namespace: Where all of it is.
        image: The application's image.
        release: Image version, search-index language, and the word for which the index was made anew.
        config_map: Name of the ConfigMap with the settings, the same in every pod and Job.
        scripts: Names of the ConfigMaps with the scripts that run in pods.
        database: Where the database is.
        broker: Where Redis is.
        variables: Secret values, and addresses that contain them.
        webserver_variables: Secret values that webservers alone get, and what contains them.
        believes_header: Whether a header of a request says who is logged in.
        admin: Environment of the first administrator, for the migration alone.
        storage: Where the directories are.
        task_limit: Time after which a task is ended (``PAPERLESS_WORKER_TIMEOUT``).
        url: Where users reach it; None where nobody said.
        allowed_hosts: Hosts that requests may name, beside those that follow from the URL.
        tells_clients_apart: Whether the application knows the addresses of clients behind a proxy.
        log_bytes: What a process's log files take at most.
        pods: What all pods get.
        ca_bundle: Certificates of authorities that processes trust; None for the image's own.
        worker_mounts: What every worker mounts, whoever creates it: the programs that run around documents.
        extras: What each container of the application gets: processes, gate, migration, backup, rescue, drill.
        supervisord: Name of the ConfigMap with supervisord's configurations; None for images without it.
        trash: Directory that originals go to when the trash is emptied; None where there is none.
        start_from_nothing: A word that lets the instance begin although its database seems to be lost.
        restore: The backup's generation that the instance is made from; None for a new one.
        secret_revision: Changes when Secrets were changed, so that all pods start anew together.
        suspended: Whether there is no process, for maintenance.
    """

    name: str
    namespace: str
    image: PaperlessImage
    release: Release
    config_map: str
    scripts: tuple[str, ...]
    database: Database
    broker: ExternalRedis
    variables: tuple[Variable, ...]
    admin: tuple[Variable, ...]
    storage: Storage
    task_limit: timedelta
    webserver_variables: tuple[Variable, ...] = ()
    believes_header: bool = False
    url: PublicUrl | None = None
    allowed_hosts: tuple[str, ...] = ()
    tells_clients_apart: bool = True
    log_bytes: int = 0
    pods: Pods = Pods()
    ca_bundle: CertificateSource | None = None
    worker_mounts: tuple[Mount, ...] = ()
    extras: Extras = Extras()
    supervisord: str | None = None
    trash: str | None = None
    start_from_nothing: str | None = None
    restore: Restore | None = None
    secret_revision: str = ""
    suspended: bool = False

    @property
    def image_reference(self) -> str:
        """Where the application's image comes from, a registry mirror heeded."""
        return self.pods.image(self.image.reference)

    @property
    def url_prefix(self) -> str:
        """Path below which the webserver serves, without trailing slash; empty for the root."""
        return self.url.prefix if self.url else ""

    @property
    def authorities(self) -> dict[str, CertificateSource]:
        """Certificates of authorities to mount, by the name of their file."""
        found = {
            "database": self.database.tls.ca if self.database.tls else None,
            "broker": self.broker.tls.ca if self.broker.tls else None,
            "bundle": self.ca_bundle,
        }
        return {paths.certificate_file(name): source for name, source in found.items() if source is not None}

    def private_size(self, *, documents: bool) -> str:
        """Return how big the private directories of a pod may become, as a quantity.

        A ceiling for what runs away: a pod that is above it is killed at once. For documents it is some 2400 pages of
        300 dpi (measured: 21 MiB for each); for all else far more than there is beside log files.

        Args:
            documents: Whether documents are worked on there.
        """
        return "50Gi" if documents else f"{1024 + math.ceil(self.log_bytes / 1024**2)}Mi"

    @property
    def drain_time(self) -> timedelta:
        """How long a worker may take to finish its task."""
        return drain_time(self.task_limit)

    @property
    def progress_deadline(self) -> timedelta:
        """How long a rollout may take: the longest drain, then a migration."""
        return self.drain_time + _MIGRATION_TIME
