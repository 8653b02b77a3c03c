"""OpenShift: users and groups that each namespace gets, and a Route. docs/openshift.md says what else is different."""

from __future__ import annotations

from cdk8s import App, Chart

from cdk8s_paperless_ngx import Backup, FlowerOptions, Paperless, Pods
from cdk8s_paperless_ngx.constructs import Route

app = App()
chart = Chart(app, "openshift", namespace="filing")

filing = Paperless(
    chart,
    "filing",
    url="https://filing.apps.example.org",
    # The network of the router's pods; with a load balancer in front that is one too, its address comes first.
    trusted_proxies=("10.128.",),
    # The security context restricted-v2 gives each namespace a range of numbers, and admits no others.
    pods=Pods(user_id=None, group_id=None),
    flower=FlowerOptions(),
)
Route(chart, "route", instance=filing.instance, labels={"router": "internal"})
Backup(chart, "backup", instance=filing.instance)

app.synth()
