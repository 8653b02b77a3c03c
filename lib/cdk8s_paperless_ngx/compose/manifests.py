"""An instance's objects as plain manifests, and which of them Compose has nothing for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from cdk8s import ApiObject
from constructs import Construct

from cdk8s_paperless_ngx.manifests.labels import COMPONENT, INSTANCE
from cdk8s_paperless_ngx.model.image import Generation
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import BACKUP_CLAIM, FLOWER, SECRETS, WEBSERVER, part_of
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.storage import SingleNodeStorage
from cdk8s_paperless_ngx.model.volumes import NewClaim
from cdk8s_paperless_ngx.paperless import Paperless
from cdk8s_paperless_ngx.validation.errors import conflict, refusal

Manifest = dict[str, Any]

PUBLISHED: Final = (WEBSERVER, FLOWER)
"""Services with a port of the machine, which only one container can have."""
_TRANSLATED: Final = ("Deployment", "StatefulSet", "CronJob")
_WORKLOADS: Final = (*_TRANSLATED, "DaemonSet", "Job", "Pod", "ReplicaSet", "ReplicationController")
_AUTOSCALERS: Final = ("HorizontalPodAutoscaler", "ScaledObject")


@dataclass(frozen=True)
class Objects:
    """One instance with everything that is its own.

    Attributes:
        instance: What all its processes agree on.
        path: Of the construct, for errors.
        manifests: All objects with the instance's label.
    """

    instance: Instance
    path: str
    manifests: tuple[Manifest, ...]

    def of(self, *kinds: str) -> list[Manifest]:
        """Return the objects of some kinds, in the order in which they were made."""
        return [manifest for manifest in self.manifests if manifest["kind"] in kinds]

    @property
    def secret_jobs(self) -> list[Manifest]:
        """The Jobs that make Secrets in a cluster; the file ``.env`` stands in for them."""
        return self._jobs(SECRETS)

    @property
    def claim_jobs(self) -> list[Manifest]:
        """The Jobs that have claims bound in a cluster; Compose's volumes are there at once."""
        return self._jobs(BACKUP_CLAIM)

    def _jobs(self, component: str) -> list[Manifest]:
        return [job for job in self.of("Job") if job["metadata"]["labels"].get(COMPONENT) == component]

    @cached_property
    def made_secrets(self) -> dict[str, dict[str, int]]:
        """The Secrets that those make: their keys, and the lengths of the values."""
        made: dict[str, dict[str, int]] = {}
        for job in self.secret_jobs:
            (container,) = job["spec"]["template"]["spec"]["containers"]
            made |= json.loads(container["command"][-1])["secrets"]
        return made

    def part(self, manifest: Manifest) -> str:
        """Return an object's name without the instance's."""
        return self.part_of(manifest["metadata"]["name"])

    def part_of(self, name: str) -> str:
        """Return a name without the instance's."""
        return part_of(self.instance.name, name)

    def refuse(self, argument: str, rule: str, got: object, advice: str) -> ValueError:
        """Return the error for what Compose cannot do."""
        return refusal(self.path, argument, f"{rule} for Compose", got, advice)

    def conflict(self, problem: str, advice: str) -> ValueError:
        """Return the error for what Compose has no place for."""
        return conflict(self.path, problem, advice)

    def refuse_scaling(self, part: str, rule: str, got: object) -> ValueError:
        """Return the error for a number of containers that Compose cannot have."""
        many = f"use `docker compose up --scale {part}=N`"
        one = "use granian_workers, as a port of the machine is one container's"
        return self.refuse(f"{part}.scaling", rule, got, one if part in PUBLISHED else many)

    def refuse_unknown(self, where: str, fields: Manifest, known: frozenset[str]) -> None:
        """Refuse a field that would be lost.

        Raises:
            ValueError: There is one that nothing is known about.
        """
        for name, value in fields.items():
            if name not in known:
                raise self.refuse(f"{where}.{name}", "left out", value, "say it in compose.override.yaml")


