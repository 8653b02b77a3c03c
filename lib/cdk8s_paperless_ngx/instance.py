"""What every process of one paperless-ngx installation has to agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.address import Address
from cdk8s_paperless_ngx.backing.external import Database, ExternalRedis
from cdk8s_paperless_ngx.files import Mount
from cdk8s_paperless_ngx.image import PaperlessImage
from cdk8s_paperless_ngx.pods import Pods
from cdk8s_paperless_ngx.release import Release
from cdk8s_paperless_ngx.storage import Storage
from cdk8s_paperless_ngx.trust import CertificateSource
from cdk8s_paperless_ngx.variable import Variable

DRAIN_MARGIN_SECONDS: Final = 60
"""Added to the task limit: Celery needs a moment to stop after its last task."""
MIGRATION_BUDGET_SECONDS: Final = 3600
"""How long a migration with a full reindex may take before Kubernetes calls the rollout stuck."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Instance:
    """One paperless-ngx installation, as far as a process needs to know it.

    `Paperless` makes it; pass it to a single process in a chart of your own.

    Args:
        name: Of the installation; every object's name starts with it, and every selector contains it.
        namespace: Where all of it lives.
        image: The application's image.
        release: Image version and search-index language.
        config_map: Name of the ConfigMap with the settings, the same in every pod and Job.
        scripts: Name of the ConfigMap with the scripts that run in pods.
        checksum: Of both ConfigMaps, so that a change of one rolls every pod.
        database: Where the database is.
        broker: Where Redis is.
        variables: Secret values, and addresses that contain them.
        admin: Environment of the first administrator, for the migration alone.
        storage: Where the directories are.
        task_limit: Seconds after which a task is ended (``PAPERLESS_WORKER_TIMEOUT``).
        address: Where users reach it; None where nobody said.
        pods: What all pods get.
        ca_bundle: Certificates of authorities that processes trust; None for the image's own.
        consume_scripts: Where workers find the programs that they run around documents.
        secret_revision: Changes when Secrets were changed, so that all pods start anew together.
        suspended: Whether there is no process, for maintenance.
    """

    name: str
    namespace: str
    image: PaperlessImage
    release: Release
    config_map: str
    scripts: str
    checksum: str
    database: Database
    broker: ExternalRedis
    variables: tuple[Variable, ...]
    admin: tuple[Variable, ...]
    storage: Storage
    task_limit: int
    address: Address | None = None
    pods: Pods = Pods()
    ca_bundle: CertificateSource | None = None
    consume_scripts: Mount | None = None
    secret_revision: str = ""
    suspended: bool = False

    @property
    def image_reference(self) -> str:
        """Where the application's image comes from, a registry mirror heeded."""
        return self.pods.image(self.image.reference)

    @property
    def url_prefix(self) -> str:
        """Path below which the webserver serves, without trailing slash; empty for the root."""
        return self.address.prefix if self.address else ""

    @property
    def authorities(self) -> dict[str, CertificateSource]:
        """Certificates of authorities to mount, by the name of their file."""
        found = {
            "database": self.database.tls.ca if self.database.tls else None,
            "broker": self.broker.tls.ca if self.broker.tls else None,
            "bundle": self.ca_bundle,
        }
        return {f"{name}.crt": source for name, source in found.items() if source is not None}

    @property
    def drain_seconds(self) -> int:
        """How long a worker may take to finish its task."""
        return self.task_limit + DRAIN_MARGIN_SECONDS

    @property
    def progress_deadline_seconds(self) -> int:
        """How long a rollout may take: the longest drain, then a migration."""
        return self.drain_seconds + MIGRATION_BUDGET_SECONDS
