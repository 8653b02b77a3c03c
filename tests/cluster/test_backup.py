"""The daily export, started by hand."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.cluster

# Reads what the export left, from where nothing else is mounted.
READER = {
    "spec": {
        "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "reader",
                "image": "ghcr.io/paperless-ngx/paperless-ngx:3.0.5",
                "command": ["sh", "-c", "cat /backup/backup/manifest.json; cat /backup/backup/kept.txt"],
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                "volumeMounts": [{"name": "backup", "mountPath": "/backup"}],
            }
        ],
        "volumes": [{"name": "backup", "persistentVolumeClaim": {"claimName": "paperless-backup"}}],
        "restartPolicy": "Never",
    }
}


def test_export_has_documents_and_files(instance):
    """The same database, the same media directory, as a user who may write to the claim."""
    instance.start_at("3.0.5")
    instance.forget_events()
    instance.upload("kept.txt", "about greengages")
    instance.wait_for_event("consumed kept.txt")
    instance.kubectl("create", "job", "export", "--from=cronjob/paperless-backup")
    instance.kubectl("wait", "--for=condition=Complete", "job/export", "--timeout=60s")

    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "reader"}, **READER}
    instance.kubectl("apply", "--filename", "-", input=json.dumps(pod))
    instance.kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/reader", "--timeout=60s")
    manifest, _, content = instance.kubectl("logs", "pod/reader").partition("]")
    assert "kept.txt" in manifest
    assert content == "about greengages"
    instance.kubectl("delete", "pod/reader", "job/export")


def test_export_waits_for_a_migration(instance):
    """A database between two releases is no backup."""
    instance.start_at("3.0.5")
    instance.sql("UPDATE cdk8s_paperless_ngx_release SET state = 'migrating'")
    instance.kubectl("create", "job", "early", "--from=cronjob/paperless-backup")

    def waits():
        log = instance.kubectl_process("logs", "job/early", "--container", "gate").stdout
        return "waiting for release 3.0.5-en, which is migrating" in log

    instance.wait_for("the export to wait", waits)
    instance.sql("UPDATE cdk8s_paperless_ngx_release SET state = 'ready'")
    instance.kubectl("wait", "--for=condition=Complete", "job/early", "--timeout=60s")
    instance.kubectl("delete", "job/early")
