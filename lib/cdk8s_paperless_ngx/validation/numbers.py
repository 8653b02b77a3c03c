"""Numbers and spans of time between bounds."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_paperless_ngx.validation.errors import refusal

_SECOND: Final = timedelta(seconds=1)


def check_whole_number(where: str, argument: str, value: int, *, minimum: int, maximum: int | None = None) -> None:
    """Refuse a number outside its bounds, which both belong to it."""
    if value < minimum or (maximum is not None and value > maximum):
        rule = f"a whole number of at least {minimum}" if maximum is None else f"a whole number, {minimum} to {maximum}"
        raise refusal(where, argument, rule, value)


def check_port(where: str, argument: str, value: int) -> None:
    """Refuse a number that no port has."""
    check_whole_number(where, argument, value, minimum=1, maximum=65535)


def check_duration(
    where: str,
    argument: str,
    value: timedelta,
    *,
    minimum: timedelta,
    maximum: timedelta | None = None,
    advice: str = "",
) -> None:
    """Refuse a span of time that is not of whole seconds, or is outside its bounds, which both belong to it."""
    if value % _SECOND or value < minimum or (maximum is not None and value > maximum):
        bounds = f"at least {minimum}" if maximum is None else f"{minimum} to {maximum}"
        raise refusal(where, argument, f"a timedelta of whole seconds, {bounds}", value, advice)


def seconds(duration: timedelta) -> int:
    """Return a span of time in seconds, as Kubernetes counts it."""
    return duration // _SECOND
