"""One construct for each thing that a user may create, in an instance that `Paperless` has made."""

from __future__ import annotations

from cdk8s_paperless_ngx.constructs.backup import Backup
from cdk8s_paperless_ngx.constructs.beat import Beat
from cdk8s_paperless_ngx.constructs.claims import Claims
from cdk8s_paperless_ngx.constructs.config import Config
from cdk8s_paperless_ngx.constructs.consumer import Consumer
from cdk8s_paperless_ngx.constructs.flower import Flower
from cdk8s_paperless_ngx.constructs.ingress import Ingress
from cdk8s_paperless_ngx.constructs.off_site import OffSite
from cdk8s_paperless_ngx.constructs.postgres import Postgres
from cdk8s_paperless_ngx.constructs.redelivery import Redelivery
from cdk8s_paperless_ngx.constructs.redis import Redis
from cdk8s_paperless_ngx.constructs.rescue import Rescue
from cdk8s_paperless_ngx.constructs.restore_drill import RestoreDrill
from cdk8s_paperless_ngx.constructs.route import Route
from cdk8s_paperless_ngx.constructs.secrets import FetchedSecrets, GeneratedSecrets
from cdk8s_paperless_ngx.constructs.tika import TikaAndGotenberg
from cdk8s_paperless_ngx.constructs.webserver import Webserver
from cdk8s_paperless_ngx.constructs.worker import Worker

__all__ = [
    "Backup",
    "Beat",
    "Claims",
    "Config",
    "Consumer",
    "FetchedSecrets",
    "Flower",
    "GeneratedSecrets",
    "Ingress",
    "OffSite",
    "Postgres",
    "Redelivery",
    "Redis",
    "Rescue",
    "RestoreDrill",
    "Route",
    "TikaAndGotenberg",
    "Webserver",
    "Worker",
]
