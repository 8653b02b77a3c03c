"""Volumes of a pod and where its containers mount them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.files import ConfigMapFiles, ExistingClaim, NfsVolume, SecretFiles
from cdk8s_paperless_ngx.processes import supervisord
from cdk8s_paperless_ngx.processes.process import BYTECODE_DIRECTORY, PRIVATE_PATHS
from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.storage import BYTECODE_SUB_PATH, Directory, place
from cdk8s_paperless_ngx.trust import TRUST_PATH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cdk8s_paperless_ngx.files import Files, Mount
    from cdk8s_paperless_ngx.instance import Instance
    from cdk8s_paperless_ngx.processes.process import Process
    from cdk8s_paperless_ngx.trust import CertificateSource

SCRIPTS_PATH: Final = "/opt/cdk8s-paperless-ngx"
_PRIVATE: Final = "private"
_SCRIPTS: Final = "scripts"
_SUPERVISORD: Final = "supervisord"
_TRUST: Final = "trust"
_TOKEN: Final = "token"  # noqa: S105 (a volume's name)
TOKEN_PATH: Final = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 (where client libraries look)


def shared_mounts(instance: Instance, directories: Iterable[Directory]) -> list[k8s.VolumeMount]:
    """Mounts of directories that processes share, at the same path everywhere."""
    return [
        k8s.VolumeMount(
            name=_volume_name(instance, directory),
            mount_path=directory.path,
            sub_path=place(instance.name, instance.storage, directory).sub_path,
        )
        for directory in sorted(directories, key=list(Directory).index)
    ]


def bytecode_mount(instance: Instance, *, read_only: bool) -> k8s.VolumeMount:
    """The bytecode that the migration leaves for the processes that start often."""
    found = place(instance.name, instance.storage, Directory.DATA).below(BYTECODE_SUB_PATH)
    return k8s.VolumeMount(
        name=_volume_name(instance, Directory.DATA),
        mount_path=BYTECODE_DIRECTORY,
        sub_path=found.sub_path,
        read_only=read_only or None,
    )


def private_mounts(directories: Iterable[Directory] = ()) -> list[k8s.VolumeMount]:
    """Empty directories of the pod's own: for what nobody shares, and in place of directories it must not share."""
    paths = PRIVATE_PATHS | {directory.value: directory.path for directory in directories}
    return [k8s.VolumeMount(name=_PRIVATE, mount_path=path, sub_path=name) for name, path in paths.items()]


def scripts_mount() -> k8s.VolumeMount:
    """The scripts that run in pods."""
    return k8s.VolumeMount(name=_SCRIPTS, mount_path=SCRIPTS_PATH, read_only=True)


def token_mount() -> k8s.VolumeMount:
    """The service account's token, for the one container that talks to the API server."""
    return k8s.VolumeMount(name=_TOKEN, mount_path=TOKEN_PATH, read_only=True)


def private_volume() -> k8s.Volume:
    """The emptyDir behind all private directories."""
    return k8s.Volume(name=_PRIVATE, empty_dir=k8s.EmptyDirVolumeSource())


def scripts_volume(instance: Instance) -> k8s.Volume:
    """The ConfigMap behind the scripts."""
    return k8s.Volume(name=_SCRIPTS, config_map=k8s.ConfigMapVolumeSource(name=instance.scripts))


def shared_volumes(instance: Instance, directories: Iterable[Directory]) -> list[k8s.Volume]:
    """One volume for each claim; several directories may lie on one."""
    found = {
        _volume_name(instance, directory): place(instance.name, instance.storage, directory).volume
        for directory in sorted(directories, key=list(Directory).index)
    }
    return [
        claim_volume(name, volume) if isinstance(volume, str) else files_volume(name, volume)
        for name, volume in found.items()
    ]


def _volume_name(instance: Instance, directory: Directory) -> str:
    """The first directory on the same volume: a claim's own name may be longer than a volume's can be."""
    volume = place(instance.name, instance.storage, directory).volume
    return next(other.value for other in Directory if place(instance.name, instance.storage, other).volume == volume)


def claim_volume(name: str, claim: str) -> k8s.Volume:
    """A volume that is a claim."""
    return k8s.Volume(name=name, persistent_volume_claim=k8s.PersistentVolumeClaimVolumeSource(claim_name=claim))