def objects(scope: Construct) -> Objects:
    """Return the one instance below a construct, and all objects of its own there.

    Raises:
        ValueError: There is none, or a second one; an object has no counterpart.
    """
    constructs = scope.node.find_all()
    path = scope.node.path or scope.node.id
    instances = [item.instance for item in constructs if isinstance(item, Paperless)]
    if len(instances) != 1:
        names = [instance.name for instance in instances]
        raise conflict(
            path, f"there must be one Paperless below it, and there are {names}", "make a file for each chart"
        )
    (instance,) = instances
    manifests: list[Manifest] = [item.to_json() for item in constructs if isinstance(item, ApiObject)]
    own = [manifest for manifest in manifests if _labels(manifest).get(INSTANCE) == instance.name]
    found = Objects(instance, path, tuple(own))
    _check_instance(found)
    for manifest in own:
        _check_own(found, manifest)
    for manifest in manifests:
        if manifest["kind"] in _WORKLOADS and manifest not in own:
            name = f"{manifest['kind']} {manifest['metadata'].get('name')}"
            advice = "move it to another chart, and write its service into compose.override.yaml"
            raise found.conflict(f"{name} is not one of {instance.name!r}, and Compose would not run it", advice)
    return found


def _labels(manifest: Manifest) -> dict[str, str]:
    labels: dict[str, str] = manifest.get("metadata", {}).get("labels", {})
    return labels


def _check_own(found: Objects, manifest: Manifest) -> None:
    """Refuse what would be missing; what runs nothing and holds nothing may be left out."""
    kind = manifest["kind"]
    if kind in _AUTOSCALERS:
        raise found.refuse_scaling(found.part_of(manifest["spec"]["scaleTargetRef"]["name"]), "Fixed", kind)
    if kind == "ExternalSecret":
        raise found.refuse("secret", "GeneratedSecret()", kind, "write values of your own into the file .env")
    if kind in _WORKLOADS and kind not in _TRANSLATED and manifest not in (*found.secret_jobs, *found.claim_jobs):
        name = f"{kind} {manifest['metadata'].get('name')}"
        raise found.conflict(f"{name} has no counterpart in Compose", "move it to another chart")


def _check_instance(found: Objects) -> None:
    instance = found.instance
    if instance.image.generation is Generation.SUPERVISORD:
        advice = "older images bring a compose file of their own"
        raise found.refuse("image.version", "2.15.0 or later", instance.image.version, advice)
    if instance.suspended:
        raise found.refuse("suspended", "False", instance.suspended, "use `docker compose stop`")
    _check_storage(found)
    if instance.ca_bundle is not None:
        advice = "mount the file, and set SSL_CERT_FILE and REQUESTS_CA_BUNDLE, in compose.override.yaml"
        raise found.refuse("ca_bundle", "left out", instance.ca_bundle, advice)
    for argument, tls, bundled in (
        ("database", instance.database.tls, "BundledPostgres()"),
        ("broker", instance.broker.tls, "BundledRedis()"),
    ):
        if tls is not None and tls.ca is not None:
            raise found.refuse(f"{argument}.tls.ca", "left out", tls.ca, f"use {bundled}")
    for mount in instance.worker_mounts:
        advice = "mount the scripts, and set PAPERLESS_PRE_CONSUME_SCRIPT, in compose.override.yaml"
        raise found.refuse("consume_scripts", "left out", mount.volume, advice)


def _check_storage(found: Objects) -> None:
    instance = found.instance
    if not isinstance(instance.storage, SingleNodeStorage):
        got = type(instance.storage).__name__
        raise found.refuse("storage", "SingleNodeStorage", got, "all containers run on one machine")
    for directory in Directory:
        volume = instance.storage.volume(directory)
        if not isinstance(volume, NewClaim):
            advice = f"give the volume {directory.value} its place by driver_opts in compose.override.yaml"
            raise found.refuse(f"storage.{directory.value}", "a NewClaim", volume, advice)
    if folders := instance.storage.consume_folders:
        advice = "mount each share in the consumer, the worker and the rescue in compose.override.yaml"
        raise found.refuse("storage.consume_folders", "left out", ", ".join(folders), advice)
