"""What pushes into a restic repository, and what fetches from there: containers that run one after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.containers import (
    HOME,
    application_container,
    container_security,
    environment,
    resources,
    settings_source,
)
from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import BACKUP
from cdk8s_paperless_ngx.model.off_site import Repository
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.references import Variable

FETCH_RESOURCES: Final = Resources(cpu_request="100m", memory_request="256Mi", memory_limit="1Gi")
"""Of restic, which keeps an index of the repository in memory."""
_DECIDING: Final = Resources(cpu_request="10m", memory_request="32Mi", memory_limit="512Mi")
"""It has the names and sums of all files of a generation in memory: about 100 MiB for 100,000 documents."""
_WORK: Final = "work"
_SSH: Final = "ssh"


def restic_container(
    instance: Instance,
    repository: Repository,
    *,
    name: str,
    arguments: Sequence[str],
    mounts: Sequence[k8s.VolumeMount] = (),
    resources_wanted: Resources,
) -> k8s.Container:
    """Return a container of restic's image, which has none of the application's secrets.

    Args:
        instance: The installation.
        repository: Where to, or where from.
        name: Of the container.
        arguments: Of the script.
        mounts: What it mounts beside what each of them does.
        resources_wanted: CPU and memory.
    """
    return struct(
        k8s.Container,
        name=name,
        image=instance.pods.image(repository.image),
        image_pull_policy="IfNotPresent",
        command=["sh", paths.shell_script("off_site"), *arguments],
        # A proxy, and the instance's bundle of authorities, which Go reads from there, too.
        env_from=[settings_source(instance.config_map)],
        env=environment((*HOME, *repository.environment(instance.name))),
        volume_mounts=[
            *mounts,
            volumes.scripts_mount(),
            *volumes.private_mounts(),
            work_mount(),
            *_ssh_mounts(repository),
            *volumes.certificate_mounts(instance),
        ],
        resources=resources(resources_wanted),
        security_context=container_security(),
    )


def deciding_container(
    instance: Instance,
    *,
    name: str,
    command: Sequence[str],
    variables: Sequence[Variable],
    mounts: Sequence[k8s.VolumeMount],
) -> k8s.Container:
    """Return a container of the application's image that decides or tells, and that has no secret at all.

    Args:
        instance: The installation.
        name: Of the container.
        command: Name of the script, and its arguments.
        variables: What it is told, beside the instance's name.
        mounts: What it mounts beside scripts and private directories.
    """
    script, *arguments = command
    return application_container(
        instance,
        name=name,
        command=("python3", paths.script(script), *arguments),
        environment_beside=(
            Variable(name="INSTANCE", value=instance.name),
            Variable(name="OFF_SITE_WORK", value=paths.OFF_SITE_WORK),
            *variables,
        ),
        mounts=[*mounts, volumes.scripts_mount(), *volumes.private_mounts(), work_mount()],
        resources_wanted=_DECIDING,
        with_settings=False,
    )


def work_mount() -> k8s.VolumeMount:
    """What the containers of a pod leave for each other."""
    return volumes.private_mount(paths.OFF_SITE_WORK, _WORK)


def fetch_containers(
    instance: Instance, repository: Repository, *, generation: str, target: k8s.VolumeMount
) -> list[k8s.Container]:
    """Return what brings a generation out of a repository into a backup's folder, if it has none.

    Args:
        instance: The installation.
        repository: Where from.
        generation: Which one.
        target: Where the folder is mounted, to be written to.
    """
    variables = (
        Variable(name="BACKUP_DIR", value=target.mount_path),
        Variable(name="RESTORE_GENERATION", value=generation),
    )

    def decides(step: str) -> k8s.Container:
        return deciding_container(
            instance, name=f"fetch-{step}", command=("fetch", step), variables=variables, mounts=[target]
        )

    def restic(name: str, *arguments: str) -> k8s.Container:
        return restic_container(
            instance,
            repository,
            name=name,
            arguments=arguments,
            mounts=[target],
            resources_wanted=FETCH_RESOURCES,
        )

    return [
        restic("fetch-look", "look", target.mount_path, generation),
        decides("plan"),
        restic("fetch", "fetch", f"{target.mount_path}/.fetched"),
        decides("place"),
    ]


def fetch_mount(sub_path: str | None) -> k8s.VolumeMount:
    """Where a generation is fetched to: the backup's folder, for once not read-only."""
    return volumes.volume_mount(BACKUP, paths.BACKUP_DIRECTORY, sub_path)


def ssh_volumes(repository: Repository | None) -> list[k8s.Volume]:
    """The key and the known host behind SFTP; nothing for other storage."""
    if repository is None or repository.ssh is None:
        return []
    files = {"key": repository.ssh.key, "known_hosts": repository.ssh.known_hosts}
    return [volumes.projected_volume(_SSH, files, mode=0o440)]


def _ssh_mounts(repository: Repository) -> list[k8s.VolumeMount]:
    """Beside them a list of users: ssh wants to know the name of the one that it runs as, and the image has none."""
    if repository.ssh is None:
        return []
    return [volumes.volume_mount(_SSH, paths.SSH_DIRECTORY, read_only=True), volumes.passwd_mount()]
