"""Room on the node's disk: a request for what is usual, and an end for what runs away."""

from __future__ import annotations

import pytest

from cdk8s_paperless_ngx import BundledTika, FlowerOptions, Paperless, Resources, Settings, WorkerOptions
from cdk8s_paperless_ngx.model import Restore
from cdk8s_paperless_ngx.settings import Logging
from tests.conftest import main_container, pod_spec


def sizes(synth):
    """Return the size of each pod's private directories, by component."""
    return {
        name.removeprefix("docs-"): volume["emptyDir"]["sizeLimit"]
        for (kind, name), manifest in synth().items()
        if kind in ("Deployment", "StatefulSet")
        for volume in pod_spec(manifest)["volumes"]
        if volume["name"] == "private"
    }


def test_big_scan_is_not_what_runs_away(chart, synth):
    """OCRmyPDF keeps each page of a scan in /tmp until all are done: measured, 21 MiB for one of 300 dpi."""
    Paperless(chart, "docs", tika=BundledTika(), flower=FlowerOptions())
    found = sizes(synth)

    assert {name for name, size in found.items() if size == "50Gi"} == {"webserver", "worker", "tika", "gotenberg"}
    assert {name: size for name, size in found.items() if size != "50Gi"} == dict.fromkeys(
        ("beat", "consumer", "flower", "postgres", "redis", "redelivery"), "1087Mi"
    )


def test_long_logs_do_not_end_a_pod(chart, synth):
    """They are the only thing that grows in most pods, and up to what the settings say."""
    logging = Logging(logrotate_max_size_bytes=100 * 1024**2, logrotate_max_backups=9)
    Paperless(chart, "docs", settings=Settings(logging=logging))

    assert sizes(synth)["consumer"] == f"{1024 + 3 * 10 * 100}Mi"


def test_restore_may_be_big(chart, synth):
    """It runs in beat's pod, and the importer takes decrypted texts of all documents into /tmp."""
    Paperless(chart, "docs", restore=Restore())

    assert sizes(synth)["beat"] == "50Gi"


def test_worker_asks_for_what_a_document_takes(chart, synth):
    Paperless(chart, "docs")
    manifests = synth()
    requests = {
        name: main_container(manifests["Deployment", f"docs-{name}"])["resources"]["requests"]["ephemeral-storage"]
        for name in ("worker", "webserver")
    }

    assert requests == {"worker": "1Gi", "webserver": "128Mi"}


def test_request_is_ones_own(chart, synth):
    resources = Resources(cpu_request="1", memory_request="1Gi", memory_limit="4Gi", ephemeral_storage_request="20Gi")
    Paperless(chart, "docs", worker=WorkerOptions(resources=resources))

    requests = main_container(synth()["Deployment", "docs-worker"])["resources"]["requests"]
    assert requests["ephemeral-storage"] == "20Gi"


def test_request_is_a_size():
    with pytest.raises(ValueError, match=r"^Resources: ephemeral_storage_request must be a size of at least 1Mi, got"):
        Resources(cpu_request="1", memory_request="1Gi", memory_limit="4Gi", ephemeral_storage_request="20")
