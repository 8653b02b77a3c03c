"""How many pods there are, and who decides."""

from __future__ import annotations

import warnings
from datetime import timedelta

import jsonschema
import kubernetes_validate
import pytest

from cdk8s_paperless_ngx import (
    ByCpu,
    ByQueue,
    ConfigMapKey,
    ExternalRedis,
    Fixed,
    Paperless,
    Resources,
    SecretKey,
    SharedStorage,
    Tls,
    WebserverOptions,
    WorkerOptions,
    worker_resources,
)
from tests.conftest import config_data, environment, init_container, main_container, pod_spec
from tests.schemas import CUSTOM

PASSWORD = SecretKey(secret="redis-login", key="pass")
CA = ConfigMapKey(config_map="redis-ca", key="ca.crt")


def by_queue(chart, synth, broker=None, **options):
    arguments = {"broker": broker} if broker else {}
    Paperless(chart, "docs", worker=WorkerOptions(scaling=ByQueue(**options)), **arguments)
    return synth()


@pytest.mark.parametrize("scaling", [ByCpu(), ByQueue()])
def test_deployment_leaves_the_number_to_the_autoscaler(chart, synth, scaling):
    """A number in the YAML would undo the autoscaler's decision at each apply."""
    Paperless(chart, "docs", worker=WorkerOptions(scaling=scaling))

    assert "replicas" not in synth()["Deployment", "docs-worker"]["spec"]


def test_fixed_number_has_no_autoscaler(chart, synth):
    Paperless(chart, "docs", worker=WorkerOptions(scaling=Fixed(replicas=3)))
    manifests = synth()

    assert manifests["Deployment", "docs-worker"]["spec"]["replicas"] == 3
    assert not {kind for kind, _ in manifests} & {"ScaledObject", "TriggerAuthentication", "HorizontalPodAutoscaler"}


def test_queue_is_waiting_and_running(chart, synth):
    """A list alone would be empty while a document is worked on, and its worker be taken away."""
    manifest = by_queue(chart, synth, minimum=0, maximum=6)["ScaledObject", "docs-worker"]
    spec = manifest["spec"]

    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "docs-worker"}
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (0, 6)
    assert spec["advanced"]["scalingModifiers"] == {
        "formula": "waiting + running",
        "target": "1",
        "activationTarget": "0",
    }
    assert {trigger["name"]: trigger["metadata"] for trigger in spec["triggers"]} == {
        name: {
            "address": "docs-redis.docs.svc:6379",
            "databaseIndex": "0",
            "listName": key,
            "listLength": "1",
        }
        for name, key in (("waiting", "celery"), ("running", "unacked"))
    }


def test_queue_s_password_is_a_reference(chart, synth):
    """KEDA cannot read PAPERLESS_REDIS, and no password may be in git."""
    manifests = by_queue(chart, synth)
    (authentication,) = {trigger["authenticationRef"]["name"] for trigger in triggers(manifests)}

    assert manifests["TriggerAuthentication", authentication]["spec"] == {
        "secretTargetRef": [{"parameter": "password", "name": "docs-redis", "key": "password"}]
    }


def triggers(manifests):
    return manifests["ScaledObject", "docs-worker"]["spec"]["triggers"]


def test_queue_follows_the_broker(chart, synth):
    """One value says where Redis is, so the application and its autoscaler cannot disagree."""
    broker = ExternalRedis(
        host="redis.example.org",
        port=6380,
        database=3,
        prefix="docs:",
        user="docs",
        tls=Tls(ca=SecretKey(secret="redis-ca", key="ca.crt")),
        password=PASSWORD,
    )
    manifests = by_queue(chart, synth, broker)

    assert [trigger["metadata"] for trigger in triggers(manifests)] == [
        {
            "address": "redis.example.org:6380",
            "databaseIndex": "3",
            "listName": key,
            "listLength": "1",
            "username": "docs",
            "enableTLS": "true",
        }
        for key in ("docs:celery", "docs:unacked")
    ]
    assert manifests["TriggerAuthentication", "docs-worker"]["spec"]["secretTargetRef"] == [
        {"parameter": "password", "name": "redis-login", "key": "pass"},
        {"parameter": "ca", "name": "redis-ca", "key": "ca.crt"},
    ]
    assert config_data(manifests, "docs-config")["PAPERLESS_REDIS_PREFIX"] == "docs:"
    variables = environment(main_container(manifests["Deployment", "docs-worker"]))
    assert variables["PAPERLESS_REDIS"].startswith("rediss://docs:$(REDIS_PASSWORD)@redis.example.org:6380/3?")
    assert ("StatefulSet", "docs-redis") not in manifests
    assert "docs-redis" not in str(manifests)


