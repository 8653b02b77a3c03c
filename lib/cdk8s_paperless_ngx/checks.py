"""Refusing wrong input: one sentence that names the place, the rule, the value and the way out."""

from __future__ import annotations

import re
import zoneinfo
from typing import TYPE_CHECKING, Final

from cdk8s_paperless_ngx.secrecy import presentable

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DNS_LABEL: Final = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_DNS_SUBDOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_KEY: Final = re.compile(r"(?!\.\.|\.$)[A-Za-z0-9._-]{1,253}")
_QUANTITY: Final = re.compile(r"(?P<number>[0-9]+(\.[0-9]+)?)(?P<suffix>m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?")
_CRON_RANGE: Final = re.compile(r"(\*|(?P<first>\w+)(-(?P<last>\w+))?)(/(?P<step>[0-9]+))?")
_CRON_FIELDS: Final = (
    (0, 59, ""),
    (0, 23, ""),
    (1, 31, ""),
    (1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    (0, 6, "sun mon tue wed thu fri sat"),
)
"""Of each field the least and the greatest number, and the names that count from the least."""
_LABEL: Final = "[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_LABEL_VALUE: Final = re.compile(f"({_LABEL})?")
_QUALIFIED_NAME: Final = re.compile(f"([a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?/)?{_LABEL}")
_TIME_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
_NO_TIME_ZONES: Final = frozenset({"localtime", "posixrules", "Factory", "right", "posix"})
"""In a zone database, and no zones or no names of zones."""
_FACTOR: Final = {
    None: 1.0,
    "m": 0.001,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
    "Pi": 2.0**50,
}

MAX_NAME_LENGTH: Final = 52
"""The tightest limit on any object this library names: a CronJob's (63, less 11 for the Jobs it makes)."""


def refusal(where: str, argument: str, rule: str, got: object, advice: str = "") -> ValueError:
    """Return the error for a wrong argument, in the one form that all errors of this library have.

    Args:
        where: Construct path, or the name of the value's class.
        argument: Name of the argument as the caller wrote it.
        rule: What it must be, continuing "must be".
        got: What it was; what may be a password in it is left out.
        advice: What to do instead, when the rule alone does not tell.
    """
    sentence = f"{where}: {argument} must be {rule}, got {presentable(got)!r}"
    return ValueError(f"{sentence}; {advice}" if advice else sentence)


def check_dns_label(where: str, argument: str, value: str) -> None:
    """Refuse a value that cannot be the name of a Service, the strictest of names."""
    if not _DNS_LABEL.fullmatch(value):
        raise refusal(
            where,
            argument,
            "a DNS label (lower-case letters, digits and '-', starting with a letter)",
            value,
            "for example 'paperless'",
        )


def check_object_name(where: str, argument: str, value: str) -> None:
    """Refuse a value that cannot name an object that exists already in the cluster."""
    if len(value) > 253 or not _DNS_SUBDOMAIN.fullmatch(value):  # noqa: PLR2004 (limit of Kubernetes)
        raise refusal(where, argument, "the name of a Kubernetes object", value)


def check_optional_name(where: str, argument: str, value: str | None) -> None:
    """Refuse a value that is given and cannot name an object that exists already in the cluster."""
    if value is not None:
        check_object_name(where, argument, value)


def is_key(value: str) -> bool:
    """Return whether a value can be a key in a Secret or a ConfigMap."""
    return _KEY.fullmatch(value) is not None


def check_secret_key(where: str, argument: str, value: str) -> None:
    """Refuse a value that cannot be a key in a Secret or ConfigMap."""
    if not is_key(value):
        raise refusal(where, argument, "a key of a Secret or ConfigMap (letters, digits, '.', '_' and '-')", value)


def check_whole_number(where: str, argument: str, value: int, *, minimum: int, maximum: int | None = None) -> None:
    """Refuse a number that is not whole or lies outside the bounds."""
    rule = f"a whole number of at least {minimum}" if maximum is None else f"a whole number, {minimum} to {maximum}"
    if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
        raise refusal(where, argument, rule, value)
    if maximum is not None and value > maximum:
        raise refusal(where, argument, rule, value)


def check_port(where: str, argument: str, value: int) -> None:
    """Refuse a number that no port has."""
    check_whole_number(where, argument, value, minimum=1, maximum=65535)


def quantity(where: str, argument: str, value: str) -> float:
    """Return a Kubernetes quantity as a number of its base unit (bytes or cores), refusing what is none."""
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is None or float(match["number"]) == 0:
        raise refusal(
            where, argument, "a Kubernetes quantity above zero", value, "for example '10Gi', or '500m' for CPU"
        )
    return float(match["number"]) * _FACTOR[match["suffix"]]


def cores(where: str, argument: str, value: str) -> float:
    """Return an amount of CPU as a number of cores, refusing what is none."""
    found = quantity(where, argument, value)
    if not value.removesuffix("m")[-1].isdigit():
        raise refusal(where, argument, "an amount of cores", value, "for example '2', or '500m' for half of one")
    return found


def check_size(where: str, argument: str, value: str) -> None:
    """Refuse a value that is not a size of storage or memory of at least one mebibyte."""
    if quantity(where, argument, value) < 2**20:
        raise refusal(where, argument, "a size of at least 1Mi", value, "write the unit, for example '10Gi'")


def is_variable_name(value: str) -> bool:
    """Return whether a value can name an environment variable."""
    return _VARIABLE.fullmatch(value) is not None


def check_variable_name(where: str, argument: str, value: str) -> None:
    """Refuse a value that cannot name an environment variable."""
    if not is_variable_name(value):
        raise refusal(where, argument, "the name of an environment variable", value)


def check_annotation_key(where: str, argument: str, key: str) -> None:
    """Refuse a key that no annotation, label or taint can have."""
    if not _QUALIFIED_NAME.fullmatch(key):
        rule = "a name of up to 63 letters, digits, '-', '_' and '.', perhaps after a domain and '/'"
        raise refusal(where, argument, rule, key)


def check_label(where: str, argument: str, key: str, value: str) -> None:
    """Refuse a label that cannot exist in Kubernetes; `argument` is the mapping that has it."""
    check_annotation_key(where, f"{argument}[{key!r}]", key)
    check_label_value(where, f"{argument}[{key!r}]", value)


def check_label_value(where: str, argument: str, value: str) -> None:
    """Refuse a value that no label or taint can have."""
    if not _LABEL_VALUE.fullmatch(value):
        rule = "at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends"
        raise refusal(where, argument, rule, value)


def check_annotations(where: str, argument: str, annotations: Mapping[str, str]) -> None:
    """Refuse a mapping whose keys no annotations can have."""
    for key in annotations:
        check_annotation_key(where, f"{argument}[{key!r}]", key)


def is_schedule(value: str) -> bool:
    """Return whether a value is a cron expression that Kubernetes understands; Celery has other rules."""
    parts = value.split(" ")
    return len(parts) == len(_CRON_FIELDS) and all(map(_is_cron_field, parts, _CRON_FIELDS))


def _is_cron_field(text: str, bounds: tuple[int, int, str]) -> bool:
    least, greatest, names = bounds
    numbers = {name: str(number) for number, name in enumerate(names.split(), least)}

    def number(part: str | None, default: int) -> int:
        known = numbers.get((part or str(default)).lower(), part or str(default))
        return int(known) if known.isascii() and known.isdecimal() else -1

    for part in text.split(","):
        match = _CRON_RANGE.fullmatch(part)
        if match is None or (match["step"] is not None and int(match["step"]) == 0):
            return False
        first = number(match["first"], least)
        if not least <= first <= number(match["last"] or match["first"], greatest) <= greatest:
            return False
    return True


def check_schedule(where: str, argument: str, value: str) -> None:
    """Refuse a value that is no cron expression."""
    if not is_schedule(value):
        raise refusal(
            where,
            argument,
            "a cron expression of five fields with single spaces between",
            value,
            "for example '30 2 * * *'",
        )


def is_time_zone(value: str) -> bool:
    """Return whether a value names a time zone, as far as its shape and this machine's zone database tell."""
    named = _TIME_ZONE.fullmatch(value) is not None and value.partition("/")[0] not in _NO_TIME_ZONES
    return named and _is_in_zone_database(value)


def check_time_zone(where: str, argument: str, value: str) -> None:
    """Refuse a value that is no name of a time zone."""
    if not is_time_zone(value):
        raise refusal(where, argument, "an IANA time zone such as 'Europe/Zurich'", value)


def _is_in_zone_database(name: str) -> bool:
    if name == "UTC":
        return True
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
        # Without a database nothing is known, UTC neither.
        return not zoneinfo.available_timezones()
    return True


def check_sub_path(where: str, argument: str, value: str) -> None:
    """Refuse a path that would leave the volume, or that could be written shorter."""
    if {"", ".", ".."} & set(value.split("/")):
        advice = "for example 'paperless/media'; leave it out to mount the whole volume"
        raise refusal(where, argument, "a relative path inside the volume", value, advice)
