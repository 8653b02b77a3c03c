"""Volumes of a pod and where its containers mount them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import BACKUP, SUPERVISORD
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.processes import supervisord
from cdk8s_paperless_ngx.model.processes.process import Process
from cdk8s_paperless_ngx.model.storage import Location, Storage, bytecode_sub_path, location
from cdk8s_paperless_ngx.model.tls import CertificateSource
from cdk8s_paperless_ngx.model.volumes import (
    AccessMode,
    ConfigMapVolume,
    ExistingClaim,
    ExistingVolume,
    Mount,
    MountedVolume,
    NfsVolume,
    SecretVolume,
)
from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.validation.paths import is_at_or_below

_PRIVATE: Final = "private"
_SCRIPTS: Final = "scripts"
_CERTIFICATES: Final = "trust"
_SHARED_MEMORY: Final = "shared-memory"
_EXTRA: Final = "extra"
INSTANCE_EXTRA: Final = "instance-extra"
"""Beginnings of the names of volumes from elsewhere: one process's own, and those of all containers."""
_TOKEN: Final = "token"  # noqa: S105 (a volume's name)


@lru_cache
def volume_mount(name: str, path: str, sub_path: str | None = None, *, read_only: bool = False) -> k8s.VolumeMount:
    """Where a container mounts a volume of its pod."""
    return struct(k8s.VolumeMount, name=name, mount_path=path, sub_path=sub_path, read_only=read_only or None)


def directory_mounts(
    instance: Instance, directories: Collection[Directory], *, read_only: bool = False, below: str | None = None
) -> list[k8s.VolumeMount]:
    """Mounts of directories that processes share, at the same path everywhere, or by their names below another."""
    names = _volume_names(instance.name, instance.storage)
    return [
        *(
            volume_mount(
                names[directory],
                _place(directory, below),
                _location(instance, directory).sub_path,
                read_only=read_only,
            )
            for directory in Directory
            if directory in directories
        ),
        *(
            volume_mount(name, f"{_place(Directory.CONSUME, below)}/{folder}", volume.sub_path, read_only=read_only)
            for name, folder, volume in _consume_folders(instance, directories)
        ),
    ]


def _consume_folders(
    instance: Instance, directories: Collection[Directory]
) -> Iterator[tuple[str, str, ExistingVolume]]:
    """Yield volume name, folder and volume of what lies below the consume directory, where that is mounted."""
    if Directory.CONSUME in directories:
        for number, (folder, volume) in enumerate(instance.storage.consume_folders.items()):
            yield f"consume-folder-{number}", folder, volume


def _place(directory: Directory, below: str | None) -> str:
    return f"{below}/{directory.value}" if below else directory.path


def bytecode_mounts(instance: Instance, *, read_only: bool) -> list[k8s.VolumeMount]:
    """The bytecode that the migration leaves for the processes that start often, where it can have a place."""
    sub_path = bytecode_sub_path(instance.storage)
    if sub_path is None:
        return []
    name = _volume_names(instance.name, instance.storage)[Directory.DATA]
    return [volume_mount(name, paths.BYTECODE_DIRECTORY, sub_path, read_only=read_only)]


def private_mounts(directories: Iterable[Directory] = (), trash: str | None = None) -> list[k8s.VolumeMount]:
    """Empty directories of the pod's own: for what nobody shares, and in place of directories it must not share.

    Args:
        directories: Those that it must not share.
        trash: Directory that originals go to when the trash is emptied. System checks want it everywhere, also in a
            process that has an empty directory in place of the one that it is in (upstream ``paperless/checks.py``).
    """
    found = paths.PRIVATE_DIRECTORIES | {directory.value: directory.path for directory in directories}
    if trash is not None and any(is_at_or_below(trash, path) for path in found.values()):
        found = found | {"trash": trash}
    return [private_mount(path, name) for name, path in found.items()]


