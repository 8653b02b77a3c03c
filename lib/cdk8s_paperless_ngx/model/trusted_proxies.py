"""Proxies between users and the webserver: by them it is known where a client's own address stands."""

from __future__ import annotations

from typing import Final

from cdk8s_paperless_ngx.model.image import PaperlessImage
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.settings import Settings
from cdk8s_paperless_ngx.settings.kinds.hosts import PROXY
from cdk8s_paperless_ngx.settings.kinds.lists import Listed
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.warnings import warn

_PROXIES: Final = Listed(PROXY, repeats=True)
_SETTINGS: Final = ("trusted_proxies", "allauth_trusted_proxy_count", "allauth_trusted_client_ip_header")
"""Of `Hosting`, which say the same to the application piece by piece."""
_FIRST_THAT_TRUSTS_NOBODY: Final = (3, 0, 0)
"""With django-allauth 65.14.2 and later; before, it believed whatever stands first in ``X-Forwarded-For``."""
_FIRST_WITH_COUNT: Final = (3, 0, 3)


def check_trusted_proxies(where: str, proxies: tuple[str, ...], settings: Settings) -> None:
    """Refuse what are no proxies' addresses, and a second place that says it.

    Args:
        where: Construct path of the instance.
        proxies: Its argument.
        settings: Its argument.

    Raises:
        ValueError: One of them is neither an address nor the beginning of one, or a setting says the same.
    """
    if not proxies:
        return
    if (wrong := _PROXIES.problem_with(proxies)) is not None:
        raise refusal(where, "trusted_proxies", wrong.rule, wrong.got, wrong.advice)
    for name in _SETTINGS:
        if getattr(settings.hosting, name) is not None:
            problem = f"trusted_proxies and settings.hosting.{name} both say where a client's address stands"
            raise conflict(where, problem, "drop the one in settings, which follows from the other")


def proxy_variables(proxies: tuple[str, ...], image: PaperlessImage) -> dict[str, str]:
    """Return the application's variables that follow from its proxies.

    Each proxy adds the address of who asked it to ``X-Forwarded-For``, so the last one's own is not in it.
    django-allauth counts from the end, the last one's entry as the first (``core/internal/httpkit.py``, for rate
    limits). python-ipware compares addresses in the header with a list, and takes the one before them (for the log of
    failed logins): its list is one shorter. Upstream's default, the length of that list as the count, fits only one of
    the two.
    """
    if not proxies:
        return {}
    listed, counted = proxies[:-1], {"PAPERLESS_ALLAUTH_TRUSTED_PROXY_COUNT": str(len(proxies))}
    if image.version_numbers < _FIRST_WITH_COUNT:
        counted = {}
        if image.version_numbers >= _FIRST_THAT_TRUSTS_NOBODY:
            # Without a variable for the count, the limit's is right, and the log names no address.
            listed = proxies
    return ({"PAPERLESS_TRUSTED_PROXIES": _PROXIES.write(listed)} if listed else {}) | counted


def tells_clients_apart(proxies: tuple[str, ...], settings: Settings, image: PaperlessImage) -> bool:
    """Return whether clients behind a proxy have addresses of their own for the application."""
    told = any(getattr(settings.hosting, name) for name in _SETTINGS)
    return bool(proxies) or told or image.version_numbers < _FIRST_THAT_TRUSTS_NOBODY


def warn_of_one_client(where: str, instance: Instance) -> None:
    """Warn of a door behind which the application takes everybody for the same client."""
    if not instance.tells_clients_apart:
        warn(
            f"{where}: for paperless-ngx {instance.image.version} all who come through this proxy are one client, and "
            "ten wrong passwords in a minute lock all of them out; name the proxies, for example "
            "Paperless(trusted_proxies=('10.42.',))"
        )
