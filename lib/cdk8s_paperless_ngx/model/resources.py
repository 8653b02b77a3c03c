"""CPU, memory and room on its node's disk of a container."""

from __future__ import annotations

import math
from typing import Final

from cdk8s_paperless_ngx.validation.errors import refusal
from cdk8s_paperless_ngx.validation.quantities import check_size, cores, quantity
from cdk8s_paperless_ngx.validation.value import value

LITTLE_DISK: Final = "128Mi"
"""Three log files of 1 MiB with 20 former ones each (upstream ``LOGGING``), and the kubelet's 5 of 10 MiB with the
output of a container (``containerLogMaxFiles``, ``containerLogMaxSize``)."""


@value
class Resources:
    """What a container asks for and what it may not exceed, as Kubernetes quantities.

    Args:
        cpu_request: Cores that the scheduler sets aside, for example ``"250m"``.
        memory_request: Memory that the scheduler sets aside, for example ``"256Mi"``.
        memory_limit: Memory at which the kernel kills; more than the request is borrowed.
        cpu_limit: Cores at which the container is slowed down; unset, it may use what is free. The worker's threads
            follow from it.
        ephemeral_storage_request: Room on the node's disk that the scheduler sets aside, for logs and temporary files.
            Where the disk runs full, pods that take more than that have to go first.

    Raises:
        ValueError: A value is not a valid quantity, or a limit is below its request.
    """

    cpu_request: str
    memory_request: str
    memory_limit: str
    cpu_limit: str | None = None
    ephemeral_storage_request: str = LITTLE_DISK

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_size(where, "memory_request", self.memory_request)
        check_size(where, "memory_limit", self.memory_limit)
        check_size(where, "ephemeral_storage_request", self.ephemeral_storage_request)
        requested = cores(where, "cpu_request", self.cpu_request)
        if self.memory_limit_bytes < quantity(where, "memory_request", self.memory_request):
            rule = f"at least the memory_request of {self.memory_request}"
            raise refusal(where, "memory_limit", rule, self.memory_limit)
        if self.cpu_limit is not None and cores(where, "cpu_limit", self.cpu_limit) < requested:
            raise refusal(where, "cpu_limit", f"at least the cpu_request of {self.cpu_request}", self.cpu_limit)

    @property
    def memory_limit_bytes(self) -> float:
        """The memory limit in bytes."""
        return quantity(type(self).__name__, "memory_limit", self.memory_limit)

    @property
    def threads(self) -> int:
        """Threads that the CPU limit keeps busy; 1 without a limit, as the node's size is unknown here."""
        return 1 if self.cpu_limit is None else math.ceil(quantity(type(self).__name__, "cpu_limit", self.cpu_limit))
