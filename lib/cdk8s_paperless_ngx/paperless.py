"""Paperless: one whole installation, composed of its parts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cdk8s import Chart
from constructs import Construct

from cdk8s_paperless_ngx.address import parse_address
from cdk8s_paperless_ngx.admin import Admin
from cdk8s_paperless_ngx.agreement import (
    bundle_settings,
    check_languages,
    check_password,
    check_pool,
    check_tika,
    hosts_without_dots,
    secret_name_end,
    trusting,
)
from cdk8s_paperless_ngx.argument_types import check_arguments
from cdk8s_paperless_ngx.backing.external import ExternalMariadb, ExternalPostgres, ExternalRedis
from cdk8s_paperless_ngx.backing.postgres import BundledPostgres, Postgres
from cdk8s_paperless_ngx.backing.redis import BundledRedis, Redis
from cdk8s_paperless_ngx.backing.tika import BundledTika, TikaAndGotenberg
from cdk8s_paperless_ngx.checks import check_dns_label, refusal
from cdk8s_paperless_ngx.claims import Claims
from cdk8s_paperless_ngx.config import Config, consumption_defaults, directories, warn_of_shared_index
from cdk8s_paperless_ngx.files import ConsumeScripts
from cdk8s_paperless_ngx.image import Generation, PaperlessImage
from cdk8s_paperless_ngx.instance import DRAIN_MARGIN_SECONDS, Instance
from cdk8s_paperless_ngx.jobs.rescue import Rescue, RescueOptions
from cdk8s_paperless_ngx.jobs.secrets import GeneratedSecrets
from cdk8s_paperless_ngx.kubernetes.external_secrets import external_secret
from cdk8s_paperless_ngx.pods import Pods, Proxy
from cdk8s_paperless_ngx.processes.beat import Beat, BeatOptions
from cdk8s_paperless_ngx.processes.consumer import Consumer, ConsumerOptions
from cdk8s_paperless_ngx.processes.flower import Flower, FlowerOptions
from cdk8s_paperless_ngx.processes.supervisord import configurations
from cdk8s_paperless_ngx.processes.webserver import Webserver, WebserverOptions
from cdk8s_paperless_ngx.processes.worker import Worker, WorkerOptions
from cdk8s_paperless_ngx.reference import SecretKey
from cdk8s_paperless_ngx.release import Release, index_language
from cdk8s_paperless_ngx.rules import NoDuplicates, NothingShared
from cdk8s_paperless_ngx.secret import (
    ExternalSecret,
    GeneratedSecret,
    SecretSource,
    application_secrets,
)
from cdk8s_paperless_ngx.settings import Settings
from cdk8s_paperless_ngx.storage import SingleNodeStorage, Storage
from cdk8s_paperless_ngx.trust import CertificateSource
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.secret import ApplicationSecrets

_PASSWORD_LENGTH = 32
_SECRET_KEY_LENGTH = 64


class Paperless(Construct):
    """One paperless-ngx installation: webserver, consumer, worker, beat and flower, each in a pod of its own.

    With nothing but a name it also brings PostgreSQL and Redis, claims of the cluster's default class, and Secrets made
    inside the cluster: it runs on an empty cluster. Everything can be applied at once, in any order, again and again.

    Args:
        scope: Construct to create this one in; the chart above it must have a namespace.
        id: Unique among its siblings, and the instance's name unless `name` says another.
        name: Of the instance: the first half of every object's name.
        image: Which paperless-ngx.
        url: Where users reach it, for example ``https://docs.example.org``; a path makes it serve below that path. It
            is the one source of ``PAPERLESS_URL``, of the hosts that may be asked for (its own, and the Service's
            names), and with TLS of the header by which a proxy tells. Unset, any host may be asked for.
        secret: Where the application's own secret values come from.
        secret_revision: A number or a word. Change it when Secrets were changed: all pods, PostgreSQL's and Redis's
            too, start anew together; README says how each secret is rotated.
        admin: The first administrator; None for none, as when data is moved in.
        database: PostgreSQL beside the instance, or a database that runs elsewhere.
        broker: Redis beside the instance, or one that runs elsewhere.
        tika: Apache Tika and Gotenberg beside the instance, for office documents and mails; unset, there are none but
            those that ``settings.tika`` names.
        storage: Claims, and whether pods share a node.
        settings: How the application behaves.
        webserver: How the webserver serves.
        consumer: How the consumer runs.
        worker: How workers work, and how many there are.
        beat: How beat runs.
        flower: Celery's monitoring interface; unset, there is none.
        rescue: Looks for documents that a failed task has left in scratch; None for nobody.
        consume_scripts: Programs that workers run before and after a document.
        pods: What all pods get: registry mirror, pull secrets, node selector, tolerations, priority, labels.
        ca_bundle: Where certificates of authorities stand that processes trust for outgoing requests (PEM). It takes
            the place of the image's own, so it must have the public ones in it where they are needed, as the bundles
            of trust-manager can.
        proxy: For requests that leave the cluster.
        suspended: Take every process away, Tika and Gotenberg too, and start no CronJob, for maintenance; data,
            Secrets, Jobs, PostgreSQL and Redis stay. Workers end their task first.

    Raises:
        ValueError: A name is no DNS label or too long; there is no namespace; ``url`` is no URL; a language is not in
            the official image; the image's version does not know a setting; the administrator's password is said to
            stand in two places, or Tika to run in two; there is a pool before images have one; ``secret_revision``
            cannot end a name; two directories lie in one place; consume scripts are where none can be; an argument is
            of another type.

    Warns:
        UserWarning: The settings want an index of embeddings on shared storage.
    """

    instance: Instance
    config: Config
    webserver: Webserver
    consumer: Consumer
    worker: Worker
    beat: Beat
    flower: Flower | None
    rescue: Rescue | None
    postgres: Postgres | None
    redis: Redis | None
    tika: TikaAndGotenberg | None

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str | None = None,
        image: PaperlessImage = PaperlessImage(),
        url: str | None = None,
        secret: SecretSource = GeneratedSecret(),
        secret_revision: str | int = "",
        admin: Admin | None = Admin(),
        database: BundledPostgres | ExternalPostgres | ExternalMariadb = BundledPostgres(),
        broker: BundledRedis | ExternalRedis = BundledRedis(),
        tika: BundledTika | None = None,
        storage: Storage = SingleNodeStorage(),
        settings: Settings = Settings(),
        webserver: WebserverOptions = WebserverOptions(),
        consumer: ConsumerOptions = ConsumerOptions(),
        worker: WorkerOptions = WorkerOptions(),
        beat: BeatOptions = BeatOptions(),
        flower: FlowerOptions | None = None,
        rescue: RescueOptions | None = RescueOptions(),
        consume_scripts: ConsumeScripts | None = None,
        pods: Pods = Pods(),
        ca_bundle: CertificateSource | None = None,
        proxy: Proxy | None = None,
        suspended: bool = False,
    ) -> None:
        super().__init__(scope, id)
        check_arguments(self.node.path, Paperless.__init__, locals())
        path = self.node.path
        name = id if name is None else name
        check_dns_label(path, "name", name)
        if len(name) > _MAX_INSTANCE_LENGTH:
            raise refusal(
                path, "name", f"at most {_MAX_INSTANCE_LENGTH} characters, as parts are added to it", name, "shorten it"
            )
        namespace = Chart.of(self).namespace
        if namespace is None:
            raise refusal(
                path, "namespace", "set on the chart", namespace, "write Chart(app, ..., namespace='paperless')"
            )
        settings.check(path, image.version)
        check_languages(path, image, settings)
        check_pool(path, image, database)
        check_password(path, secret, admin)
        check_tika(path, tika, settings)
        warn_of_shared_index(path, settings, storage)

        revision = secret_name_end(path, secret_revision)
        secrets = application_secrets(name, secret, admin_password=admin.password if admin else None, revision=revision)
        stored = database.seen_by_clients(name) if isinstance(database, BundledPostgres) else database
        reached = broker.seen_by_clients(name) if isinstance(broker, BundledRedis) else broker
        if ca_bundle is not None:
            stored, reached = trusting(stored, ca_bundle), trusting(reached, ca_bundle)
        if consume_scripts is not None:
            consume_scripts.check(path, official=image.is_official, mounts=worker.extras.mounts)
        address = None if url is None else parse_address(path, url)
        further_hosts = settings.hosting.allowed_hosts or ()
        variables = {
            **directories(),
            **stored.settings(image.generation),
            **reached.settings(),
            **(consume_scripts.settings() if consume_scripts else {}),
            **(tika.settings(name) if tika else {}),
            **(address.defaults(name) if address else {}),
            **(bundle_settings() if ca_bundle else {}),
            **consumption_defaults(settings, storage, image.version),
            # After the settings, whose hosts are among its own.
            **(address.settings(*_service_names(name, namespace), *further_hosts) if address else {}),
            # One task at a time; pods are what scales.
            "PAPERLESS_TASK_WORKERS": "1",
            # Upstream's default counts the node's cores, whatever the pod's limit.
            "PAPERLESS_THREADS_PER_WORKER": str(worker.resources.threads),
            "PAPERLESS_WORKER_TIMEOUT": str(worker.task_limit),
        }
        if proxy is not None:
            variables |= proxy.settings(f".{namespace}", *hosts_without_dots(variables.values()))
        self.config = Config(
            self,
            "config",
            instance=name,
            variables=variables,
            supervisord=configurations(worker.task_limit + DRAIN_MARGIN_SECONDS)
            if image.generation is Generation.SUPERVISORD
            else {},
        )
        instance = self.instance = Instance(
            name=name,
            namespace=namespace,
            image=image,
            release=Release(version=image.version, index_language=index_language(settings.ocr.language)),
            config_map=self.config.config_map.name,
            scripts=self.config.scripts.name,
            checksum=self.config.checksum,
            database=stored,
            broker=reached,
            variables=(
                Variable(name="PAPERLESS_SECRET_KEY", value=secrets.secret_key),
                *stored.variables(),
                *reached.variables(),
                *settings.secret_variables(),
            ),
            admin=_admin_variables(admin, secrets),
            storage=storage,
            task_limit=worker.task_limit,
            address=address,
            pods=pods,
            ca_bundle=ca_bundle,
            consume_scripts=consume_scripts.mount if consume_scripts else None,
            secret_revision=revision,
            suspended=suspended,
        )
        Claims(self, "claims", instance=name, namespace=namespace, storage=storage)
        self.postgres = self.redis = None
        if isinstance(database, BundledPostgres):
            self.postgres = Postgres(self, "postgres", instance=instance, options=database)
        if isinstance(broker, BundledRedis):
            self.redis = Redis(self, "redis", instance=instance, options=broker)
        self.tika = None if tika is None else TikaAndGotenberg(self, "tika", instance=instance, options=tika)
        self.webserver = Webserver(
            self,
            "webserver",
            instance=instance,
            scaling=webserver.scaling,
            granian_workers=webserver.granian_workers,
            resources=webserver.resources,
            priority_class=webserver.priority_class,
            extras=webserver.extras,
            service_options=webserver.service,
        )
        self.consumer = Consumer(
            self,
            "consumer",
            instance=instance,
            resources=consumer.resources,
            priority_class=consumer.priority_class,
            extras=consumer.extras,
        )
        self.worker = Worker(
            self,
            "worker",
            instance=instance,
            scaling=worker.scaling,
            resources=worker.resources,
            priority_class=worker.priority_class,
            extras=worker.extras,
        )
        self.beat = Beat(
            self,
            "beat",
            instance=instance,
            resources=beat.resources,
            priority_class=beat.priority_class,
            extras=beat.extras,
        )
        flower = None if flower is None else replace(flower, password=flower.password or _flower_password(name))
        self.flower = _flower(self, instance, flower)
        self.rescue = None if rescue is None else Rescue(self, "rescue", instance=instance, options=rescue)
        self._generate(secret=secret, secrets=secrets, admin=admin, database=database, broker=broker, flower=flower)
        if isinstance(secret, ExternalSecret):
            self._fetch(source=secret, secrets=secrets, admin=admin)
        self.node.add_validation(NoDuplicates(self, instance=name, namespace=namespace))
        self.node.add_validation(NothingShared(self, instance))

    def _fetch(self, *, source: ExternalSecret, secrets: ApplicationSecrets, admin: Admin | None) -> None:
        """Have the application's own secrets fetched, each into a Secret of its own."""
        fetched = {secrets.secret_key: source.secret_key}
        if admin is not None and admin.password is None:
            fetched[secrets.admin_password] = source.admin_password
        for target, entry in fetched.items():
            identity = f"external-{target.secret}"
            external_secret(self, identity, instance=self.instance.name, source=source, entry=entry, target=target)

    def _generate(
        self,
        *,
        secret: SecretSource,
        secrets: ApplicationSecrets,
        admin: Admin | None,
        database: BundledPostgres | ExternalPostgres | ExternalMariadb,
        broker: BundledRedis | ExternalRedis,
        flower: FlowerOptions | None,
    ) -> None:
        """Have Secrets made for everything that nobody named one for."""
        name = self.instance.name
        wanted: dict[str, dict[str, int]] = {}

        def add(key: SecretKey, length: int = _PASSWORD_LENGTH) -> None:
            wanted.setdefault(key.secret, {})[key.key] = length

        if isinstance(secret, GeneratedSecret):
            add(secrets.secret_key, _SECRET_KEY_LENGTH)
            if admin is not None and admin.password is None:
                add(secrets.admin_password)
        if isinstance(database, BundledPostgres) and database.password is None:
            add(database.secret_key(name))
        if isinstance(broker, BundledRedis) and broker.password is None:
            add(broker.secret_key(name))
        if flower is not None and flower.password == _flower_password(name):
            add(_flower_password(name))
        if wanted:
            GeneratedSecrets(self, "secrets", instance=self.instance, secrets=wanted)