def test_idle_workers_go_slowly_and_new_ones_come_at_once(chart, synth):
    """Whoever is taken away may be at work, and drains; a queue that grows is worked on at once."""
    spec = by_queue(chart, synth, idle=timedelta(seconds=120), polling_interval=timedelta(seconds=7))[
        "ScaledObject", "docs-worker"
    ]["spec"]
    behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]

    assert (spec["cooldownPeriod"], spec["pollingInterval"]) == (120, 7)
    assert behavior["scaleUp"]["stabilizationWindowSeconds"] == 0
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 120
    assert behavior["scaleDown"]["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 60}]


@pytest.mark.parametrize("kind", ["ScaledObject", "TriggerAuthentication"])
@pytest.mark.parametrize(
    "broker",
    [None, ExternalRedis(host="redis", user="docs", tls=Tls(ca=CA), prefix="p:", password=PASSWORD)],
    ids=["plain", "all"],
)
def test_keda_objects_match_their_definitions(chart, synth, kind, broker):
    jsonschema.validate(by_queue(chart, synth, broker)[kind, "docs-worker"], CUSTOM[kind])


def test_schema_check_sees_an_unknown_field(chart, synth):
    manifest = by_queue(chart, synth)["ScaledObject", "docs-worker"]
    manifest["spec"]["advanced"]["scalingModifiers"]["formulae"] = "waiting"

    with pytest.raises(jsonschema.ValidationError, match="formulae"):
        jsonschema.validate(manifest, CUSTOM["ScaledObject"])


@pytest.mark.parametrize("part", ["worker", "webserver"])
def test_by_cpu(chart, synth, part):
    """By an amount: a percentage would be one of the request, which one page of OCR exceeds many times over."""
    scaling = ByCpu(minimum=2, maximum=5, cpu="600m", idle=timedelta(seconds=60))
    Paperless(chart, "docs", webserver=WebserverOptions(scaling=scaling), worker=WorkerOptions(scaling=scaling))
    manifest = synth()["HorizontalPodAutoscaler", f"docs-{part}"]
    spec = manifest["spec"]

    assert manifest["apiVersion"] == "autoscaling/v2"
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"docs-{part}"}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 5)
    (metric,) = spec["metrics"]
    assert metric["resource"] == {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "600m"}}
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 60
    for version in ("1.28", "1.36"):
        kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        (Fixed(), False),
        (Fixed(replicas=2), True),
        (ByCpu(minimum=1), False),
        (ByCpu(minimum=2), True),
        (ByQueue(minimum=0), False),
        (ByQueue(minimum=2), True),
    ],
    ids=repr,
)
def test_disruption_budget_only_where_two_pods_are_certain(chart, synth, scaling, expected):
    """With one pod, a budget of one unavailable pod is none, and any other blocks every drain of its node."""
    Paperless(chart, "docs", worker=WorkerOptions(scaling=scaling))
    budget = synth().get(("PodDisruptionBudget", "docs-worker"))

    assert (budget is not None) is expected
    if budget:
        assert budget["spec"]["maxUnavailable"] == 1
        assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
        kubernetes_validate.validate(budget, "1.28", strict=True)
        assert budget["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"] == "worker"


