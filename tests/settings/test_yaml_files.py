"""Moving in with a Compose file, a HelmRelease, the values of a chart, or manifests."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest

from cdk8s_paperless_ngx import Settings
from cdk8s_paperless_ngx.settings import Outcome

TAKEN = {"PAPERLESS_OCR_LANGUAGE": "deu+eng", "PAPERLESS_CONSUMER_RECURSIVE": "true", "PAPERLESS_OCR_PAGES": "3"}


def read(text, **arguments):
    return Settings.from_env(dedent(text), **arguments)


def said(reading):
    """Return the variables that are not this library's defaults."""
    return dict(reading.settings.variables().items() - Settings().variables().items())


def notes(reading):
    return {note.variable: note.text for note in reading.notes}


COMPOSE = {
    "a mapping": """
        x-common: &common
          PAPERLESS_OCR_LANGUAGE: deu+eng
        services:
          broker: {image: docker.io/library/redis:8, environment: {REDIS_ARGS: x}}
          gpt: {image: icereed/paperless-gpt:latest, environment: {PAPERLESS_BASE_URL: "http://webserver:8000"}}
          webserver:
            image: ghcr.io/paperless-ngx/paperless-ngx:2.20.15
            environment:
              <<: *common
              PAPERLESS_CONSUMER_RECURSIVE: true
              PAPERLESS_OCR_PAGES: 3
        """,
    "a list": """
        services:
          paperless:
            image: "${IMAGE:-paperlessngx/paperless-ngx}:latest"
            environment:
              - PAPERLESS_OCR_LANGUAGE=deu+eng
              - PAPERLESS_CONSUMER_RECURSIVE=yes
              - "PAPERLESS_OCR_PAGES=${PAGES-3}"
        """,
    "by its variables": """
        services:
          docs:
            build: .
            environment: [PAPERLESS_OCR_LANGUAGE=deu+eng, PAPERLESS_CONSUMER_RECURSIVE=1, PAPERLESS_OCR_PAGES=3]
          db: {image: postgres, environment: [POSTGRES_DB=paperless]}
        """,
    "a HelmRelease with a mapping": """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: paperless}
        spec:
          values:
            controllers:
              paperless:
                containers:
                  app:
                    image: {repository: ghcr.io/paperless-ngx/paperless-ngx, tag: 2.20.15}
                    env:
                      PAPERLESS_OCR_LANGUAGE: {value: deu+eng}
                      PAPERLESS_CONSUMER_RECURSIVE: "true"
                      PAPERLESS_OCR_PAGES: "${PAGES:=3}"
                  gotenberg:
                    image: {repository: gotenberg/gotenberg}
                    env: {PAPERLESS_UNRELATED: x}
        """,
    "a chart's values": """
        image: {repository: ghcr.io/paperless-ngx/paperless-ngx}
        env:
          PAPERLESS_OCR_LANGUAGE: deu+eng
          PAPERLESS_CONSUMER_RECURSIVE: "yes"
          PAPERLESS_OCR_PAGES: 3
        """,
    "manifests": """
        kind: ConfigMap
        metadata: {name: docs}
        data: {PAPERLESS_OCR_LANGUAGE: deu+eng, PAPERLESS_OCR_PAGES: "1"}
        ---
        kind: Deployment
        spec:
          template:
            spec:
              containers:
                - name: app
                  image: ghcr.io/paperless-ngx/paperless-ngx@sha256:00
                  envFrom: [{configMapRef: {name: docs}}]
                  env:
                    - {name: PAPERLESS_CONSUMER_RECURSIVE, value: "1"}
                    - {name: PAPERLESS_OCR_PAGES, value: "3"}
        """,
    "a ConfigMap": """
        kind: ConfigMap
        metadata: {name: docs}
        data:
          PAPERLESS_OCR_LANGUAGE: deu+eng
          PAPERLESS_CONSUMER_RECURSIVE: "yes"
          PAPERLESS_OCR_PAGES: "3"
        """,
    "the inside of environment": """
        - PAPERLESS_OCR_LANGUAGE=deu+eng
        - PAPERLESS_CONSUMER_RECURSIVE=1
        - PAPERLESS_OCR_PAGES=3
        """,
    "lines with a colon": """
        PAPERLESS_OCR_LANGUAGE: deu+eng
        PAPERLESS_CONSUMER_RECURSIVE: "yes"
        PAPERLESS_OCR_PAGES: 3
        """,
}


