"""A whole instance: names, Secrets, claims, and what it refuses."""

from __future__ import annotations

import json
import re
import warnings

import cdk8s
import pytest
from constructs import Construct

from cdk8s_paperless_ngx import (
    Admin,
    Backup,
    BundledPostgres,
    BundledRedis,
    ExistingClaim,
    ExistingSecret,
    FlowerOptions,
    NewClaim,
    Paperless,
    PaperlessImage,
    Resources,
    SecretKey,
    Settings,
    SingleNodeStorage,
    Worker,
)
from cdk8s_paperless_ngx.settings import Ocr, Paths
from tests.conftest import by_kind_and_name, claims_mounted, environment, init_container, main_container, pod_specs


def new_chart(**arguments):
    """A chart in an app of its own: within one app, two instances of one name are refused."""
    return cdk8s.Chart(cdk8s.Testing.app(), "elsewhere", namespace="docs", **arguments)


def test_moving_constructs_changes_nothing(synth, chart):
    """A name or selector that follows the path in Python would make a refactoring a second beat, or an empty claim."""
    Paperless(chart, "docs", flower=FlowerOptions())
    other = new_chart(disable_resource_name_hashes=True)
    Paperless(Construct(Construct(other, "a"), "b"), "c", name="docs", flower=FlowerOptions())

    assert by_kind_and_name(cdk8s.Testing.synth(other)) == synth()


def test_two_instances_share_nothing(chart):
    """Two instances in one chart: no common object, and no selector that finds the other's pods."""
    for name in ("one", "two"):
        Paperless(chart, name, flower=FlowerOptions())
    manifests = cdk8s.Testing.synth(chart)
    by_kind_and_name(manifests)
    pods = [m["spec"]["template"]["metadata"]["labels"] for m in manifests if "template" in m.get("spec", {})]

    for manifest in manifests:
        selector = manifest.get("spec", {}).get("selector", {})
        wanted = selector.get("matchLabels", selector)
        if wanted:
            owners = {labels["app.kubernetes.io/instance"] for labels in pods if wanted.items() <= labels.items()}
            assert owners == {manifest["metadata"]["labels"]["app.kubernetes.io/instance"]}


def test_no_secret_value_in_yaml(chart, synth):
    """Secrets are made in the cluster or stand there already; every container gets them by reference."""
    docs = Paperless(chart, "docs", flower=FlowerOptions())
    Backup(chart, "backup", instance=docs.instance)
    manifests = synth()
    secret = re.compile("PASS|SECRET_KEY|REDISCLI_AUTH")
    found = {
        (kind, name, container["name"]): "secretKeyRef" in entry.get("valueFrom", {})
        for (kind, name), manifest in manifests.items()
        for pod in pod_specs(manifest)
        for container in (*pod["containers"], *pod.get("initContainers", []))
        for entry in container.get("env", [])
        if secret.search(entry["name"])
    }

    assert not [name for kind, name in manifests if kind == "Secret"]
    assert all(found.values())
    # Of each kind that there is, so that none is overlooked.
    assert {
        ("Deployment", "docs-worker", "worker"),
        ("Deployment", "docs-worker", "gate"),
        ("StatefulSet", "docs-postgres", "postgres"),
        ("CronJob", "docs-backup", "backup"),
        ("CronJob", "docs-rescue", "rescue"),
    } <= found.keys()


def test_a_password_of_ones_own_is_not_made(chart, synth):
    """Also where its Secret has the name that the library would give it: making it would hide that it is missing."""
    Paperless(chart, "docs", flower=FlowerOptions(password=SecretKey(secret="docs-flower", key="password")))
    manifests = synth()
    (job,) = [manifest for (kind, _), manifest in manifests.items() if kind == "Job"]

    assert "docs-flower" not in json.loads(main_container(job)["command"][2])["secrets"]


def test_secrets_are_made_once_for_each_purpose(chart, synth):
    """The account may create Secrets and not change them; a purpose added later gets a Secret of its own."""
    Paperless(chart, "docs", flower=FlowerOptions())
    manifests = synth()
    (job,) = [manifest for (kind, _), manifest in manifests.items() if kind == "Job"]
    wanted = json.loads(main_container(job)["command"][2])

    assert wanted["secrets"] == {
        "docs-application": {"secret-key": 64},
        "docs-admin": {"password": 32},
        "docs-postgres": {"password": 32},
        "docs-redis": {"password": 32},
        "docs-flower": {"password": 32},
    }
    assert manifests["Role", "docs-secrets"]["rules"] == [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}
    ]


