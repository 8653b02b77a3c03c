"""Upstream's documentation section "Collate Double-Sided Documents"."""

from __future__ import annotations

from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.settings.setting import WORKER, Group, setting
from cdk8s_paperless_ngx.validation.value import value


@value
class DoubleSided(Group):
    """Two scans, of front and back sides, made one document.

    The first scan waits in scratch under a name that is always the same (upstream ``src/documents/double_sided.py``):
    with several workers, scan one document at a time.

    Raises:
        ValueError: A value has the wrong form.
    """

    enable_collate_double_sided: bool | None = setting(
        "PAPERLESS_CONSUMER_ENABLE_COLLATE_DOUBLE_SIDED", Flag(), unset="false", read_by=WORKER
    )
    """Whether that is done."""
    collate_double_sided_subdir_name: str | None = setting(
        "PAPERLESS_CONSUMER_COLLATE_DOUBLE_SIDED_SUBDIR_NAME",
        Text("a directory's name", r"(?!\.\.?$)[^/]+", "double-sided"),
        unset="double-sided",
        read_by=WORKER,
    )
    """Directory inside the consume directory whose scans are meant; `Consumption` must be recursive."""
    collate_double_sided_tiff_support: bool | None = setting(
        "PAPERLESS_CONSUMER_COLLATE_DOUBLE_SIDED_TIFF_SUPPORT", Flag(), unset="false", read_by=WORKER
    )
    """Whether TIFF files are taken too."""
