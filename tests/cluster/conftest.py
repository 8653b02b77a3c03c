"""What cluster tests share: one instance from dist/, and what a user would look at."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.cluster import NAMESPACE, Cluster

PROJECT = Path(__file__).parent.parent.parent
_OURS = "cdk8s-paperless-ngx/test=true"


@pytest.fixture(scope="session")
def first_apply(request) -> Iterator[subprocess.CompletedProcess[str]]:
    """Apply dist/ to a cluster that knows nothing of it; afterwards nothing is left."""
    for variable in ("KUBECONFIG", "TESTCLUSTER"):
        if variable not in os.environ:
            pytest.skip(f"{variable} is not set")
    cluster = Cluster()
    namespace = cluster.find(f"namespace/{NAMESPACE}")
    if namespace and "cdk8s-paperless-ngx/test" not in namespace["metadata"].get("labels", {}):
        pytest.exit(f"namespace {NAMESPACE} exists on this cluster and no test made it; it stays untouched", 2)
    terminal = request.config.pluginmanager.getplugin("terminalreporter")
    terminal.write_line("\nLoading images…")
    subprocess.run([Path(__file__).parent / "load-images"], check=True)
    if namespace:
        cluster.remove()
    applied = cluster.kubectl_process("apply", "--filename", str(PROJECT / "dist"))
    cluster.kubectl("label", f"namespace/{NAMESPACE}", _OURS)
    yield applied
    cluster.remove()


@pytest.fixture(scope="session")
def instance(first_apply) -> Cluster:
    """The instance of dist/, with everything ready."""
    assert first_apply.returncode == 0, first_apply.stderr
    cluster = Cluster()
    cluster.wait_until_ready()
    return cluster
