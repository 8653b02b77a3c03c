"""Rules over the whole tree, checked when it is synthesized: what no single construct can know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import constructs
import jsii
from cdk8s import ApiObject

if TYPE_CHECKING:
    from constructs import Construct


@jsii.implements(constructs.IValidation)
class NoDuplicates:
    """Two objects of one kind and name in a namespace would overwrite each other without a word.

    Args:
        scope: Any construct of the app, all of which is looked at.
        instance: Whose objects are meant.
        namespace: Where they live.
    """

    def __init__(self, scope: Construct, *, instance: str, namespace: str) -> None:
        self._scope = scope
        self._instance = instance
        self._namespace = namespace

    def validate(self) -> list[str]:
        """Return one sentence for the first object that exists twice, or nothing."""
        seen: set[tuple[str, str]] = set()
        for construct in self._scope.node.root.node.find_all():
            if not isinstance(construct, ApiObject) or construct.metadata.namespace != self._namespace:
                continue
            kind, name = identity = (construct.kind, construct.name)
            if identity in seen and name.startswith(f"{self._instance}-"):
                where = f"in namespace {self._namespace!r} at {construct.node.path}"
                rule = f"name must be the instance's alone, got a second {kind} {name!r} {where}"
                return [f"{rule}; give one of the two another name or part"]
            seen.add(identity)
        return []
