"""Structs of jsii: made without its checks, and as plain values.

Both know one thing about the structs that jsii generates: their fields are in ``_values``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
StructT = TypeVar("StructT")


def struct(of: Callable[P, StructT], /, *args: P.args, **fields: P.kwargs) -> StructT:
    """Return a struct without having jsii check the type of each field, which type checkers have done before.

    The checks read every annotation anew, and took a third of a synthesis.

    Args:
        of: One of the classes in `cdk8s_plus_27.k8s`.
        args: None, as fields have names.
        fields: As the class takes them; what is in them is a struct or a plain value already.
    """
    if args:
        raise TypeError("a struct takes its fields by name")
    cls = cast("type[StructT]", of)
    made = cls.__new__(cls)
    vars(made)["_values"] = {name: value for name, value in fields.items() if value is not None}
    return made


def plain(struct: object) -> dict[str, Any]:
    """Return a struct as the dictionary that Node takes in its place, without the fields that are not set.

    jsii sends each field of a struct, set or not, and asks for it through a property that costs some microseconds; a
    pod has some thousand fields. Lists of structs may have dictionaries in them (jsii's ``Union[Struct, Dict]``), and
    then the names of fields are those of JavaScript.

    Args:
        struct: An instance of one of the classes in `cdk8s_plus_27.k8s`.
    """
    return cast("dict[str, Any]", _plain(struct))


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in cast("dict[str, object]", value).items()}
    # What jsii's decorator ``data_type`` leaves on each class of structs. Others, such as quantities, are in Node.
    names: Mapping[str, str] | None = getattr(type(value), "__jsii_name_mapping__", None)
    if names is None:
        return value
    fields: Mapping[str, object] = vars(value)["_values"]
    return {names[name]: _plain(item) for name, item in fields.items() if item is not None}
