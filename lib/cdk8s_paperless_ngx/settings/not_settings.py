"""Variables that are no settings here, each with what to do instead."""

from __future__ import annotations

from typing import Final

_DATABASE: Final = "use database"
_TLS: Final = "use the tls of database, an ExternalPostgres or ExternalMariadb"
_PASSWORD: Final = "use database, which logs in by password; extras mount a certificate, for PGSSLCERT and PGSSLKEY"  # noqa: S105 (an advice)
_STORAGE: Final = "use storage"
_URL: Final = "use url"
_PREFIX: Final = "use url, with the path in it"
_PROXY: Final = "use proxy=Proxy(...)"
_BUNDLE: Final = "use ca_bundle"
_ADDRESS: Final = "use pods=Pods(ip_families=...), as probes and the Service come to every address of the pod"
_PORT: Final = "it is fixed, as every pod has its own; use webserver=WebserverOptions(service=...) for the Service's"
_WORKERS: Final = "use webserver=WebserverOptions(granian_workers=...)"
_RELEASE: Final = "the library writes it, for the migration"
_WRITABLE: Final = "it is fixed: the rest of the file system cannot be written"

OWNED: Final = {
    "PAPERLESS_REDIS": "use broker",
    "PAPERLESS_REDIS_PREFIX": "use broker",
    "PAPERLESS_DBENGINE": "use database; from SQLite, data must be moved (docs/moving-in.md)",
    "PAPERLESS_DBHOST": _DATABASE,
    "PAPERLESS_DBPORT": _DATABASE,
    "PAPERLESS_DBNAME": _DATABASE,
    "PAPERLESS_DBUSER": _DATABASE,
    "PAPERLESS_DBPASS": _DATABASE,
    "PAPERLESS_DB_OPTIONS": _DATABASE,
    "PAPERLESS_DBSSLMODE": _TLS,
    "PAPERLESS_DBSSLROOTCERT": _TLS,
    "PAPERLESS_DBSSLCERT": _PASSWORD,
    "PAPERLESS_DBSSLKEY": _PASSWORD,
    "PAPERLESS_DB_POOLSIZE": "use database=ExternalPostgres(pool=...)",
    "PAPERLESS_DB_TIMEOUT": "use database; a connection is tried for 5 seconds",
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
    "PAPERLESS_FORCE_SCRIPT_NAME": _PREFIX,
    "PAPERLESS_PROXY_SSL_HEADER": "use url, with https in it",
    "PAPERLESS_TASK_WORKERS": "use worker=WorkerOptions(scaling=...), as pods are what scales",
    "PAPERLESS_THREADS_PER_WORKER": "use worker=WorkerOptions(resources=...), as threads follow from the CPU limit",
    "PAPERLESS_WORKER_TIMEOUT": "use Paperless(task_limit=...)",
    "PAPERLESS_PORT": _PORT,
    "PAPERLESS_BIND_ADDR": _ADDRESS,
    "PAPERLESS_WEBSERVER_WORKERS": _WORKERS,
    "PAPERLESS_ENABLE_FLOWER": "use flower=FlowerOptions()",
    "PAPERLESS_SEARCH_LANGUAGE": (
        "it stops every process of 3.0 (AppRegistryNotReady); use Settings(ocr=Ocr(languages=...)), "
        "whose first language it follows"
    ),
    "PAPERLESS_SUPERVISORD_WORKING_DIR": "every pod has its own",
    "PAPERLESS_ENABLE_UPDATE_CHECK": "it is a switch in the web interface now",
    "GRANIAN_HOST": _ADDRESS,
    "GRANIAN_PORT": _PORT,
    "GRANIAN_WORKERS": _WORKERS,
    "GRANIAN_URL_PATH_PREFIX": _PREFIX,
    "HTTP_PROXY": _PROXY,
    "HTTPS_PROXY": _PROXY,
    "NO_PROXY": _PROXY,
    "http_proxy": _PROXY,
    "https_proxy": _PROXY,
    "no_proxy": _PROXY,
    "SSL_CERT_FILE": _BUNDLE,
    "REQUESTS_CA_BUNDLE": _BUNDLE,
    "CURL_CA_BUNDLE": _BUNDLE,
    "HOME": _WRITABLE,
    "XDG_CACHE_HOME": _WRITABLE,
    "PYTHONPYCACHEPREFIX": "it is fixed: the migration compiles the application there for all pods",
    "PYTHONPATH": "it is fixed: processes load modules of this library from there",
    "REDIS_PASSWORD": "use broker",
    "BASIC_AUTH_PASSWORD": "use flower=FlowerOptions(password=...)",
    "FLOWER_BASIC_AUTH": "use flower=FlowerOptions(user=..., password=...)",
    "FLOWER_PORT": "it is fixed, as the pod is flower's own",
    "INSTANCE": _RELEASE,
    "RELEASE_VERSION": _RELEASE,
    "RELEASE_LANGUAGE": _RELEASE,
    "REBUILD_INDEX": "use Paperless(rebuild_index=...)",
    "START_FROM_NOTHING": "use Paperless(start_from_nothing=...)",
    "RESTORE_GENERATION": "use Paperless(restore=Restore(generation=...))",
    "RESTORE_DIR": "use Paperless(restore=Restore(claim=...))",
    "EXPORT_PASSPHRASE": "use passphrase=SecretKey(...) of Backup, Restore and RestoreDrill",
}
"""Variables that the library writes itself, or must not be written, and the arguments they follow from."""

