"""A chart of somebody else's that uses single constructs: more workers at night, with files and variables of their own.

The instance comes from another chart of the same app; what is needed of it is one value.
"""

from __future__ import annotations

from cdk8s import App, Chart
from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx import (
    ConfigMapVolume,
    ConsumeScripts,
    Extras,
    Fixed,
    Instance,
    Mount,
    Paperless,
    SecretKey,
    Variable,
    Worker,
    WorkerOptions,
    worker_resources,
)

NAMESPACE = "records"


class NightShift(Construct):
    """Workers with four threads each, which whoever is on duty scales by hand."""

    def __init__(self, scope: Construct, id: str, *, instance: Instance) -> None:
        super().__init__(scope, id)
        Worker(
            self,
            "worker",
            instance=instance,
            part="night",
            options=WorkerOptions(
                scaling=Fixed(replicas=2),
                resources=worker_resources(threads=4),
                extras=Extras(
                    mounts=(Mount(path="/usr/share/tesseract-words", volume=ConfigMapVolume(name="records-words")),),
                    environment=(Variable(name="REPORT_TOKEN", value=SecretKey(secret="records-report", key="token")),),
                ),
            ),
        )


app = App()
records = Paperless(
    Chart(app, "records", namespace=NAMESPACE),
    "records",
    consume_scripts=ConsumeScripts(post="report.sh", config_map="records-consume-scripts"),
)

night = Chart(app, "night", namespace=NAMESPACE)
NightShift(night, "shift", instance=records.instance)
k8s.KubeConfigMap(
    night,
    "scripts",
    metadata=k8s.ObjectMeta(name="records-consume-scripts"),
    data={"report.sh": '#!/bin/sh\necho "stored document $DOCUMENT_ID"\n'},
)
k8s.KubeConfigMap(
    night, "words", metadata=k8s.ObjectMeta(name="records-words"), data={"company.txt": "Muster AG\nBeispiel GmbH\n"}
)

app.synth()
