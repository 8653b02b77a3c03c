"""Paperless: a whole installation from one call. Composition only; each piece is decided where it is written."""

from __future__ import annotations

from datetime import timedelta

from constructs import Construct

from cdk8s_paperless_ngx.constructs.beat import Beat
from cdk8s_paperless_ngx.constructs.claims import Claims
from cdk8s_paperless_ngx.constructs.config import Config
from cdk8s_paperless_ngx.constructs.consumer import Consumer
from cdk8s_paperless_ngx.constructs.flower import Flower
from cdk8s_paperless_ngx.constructs.part import Part
from cdk8s_paperless_ngx.constructs.postgres import Postgres
from cdk8s_paperless_ngx.constructs.redelivery import Redelivery
from cdk8s_paperless_ngx.constructs.redis import Redis
from cdk8s_paperless_ngx.constructs.rescue import Rescue
from cdk8s_paperless_ngx.constructs.rules import check_instance
from cdk8s_paperless_ngx.constructs.secrets import FetchedSecrets, GeneratedSecrets
from cdk8s_paperless_ngx.constructs.tika import TikaAndGotenberg
from cdk8s_paperless_ngx.constructs.webserver import Webserver
from cdk8s_paperless_ngx.constructs.worker import Worker
from cdk8s_paperless_ngx.model.admin import Admin
from cdk8s_paperless_ngx.model.backups import Restore
from cdk8s_paperless_ngx.model.broker import BundledRedis, ExternalRedis, broker_of_clients
from cdk8s_paperless_ngx.model.consistency import check_consistency, check_extras, check_user, secret_revision_text
from cdk8s_paperless_ngx.model.consume_scripts import ConsumeScripts
from cdk8s_paperless_ngx.model.database import BundledPostgres, ExternalMariadb, ExternalPostgres, database_of_clients
from cdk8s_paperless_ngx.model.environment import instance_variables
from cdk8s_paperless_ngx.model.extras import Extras
from cdk8s_paperless_ngx.model.image import Generation, PaperlessImage
from cdk8s_paperless_ngx.model.instance import DEFAULT_TASK_LIMIT, Instance, check_task_limit, drain_time
from cdk8s_paperless_ngx.model.mounted_paths import check_paths
from cdk8s_paperless_ngx.model.names import WEBSERVER, WORKER, check_instance_name
from cdk8s_paperless_ngx.model.pods import Pods
from cdk8s_paperless_ngx.model.processes.beat import BeatOptions
from cdk8s_paperless_ngx.model.processes.consumer import ConsumerOptions
from cdk8s_paperless_ngx.model.processes.flower import FlowerOptions
from cdk8s_paperless_ngx.model.processes.redelivery import RedeliveryOptions
from cdk8s_paperless_ngx.model.processes.supervisord import configurations
from cdk8s_paperless_ngx.model.processes.webserver import WebserverOptions
from cdk8s_paperless_ngx.model.processes.worker import WorkerOptions
from cdk8s_paperless_ngx.model.proxy import Proxy
from cdk8s_paperless_ngx.model.public_url import parse_public_url
from cdk8s_paperless_ngx.model.release import Release, check_rebuild_index, index_language
from cdk8s_paperless_ngx.model.rescue import RescueOptions
from cdk8s_paperless_ngx.model.secrets import (
    ExternalSecret,
    GeneratedSecret,
    SecretSource,
    application_secrets,
)
from cdk8s_paperless_ngx.model.secrets_to_make import fetched_secrets, generated_secrets
from cdk8s_paperless_ngx.model.storage import SingleNodeStorage, Storage
from cdk8s_paperless_ngx.model.tika import BundledTika
from cdk8s_paperless_ngx.model.tls import CertificateSource
from cdk8s_paperless_ngx.model.trusted_proxies import check_trusted_proxies, tells_clients_apart
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.settings import Settings
from cdk8s_paperless_ngx.validation.errors import conflict
from cdk8s_paperless_ngx.validation.names import check_word
from cdk8s_paperless_ngx.validation.types import checked


