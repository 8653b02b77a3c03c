"""The last image with supervisord, 2.14.7: five pods, each with a supervisord.conf of one program mounted over its own.

For those who cannot upgrade yet. An upgrade is another version, twice: 2.20.15, and when that runs and its queue is
empty, 3.3.0.
"""

from __future__ import annotations

from cdk8s import App, Chart, JsonPatch
from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx import (
    KEEP,
    Backup,
    ByCpu,
    FlowerOptions,
    Ingress,
    IngressController,
    Paperless,
    PaperlessImage,
    ServiceOptions,
    Settings,
    SharedStorage,
    WebserverOptions,
    WorkerOptions,
)
from cdk8s_paperless_ngx.settings import Consumption, Ocr

NAMESPACE = "older"

app = App()
chart = Chart(app, "supervisord", namespace=NAMESPACE)

namespace = k8s.KubeNamespace(
    chart,
    "namespace",
    metadata=k8s.ObjectMeta(
        name=NAMESPACE,
        labels={"pod-security.kubernetes.io/enforce": "restricted"},
        # Whoever deletes a namespace deletes the documents in it.
        annotations=dict(KEEP),
    ),
)
# The chart's namespace is stamped on every object; a Namespace is in none.
namespace.add_json_patch(JsonPatch.remove("/metadata/namespace"))

older = Paperless(
    chart,
    "older",
    image=PaperlessImage(version="2.14.7"),
    url="https://older.example.org",
    # The Ingress controller.
    trusted_proxies=("10.42.",),
    storage=SharedStorage(storage_class="nfs-client"),
    settings=Settings(
        time_zone="Europe/Berlin",
        ocr=Ocr(languages=("deu", "eng")),
        consumption=Consumption(recursive=True, subdirs_as_tags=True),
        filename_format="{created_year}/{correspondent}/{title}",
    ),
    webserver=WebserverOptions(service=ServiceOptions(port=8000)),
    worker=WorkerOptions(scaling=ByCpu(minimum=1, maximum=4)),
    flower=FlowerOptions(),
)
Ingress(chart, "ingress", instance=older.instance, tls_secret="older-tls", controller=IngressController.INGRESS_NGINX)
Backup(chart, "backup", instance=older.instance)

app.synth()
