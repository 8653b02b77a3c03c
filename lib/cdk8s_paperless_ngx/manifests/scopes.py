"""Where a construct is: its path, its namespace and its root, each asked of Node once."""

from __future__ import annotations

from typing import Final

from cdk8s import Chart
from constructs import Construct, IConstruct

_ATTRIBUTE: Final = "_cdk8s_paperless_ngx_scope"


class Scope:
    """What is known in Python about where a construct is, and never changes.

    Attributes:
        path: Its path, by which errors name it.
        namespace: Of the chart that it is in; None where that has none.
        root: Of the tree, usually the app.
    """

    def __init__(self, path: str, namespace: str | None, root: IConstruct) -> None:
        self.path = path
        self.namespace = namespace
        self.root = root


def scope_of(construct: IConstruct) -> Scope:
    """Return where a construct is."""
    known: Scope | None = getattr(construct, _ATTRIBUTE, None)
    if known is None:
        node = construct.node
        known = Scope(node.path, Chart.of(construct).namespace, node.root)
        setattr(construct, _ATTRIBUTE, known)
    return known


def create_child(scope: Construct, id: str, child: Construct) -> Scope:
    """Remember where a new child is, which follows from its parent.

    Args:
        scope: Its parent.
        id: Its id.
        child: What was created; it must not be a chart.
    """
    parent = scope_of(scope)
    # A slash would end a part of the path (constructs' ``Node``).
    path = "/".join(filter(None, (parent.path, id.replace("/", "--"))))
    known = Scope(path, parent.namespace, parent.root)
    setattr(child, _ATTRIBUTE, known)
    return known
