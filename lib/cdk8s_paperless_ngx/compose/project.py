"""A whole Compose project: services, volumes, and the files beside it."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from typing import Any, Final

from cdk8s import Yaml
from constructs import Construct

from cdk8s_paperless_ngx.compose.containers import Service, pod_of, service, volume_names
from cdk8s_paperless_ngx.compose.manifests import PUBLISHED, Manifest, Objects, objects
from cdk8s_paperless_ngx.compose.variables import literal, secret_variables
from cdk8s_paperless_ngx.model.names import FLOWER, GOTENBERG, MIGRATION, TIKA
from cdk8s_paperless_ngx.settings.dotenv import variable_names
from cdk8s_paperless_ngx.validation.value import value

_HEADER: Final = """\
# Made from the cdk8s app by `python -m cdk8s_paperless_ngx.compose`: change that app, not this. What a machine needs
# beside it goes into compose.override.yaml. The file .env has the secrets, and belongs in no git.
"""
_ALPHABET: Final = string.ascii_letters + string.digits
"""Nothing that would need quoting in a URL, or in the file."""
_PROFILES: Final = {FLOWER: FLOWER, TIKA: TIKA, GOTENBERG: TIKA}
"""Of services that nothing waits for."""
_GATE: Final = "gate"
_OWNERSHIP: Final = "ownership"
_DONE: Final = {"condition": "service_completed_successfully"}


@value
class ComposeProject:
    """What `compose_project` makes.

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
        there = variable_names(env)
        return {
            name: "".join(secrets.choice(_ALPHABET) for _ in range(length))
            for name, length in self.secrets.items()
            if name not in there
        }


def compose_project(scope: Construct) -> ComposeProject:
    """Return the docker-compose counterpart of the instance below a construct.

    A service for each process, PostgreSQL and Redis; ``migration``, which the others wait for; ``flower``, ``backup``
    and ``rescue`` with profiles of their names, Tika and Gotenberg with ``tika``. Each is its pod's container: image,
    argv, environment, mounts, user, memory limit and grace period are read from the very manifests.

    Args:
        scope: Any construct with one `Paperless` below it, such as its chart; a `Backup` beside it is taken along.

    Raises:
        ValueError: There is not exactly one instance, or a workload of somebody else's; or it has what Compose cannot
            do: autoscaling, storage for several nodes, Secrets, claims or volumes that exist in a cluster, or an image
            with supervisord.
    """
    found = objects(scope)
    services = _services(found)
    volumes = sorted({name for made in services.values() for name in volume_names(made)})
    services = {_OWNERSHIP: _ownership(found, services), **services}
    document: dict[str, Any] = {
        "name": found.instance.name,
        "services": services,
        "volumes": {name: {} for name in volumes},
    }
    config_maps = (m for m in found.of("ConfigMap") if m["metadata"]["name"] in found.instance.scripts)
    scripts: dict[str, str] = {name: text for m in config_maps for name, text in m["data"].items()}
    return ComposeProject(file=_HEADER + Yaml.stringify(document), scripts=scripts, secrets=secret_variables(found))


