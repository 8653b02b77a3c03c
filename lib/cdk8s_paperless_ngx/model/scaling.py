"""How many pods of a process there are: three values that exclude each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_paperless_ngx.validation.errors import refusal
from cdk8s_paperless_ngx.validation.numbers import check_duration, check_whole_number
from cdk8s_paperless_ngx.validation.quantities import cores, quantity
from cdk8s_paperless_ngx.validation.value import value
from cdk8s_paperless_ngx.validation.warnings import warn

_SENSIBLE_MAXIMUM: Final = 8
"""Above it workers mostly wait for each other: one lock guards the search index (upstream ``documents/search``), and
each worker holds connections to the database."""
_LONGEST_WINDOW: Final = timedelta(hours=1)
"""The autoscaler's own limit (autoscaling/v2, ``stabilizationWindowSeconds``)."""
_FIVE_MINUTES: Final = timedelta(minutes=5)
_SECOND: Final = timedelta(seconds=1)


@value
class Fixed:
    """Always the same number of pods.

    Args:
        replicas: Number of pods, at least 1.

    Raises:
        ValueError: ``replicas`` is below 1.
    """

    replicas: int = 1

    def __post_init__(self) -> None:
        check_whole_number(type(self).__name__, "replicas", self.replicas, minimum=1)

    @property
    def minimum(self) -> int:
        """Number of pods that are certain."""
        return self.replicas

    @property
    def maximum(self) -> int:
        """Number of pods that are possible."""
        return self.replicas


@value
class ByCpu:
    """As many pods as the CPU that they use asks for: a HorizontalPodAutoscaler, which needs the metrics API.

    Args:
        minimum: Number of pods when there is nothing to do, at least 1.
        maximum: Number of pods at most.
        cpu: Cores that a pod may use, on average over all pods, before another one is added. It is an amount and not a
            percentage, which would be one of the request, and one page of OCR exceeds that many times over.
        idle: How long fewer pods must have been enough before one is taken away.

    Raises:
        ValueError: A value is out of bounds, or ``cpu`` is not a valid quantity.
    """

    minimum: int = 1
    maximum: int = 4
    cpu: str = "750m"
    idle: timedelta = _FIVE_MINUTES

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_whole_number(where, "minimum", self.minimum, minimum=1)
        _check_bounds(where, self.minimum, self.maximum, self.idle)
        cores(where, "cpu", self.cpu)


@value
class ByQueue:
    """As many workers as there are tasks waiting or running: a KEDA ScaledObject on the broker.

    KEDA must be in the cluster, and its namespace must reach the broker.

    Args:
        minimum: Number of workers when there is nothing to do; 0 saves their memory, and costs a few seconds until
            the first document is worked on.
        maximum: Number of workers at most.
        polling_interval: How often KEDA looks whether there is anything to do for a first worker.
        idle: How long fewer workers must have been enough before one is taken away, the last one too.

    Raises:
        ValueError: A value is out of bounds.
    """

    minimum: int = 1
    maximum: int = 4
    polling_interval: timedelta = timedelta(seconds=5)
    idle: timedelta = _FIVE_MINUTES

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_whole_number(where, "minimum", self.minimum, minimum=0)
        _check_bounds(where, self.minimum, self.maximum, self.idle)
        check_duration(where, "polling_interval", self.polling_interval, minimum=_SECOND, maximum=_LONGEST_WINDOW)


Scaling = Fixed | ByCpu | ByQueue


def _check_bounds(where: str, minimum: int, maximum: int, idle: timedelta) -> None:
    check_whole_number(where, "maximum", maximum, minimum=1)
    if maximum < minimum:
        raise refusal(where, "maximum", f"at least the minimum of {minimum}", maximum)
    check_duration(where, "idle", idle, minimum=timedelta(0), maximum=_LONGEST_WINDOW)


def check_cpu(where: str, scaling: Scaling, cpu_limit: str | None) -> None:
    """Refuse an average of CPU that no pod can reach.

    Raises:
        ValueError: Pods are limited to what ``ByCpu.cpu`` asks for, or to less.
    """
    if not isinstance(scaling, ByCpu) or cpu_limit is None:
        return
    if quantity(where, "scaling.cpu", scaling.cpu) >= quantity(where, "resources.cpu_limit", cpu_limit):
        rule = f"below the CPU limit of {cpu_limit}"
        raise refusal(where, "scaling.cpu", rule, scaling.cpu, "no pod could ever exceed it")


def warn_of_many_workers(where: str, scaling: Scaling) -> None:
    """Warn of more workers than the shared index and the database bear."""
    if scaling.maximum > _SENSIBLE_MAXIMUM:
        warn(
            f"{where}: {scaling.maximum} workers are more than {_SENSIBLE_MAXIMUM}; they will mostly wait for each"
            " other at the search index's lock, and each takes connections from the database"
        )
