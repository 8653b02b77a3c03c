"""Everything that a company's cluster brings: database, broker, secrets, certificates, registry mirror, Ingress.

PostgreSQL is a CloudNativePG cluster ``documents-pg`` in this namespace, which has the Secrets ``documents-pg-app`` and
``documents-pg-ca``. Redis is a managed one, outside the cluster. The External Secrets Operator fetches what the
application keeps secret and Redis' password, and workers follow the queue with KEDA.
"""

from __future__ import annotations

from cdk8s import ApiObjectMetadata, App, Chart
from imports.io import external_secrets

from cdk8s_paperless_ngx import (
    Backup,
    ByQueue,
    ConfigMapKey,
    ExternalPostgres,
    ExternalRedis,
    ExternalSecret,
    Ingress,
    IngressController,
    Paperless,
    PaperlessImage,
    Pods,
    Proxy,
    SecretKey,
    Settings,
    Tls,
    Toleration,
    WorkerOptions,
)
from cdk8s_paperless_ngx.model import TaintEffect
from cdk8s_paperless_ngx.settings import Ocr

TIME_ZONE = "Europe/Zurich"
REDIS_PASSWORD = SecretKey(secret="documents-redis", key="password")

app = App()
chart = Chart(app, "external-services", namespace="documents")

external_secrets.ExternalSecret(
    chart,
    "redis-password",
    metadata=ApiObjectMetadata(name=REDIS_PASSWORD.secret),
    spec=external_secrets.ExternalSecretSpec(
        # Fetched once, so that no pod gets another password than the rest. To change it, delete the Secret, and count
        # up the revision below.
        refresh_policy=external_secrets.ExternalSecretSpecRefreshPolicy.CREATED_ONCE,
        secret_store_ref=external_secrets.ExternalSecretSpecSecretStoreRef(
            kind=external_secrets.ExternalSecretSpecSecretStoreRefKind.CLUSTER_SECRET_STORE, name="vault"
        ),
        data=[
            external_secrets.ExternalSecretSpecData(
                secret_key=REDIS_PASSWORD.key,
                remote_ref=external_secrets.ExternalSecretSpecDataRemoteRef(key="documents/redis", property="password"),
            )
        ],
    ),
)
documents = Paperless(
    chart,
    "documents",
    image=PaperlessImage(version="3.3.0"),
    url="https://documents.example.org",
    # A load balancer, and the Ingress controller behind it.
    trusted_proxies=("192.0.2.10", "10.42."),
    secret=ExternalSecret(store="vault", cluster_store=True, key="documents/paperless"),
    # Counted up when the entry in the store has changed: a new Secret, and all pods anew.
    secret_revision="1",
    database=ExternalPostgres(
        host="documents-pg-rw",
        name="app",
        user="app",
        password=SecretKey(secret="documents-pg-app", key="password"),
        tls=Tls(ca=SecretKey(secret="documents-pg-ca", key="ca.crt")),
    ),
    broker=ExternalRedis(
        host="redis.example.org",
        port=6380,
        database=2,
        prefix="documents:",
        user="documents",
        password=REDIS_PASSWORD,
        tls=Tls(ca=ConfigMapKey(config_map="company-authorities", key="ca.crt")),
    ),
    settings=Settings(time_zone=TIME_ZONE, ocr=Ocr(languages=("deu", "fra", "eng"))),
    worker=WorkerOptions(scaling=ByQueue(minimum=1, maximum=6)),
    pods=Pods(
        registry_mirror={"ghcr.io": "registry.example.org/ghcr"},
        image_pull_secrets=("registry-login",),
        node_selector={"kubernetes.io/arch": "amd64"},
        tolerations=(Toleration(key="documents", effect=TaintEffect.NO_SCHEDULE),),
        priority_class="business",
        labels={"cost-center": "archive"},
    ),
    proxy=Proxy(url="http://proxy.example.org:3128", exceptions=(".example.org",)),
)
Ingress(
    chart,
    "ingress",
    instance=documents.instance,
    class_name="nginx",
    tls_secret="documents-tls",
    controller=IngressController.INGRESS_NGINX,
    annotations={"cert-manager.io/cluster-issuer": "letsencrypt"},
)
Backup(chart, "backup", instance=documents.instance, time_zone=TIME_ZONE)

app.synth()