def _services(found: Objects) -> dict[str, Service]:
    services: dict[str, Service] = {}

    def add(name: str, made: Service) -> None:
        if name in (*services, _OWNERSHIP):
            raise found.conflict(f"two services would be called {name!r}", "give one of them another part")
        services[name] = made

    for manifest in found.of("StatefulSet"):
        add(found.part(manifest), _running(found, manifest))
    # The migration itself depends on nothing: it waits until the servers answer, which have waited for their volumes,
    # and podman starts nothing that depends on a container that has ended and depends on another one.
    after = {name: {"condition": "service_started"} for name in services} | {MIGRATION: _DONE}
    for manifest in found.of("Deployment"):
        name = found.part(manifest)
        pod = pod_of(found, name, manifest)
        for first in pod.get("initContainers", []):
            if first["name"] == MIGRATION:
                add(MIGRATION, service(found, MIGRATION, pod, first) | {"restart": "no"})
            elif first["name"] != _GATE:
                advice = "write a service for it into compose.override.yaml"
                raise found.refuse(f"{name}.initContainers", f"{_GATE} or {MIGRATION}", first["name"], advice)
        # What has neither gate nor migration is no process of the application, and waits for none.
        add(name, _running(found, manifest) | ({"depends_on": after} if "initContainers" in pod else {}))
    for manifest in found.of("CronJob"):
        name = found.part(manifest)
        pod = pod_of(found, name, manifest["spec"]["jobTemplate"])
        steps = [first["name"] for first in pod.get("initContainers", []) if first["name"] != _GATE]
        if steps:
            problem = f"{name} has the steps {', '.join(steps)} before it, which Compose would leave out"
            raise found.conflict(problem, "make Compose from an app without it, and run restic from cron")
        made = service(found, name, pod, _container(found, name, pod))
        add(name, made | {"restart": "no", "depends_on": after, "profiles": [name]})
    return services


def _container(found: Objects, name: str, pod: Manifest) -> Manifest:
    containers: list[Manifest] = pod["containers"]
    if len(containers) != 1:
        names = [container["name"] for container in containers]
        advice = "write a service for the others into compose.override.yaml"
        raise found.conflict(f"{name} has {len(names)} containers, {' and '.join(names)}", advice)
    return containers[0]


def _running(found: Objects, manifest: Manifest) -> Service:
    """Return a service that is to run for ever, reached by the names that its Services have in a cluster."""
    name = found.part(manifest)
    pod = pod_of(found, name, manifest)
    container = _container(found, name, pod)
    labels = manifest["spec"]["template"]["metadata"]["labels"]
    selectors = {item["metadata"]["name"]: item["spec"].get("selector") for item in found.of("Service")}
    aliases = [alias for alias, selector in selectors.items() if selector and selector.items() <= labels.items()]
    made = service(found, name, pod, container)
    made["restart"] = "unless-stopped"
    replicas = manifest["spec"].get("replicas", 1)
    if replicas != 1:
        if name in PUBLISHED:
            raise found.refuse_scaling(name, "Fixed(replicas=1)", replicas)
        # The mode is the specification's default, and podman-compose wants to hear it.
        made.setdefault("deploy", {}).update(mode="replicated", replicas=replicas)
    if aliases:
        made["networks"] = {"default": {"aliases": aliases}}
    if name in PUBLISHED and "ports" in container:
        # To this machine alone: whoever wants more puts a proxy with TLS in front.
        made["ports"] = [
            f"${{{name.upper()}_ADDRESS:-127.0.0.1:{port['containerPort']}}}:{port['containerPort']}"
            for port in container["ports"]
        ]
    if container["name"] in _PROFILES:
        made["profiles"] = [_PROFILES[container["name"]]]
    if volume_names(made):
        made["depends_on"] = {_OWNERSHIP: _DONE}
    return made


def _ownership(found: Objects, services: Mapping[str, Service]) -> Service:
    """Return what gives new volumes to those who write them: Docker makes them root's, Kubernetes has fsGroup."""
    owners: dict[str, str] = {}
    for made in services.values():
        owners |= dict.fromkeys(volume_names(made), str(made["user"]))
    # Where it is right already, somebody may have seen to it who does not let root do so, as a file server.
    give = 'give() { [ "$(stat -c %u:%g "/volumes/$2")" = "$1" ] || chown "$1" "/volumes/$2"; }'
    commands = [give, *(f"give {owner} {name}" for name, owner in sorted(owners.items()))]
    return {
        "image": found.instance.image_reference,
        "user": "0:0",
        "read_only": True,
        "network_mode": "none",
        "cap_drop": ["ALL"],
        "cap_add": ["CHOWN"],
        "security_opt": ["no-new-privileges:true"],
        "entrypoint": ["sh", "-ec", literal("\n".join(commands))],
        "volumes": [f"{name}:/volumes/{name}" for name in sorted(owners)],
        "restart": "no",
    }
