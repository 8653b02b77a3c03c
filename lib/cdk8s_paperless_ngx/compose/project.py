"""A whole Compose project: services, volumes, and the files beside it."""

from __future__ import annotations

import re
import secrets as random
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cdk8s import Yaml

from cdk8s_paperless_ngx.compose.containers import Service, service, volume_names
from cdk8s_paperless_ngx.compose.manifests import objects
from cdk8s_paperless_ngx.compose.variables import secrets
from cdk8s_paperless_ngx.image import Generation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from cdk8s_paperless_ngx.compose.manifests import Manifest, Objects

_HEADER: Final = """\
# Made from the cdk8s app by `python -m cdk8s_paperless_ngx.compose`: change that app, not this. What a machine needs
# beside it goes into compose.override.yaml. The file .env has the secrets, and belongs in no git.
"""
_ALPHABET: Final = string.ascii_letters + string.digits
"""Nothing that would need quoting in a URL, or in the file."""
_PUBLISHED: Final = ("webserver", "flower")
_PROFILES: Final = {"flower": "flower", "tika": "tika", "gotenberg": "tika"}
"""Of services that nothing waits for."""
_MIGRATION: Final = "migration"
_OWNERSHIP: Final = "ownership"
_DONE: Final = {"condition": "service_completed_successfully"}
_NAMED: Final = re.compile(r"^\s*(?:export\s+)?(\w+)\s*[=:]", re.MULTILINE)
"""A variable in a file ``.env``."""


@dataclass(frozen=True)
class ComposeProject:
    """What `compose` makes.

    Attributes:
        file: The text of ``compose.yaml``.
        scripts: The files of the folder ``cdk8s-paperless-ngx`` beside it, by name.
        secrets: Variables that the file ``.env`` must have, and how long their values are to be.
    """

    file: str
    scripts: Mapping[str, str]
    secrets: Mapping[str, int]

    def new_secrets(self, env: str = "") -> dict[str, str]:
        """Return random values for the variables that the text of a file ``.env`` lacks, by name."""
        there = _NAMED.findall(env)
        return {
            name: "".join(random.choice(_ALPHABET) for _ in range(length))
            for name, length in self.secrets.items()
            if name not in there
        }


def compose(scope: Construct) -> ComposeProject:
    """Return the docker-compose counterpart of the instance below a construct.

    A service for each process, PostgreSQL and Redis; ``migration``, which the others wait for; ``flower``, ``backup``
    and ``rescue`` with profiles of their names, Tika and Gotenberg with ``tika``. Each is its pod's container: image, argv, environment, mounts, user,
    limits and grace period are read from the very manifests.

    Args:
        scope: Any construct with one `Paperless` below it, such as its chart; a `Backup` beside it is taken along.

    Raises:
        ValueError: There is not exactly one instance; or it has what Compose cannot do: autoscaling, storage for
            several nodes, Secrets, claims or volumes that exist in a cluster, or an image with supervisord.
    """
    found = objects(scope)
    if found.instance.image.generation is Generation.SUPERVISORD:
        version = found.instance.image.version
        raise found.refuse(
            "image.version", "2.15.0 or later", version, "older images bring a compose file of their own"
        )
    services = _services(found)
    volumes = sorted({name for made in services.values() for name in volume_names(made)})
    services = {_OWNERSHIP: _ownership(found, services), **services}
    document: dict[str, Any] = {
        "name": found.instance.name,
        "services": services,
        "volumes": {name: {} for name in volumes},
    }
    scripts = next(m["data"] for m in found.of("ConfigMap") if m["metadata"]["name"] == found.instance.scripts)
    return ComposeProject(file=_HEADER + Yaml.stringify(document), scripts=scripts, secrets=secrets(found))


def _services(found: Objects) -> dict[str, Service]:
    services: dict[str, Service] = {}
    for manifest in found.of("StatefulSet"):
        services[found.part(manifest)] = _running(found, manifest) | {"depends_on": {_OWNERSHIP: _DONE}}
    # The migration itself depends on nothing: it waits until the servers answer, which have waited for their volumes,
    # and podman starts nothing that depends on a container that has ended and depends on another one.
    after = {name: {"condition": "service_started"} for name in services} | {_MIGRATION: _DONE}
    for manifest in found.of("Deployment"):
        name, pod = found.part(manifest), _pod(manifest)
        first = pod.get("initContainers", [])
        for container in first:
            if container["name"] == _MIGRATION:
                services[_MIGRATION] = service(found, pod, container) | {"restart": "no"}
        # What has no gate is no process of the application, and waits for nothing.
        services[name] = _running(found, manifest) | ({"depends_on": after} if first else {})
        if name in _PROFILES:
            services[name]["profiles"] = [_PROFILES[name]]
    for manifest in found.of("CronJob"):
        name, pod = found.part(manifest), _pod(manifest["spec"]["jobTemplate"])
        made = service(found, pod, pod["containers"][0])
        services[name] = made | {"restart": "no", "depends_on": after, "profiles": [name]}
    return services


def _pod(manifest: Manifest) -> Manifest:
    pod: Manifest = manifest["spec"]["template"]["spec"]
    return pod


def _running(found: Objects, manifest: Manifest) -> Service:
    """Return a service that is to run for ever, reached by the names that its Services have in a cluster."""
    name, pod = found.part(manifest), _pod(manifest)
    (container,) = pod["containers"]
    labels = manifest["spec"]["template"]["metadata"]["labels"]
    aliases = [
        item["metadata"]["name"]
        for item in found.of("Service")
        if item["spec"]["selector"].items() <= labels.items()
    ]
    made: Service = service(found, pod, container) | {"restart": "unless-stopped"}
    replicas = manifest["spec"].get("replicas", 1)
    if replicas != 1:
        # The mode is the specification's default, and podman-compose wants to hear it.
        made["deploy"] = {"mode": "replicated", "replicas": replicas} | made["deploy"]
    if aliases:
        made["networks"] = {"default": {"aliases": aliases}}
    if name in _PUBLISHED:
        # To this machine alone: whoever wants more puts a proxy with TLS in front.
        made["ports"] = [f"127.0.0.1:{port['containerPort']}:{port['containerPort']}" for port in container["ports"]]
    return made


def _ownership(found: Objects, services: Mapping[str, Service]) -> Service:
    """Return what gives new volumes to those who write them: Docker makes them root's, Kubernetes has fsGroup."""
    owners: dict[str, str] = {}
    for made in services.values():
        owners |= dict.fromkeys(volume_names(made), str(made["user"]))
    commands = [f"chown {owner} /volumes/{name}" for name, owner in sorted(owners.items())]
    return {
        "image": found.instance.image_reference,
        "user": "0:0",
        "read_only": True,
        "network_mode": "none",
        "cap_drop": ["ALL"],
        "cap_add": ["CHOWN"],
        "security_opt": ["no-new-privileges:true"],
        "entrypoint": ["sh", "-ec", "\n".join(commands)],
        "volumes": [f"{name}:/volumes/{name}" for name in sorted(owners)],
        "restart": "no",
    }
