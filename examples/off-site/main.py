"""Backups in two places elsewhere: a bucket, encrypted by restic, and a server that is reached by SSH.

The daily generation is pushed to both, each is checked weekly, and once a month what is in the bucket is restored into
an instance that is thrown away.
"""

from __future__ import annotations

from cdk8s import App, Chart

from cdk8s_paperless_ngx import (
    Backup,
    ConfigMapKey,
    OffSite,
    Paperless,
    Repository,
    RestoreDrill,
    Retention,
    SecretKey,
    Ssh,
    Variable,
)

PASSWORD = SecretKey(secret="off-site", key="password")
BUCKET = Repository(
    location="s3:https://s3.example.org/archive/docs",
    password=PASSWORD,
    variables=(
        Variable(name="AWS_ACCESS_KEY_ID", value=SecretKey(secret="off-site", key="id")),
        Variable(name="AWS_SECRET_ACCESS_KEY", value=SecretKey(secret="off-site", key="key")),
        Variable(name="AWS_DEFAULT_REGION", value="eu-central-2"),
    ),
)
SERVER = Repository(
    location="sftp://docs@nas.example.org:22//backups/docs",
    password=PASSWORD,
    ssh=Ssh(
        key=SecretKey(secret="off-site", key="id_ed25519"),
        known_hosts=ConfigMapKey(config_map="hosts", key="known_hosts"),
    ),
)

app = App()
chart = Chart(app, "docs", namespace="docs")
docs = Paperless(chart, "docs")
# Another class than that of the data: the disks that hold both would be lost together.
backup = Backup(chart, "backup", instance=docs.instance, storage_class="hdd", time_zone="Europe/Zurich")

OffSite(
    chart,
    "bucket",
    instance=docs.instance,
    generations=backup.generations,
    repository=BUCKET,
    part="bucket",
    schedule="0 5 * * *",
    time_zone="Europe/Zurich",
    retention=Retention(daily=14, weekly=8, monthly=24, yearly=10),
)
OffSite(
    chart,
    "server",
    instance=docs.instance,
    generations=backup.generations,
    repository=SERVER,
    part="server",
    schedule="0 7 * * *",
    time_zone="Europe/Zurich",
    retention=Retention(daily=7, weekly=4, monthly=0, yearly=0),
    read_data_percent=10,
)
RestoreDrill(chart, "drill", instance=docs.instance, generations=backup.generations)
RestoreDrill(
    chart,
    "bucket-drill",
    instance=docs.instance,
    generations=backup.generations,
    repository=BUCKET,
    part="bucket-drill",
    schedule="0 8 1 * *",
    size="50Gi",
    storage_class="hdd",
)

app.synth()
