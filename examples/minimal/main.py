"""The least there is: one instance, with everything that it needs, in a namespace that exists."""

from __future__ import annotations

from cdk8s import App, Chart

from cdk8s_paperless_ngx import Paperless

app = App()
Paperless(Chart(app, "minimal", namespace="minimal"), "paperless")
app.synth()
