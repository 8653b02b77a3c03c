"""A pod's container as a Compose service: image, argv, environment, mounts and limits as they are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cdk8s_paperless_ngx.compose.variables import environment, expanded, literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdk8s_paperless_ngx.compose.manifests import Manifest, Objects

Service = dict[str, Any]

SCRIPTS: Final = "cdk8s-paperless-ngx"
"""Folder beside the file, by the name that it has in containers: what the ConfigMap of scripts has in a cluster."""
_TEMPORARY: Final = "/tmp"  # noqa: S108 (inside a container)
_UNITS: Final = {"Ki": "k", "Mi": "m", "Gi": "g"}
_MEBIBYTES: Final = re.compile(r"([0-9]+)(Ki|Mi|Gi)")


def service(found: Objects, pod: Manifest, container: Manifest) -> Service:
    """Return a container of a pod as a service.

    Raises:
        ValueError: It mounts or reads what Compose cannot bring.
    """
    security = pod["securityContext"]
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
        made["entrypoint"] = [literal(part) for part in container["command"]]
    if "args" in container:
        made["command"] = [expanded(part, values) for part in container["args"]]
    if "workingDir" in container:
        made["working_dir"] = container["workingDir"]
    if values:
        made["environment"] = values
    made |= _mounts(found, pod, container)
    if "terminationGracePeriodSeconds" in pod:
        made["stop_grace_period"] = f"{pod['terminationGracePeriodSeconds']}s"
    made |= _health(found, container)
    made["deploy"] = {"resources": {"limits": _limits(container["resources"]["limits"])}}
    return made


def volume_names(service: Mapping[str, Any]) -> list[str]:
    """Return the named volumes that a service mounts."""
    sources = (str(mount).split(":", maxsplit=1)[0] for mount in service.get("volumes", []))
    return [source for source in sources if not source.startswith((".", "/"))]


def _mounts(found: Objects, pod: Manifest, container: Manifest) -> Service:
    volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
    named: list[str] = []
    temporary: list[str] = []
    for mount in container.get("volumeMounts", []):
        volume, path = volumes[mount["name"]], mount["mountPath"]
        mode = ":ro" if mount.get("readOnly") else ""
        if "persistentVolumeClaim" in volume:
            named.append(f"{_volume(found, volume, mount)}:{path}{mode}")
        elif "emptyDir" in volume and path == _TEMPORARY:
            # A volume of the container's own and no tmpfs: pages of big scans would fill the memory.
            named.append(path)
        elif "emptyDir" in volume:
            temporary.append(path)
        elif volume.get("configMap", {}).get("name") == found.instance.scripts:
            named.append(f"./{SCRIPTS}:{path}:ro,z")
        elif "projected" in volume and mount["name"] == "token":
            # There is no API server to ask.
            continue
        else:
            kind = next(key for key in volume if key != "name")
            advice = "mount a file of the machine by compose.override.yaml"
            raise found.refuse(f"mount at {path}", "a claim of the instance", kind, advice)
    return ({"volumes": named} if named else {}) | ({"tmpfs": temporary} if temporary else {})


def _volume(found: Objects, volume: Manifest, mount: Manifest) -> str:
    claim = volume["persistentVolumeClaim"]["claimName"]
    if claim not in {manifest["metadata"]["name"] for manifest in found.of("PersistentVolumeClaim")}:
        advice = "put the folder in its place by compose.override.yaml"
        raise found.refuse("storage", "made of new claims", claim, advice)
    return str(mount["subPath"]).rpartition("/")[2].removeprefix(".")


def _health(found: Objects, container: Manifest) -> Service:
    """Return the readiness of its pod, where the image has what it takes to ask: ours has Python, another may not."""
    probe = container.get("readinessProbe") or container.get("livenessProbe")
    if probe is None or ("httpGet" in probe and container["image"] != found.instance.image_reference):
        return {}
    check: Service = {
        "test": ["CMD", *_test(container, probe)],
        "interval": f"{probe['periodSeconds']}s",
        "timeout": f"{probe['timeoutSeconds']}s",
        "retries": probe["failureThreshold"],
    }
    startup = container.get("startupProbe")
    seconds = startup["periodSeconds"] * startup["failureThreshold"] if startup else probe.get("initialDelaySeconds")
    return {"healthcheck": check | ({"start_period": f"{seconds}s"} if seconds else {})}


def _test(container: Manifest, probe: Manifest) -> list[str]:
    if "exec" in probe:
        return [literal(part) for part in probe["exec"]["command"]]
    get = probe["httpGet"]
    (port,) = (port["containerPort"] for port in container["ports"] if port["name"] == get["port"])
    headers = {header["name"]: header["value"] for header in get["httpHeaders"]}
    program = (
        "import urllib.request as u; "
        f"u.urlopen(u.Request('http://127.0.0.1:{port}{get['path']}', headers={headers!r}), timeout=4)"
    )
    return ["python3", "-c", program]


def _limits(limits: Manifest) -> Service:
    memory = _MEBIBYTES.sub(lambda match: f"{match[1]}{_UNITS[match[2]]}", limits["memory"])
    return {"memory": memory} | ({"cpus": limits["cpu"]} if "cpu" in limits else {})