def test_job_name_follows_its_specification():
    """A Job cannot be changed, so another specification is another Job; the same one stays; none vanishes by itself."""

    def job(**arguments):
        chart = new_chart()
        Paperless(chart, "docs", **arguments)
        (manifest,) = [manifest for manifest in cdk8s.Testing.synth(chart) if manifest["kind"] == "Job"]
        assert "ttlSecondsAfterFinished" not in manifest["spec"]
        return manifest["metadata"]["name"]

    assert job() == job(settings=Settings(time_zone="Europe/Zurich"))
    assert job() != job(flower=FlowerOptions())
    assert re.fullmatch(r"docs-secrets-[0-9a-f]{8}", job())


def test_existing_secrets(chart, synth):
    """With a Secret for everything there is nothing to make, and no account that could."""
    key = SecretKey(secret="mine", key="word")
    Paperless(
        chart,
        "docs",
        secret=ExistingSecret(name="app", secret_key="KEY", admin_password="ADMIN"),
        database=BundledPostgres(password=key),
        broker=BundledRedis(password=key),
        flower=FlowerOptions(password=key),
    )
    manifests = synth()

    assert not [name for kind, name in manifests if kind == "Job" or name == "docs-secrets"]
    variables = environment(main_container(manifests["Deployment", "docs-worker"]))
    assert variables["PAPERLESS_SECRET_KEY"] == {"secretKeyRef": {"name": "app", "key": "KEY"}}
    assert variables["PAPERLESS_DBPASS"] == {"secretKeyRef": {"name": "mine", "key": "word"}}


def test_admin_is_the_migrations_business(chart, synth):
    """A running process has no use for the administrator's password."""
    Paperless(chart, "docs", admin=Admin(user="ann", mail="ann@example.org"))
    manifests = synth()

    beat = manifests["Deployment", "docs-beat"]
    variables = environment(init_container(beat))
    assert (variables["PAPERLESS_ADMIN_USER"], variables["PAPERLESS_ADMIN_MAIL"]) == ("ann", "ann@example.org")
    for (kind, _), manifest in manifests.items():
        if kind == "Deployment":
            assert not [name for name in environment(main_container(manifest)) if "ADMIN" in name]


def test_no_admin(chart, synth):
    """Moving in brings its own users."""
    Paperless(chart, "docs", admin=None)
    manifests = synth()

    assert not [name for name in environment(init_container(manifests["Deployment", "docs-beat"])) if "ADMIN" in name]


def test_every_claim_outlives_yaml(chart, synth):
    """Neither Argo CD nor Flux may take documents away because YAML changed."""
    Paperless(chart, "docs")
    claims = [manifest for (kind, _), manifest in synth().items() if kind == "PersistentVolumeClaim"]

    assert len(claims) == 7
    for claim in claims:
        assert claim["metadata"]["annotations"] == {
            "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
            "kustomize.toolkit.fluxcd.io/prune": "disabled",
        }
        assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
        assert "storageClassName" not in claim["spec"]


def test_existing_claim_with_sub_path(chart, synth):
    """Moving in: directories of an installation that exists, several of them on one volume."""
    storage = SingleNodeStorage(
        data=ExistingClaim(name="old.volume", sub_path="paperless/data"),
        media=ExistingClaim(name="old.volume", sub_path="paperless/media"),
        consume=ExistingClaim(name="scans"),
        scratch=NewClaim(size="1Gi"),
    )
    Paperless(chart, "docs", storage=storage)
    manifests = synth()
    worker = manifests["Deployment", "docs-worker"]

    assert claims_mounted(worker, main_container(worker)) == {
        "/usr/src/paperless/data": ("old.volume", "paperless/data"),
        "/usr/src/paperless/media": ("old.volume", "paperless/media"),
        "/usr/src/paperless/consume": ("scans", None),
        "/usr/src/paperless/scratch": ("docs-scratch", "scratch"),
        "/var/cache/bytecode": ("old.volume", "paperless/data.bytecode"),
    }
    assert {name for kind, name in manifests if kind == "PersistentVolumeClaim"} == {
        "docs-scratch",
        "docs-export",
        "docs-postgres",
        "docs-redis",
    }


