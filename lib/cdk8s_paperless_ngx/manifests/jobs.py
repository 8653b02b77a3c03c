"""Jobs: one makes Secrets, one has a backup's claim bound.

Their names end in a hash of their specification, because a Job cannot be changed, and they have no TTL: GitOps tools
would create them again for ever.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Final

import cdk8s
from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests import volumes
from cdk8s_paperless_ngx.manifests.containers import container_security, environment, resources
from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.objects import owned
from cdk8s_paperless_ngx.manifests.pod_specs import placement, placement_labels, pod_metadata, pod_spec
from cdk8s_paperless_ngx.manifests.structs import struct
from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.annotations import KEEP
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import BACKUP, BACKUP_CLAIM, SECRETS, digest, object_name
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping

_RETRIES: Final = 1000
"""Practically for ever: the pauses between tries grow to six minutes."""


def secrets_job(
    scope: Construct, instance: Instance, wanted: Mapping[str, Mapping[str, int]], *, service_account: str
) -> k8s.KubeJob:
    """Create the Job that makes Secrets.

    Args:
        scope: Construct to create it in, as its default child.
        instance: The installation.
        wanted: Name of each Secret, its keys, and the length of each key's value.
        service_account: That may create Secrets.
    """
    selector = selector_labels(instance.name, SECRETS)
    arguments = {
        "secrets": {secret: dict(keys) for secret, keys in wanted.items()},
        # Not app.kubernetes.io/instance: Argo CD 2 would prune what has its Application's name there and is not in
        # git.
        "labels": {"app.kubernetes.io/part-of": "paperless-ngx", "cdk8s-paperless-ngx/instance": instance.name},
        "annotations": dict(KEEP),
    }
    pod = pod_spec(
        instance,
        _container(instance, json.dumps(arguments, sort_keys=True)),
        [
            volumes.scripts_volume(instance),
            volumes.private_volume(instance.private_size(documents=False)),
            volumes.token_volume(),
        ],
        restart_policy="OnFailure",
        service_account=service_account,
    )
    return _job(scope, "Default", instance, selector, pod, prefix=object_name(instance.name, SECRETS), digits=8)


def claim_job(
    scope: Construct, instance: Instance, *, part: str, claim: str, directories: Collection[Directory]
) -> k8s.KubeJob:
    """Create the Job whose pod uses a claim once, and does nothing.

    A claim of a class that binds at first use (``WaitForFirstConsumer``) is Pending until then, and so are Argo CD and
    Flux. The pod has the volumes of those that will use it, so that the claim is bound where they can run.

    Args:
        scope: Construct to create it in, as its child ``pvc``.
        instance: The installation.
        part: Of the name of what will use the claim.
        claim: Its name.
        directories: Whose claims its users mount beside it.
    """
    selector = selector_labels(instance.name, BACKUP_CLAIM)
    container = struct(
        k8s.Container,
        name=BACKUP_CLAIM,
        image=instance.image_reference,
        image_pull_policy="IfNotPresent",
        command=["true"],
        resources=resources(instance.pods.gate_resources),
        security_context=container_security(),
    )
    pod = pod_spec(
        instance,
        container,
        [*volumes.directory_volumes(instance, directories), volumes.claim_volume(BACKUP, claim)],
        restart_policy="OnFailure",
        affinity=placement(instance),
    )
    prefix = f"{object_name(instance.name, part)}-pvc"
    labels = placement_labels(instance)
    # As many digits as are left: the name before them has up to 52 characters, and a Job's may have 63.
    return _job(scope, "pvc", instance, selector, pod, labels=labels, prefix=prefix, digits=6)


def _job(
    scope: Construct,
    id: str,
    instance: Instance,
    selector: Mapping[str, str],
    pod: k8s.PodSpec,
    *,
    labels: Mapping[str, str] = FrozenMapping(),
    prefix: str,
    digits: int,
) -> k8s.KubeJob:
    """Create a Job; its pods have more labels than it has itself."""
    template = struct(k8s.PodTemplateSpec, metadata=pod_metadata(instance, {**selector, **labels}), spec=pod)
    spec = struct(k8s.JobSpec, backoff_limit=_RETRIES, template=template)
    job = k8s.KubeJob(scope, id, metadata=struct(k8s.ObjectMeta, labels=object_labels(selector)), spec=spec)
    name = f"{prefix}-{digest(job.to_json()['spec'], digits)}"
    job.add_json_patch(cdk8s.JsonPatch.add("/metadata/name", name))
    return owned(job, instance.namespace, name)


def _container(instance: Instance, arguments: str) -> k8s.Container:
    return struct(
        k8s.Container,
        name=SECRETS,
        image=instance.image_reference,
        image_pull_policy="IfNotPresent",
        command=["python3", paths.script("generate_secrets"), arguments],
        env=environment([Variable(name="HOME", value=paths.TEMPORARY_DIRECTORY)]),
        volume_mounts=[volumes.scripts_mount(), *volumes.private_mounts(), volumes.token_mount()],
        resources=resources(instance.pods.gate_resources),
        security_context=container_security(),
    )
