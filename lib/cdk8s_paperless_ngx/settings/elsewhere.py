"""Variables that are no settings here, each with what to do instead."""

from __future__ import annotations

from typing import Final

_DATABASE: Final = "use database"
_STORAGE: Final = "use storage"
_URL: Final = "use url"

OWNED: Final = {
    "PAPERLESS_REDIS": "use broker",
    "PAPERLESS_REDIS_PREFIX": "use broker",
    "PAPERLESS_DBENGINE": _DATABASE,
    "PAPERLESS_DBHOST": _DATABASE,
    "PAPERLESS_DBPORT": _DATABASE,
    "PAPERLESS_DBNAME": _DATABASE,
    "PAPERLESS_DBUSER": _DATABASE,
    "PAPERLESS_DBPASS": _DATABASE,
    "PAPERLESS_DB_OPTIONS": _DATABASE,
    "PAPERLESS_DBSSLMODE": "use database=ExternalPostgres(tls=...)",
    "PAPERLESS_DBSSLROOTCERT": "use database=ExternalPostgres(tls=...)",
    "PAPERLESS_DBSSLCERT": "use database=ExternalPostgres(tls=...), which logs in by password",
    "PAPERLESS_DBSSLKEY": "use database=ExternalPostgres(tls=...), which logs in by password",
    "PAPERLESS_DB_POOLSIZE": "use database=ExternalPostgres(pool=...)",
    "PAPERLESS_DB_TIMEOUT": "use database; a connection is waited for as long as it takes",
    "PAPERLESS_SECRET_KEY": "use secret",
    "PAPERLESS_ADMIN_USER": "use admin=Admin(user=...)",
    "PAPERLESS_ADMIN_MAIL": "use admin=Admin(mail=...)",
    "PAPERLESS_ADMIN_PASSWORD": "use secret, or admin=Admin(password=...)",
    "PAPERLESS_DATA_DIR": _STORAGE,
    "PAPERLESS_MEDIA_ROOT": _STORAGE,
    "PAPERLESS_CONSUMPTION_DIR": _STORAGE,
    "PAPERLESS_SCRATCH_DIR": _STORAGE,
    "PAPERLESS_LOGGING_DIR": "every pod has its own, and all of it goes to the pod's log",
    "PAPERLESS_CONFIGURATION_PATH": "use Settings, whose values come before those of a file",
    "PAPERLESS_PRE_CONSUME_SCRIPT": "use consume_scripts=ConsumeScripts(pre=...)",
    "PAPERLESS_POST_CONSUME_SCRIPT": "use consume_scripts=ConsumeScripts(post=...)",
    "PAPERLESS_URL": _URL,
    "PAPERLESS_FORCE_SCRIPT_NAME": "use url, with the path in it",
    "PAPERLESS_PROXY_SSL_HEADER": "use url, with https in it",
    "PAPERLESS_TASK_WORKERS": "use worker=WorkerOptions(scaling=...), as pods are what scales",
    "PAPERLESS_THREADS_PER_WORKER": "use worker=WorkerOptions(resources=...), as threads follow from the CPU limit",
    "PAPERLESS_WORKER_TIMEOUT": "use worker=WorkerOptions(task_limit=...)",
    "PAPERLESS_PORT": "use webserver=WebserverOptions(service=...)",
    "PAPERLESS_BIND_ADDR": "use webserver=WebserverOptions(service=...)",
    "PAPERLESS_WEBSERVER_WORKERS": "use webserver=WebserverOptions(granian_workers=...)",
    "PAPERLESS_ENABLE_FLOWER": "use flower=FlowerOptions()",
    "PAPERLESS_SEARCH_LANGUAGE": (
        "it stops every process of 3.0 (AppRegistryNotReady); use Settings(ocr=Ocr(languages=...)), "
        "whose first language it follows"
    ),
    "PAPERLESS_SUPERVISORD_WORKING_DIR": "every pod has its own",
    "PAPERLESS_ENABLE_UPDATE_CHECK": "it is a switch in the web interface now",
}
"""Variables that the library writes itself, or must not be written, and the arguments they follow from."""

OWNED_SECRETS: Final = frozenset(
    {"PAPERLESS_REDIS", "PAPERLESS_DBPASS", "PAPERLESS_DB_OPTIONS", "PAPERLESS_SECRET_KEY", "PAPERLESS_ADMIN_PASSWORD"}
)
"""Those of them whose values no sentence may repeat."""

START_SCRIPT: Final = {
    "PAPERLESS_OCR_LANGUAGES": "use an image that has the languages, and Settings(ocr=Ocr(languages=...))",
    "PAPERLESS_CONSUMER_DISABLE": "use suspended=True, which ends every process",
    "USERMAP_UID": "processes run as user 1000",
    "USERMAP_GID": "processes run as group 1000",
}
"""Variables that only the image's start scripts read; since 2.15 those are not run, and before that not as root."""


def from_file(name: str, known: frozenset[str]) -> str | None:
    """Return which of the known variables one with the suffix ``_FILE`` stands for, if any.

    The start script puts the file's content into it (upstream ``docker/rootfs/etc/s6-overlay/s6-rc.d/init-env-file``).
    """
    base = name.removesuffix("_FILE")
    return base if name not in known and base != name and base in known else None
