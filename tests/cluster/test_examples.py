"""Every example is accepted by an API server that knows the custom resources in it."""

from __future__ import annotations

import subprocess

import pytest
import yaml

from tests.cluster.cluster import Cluster
from tests.cluster.conftest import PROJECT
from tests.examples import EXAMPLES, synthesize

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def definitions(first_apply):
    """The definitions that the cluster does not have, for as long as these tests run."""
    assert first_apply.returncode == 0
    cluster = Cluster()
    made = []
    for file in sorted((PROJECT / "imports" / "schemas").iterdir()):
        for definition in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            name = f"customresourcedefinition/{definition['metadata']['name']}"
            if not cluster.find(name):
                cluster.kubectl("create", "--filename", "-", input=yaml.safe_dump(definition))
                made.append(name)
    for name in made:
        cluster.kubectl("wait", "--for=condition=Established", name, "--timeout=30s")
    yield
    if made:
        cluster.kubectl("delete", *made)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.usefixtures("definitions")
def test_example_is_accepted(name, tmp_path):
    """Not even a warning: of an unknown field, or of a pod that *restricted* would not admit."""
    synthesize(PROJECT / "examples" / name / "main.py", tmp_path)
    files = sorted(tmp_path.iterdir())
    manifests = [m for file in files for m in yaml.safe_load_all(file.read_text(encoding="utf-8"))]
    names = {manifest["metadata"].get("namespace") for manifest in manifests} - {None}
    namespaces = [Cluster(name) for name in sorted(names)]
    for namespace in namespaces:
        namespace.create_namespace("restricted")
    command = ["kubectl", "apply", "--server-side", "--dry-run=server", "--filename", str(tmp_path)]
    accepted = subprocess.run(command, capture_output=True, text=True, check=False)
    for namespace in namespaces:
        namespace.kubectl("delete", "namespace", namespace.namespace, "--wait=false")

    assert (accepted.returncode, accepted.stderr) == (0, "")
    assert len(accepted.stdout.splitlines()) == len(manifests)
