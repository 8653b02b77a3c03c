"""Taking over what a docker-compose installation left: its folders on a file server, and its database.

docs/moving-in.md goes through it step by step.
"""

from __future__ import annotations

from cdk8s import App, Chart
from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx import (
    KEEP,
    ExistingClaim,
    ExistingSecret,
    ExternalPostgres,
    Paperless,
    PaperlessImage,
    SecretKey,
    SingleNodeStorage,
)

NAME = "paperless-old"
NAMESPACE = "moved"

app = App()

# In no namespace, so in a chart without one.
volumes = Chart(app, "moving-in-volumes")
k8s.KubePersistentVolume(
    volumes,
    "volume",
    metadata=k8s.ObjectMeta(name=NAME, annotations=dict(KEEP)),
    spec=k8s.PersistentVolumeSpec(
        capacity={"storage": k8s.Quantity.from_string("500Gi")},
        access_modes=["ReadWriteMany"],
        # What is on it was there before the cluster, and outlives it.
        persistent_volume_reclaim_policy="Retain",
        storage_class_name="",
        claim_ref=k8s.ObjectReference(name=NAME, namespace=NAMESPACE),
        mount_options=["nfsvers=4.2", "hard"],
        nfs=k8s.NfsVolumeSource(server="nas.example.org", path="/volume1/docker/paperless"),
    ),
)

chart = Chart(app, "moving-in", namespace=NAMESPACE)
k8s.KubePersistentVolumeClaim(
    chart,
    "claim",
    metadata=k8s.ObjectMeta(name=NAME, annotations=dict(KEEP)),
    spec=k8s.PersistentVolumeClaimSpec(
        access_modes=["ReadWriteMany"],
        # Empty, and not left out: the cluster's default class would make a new, empty volume.
        storage_class_name="",
        volume_name=NAME,
        resources=k8s.ResourceRequirements(requests={"storage": k8s.Quantity.from_string("500Gi")}),
    ),
)


def folder(name: str) -> ExistingClaim:
    """One of the old installation's folders."""
    return ExistingClaim(name=NAME, sub_path=name)


Paperless(
    chart,
    "paperless",
    # The version that the old installation had; upgrade when everything runs.
    image=PaperlessImage(version="3.3.0"),
    # The key that the old installation had, so that sessions and signed data stay good.
    secret=ExistingSecret(name="paperless-old", secret_key="PAPERLESS_SECRET_KEY"),
    # Users come with the database.
    admin=None,
    database=ExternalPostgres(
        host="nas.example.org", password=SecretKey(secret="paperless-old", key="PAPERLESS_DBPASS"), tls=None
    ),
    # What is in data and scratch changes often and is made anew, search index and classifier too: both are new claims
    # of the cluster's own class, which is faster than a file server. The old data folder stays, for the way back.
    storage=SingleNodeStorage(media=folder("media"), consume=folder("consume"), export=folder("export")),
)

app.synth()
