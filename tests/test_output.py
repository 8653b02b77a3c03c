"""What is written: valid for every Kubernetes, restricted, deterministic, and committed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from kubernetes_validate.utils import all_versions, major_minor

from tests.conftest import by_kind_and_name

PROJECT = Path(__file__).parent.parent
DIST = PROJECT / "dist" / "paperless.k8s.yaml"
MANIFESTS = list(yaml.safe_load_all(DIST.read_text(encoding="utf-8")))
PODS = {
    f"{manifest['kind']} {manifest['metadata']['name']}": spec["template"]
    for manifest in MANIFESTS
    for spec in (manifest.get("spec", {}), manifest.get("spec", {}).get("jobTemplate", {}).get("spec", {}))
    if "template" in spec
}


def synthesize(folder: Path, seed: str) -> dict[str, bytes]:
    subprocess.run(
        [sys.executable, "main.py"],
        cwd=PROJECT,
        env=os.environ | {"CDK8S_OUTDIR": str(folder), "PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
    )
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_dist_is_fresh_and_deterministic(tmp_path):
    """GitOps tools read what is committed; the same input gives the same bytes, whatever the hash seed."""
    committed = {file.name: file.read_bytes() for file in DIST.parent.iterdir()}

    for seed in ("1", "2"):
        assert synthesize(tmp_path / seed, seed) == committed, "dist/ is not what main.py makes; run `make synth`"


def test_namespace_is_first():
    """`kubectl apply` goes from top to bottom: nothing can be created in a namespace that does not exist yet."""
    first = MANIFESTS[0]

    assert first["kind"] == "Namespace"
    assert "namespace" not in first["metadata"]
    assert first["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_config_maps_fit_into_the_annotation_that_kubectl_apply_makes_of_them():
    """Client-side apply keeps a copy of an object in an annotation, of which Kubernetes takes 256 KiB in all."""
    sizes = {m["metadata"]["name"]: len(json.dumps(m)) for m in MANIFESTS if m["kind"] == "ConfigMap"}

    assert max(sizes.values()) < 250 * 1024, sizes


def test_names_are_unique():
    by_kind_and_name(MANIFESTS)


@pytest.mark.parametrize("version", sorted({major_minor(version) for version in all_versions()}))
def test_every_object_is_valid(version):
    """Strict: an unknown field is an error."""
    for manifest in MANIFESTS:
        kubernetes_validate.validate(manifest, version, strict=True)


def test_built_in_kinds_only():
    """One custom resource whose definition is missing fails a whole sync."""
    assert {manifest["apiVersion"].rpartition("/")[0] for manifest in MANIFESTS} == {
        "",
        "apps",
        "batch",
        "rbac.authorization.k8s.io",
    }


def empty_lists(value, path=""):
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in empty_lists(item, f"{path}.{key}")]
    if isinstance(value, list):
        return [found for item in value for found in empty_lists(item, f"{path}[]")] if value else [path]
    return []


def test_no_list_is_empty():
    """The API server drops an empty list, so every `kubectl apply` would find a difference and say "configured"."""
    assert [path for manifest in MANIFESTS for path in empty_lists(manifest, manifest["metadata"]["name"])] == []


def containers(template):
    return [*template["spec"]["containers"], *template["spec"].get("initContainers", [])]


@pytest.mark.parametrize("pod", PODS)
def test_pod_security_restricted(pod):
    """Every rule of the Pod Security Standard *restricted*, and those of *baseline* that it contains."""
    spec = PODS[pod]["spec"]
    security = spec["securityContext"]

    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"sysctls", "seLinuxOptions", "windowsOptions", "appArmorProfile"} & security.keys()
    allowed = {"configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret", "downwardAPI"}
    assert {kind for volume in spec["volumes"] for kind in volume.keys() - {"name"}} <= allowed
    for container in containers(PODS[pod]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
        assert not [port for port in container.get("ports", []) if "hostPort" in port]


@pytest.mark.parametrize("pod", PODS)
def test_pod_is_pinned_bounded_and_silent(pod):
    """No moving tag, no unbounded memory or temporary files, no service links, no token where none was asked for."""
    spec = PODS[pod]["spec"]

    assert spec["enableServiceLinks"] is False
    assert spec["automountServiceAccountToken"] is False
    assert all("sizeLimit" in volume["emptyDir"] for volume in spec["volumes"] if "emptyDir" in volume)
    for container in containers(PODS[pod]):
        tag = container["image"].rpartition(":")[2]
        assert tag[0].isdigit()
        assert container["imagePullPolicy"] == "IfNotPresent"
        assert {"cpu", "memory", "ephemeral-storage"} <= container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]
        assert "ephemeral-storage" not in container["resources"]["limits"], "it would count logs, and end OCR for them"
        paths = [mount["mountPath"] for mount in container.get("volumeMounts", [])]
        assert len(paths) == len(set(paths))


def test_instance_fits_a_small_cluster():
    """Requests of all pods together leave room on two cores and four gibibytes."""
    cpu = sum(
        int(container["resources"]["requests"]["cpu"].removesuffix("m"))
        for pod in PODS.values()
        for container in pod["spec"]["containers"]
    )

    assert cpu <= 1000