class Paperless(Part):
    """One paperless-ngx installation: webserver, consumer, worker, beat and flower, each in a pod of its own.

    With nothing but a name it also brings PostgreSQL and Redis, claims of the cluster's default class, and Secrets made
    inside the cluster: it runs on an empty cluster. Everything can be applied at once, in any order, again and again.

    Args:
        scope: Construct to create this one in; the chart above it must have a namespace.
        id: Unique among its siblings, and the instance's name unless `name` says another.
        name: Of the instance: the first half of every object's name.
        image: Which paperless-ngx.
        url: Where users reach it, for example ``https://docs.example.org``; a path makes it serve below that path. It
            is the one source of ``PAPERLESS_URL``, of the hosts that requests may name (its own, and the Service's
            names), and with TLS of the header by which a proxy says so. Unset, requests may name any host.
        trusted_proxies: The proxies that every request passes on its way to the webserver, the outermost first, each as
            its address or what several addresses begin with: ``("10.42.",)`` for an Ingress controller with nothing in
            front of it. From it follows where in ``X-Forwarded-For`` a client's address stands, for the rate limit of
            logins (``PAPERLESS_ALLAUTH_TRUSTED_PROXY_COUNT``) and the log of failed ones
            (``PAPERLESS_TRUSTED_PROXIES``). Unset, all who come through a proxy are one client since 3.0.0, and ten
            wrong passwords in a minute lock all of them out. With more than there are, clients choose their address, or
            logins fail: ``docs/pods.md``.
        secret: Where the application's own secret values come from.
        secret_revision: A number or a word. Change it when Secrets were changed: all pods, PostgreSQL's and Redis's
            too, start anew together; README says how each secret is rotated.
        admin: The first administrator; None for none, as when data is moved in.
        database: PostgreSQL beside the instance, or a database that runs elsewhere.
        broker: Valkey beside the instance, or a Redis or Valkey that runs elsewhere.
        tika: Apache Tika and Gotenberg beside the instance, for office documents and mails; unset, there are none but
            those that ``settings.tika`` names.
        storage: Claims, and whether pods share a node.
        settings: How the application behaves.
        task_limit: Time after which a task is ended and counts as failed (``PAPERLESS_WORKER_TIMEOUT``). Make it longer
            than an export takes, during which tasks wait. It also decides how long a worker may drain.
        webserver: How the webserver serves.
        consumer: How the consumer runs; None for none, as where documents only come by upload and mail, or are only
            read. Files in the consume directory then wait for a consumer; its claim stays, as queued tasks may name
            files in it, and upstream's checks want it in workers.
        worker: How workers work, and how many there are.
        beat: How beat runs.
        redelivery: How the redelivery runs, which gives back what a lost worker had in work.
        flower: Celery's monitoring interface; unset, there is none.
        rescue: Looks for documents that no task will store any more; None for nobody.
        consume_scripts: Programs that workers run before and after a document.
        extras: Volumes, files and variables for each container of the application: processes, their gates, migration,
            backup, rescue and restore drill. The last one may write to none of them. A process has its own beside them.
        pods: What all pods get: registry mirror, pull secrets, nodes, tolerations, priority, labels; user and group of
            the application's files.
        ca_bundle: Where certificates of authorities are stored that processes trust for outgoing requests (PEM). It
            takes the place of the image's own, so it must have the public ones in it where they are needed, as the
            bundles of trust-manager can.
        proxy: For requests that leave the cluster.
        rebuild_index: A word, such as a date. With another one than before all processes end, the migration makes the
            search index anew, and they start again: say it when a database was put back. It may stay.
        start_from_nothing: A word, such as a date, that lets the instance begin once although media has originals that
            the database does not know. Without it the migration refuses, as the database then seems to be lost; what
            is in media is then left to nobody, and no backup takes it.
        restore: A backup's generation that a fresh instance is made from.
        suspended: Take every process away, Tika and Gotenberg too, and start no CronJob, for maintenance; data,
            Secrets, Jobs, PostgreSQL and Redis stay. Workers end their task first.

    Raises:
        TypeError: An argument is of another type.
        ValueError: A name cannot be one, or is too long; the chart has no namespace; ``url`` is not a URL;
            ``task_limit`` is not 1 to 55 minutes; ``secret_revision`` cannot end a name; ``rebuild_index`` or
            ``start_from_nothing`` is no word; the image's version does not know a setting, or the official image a
            language; two arguments contradict each other; two directories are in one place; consume scripts are where
            workers find none; a setting names a path at which nothing is mounted; a trusted proxy is no address, or a
            setting says where clients' addresses are, too.

    Warns:
        UserWarning: The settings want an index of embeddings on shared storage; the image's version has a known fault
            that meets this instance.
    """

    instance: Instance
    config: Config
    webserver: Webserver
    consumer: Consumer | None
    worker: Worker
    beat: Beat
    redelivery: Redelivery
    flower: Flower | None
    rescue: Rescue | None
    postgres: Postgres | None
    redis: Redis | None
    tika: TikaAndGotenberg | None

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str | None = None,
        image: PaperlessImage = PaperlessImage(),
        url: str | None = None,
        trusted_proxies: tuple[str, ...] = (),
        secret: SecretSource = GeneratedSecret(),
        secret_revision: str | int = "",
        admin: Admin | None = Admin(),
        database: BundledPostgres | ExternalPostgres | ExternalMariadb = BundledPostgres(),
        broker: BundledRedis | ExternalRedis = BundledRedis(),
        tika: BundledTika | None = None,
        storage: Storage = SingleNodeStorage(),
        settings: Settings = Settings(),
        task_limit: timedelta = DEFAULT_TASK_LIMIT,
        webserver: WebserverOptions = WebserverOptions(),
        consumer: ConsumerOptions | None = ConsumerOptions(),
        worker: WorkerOptions = WorkerOptions(),
        beat: BeatOptions = BeatOptions(),
        redelivery: RedeliveryOptions = RedeliveryOptions(),
        flower: FlowerOptions | None = None,
        rescue: RescueOptions | None = RescueOptions(),
        consume_scripts: ConsumeScripts | None = None,
        extras: Extras = Extras(),
        pods: Pods = Pods(),
        ca_bundle: CertificateSource | None = None,
        proxy: Proxy | None = None,
        rebuild_index: str | None = None,
        start_from_nothing: str | None = None,
        restore: Restore | None = None,
        suspended: bool = False,
    ) -> None:
        super().__init__(scope, id)
        path, namespace = self.path, self.namespace
        name = id if name is None else name
        check_instance_name(path, name)
        if namespace is None:
            raise conflict(path, "the chart has no namespace", "write Chart(app, ..., namespace='paperless')")
        check_task_limit(path, task_limit)
        release = Release(
            version=image.version, index_language=index_language(settings.ocr.language), rebuild_index=rebuild_index
        )
        check_rebuild_index(path, release)
        if start_from_nothing is not None:
            check_word(path, "start_from_nothing", start_from_nothing)
        check_consistency(
            path,
            image=image,
            settings=settings,
            database=database,
            secret=secret,
            admin=admin,
            tika=tika,
            storage=storage,
        )
        check_trusted_proxies(path, trusted_proxies, settings)
        check_user(path, image, pods)
        check_extras(path, extras, storage=storage)
        processes = {WEBSERVER: webserver.extras, WORKER: worker.extras}
        check_paths(path, settings, official=image.is_official, extras=extras, of_processes=processes)
        if consume_scripts is not None:
            mounts = (*extras.mounts, *worker.extras.mounts)
            consume_scripts.check(path, official=image.is_official, worker_mounts=mounts)

        revision = secret_revision_text(path, secret_revision)
        secrets = application_secrets(name, secret, admin_password=admin.password if admin else None, revision=revision)
        client_database = database_of_clients(database, name).trusting(ca_bundle)
        client_broker = broker_of_clients(broker, name).trusting(ca_bundle)
        public_url = None if url is None else parse_public_url(path, url)
        self.config = Config(
            self,
            "config",
            namespace=namespace,
            instance=name,
            variables=instance_variables(
                name=name,
                namespace=namespace,
                image=image,
                database=client_database,
                broker=client_broker,
                storage=storage,
                settings=settings,
                url=public_url,
                tika=tika,
                consume_scripts=consume_scripts,
                ca_bundle=ca_bundle,
                proxy=proxy,
                trusted_proxies=trusted_proxies,
                threads=worker.resources.threads,
                task_limit=task_limit,
            ),
            supervisord=configurations(drain_time(task_limit)) if image.generation is Generation.SUPERVISORD else {},
        )
        instance = self.instance = Instance(
            name=name,
            namespace=namespace,
            image=image,
            release=release,
            config_map=self.config.config_map_name,
            scripts=self.config.scripts_names,
            database=client_database,
            broker=client_broker,
            variables=(
                Variable(name="PAPERLESS_SECRET_KEY", value=secrets.secret_key),
                *client_database.secret_variables(),
                *client_broker.secret_variables(),
                *settings.secret_variables(),
            ),
            webserver_variables=settings.webserver_variables(),
            believes_header=settings.authentication.believes_header,
            admin=admin.variables(secrets.admin_password) if admin else (),
            storage=storage,
            task_limit=task_limit,
            url=public_url,
            allowed_hosts=settings.hosting.allowed_hosts or (),
            log_bytes=settings.logging.disk_bytes,
            tells_clients_apart=tells_clients_apart(trusted_proxies, settings, image),
            pods=pods,
            ca_bundle=ca_bundle,
            worker_mounts=consume_scripts.mounts(worker.extras.mounts) if consume_scripts else (),
            extras=extras,
            supervisord=self.config.supervisord_name,
            trash=settings.paths.empty_trash_dir,
            start_from_nothing=start_from_nothing,
            restore=restore,
            secret_revision=revision,
            suspended=suspended,
        )
        check_instance(self, instance)

        Claims(self, "claims", namespace=namespace, instance=name, storage=storage)
        self.postgres = self.redis = None
        if isinstance(database, BundledPostgres):
            self.postgres = Postgres(self, "postgres", instance=instance, options=database)
        if isinstance(broker, BundledRedis):
            self.redis = Redis(self, "redis", instance=instance, options=broker)
        self.tika = TikaAndGotenberg(self, "tika", instance=instance, options=tika) if tika else None
        self.webserver = Webserver(self, "webserver", instance=instance, options=webserver)
        self.consumer = Consumer(self, "consumer", instance=instance, options=consumer) if consumer else None
        self.worker = Worker(self, "worker", instance=instance, options=worker)
        self.beat = Beat(self, "beat", instance=instance, options=beat)
        self.redelivery = Redelivery(self, "redelivery", instance=instance, options=redelivery)
        self.flower = Flower(self, "flower", instance=instance, options=flower) if flower else None
        self.rescue = Rescue(self, "rescue", instance=instance, options=rescue) if rescue else None
        generated = generated_secrets(
            name, source=secret, secrets=secrets, admin=admin, database=database, broker=broker, flower=flower
        )
        if generated:
            GeneratedSecrets(self, "secrets", instance=instance, wanted=generated)
        if isinstance(secret, ExternalSecret):
            fetched = fetched_secrets(secret, secrets, admin)
            FetchedSecrets(self, "fetched-secrets", instance=instance, source=secret, properties=fetched)
