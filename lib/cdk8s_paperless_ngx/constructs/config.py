"""Config: the ConfigMaps that every process of an instance reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import Part
from cdk8s_paperless_ngx.manifests.config_maps import config_map
from cdk8s_paperless_ngx.model.names import CONFIG, SCRIPTS, SUPERVISORD, object_name
from cdk8s_paperless_ngx.model.scripts import script_texts


class Config(Part):
    """ConfigMaps: ``<instance>-config`` with the settings, ``<instance>-scripts`` with what runs in pods.

    For images with supervisord there is a third, ``<instance>-supervisord``, with a configuration for each process.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings.
        namespace: Where the installation is.
        instance: Name of the installation.
        variables: The settings, the same for every pod and Job.
        supervisord: supervisord's configurations, by the name of their file.
    """

    config_map: k8s.KubeConfigMap
    scripts: k8s.KubeConfigMap
    config_map_name: str
    scripts_name: str
    checksum: str
    """Changes with any of them; pods carry it, as a ConfigMap that changes starts nothing anew by itself."""

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
        files = dict(script_texts())
        self.config_map_name = object_name(instance, CONFIG)
        self.scripts_name = object_name(instance, SCRIPTS)
        self.config_map = config_map(
            self, "Default", namespace=namespace, instance=instance, part=CONFIG, data=variables
        )
        self.scripts = config_map(self, "scripts", namespace=namespace, instance=instance, part=SCRIPTS, data=files)
        if supervisord:
            config_map(self, "supervisord", namespace=namespace, instance=instance, part=SUPERVISORD, data=supervisord)
            files |= supervisord
        rendered = json.dumps([dict(variables), files], sort_keys=True)
        self.checksum = hashlib.sha256(rendered.encode()).hexdigest()[:16]
