"""How many pods of a process there are: three values that exclude each other."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.checks import check_whole_number, cores, quantity, refusal

SENSIBLE_MAXIMUM: Final = 8
"""Above it workers mostly wait for each other: one lock guards the search index (upstream ``documents/search``), and
each worker holds connections to the database."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixed:
    """Always the same number of pods.

    Args:
        replicas: Number of pods, at least 1.

    Raises:
        ValueError: ``replicas`` is below 1.
    """

    replicas: int = 1

    def __post_init__(self) -> None:
        check_fields(self)
        check_whole_number(type(self).__name__, "replicas", self.replicas, minimum=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class ByCpu:
    """As many pods as the CPU that they use asks for: a HorizontalPodAutoscaler, which needs the metrics API.

    Args:
        minimum: Number of pods when there is nothing to do, at least 1.
        maximum: Number of pods at most.
        cpu: Cores that a pod may use, on average over all, before there is another. An amount and no percentage: that
            would be one of the request, which one page of OCR exceeds many times over.
        idle_seconds: How long fewer pods must have been enough before one is taken away.

    Raises:
        ValueError: A number is out of bounds, or ``cpu`` is no quantity.
    """

    minimum: int = 1
    maximum: int = 4
    cpu: str = "750m"
    idle_seconds: int = 300

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        check_whole_number(where, "minimum", self.minimum, minimum=1)
        _check_bounds(where, self.minimum, self.maximum, self.idle_seconds)
        cores(where, "cpu", self.cpu)


@dataclass(frozen=True, kw_only=True, slots=True)
class ByQueue:
    """As many workers as there are tasks waiting or in work: a KEDA ScaledObject on the broker.

    KEDA must be in the cluster, and its namespace must reach the broker.

    Args:
        minimum: Number of workers when there is nothing to do; 0 saves their memory, and costs a few seconds until
            the first document is worked on.
        maximum: Number of workers at most.
        polling_seconds: How often KEDA looks whether there is anything to do for a first worker.
        idle_seconds: How long fewer workers must have been enough before one is taken away, the last one too.

    Raises:
        ValueError: A number is out of bounds.
    """

    minimum: int = 1
    maximum: int = 4
    polling_seconds: int = 5
    idle_seconds: int = 300

    def __post_init__(self) -> None:
        check_fields(self)
        where = type(self).__name__
        check_whole_number(where, "minimum", self.minimum, minimum=0)
        _check_bounds(where, self.minimum, self.maximum, self.idle_seconds)
        check_whole_number(where, "polling_seconds", self.polling_seconds, minimum=1, maximum=3600)


Scaling = Fixed | ByCpu | ByQueue


def replicas(scaling: Scaling) -> int | None:
    """Return what a Deployment says: nothing where an autoscaler decides, or each apply would undo its decision."""
    return scaling.replicas if isinstance(scaling, Fixed) else None


def least(scaling: Scaling) -> int:
    """Return the number of pods that are certain."""
    return scaling.replicas if isinstance(scaling, Fixed) else scaling.minimum


def most(scaling: Scaling) -> int:
    """Return the number of pods that are possible."""
    return scaling.replicas if isinstance(scaling, Fixed) else scaling.maximum


def check_cpu(where: str, scaling: Scaling, cpu_limit: str | None) -> None:
    """Refuse an average that no pod can reach.

    Raises:
        ValueError: Pods are limited to what ``ByCpu.cpu`` asks for, or to less.
    """
    if not isinstance(scaling, ByCpu) or cpu_limit is None:
        return
    if quantity(where, "scaling.cpu", scaling.cpu) >= quantity(where, "resources.cpu_limit", cpu_limit):
        raise refusal(
            where, "scaling.cpu", f"below the CPU limit of {cpu_limit}", scaling.cpu, "no pod could ever exceed it"
        )


def warn_above_sensible(where: str, scaling: Scaling) -> None:
    """Warn about more workers than the shared index and the database bear."""
    if most(scaling) > SENSIBLE_MAXIMUM:
        warnings.warn(
            f"{where}: {most(scaling)} workers are more than {SENSIBLE_MAXIMUM}; they will mostly wait for each other"
            " at the search index's lock, and each takes connections from the database",
            UserWarning,
            stacklevel=3,
        )


def _check_bounds(where: str, minimum: int, maximum: int, idle_seconds: int) -> None:
    check_whole_number(where, "maximum", maximum, minimum=1)
    if maximum < minimum:
        raise refusal(where, "maximum", f"at least the minimum of {minimum}", maximum)
    # The autoscaler's own bound (autoscaling/v2, stabilizationWindowSeconds).
    check_whole_number(where, "idle_seconds", idle_seconds, minimum=0, maximum=3600)