def private_mount(path: str, name: str) -> k8s.VolumeMount:
    """One empty directory of the pod's own.

    Args:
        path: Where it is mounted.
        name: Of the directory in the pod's emptyDir.
    """
    return volume_mount(_PRIVATE, path, name)


def scripts_mount() -> k8s.VolumeMount:
    """The scripts that run in pods."""
    return volume_mount(_SCRIPTS, paths.SCRIPTS_DIRECTORY, read_only=True)


def passwd_mount() -> k8s.VolumeMount:
    """A list of users that has the one that pods run as."""
    return volume_mount(_SCRIPTS, paths.PASSWD, "passwd", read_only=True)


def module_mounts() -> list[k8s.VolumeMount]:
    """The scripts that the application's processes load, without those that only run."""
    files = [f"{name}.py" for name in (paths.CONNECTIONS_MODULE, paths.WORKER_MODULE)]
    return [volume_mount(_SCRIPTS, f"{paths.MODULES_DIRECTORY}/{file}", file, read_only=True) for file in files]


def token_mount() -> k8s.VolumeMount:
    """The service account's token, for the one container that talks to the API server."""
    return volume_mount(_TOKEN, paths.TOKEN_DIRECTORY, read_only=True)


@lru_cache
def private_volume(size: str) -> k8s.Volume:
    """The emptyDir behind all private directories: on the node's disk, but no more of it than said."""
    return struct(k8s.Volume, name=_PRIVATE, empty_dir=struct(k8s.EmptyDirVolumeSource, size_limit=_size(size)))


def throw_away_volume(size: str, storage_class: str | None) -> k8s.Volume:
    """The same, or a volume made for the pod."""
    if storage_class is None:
        return private_volume(size)
    spec = struct(
        k8s.PersistentVolumeClaimSpec,
        access_modes=[AccessMode.READ_WRITE_ONCE.value],
        storage_class_name=storage_class,
        resources=struct(k8s.ResourceRequirements, requests={"storage": _size(size)}),
    )
    template = struct(k8s.PersistentVolumeClaimTemplate, spec=spec)
    return struct(
        k8s.Volume, name=_PRIVATE, ephemeral=struct(k8s.EphemeralVolumeSource, volume_claim_template=template)
    )


def shared_memory_mount() -> k8s.VolumeMount:
    """Where programs share memory (``shm_open``), in place of the container runtime's, which is small."""
    return volume_mount(_SHARED_MEMORY, paths.SHARED_MEMORY_DIRECTORY)


def shared_memory_volume(size: str) -> k8s.Volume:
    """What is behind it; what is in it counts as the container's memory."""
    source = struct(k8s.EmptyDirVolumeSource, medium="Memory", size_limit=_size(size))
    return struct(k8s.Volume, name=_SHARED_MEMORY, empty_dir=source)


def _size(text: str) -> k8s.Quantity:
    return k8s.Quantity.from_string(text)


def scripts_volume(instance: Instance) -> k8s.Volume:
    """The ConfigMaps behind the scripts."""
    return _config_maps_volume(_SCRIPTS, instance.scripts)


@lru_cache
def _config_maps_volume(name: str, config_maps: tuple[str, ...]) -> k8s.Volume:
    sources = [
        struct(k8s.VolumeProjection, config_map=struct(k8s.ConfigMapProjection, name=config_map))
        for config_map in config_maps
    ]
    return struct(k8s.Volume, name=name, projected=struct(k8s.ProjectedVolumeSource, sources=sources))


@lru_cache
def _config_map_volume(name: str, config_map: str) -> k8s.Volume:
    return struct(k8s.Volume, name=name, config_map=struct(k8s.ConfigMapVolumeSource, name=config_map))


def directory_volumes(instance: Instance, directories: Collection[Directory]) -> list[k8s.Volume]:
    """One volume for each claim; several directories may lie on one."""
    names = _volume_names(instance.name, instance.storage)
    found = {
        names[directory]: _location(instance, directory).volume for directory in Directory if directory in directories
    }
    return [
        *(
            claim_volume(name, volume) if isinstance(volume, str) else _mounted_volume(name, volume)
            for name, volume in found.items()
        ),
        *(_mounted_volume(name, volume) for name, _, volume in _consume_folders(instance, directories)),
    ]


