"""A pod's container as a Compose service: image, argv, environment, mounts and limits as they are there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from cdk8s_paperless_ngx.compose.manifests import Manifest, Objects
from cdk8s_paperless_ngx.compose.variables import environment, expanded
from cdk8s_paperless_ngx.manifests.labels import COMPONENT
from cdk8s_paperless_ngx.manifests.volumes import INSTANCE_EXTRA
from cdk8s_paperless_ngx.model.backups import GENERATIONS, drill_folder
from cdk8s_paperless_ngx.model.names import BACKUP
from cdk8s_paperless_ngx.model.paths import SHARED_MEMORY_DIRECTORY, TEMPORARY_DIRECTORY, Directory
from cdk8s_paperless_ngx.model.storage import bytecode_sub_path, location
from cdk8s_paperless_ngx.model.volumes import ExistingClaim
from cdk8s_paperless_ngx.validation.quantities import quantity

Service = dict[str, Any]

SCRIPTS: Final = "cdk8s-paperless-ngx"
"""Folder beside the file, by the name that it has in containers: what the ConfigMap of scripts has in a cluster."""
_MEMORY_UNITS: Final = {"g": 1024**3, "m": 1024**2, "k": 1024, "b": 1}
"""Of Compose, which are powers of 1024."""
_PRIVATE: Final = frozenset({"emptyDir", "ephemeral"})
"""Volumes that a pod has for itself."""
_POD: Final = frozenset(
    {
        "containers", "initContainers", "securityContext", "shareProcessNamespace", "terminationGracePeriodSeconds",
        "volumes",
        # Of no meaning where there is one machine, no API server, and nobody but Compose to start anything.
        "affinity", "automountServiceAccountToken", "enableServiceLinks", "imagePullSecrets", "nodeSelector",
        "priorityClassName", "restartPolicy", "serviceAccountName", "tolerations", "topologySpreadConstraints",
    }
)  # fmt: skip
_CONTAINER: Final = frozenset(
    {
        "args", "command", "env", "envFrom", "image", "livenessProbe", "name", "ports", "readinessProbe", "resources",
        "securityContext", "startupProbe", "volumeMounts", "workingDir",
        # Compose pulls what is missing, too.
        "imagePullPolicy",
    }
)  # fmt: skip


def pod_of(found: Objects, name: str, manifest: Manifest) -> Manifest:
    """Return the pod of a workload.

    Raises:
        ValueError: It is more than Compose can bring.
    """
    pod: Manifest = manifest["spec"]["template"]["spec"]
    found.refuse_unknown(name, pod, _POD)
    return pod


def service(found: Objects, name: str, pod: Manifest, container: Manifest) -> Service:
    """Return a container of a pod as a service of some name.

    Raises:
        ValueError: It is more than Compose can bring.
    """
    found.refuse_unknown(name, container, _CONTAINER | ({"lifecycle"} if _only_pauses(container) else set[str]()))
    security = pod["securityContext"]
    if "runAsUser" not in security:
        raise found.refuse("pods.user_id", "a number", None, "there is nobody who would choose one")
    values = environment(found, container)
    made: Service = {
        "image": container["image"],
        "user": f"{security['runAsUser']}:{security['runAsGroup']}",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    }
    if pod.get("shareProcessNamespace"):
        # PID 1 ignores signals that it has no handler for, and does not reap.
        made["init"] = True
    if "command" in container:
        # Not `command`: the image has an entrypoint of its own.
        made["entrypoint"] = [expanded(part, values) for part in container["command"]]
    if "args" in container:
        made["command"] = [expanded(part, values) for part in container["args"]]
    if "workingDir" in container:
        made["working_dir"] = container["workingDir"]
    if values:
        made["environment"] = values
    mounts = _mounts(found, name, pod, container)
    if mounts:
        made["volumes"] = mounts
    if "terminationGracePeriodSeconds" in pod:
        made["stop_grace_period"] = f"{pod['terminationGracePeriodSeconds']}s"
    return made | _shared_memory(found, pod, container) | _health(found, container, values) | _limits(found, container)


def _only_pauses(container: Manifest) -> bool:
    """Whether all that happens at its end is a pause for its successor to start, which Compose starts afterwards."""
    match container.get("lifecycle"):
        case {"preStop": {"exec": {"command": ["sleep", _], **others}, **handlers}, **hooks}:
            return not (others or handlers or hooks)
        case _:
            return False


def volume_names(service: Mapping[str, Any]) -> list[str]:
    """Return the named volumes that a service mounts, each once."""
    sources = (str(mount).split(":", maxsplit=1)[0] for mount in service.get("volumes", []))
    return list(dict.fromkeys(source for source in sources if not source.startswith((".", "/"))))


def _mounts(found: Objects, name: str, pod: Manifest, container: Manifest) -> list[str]:
    volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
    claimed = _volumes(found)
    mounts: list[str] = []
    for mount in container.get("volumeMounts", []):
        volume, path = volumes[mount["name"]], mount["mountPath"]
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        folder = (claim, mount.get("subPath"))
        if mount["name"] == "token" and "projected" in volume:
            # There is no API server to ask.
            continue
        if path == SHARED_MEMORY_DIRECTORY:
            continue
        if folder in claimed:
            mounts.append(f"{claimed[folder]}:{path}" + (":ro" if mount.get("readOnly") else ""))
        elif volume.keys() & _PRIVATE:
            mounts.append(f"{_private_volume(name, path)}:{path}")
        elif _config_maps(volume) == found.instance.scripts:
            # A single file where one of them is mounted alone.
            source = "/".join([f"./{SCRIPTS}", *([mount["subPath"]] if "subPath" in mount else [])])
            mounts.append(f"{source}:{path}:ro,z")
        else:
            raise _foreign(found, name, mount, claim or next(key for key in volume if key != "name"))
    return mounts


def _shared_memory(found: Objects, pod: Manifest, container: Manifest) -> Service:
    """Return the size of what Compose mounts by itself."""
    sizes = {volume["name"]: volume.get("emptyDir", {}).get("sizeLimit") for volume in pod.get("volumes", [])}
    for mount in container.get("volumeMounts", []):
        if mount["mountPath"] == SHARED_MEMORY_DIRECTORY:
            return {"shm_size": _bytes(found, f"{container['name']}: {mount['mountPath']}", sizes[mount["name"]])}
    return {}


def _config_maps(volume: Manifest) -> tuple[str, ...]:
    """Return the names of the ConfigMaps of which a volume has the files."""
    sources: list[Manifest] = volume.get("projected", {}).get("sources", [])
    return tuple(source["configMap"]["name"] for source in sources if "configMap" in source)


def _private_volume(service: str, path: str) -> str:
    """Return the volume of a directory of a pod's own. Decision 6 says why it is neither anonymous nor a tmpfs."""
    return f"{service}-tmp" if path == TEMPORARY_DIRECTORY else f"{service}-private"


