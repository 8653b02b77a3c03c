"""Config: the ConfigMaps that every process of an instance reads."""

from __future__ import annotations

from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import Part
from cdk8s_paperless_ngx.manifests.config_maps import config_map
from cdk8s_paperless_ngx.model.names import CONFIG, SUPERVISORD, content_name
from cdk8s_paperless_ngx.model.scripts import script_texts


class Config(Part):
    """ConfigMaps that every process reads.

    ``<instance>-config-…`` has the settings; ``<instance>-scripts-…`` and ``<instance>-backup-scripts-…`` have what
    runs in pods; for images with supervisord ``<instance>-supervisord-…`` has a configuration for each process.

    Each is immutable, and its name ends in a hash of its content: what changes is another ConfigMap, and starts every
    pod anew.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings.
        namespace: Where the installation is.
        instance: Name of the installation.
        variables: The settings, the same for every pod and Job.
        supervisord: supervisord's configurations, by the name of their file.
    """

    config_map: k8s.KubeConfigMap
    config_map_name: str
    scripts_names: tuple[str, ...]
    supervisord_name: str | None

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        namespace: str,
        instance: str,
        variables: Mapping[str, str],
        supervisord: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id)

        def create(id: str, part: str, data: Mapping[str, str]) -> tuple[k8s.KubeConfigMap, str]:
            name = content_name(instance, part, data)
            return config_map(self, id, namespace=namespace, instance=instance, name=name, data=data), name

        self.config_map, self.config_map_name = create("Default", CONFIG, variables)
        self.scripts_names = tuple(create(part, part, data)[1] for part, data in script_texts().items())
        self.supervisord_name = create(SUPERVISORD, SUPERVISORD, supervisord)[1] if supervisord else None
