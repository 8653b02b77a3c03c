"""Claims: the new ones among an instance's directories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from cdk8s_paperless_ngx.kubernetes.claims import claim
from cdk8s_paperless_ngx.kubernetes.labels import object_labels, selector_labels
from cdk8s_paperless_ngx.rules import Places, PlacesApart
from cdk8s_paperless_ngx.storage import Directory, NewClaim, SharedStorage, check_apart, claim_name, place

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.storage import Storage


class Claims(Construct):
    """A PersistentVolumeClaim for each directory that asks for a new one.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings.
        instance: Name of the installation.
        namespace: Where it lives.
        storage: Which claims, how big, and of which class.

    Raises:
        ValueError: Two directories are one place.
    """

    places: Places

    def __init__(self, scope: Construct, id: str, *, instance: str, namespace: str, storage: Storage) -> None:
        super().__init__(scope, id)
        check_apart(self.node.path, storage, instance)
        self.places = Places(
            namespace=namespace,
            by_argument={f"storage.{directory.value}": place(instance, storage, directory) for directory in Directory},
        )
        self.node.add_validation(PlacesApart(self, self.places))
        for directory in Directory:
            wanted = storage.volume(directory)
            if isinstance(wanted, NewClaim):
                claim(
                    self,
                    directory.value,
                    name=claim_name(instance, directory, wanted),
                    labels=object_labels(selector_labels(instance, directory.value)),
                    size=wanted.size,
                    access_mode="ReadWriteMany" if isinstance(storage, SharedStorage) else "ReadWriteOnce",
                    storage_class=storage.storage_class,
                )
