"""What tests share: an app to synthesize, and its manifests by kind and name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cdk8s
import pytest

Manifest = dict[str, Any]
Manifests = dict[tuple[str, str], Manifest]


@pytest.fixture
def app() -> cdk8s.App:
    return cdk8s.Testing.app()


@pytest.fixture
def chart(app: cdk8s.App) -> cdk8s.Chart:
    return cdk8s.Chart(app, "chart", namespace="docs")


@pytest.fixture
def synth(chart: cdk8s.Chart) -> Callable[[], Manifests]:
    """Synthesize the chart; manifests by (kind, name), so that tests never count positions."""
    return lambda: by_kind_and_name(cdk8s.Testing.synth(chart))


def by_kind_and_name(manifests: list[Manifest]) -> Manifests:
    found = {(manifest["kind"], manifest["metadata"]["name"]): manifest for manifest in manifests}
    assert len(found) == len(manifests), "two objects of one kind and name"
    return found


def config_data(manifests: Manifests, name: str) -> dict[str, str]:
    """Return what is in the one ConfigMap of a name, which a hash of the content follows."""
    (found,) = (m for (kind, full), m in manifests.items() if kind == "ConfigMap" and full.rpartition("-")[0] == name)
    return found["data"]


def pod_spec(manifest: Manifest) -> Manifest:
    return manifest["spec"]["template"]["spec"]


def pod_specs(manifest: Manifest) -> list[Manifest]:
    """Return the pod of a workload, also that of a CronJob's Job; none for anything else."""
    spec = manifest.get("spec", {})
    specs = (spec, spec.get("jobTemplate", {}).get("spec", {}))
    return [it["template"]["spec"] for it in specs if "spec" in it.get("template", {})]


def main_container(manifest: Manifest) -> Manifest:
    (container,) = pod_spec(manifest)["containers"]
    return container


def init_container(manifest: Manifest) -> Manifest:
    (container,) = pod_spec(manifest)["initContainers"]
    return container


def environment(container: Manifest) -> dict[str, Any]:
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in container["env"]}


def claims_mounted(manifest: Manifest, container: Manifest) -> dict[str, tuple[str, str | None]]:
    """Mount path → (claim, sub path) of a container."""
    claims = {
        volume["name"]: volume["persistentVolumeClaim"]["claimName"]
        for volume in pod_spec(manifest)["volumes"]
        if "persistentVolumeClaim" in volume
    }
    return {
        mount["mountPath"]: (claims[mount["name"]], mount.get("subPath"))
        for mount in container["volumeMounts"]
        if mount["name"] in claims
    }
