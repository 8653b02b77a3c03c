"""Where the generations of a backup are, and which of them a fresh instance is made from."""

from __future__ import annotations

import re
from typing import Final

from cdk8s_paperless_ngx.model.names import BACKUP, object_name
from cdk8s_paperless_ngx.model.off_site import Repository
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


def off_site_folder(generations: str | None, part: str) -> str:
    """Return the folder of what is known of a repository off-site, beside the generations that are pushed there.

    Args:
        generations: The folder of the generations; unset, the claim's root.
        part: Of the construct; a second one has another repository, and so another folder.
    """
    return f"{generations or 'root'}-{part}"


@value
class Restore:
    """A generation of a backup, from which a fresh instance is made.

    The first migration imports it before any process starts: it reads every file and compares it with the checksum that
    was published, migrates, imports, compares again, has upstream's sanity checker look, and makes the search index.
    It refuses an instance that has worked before or holds anything, and the generation of another version than the
    image's. What was restored is written down with the release, so that this may stay; no administrator is created,
    as users come with the backup. The backup is only read.

    With a `repository` the generation is first fetched from there into the backup's folder, which must be empty or this
    instance's, and has to have room for it. Newest means then: of both, by number. One that is damaged here is fetched
    all the same, and takes the damaged one's place. Where two folders have pushed under one name side by side, nobody
    can know whose is meant, and the newest is refused. What was fetched once is not asked for again, so that pods start
    while the storage is away.

    The backup's claim is mounted in beat's pod. A ReadWriteOnce one has it run on that claim's node; where pods spread
    over nodes, take `Restore` away when the release is ready, so that the next backup may mount its claim elsewhere.

    Args:
        generation: Its id, which is the name of its folder, such as ``0007-20261125T030000Z``; or ``newest``: the
            newest one of which every file is what it was. Take a named one away when the release is ready: after a
            total loss it would be restored again, however old it is by then.
        claim: The backup's claim and the folder of its generations; unset, those of a `Backup` of this instance with
            neither another part nor another claim.
        passphrase: The one that the backup was made with; of no use to generations that are not encrypted.
        repository: Where the generation is fetched from, if the folder does not have it whole.

    Raises:
        ValueError: ``generation`` is no id, or the generation is to be fetched into a claim that cannot be written to.
            When the app is synthesized: the instance's backup keeps its generations elsewhere than where this looks; it
            has a passphrase, and this has none; or somebody else keeps files where the generation is fetched to.
    """

    generation: str = NEWEST
    claim: ExistingClaim | None = None
    passphrase: SecretKey | None = None
    repository: Repository | None = None

    def __post_init__(self) -> None:
        if self.generation != NEWEST and not re.fullmatch(_GENERATION, self.generation):
            advice = "it is the name of the generation's folder"
            rule = f"{NEWEST!r} or an id such as '0007-20261125T030000Z'"
            raise refusal(type(self).__name__, "generation", rule, self.generation, advice)
        if self.repository and self.claim and self.claim.access_mode is AccessMode.READ_ONLY_MANY:
            advice = "name another claim, with room for a generation"
            mode = self.claim.access_mode.value
            raise refusal(type(self).__name__, "claim", "one that can be written to", mode, advice)

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
