"""What the arguments of an instance must agree on, and what follows from two of them together."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from cdk8s_paperless_ngx.backing.external import ExternalMariadb, ExternalPostgres, ExternalRedis
from cdk8s_paperless_ngx.checks import refusal
from cdk8s_paperless_ngx.image import OFFICIAL_OCR_LANGUAGES, PaperlessImage, parse_version
from cdk8s_paperless_ngx.secret import ADMIN_PASSWORD, GeneratedSecret, SecretSource
from cdk8s_paperless_ngx.trust import TRUST_PATH, CertificateSource, Verification

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cdk8s_paperless_ngx.admin import Admin
    from cdk8s_paperless_ngx.backing.tika import BundledTika
    from cdk8s_paperless_ngx.settings import Settings

_REVISION: Final = re.compile("[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?")
_FIRST_WITH_POOL: Final = (2, 18, 0)
_Elsewhere = TypeVar("_Elsewhere", bound=ExternalPostgres | ExternalMariadb | ExternalRedis)


def check_languages(path: str, image: PaperlessImage, settings: Settings) -> None:
    """Refuse a language for which the image has no data."""
    missing = [language for language in settings.ocr.languages if language not in OFFICIAL_OCR_LANGUAGES]
    if image.is_official and missing:
        raise refusal(
            path,
            "settings.ocr.languages",
            f"among those in the official image ({', '.join(OFFICIAL_OCR_LANGUAGES)})",
            missing[0],
            "every process would refuse to start; build an image with the language and name its repository",
        )


def check_pool(path: str, image: PaperlessImage, database: object) -> None:
    """Refuse a pool that the image's version would not have."""
    if not isinstance(database, ExternalPostgres) or database.pool is None:
        return
    if parse_version(path, image.version) < _FIRST_WITH_POOL:
        rule = f"left out before paperless-ngx {'.'.join(map(str, _FIRST_WITH_POOL))}"
        raise refusal(path, "database.pool", rule, database.pool, f"{image.version} has no pool of connections")


def check_password(path: str, secret: SecretSource, admin: Admin | None) -> None:
    """Refuse two places for the administrator's password."""
    if admin is None or admin.password is None or isinstance(secret, GeneratedSecret):
        return
    if secret.admin_password != ADMIN_PASSWORD:
        advice = f"secret.admin_password names {secret.admin_password!r} already; drop one of the two"
        raise refusal(path, "admin.password", "left out", admin.password, advice)


def check_tika(path: str, tika: BundledTika | None, settings: Settings) -> None:
    """Refuse two places for Tika."""
    elsewhere = settings.tika
    given = {name: getattr(elsewhere, name) for name in ("enabled", "endpoint", "gotenberg_endpoint")}
    for name, value in given.items():
        if tika is not None and value is not None:
            advice = "drop one of the two: tika brings both servers, and says where they are"
            raise refusal(path, f"settings.tika.{name}", "left out beside tika", value, advice)


def secret_name_end(path: str, revision: str | int) -> str:
    """Return a revision of Secrets as a text that may end the name of one."""
    text = str(revision)
    if text and not _REVISION.fullmatch(text):
        rule = "of up to 20 lower-case letters, digits and '-', with no '-' at its ends"
        raise refusal(path, "secret_revision", rule, revision, "count it up, or write the date")
    return text


def trusting(server: _Elsewhere, bundle: CertificateSource) -> _Elsewhere:
    """Return a server whose certificate is verified against an instance's bundle, unless it has an authority itself."""
    tls = server.tls
    if tls is None or tls.ca is not None or tls.verification is Verification.NONE:
        return server
    return replace(server, tls=replace(tls, ca=bundle))


def hosts_without_dots(values: Iterable[str]) -> list[str]:
    """Return the hosts in URLs that are Services of the instance's own namespace, which no domain covers."""
    found = (re.match(r"https?://([A-Za-z0-9-]+)(?=[:/?]|$)", value) for value in values)
    return sorted({match[1] for match in found if match} - {"localhost"})


def bundle_settings() -> dict[str, str]:
    """What OpenSSL, requests and curl take authorities from."""
    path = f"{TRUST_PATH}/bundle.crt"
    return {"SSL_CERT_FILE": path, "REQUESTS_CA_BUNDLE": path, "CURL_CA_BUNDLE": path}
