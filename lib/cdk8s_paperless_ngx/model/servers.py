"""The servers that this library brings along."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.broker import REDIS_PORT, BundledRedis
from cdk8s_paperless_ngx.model.database import BUNDLED_USER, POSTGRES_PORT, BundledPostgres
from cdk8s_paperless_ngx.model.names import GOTENBERG, POSTGRES, REDIS, TIKA
from cdk8s_paperless_ngx.model.processes.process import CommandProbe, HttpProbe
from cdk8s_paperless_ngx.model.scripts import shell_script
from cdk8s_paperless_ngx.model.server import Server, StatefulServer
from cdk8s_paperless_ngx.model.tika import GOTENBERG_PORT, TIKA_PORT, BundledTika
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.numbers import seconds

_POSTGRES_DATA: Final = "/var/lib/postgresql"
_FIVE_SECONDS: Final = timedelta(seconds=5)
_TEN_SECONDS: Final = timedelta(seconds=10)
_TMP: Final = {"tmp": paths.TEMPORARY_DIRECTORY}


def _pg_isready(timeout: timedelta) -> tuple[str, ...]:
    # By TCP: while the image sets a new database up, its server listens on the socket only.
    return (
        "pg_isready", "--host", "127.0.0.1", "--username", BUNDLED_USER, "--dbname", BUNDLED_USER, "--quiet",
        "--timeout", str(seconds(timeout)),
    )  # fmt: skip


def _answers(timeout: timedelta) -> tuple[str, ...]:
    """Ask whether it says anything: its status is 1 for a server that refuses, as it recovers, and 2 for none."""
    return ("sh", "-c", '"$@"; test $? -le 1', "answers", *_pg_isready(timeout))


def postgres(instance: str, options: BundledPostgres) -> StatefulServer:
    """PostgreSQL in its official image, which listens on all addresses, IPv6 too (``listen_addresses = '*'``)."""
    return StatefulServer(
        component=POSTGRES,
        name="postgresql",
        image=options.image,
        user_id=999,
        start=shell_script("start_postgres"),
        environment=(
            Variable(name="POSTGRES_USER", value=BUNDLED_USER),
            Variable(name="POSTGRES_DB", value=BUNDLED_USER),
            Variable(name="POSTGRES_PASSWORD", value=options.password_key(instance)),
            # Written out, as each major version of the official image has another one since 18.
            Variable(name="PGDATA", value=f"{_POSTGRES_DATA}/{options.folder}"),
            Variable(name="DATABASES", value=_POSTGRES_DATA),
            *(() if options.left_behind is None else (Variable(name="LEFT_BEHIND", value=options.left_behind),)),
        ),
        port=POSTGRES_PORT,
        private_paths={"run": "/var/run/postgresql", **_TMP},
        # As long as a new database may take to be set up. A recovery from a crash may take hours, in which it answers;
        # a server that is killed in it begins anew.
        startup=CommandProbe(command=_answers(_FIVE_SECONDS), period=_FIVE_SECONDS, failures=720, timeout=_TEN_SECONDS),
        readiness=CommandProbe(
            command=_pg_isready(timedelta(seconds=3)), period=_FIVE_SECONDS, failures=6, timeout=_FIVE_SECONDS
        ),
        # Ten minutes without an answer: the disk of a busy server may have work for a while.
        liveness=CommandProbe(
            command=_answers(timedelta(seconds=25)),
            period=timedelta(minutes=1),
            failures=10,
            timeout=timedelta(seconds=30),
        ),
        # The image's signal (SIGINT) ends it with a checkpoint, which writes all that the last five minutes left in
        # memory (checkpoint_timeout). Cut short, it is a recovery at the next start.
        grace_period=timedelta(minutes=5),
        shared_memory=options.shared_memory,
        resources=options.resources,
        data_path=_POSTGRES_DATA,
        size=options.size,
        storage_class=options.storage_class,
        claim_labels=options.claim_labels,
        claim_annotations=options.claim_annotations,
    )  # fmt: skip


def redis(instance: str, options: BundledRedis) -> StatefulServer:
    """Valkey in its official image, or Redis in its, with an append-only file that is synced before each answer.

    Without a configuration file both listen on all addresses, IPv6 too (``bind * -::*``). ``docs/queue.md``
    says what it does where memory or the disk is full.
    """
    return StatefulServer(
        component=REDIS,
        name="redis",
        image=options.image,
        user_id=999,
        start=shell_script("start_broker"),
        args=(
            "--dir", "/data", "--appendonly", "yes", "--appendfsync", "always",
            # Both take snapshots by default, and refuse writes when one fails.
            "--save", "", "--stop-writes-on-bgsave-error", "no",
            "--maxmemory", str(options.maxmemory), "--maxmemory-policy", "noeviction",
            "--requirepass", "$(REDISCLI_AUTH)",
        ),
        # Valkey's client and Redis's take the password from here, so that no probe shows it in the process list.
        environment=(Variable(name="REDISCLI_AUTH", value=options.password_key(instance)),),
        port=REDIS_PORT,
        private_paths=_TMP,
        # A client exits with 0 whatever the answer is, and answers are errors while the file is loaded.
        readiness=CommandProbe(
            command=("sh", "-c", "{ valkey-cli ping || redis-cli ping; } 2> /dev/null | grep -q PONG"),
            period=_FIVE_SECONDS,
            failures=6,
            timeout=_FIVE_SECONDS,
        ),
        grace_period=timedelta(minutes=1),
        resources=options.resources,
        data_path="/data",
        size=options.size,
        storage_class=options.storage_class,
        claim_labels=options.claim_labels,
        claim_annotations=options.claim_annotations,
    )  # fmt: skip


def tika(options: BundledTika) -> Server:
    """Apache Tika in its official image."""
    return Server(
        component=TIKA,
        name=TIKA,
        image=options.tika_image,
        # Of the image (apache/tika-docker, Dockerfile).
        user_id=35002,
        port=TIKA_PORT,
        private_paths=_TMP,
        readiness=HttpProbe(path="/version", port=TIKA, period=timedelta(seconds=10), failures=3),
        grace_period=timedelta(seconds=30),
        resources=options.tika_resources,
    )


def gotenberg(options: BundledTika) -> Server:
    """Gotenberg in its official image."""
    return Server(
        component=GOTENBERG,
        name=GOTENBERG,
        image=options.gotenberg_image,
        # Of the image; Chromium writes to its home (gotenberg/gotenberg#949).
        user_id=1001,
        args=(
            "gotenberg",
            "--chromium-disable-javascript=true",
            "--chromium-allow-list=file:///tmp/.*",
            *options.gotenberg_args,
        ),
        port=GOTENBERG_PORT,
        private_paths={**_TMP, "home": "/home/gotenberg"},
        readiness=HttpProbe(path="/health", port=GOTENBERG, period=timedelta(seconds=10), failures=3),
        # Just below its limit it was seen to hang for ever; a long conversion must not count as that.
        liveness=HttpProbe(path="/health", port=GOTENBERG, period=timedelta(minutes=1), failures=5),
        grace_period=timedelta(minutes=1),
        resources=options.gotenberg_resources,
    )
