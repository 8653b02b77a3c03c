"""The CronJob that looks for documents that no task will store any more."""

from __future__ import annotations

import pytest

from cdk8s_paperless_ngx import Paperless, RescueOptions, SharedStorage
from tests.conftest import claims_mounted


def rescue(chart, synth, **arguments):
    Paperless(chart, "docs", **arguments)
    return synth()["CronJob", "docs-rescue"]


def job(cron_job):
    return cron_job["spec"]["jobTemplate"]


def container(cron_job):
    (container,) = job(cron_job)["spec"]["template"]["spec"]["containers"]
    return container


def test_names_and_cannot_touch(chart, synth):
    """Files in consume and media are users': it can only read them. In scratch it takes notes and tidies up."""
    cron_job = rescue(chart, synth, rescue=RescueOptions(schedule="5 4 * * *"))
    read_only = {mount["mountPath"] for mount in container(cron_job)["volumeMounts"] if mount.get("readOnly")}

    assert claims_mounted(job(cron_job), container(cron_job)) == {
        f"/usr/src/paperless/{name}": (f"docs-{name}", name) for name in ("scratch", "consume", "media")
    }
    assert {"/usr/src/paperless/consume", "/usr/src/paperless/media"} <= read_only
    assert "/usr/src/paperless/scratch" not in read_only
    assert cron_job["spec"]["schedule"] == "5 4 * * *"


def test_one_run_at_a_time_and_none_again(chart, synth):
    """Two would race for the same files; a Job that failed has found something, which a second try does not change."""
    cron_job = rescue(chart, synth)

    assert cron_job["spec"]["concurrencyPolicy"] == "Forbid"
    assert job(cron_job)["spec"]["backoffLimit"] == 0
    assert job(cron_job)["spec"]["template"]["spec"]["restartPolicy"] == "Never"


def test_runs_where_the_claims_are(chart, synth):
    """A ReadWriteOnce claim can be mounted on one node only."""
    template = job(rescue(chart, synth))["spec"]["template"]

    assert template["metadata"]["labels"]["cdk8s-paperless-ngx/node"] == "shared"
    assert "podAffinity" in template["spec"]["affinity"]


def test_runs_anywhere_on_shared_storage(chart, synth):
    template = job(rescue(chart, synth, storage=SharedStorage(storage_class="cephfs")))["spec"]["template"]

    assert "affinity" not in template["spec"]


def test_no_migration_waits_for_it(chart, synth):
    """It has no release: it reads checksums, which mean the same in all of them."""
    template = job(rescue(chart, synth))["spec"]["template"]

    assert "cdk8s-paperless-ngx/release" not in template["metadata"]["labels"]


def test_none_is_none(chart, synth):
    Paperless(chart, "docs", rescue=None)

    assert ("CronJob", "docs-rescue") not in synth()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"schedule": "hourly"}, "RescueOptions: schedule must be a cron expression of five fields"),
        ({"schedule": "23  * * * *"}, "RescueOptions: schedule must be a cron expression of five fields"),
    ],
)
def test_wrong_input(arguments, sentence):
    with pytest.raises(ValueError, match="must be") as refused:
        RescueOptions(**arguments)

    assert str(refused.value).startswith(sentence)
