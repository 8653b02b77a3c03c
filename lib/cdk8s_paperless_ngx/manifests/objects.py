"""What all objects have in common: metadata, and who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeVar

import cdk8s
from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.manifests.structs import struct

_ATTRIBUTE: Final = "_cdk8s_paperless_ngx_identity"

ObjectT = TypeVar("ObjectT", bound=cdk8s.ApiObject)


class Identity(NamedTuple):
    """What Kubernetes tells an object by, within an API group."""

    kind: str
    namespace: str | None
    name: str


def metadata(name: str, labels: Mapping[str, str], annotations: Mapping[str, str] | None = None) -> k8s.ObjectMeta:
    """Return an object's metadata."""
    return struct(
        k8s.ObjectMeta, name=name, labels=dict(labels), annotations=dict(annotations) if annotations else None
    )


def owned(made: ObjectT, namespace: str, name: str, *, kind: str | None = None) -> ObjectT:
    """Remember in Python who an object is, so that rules over the whole app need not ask Node.

    Args:
        made: An object of an instance.
        namespace: Where it is.
        name: Its name.
        kind: Its kind; unset, that of its class in `k8s`.
    """
    kind = kind or type(made).__name__.removeprefix("Kube").removesuffix("V2")
    setattr(made, _ATTRIBUTE, Identity(kind, namespace, name))
    return made


def identity_of_owned(construct: object) -> Identity | None:
    """Return who an object of an instance is; None for anything else."""
    return getattr(construct, _ATTRIBUTE, None)


def custom_object(
    scope: Construct,
    id: str,
    *,
    api_version: str,
    kind: str,
    namespace: str,
    name: str,
    labels: Mapping[str, str],
    spec: Mapping[str, Any],
    annotations: Mapping[str, str] | None = None,
) -> cdk8s.ApiObject:
    """Create an object of a kind that cdk8s-plus-27 does not have, from plain values.

    A library cannot ship bindings that its users generate.
    """
    made = cdk8s.ApiObject(
        scope,
        id,
        api_version=api_version,
        kind=kind,
        metadata=cdk8s.ApiObjectMetadata(
            name=name, labels=dict(labels), annotations=dict(annotations) if annotations else None
        ),
    )
    # An ApiObject's constructor takes no spec in Python; a patch on it keeps every field.
    made.add_json_patch(cdk8s.JsonPatch.add("/spec", spec))
    return owned(made, namespace, name, kind=kind)
