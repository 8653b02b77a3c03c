"""Quantities, as Kubernetes writes them."""

from __future__ import annotations

import pytest

from cdk8s_paperless_ngx import NewClaim, Resources
from cdk8s_paperless_ngx.validation.quantities import cores, quantity


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1.0),
        ("0.5", 0.5),
        ("500m", 0.5),
        ("1k", 1e3),
        ("128Mi", 128 * 2**20),
        ("1G", 1e9),
        ("1Ei", 2.0**60),
        ("1E", 1e18),
        ("1e9", 1e9),
        ("1E9", 1e9),
        ("2e-1", 0.2),
    ],
)
def test_quantity(text, number):
    """Suffixes of both families, and exponents: `1E` is a suffix, and `1E9` is an exponent."""
    assert quantity("where", "size", text) == number


@pytest.mark.parametrize("text", ["", "Gi", "1GB", "1 Gi", "1e", "1ki", "-1", "0", "0Gi", "1e9Gi", "\uff11"])
def test_not_a_quantity(text):
    with pytest.raises(ValueError, match=r"^where: size must be a Kubernetes quantity above zero, got "):
        quantity("where", "size", text)


@pytest.mark.parametrize("size", ["1Ei", "1e9", "1073741824"])
def test_a_claim_takes_them(size):
    assert NewClaim(size=size).size == size


def test_cores():
    assert cores("where", "cpu", "1500m") == 1.5
    with pytest.raises(ValueError, match=r"^where: cpu must be an amount of cores, got '1Gi'; for example"):
        cores("where", "cpu", "1Gi")
    with pytest.raises(ValueError, match=r"^Resources: cpu_request must be an amount of cores, got '1Gi'"):
        Resources(cpu_request="1Gi", memory_request="1Gi", memory_limit="1Gi")