OWNED_SECRETS: Final = frozenset(
    {
        *("PAPERLESS_REDIS", "PAPERLESS_DBPASS", "PAPERLESS_DB_OPTIONS", "PAPERLESS_SECRET_KEY"),
        *("PAPERLESS_ADMIN_PASSWORD", "REDIS_PASSWORD", "BASIC_AUTH_PASSWORD", "FLOWER_BASIC_AUTH"),
        "EXPORT_PASSPHRASE",
    }
)
"""Those of them whose values no sentence may repeat."""

START_SCRIPT: Final = {
    "PAPERLESS_OCR_LANGUAGES": "use an image that has the languages, and Settings(ocr=Ocr(languages=...))",
    "PAPERLESS_CONSUMER_DISABLE": "use consumer=None",
    "USERMAP_UID": "use pods=Pods(user_id=...)",
    "USERMAP_GID": "use pods=Pods(group_id=...)",
}
"""Variables that only the image's start scripts read; since 2.15 those are not run, and before that not as root."""


_OF_OTHERS: Final = {
    "TZ": "the application does not read it: use Settings(time_zone=...)",
    "PUID": "paperless-ngx does not read it: use pods=Pods(user_id=...)",
    "PGID": "paperless-ngx does not read it: use pods=Pods(group_id=...)",
    "PAPERLESS_EXPORT_DIR": "nothing reads it: the directory export is one of storage",
}
"""Variables that stand beside the application's and that it does not read."""
_START_SCRIPTS: Final = ("S6_", "INIT_")
"""How variables of the image's s6-overlay begin."""


def not_read(name: str) -> str:
    """Return what to do instead of a variable of an environment that the application does not read."""
    if name.startswith(_START_SCRIPTS):
        return "only the image's start scripts read it, which are not run: leave it out"
    return _OF_OTHERS.get(name, "")


def from_file(name: str, known: frozenset[str]) -> str | None:
    """Return which of the known variables one with the suffix ``_FILE`` stands for, if any.

    The start script puts the file's content into it (upstream ``docker/rootfs/etc/s6-overlay/s6-rc.d/init-env-file``).
    """
    base = name.removesuffix("_FILE")
    return base if name not in known and base != name and base in known and base.startswith("PAPERLESS_") else None
