"""Upstream's documentation section "Frontend Settings"."""

from __future__ import annotations

from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.settings.setting import WEBSERVER, Group, setting
from cdk8s_paperless_ngx.validation.value import value


@value
class Frontend(Group):
    """How the web interface presents itself.

    Raises:
        ValueError: A value has the wrong form.
    """

    app_title: str | None = setting("PAPERLESS_APP_TITLE", Text(), since="2.4.0", read_by=WEBSERVER)
    """Title in the place of Paperless-ngx."""
    app_logo: str | None = setting(
        "PAPERLESS_APP_LOGO",
        Text("a path below the media directory with 'logo' in it", r"(?!.*\.\.)\S*logo\S*", "/media/logo.png"),
        since="2.4.0",
        read_by=WEBSERVER,
    )
    """Picture in the media directory."""
