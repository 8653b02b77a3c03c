"""What cluster tests share: one instance from dist/, and what a user would look at."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster, NotOursError, load_images

_NO_TIME = "no time is left"
PROJECT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def say(request) -> Callable[[str], None]:
    """Write a line to whoever watches, whether a test fails or not."""
    plugins = request.config.pluginmanager
    terminal, capture = plugins.getplugin("terminalreporter"), plugins.getplugin("capturemanager")

    def write(text: str) -> None:
        with capture.global_and_fixture_disabled():
            terminal.write_line(f"\n{text}")

    return write


@pytest.fixture(scope="session")
def images(say) -> None:
    """The images of all tests, in the cluster."""
    for variable in ("KUBECONFIG", "TESTCLUSTER"):
        if variable not in os.environ:
            pytest.skip(f"{variable} is not set")
    say("Loading images…")
    load_images()


@pytest.fixture(scope="session")
def first_apply(images) -> Iterator[subprocess.CompletedProcess[str]]:  # noqa: ARG001 (pytest loads them first)
    """Apply dist/ to a cluster that knows nothing of it; afterwards nothing is left."""
    cluster = Cluster()
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
    """Look at the first installation before another test changes it; what takes longest comes last."""
    order = {"test_first_install.py": -1, "test_off_site.py": 1}
    items.sort(key=lambda item: order.get(item.path.name, 0))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """Begin no test after the moment that `.ci/run` sets, so that a slow machine ends in time, with all that it saw."""
    if time.time() > float(os.environ.get("TESTS_END", "inf")):
        pytest.skip(_NO_TIME)


def pytest_terminal_summary(terminalreporter):
    """Say loudly what was not run."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if _NO_TIME in str(report.longrepr)]
    for report in skipped:
        terminalreporter.write_line(f"*** NOT run, as no time was left: {report.nodeid} ***")