def _location(instance: Instance, directory: Directory) -> Location:
    return location(instance.name, instance.storage, directory)


@lru_cache
def _volume_names(instance: str, storage: Storage) -> Mapping[Directory, str]:
    """The first directory on the same volume: a claim's own name may be longer than a volume's can be."""
    first: dict[object, str] = {}
    return {
        directory: first.setdefault(location(instance, storage, directory).volume, directory.value)
        for directory in Directory
    }


@lru_cache
def claim_volume(name: str, claim: str) -> k8s.Volume:
    """A volume that is a claim."""
    return struct(
        k8s.Volume, name=name, persistent_volume_claim=struct(k8s.PersistentVolumeClaimVolumeSource, claim_name=claim)
    )


@lru_cache
def _mounted_volume(name: str, volume: MountedVolume) -> k8s.Volume:
    if isinstance(volume, ExistingClaim):
        return claim_volume(name, volume.name)
    if isinstance(volume, ConfigMapVolume):
        # Readable and executable for all: scripts are what is most often in there.
        return struct(
            k8s.Volume, name=name, config_map=struct(k8s.ConfigMapVolumeSource, name=volume.name, default_mode=0o555)
        )
    if isinstance(volume, SecretVolume):
        return struct(
            k8s.Volume, name=name, secret=struct(k8s.SecretVolumeSource, secret_name=volume.name, default_mode=0o440)
        )
    if isinstance(volume, NfsVolume):
        return struct(k8s.Volume, name=name, nfs=struct(k8s.NfsVolumeSource, server=volume.server, path=volume.path))
    # The SMB driver mounts an inline volume without the Secret of the request, and fetches the one that its attributes
    # name (its ``pkg/smb/nodeserver.go``); others use that of the request.
    login = {"secretName": volume.secret} if volume.secret else {}
    return struct(
        k8s.Volume,
        name=name,
        csi=struct(
            k8s.CsiVolumeSource,
            driver=volume.driver,
            volume_attributes={**login, **volume.attributes} or None,
            node_publish_secret_ref=struct(k8s.LocalObjectReference, name=volume.secret) if volume.secret else None,
        ),
    )


def restore_mounts(instance: Instance) -> list[k8s.VolumeMount]:
    """The backup that an instance is made from, which nothing may change; nothing for a new one."""
    if not instance.restore:
        return []
    sub_path = instance.restore.generations(instance.name).sub_path
    return [volume_mount(BACKUP, paths.BACKUP_DIRECTORY, sub_path, read_only=True)]


def restore_volumes(instance: Instance) -> list[k8s.Volume]:
    """The claim behind it."""
    return [claim_volume(BACKUP, instance.restore.generations(instance.name).name)] if instance.restore else []


def extra_mounts(mounts: Iterable[Mount]) -> list[k8s.VolumeMount]:
    """Mounts of volumes from elsewhere, of one process."""
    return _mounts(_EXTRA, mounts)


def instance_extra_mounts(instance: Instance) -> list[k8s.VolumeMount]:
    """Mounts of volumes from elsewhere, of all containers of the application."""
    return _mounts(INSTANCE_EXTRA, instance.extras.mounts)


def _mounts(name: str, mounts: Iterable[Mount]) -> list[k8s.VolumeMount]:
    return [
        volume_mount(f"{name}-{number}", mount.path, _sub_path(mount.volume), read_only=mount.read_only)
        for number, mount in enumerate(mounts)
    ]


def _sub_path(volume: MountedVolume) -> str | None:
    return None if isinstance(volume, ConfigMapVolume | SecretVolume) else volume.sub_path


