"""Secrets made inside the cluster, so that no secret value is ever in git."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

import cdk8s
from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.kubernetes import accounts, fields, volumes
from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.kubernetes.pods import application_pod, pod_metadata
from cdk8s_paperless_ngx.kubernetes.workloads import part_name
from cdk8s_paperless_ngx.resources import Resources
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdk8s_paperless_ngx.instance import Instance

_PART: Final = "secrets"
_RESOURCES: Final = Resources(cpu_request="10m", memory_request="32Mi", memory_limit="128Mi")
_RETRIES: Final = 1000
"""Practically for ever: the pauses between tries grow to six minutes."""


class GeneratedSecrets(Construct):
    """A Job that creates Secrets with random values, once; those that exist already are left alone.

    Its account may create Secrets and nothing else: neither read nor change them. The Job's name ends in a hash of its
    specification, because a Job cannot be changed, and it has no TTL: GitOps tools would create it again for ever.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings.
        instance: The installation.
        secrets: Name of each Secret, its keys, and the length of each key's value.
    """

    def __init__(
        self, scope: Construct, id: str, *, instance: Instance, secrets: Mapping[str, Mapping[str, int]]
    ) -> None:
        super().__init__(scope, id)
        name = part_name(self, instance, _PART)
        selector = selector_labels(instance.name, _PART)
        account = accounts.account(
            self,
            name=name,
            namespace=instance.namespace,
            labels=object_labels(selector),
            resource="secrets",
            verb="create",
        )
        wanted = {
            "secrets": {secret: dict(keys) for secret, keys in secrets.items()},
            # Not app.kubernetes.io/instance: Argo CD 2 would prune what has its Application's name there and is not in
            # git.
            "labels": {"app.kubernetes.io/part-of": "paperless-ngx", "cdk8s-paperless-ngx/instance": instance.name},
            "annotations": fields.KEEP,
        }
        spec = k8s.JobSpec(
            backoff_limit=_RETRIES,
            template=k8s.PodTemplateSpec(
                metadata=pod_metadata(instance, selector),
                spec=application_pod(
                    instance,
                    _container(instance, wanted),
                    [volumes.scripts_volume(instance), volumes.private_volume(), volumes.token_volume()],
                    restart_policy="OnFailure",
                    service_account=account,
                ),
            ),
        )
        job = k8s.KubeJob(self, "Default", metadata=k8s.ObjectMeta(labels=object_labels(selector)), spec=spec)
        rendered = json.dumps(job.to_json()["spec"], sort_keys=True)
        digest = hashlib.sha256(rendered.encode()).hexdigest()[:8]
        job.add_json_patch(cdk8s.JsonPatch.add("/metadata/name", f"{name}-{digest}"))
        self.job = job


def _container(instance: Instance, wanted: Mapping[str, object]) -> k8s.Container:
    return k8s.Container(
        name=_PART,
        image=instance.image_reference,
        image_pull_policy="IfNotPresent",
        command=["python3", f"{volumes.SCRIPTS_PATH}/generate_secrets.py", json.dumps(wanted, sort_keys=True)],
        env=fields.environment([Variable(name="HOME", value="/tmp")]),  # noqa: S108 (private to the pod)
        volume_mounts=[volumes.scripts_mount(), *volumes.private_mounts(), volumes.token_mount()],
        resources=fields.resources(_RESOURCES),
        security_context=fields.container_security(),
    )
