"""Where the generations of a backup are, and which of them a fresh instance is made from."""

from __future__ import annotations

import re
from typing import Final

from cdk8s_paperless_ngx.model.names import BACKUP, object_name
from cdk8s_paperless_ngx.model.volumes import AccessMode, ExistingClaim
from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.validation.errors import refusal
from cdk8s_paperless_ngx.validation.value import value

NEWEST: Final = "newest"
GENERATIONS: Final = "generations"
"""Folder in a new claim. Not the volume's root, which may have a ``lost+found``; nor ``backup``, where plain exports of
earlier versions of this library are, which no generation may be mixed with."""
_GENERATION: Final = r"\d{4,}-\d{8}T\d{6}Z"


def drill_folder(generations: str | None) -> str:
    """Return the folder of a drill's metrics, beside the generations that it only reads."""
    return f"{generations or 'root'}-drill"


@value
class Restore:
    """A generation of a backup, from which a fresh instance is made.

    The first migration imports it before any process starts: it reads every file and compares it with the checksum that
    was published, migrates, imports, compares again, has upstream's sanity checker look, and makes the search index.
    It refuses an instance that has worked before or holds anything, and the generation of another version than the
    image's. What was restored is written down with the release, so that this may stay; no administrator is created,
    as users come with the backup. The backup is only read.

    The backup's claim is mounted in beat's pod. A ReadWriteOnce one has it run on that claim's node; where pods spread
    over nodes, take `Restore` away when the release is ready, so that the next backup may mount its claim elsewhere.

    Args:
        generation: Its id, which is the name of its folder, such as ``0007-20261125T030000Z``; or ``newest``: the
            newest one of which every file is what it was.
        claim: The backup's claim and the folder of its generations; unset, those of a `Backup` of this instance with
            neither another part nor another claim.
        passphrase: The one that the backup was made with.

    Raises:
        ValueError: ``generation`` is no id.
    """

    generation: str = NEWEST
    claim: ExistingClaim | None = None
    passphrase: SecretKey | None = None

    def __post_init__(self) -> None:
        if self.generation != NEWEST and not re.fullmatch(_GENERATION, self.generation):
            advice = "it is the name of the generation's folder"
            rule = f"{NEWEST!r} or an id such as '0007-20261125T030000Z'"
            raise refusal(type(self).__name__, "generation", rule, self.generation, advice)

    def generations(self, instance: str) -> ExistingClaim:
        """Return where the generations are.

        Args:
            instance: Name of the installation.
        """
        if self.claim:
            return self.claim
        return ExistingClaim(
            name=object_name(instance, BACKUP), sub_path=GENERATIONS, access_mode=AccessMode.READ_WRITE_ONCE
        )
