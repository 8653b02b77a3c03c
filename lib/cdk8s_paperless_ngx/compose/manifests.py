"""What stands below a construct, as plain manifests, and which of it Compose has nothing for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cdk8s import ApiObject

from cdk8s_paperless_ngx.checks import refusal
from cdk8s_paperless_ngx.instance import Instance

if TYPE_CHECKING:
    from constructs import Construct

Manifest = dict[str, Any]

_REFUSED: Final = {
    "HorizontalPodAutoscaler": ("scaling", "Fixed", "use `docker compose up --scale worker=N`"),
    "ScaledObject": ("scaling", "Fixed", "use `docker compose up --scale worker=N`"),
    "ExternalSecret": ("secret", "GeneratedSecret", "the file .env has the secrets; write yours into it"),
}


@dataclass(frozen=True)
class Objects:
    """One instance with everything around it.

    Attributes:
        instance: What all its processes agree on.
        path: Of the construct, for errors.
        manifests: All objects.
    """

    instance: Instance
    path: str
    manifests: tuple[Manifest, ...]

    def of(self, *kinds: str) -> list[Manifest]:
        """Return the objects of some kinds, in the order in which they were made."""
        return [manifest for manifest in self.manifests if manifest["kind"] in kinds]

    def part(self, manifest: Manifest) -> str:
        """Return an object's name without the instance's."""
        return str(manifest["metadata"]["name"]).removeprefix(f"{self.instance.name}-")

    def refuse(self, argument: str, rule: str, got: object, advice: str) -> ValueError:
        """Return the error for what Compose cannot do."""
        return refusal(self.path, argument, f"{rule} for Compose", got, advice)


def objects(scope: Construct) -> Objects:
    """Return the one instance below a construct, and all objects there.

    Raises:
        ValueError: There is none, or a second one; an object has no counterpart.
    """
    constructs = scope.node.find_all()
    instances: list[Instance] = []
    for item in constructs:
        # A construct of somebody else's may keep the value that it was given.
        instance = getattr(item, "instance", None)
        if isinstance(instance, Instance) and instance not in instances:
            instances.append(instance)
    path = scope.node.path or scope.node.id
    if len(instances) != 1:
        names = [instance.name for instance in instances]
        raise refusal(path, "scope", "a construct with one instance below it", names, "make a file for each chart")
    manifests: list[Manifest] = [item.to_json() for item in constructs if isinstance(item, ApiObject)]
    found = Objects(instances[0], path, tuple(manifests))
    _check(found)
    return found


def _check(found: Objects) -> None:
    for manifest in found.manifests:
        kind = manifest["kind"]
        if kind in _REFUSED:
            argument, rule, advice = _REFUSED[kind]
            raise found.refuse(argument, rule, kind, advice)
        if kind == "PersistentVolumeClaim" and "ReadWriteMany" in manifest["spec"]["accessModes"]:
            raise found.refuse("storage", "SingleNodeStorage", "ReadWriteMany", "all containers run on one machine")
    if found.instance.suspended:
        raise found.refuse("suspended", "False", found.instance.suspended, "use `docker compose stop`")
