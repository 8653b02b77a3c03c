"""Where Secrets come from that are neither in git nor in the namespace yet."""

from __future__ import annotations

from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.constructs.part import InstancePart
from cdk8s_paperless_ngx.manifests.accounts import account
from cdk8s_paperless_ngx.manifests.external_secrets import external_secret
from cdk8s_paperless_ngx.manifests.jobs import secrets_job
from cdk8s_paperless_ngx.model.instance import Instance
from cdk8s_paperless_ngx.model.names import SECRETS
from cdk8s_paperless_ngx.model.secrets import ExternalSecret
from cdk8s_paperless_ngx.references import SecretKey
from cdk8s_paperless_ngx.validation.types import checked


class GeneratedSecrets(InstancePart):
    """A Job that creates Secrets with random values, once; those that exist already are left alone.

    Its account may create Secrets and nothing else: neither read nor change them.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation.
        wanted: Where each value is to be stored, and how many characters it has.
    """

    job: k8s.KubeJob

    @checked
    def __init__(self, scope: Construct, id: str, *, instance: Instance, wanted: Mapping[SecretKey, int]) -> None:
        super().__init__(scope, id, instance=instance)
        by_secret: dict[str, dict[str, int]] = {}
        for target, length in wanted.items():
            by_secret.setdefault(target.secret, {})[target.key] = length
        creator = account(self, instance, part=SECRETS, resource="secrets", verb="create")
        self.job = secrets_job(self, instance, by_secret, service_account=creator)


class FetchedSecrets(InstancePart):
    """ExternalSecrets that fetch values from a store, each into a Secret of its own.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings; no part of any name.
        instance: The installation.
        source: Store and entry.
        properties: Where each value is to be stored, and which property of the entry it is.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance: Instance,
        source: ExternalSecret,
        properties: Mapping[SecretKey, str],
    ) -> None:
        super().__init__(scope, id, instance=instance)
        for target, entry in properties.items():
            external_secret(self, target.secret, instance=instance, source=source, entry=entry, target=target)
