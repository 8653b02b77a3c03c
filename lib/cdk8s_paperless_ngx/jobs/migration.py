"""The migration: brings database, directories and search index to the instance's release, and writes it down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdk8s_paperless_ngx.kubernetes import accounts, volumes
from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.kubernetes.workloads import application_container, part_name, release_environment
from cdk8s_paperless_ngx.processes.process import BYTECODE_DIRECTORY
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.storage import Directory
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from cdk8s_plus_27 import k8s
    from constructs import Construct

    from cdk8s_paperless_ngx.instance import Instance

# A full reindex buffers 512 MB (upstream ``src/documents/management/commands/document_index.py``).
MIGRATION_RESOURCES: Final = Resources(cpu_request="100m", memory_request="256Mi", memory_limit="2Gi")
MIGRATION_MOUNTS: Final = frozenset(Directory)
"""All of them, so that no claim of a WaitForFirstConsumer class stays Pending."""


def migration(instance: Instance) -> k8s.Container:
    """Return the init container that migrates."""
    return application_container(
        instance,
        name="migration",
        command=("python3", f"{volumes.SCRIPTS_PATH}/migration.py"),
        environment=(
            *instance.admin,
            *release_environment(instance),
            Variable(name="BYTECODE_DIR", value=BYTECODE_DIRECTORY),
        ),
        mounts=[
            *volumes.shared_mounts(instance, MIGRATION_MOUNTS),
            volumes.bytecode_mount(instance, read_only=False),
            *volumes.private_mounts(),
            volumes.scripts_mount(),
            volumes.token_mount(),
        ],
        resources=MIGRATION_RESOURCES,
    )


def migration_account(scope: Construct, instance: Instance) -> str:
    """Create the account that may list pods, to see whether any of another release is left."""
    return accounts.account(
        scope,
        name=part_name(scope, instance, "migration"),
        namespace=instance.namespace,
        labels=object_labels(selector_labels(instance.name, "migration")),
        resource="pods",
        verb="list",
    )