def test_broker_loses_nothing(chart, synth):
    """What is in it are queued tasks: no eviction, an append-only file, a password that no URL in git contains."""
    Paperless(chart, "docs")
    manifests = synth()
    args = " ".join(main_container(manifests["StatefulSet", "docs-redis"])["args"])

    assert "--maxmemory-policy noeviction" in args
    assert "--appendonly yes --appendfsync always" in args, "an upload that was answered survives a power cut"
    assert "--save  --stop-writes-on-bgsave-error no" in args, "a snapshot that fails would make it refuse writes"
    assert "--requirepass $(REDISCLI_AUTH)" in args
    entries = main_container(manifests["Deployment", "docs-beat"])["env"]
    names = [entry["name"] for entry in entries]
    assert names.index("REDIS_PASSWORD") < names.index("PAPERLESS_REDIS"), "Kubernetes expands earlier entries only"
    assert {"name": "PAPERLESS_REDIS", "value": "redis://:$(REDIS_PASSWORD)@docs-redis:6379/0"} in entries


@pytest.mark.parametrize(("limit", "maxmemory"), [("512Mi", 268435456), ("1G", 500000000), ("100.5Mi", 52690944)])
def test_broker_refuses_before_the_kernel_kills(chart, synth, limit, maxmemory):
    """``noeviction`` does nothing without ``maxmemory``; a rewrite of the file may copy all data once."""
    resources = Resources(cpu_request="25m", memory_request="64Mi", memory_limit=limit)
    Paperless(chart, "docs", broker=BundledRedis(resources=resources))
    args = main_container(synth()["StatefulSet", "docs-redis"])["args"]

    assert args[args.index("--maxmemory") + 1] == str(maxmemory)


def test_settings_change_rolls_every_pod_and_keeps_the_release():
    """A ConfigMap that changes rolls nothing by itself; a release that stays lets nobody wait for anybody."""

    def templates(settings):
        chart = new_chart()
        Paperless(chart, "docs", settings=settings)
        made = cdk8s.Testing.synth(chart)
        return {m["metadata"]["name"]: m["spec"]["template"] for m in made if m["kind"] == "Deployment"}

    before, after = templates(Settings()), templates(Settings(time_zone="Europe/Zurich"))
    assert before.keys() == after.keys()
    for name, template in before.items():
        # It reads no settings, but the programs beside them; a change of settings is nothing to it.
        assert (template == after[name]) == (name == "docs-redelivery")
        assert template["metadata"]["labels"] == after[name]["metadata"]["labels"]


def test_pod_reads_for_all_its_life_what_it_was_made_with():
    """Another OCR language wipes the shared index: an old pod's container that starts again, and a pod that an
    autoscaler adds, must not read the next release's settings."""

    def config_maps(settings):
        chart = new_chart()
        Paperless(chart, "docs", settings=settings)
        return {m["metadata"]["name"]: m for m in cdk8s.Testing.synth(chart) if m["kind"] == "ConfigMap"}

    before, after = config_maps(Settings()), config_maps(Settings(ocr=Ocr(languages=("deu",))))
    assert all(m["immutable"] for m in before.values())
    kept = before.keys() & after.keys()
    assert {name.rpartition("-")[0] for name in before} == {"docs-config", "docs-scripts", "docs-backup-scripts"}
    assert {name.rpartition("-")[0] for name in kept} == {"docs-scripts", "docs-backup-scripts"}, (
        "what has not changed keeps its name"
    )
    assert all(before[name] == after[name] for name in kept)


@pytest.mark.parametrize(
    ("languages", "release"), [(("eng", "deu"), "3.3.0-en"), (("deu", "eng"), "3.3.0-de"), (("fra",), "3.3.0-fr")]
)
def test_release_follows_the_first_language(chart, languages, release):
    """It decides how the search index stems words; another one wipes the shared index."""
    docs = Paperless(chart, "docs", settings=Settings(ocr=Ocr(languages=languages)))

    assert str(docs.instance.release) == release


def refused(sentence):
    return pytest.raises(ValueError, match=f"^{re.escape(sentence)}$")


def test_refuses_what_is_no_name(chart):
    with refused(
        "chart/Docs: name must be a DNS label (lower-case letters, digits and '-', starting with a letter), "
        "got 'Docs'; for example 'paperless'"
    ):
        Paperless(chart, "Docs")


def test_refuses_a_long_name(chart):
    with refused(
        f"chart/{'a' * 41}: name must be at most 40 characters, as parts are added to it, got '{'a' * 41}'; shorten it"
    ):
        Paperless(chart, "a" * 41)


def test_refuses_a_long_part(chart):
    docs = Paperless(chart, "a" * 40)
    with refused(
        "chart/night: part must be short enough for names of at most 52 characters, "
        f"got '{'a' * 40}-{'n' * 12}'; shorten the instance's name or the part"
    ):
        Worker(chart, "night", instance=docs.instance, part="n" * 12)


