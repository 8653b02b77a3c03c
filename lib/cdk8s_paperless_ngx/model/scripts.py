"""The programs of this library that run in pods."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from cdk8s_paperless_ngx.model.names import BACKUP_SCRIPTS, SCRIPTS
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping

_FILES: Final = (".py", ".sh", "passwd")
_OF_BACKUPS: Final = frozenset(
    {
        "archive.py",
        "backup.py",
        "backup_report.py",
        "drill.py",
        "export_documents.py",
        "fetch.py",
        "generations.py",
        "manifest.py",
        "off_site.py",
        "off_site.sh",
        "proof.py",
        "restore.py",
        "snapshots.py",
    }
)
"""Apart from the others, as all of them together are more than client-side ``kubectl apply`` can annotate (256 KiB)."""


@cache
def shell_script(name: str) -> str:
    """Return the text of a script for the shell of a server's image, which has no Python."""
    return resources.files("cdk8s_paperless_ngx").joinpath("scripts", f"{name}.sh").read_text(encoding="utf-8")


@cache
def script_texts() -> FrozenMapping[FrozenMapping[str]]:
    """Return the text of each script, and of what else is mounted from among them, by its file's name.

    They are in two parts, each for a ConfigMap. Who mounts one mounts the other, too, in the same folder.
    """
    folder = resources.files("cdk8s_paperless_ngx").joinpath("scripts")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(_FILES)), key=lambda entry: entry.name)
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    return FrozenMapping(
        {
            SCRIPTS: FrozenMapping({name: text for name, text in texts.items() if name not in _OF_BACKUPS}),
            BACKUP_SCRIPTS: FrozenMapping({name: texts[name] for name in sorted(_OF_BACKUPS)}),
        }
    )
