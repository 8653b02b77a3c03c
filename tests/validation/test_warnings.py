"""A warning names the line of the app that caused it, as a developer looks there first."""

from __future__ import annotations

import inspect

import cdk8s
import pytest

from cdk8s_paperless_ngx import Paperless, PaperlessImage, Settings, SharedStorage
from cdk8s_paperless_ngx.settings import Ai, EmbeddingBackend

WARNED = {
    "settings": Settings(ai=Ai(llm_embedding_backend=EmbeddingBackend.HUGGINGFACE)),
    "storage": SharedStorage(storage_class="nfs"),
}


def here() -> int:
    """Return the number of the caller's line."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def test_of_a_value():
    with pytest.warns(UserWarning, match="is newer than") as caught:
        line, _ = here(), PaperlessImage(version="99.0.0")

    assert (caught[0].filename, caught[0].lineno) == (__file__, line)


def test_of_a_construct(chart):
    """Between the line and the warning are jsii's metaclass and the library."""
    with pytest.warns(UserWarning, match="keeps an index that breaks") as caught:
        line, _ = here(), Paperless(chart, "docs", **WARNED)

    assert (caught[0].filename, caught[0].lineno) == (__file__, line)


def test_of_a_construct_in_a_chart_of_ones_own(app):
    class Papers(cdk8s.Chart):
        def __init__(self, scope: cdk8s.App, id: str) -> None:
            super().__init__(scope, id, namespace="docs")
            self.line, self.docs = here(), Paperless(self, "docs", **WARNED)

    with pytest.warns(UserWarning, match="keeps an index that breaks") as caught:
        papers = Papers(app, "papers")

    assert (caught[0].filename, caught[0].lineno) == (__file__, papers.line)
