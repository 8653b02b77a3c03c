"""What the arguments of an instance must agree on."""

from __future__ import annotations

import re
from typing import Final

from cdk8s_paperless_ngx.model.admin import Admin
from cdk8s_paperless_ngx.model.database import BundledPostgres, Database, ExternalPostgres
from cdk8s_paperless_ngx.model.extras import Extras
from cdk8s_paperless_ngx.model.image import Generation, PaperlessImage
from cdk8s_paperless_ngx.model.pods import IMAGE_USER, Pods
from cdk8s_paperless_ngx.model.secrets import ADMIN_PASSWORD, GeneratedSecret, SecretSource
from cdk8s_paperless_ngx.model.storage import SharedStorage, Storage
from cdk8s_paperless_ngx.model.tika import BundledTika
from cdk8s_paperless_ngx.settings import Settings
from cdk8s_paperless_ngx.settings.catalog import catalog_of
from cdk8s_paperless_ngx.settings.identity_providers import CLIENT_SECRET
from cdk8s_paperless_ngx.settings.sections.ocr import OFFICIAL_OCR_LANGUAGES
from cdk8s_paperless_ngx.settings.versions import version_text
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.warnings import warn

_REVISION: Final = "[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?"
_FIRST_WITH_POOL: Final = (2, 18, 0)
_FIRST_WITHOUT_TRAVERSAL: Final = (3, 1, 2)
_FIRST_WITHOUT_ORPHANS: Final = (3, 1, 0)
_OWN_VARIABLES: Final = (
    *("BACKUP_", "BEAT_", "BYTECODE_", "DRILL_", "FLOWER_", "GATE_", "OFF_SITE_", "RESCUE_", "RESTORE_"),
    CLIENT_SECRET,
)
"""Beginnings of the names that scripts of this library, and Flower, read."""


def check_consistency(
    where: str,
    *,
    image: PaperlessImage,
    settings: Settings,
    database: BundledPostgres | Database,
    secret: SecretSource,
    admin: Admin | None,
    tika: BundledTika | None,
    storage: Storage,
) -> None:
    """Refuse arguments of an instance that contradict each other, and warn of those that do not go well together.

    Args:
        where: Construct path of the instance.
        image: Its argument.
        settings: Its argument.
        database: Its argument.
        secret: Its argument.
        admin: Its argument.
        tika: Its argument.
        storage: Its argument.

    Raises:
        ValueError: The image's version does not know a setting; a language is not in the official image; there is a
            pool before images have one; the administrator's password is said to be in two places, or Tika to run in
            two; or there are folders of the consume directory that are not looked into.
    """
    settings.check(where, image.version)
    _check_languages(where, image, settings)
    _check_pool(where, image, database)
    _check_password(where, secret, admin)
    _check_tika(where, tika, settings)
    _check_folders(where, settings, storage)
    _warn_of_shared_index(where, settings, storage)
    _warn_of_traversal(where, image, settings)
    _warn_of_growing_index(where, image)


def check_extras(where: str, extras: Extras, *, storage: Storage) -> None:
    """Refuse what not all containers of an instance can have.

    Args:
        where: Construct path of the instance.
        extras: Its argument.
        storage: Its argument.

    Raises:
        ValueError: A container has a variable of that name already, or a claim is for one node and pods are on several.
    """
    for variable in extras.environment:
        name = variable.name
        advice = catalog_of(Settings).advice(name)
        if advice or name.startswith(_OWN_VARIABLES):
            problem = f"extras.environment has {name}, which containers have already"
            raise conflict(where, problem, advice or "give it another name")
    claim = extras.of_one_node
    if claim is not None and isinstance(storage, SharedStorage):
        problem = f"extras.mounts has the ReadWriteOnce claim {claim.name!r}, and the pods run on several nodes"
        raise conflict(where, problem, "use a ReadWriteMany claim, or SingleNodeStorage")


def check_user(where: str, image: PaperlessImage, pods: Pods) -> None:
    """Refuse a user that an older image's entrypoint does not know.

    Up to 2.14 it begins as root or as its own user; as anybody else it would have to become that one (upstream
    ``docker/docker-entrypoint.sh``).

    Args:
        where: Construct path of the instance.
        image: Its argument.
        pods: Its argument.

    Raises:
        ValueError: The image is one of those, and its processes are to be somebody else's.
    """
    if image.generation is Generation.SUPERVISORD and pods.user_id != IMAGE_USER:
        problem = f"the entrypoint of paperless-ngx {image.version} runs as user {IMAGE_USER} alone, not {pods.user_id}"
        raise conflict(where, problem, "leave pods.user_id out before 2.15; group_id may be another one")


