"""The one CronJob shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.kubernetes import volumes
from cdk8s_paperless_ngx.kubernetes.labels import RELEASE, object_labels, selector_labels
from cdk8s_paperless_ngx.kubernetes.pods import application_pod, placement, pod_metadata
from cdk8s_paperless_ngx.kubernetes.workloads import part_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs import Construct

    from cdk8s_paperless_ngx.instance import Instance
    from cdk8s_paperless_ngx.storage import Directory

_START_WITHIN_SECONDS = 600
"""After that a run that was missed is left to the next; unset, a hundred missed runs would stop the CronJob."""


def cron_job(
    scope: Construct,
    instance: Instance,
    container: k8s.Container,
    *,
    part: str,
    schedule: str,
    time_zone: str | None = None,
    deadline_seconds: int,
    directories: Iterable[Directory],
    volumes_beside: Sequence[k8s.Volume] = (),
    gate: k8s.Container | None = None,
) -> k8s.KubeCronJob:
    """Create a CronJob of which one run at a time works on an instance's directories, and none is repeated.

    Args:
        scope: Construct to create it in, as its default child.
        instance: The installation.
        container: What to run; its name is the component's.
        part: Second half of the object's name.
        schedule: A cron expression.
        time_zone: Of the schedule; unset, the cluster's.
        deadline_seconds: When a run is ended.
        directories: Whose claims the containers mount; on single-node storage the pod then runs where they are.
        volumes_beside: What else they mount.
        gate: What must end before; the pod is then one of the instance's release, and a migration waits for it.
    """
    selector = selector_labels(instance.name, container.name)
    place = placement(instance)
    labels = selector | place.labels | ({RELEASE: str(instance.release)} if gate else {})
    pod = application_pod(
        instance,
        container,
        [
            *volumes.shared_volumes(instance, directories),
            *volumes_beside,
            *volumes.trust_volumes(instance),
            volumes.private_volume(),
            volumes.scripts_volume(instance),
        ],
        restart_policy="Never",
        init_containers=[gate] if gate else [],
        affinity=place.affinity,
    )
    return k8s.KubeCronJob(
        scope,
        "Default",
        metadata=k8s.ObjectMeta(
            name=part_name(scope, instance, part), labels=object_labels(selector, version=instance.image.version)
        ),
        spec=k8s.CronJobSpec(
            schedule=schedule,
            time_zone=time_zone,
            concurrency_policy="Forbid",
            suspend=instance.suspended or None,
            starting_deadline_seconds=_START_WITHIN_SECONDS,
            successful_jobs_history_limit=1,
            failed_jobs_history_limit=3,
            job_template=k8s.JobTemplateSpec(
                metadata=k8s.ObjectMeta(labels=object_labels(selector)),
                spec=k8s.JobSpec(
                    backoff_limit=0,
                    active_deadline_seconds=deadline_seconds,
                    template=k8s.PodTemplateSpec(metadata=pod_metadata(instance, labels), spec=pod),
                ),
            ),
        ),
    )
