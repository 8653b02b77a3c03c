"""Claims: the new ones among an instance's directories."""

from __future__ import annotations

from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import Part
from cdk8s_paperless_ngx.constructs.rules import check_directories
from cdk8s_paperless_ngx.manifests.claims import claim
from cdk8s_paperless_ngx.manifests.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.manifests.scopes import scope_of
from cdk8s_paperless_ngx.model.paths import Directory
from cdk8s_paperless_ngx.model.storage import SharedStorage, Storage, check_apart, claim_name, locations
from cdk8s_paperless_ngx.model.volumes import AccessMode, NewClaim


class Claims(Part):
    """A PersistentVolumeClaim for each directory that asks for a new one.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings.
        namespace: Where the installation is.
        instance: Name of the installation.
        storage: Which claims, how big, and of which class.

    Raises:
        ValueError: Two directories are in one place.
    """

    def __init__(self, scope: Construct, id: str, *, namespace: str, instance: str, storage: Storage) -> None:
        super().__init__(scope, id)
        check_apart(scope_of(scope).path, storage, instance)
        check_directories(
            self,
            namespace,
            {f"storage.{argument}": place for argument, place in locations(instance, storage).items()},
        )
        shared = isinstance(storage, SharedStorage)
        for directory in Directory:
            wanted = storage.volume(directory)
            if isinstance(wanted, NewClaim):
                claim(
                    self,
                    directory.value,
                    namespace=namespace,
                    name=claim_name(instance, directory, wanted),
                    labels=object_labels(selector_labels(instance, directory.value)),
                    size=wanted.size,
                    access_mode=AccessMode.READ_WRITE_MANY if shared else AccessMode.READ_WRITE_ONCE,
                    storage_class=storage.storage_class,
                    labels_beside=wanted.labels,
                    annotations=wanted.annotations,
                )
