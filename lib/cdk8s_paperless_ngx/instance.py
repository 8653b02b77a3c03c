"""What every process of one paperless-ngx installation has to agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.backing.broker import Broker
from cdk8s_paperless_ngx.image import PaperlessImage
from cdk8s_paperless_ngx.release import Release
from cdk8s_paperless_ngx.storage import Storage
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
        broker: Where Redis is.
        variables: Secret values, and addresses that contain them.
        admin: Environment of the first administrator, for the migration alone.
        storage: Where the directories are.
        task_limit: Seconds after which a task is ended (``PAPERLESS_WORKER_TIMEOUT``).
        url_prefix: Path below which the webserver serves, without trailing slash; empty for the root.
    """

    name: str
    namespace: str
    image: PaperlessImage
    release: Release
    config_map: str
    scripts: str
    checksum: str
    broker: Broker
    variables: tuple[Variable, ...]
    admin: tuple[Variable, ...]
    storage: Storage
    task_limit: int
    url_prefix: str

    @property
    def drain_seconds(self) -> int:
        """How long a worker may take to finish its task."""
        return self.task_limit + DRAIN_MARGIN_SECONDS

    @property
    def progress_deadline_seconds(self) -> int:
        """How long a rollout may take: the longest drain, then a migration."""
        return self.drain_seconds + MIGRATION_BUDGET_SECONDS
