"""Which variables there are: those that have an argument in a class of settings, and those that must not have one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, Final, NamedTuple, cast

from cdk8s_paperless_ngx.settings.kinds.secrets import Secret
from cdk8s_paperless_ngx.settings.not_settings import OWNED, OWNED_SECRETS, START_SCRIPT, from_file
from cdk8s_paperless_ngx.settings.setting import Group, Setting, declared_settings

_ALIKE: Final = 0.85
"""How much of a name must agree, 0 to 1, for it to look like a misspelling."""
_BEGINNING: Final = 0.75
"""How much of a name its beginning must be, 0 to 1, for it to look like an abbreviation."""


class SettingLocation(NamedTuple):
    """Where the argument for a variable is.

    Args:
        group: Argument of `Settings`; empty for one of its own.
        type: Of the group.
        argument: Of the group.
        setting: What is known about the variable.
    """

    group: str
    type: type[Group]
    argument: str
    setting: Setting[Any]

    @property
    def usage(self) -> str:
        """How one writes it."""
        inner = f"{self.argument}=..."
        return f"Settings({self.group}={self.type.__name__}({inner}))" if self.group else f"Settings({inner})"


class Catalog:
    """The variables of a class of settings.

    Args:
        settings: The class, whose fields are groups and settings of its own.
    """

    def __init__(self, settings: type[Group]) -> None:
        defaults = ((field.name, field.default) for field in fields(cast("Any", settings)))
        self.group_types: Mapping[str, type[Group]] = {
            name: type(default) for name, default in defaults if isinstance(default, Group)
        }
        """Types of groups by argument of the class."""
        found = [
            SettingLocation(name, group, argument, known)
            for name, group in {"": settings, **self.group_types}.items()
            for argument, known in declared_settings(group).items()
        ]
        self.locations: Mapping[str, SettingLocation] = {
            name: location for location in found for name in (location.setting.name, location.setting.formerly) if name
        }
        """Where each variable's argument is, by the variable's names, former ones too."""
        self.known_names = frozenset({*self.locations, *OWNED, *START_SCRIPT})
        """Names of all variables that this library knows."""

    def is_secret(self, name: str) -> bool:
        """Return whether no sentence may repeat the value of a known variable."""
        location = self.locations.get(name)
        return name in OWNED_SECRETS or (location is not None and isinstance(location.setting.kind, Secret))

    def advice(self, name: str) -> str:
        """Return what to do instead of a variable that the library decides, or nobody reads; empty for others."""
        if name in START_SCRIPT:
            return f"only the image's start script reads it: {START_SCRIPT[name]}"
        if (base := from_file(name, self.known_names)) is not None:
            advice = OWNED.get(base) or START_SCRIPT.get(base) or f"use {self.locations[base].usage}"
            return f"only the image's start script reads files into variables: {advice}"
        return OWNED.get(name, "")

    def lookalike(self, name: str) -> str | None:
        """Return the known variable that a name is short for, or looks like a misspelling of, if there is one."""
        import difflib  # noqa: PLC0415 (only a variable without an argument needs it)

        known, given = sorted(self.known_names, key=lambda each: (len(each), each)), name.upper()
        longer = (each for each in known if each.startswith(given) and len(given) >= _BEGINNING * len(each))
        return next(longer, None) or next(iter(difflib.get_close_matches(given, known, n=1, cutoff=_ALIKE)), None)


def catalog_of(settings: type[Group]) -> Catalog:
    """Return the variables of a class of settings."""
    return _catalog_of(cast("Hashable", settings))


@cache
def _catalog_of(settings: Hashable) -> Catalog:
    return Catalog(cast("type[Group]", settings))