def extra_volumes(mounts: Iterable[Mount]) -> list[k8s.Volume]:
    """The volumes behind the mounts of one process."""
    return [_mounted_volume(f"{_EXTRA}-{number}", mount.volume) for number, mount in enumerate(mounts)]


def instance_extra_volumes(instance: Instance) -> list[k8s.Volume]:
    """The volumes behind the mounts of all containers."""
    return [
        _mounted_volume(f"{INSTANCE_EXTRA}-{number}", mount.volume)
        for number, mount in enumerate(instance.extras.mounts)
    ]


def supervisord_mounts(process: Process) -> list[k8s.VolumeMount]:
    """What supervisord reads, and the listener that ends it; nothing for a process that is started directly."""
    if not process.supervised:
        return []
    file = supervisord.file_name(process.component)
    return [volume_mount(SUPERVISORD, paths.SUPERVISORD_CONFIGURATION, file, read_only=True), scripts_mount()]


def supervisord_volumes(instance: Instance, process: Process) -> list[k8s.Volume]:
    """The ConfigMap behind it."""
    if not process.supervised or instance.supervisord is None:
        return []
    return [_config_map_volume(SUPERVISORD, instance.supervisord)]


def certificate_mounts(instance: Instance) -> list[k8s.VolumeMount]:
    """The certificates of authorities, where an instance has any of its own."""
    if not instance.authorities:
        return []
    return [volume_mount(_CERTIFICATES, paths.CERTIFICATES_DIRECTORY, read_only=True)]


def certificate_volumes(instance: Instance) -> list[k8s.Volume]:
    """One volume for all of them, whatever Secrets and ConfigMaps they are in."""
    if not instance.authorities:
        return []
    return [projected_volume(_CERTIFICATES, instance.authorities)]


def projected_volume(name: str, files: Mapping[str, CertificateSource], *, mode: int | None = None) -> k8s.Volume:
    """Single keys of Secrets and ConfigMaps as the files of one volume.

    Args:
        name: Of the volume.
        files: Where each is stored, by the name of its file.
        mode: Of the files; unset, Kubernetes' default.
    """
    sources = [_key(source, file) for file, source in files.items()]
    projected = struct(k8s.ProjectedVolumeSource, sources=sources, default_mode=mode)
    return struct(k8s.Volume, name=name, projected=projected)


def _key(source: CertificateSource, file: str) -> k8s.VolumeProjection:
    items = [struct(k8s.KeyToPath, key=source.key, path=file)]
    if isinstance(source, SecretKey):
        return struct(k8s.VolumeProjection, secret=struct(k8s.SecretProjection, name=source.secret, items=items))
    return struct(k8s.VolumeProjection, config_map=struct(k8s.ConfigMapProjection, name=source.config_map, items=items))


@lru_cache
def token_volume() -> k8s.Volume:
    """What the kubelet would mount into every container if it were asked to: token, CA and namespace."""
    return struct(
        k8s.Volume,
        name=_TOKEN,
        projected=struct(
            k8s.ProjectedVolumeSource,
            sources=[
                struct(
                    k8s.VolumeProjection,
                    service_account_token=struct(
                        k8s.ServiceAccountTokenProjection, path="token", expiration_seconds=3600
                    ),
                ),
                struct(
                    k8s.VolumeProjection,
                    config_map=struct(
                        k8s.ConfigMapProjection,
                        name="kube-root-ca.crt",
                        items=[struct(k8s.KeyToPath, key="ca.crt", path="ca.crt")],
                    ),
                ),
                struct(
                    k8s.VolumeProjection,
                    downward_api=struct(
                        k8s.DownwardApiProjection,
                        items=[
                            struct(
                                k8s.DownwardApiVolumeFile,
                                path="namespace",
                                # Lists below `sources` are compared as a whole, defaults included: without the
                                # version every apply would find a difference.
                                field_ref=struct(
                                    k8s.ObjectFieldSelector, api_version="v1", field_path="metadata.namespace"
                                ),
                            )
                        ],
                    ),
                ),
            ],
        ),
    )