_MAX_INSTANCE_LENGTH = 40
"""Leaves 11 characters for a part and its hyphen in a CronJob's name of 52."""


def _service_names(instance: str, namespace: str) -> tuple[str, ...]:
    """By which clients inside the cluster ask for the webserver."""
    name = f"{instance}-webserver"
    return name, f"{name}.{namespace}", f"{name}.{namespace}.svc", f"{name}.{namespace}.svc.cluster.local"


def _admin_variables(admin: Admin | None, secrets: ApplicationSecrets) -> tuple[Variable, ...]:
    if admin is None:
        return ()
    mail = (Variable(name="PAPERLESS_ADMIN_MAIL", value=admin.mail),) if admin.mail else ()
    return (
        Variable(name="PAPERLESS_ADMIN_USER", value=admin.user),
        *mail,
        Variable(name="PAPERLESS_ADMIN_PASSWORD", value=secrets.admin_password),
    )


def _flower_password(instance: str) -> SecretKey:
    return SecretKey(secret=f"{instance}-flower", key="password")


def _flower(scope: Construct, instance: Instance, options: FlowerOptions | None) -> Flower | None:
    if options is None or options.password is None:
        return None
    return Flower(
        scope,
        "flower",
        instance=instance,
        user=options.user,
        password=options.password,
        resources=options.resources,
        priority_class=options.priority_class,
        extras=options.extras,
    )
