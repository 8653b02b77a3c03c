"""Config: the ConfigMaps that every process of an instance reads."""

from __future__ import annotations

import hashlib
import json
import warnings
from importlib import resources
from typing import TYPE_CHECKING, Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.processes.supervisord import config_map_name
from cdk8s_paperless_ngx.storage import Directory, SharedStorage, others_write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdk8s_paperless_ngx.settings import Settings
    from cdk8s_paperless_ngx.storage import Storage

_POLLING_SECONDS: Final = 4
"""Below upstream's stability delay of 5 seconds: the kernel's events do not tell what another node wrote."""


def directories() -> dict[str, str]:
    """Return the variables that say where directories are."""
    return {
        "PAPERLESS_DATA_DIR": Directory.DATA.path,
        "PAPERLESS_MEDIA_ROOT": Directory.MEDIA.path,
        "PAPERLESS_CONSUMPTION_DIR": Directory.CONSUME.path,
        "PAPERLESS_SCRATCH_DIR": Directory.SCRATCH.path,
        # Each pod's own: records are locked and rotated one by one, and all of them go to stdout anyway.
        "PAPERLESS_LOGGING_DIR": "/tmp/log",  # noqa: S108 (private to the pod)
    }


def consumption_defaults(settings: Settings, storage: Storage, version: str) -> dict[str, str]:
    """Return the settings' variables for a version of paperless-ngx, with the consumer's default for this storage."""
    return settings.variables(version=version, default_interval=_POLLING_SECONDS if others_write(storage) else 0)


def warn_of_shared_index(where: str, settings: Settings, storage: Storage) -> None:
    """Warn of an index of embeddings on storage that several nodes mount (https://sqlite.org/wal.html)."""
    if settings.ai.llm_embedding_backend is not None and isinstance(storage, SharedStorage):
        warnings.warn(
            f"{where}: settings.ai.llm_embedding_backend keeps an index that breaks when pods on two nodes open it; "
            "use SingleNodeStorage, or leave it out",
            UserWarning,
            stacklevel=3,
        )


def scripts() -> dict[str, str]:
    """Return the files that run in pods, by name."""
    folder = resources.files("cdk8s_paperless_ngx").joinpath("scripts")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".py")), key=lambda entry: entry.name)
    return {file.name: file.read_text(encoding="utf-8") for file in files}


class Config(Construct):
    """ConfigMaps: ``<instance>-config`` with the settings, ``<instance>-scripts`` with what runs in pods.

    For images with supervisord there is a third, ``<instance>-supervisord``, with a configuration for each process.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings.
        instance: Name of the installation.
        variables: The settings, the same for every pod and Job.
        supervisord: supervisord's configurations, by the name of their file.
    """

    config_map: k8s.KubeConfigMap
    scripts: k8s.KubeConfigMap

    def __init__(
        self, scope: Construct, id: str, *, instance: str, variables: Mapping[str, str], supervisord: Mapping[str, str]
    ) -> None:
        super().__init__(scope, id)
        labels = object_labels(selector_labels(instance, "config"))
        files = scripts()
        self.config_map = k8s.KubeConfigMap(
            self, "Default", metadata=k8s.ObjectMeta(name=f"{instance}-config", labels=labels), data=dict(variables)
        )
        self.scripts = k8s.KubeConfigMap(
            self, "scripts", metadata=k8s.ObjectMeta(name=f"{instance}-scripts", labels=labels), data=files
        )
        if supervisord:
            k8s.KubeConfigMap(
                self,
                "supervisord",
                metadata=k8s.ObjectMeta(name=config_map_name(instance), labels=labels),
                data=dict(supervisord),
            )
            files = files | dict(supervisord)
        rendered = json.dumps([dict(variables), files], sort_keys=True)
        self.checksum = hashlib.sha256(rendered.encode()).hexdigest()[:16]
        """Changes with any of them; pods carry it, as a ConfigMap that changes rolls nothing by itself."""