def files_volume(name: str, files: Files) -> k8s.Volume:
    """A volume with files from elsewhere."""
    if isinstance(files, ExistingClaim):
        return claim_volume(name, files.name)
    if isinstance(files, ConfigMapFiles):
        # Readable and executable for all: scripts are what is most often in there.
        return k8s.Volume(name=name, config_map=k8s.ConfigMapVolumeSource(name=files.name, default_mode=0o555))
    if isinstance(files, SecretFiles):
        return k8s.Volume(name=name, secret=k8s.SecretVolumeSource(secret_name=files.name, default_mode=0o440))
    if isinstance(files, NfsVolume):
        return k8s.Volume(name=name, nfs=k8s.NfsVolumeSource(server=files.server, path=files.path))
    # The SMB driver mounts an inline volume without the Secret of the request, and fetches the one that its attributes
    # name (its ``pkg/smb/nodeserver.go``); others use that of the request.
    login = {"secretName": files.secret} if files.secret else {}
    return k8s.Volume(
        name=name,
        csi=k8s.CsiVolumeSource(
            driver=files.driver,
            volume_attributes={**login, **files.attributes} or None,
            node_publish_secret_ref=k8s.LocalObjectReference(name=files.secret) if files.secret else None,
        ),
    )


def extra_mounts(mounts: Iterable[Mount]) -> list[k8s.VolumeMount]:
    """Mounts of files from elsewhere."""
    return [
        k8s.VolumeMount(
            name=f"extra-{number}",
            mount_path=mount.path,
            sub_path=None if isinstance(mount.files, ConfigMapFiles | SecretFiles) else mount.files.sub_path,
            read_only=mount.read_only or None,
        )
        for number, mount in enumerate(mounts)
    ]


def extra_volumes(mounts: Iterable[Mount]) -> list[k8s.Volume]:
    """The volumes behind those mounts."""
    return [files_volume(f"extra-{number}", mount.files) for number, mount in enumerate(mounts)]


def supervisord_mounts(process: Process) -> list[k8s.VolumeMount]:
    """What supervisord reads, and the listener that ends it; nothing for a process that is started directly."""
    if not process.supervised:
        return []
    file = supervisord.file_name(process.component)
    return [
        k8s.VolumeMount(name=_SUPERVISORD, mount_path=supervisord.CONFIGURATION_PATH, sub_path=file, read_only=True),
        scripts_mount(),
    ]


def supervisord_volumes(instance: Instance, process: Process) -> list[k8s.Volume]:
    """The ConfigMap behind it."""
    if not process.supervised:
        return []
    source = k8s.ConfigMapVolumeSource(name=supervisord.config_map_name(instance.name))
    return [k8s.Volume(name=_SUPERVISORD, config_map=source)]


def trust_mounts(instance: Instance) -> list[k8s.VolumeMount]:
    """The certificates of authorities, where an instance has any of its own."""
    if not instance.authorities:
        return []
    return [k8s.VolumeMount(name=_TRUST, mount_path=TRUST_PATH, read_only=True)]


def trust_volumes(instance: Instance) -> list[k8s.Volume]:
    """One volume for all of them, whatever Secrets and ConfigMaps they are in."""
    if not instance.authorities:
        return []
    sources = [_authority(source, file) for file, source in instance.authorities.items()]
    return [k8s.Volume(name=_TRUST, projected=k8s.ProjectedVolumeSource(sources=sources))]


def _authority(source: CertificateSource, file: str) -> k8s.VolumeProjection:
    items = [k8s.KeyToPath(key=source.key, path=file)]
    if isinstance(source, SecretKey):
        return k8s.VolumeProjection(secret=k8s.SecretProjection(name=source.secret, items=items))
    return k8s.VolumeProjection(config_map=k8s.ConfigMapProjection(name=source.config_map, items=items))


def token_volume() -> k8s.Volume:
    """What the kubelet would mount into every container if it were asked to: token, CA and namespace."""
    return k8s.Volume(
        name=_TOKEN,
        projected=k8s.ProjectedVolumeSource(
            sources=[
                k8s.VolumeProjection(
                    service_account_token=k8s.ServiceAccountTokenProjection(path="token", expiration_seconds=3600)
                ),
                k8s.VolumeProjection(
                    config_map=k8s.ConfigMapProjection(
                        name="kube-root-ca.crt", items=[k8s.KeyToPath(key="ca.crt", path="ca.crt")]
                    )
                ),
                k8s.VolumeProjection(
                    downward_api=k8s.DownwardApiProjection(
                        items=[
                            k8s.DownwardApiVolumeFile(
                                path="namespace",
                                # Lists below `sources` are compared as a whole, defaults included: without the
                                # version every apply would find a difference.
                                field_ref=k8s.ObjectFieldSelector(api_version="v1", field_path="metadata.namespace"),
                            )
                        ]
                    )
                ),
            ]
        ),
    )
