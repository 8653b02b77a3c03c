"""Classes that bind a claim when a pod uses it first, as the default classes of k3s and most clouds do."""

from __future__ import annotations

import cdk8s
import pytest

from cdk8s_paperless_ngx import Backup, NewClaim, Paperless, RestoreDrill, SingleNodeStorage
from tests.cluster.cluster import BRISK, Cluster
from tests.cluster.test_backup import run

pytestmark = pytest.mark.cluster

NAME = "late"


@pytest.mark.parametrize("storage_class", ["standard-wffc", "local"])
@pytest.mark.usefixtures("first_apply")
def test_every_claim_is_bound_after_the_first_apply(storage_class):
    """GitOps tools wait for each; and what has its volume on one node can be backed up there at once."""
    cluster = Cluster(f"papers-{storage_class}", NAME)
    cluster.create_namespace("restricted")
    chart = cdk8s.Chart(cdk8s.Testing.app(), NAME, namespace=cluster.namespace)
    claim = NewClaim(size="1Gi")
    storage = SingleNodeStorage(
        storage_class=storage_class, data=claim, media=claim, consume=claim, scratch=claim, export=claim
    )
    docs = Paperless(chart, NAME, storage=storage, webserver=BRISK)
    backup = Backup(chart, "backup", instance=docs.instance, claim=claim, storage_class=storage_class)
    RestoreDrill(chart, "drill", instance=docs.instance, generations=backup.generations)
    try:
        cluster.apply_chart(chart)
        cluster.wait_until_ready()

        def phases() -> set[str]:
            return {found["status"]["phase"] for found in cluster.list("persistentvolumeclaims")}

        cluster.wait_for("every claim to be bound", lambda: phases() == {"Bound"}, 120)
        cluster.kubectl("wait", "--for=condition=Complete", "jobs", "--all", "--timeout=60s")
        how, log = run(cluster, "backup", "first")
        assert how == "Complete", log
    finally:
        cluster.remove()