def test_refuses_a_chart_without_namespace(app):
    with refused("chart/docs: the chart has no namespace; write Chart(app, ..., namespace='paperless')"):
        Paperless(cdk8s.Chart(app, "chart"), "docs")


@pytest.mark.parametrize(
    "url", ["docs.example.org", "ftp://docs.example.org", "https://", "https://a b", "", "https://x?y"]
)
def test_refuses_what_is_no_url(chart, url):
    with refused(
        f"chart/docs: url must be a URL with scheme and host, got {url!r}; for example 'https://docs.example.org'"
    ):
        Paperless(chart, "docs", url=url)


def test_refuses_a_language_that_is_not_in_the_official_image(chart):
    with refused(
        "chart/docs: settings.ocr.languages has 'pol', which the official image lacks (it has deu, eng, fra, ita, "
        "spa); no process would start; build an image with the language and name its repository"
    ):
        Paperless(chart, "docs", settings=Settings(ocr=Ocr(languages=("eng", "pol"))))


def test_accepts_any_language_in_an_image_of_ones_own(chart):
    image = PaperlessImage(repository="registry.example.org/paperless", version="3.3.0")
    Paperless(chart, "docs", image=image, settings=Settings(ocr=Ocr(languages=("pol",))))


def test_refuses_two_instances_of_one_name(app):
    """They would overwrite each other's objects and answer each other's requests, without a word."""
    for name in ("one", "two"):
        Paperless(cdk8s.Chart(app, name, namespace="docs"), "docs")
    with pytest.raises(RuntimeError, match=r"two/docs: name 'docs' is that of one/docs, too"):
        app.synth_yaml()


def test_refuses_two_sets_of_workers_of_one_name(app, chart):
    docs = Paperless(chart, "docs")
    for name in ("a", "b"):
        Worker(chart, name, instance=docs.instance, part="night")
    with pytest.raises(
        RuntimeError,
        match="chart/b/Default: it makes a second Deployment 'docs-night' in namespace 'docs', beside chart/a/Default",
    ):
        app.synth_yaml()


def test_accepts_one_name_in_two_namespaces(app):
    for name in ("one", "two"):
        Paperless(cdk8s.Chart(app, name, namespace=name), "docs")
    assert app.synth_yaml()


def test_secrets_made_in_the_cluster_are_nobody_s_to_prune(chart, synth):
    """Argo CD 2 prunes what has its Application's name as the instance's label and is not in git."""
    Paperless(chart, "docs")
    (job,) = (manifest for (kind, _), manifest in synth().items() if kind == "Job")
    wanted = json.loads(main_container(job)["command"][-1])

    assert "app.kubernetes.io/instance" not in wanted["labels"]
    assert wanted["annotations"]["argocd.argoproj.io/sync-options"] == "Prune=false,Delete=false"
    assert wanted["annotations"]["kustomize.toolkit.fluxcd.io/prune"] == "disabled"


@pytest.mark.parametrize(
    ("version", "warned"), [("3.0.5", True), ("3.1.1", True), ("3.1.2", False), ("3.3.0", False), ("2.20.15", True)]
)
@pytest.mark.filterwarnings("ignore:.* grows without end")
def test_warns_of_documents_outside_of_media(chart, version, warned):
    """GHSA-2jhj-xqrq-rmrq: only with this one setting, in every version before 3.1.2."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Paperless(chart, "plain", image=PaperlessImage(version=version))
        assert not [each for each in caught if "GHSA" in str(each.message)]
        settings = Settings(paths=Paths(filename_format_remove_none=True))
        Paperless(chart, "docs", image=PaperlessImage(version=version), settings=settings)
    said = [str(each.message) for each in caught if "GHSA-2jhj-xqrq-rmrq" in str(each.message)]

    assert bool(said) is warned
    assert all(text.startswith("chart/docs: with settings.paths.filename_format_remove_none ") for text in said)


@pytest.mark.parametrize(
    ("version", "warned"), [("3.0.5", True), ("3.1.0", False), ("3.3.0", False), ("2.20.15", False)]
)
def test_warns_of_an_index_that_grows(chart, version, warned):
    """Upstream #13679: webserver and workers write to one index here, so it meets every instance."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Paperless(chart, "docs", image=PaperlessImage(version=version))
    said = [str(each.message) for each in caught if "search index" in str(each.message)]

    assert bool(said) is warned
    assert all("another rebuild_index makes it small again" in text for text in said)
