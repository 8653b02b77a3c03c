"""Each process: what its pod promises the rest of the instance."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cdk8s_paperless_ngx import (
    Fixed,
    FlowerOptions,
    Paperless,
    Resources,
    SharedStorage,
    WebserverOptions,
    Worker,
    WorkerOptions,
)
from tests.conftest import claims_mounted, config_data, environment, init_container, main_container, pod_spec

ROOT = "/usr/src/paperless"
WORKER = """
celery --app paperless worker --loglevel INFO --without-mingle --without-gossip --disable-prefetch
--include cdk8s_paperless_ngx_worker,cdk8s_paperless_ngx_connections task.acks_late=true
result.backend_always_retry=true
"""
BEAT = """
celery --app paperless beat --loglevel INFO --schedule /tmp/celerybeat-schedule
--scheduler cdk8s_paperless_ngx_connections:PersistentScheduler
"""
PROCESSES = ("webserver", "consumer", "worker", "beat", "flower")


@pytest.fixture
def manifests(chart, synth):
    Paperless(chart, "paperless", flower=FlowerOptions())
    return synth()


def deployment(manifests, process):
    return manifests["Deployment", f"paperless-{process}"]


@pytest.mark.parametrize(
    ("process", "command"),
    [
        ("webserver", "granian --interface asginl --ws --loop uvloop cdk8s_paperless_ngx_connections:application"),
        ("consumer", "python3 -m cdk8s_paperless_ngx_connections manage.py document_consumer"),
        ("worker", WORKER),
        ("beat", BEAT),
        ("flower", "celery --app paperless flower"),
    ],
)
def test_process_is_started_by_its_own_argv(manifests, process, command):
    """Without the image's /init, which needs root, a writable root and runs every process in one container."""
    container = main_container(deployment(manifests, process))

    assert container["command"] == command.split()
    assert container["workingDir"] == f"{ROOT}/src"


@pytest.mark.parametrize(
    ("process", "shared"),
    [
        ("webserver", {"data", "media", "scratch", "export"}),
        ("consumer", {"consume", "scratch"}),
        ("worker", {"data", "media", "consume", "scratch"}),
        ("beat", set()),
        ("flower", set()),
    ],
)
def test_process_mounts_the_claims_it_needs_and_no_other(manifests, process, shared):
    """Uploads are handed over by path: a directory missing in one pod loses documents, one too many is a risk."""
    manifest = deployment(manifests, process)

    mounted = claims_mounted(manifest, main_container(manifest))

    mounted.pop("/var/cache/bytecode", None)
    assert mounted == {f"{ROOT}/{name}": (f"paperless-{name}", name) for name in shared}


@pytest.mark.parametrize("process", PROCESSES)
def test_every_directory_is_mounted(manifests, process):
    """System checks write into all of them, and the image's VOLUMEs would give each container a hidden one."""
    mounted = {mount["mountPath"] for mount in main_container(deployment(manifests, process))["volumeMounts"]}

    assert {f"{ROOT}/{name}" for name in ("data", "media", "consume", "scratch", "export")} <= mounted
    assert {"/tmp", "/var/cache/fontconfig"} <= mounted


@pytest.mark.parametrize("process", ["webserver", "consumer", "worker", "beat"])
def test_modules_are_found_and_nothing_beside_them(manifests, process):
    """Their folder is on Python's search path: a script called `log` or `messages` there would be the application's."""
    container = main_container(deployment(manifests, process))
    folder = environment(container)["PYTHONPATH"]
    mounts = [mount for mount in container["volumeMounts"] if mount["mountPath"].startswith(folder)]

    assert {(mount["mountPath"], mount["subPath"], mount["readOnly"]) for mount in mounts} == {
        (f"{folder}/{file}", file, True)
        for file in ("cdk8s_paperless_ngx_worker.py", "cdk8s_paperless_ngx_connections.py")
    }
    for mount in mounts:
        assert mount["subPath"] in config_data(manifests, "paperless-scripts")


@pytest.mark.parametrize("process", ["webserver", "worker"])
def test_bytecode_is_read_only(manifests, process):
    """Code that one process writes must not run in another; only the migration writes it."""
    container = main_container(deployment(manifests, process))
    (mount,) = [mount for mount in container["volumeMounts"] if mount["mountPath"] == "/var/cache/bytecode"]

    assert mount["readOnly"] is True
    assert environment(container)["PYTHONPYCACHEPREFIX"] == "/var/cache/bytecode/3.3.0"


@pytest.mark.parametrize("process", ["consumer", "beat"])
def test_exactly_one(manifests, process):
    """Two would queue every file, or every scheduled task, twice."""
    spec = deployment(manifests, process)["spec"]

    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


@pytest.mark.parametrize("process", ["webserver", "worker"])
def test_old_pods_are_told_to_go_at_once(manifests, process):
    """With the default an old pod stays until its successor is ready, which waits for the old pod to go."""
    spec = deployment(manifests, process)["spec"]

    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": "100%"}


