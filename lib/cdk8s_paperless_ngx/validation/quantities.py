"""Quantities, Kubernetes' notation for CPU, memory and storage.

The grammar is that of ``k8s.io/apimachinery/pkg/api/resource``: a number and either a suffix or a decimal exponent.
"""

from __future__ import annotations

import re
from typing import Final

from cdk8s_paperless_ngx.validation.errors import refusal

_QUANTITY: Final = (
    r"(?P<number>[0-9]+(\.[0-9]*)?|\.[0-9]+)(?P<suffix>m|k|[MGTPE]i?|Ki|[eE](?P<exponent>[+-]?[0-9]{1,2}))?"
)
_FACTORS: Final = {
    "m": 1e-3,
    **{suffix: 1000.0**power for power, suffix in enumerate(("k", "M", "G", "T", "P", "E"), 1)},
    **{suffix: 1024.0**power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)},
}


def quantity(where: str, argument: str, value: str) -> float:
    """Return a quantity as a number of its base unit, bytes or cores.

    Raises:
        ValueError: It is not a valid quantity, or not above zero.
    """
    match = re.fullmatch(_QUANTITY, value)
    found = float(match["number"]) * _factor(match) if match else 0.0
    if not found:
        rule, advice = "a Kubernetes quantity above zero", "for example '10Gi', or '500m' for CPU"
        raise refusal(where, argument, rule, value, advice)
    return found


def _factor(match: re.Match[str]) -> float:
    if match["exponent"]:
        return 10.0 ** int(match["exponent"])
    return _FACTORS[match["suffix"]] if match["suffix"] else 1.0


def cores(where: str, argument: str, value: str) -> float:
    """Return an amount of CPU as a number of cores.

    Raises:
        ValueError: It is not a valid quantity, or one of bytes.
    """
    found = quantity(where, argument, value)
    if not value.removesuffix("m")[-1].isdigit():
        raise refusal(where, argument, "an amount of cores", value, "for example '2', or '500m' for half of one")
    return found


def check_size(where: str, argument: str, value: str) -> None:
    """Refuse a value that is not a size of storage or memory of at least one mebibyte."""
    if quantity(where, argument, value) < _FACTORS["Mi"]:
        raise refusal(where, argument, "a size of at least 1Mi", value, "write the unit, for example '10Gi'")
