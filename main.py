"""The app: change values here, run `make synth`, commit `dist/`."""

from __future__ import annotations

from cdk8s import App, Chart, JsonPatch
from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx import KEEP, Backup, FlowerOptions, Paperless, RestoreDrill

NAMESPACE = "paperless"

app = App()
chart = Chart(app, "paperless", namespace=NAMESPACE)

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

paperless = Paperless(chart, "paperless", flower=FlowerOptions())
backup = Backup(chart, "backup", instance=paperless.instance)
RestoreDrill(chart, "drill", instance=paperless.instance, generations=backup.generations)

app.synth()