@pytest.mark.parametrize("process", PROCESSES)
def test_pod_basics(manifests, process):
    """PID 1 ignores early signals; a Service called paperless would set PAPERLESS_PORT; no process needs a token."""
    pod = pod_spec(deployment(manifests, process))

    assert pod["shareProcessNamespace"] is True
    assert pod["enableServiceLinks"] is False
    assert pod["automountServiceAccountToken"] is False
    token_mounts = [m for c in pod["containers"] for m in c["volumeMounts"] if "serviceaccount" in m["mountPath"]]
    assert token_mounts == []


@pytest.mark.parametrize(("task_limit", "grace"), [(1800, 1860), (600, 660)])
def test_worker_may_finish_its_task(chart, synth, task_limit, grace):
    """A worker that is asked to end has as long as a task may take, and Celery a minute more."""
    Paperless(chart, "paperless", task_limit=timedelta(seconds=task_limit))
    manifests = synth()

    assert pod_spec(deployment(manifests, "worker"))["terminationGracePeriodSeconds"] == grace
    assert config_data(manifests, "paperless-config")["PAPERLESS_WORKER_TIMEOUT"] == str(task_limit)
    for process in ("webserver", "worker", "beat", "consumer"):
        assert deployment(manifests, process)["spec"]["progressDeadlineSeconds"] == grace + 4 * 3600


def test_webserver_goes_on_serving_until_others_do(manifests):
    """A pod that ends at once gets requests of clients that do not know yet; and its successor needs time to start."""
    pod = pod_spec(deployment(manifests, "webserver"))

    (container,) = pod["containers"]
    assert container["lifecycle"] == {"preStop": {"exec": {"command": ["sleep", "30"]}}}
    assert pod["terminationGracePeriodSeconds"] == 30 + 60, "the pause counts as part of it"
    for process in ("consumer", "worker", "beat", "flower"):
        assert "lifecycle" not in main_container(deployment(manifests, process)), "nobody sends requests to it"


def test_webserver_may_end_at_once(chart, synth):
    Paperless(chart, "paperless", webserver=WebserverOptions(keep_serving=timedelta(0)))
    pod = pod_spec(deployment(synth(), "webserver"))

    assert "lifecycle" not in pod["containers"][0]
    assert pod["terminationGracePeriodSeconds"] == 60


@pytest.mark.parametrize("time", [timedelta(seconds=-1), timedelta(milliseconds=1500)])
def test_refuses_a_time_that_nothing_can_serve_on(time):
    refused = r"^WebserverOptions: keep_serving must be a timedelta of whole seconds, at least 0:00:00, got "
    with pytest.raises(ValueError, match=refused):
        WebserverOptions(keep_serving=time)


def test_threads_follow_from_the_cpu_limit(chart, synth):
    """Upstream's default counts the cores of the node, whatever the pod may use."""
    resources = Resources(cpu_request="1", cpu_limit="2500m", memory_request="1Gi", memory_limit="4Gi")
    Paperless(chart, "paperless", worker=WorkerOptions(resources=resources))

    assert config_data(synth(), "paperless-config")["PAPERLESS_THREADS_PER_WORKER"] == "3"


def test_one_task_at_a_time(manifests):
    """Pods are what scales: a pod that dies takes at most one task with it."""
    assert config_data(manifests, "paperless-config")["PAPERLESS_TASK_WORKERS"] == "1"


def test_webserver_has_the_environment_of_the_start_script(chart, synth):
    """Granian listens on 127.0.0.1 unless told otherwise, and the image's script that tells it is not run."""
    Paperless(
        chart,
        "paperless",
        url="https://example.org/docs",
        webserver=WebserverOptions(scaling=Fixed(replicas=2), granian_workers=3),
    )
    manifests = synth()
    manifest = deployment(manifests, "webserver")
    container = main_container(manifest)
    variables = environment(container)

    assert manifest["spec"]["replicas"] == 2
    assert {name: value for name, value in variables.items() if name.startswith("GRANIAN")} == {
        "GRANIAN_HOST": "0.0.0.0",
        "GRANIAN_PORT": "8000",
        "GRANIAN_WORKERS": "3",
        "GRANIAN_URL_PATH_PREFIX": "/docs",
    }
    assert container["readinessProbe"]["httpGet"]["path"] == "/docs/accounts/login/"
    assert container["livenessProbe"]["httpGet"]["path"] == "/docs/favicon.ico"
    settings = config_data(manifests, "paperless-config")
    assert settings["PAPERLESS_URL"] == "https://example.org"
    assert settings["PAPERLESS_FORCE_SCRIPT_NAME"] == "/docs"
    assert settings["PAPERLESS_PROXY_SSL_HEADER"] == '["HTTP_X_FORWARDED_PROTO", "https"]'


@pytest.mark.parametrize("process", ["webserver", "flower"])
def test_http_probes_say_localhost(manifests, process):
    """The kubelet sends the pod's address as Host, which Django refuses once allowed hosts are restricted."""
    container = main_container(deployment(manifests, process))

    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[kind]["httpGet"]["httpHeaders"] == [{"name": "Host", "value": "localhost"}]
        assert container[kind]["httpGet"]["port"] == "http"


