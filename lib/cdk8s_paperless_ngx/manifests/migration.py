"""The migration: brings database, directories and search index to the instance's release, and writes it down."""

from __future__ import annotations

from typing import Final

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.containers import (
    application_container,
    optional_variable,
    release_variables,
)
from cdk8s_paperless_ngx.manifests.off_site import fetch_containers, fetch_mount
from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import MIGRATION
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.model.storage import bytecode_sub_path
from cdk8s_paperless_ngx.references import Variable

MIGRATION_DIRECTORIES: Final = frozenset(Directory)
"""All of them, so that no claim of a WaitForFirstConsumer class stays Pending."""


def _bytecode(instance: Instance) -> tuple[Variable, ...]:
    if bytecode_sub_path(instance.storage) is None:
        return ()
    return (Variable(name="BYTECODE_DIR", value=paths.BYTECODE_DIRECTORY),)


def migration(instance: Instance, resources: Resources) -> k8s.Container:
    """Return the init container that migrates.

    Args:
        instance: The installation.
        resources: CPU and memory.
    """
    return application_container(
        instance,
        name=MIGRATION,
        command=("python3", paths.script("migration")),
        environment_beside=(
            *instance.admin,
            *release_variables(instance),
            *optional_variable("START_FROM_NOTHING", instance.start_from_nothing),
            *_bytecode(instance),
            *_restore(instance),
        ),
        mounts=[
            *volumes.directory_mounts(instance, MIGRATION_DIRECTORIES),
            *volumes.bytecode_mounts(instance, read_only=False),
            *volumes.private_mounts(),
            volumes.scripts_mount(),
            volumes.token_mount(),
            *volumes.restore_mounts(instance),
        ],
        resources_wanted=resources,
    )


def fetch(instance: Instance) -> list[k8s.Container]:
    """Return what brings the generation that an instance is made from out of a repository; nothing without one."""
    restore = instance.restore
    if restore is None or restore.repository is None:
        return []
    target = fetch_mount(restore.generations(instance.name).sub_path)
    return fetch_containers(instance, restore.repository, generation=restore.generation, target=target)


def _restore(instance: Instance) -> tuple[Variable, ...]:
    """Return what says that the first migration makes the instance from a backup."""
    if not instance.restore:
        return ()
    return (
        Variable(name="RESTORE_GENERATION", value=instance.restore.generation),
        Variable(name="RESTORE_DIR", value=paths.BACKUP_DIRECTORY),
        *optional_variable("EXPORT_PASSPHRASE", instance.restore.passphrase),
    )