def _volumes(found: Objects) -> dict[tuple[str, str | None], str]:
    """Return the volume for each folder of a claim, None for its root: Compose mounts volumes whole."""
    claims = {
        claim["metadata"]["name"]: claim["metadata"]["labels"][COMPONENT] for claim in found.of("PersistentVolumeClaim")
    }
    # New claims are mounted by a sub path of their component's name, never by their root; backups by others.
    directories = {directory.value for directory in Directory}
    volumes: dict[tuple[str, str | None], str] = {
        (claim, component): component if component in directories else found.part_of(claim)
        for claim, component in claims.items()
        if component != BACKUP
    }
    for claim, component in claims.items():
        if component == BACKUP:
            # There may be several, and what a drill has to tell lies beside what it only reads.
            part = found.part_of(claim)
            volumes[claim, GENERATIONS] = f"{part}-{GENERATIONS}"
            volumes[claim, drill_folder(GENERATIONS)] = f"{part}-drill"
    for mount in found.instance.extras.mounts:
        # What is only read is there because of what is in it, which an empty volume has not.
        volume = mount.volume
        if isinstance(volume, ExistingClaim) and volume.sub_path is None and not mount.read_only:
            volumes[volume.name, None] = f"extra-{volume.name}"
    storage = found.instance.storage
    bytecode = bytecode_sub_path(storage)
    if bytecode is None:
        return volumes
    return volumes | {(str(location(found.instance.name, storage, Directory.DATA).volume), bytecode): "bytecode"}


def _foreign(found: Objects, name: str, mount: Manifest, got: str) -> ValueError:
    path = mount["mountPath"]
    # Extras are numbered by the library; other volumes have names of their own.
    argument = f"{name}.extras.mounts" if mount["name"].startswith("extra-") else f"{name}: volume {mount['name']!r}"
    if mount["name"].startswith(INSTANCE_EXTRA):
        argument = "extras.mounts"
    advice = f"mount a file or folder of the machine at {path} in compose.override.yaml"
    return found.conflict(f"{argument} has {got} at {path}, which Compose cannot reach", advice)


def _health(found: Objects, container: Manifest, values: Mapping[str, str]) -> Service:
    """Return the readiness of its pod, where the image has what it takes to ask: ours has Python, another may not."""
    probe = container.get("readinessProbe") or container.get("livenessProbe")
    if probe is None or ("httpGet" in probe and container["image"] != found.instance.image_reference):
        return {}
    check: Service = {
        "test": ["CMD", *_test(found, container, probe, values)],
        "interval": f"{probe['periodSeconds']}s",
        "timeout": f"{probe['timeoutSeconds']}s",
        "retries": probe["failureThreshold"],
    }
    startup = container.get("startupProbe")
    seconds = startup["periodSeconds"] * startup["failureThreshold"] if startup else probe.get("initialDelaySeconds")
    return {"healthcheck": check | ({"start_period": f"{seconds}s"} if seconds else {})}


def _test(found: Objects, container: Manifest, probe: Manifest, values: Mapping[str, str]) -> list[str]:
    if "exec" in probe:
        return [expanded(part, values) for part in probe["exec"]["command"]]
    if "httpGet" not in probe:
        raise found.refuse(f"{container['name']}.readinessProbe", "exec or httpGet", probe, "leave it out")
    get = probe["httpGet"]
    ports = {port.get("name"): port["containerPort"] for port in container.get("ports", [])}
    headers = {header["name"]: header["value"] for header in get.get("httpHeaders", [])}
    program = (
        "import urllib.request as u; "
        f"u.urlopen(u.Request('http://127.0.0.1:{ports.get(get['port'], get['port'])}{get['path']}', "
        f"headers={headers!r}), timeout=4)"
    )
    return ["python3", "-c", program]


def _limits(found: Objects, container: Manifest) -> Service:
    """Return the limit of memory; Docker refuses one of more CPU than the machine has."""
    limit = container.get("resources", {}).get("limits", {}).get("memory")
    if limit is None:
        return {}
    memory = _bytes(found, f"{container['name']}.resources.memory_limit", limit)
    return {"deploy": {"resources": {"limits": {"memory": memory}}}}


def _bytes(found: Objects, argument: str, text: str) -> str:
    """Return a quantity as Compose writes it, in the largest unit in which it is a whole number."""
    size = math.ceil(quantity(found.path, argument, text))
    unit, factor = next((unit, factor) for unit, factor in _MEMORY_UNITS.items() if size % factor == 0)
    return f"{size // factor}{unit}"
