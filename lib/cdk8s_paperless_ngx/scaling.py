"""How many worker pods there are."""

from __future__ import annotations

from dataclasses import dataclass

from cdk8s_paperless_ngx.checks import check_whole_number


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixed:
    """Always the same number of pods, each working on one task at a time.

    Args:
        replicas: Number of pods, at least 1.

    Raises:
        ValueError: ``replicas`` is below 1.
    """

    replicas: int = 1

    def __post_init__(self) -> None:
        check_whole_number(type(self).__name__, "replicas", self.replicas, minimum=1)
