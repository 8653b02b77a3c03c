"""What cluster tests share: one instance from dist/, and what a user would look at."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster, NotOursError

PROJECT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def first_apply(request) -> Iterator[subprocess.CompletedProcess[str]]:
    """Apply dist/ to a cluster that knows nothing of it; afterwards nothing is left."""
    for variable in ("KUBECONFIG", "TESTCLUSTER"):
        if variable not in os.environ:
            pytest.skip(f"{variable} is not set")
    cluster = Cluster()
    terminal = request.config.pluginmanager.getplugin("terminalreporter")
    terminal.write_line("\nLoading images…")
    try:
        applied = cluster.install()
    except NotOursError as error:
        pytest.exit(str(error), 2)
    yield applied
    cluster.remove()


@pytest.fixture(scope="session")
def instance(first_apply) -> Cluster:
    """The instance of dist/, with everything ready."""
    assert first_apply.returncode == 0, first_apply.stderr
    cluster = Cluster()
    cluster.wait_until_ready()
    return cluster


def pytest_collection_modifyitems(items):
    """Look at the first installation before another test changes it."""
    items.sort(key=lambda item: item.path.name != "test_first_install.py")