def test_flower_always_has_a_password(manifests):
    """It can end workers and shows file names."""
    variables = environment(main_container(deployment(manifests, "flower")))

    assert variables["BASIC_AUTH_PASSWORD"] == {"secretKeyRef": {"name": "paperless-flower", "key": "password"}}
    assert variables["FLOWER_BASIC_AUTH"] == "flower:$(BASIC_AUTH_PASSWORD)"


def test_every_pod_waits_for_its_release(manifests):
    """No two releases ever work on one instance: a gate in every pod, and the migration in beat's."""
    gates = {process: init_container(deployment(manifests, process)) for process in PROCESSES}

    scripts = {process: gate["command"][1].rpartition("/")[2] for process, gate in gates.items()}
    assert scripts == dict.fromkeys(PROCESSES, "gate.py") | {"beat": "migration.py"}
    for gate in gates.values():
        variables = environment(gate)
        assert (variables["INSTANCE"], variables["RELEASE_VERSION"], variables["RELEASE_LANGUAGE"]) == (
            "paperless",
            "3.3.0",
            "en",
        )


def test_gate_sees_the_index_where_the_process_does(manifests):
    """On an empty data claim a webserver would make an empty index before the migration does."""
    needs = {
        process: environment(init_container(deployment(manifests, process))).get("GATE_NEEDS_INDEX")
        for process in PROCESSES
    }

    assert needs == {"webserver": "true", "worker": "true", "consumer": "false", "flower": "false", "beat": None}


def test_migration_mounts_every_claim(manifests):
    """A claim of a WaitForFirstConsumer class that no pod mounts stays Pending and holds GitOps tools' health back."""
    manifest = deployment(manifests, "beat")

    mounted = {claim for claim, _ in claims_mounted(manifest, init_container(manifest)).values()}

    claims = {name for kind, name in manifests if kind == "PersistentVolumeClaim"}
    assert mounted == claims - {"paperless-postgres", "paperless-redis"}


def test_migration_may_list_pods_and_nothing_else(manifests):
    """It looks whether pods of another release are left; a token that can do more is worth stealing."""
    assert manifests["Role", "paperless-migration"]["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}
    ]
    binding = manifests["RoleBinding", "paperless-migration"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "paperless-migration", "namespace": "docs"}]
    assert pod_spec(deployment(manifests, "beat"))["serviceAccountName"] == "paperless-migration"


def test_release_is_on_every_pod_but_in_no_selector(manifests):
    """The migration finds pods of other releases by it; a selector can never change."""
    for process in PROCESSES:
        spec = deployment(manifests, process)["spec"]
        assert spec["template"]["metadata"]["labels"]["cdk8s-paperless-ngx/release"] == "3.3.0-en"
        assert set(spec["selector"]["matchLabels"]) == {
            "app.kubernetes.io/name",
            "app.kubernetes.io/instance",
            "app.kubernetes.io/component",
        }
        assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()


def test_single_node_keeps_pods_with_claims_together(manifests):
    """A ReadWriteOnce volume is attached to one node; the first pod may choose, as it matches its own rule."""
    for process in PROCESSES:
        template = deployment(manifests, process)["spec"]["template"]
        if process == "flower":
            assert "affinity" not in template["spec"]
            continue
        (term,) = template["spec"]["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        assert term["topologyKey"] == "kubernetes.io/hostname"
        assert term["labelSelector"]["matchLabels"].items() <= template["metadata"]["labels"].items()


def test_shared_storage_lets_pods_spread(chart, synth):
    Paperless(chart, "paperless", storage=SharedStorage(storage_class="cephfs"))
    manifests = synth()

    for process in ("webserver", "consumer", "worker", "beat"):
        assert "affinity" not in pod_spec(deployment(manifests, process))
    for name in ("data", "media", "consume", "scratch", "export"):
        spec = manifests["PersistentVolumeClaim", f"paperless-{name}"]["spec"]
        assert (spec["accessModes"], spec["storageClassName"]) == (["ReadWriteMany"], "cephfs")


def test_consumer_polls_on_shared_storage_only(chart, synth):
    """The kernel's events do not tell of files that another node wrote."""
    Paperless(chart, "one")
    Paperless(chart, "many", storage=SharedStorage(storage_class="cephfs"))
    manifests = synth()

    assert "PAPERLESS_CONSUMER_POLLING_INTERVAL" not in config_data(manifests, "one-config")
    assert config_data(manifests, "many-config")["PAPERLESS_CONSUMER_POLLING_INTERVAL"] == "4"


def test_single_process_in_a_strangers_chart(app, chart):
    """A part is usable alone: a second set of workers, with names and selectors of its own."""
    import cdk8s

    docs = Paperless(chart, "docs")
    other = cdk8s.Chart(app, "other", namespace="docs")
    Worker(other, "anything", instance=docs.instance, part="night", options=WorkerOptions(scaling=Fixed(replicas=4)))

    manifest, budget = cdk8s.Testing.synth(other)
    assert budget["kind"] == "PodDisruptionBudget"
    assert manifest["metadata"]["name"] == "docs-night"
    assert manifest["spec"]["replicas"] == 4
    assert manifest["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"] == "night"
