"""Paperless: one whole installation, composed of its parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cdk8s import Chart
from constructs import Construct

from cdk8s_paperless_ngx.backing.broker import Broker
from cdk8s_paperless_ngx.backing.postgres import BundledPostgres, Postgres
from cdk8s_paperless_ngx.backing.redis import BundledRedis, Redis
from cdk8s_paperless_ngx.checks import check_dns_label, refusal
from cdk8s_paperless_ngx.claims import Claims
from cdk8s_paperless_ngx.config import Config, address, consumption_defaults, directories
from cdk8s_paperless_ngx.image import OFFICIAL_OCR_LANGUAGES, PaperlessImage
from cdk8s_paperless_ngx.instance import Instance
from cdk8s_paperless_ngx.jobs.rescue import Rescue, RescueOptions
from cdk8s_paperless_ngx.jobs.secrets import GeneratedSecrets
from cdk8s_paperless_ngx.processes.beat import Beat, BeatOptions
from cdk8s_paperless_ngx.processes.consumer import Consumer, ConsumerOptions
from cdk8s_paperless_ngx.processes.flower import Flower, FlowerOptions
from cdk8s_paperless_ngx.processes.webserver import Webserver, WebserverOptions
from cdk8s_paperless_ngx.processes.worker import Worker, WorkerOptions
from cdk8s_paperless_ngx.release import Release, index_language
from cdk8s_paperless_ngx.rules import NoDuplicates
from cdk8s_paperless_ngx.secret import ExistingSecret, GeneratedSecret, SecretKey, application_secrets
from cdk8s_paperless_ngx.settings import Settings
from cdk8s_paperless_ngx.storage import SingleNodeStorage, Storage
from cdk8s_paperless_ngx.variable import Variable

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.secret import ApplicationSecrets

_PASSWORD_LENGTH = 32
_SECRET_KEY_LENGTH = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Admin:
    """The first administrator, created by the migration as long as there is no superuser at all.

    Args:
        user: Login name.
        mail: Mail address; unset, upstream's default.

    Raises:
        ValueError: ``user`` is empty.
    """

    user: str = "admin"
    mail: str | None = None

    def __post_init__(self) -> None:
        if not self.user.strip():
            raise refusal(
                type(self).__name__, "user", "a login name", self.user, "pass admin=None for no administrator"
            )


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
            sets ``PAPERLESS_URL`` and, with TLS, the header by which a proxy tells.
        secret: Where the application's own secret values come from.
        admin: The first administrator; None for none, as when data is moved in.
        database: PostgreSQL beside the instance.
        broker: Redis beside the instance, or one that exists already.
        storage: Claims, and whether pods share a node.
        settings: How the application behaves.
        webserver: How the webserver serves.
        consumer: How the consumer runs.
        worker: How workers work, and how many there are.
        beat: How beat runs.
        flower: Celery's monitoring interface; unset, there is none.
        rescue: Looks for documents that a failed task has left in scratch; None for nobody.

    Raises:
        ValueError: A name is no DNS label or too long; there is no namespace; ``url`` is no URL; a language is not in
            the official image.
    """

    instance: Instance
    config: Config
    webserver: Webserver
    consumer: Consumer
    worker: Worker
    beat: Beat
    flower: Flower | None
    rescue: Rescue | None
    postgres: Postgres
    redis: Redis | None

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str | None = None,
        image: PaperlessImage = PaperlessImage(),
        url: str | None = None,
        secret: GeneratedSecret | ExistingSecret = GeneratedSecret(),
        admin: Admin | None = Admin(),
        database: BundledPostgres = BundledPostgres(),
        broker: BundledRedis | Broker = BundledRedis(),
        storage: Storage = SingleNodeStorage(),
        settings: Settings = Settings(),
        webserver: WebserverOptions = WebserverOptions(),
        consumer: ConsumerOptions = ConsumerOptions(),
        worker: WorkerOptions = WorkerOptions(),
        beat: BeatOptions = BeatOptions(),
        flower: FlowerOptions | None = None,
        rescue: RescueOptions | None = RescueOptions(),
    ) -> None:
        super().__init__(scope, id)
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
        _check_languages(path, image, settings)

        secrets = application_secrets(name, secret)
        reached = broker.broker(name) if isinstance(broker, BundledRedis) else broker
        address_variables, prefix = address(path, url)
        self.config = Config(
            self,
            "config",
            instance=name,
            variables={
                **directories(),
                **database.settings(name),
                **reached.settings(),
                **address_variables,
                **consumption_defaults(settings, storage),
                # One task at a time; pods are what scales.
                "PAPERLESS_TASK_WORKERS": "1",
                # Upstream's default counts the node's cores, whatever the pod's limit.
                "PAPERLESS_THREADS_PER_WORKER": str(worker.resources.threads),
                "PAPERLESS_WORKER_TIMEOUT": str(worker.task_limit),
            },
        )
        instance = self.instance = Instance(
            name=name,
            namespace=namespace,
            image=image,
            release=Release(version=image.version, index_language=index_language(settings.ocr.language)),
            config_map=self.config.config_map.name,
            scripts=self.config.scripts.name,
            checksum=self.config.checksum,
            broker=reached,
            variables=(
                Variable(name="PAPERLESS_SECRET_KEY", value=secrets.secret_key),
                Variable(name="PAPERLESS_DBPASS", value=database.secret_key(name)),
                *reached.variables(),
            ),
            admin=_admin_variables(admin, secrets),
            storage=storage,
            task_limit=worker.task_limit,
            url_prefix=prefix,
        )
        Claims(self, "claims", instance=name, storage=storage)
        self.postgres = Postgres(self, "postgres", instance=instance, options=database)
        self.redis = None
        if isinstance(broker, BundledRedis):
            self.redis = Redis(self, "redis", instance=instance, options=broker)
        self.webserver = Webserver(
            self,
            "webserver",
            instance=instance,
            scaling=webserver.scaling,
            granian_workers=webserver.granian_workers,
            resources=webserver.resources,
            priority_class=webserver.priority_class,
        )
        self.consumer = Consumer(
            self,
            "consumer",
            instance=instance,
            resources=consumer.resources,
            priority_class=consumer.priority_class,
        )
        self.worker = Worker(
            self,
            "worker",
            instance=instance,
            scaling=worker.scaling,
            resources=worker.resources,
            priority_class=worker.priority_class,
        )
        self.beat = Beat(self, "beat", instance=instance, resources=beat.resources, priority_class=beat.priority_class)
        flower = None if flower is None else replace(flower, password=flower.password or _flower_password(name))
        self.flower = _flower(self, instance, flower)
        self.rescue = None if rescue is None else Rescue(self, "rescue", instance=instance, options=rescue)
        self._generate(secret, admin, database, broker, flower)
        self.node.add_validation(NoDuplicates(self, instance=name, namespace=namespace))

    def _generate(
        self,
        secret: GeneratedSecret | ExistingSecret,
        admin: Admin | None,
        database: BundledPostgres,
        broker: BundledRedis | Broker,
        flower: FlowerOptions | None,
    ) -> None:
        """Have Secrets made for everything that nobody named one for."""
        name = self.instance.name
        wanted: dict[str, dict[str, int]] = {}

        def add(key: SecretKey, length: int = _PASSWORD_LENGTH) -> None:
            wanted.setdefault(key.secret, {})[key.key] = length

        if isinstance(secret, GeneratedSecret):
            secrets = application_secrets(name, secret)
            add(secrets.secret_key, _SECRET_KEY_LENGTH)
            if admin is not None:
                add(secrets.admin_password)
        if database.password is None:
            add(database.secret_key(name))
        if isinstance(broker, BundledRedis) and broker.password is None:
            add(broker.secret_key(name))
        if flower is not None and flower.password == _flower_password(name):
            add(_flower_password(name))
        if wanted:
            GeneratedSecrets(self, "secrets", instance=self.instance, secrets=wanted)


_MAX_INSTANCE_LENGTH = 40
"""Leaves 11 characters for a part and its hyphen in a CronJob's name of 52."""


def _check_languages(path: str, image: PaperlessImage, settings: Settings) -> None:
    missing = [language for language in settings.ocr.languages if language not in OFFICIAL_OCR_LANGUAGES]
    if image.is_official and missing:
        raise refusal(
            path,
            "settings.ocr.languages",
            f"among those in the official image ({', '.join(OFFICIAL_OCR_LANGUAGES)})",
            missing[0],
            "every process would refuse to start; build an image with the language and name its repository",
        )


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
    )
