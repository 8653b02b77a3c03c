"""Two instances in one app: a company's and a family's, in one namespace, on one PostgreSQL server and one Redis.

Each has a database and a prefix of its own; the app is refused where they share one. A prefix and not an index of
Redis: status messages, which name documents, know none. Both are below one host, so cookies have the instance's name in
theirs, as always where `url` has a path: otherwise each login would end the other's session.
"""

from __future__ import annotations

from cdk8s import App, Chart

from cdk8s_paperless_ngx import (
    ExternalPostgres,
    ExternalRedis,
    FlowerOptions,
    Ingress,
    IngressController,
    Paperless,
    SecretKey,
    Settings,
)

app = App()
chart = Chart(app, "two-instances", namespace="papers")

for name in ("company", "family"):
    papers = Paperless(
        chart,
        name,
        url=f"https://papers.example.org/{name}",
        # The network of the pods, where the Ingress controller is.
        trusted_proxies=("10.42.",),
        database=ExternalPostgres(
            host="pg.databases.svc",
            name=name,
            user=name,
            password=SecretKey(secret="papers-postgres", key=name),
            tls=None,
        ),
        broker=ExternalRedis(
            host="redis.databases.svc",
            prefix=f"{name}:",
            password=SecretKey(secret="papers-redis", key="password"),
            tls=None,
        ),
        settings=Settings(time_zone="Europe/Vienna"),
        flower=FlowerOptions() if name == "company" else None,
    )
    Ingress(
        chart,
        f"{name}-ingress",
        instance=papers.instance,
        class_name="nginx",
        # One certificate for the one host.
        tls_secret="papers-tls",
        controller=IngressController.INGRESS_NGINX,
    )

app.synth()
