"""Names, keys and labels that Kubernetes accepts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cdk8s_paperless_ngx.validation.errors import refusal

_VARIABLE: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_DNS_LABEL: Final = r"[a-z]([a-z0-9-]*[a-z0-9])?"
_DNS_SUBDOMAIN: Final = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
_MAX_SUBDOMAIN_LENGTH: Final = 253
_KEY: Final = r"(?!\.\.|\.$)[A-Za-z0-9._-]{1,253}"
MAX_LABEL_LENGTH: Final = 63
"""Of a label's value."""
_LABEL: Final = "[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_LABEL_VALUE: Final = f"({_LABEL})?"
_QUALIFIED_NAME: Final = f"([a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?/)?{_LABEL}"


def check_dns_label(where: str, argument: str, value: str) -> None:
    """Refuse a value that cannot be the name of a Service, which has the strictest rules."""
    if not re.fullmatch(_DNS_LABEL, value):
        rule = "a DNS label (lower-case letters, digits and '-', starting with a letter)"
        raise refusal(where, argument, rule, value, "for example 'paperless'")


def check_object_name(where: str, argument: str, value: str) -> None:
    """Refuse a value that cannot be the name of an object in the cluster."""
    if len(value) > _MAX_SUBDOMAIN_LENGTH or not re.fullmatch(_DNS_SUBDOMAIN, value):
        raise refusal(where, argument, "the name of a Kubernetes object", value)


def check_optional_name(where: str, argument: str, value: str | None) -> None:
    """Refuse a value that is given and cannot be the name of an object in the cluster."""
    if value is not None:
        check_object_name(where, argument, value)


def is_key(value: str) -> bool:
    """Return whether a value can be a key of a Secret or a ConfigMap."""
    return re.fullmatch(_KEY, value) is not None


def check_key(where: str, argument: str, value: str) -> None:
    """Refuse a value that cannot be a key of a Secret or a ConfigMap."""
    if not is_key(value):
        raise refusal(where, argument, "a key of a Secret or ConfigMap (letters, digits, '.', '_' and '-')", value)


def is_variable_name(value: str) -> bool:
    """Return whether a value can be the name of an environment variable."""
    return re.fullmatch(_VARIABLE, value) is not None


def check_variable_name(where: str, argument: str, value: str) -> None:
    """Refuse a value that cannot be the name of an environment variable."""
    if not is_variable_name(value):
        raise refusal(where, argument, "the name of an environment variable", value)


def check_qualified_name(where: str, argument: str, key: str) -> None:
    """Refuse a value that cannot be the key of an annotation, a label or a taint."""
    if not re.fullmatch(_QUALIFIED_NAME, key):
        rule = "a name of up to 63 letters, digits, '-', '_' and '.', perhaps after a domain and '/'"
        raise refusal(where, argument, rule, key)


def check_label_value(where: str, argument: str, value: str) -> None:
    """Refuse a value that no label or taint can have."""
    if not re.fullmatch(_LABEL_VALUE, value):
        rule = "at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends"
        raise refusal(where, argument, rule, value)


def check_word(where: str, argument: str, value: str, *, longest: int = MAX_LABEL_LENGTH) -> None:
    """Refuse a word that could not be, or be a part of, a label and a file's name."""
    if len(value) > longest or not re.fullmatch(_LABEL, value):
        rule = f"a word of at most {longest} letters, digits, '-', '_' and '.', with a letter or digit at both ends"
        raise refusal(where, argument, rule, value, "for example today's date, '2026-11-25'")


def check_labels(where: str, argument: str, labels: Mapping[str, str]) -> None:
    """Refuse labels that cannot exist in Kubernetes."""
    for key, value in labels.items():
        check_qualified_name(where, f"{argument}[{key!r}]", key)
        check_label_value(where, f"{argument}[{key!r}]", value)


def check_annotations(where: str, argument: str, annotations: Mapping[str, str]) -> None:
    """Refuse annotations that cannot exist in Kubernetes."""
    for key in annotations:
        check_qualified_name(where, f"{argument}[{key!r}]", key)
