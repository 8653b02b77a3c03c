"""Upstream's documentation section "Paths and folders", as far as storage does not answer it."""

from __future__ import annotations

from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.texts import PATH
from cdk8s_paperless_ngx.settings.setting import BACKUP, WEBSERVER, WORKER, Group, mounted_in, setting
from cdk8s_paperless_ngx.validation.value import value


@value
class Paths(Group):
    """Files beside the documents; `Settings` itself has the template of documents' names.

    Raises:
        ValueError: A value has the wrong form.
    """

    filename_format_remove_none: bool | None = setting(
        "PAPERLESS_FILENAME_FORMAT_REMOVE_NONE", Flag(), unset="false", read_by=WEBSERVER + WORKER + BACKUP
    )
    """Whether the template's parts that a document does not have are left out, rather than called ``none``."""
    empty_trash_dir: str | None = setting(
        "PAPERLESS_EMPTY_TRASH_DIR",
        PATH,
        since="2.10.0",
        formerly="PAPERLESS_TRASH_DIR",
        needs=mounted_in("every pod"),
        read_by=WEBSERVER + WORKER,
    )
    """Directory that originals go to when the trash is emptied; unset, they are deleted. It must exist and be writable
    in every pod, or no process starts (upstream ``src/paperless/checks.py``)."""
    model_file: str | None = setting(
        "PAPERLESS_MODEL_FILE",
        PATH,
        unset="$PAPERLESS_DATA_DIR/classification_model.pickle",
        since="2.9.0",
        needs=mounted_in("the webserver's and workers' pods, on one volume"),
        read_by=WEBSERVER + WORKER,
    )
    """File of the trained classifier, which all pods must share."""
    nltk_dir: str | None = setting(
        "PAPERLESS_NLTK_DIR",
        PATH,
        unset="/usr/share/nltk_data",
        until="3.2.0",
        after="leave it out, the toolkit is gone",
        needs=mounted_in("workers' pods"),
        read_by=WORKER,
    )
    """Directory with the Natural Language Toolkit's data; the image has them."""
    staticdir: str | None = setting(
        "PAPERLESS_STATICDIR",
        PATH,
        unset="/usr/src/paperless/static",
        needs=mounted_in("the webserver's pods"),
        read_by=WEBSERVER,
    )
    """Directory with scripts and pictures, which were collected when the image was built."""
