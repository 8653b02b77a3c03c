"""Upstream's documentation section "Binaries"."""

from __future__ import annotations

from cdk8s_paperless_ngx.settings.kinds.texts import PATH, PROGRAM
from cdk8s_paperless_ngx.settings.setting import WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value


def _in_the_image(path: str) -> str:
    return f"an image with {path}"


@value
class Binaries(Group):
    """Files of the image that workers use; for an image of one's own.

    Raises:
        ValueError: A value has the wrong form.
    """

    convert_binary: str | None = setting(
        "PAPERLESS_CONVERT_BINARY", PROGRAM, unset="convert", needs=_in_the_image, read_by=WORKER
    )
    """ImageMagick's program."""
    gs_binary: str | None = setting("PAPERLESS_GS_BINARY", PROGRAM, unset="gs", needs=_in_the_image, read_by=WORKER)
    """Ghostscript's program."""
    thumbnail_font_name: str | None = setting(
        "PAPERLESS_THUMBNAIL_FONT_NAME",
        PATH,
        unset="/usr/share/fonts/liberation/LiberationSerif-Regular.ttf",
        needs=_in_the_image,
        read_by=WORKER,
    )
    """Font of the thumbnails of plain texts."""
