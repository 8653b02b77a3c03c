"""Several nodes: CephFS, three webservers, workers by CPU, office documents, and a scanner's file server."""

from __future__ import annotations

from cdk8s import App, Chart

from cdk8s_paperless_ngx import (
    Backup,
    BundledPostgres,
    BundledTika,
    ByCpu,
    CsiVolume,
    Fixed,
    NewClaim,
    Paperless,
    ServiceOptions,
    ServiceType,
    SharedStorage,
    WebserverOptions,
    WorkerOptions,
)

app = App()
chart = Chart(app, "shared-storage", namespace="archive")

archive = Paperless(
    chart,
    "archive",
    database=BundledPostgres(size="20Gi", storage_class="rbd"),
    tika=BundledTika(),
    storage=SharedStorage(
        storage_class="cephfs",
        media=NewClaim(size="2Ti"),
        data=NewClaim(size="20Gi"),
        # The share belongs to the scanner: nothing is created, and user 1000 may delete what was consumed. The Secret
        # has the keys `username` and `password`; the driver's own account must be allowed to read it.
        consume=CsiVolume(
            driver="smb.csi.k8s.io",
            attributes={"source": "//nas.example.org/scans", "mountOptions": "uid=1000,gid=1000,dir_mode=0770"},
            secret="nas-login",
            sub_path="inbox",
        ),
    ),
    webserver=WebserverOptions(
        scaling=Fixed(replicas=3),
        service=ServiceOptions(type=ServiceType.LOAD_BALANCER, annotations={"metallb.io/address-pool": "office"}),
    ),
    worker=WorkerOptions(scaling=ByCpu(minimum=2, maximum=6)),
)
Backup(chart, "backup", instance=archive.instance, storage_class="rbd")

app.synth()
