"""What pods and claims take from whoever runs the cluster: nodes, probes, limits, labels of claims."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from cdk8s_paperless_ngx import (
    Backup,
    BeatOptions,
    BundledPostgres,
    BundledRedis,
    BundledTika,
    FlowerOptions,
    NewClaim,
    Paperless,
    Pods,
    Resources,
    RestoreDrill,
    SingleNodeStorage,
    WebserverOptions,
    WorkerOptions,
)
from cdk8s_paperless_ngx.model import NodeAffinity, NodeSelectorOperator, NodeSelectorRequirement, ProbeOptions
from tests.conftest import init_container, main_container, pod_specs

ZONE = NodeSelectorRequirement(key="topology.kubernetes.io/zone", values=("a", "b"))
NO_BATTERY = NodeSelectorRequirement(key="battery", operator=NodeSelectorOperator.DOES_NOT_EXIST)
FAST = NodeSelectorRequirement(key="cores", values=("8",), operator=NodeSelectorOperator.GT)
ZONES = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["a", "b"]}


def whole(chart, **arguments):
    docs = Paperless(chart, "docs", flower=FlowerOptions(), tika=BundledTika(), **arguments)
    backup = Backup(chart, "backup", instance=docs.instance)
    RestoreDrill(chart, "drill", instance=docs.instance, generations=backup.generations)


# Nodes.


def test_node_affinity_reaches_every_pod_beside_what_keeps_them_together(chart, synth):
    """One that was forgotten would run where it must not; one that lost its pod affinity, where its claim is not."""
    affinity = NodeAffinity(required=(ZONE, NO_BATTERY), preferred=(FAST,))
    whole(chart, pods=Pods(node_affinity=affinity, node_selector={"disk": "ssd"}))
    found = [(name, spec) for (_, name), manifest in synth().items() for spec in pod_specs(manifest)]

    assert len(found) >= 14
    for name, spec in found:
        nodes = spec["affinity"]["nodeAffinity"]
        terms = nodes["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
        assert terms == [{"matchExpressions": [ZONES, {"key": "battery", "operator": "DoesNotExist"}]}]
        assert nodes["preferredDuringSchedulingIgnoredDuringExecution"] == [
            {"weight": 1, "preference": {"matchExpressions": [{"key": "cores", "operator": "Gt", "values": ["8"]}]}}
        ]
        assert spec["nodeSelector"] == {"disk": "ssd"}
        bound = name in {f"docs-{part}" for part in ("webserver", "worker", "consumer", "beat", "backup", "rescue")}
        bound = bound or name == "docs-drill" or name.startswith("docs-backup-pvc-")
        assert ("podAffinity" in spec["affinity"]) is bound


def test_only_preferred_nodes_require_nothing(chart, synth):
    Paperless(chart, "docs", pods=Pods(node_affinity=NodeAffinity(preferred=(ZONE,))))
    (spec,) = pod_specs(synth()["StatefulSet", "docs-postgres"])

    assert set(spec["affinity"]) == {"nodeAffinity"}
    assert set(spec["affinity"]["nodeAffinity"]) == {"preferredDuringSchedulingIgnoredDuringExecution"}


WRONG_NODES = [
    ({"key": "a b"}, "key must be a name of up to 63 letters"),
    ({"key": "a", "values": ("x y",)}, "values must be at most 63 letters, digits"),
    ({"key": "a"}, "values must be at least one with In, got ()"),
    (
        {"key": "a", "values": ("b",), "operator": NodeSelectorOperator.EXISTS},
        "values must be left out with Exists, got ('b',)",
    ),
    (
        {"key": "a", "values": ("many",), "operator": NodeSelectorOperator.GT},
        "values must be one whole number with Gt, got ('many',)",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG_NODES)
def test_wrong_requirement(arguments, sentence):
    with pytest.raises(ValueError, match=f"^NodeSelectorRequirement: {re.escape(sentence)}"):
        NodeSelectorRequirement(**arguments)


def test_affinity_to_no_node():
    with pytest.raises(ValueError, match=r"^NodeAffinity: neither required nor preferred is given; leave node_affinit"):
        NodeAffinity()


# Limits of each container, as a quota may want them.


def test_every_container_of_the_application_can_have_a_cpu_limit(chart, synth):
    """A quota of limits.cpu admits no pod of which one container has none, init containers and Jobs among them."""
    limited = Resources(cpu_request="10m", cpu_limit="500m", memory_request="64Mi", memory_limit="256Mi")
    options = {"resources": limited}
    docs = Paperless(
        chart,
        "docs",
        pods=Pods(gate_resources=limited),
        webserver=WebserverOptions(**options),
        beat=BeatOptions(resources=limited, migration_resources=limited),
        flower=FlowerOptions(**options),
    )
    Backup(chart, "backup", instance=docs.instance, resources=limited)
    manifests = synth()
    parts = ("webserver", "beat", "flower")
    specs = [spec for part in parts for spec in pod_specs(manifests["Deployment", f"docs-{part}"])]
    specs += pod_specs(manifests["CronJob", "docs-backup"])
    specs += [spec for (kind, _), manifest in manifests.items() if kind == "Job" for spec in pod_specs(manifest)]

    assert len(specs) == 6
    for spec in specs:
        for container in (*spec["containers"], *spec.get("initContainers", [])):
            assert container["resources"]["limits"] == {"cpu": "500m", "memory": "256Mi"}, container["name"]


def test_migration_has_what_it_is_given(chart, synth):
    """An archive of a million documents takes more memory to index than the default has."""
    wanted = Resources(cpu_request="1", memory_request="1Gi", memory_limit="8Gi")
    Paperless(chart, "docs", beat=BeatOptions(migration_resources=wanted))
    beat = synth()["Deployment", "docs-beat"]

    assert init_container(beat)["resources"]["limits"] == {"memory": "8Gi"}
    assert main_container(beat)["resources"]["limits"] == {"memory": "512Mi"}


# Probes.


def test_probes_are_as_patient_as_they_are_told(chart, synth):
    """On a slow disk a start takes longer than the library allows; what is not said stays."""
    slow = ProbeOptions(period=timedelta(seconds=30), failures=40, timeout=timedelta(seconds=20))
    Paperless(
        chart,
        "docs",
        webserver=WebserverOptions(startup=slow, liveness=ProbeOptions(failures=10), readiness=ProbeOptions()),
        worker=WorkerOptions(liveness=ProbeOptions(period=timedelta(minutes=20))),
        flower=FlowerOptions(readiness=ProbeOptions(timeout=timedelta(seconds=9))),
    )
    manifests = synth()
    webserver = main_container(manifests["Deployment", "docs-webserver"])

    def times(probe):
        return probe["periodSeconds"], probe["failureThreshold"], probe["timeoutSeconds"]

    assert times(webserver["startupProbe"]) == (30, 40, 20)
    assert times(webserver["livenessProbe"]) == (20, 10, 5)
    assert times(webserver["readinessProbe"]) == (10, 3, 5)
    assert webserver["startupProbe"]["httpGet"] == webserver["livenessProbe"]["httpGet"]
    assert times(main_container(manifests["Deployment", "docs-worker"])["livenessProbe"]) == (1200, 3, 60)
    assert times(main_container(manifests["Deployment", "docs-flower"])["readinessProbe"]) == (20, 6, 9)


def test_nothing_restarts_what_has_no_liveness(chart, synth):
    Paperless(
        chart,
        "docs",
        webserver=WebserverOptions(liveness=None),
        worker=WorkerOptions(liveness=None),
        flower=FlowerOptions(liveness=None),
    )
    manifests = synth()

    for part in ("webserver", "worker", "flower"):
        assert "livenessProbe" not in main_container(manifests["Deployment", f"docs-{part}"])
    assert "readinessProbe" in main_container(manifests["Deployment", "docs-webserver"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"period": timedelta(0)}, "period must be a timedelta of whole seconds, at least 0:00:01, got 0:00:00"),
        ({"timeout": timedelta(milliseconds=1500)}, "timeout must be a timedelta of whole seconds, at least 0:00:01"),
        ({"failures": 0}, "failures must be a whole number of at least 1, got 0"),
    ],
)
def test_wrong_probe(arguments, sentence):
    with pytest.raises(ValueError, match=f"^ProbeOptions: {re.escape(sentence)}"):
        ProbeOptions(**arguments)


# Claims.


def test_claims_have_labels_and_annotations_beside_the_librarys(chart, synth):
    """Programs that copy volumes choose by them; what keeps the claim stays."""
    more = {"labels": {"copy": "nightly"}, "annotations": {"k8up.io/backup": "true"}}
    docs = Paperless(
        chart,
        "docs",
        storage=SingleNodeStorage(media=NewClaim(size="1Ti", **more)),
        database=BundledPostgres(claim_labels=more["labels"], claim_annotations=more["annotations"]),
        broker=BundledRedis(claim_labels=more["labels"], claim_annotations=more["annotations"]),
    )
    Backup(chart, "backup", instance=docs.instance, claim=NewClaim(size="1Ti", **more))
    manifests = synth()

    for part in ("media", "postgres", "redis", "backup"):
        about = manifests["PersistentVolumeClaim", f"docs-{part}"]["metadata"]
        assert about["labels"]["copy"] == "nightly"
        assert about["labels"]["app.kubernetes.io/instance"] == "docs"
        assert about["annotations"] == {
            "k8up.io/backup": "true",
            "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
            "kustomize.toolkit.fluxcd.io/prune": "disabled",
        }
    assert "copy" not in manifests["PersistentVolumeClaim", "docs-data"]["metadata"]["labels"]


@pytest.mark.parametrize(
    ("value", "prefix", "more"),
    [(NewClaim, "", {"size": "1Gi"}), (BundledPostgres, "claim_", {}), (BundledRedis, "claim_", {})],
)
def test_what_keeps_a_claim_cannot_be_taken_from_it(value, prefix, more):
    keep = "argocd.argoproj.io/sync-options"
    with pytest.raises(
        ValueError,
        match=re.escape(
            f"{value.__name__}: {prefix}annotations['{keep}'] is the library's own, which keeps the claim;"
        ),
    ):
        value(**more, **{f"{prefix}annotations": {keep: "Prune=true"}})
    with pytest.raises(
        ValueError, match=rf"{value.__name__}: {prefix}labels\['app.kubernetes.io/name'\] is the library's own"
    ):
        value(**more, **{f"{prefix}labels": {"app.kubernetes.io/name": "x"}})


# Gotenberg.


def test_gotenberg_has_more_arguments(chart, synth):
    """Behind those of the library, so that they count."""
    Paperless(chart, "docs", tika=BundledTika(gotenberg_args=("--api-timeout=120s", "--log-level=debug")))
    args = main_container(synth()["Deployment", "docs-gotenberg"])["args"]

    assert args[0] == "gotenberg"
    assert args[-2:] == ["--api-timeout=120s", "--log-level=debug"]
    assert "--chromium-disable-javascript=true" in args


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("api-timeout=120s", "gotenberg_args must be arguments of the form '--name=value', got 'api-timeout=120s'"),
        ("--api-timeout 120s", "gotenberg_args must be arguments of the form '--name=value', got '--api-timeout 120s'"),
        ("--api-port=80", "gotenberg_args has '--api-port=80', and probes and workers come to port 3000; drop it"),
    ],
)
def test_wrong_argument_of_gotenberg(argument, sentence):
    with pytest.raises(ValueError, match=f"^BundledTika: {re.escape(sentence)}"):
        BundledTika(gotenberg_args=(argument,))