def test_workers_spread_over_nodes_where_storage_is_shared(chart, synth):
    """A lost node then takes few of them; a preference, as they must also run on one node."""
    options = WorkerOptions(scaling=ByQueue())
    Paperless(chart, "many", storage=SharedStorage(storage_class="cephfs"), worker=options)
    Paperless(chart, "one", worker=options)
    manifests = synth()

    (constraint,) = pod_spec(manifests["Deployment", "many-worker"])["topologySpreadConstraints"]
    assert (constraint["topologyKey"], constraint["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")
    assert constraint["labelSelector"]["matchLabels"]["app.kubernetes.io/instance"] == "many"
    assert "topologySpreadConstraints" not in pod_spec(manifests["Deployment", "many-beat"])
    assert "topologySpreadConstraints" not in pod_spec(manifests["Deployment", "one-worker"])


@pytest.mark.parametrize(("task_limit", "expected"), [(1800, "false"), (540, None)])
def test_cluster_autoscaler_respects_a_long_drain(chart, synth, task_limit, expected):
    """It ends a pod after 600 seconds, whatever the pod's grace period is."""
    Paperless(chart, "docs", task_limit=timedelta(seconds=task_limit))
    manifests = synth()
    key = "cluster-autoscaler.kubernetes.io/safe-to-evict"

    annotations = manifests["Deployment", "docs-worker"]["spec"]["template"]["metadata"].get("annotations", {})
    assert annotations.get(key) == expected
    assert key not in manifests["Deployment", "docs-consumer"]["spec"]["template"]["metadata"].get("annotations", {})


def test_priority_and_resources_of_each_process(chart, synth):
    from cdk8s_paperless_ngx import BeatOptions, ConsumerOptions, FlowerOptions

    resources = Resources(
        cpu_request="11m", memory_request="111Mi", memory_limit="2Gi", ephemeral_storage_request="1111Mi"
    )
    wanted = {"cpu": "11m", "memory": "111Mi", "ephemeral-storage": "1111Mi"}
    parts = {
        "webserver": WebserverOptions,
        "consumer": ConsumerOptions,
        "worker": WorkerOptions,
        "beat": BeatOptions,
        "flower": FlowerOptions,
    }
    options = {part: kind(resources=resources, priority_class=f"{part}-class") for part, kind in parts.items()}
    Paperless(chart, "docs", **options)
    manifests = synth()

    for part in parts:
        manifest = manifests["Deployment", f"docs-{part}"]
        assert pod_spec(manifest)["priorityClassName"] == f"{part}-class"
        assert main_container(manifest)["resources"]["requests"] == wanted
        assert init_container(manifest)["resources"]["requests"]["cpu"] != "11m"


def test_many_workers_get_a_warning(chart):
    """They would wait for each other; a user may still know better."""
    with pytest.warns(UserWarning, match="^WorkerOptions: 9 workers are more than 8; they will mostly wait"):
        Paperless(chart, "docs", worker=WorkerOptions(scaling=ByQueue(maximum=9)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Paperless(chart, "other", worker=WorkerOptions(scaling=ByQueue(maximum=8)))


def test_worker_s_limits_follow_its_threads(chart, synth):
    """Memory is what OCR takes most of, by the thread."""
    Paperless(chart, "docs", worker=WorkerOptions(resources=worker_resources(threads=4)))
    manifests = synth()

    limits = main_container(manifests["Deployment", "docs-worker"])["resources"]["limits"]
    assert limits == {"cpu": "4", "memory": "5Gi"}
    assert config_data(manifests, "docs-config")["PAPERLESS_THREADS_PER_WORKER"] == "4"


def test_little_memory_for_many_threads_gets_a_warning(chart):
    resources = Resources(cpu_request="1", cpu_limit="4", memory_request="512Mi", memory_limit="2Gi")

    with pytest.warns(
        UserWarning, match="^WorkerOptions: a memory limit of 2Gi is less than 1 GiB for each of 4 threads"
    ):
        Paperless(chart, "docs", worker=WorkerOptions(resources=resources))


REFUSED = [
    (ByQueue, {"minimum": -1}, "ByQueue: minimum must be a whole number of at least 0, got -1"),
    (ByQueue, {"minimum": 3, "maximum": 2}, "ByQueue: maximum must be at least the minimum of 3, got 2"),
    (ByQueue, {"minimum": 0, "maximum": 0}, "ByQueue: maximum must be a whole number of at least 1, got 0"),
    (
        ByQueue,
        {"polling_interval": timedelta(0)},
        "ByQueue: polling_interval must be a timedelta of whole seconds, 0:00:01 to 1",
    ),
    (
        ByQueue,
        {"idle": timedelta(hours=2)},
        "ByQueue: idle must be a timedelta of whole seconds, 0:00:00 to 1:00:00, got 2:",
    ),
    (ByCpu, {"minimum": 0}, "ByCpu: minimum must be a whole number of at least 1, got 0"),
    (ByCpu, {"cpu": "fast"}, "ByCpu: cpu must be a Kubernetes quantity above zero, got 'fast'"),
    (
        WorkerOptions,
        {"scaling": ByCpu(cpu="2")},
        "WorkerOptions: scaling.cpu must be below the CPU limit of 2, got '2'; no pod could ever exceed it",
    ),
    (WorkerOptions, {"priority_class": "High!"}, "WorkerOptions: priority_class must be the name of a Kubernetes"),
]


@pytest.mark.parametrize(("kind", "arguments", "sentence"), REFUSED, ids=[row[2] for row in REFUSED])
def test_wrong_input(kind, arguments, sentence):
    with pytest.raises(ValueError, match="must be") as refused:
        kind(**arguments)

    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)