@pytest.mark.parametrize("text", COMPOSE.values(), ids=COMPOSE)
def test_each_form(text):
    reading = read(text)

    assert said(reading) == TAKEN
    assert reading.notes == ()


def test_scalars_stay_texts():
    """In YAML 1.1 a version or a time would become a number, and a word a truth value."""
    reading = read(
        """
        services:
          web:
            image: paperless-ngx
            environment:
              PAPERLESS_APP_TITLE: on
              PAPERLESS_CONSUMER_ASN_BARCODE_PREFIX: 012
              PAPERLESS_AUTO_LOGIN_USERNAME: 2025-01-01
              PAPERLESS_EMAIL_HOST_USER: 12:30
              PAPERLESS_FILENAME_FORMAT: !custom "{{ title }}"
        """
    )

    assert reading.notes == ()
    assert said(reading) == {
        "PAPERLESS_APP_TITLE": "on",
        "PAPERLESS_CONSUMER_ASN_BARCODE_PREFIX": "012",
        "PAPERLESS_AUTO_LOGIN_USERNAME": "2025-01-01",
        "PAPERLESS_EMAIL_HOST_USER": "12:30",
        "PAPERLESS_FILENAME_FORMAT": "{{ title }}",
    }


def test_what_the_file_does_not_say_is_named():
    """A value from the shell, from another file or from a Secret is neither nothing nor the text of its reference."""
    reading = read(
        """
        env:
          - {name: PAPERLESS_APP_TITLE, value: "Docs of ${SECRET_DOMAIN}"}
          - {name: PAPERLESS_TIME_ZONE}
          - {name: PAPERLESS_OCR_PAGES, valueFrom: {configMapKeyRef: {name: docs, key: pages}}}
          - {name: PAPERLESS_EMAIL_HOST, valueFrom: {secretKeyRef: {name: mail, key: host}}}
          - {name: PAPERLESS_EMAIL_HOST_PASSWORD, valueFrom: {secretKeyRef: {name: mail, key: password}}}
          - {name: PAPERLESS_DBPASS, valueFrom: {secretKeyRef: {name: db, key: password}}}
          - {value: battery}
          - {name: PAPERLESS_OCR_IMAGE_DPI, value: [300]}
        envFrom: [{secretRef: {name: docs}}]
        """
    )

    assert reading.settings == Settings()
    assert notes(reading) == {
        "envFrom docs": "this Secret is not in the file: name what is in it by hand",
        "env, item 7": "it is no variable: write name and value",
        "PAPERLESS_APP_TITLE": "it refers to SECRET_DOMAIN, which has no value in the file: write its value",
        "PAPERLESS_TIME_ZONE": "it has no value in the file: leave it out, or write one",
        "PAPERLESS_OCR_PAGES": "its value comes from elsewhere: write it",
        "PAPERLESS_EMAIL_HOST": "its value stands in key host of Secret mail: write it here",
        "PAPERLESS_EMAIL_HOST_PASSWORD": (
            "its value stands in a Secret: name that, "
            "Settings(email_sending=EmailSending(host_password=SecretKey(secret='mail', key='password')))"
        ),
        "PAPERLESS_DBPASS": "use database",
        "PAPERLESS_OCR_IMAGE_DPI": "it has a list or mapping for its value in the file: write it as a text",
    }


def test_files_beside_a_compose_file(tmp_path):
    """``env_file`` has variables, which ``environment`` overrides; ``.env`` has what references stand for."""
    (tmp_path / ".env").write_text("LANGUAGES=deu+eng\nPAPERLESS_DATE_ORDER=YMD\n", encoding="utf-8")
    (tmp_path / "docs.env").write_text(
        "PAPERLESS_OCR_LANGUAGE=$LANGUAGES\nPAPERLESS_OCR_PAGES=1\nbattery!\nPAPERLESS_APP_TITLE=Docs\n",
        encoding="utf-8",
    )
    file = tmp_path / "compose.yml"
    file.write_text(
        dedent(
            """
            services:
              web:
                image: paperless-ngx
                env_file: [docs.env, {path: more.env, required: false}]
                environment: [PAPERLESS_OCR_PAGES=3, PAPERLESS_CONSUMER_RECURSIVE=true]
            """
        ),
        encoding="utf-8",
    )
    reading = Settings.from_env(file)

    assert said(reading) == {**TAKEN, "PAPERLESS_APP_TITLE": "Docs"}
    assert notes(reading) == {
        "docs.env, line 3": "it is neither a variable nor a comment: write NAME=value",
        "env_file more.env": "more.env cannot be read from here: pass its text or path to another Settings.from_env",
    }