def _check_languages(where: str, image: PaperlessImage, settings: Settings) -> None:
    """Refuse a language for which the image has no data."""
    missing = [language for language in settings.ocr.languages if language not in OFFICIAL_OCR_LANGUAGES]
    if image.is_official and missing:
        known = ", ".join(OFFICIAL_OCR_LANGUAGES)
        problem = f"settings.ocr.languages has {missing[0]!r}, which the official image lacks (it has {known})"
        advice = "no process would start; build an image with the language and name its repository"
        raise conflict(where, problem, advice)


def _check_pool(where: str, image: PaperlessImage, database: BundledPostgres | Database) -> None:
    """Refuse a pool that the image's version would not have."""
    if not isinstance(database, ExternalPostgres) or database.pool is None:
        return
    if image.version_numbers < _FIRST_WITH_POOL:
        problem = f"paperless-ngx {image.version} has no pool of connections, got database.pool={database.pool}"
        raise conflict(where, problem, f"leave it out before {version_text(_FIRST_WITH_POOL)}")


def _check_password(where: str, secret: SecretSource, admin: Admin | None) -> None:
    """Refuse two places for the administrator's password."""
    if admin is None or admin.password is None or isinstance(secret, GeneratedSecret):
        return
    if secret.admin_password != ADMIN_PASSWORD:
        problem = f"admin.password and secret.admin_password ({secret.admin_password!r}) name two places for one value"
        raise conflict(where, problem, "drop one of the two")


def _check_tika(where: str, tika: BundledTika | None, settings: Settings) -> None:
    """Refuse two places for Tika."""
    for name in ("enabled", "endpoint", "gotenberg_endpoint"):
        if tika is not None and getattr(settings.tika, name) is not None:
            problem = f"tika brings both servers, and settings.tika.{name} says something else about them"
            raise conflict(where, problem, "drop one of the two")


def _check_folders(where: str, settings: Settings, storage: Storage) -> None:
    """Refuse folders that the consumer would not look into."""
    if storage.consume_folders and not settings.consumption.recursive:
        names = ", ".join(storage.consume_folders)
        problem = f"storage.consume_folders has {names}, and the consumer looks at the consume directory itself alone"
        raise conflict(where, problem, "use Settings(consumption=Consumption(recursive=True))")


def _warn_of_shared_index(where: str, settings: Settings, storage: Storage) -> None:
    """Warn of an index of embeddings on storage that several nodes mount (https://sqlite.org/wal.html)."""
    if settings.ai.llm_embedding_backend is not None and isinstance(storage, SharedStorage):
        warn(
            f"{where}: settings.ai.llm_embedding_backend keeps an index that breaks when pods on two nodes open it; "
            "use SingleNodeStorage, or leave it out"
        )


def _warn_of_traversal(where: str, image: PaperlessImage, settings: Settings) -> None:
    """Warn of files that a title can put outside of media (GHSA-2jhj-xqrq-rmrq)."""
    if settings.paths.filename_format_remove_none and image.version_numbers < _FIRST_WITHOUT_TRAVERSAL:
        warn(
            f"{where}: with settings.paths.filename_format_remove_none a document can be stored outside of media, in "
            f"every version before {version_text(_FIRST_WITHOUT_TRAVERSAL)} (GHSA-2jhj-xqrq-rmrq), got "
            f"{image.version}; use a newer one, or leave it out"
        )


def _warn_of_growing_index(where: str, image: PaperlessImage) -> None:
    """Warn of what every instance here does to the index: webserver and workers both write to it (upstream #13679)."""
    if image.generation is Generation.V3 and image.version_numbers < _FIRST_WITHOUT_ORPHANS:
        warn(
            f"{where}: the search index of paperless-ngx {image.version} grows without end where several processes "
            f"write to it, as here; use {version_text(_FIRST_WITHOUT_ORPHANS)} or later, and another rebuild_index "
            "makes it small again"
        )


def secret_revision_text(where: str, revision: str | int) -> str:
    """Return a revision of Secrets as a text that may end the name of one.

    Raises:
        ValueError: It cannot.
    """
    text = str(revision)
    if text and not re.fullmatch(_REVISION, text):
        rule = "up to 20 lower-case letters, digits and '-', with no '-' at its ends"
        raise refusal(where, "secret_revision", rule, revision, "count it up, or write the date")
    return text
