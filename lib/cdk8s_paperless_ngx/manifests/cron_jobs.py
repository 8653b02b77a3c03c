"""The one CronJob shape."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.labels import RELEASE, object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.objects import metadata, owned
from cdk8s_paperless_ngx.manifests.pod_specs import placement, placement_labels, pod_metadata, pod_spec
from cdk8s_paperless_ngx.manifests.scopes import scope_of
from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import checked_object_name
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.validation.numbers import seconds

_START_WITHIN_SECONDS = 600
"""After that a run that was missed is left to the next; unset, a hundred missed runs would stop the CronJob."""


def cron_job(
    scope: Construct,
    instance: Instance,
    container: k8s.Container,
    *,
    component: str,
    part: str,
    schedule: str,
    time_zone: str | None = None,
    deadline: timedelta,
    directories: Collection[Directory],
    volumes_beside: Sequence[k8s.Volume] = (),
    gate: k8s.Container | None = None,
    init_containers: Sequence[k8s.Container] = (),
    private: k8s.Volume | None = None,
) -> k8s.KubeCronJob:
    """Create a CronJob of which one run at a time works on an instance's directories, and none is repeated.

    Args:
        scope: Construct to create it in, as its default child.
        instance: The installation.
        container: What to run.
        component: What it is for, as a label.
        part: Second half of the object's name.
        schedule: A cron expression.
        time_zone: Of the schedule; unset, the cluster's.
        deadline: When a run is ended.
        directories: Whose claims the containers mount; on single-node storage the pod then runs where they are.
        volumes_beside: What else they mount.
        gate: What must end before; the pod is then one of the instance's release, and a migration waits for it.
        init_containers: What else must end before, in this order.
        private: What is behind the private directories; unset, a part of the node's disk.
    """
    name = checked_object_name(scope_of(scope).path, instance.name, part)
    selector = selector_labels(instance.name, component)
    labels = selector | placement_labels(instance) | ({RELEASE: str(instance.release)} if gate else {})
    pod = pod_spec(
        instance,
        container,
        [
            *volumes.directory_volumes(instance, directories),
            *volumes_beside,
            *volumes.instance_extra_volumes(instance),
            *volumes.certificate_volumes(instance),
            private or volumes.private_volume(instance.private_size(documents=True)),
            volumes.scripts_volume(instance),
        ],
        restart_policy="Never",
        init_containers=[*([gate] if gate else []), *init_containers],
        affinity=placement(instance),
    )
    made = k8s.KubeCronJob(
        scope,
        "Default",
        metadata=metadata(name, object_labels(selector, version=instance.image.version)),
        spec=struct(
            k8s.CronJobSpec,
            schedule=schedule,
            time_zone=time_zone,
            concurrency_policy="Forbid",
            suspend=instance.suspended or None,
            starting_deadline_seconds=_START_WITHIN_SECONDS,
            successful_jobs_history_limit=1,
            failed_jobs_history_limit=3,
            job_template=struct(
                k8s.JobTemplateSpec,
                metadata=struct(k8s.ObjectMeta, labels=object_labels(selector)),
                spec=struct(
                    k8s.JobSpec,
                    backoff_limit=0,
                    active_deadline_seconds=seconds(deadline),
                    template=struct(k8s.PodTemplateSpec, metadata=pod_metadata(instance, labels), spec=pod),
                ),
            ),
        ),
    )
    return owned(made, instance.namespace, name)