TWO = """
    services:
      a: {image: paperless-ngx, environment: [PAPERLESS_OCR_PAGES=1]}
      b: {image: paperless-ngx, environment: [PAPERLESS_OCR_PAGES=2]}
    """


def test_one_of_several_is_named():
    assert read(TWO, service="b").settings.ocr.pages == 2


def test_several_that_say_the_same_are_one():
    """A Deployment for each process with the same variables."""
    assert read(TWO.replace("=2", "=1")).settings.ocr.pages == 1


@pytest.mark.parametrize(
    ("text", "service", "sentence"),
    [
        (TWO, None, "several services in the file may be paperless-ngx: a, b; name one: service=..."),
        (TWO, "c", "there is no service 'c' in the file; it has a, b"),
        (
            "services:\n  db: {image: postgres}\n",
            None,
            (
                "no service in the file has the image paperless-ngx, or variables PAPERLESS_…; name one with "
                "service=...: db"
            ),
        ),
        (
            "kind:\nspec:\n  replicas: 1\n",
            None,
            (
                "no service in the file has the image paperless-ngx, or variables PAPERLESS_…; pass the file that has "
                "them"
            ),
        ),
        (
            "services:\n  a: [battery\n",
            None,
            (
                "line 3 of source is no YAML (expected ',' or ']', but got '<stream end>'); mend the file, or pass the "
                "variables as a mapping"
            ),
        ),
        ("A=1\n", "a", "service is for a file of YAML, and source is none; leave it out"),
    ],
)
def test_what_cannot_be_chosen(text, service, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(f'Settings.from_env: {sentence}')}$"):
        read(text, service=service)


def test_an_alias_inside_what_it_means():
    """YAML allows it, and a file with one must not end in a traceback."""
    reading = read("loop: &loop {again: *loop, env: {PAPERLESS_OCR_PAGES: 3}}\nlist: &list [*list]\n")

    assert reading.settings.ocr.pages == 3


def test_a_service_is_a_text():
    with pytest.raises(TypeError, match=r"^Settings\.from_env: service must be a text or None, got int$"):
        read(TWO, service=1)


def test_a_mapping_with_references():
    """As a YAML library reads them from a file: they must not reach the ConfigMap as they stand."""
    reading = Settings.from_env({"PAPERLESS_APP_TITLE": "${SECRET_TITLE}", "PAPERLESS_DATE_ORDER": "${ORDER:-YMD}"})

    assert said(reading) == {"PAPERLESS_DATE_ORDER": "YMD"}
    assert {note.outcome for note in reading.notes} == {Outcome.WRONG}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TZ", "the application does not read it: use Settings(time_zone=...)"),
        ("PUID", "paperless-ngx does not read it: use pods=Pods(user_id=...)"),
        ("USERMAP_GID", "only the image's start script reads it: use pods=Pods(group_id=...)"),
        ("PAPERLESS_CONSUMER_DISABLE", "only the image's start script reads it: use consumer=None"),
        ("PAPERLESS_EXPORT_DIR", "nothing reads it: the directory export is one of storage"),
        ("S6_VERBOSITY", "only the image's start scripts read it, which are not run: leave it out"),
        ("INIT_TIMEOUT", "only the image's start scripts read it, which are not run: leave it out"),
        ("PAPERLESS_DB_POOLSIZE", "use database=ExternalPostgres(pool=...)"),
        (
            "PAPERLESS_DBPOOLSIZE",
            (
                "not known here: use Settings(extra_env=...) if the application needs it; it looks like "
                "PAPERLESS_DB_POOLSIZE"
            ),
        ),
    ],
)
def test_what_stands_beside(name, text):
    """Each says which argument does it, if any does."""
    assert notes(Settings.from_env({name: "1"})) == {name: text}


def test_an_empty_secret_key_says_where_it_goes():
    assert notes(read("PAPERLESS_SECRET_KEY=\n")) == {
        "PAPERLESS_SECRET_KEY": "it has no value in the file: leave it out; use secret"
    }
