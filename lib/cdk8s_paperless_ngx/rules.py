"""Rules over the whole tree, checked when it is synthesized: what no single construct can know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import constructs
import jsii
from cdk8s import ApiObject

if TYPE_CHECKING:
    from constructs import Construct, IConstruct


@jsii.implements(constructs.IValidation)
class NoDuplicates:
    """Two objects of one kind and name in a namespace would overwrite each other without a word.

    Args:
        scope: Below which the objects of one instance are; others may stand anywhere in the app.
    """

    def __init__(self, scope: Construct) -> None:
        self._scope = scope

    def validate(self) -> list[str]:
        """Return one sentence for the first object that exists twice, or nothing."""
        path = self._scope.node.path
        mine = {_identity(construct): construct for construct in _api_objects(self._scope)}
        inside = f"{path}/"
        for other in _api_objects(self._scope.node.root):
            if other.node.path.startswith(inside):
                continue
            identity = _identity(other)
            if identity in mine:
                _, kind, namespace, name = identity
                return [
                    f"name must be the instance's alone, got a second {kind} {name!r} in namespace {namespace!r} "
                    f"at {other.node.path}; give one of them another name or part"
                ]
        return []


def _api_objects(scope: IConstruct) -> list[ApiObject]:
    return [construct for construct in scope.node.find_all() if isinstance(construct, ApiObject)]


def _identity(construct: ApiObject) -> tuple[str, str, str | None, str]:
    return (construct.api_group, construct.kind, construct.metadata.namespace, construct.name)
