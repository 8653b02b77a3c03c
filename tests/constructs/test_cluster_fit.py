"""Fitting an instance into a cluster that somebody else runs."""

from __future__ import annotations

import re

import cdk8s
import jsonschema
import pytest

from cdk8s_paperless_ngx import (
    Admin,
    Backup,
    ByCpu,
    ByQueue,
    ConfigMapKey,
    ConfigMapVolume,
    ConsumerOptions,
    ConsumeScripts,
    CsiVolume,
    ExistingClaim,
    ExistingSecret,
    ExternalPostgres,
    ExternalRedis,
    ExternalSecret,
    Extras,
    FlowerOptions,
    Ingress,
    IngressController,
    Mount,
    NewClaim,
    NfsVolume,
    Paperless,
    PaperlessImage,
    Pods,
    Proxy,
    RescueOptions,
    Resources,
    SecretKey,
    SecretVolume,
    ServiceOptions,
    ServiceType,
    Settings,
    SharedStorage,
    SingleNodeStorage,
    Tls,
    Toleration,
    Variable,
    Webserver,
    WebserverOptions,
    Worker,
    WorkerOptions,
)
from cdk8s_paperless_ngx.model import AccessMode, TaintEffect
from cdk8s_paperless_ngx.settings import Hosting, Tika
from tests.conftest import claims_mounted, config_data, environment, init_container, main_container, pod_spec
from tests.schemas import CUSTOM

KEY = SecretKey(secret="mine", key="word")
PROXIES = ("10.42.",)
PROCESSES = ("webserver", "consumer", "worker", "beat", "redelivery", "flower")


def pod_templates(manifests):
    """Every pod template there is, by kind and name."""
    for identity, manifest in manifests.items():
        spec = manifest.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield identity, spec["template"]


def config(manifests):
    return config_data(manifests, "docs-config")


# What all pods get.


def test_every_pod_fits_the_cluster(chart, synth):
    """Processes, Jobs, CronJobs, PostgreSQL and Redis: one that was forgotten would stay Pending, or not be pulled."""
    pods = Pods(
        registry_mirror="registry.example.org/mirror",
        image_pull_secrets=("login",),
        node_selector={"kubernetes.io/arch": "amd64"},
        tolerations=(Toleration(key="documents", value="yes", effect=TaintEffect.NO_SCHEDULE), Toleration(key="old")),
        priority_class="high",
        labels={"team": "archive"},
        annotations={"linkerd.io/inject": "disabled"},
    )
    docs = Paperless(chart, "docs", pods=pods, flower=FlowerOptions())
    Backup(chart, "backup", instance=docs.instance)
    templates = dict(pod_templates(synth()))

    assert {kind for kind, _ in templates} == {"Deployment", "StatefulSet", "Job", "CronJob"}
    assert len(templates) == 12
    for template in templates.values():
        spec = template["spec"]
        assert spec["imagePullSecrets"] == [{"name": "login"}]
        assert spec["nodeSelector"] == {"kubernetes.io/arch": "amd64"}
        assert spec["tolerations"] == [
            {"key": "documents", "operator": "Equal", "value": "yes", "effect": "NoSchedule"},
            {"key": "old", "operator": "Exists"},
        ]
        assert spec["priorityClassName"] == "high"
        assert template["metadata"]["labels"]["team"] == "archive"
        assert template["metadata"]["annotations"]["linkerd.io/inject"] == "disabled"
        for container in (*spec["containers"], *spec.get("initContainers", [])):
            assert container["image"].startswith("registry.example.org/mirror/")


def test_labels_never_reach_selectors(chart, synth):
    """A selector cannot change, and a label of everybody's would make it find strangers."""
    Paperless(chart, "docs", pods=Pods(labels={"team": "archive"}))

    for manifest in synth().values():
        assert "team" not in str(manifest.get("spec", {}).get("selector", {}))


@pytest.mark.parametrize(
    ("mirror", "reference", "pulled"),
    [
        (None, "docker.io/library/redis:8", "docker.io/library/redis:8"),
        ("m.example.org", "docker.io/a/b:1@sha256:0", "m.example.org/a/b:1@sha256:0"),
        ("m.example.org", "docker.io/library/redis:8", "m.example.org/library/redis:8"),
        ("m.example.org", "redis:8", "m.example.org/library/redis:8"),
        ("m.example.org", "valkey/valkey:8", "m.example.org/valkey/valkey:8"),
        ("m.example.org", "localhost:5000/redis:8", "m.example.org/redis:8"),
        ({"ghcr.io": "m.example.org/ghcr"}, "ghcr.io/a/b@sha256:1", "m.example.org/ghcr/a/b@sha256:1"),
        ({"ghcr.io": "m.example.org/ghcr"}, "docker.io/library/redis:8", "docker.io/library/redis:8"),
    ],
)
def test_registry_mirror(mirror, reference, pulled):
    assert Pods(registry_mirror=mirror).image(reference) == pulled


def test_official_image_from_a_mirror_is_still_official(chart):
    """So a language that it does not contain is still refused."""
    from cdk8s_paperless_ngx import Settings
    from cdk8s_paperless_ngx.settings import Ocr

    with pytest.raises(ValueError, match="which the official image lacks"):
        Paperless(chart, "docs", pods=Pods(registry_mirror="m"), settings=Settings(ocr=Ocr(languages=("chi_sim",))))


def test_a_processs_own_priority_counts(chart, synth):
    Paperless(chart, "docs", pods=Pods(priority_class="low"), worker=WorkerOptions(priority_class="high"))
    manifests = synth()

    assert pod_spec(manifests["Deployment", "docs-worker"])["priorityClassName"] == "high"
    assert pod_spec(manifests["Deployment", "docs-beat"])["priorityClassName"] == "low"


# What one process gets.


def test_extras_reach_their_process_alone(chart, synth):
    extras = Extras(
        mounts=(
            Mount(path="/etc/fonts/mine", volume=ConfigMapVolume(name="fonts")),
            Mount(path="/usr/share/keys", volume=SecretVolume(name="keys"), read_only=False),
        ),
        environment=(Variable(name="OLLAMA", value="x"), Variable(name="TOKEN", value=KEY)),
    )
    Paperless(chart, "docs", worker=WorkerOptions(extras=extras))
    manifests = synth()
    worker = manifests["Deployment", "docs-worker"]
    container = main_container(worker)

    assert environment(container)["TOKEN"] == {"secretKeyRef": {"name": "mine", "key": "word"}}
    assert {"name": "extra-0", "mountPath": "/etc/fonts/mine", "readOnly": True} in container["volumeMounts"]
    assert {"name": "extra-1", "mountPath": "/usr/share/keys"} in container["volumeMounts"]
    assert {"name": "extra-0", "configMap": {"name": "fonts", "defaultMode": 0o555}} in pod_spec(worker)["volumes"]
    assert {"name": "extra-1", "secret": {"secretName": "keys", "defaultMode": 0o440}} in pod_spec(worker)["volumes"]
    assert "OLLAMA" not in environment(init_container(worker))
    assert "extra-" not in str(manifests["Deployment", "docs-consumer"])


def test_every_process_takes_extras(chart, synth):
    from cdk8s_paperless_ngx import BeatOptions

    extras = Extras(environment=(Variable(name="MINE", value="1"),))
    Paperless(
        chart,
        "docs",
        webserver=WebserverOptions(extras=extras),
        consumer=ConsumerOptions(extras=extras),
        worker=WorkerOptions(extras=extras),
        beat=BeatOptions(extras=extras),
        flower=FlowerOptions(extras=extras),
    )
    manifests = synth()

    for part in ("webserver", "consumer", "worker", "beat", "flower"):
        assert environment(main_container(manifests["Deployment", f"docs-{part}"]))["MINE"] == "1"


def test_consume_scripts(chart, synth):
    """The worker runs them, also one of another chart; the setting is everybody's."""
    scripts = ConsumeScripts(pre="pre.sh", post="post.py", config_map="hooks")
    Paperless(chart, "docs", consume_scripts=scripts)
    manifests = synth()
    worker = manifests["Deployment", "docs-worker"]

    assert config(manifests)["PAPERLESS_PRE_CONSUME_SCRIPT"] == "/usr/src/paperless/scripts/pre.sh"
    assert config(manifests)["PAPERLESS_POST_CONSUME_SCRIPT"] == "/usr/src/paperless/scripts/post.py"
    mount = {"name": "extra-0", "mountPath": "/usr/src/paperless/scripts", "readOnly": True}
    assert mount in main_container(worker)["volumeMounts"]
    assert {"name": "extra-0", "configMap": {"name": "hooks", "defaultMode": 0o555}} in pod_spec(worker)["volumes"]
    assert "hooks" not in str(manifests["Deployment", "docs-webserver"])


def test_consume_scripts_among_extras_reach_every_worker(chart, synth):
    """Each of them consumes documents, whichever construct made it."""
    hooks = Mount(path="/opt/hooks", volume=ConfigMapVolume(name="hooks"))
    options = WorkerOptions(extras=Extras(mounts=(hooks,)))
    docs = Paperless(chart, "docs", worker=options, consume_scripts=ConsumeScripts(post="/opt/hooks/post.sh"))
    Worker(chart, "night", instance=docs.instance, part="night")
    Worker(chart, "own", instance=docs.instance, part="own", options=options)
    manifests = synth()

    for part in ("worker", "night", "own"):
        mounts = main_container(manifests["Deployment", f"docs-{part}"])["volumeMounts"]
        assert [mount["readOnly"] for mount in mounts if mount["mountPath"] == "/opt/hooks"] == [True]


def test_consume_scripts_in_the_image(chart, synth):
    image = PaperlessImage(repository="registry.example.org/paperless", version="3.3.0")
    Paperless(chart, "docs", image=image, consume_scripts=ConsumeScripts(post="/opt/post.sh"))
    manifests = synth()

    assert config(manifests)["PAPERLESS_POST_CONSUME_SCRIPT"] == "/opt/post.sh"
    assert "PAPERLESS_PRE_CONSUME_SCRIPT" not in config(manifests)
    assert "extra-" not in str(manifests["Deployment", "docs-worker"])


def test_ca_bundle_and_proxy(chart, synth):
    """Both reach every process; the cluster's own names, with dots and without, go without the proxy."""
    Paperless(
        chart,
        "docs",
        ca_bundle=ConfigMapKey(config_map="bundle", key="all.pem"),
        proxy=Proxy(url="http://proxy.example.org:3128", exceptions=("10.0.0.0/8",)),
        settings=Settings(
            tika=Tika(enabled=True, endpoint="http://tika:9998", gotenberg_endpoint="http://pdf.tools:3000")
        ),
    )
    data = config(synth())

    bundle = "/etc/cdk8s-paperless-ngx/trust/bundle.crt"
    assert {data[name] for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")} == {bundle}
    assert data["HTTPS_PROXY"] == data["http_proxy"] == "http://proxy.example.org:3128"
    assert data["NO_PROXY"] == "localhost,127.0.0.1,.svc,.cluster.local,.docs,tika,10.0.0.0/8"


def test_ca_bundle_vouches_for_servers_too(chart, synth):
    """It takes the place of the image's authorities everywhere, but for a server that has one of its own."""
    bundle, own = ConfigMapKey(config_map="bundle", key="all.pem"), SecretKey(secret="redis-ca", key="ca.crt")
    Paperless(
        chart,
        "docs",
        ca_bundle=bundle,
        database=ExternalPostgres(host="pg", password=KEY, tls=Tls()),
        broker=ExternalRedis(host="redis", password=None, tls=Tls(ca=own)),
    )
    manifests = synth()

    assert "sslrootcert=/etc/cdk8s-paperless-ngx/trust/database.crt" in config(manifests)["PAPERLESS_DB_OPTIONS"]
    (trust,) = (v for v in pod_spec(manifests["Deployment", "docs-worker"])["volumes"] if v["name"] == "trust")
    assert [
        (kind, s[kind]["name"], s[kind]["items"][0]["path"]) for s in trust["projected"]["sources"] for kind in s
    ] == [
        ("configMap", "bundle", "database.crt"),
        ("secret", "redis-ca", "broker.crt"),
        ("configMap", "bundle", "bundle.crt"),
    ]


# Doors.


def test_url_is_the_one_source(chart, synth):
    """Hosts, CSRF, proxy header and path: nothing of it is said twice. The Service's names are allowed as well."""
    Paperless(chart, "docs", url="https://Docs.example.org:8443/papers/")
    data = config(synth())

    assert data["PAPERLESS_URL"] == "https://docs.example.org:8443"
    assert data["PAPERLESS_ALLOWED_HOSTS"].split(",") == [
        "docs.example.org",
        "docs-webserver",
        "docs-webserver.docs",
        "docs-webserver.docs.svc",
        "docs-webserver.docs.svc.cluster.local",
    ]
    assert data["PAPERLESS_FORCE_SCRIPT_NAME"] == "/papers"
    # Another instance at another path of that host would log this one's users out.
    assert data["PAPERLESS_COOKIE_PREFIX"] == "docs-"
    assert data["PAPERLESS_PROXY_SSL_HEADER"] == '["HTTP_X_FORWARDED_PROTO", "https"]'


def test_ingress(chart, synth):
    docs = Paperless(chart, "docs", trusted_proxies=PROXIES, url="https://docs.example.org/papers")
    Ingress(
        chart,
        "ingress",
        instance=docs.instance,
        class_name="nginx",
        tls_secret="docs-tls",
        controller=IngressController.INGRESS_NGINX,
        annotations={"cert-manager.io/cluster-issuer": "letsencrypt"},
    )
    manifest = synth()["Ingress", "docs-webserver"]

    assert manifest["metadata"]["annotations"] == {
        "nginx.ingress.kubernetes.io/proxy-body-size": "1g",
        "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
        "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
        "cert-manager.io/cluster-issuer": "letsencrypt",
    }
    assert manifest["spec"] == {
        "ingressClassName": "nginx",
        "tls": [{"hosts": ["docs.example.org"], "secretName": "docs-tls"}],
        "rules": [
            {
                "host": "docs.example.org",
                "http": {
                    "paths": [
                        {
                            "path": "/papers",
                            "pathType": "Prefix",
                            "backend": {"service": {"name": "docs-webserver", "port": {"name": "http"}}},
                        }
                    ]
                },
            }
        ],
    }


def test_cookies_are_named_as_one_says(chart, synth):
    Paperless(chart, "docs", url="https://example.org/a", settings=Settings(hosting=Hosting(cookie_prefix="mine")))

    assert config(synth())["PAPERLESS_COOKIE_PREFIX"] == "mine"


def test_cookies_keep_their_names_at_the_root(chart, synth):
    """Another name would end every session."""
    Paperless(chart, "docs", url="https://docs.example.org")

    assert "PAPERLESS_COOKIE_PREFIX" not in config(synth())


def test_ingress_needs_a_name(chart):
    """The API server refuses an address there."""
    docs = Paperless(chart, "docs", url="http://192.0.2.7:8080")

    with pytest.raises(
        ValueError,
        match=r"^chart/ingress: the instance's URL has an IP address, 'http://192\.0\.2\.7:8080', and an Ingress needs",
    ):
        Ingress(chart, "ingress", instance=docs.instance)


@pytest.mark.parametrize("controller", IngressController)
def test_annotations_of_a_controller_are_its_own(chart, synth, controller):
    """Another controller's would mean nothing, and hide that something is missing."""
    domains = {"ingress-nginx": "nginx.ingress.kubernetes.io", "f5-nginx": "nginx.org", "haproxy": "haproxy.org"}
    domains |= {"aws-load-balancer": "alb.ingress.kubernetes.io"}
    docs = Paperless(chart, "docs", trusted_proxies=PROXIES, url="http://docs.example.org/papers")
    Ingress(chart, "ingress", instance=docs.instance, controller=controller)
    annotations = synth()["Ingress", "docs-webserver"]["metadata"].get("annotations", {})

    assert {key.partition("/")[0] for key in annotations} == {
        domains[name] for name in domains if name == controller.value
    }
    if controller is IngressController.AWS_LOAD_BALANCER:
        assert annotations["alb.ingress.kubernetes.io/healthcheck-path"].startswith("/papers/static/")


def test_annotations_of_ones_own_stay_as_they_are(chart, synth):
    """They may have braces of their own, as in a snippet; and they come before those of the controller."""
    docs = Paperless(chart, "docs", trusted_proxies=PROXIES)
    own = {"example.org/snippet": "{service} {prefix}", "nginx.org/client-max-body-size": "5g"}
    Ingress(chart, "ingress", instance=docs.instance, controller=IngressController.F5_NGINX, annotations=own)

    assert synth()["Ingress", "docs-webserver"]["metadata"]["annotations"].items() >= own.items()


def test_ingress_to_another_webserver(chart, synth):
    """A webserver with another part has a Service of its own name, which requests may name and an Ingress leads to."""
    docs = Paperless(
        chart,
        "docs",
        trusted_proxies=PROXIES,
        url="https://docs.example.org",
        settings=Settings(hosting=Hosting(allowed_hosts=("x",))),
    )
    Webserver(chart, "api", instance=docs.instance, part="api")
    Ingress(chart, "ingress", instance=docs.instance, part="api", webserver="api")
    made = synth()
    (rule,) = made["Ingress", "docs-api"]["spec"]["rules"]
    hosts = environment(main_container(made["Deployment", "docs-api"]))["PAPERLESS_ALLOWED_HOSTS"].split(",")

    assert rule["http"]["paths"][0]["backend"]["service"]["name"] == "docs-api"
    assert ("Service", "docs-api") in made
    assert {"docs.example.org", "docs-webserver", "docs-api", "docs-api.docs.svc.cluster.local", "x"} <= set(hosts)
    assert "PAPERLESS_ALLOWED_HOSTS" not in environment(main_container(made["Deployment", "docs-webserver"]))


def test_f5_learns_which_service_speaks_websocket(chart, synth):
    docs = Paperless(chart, "docs", trusted_proxies=PROXIES)
    Ingress(chart, "ingress", instance=docs.instance, controller=IngressController.F5_NGINX)
    manifest = synth()["Ingress", "docs-webserver"]

    assert manifest["metadata"]["annotations"]["nginx.org/websocket-services"] == "docs-webserver"
    assert "host" not in manifest["spec"]["rules"][0]


@pytest.mark.parametrize("url", [None, "http://docs.example.org"])
def test_certificate_without_an_https_url(chart, url):
    """Without a host nobody knows whose certificate it is; without https Django refuses every form."""
    docs = Paperless(chart, "docs", url=url)

    got = re.escape(repr(url))
    with pytest.raises(
        ValueError,
        match=rf"^chart/i: tls_secret 'docs-tls' needs an instance with an https URL, got {got}; give Paperless url=",
    ):
        Ingress(chart, "i", instance=docs.instance, tls_secret="docs-tls")


def test_service_options(chart, synth):
    service = ServiceOptions(
        type=ServiceType.LOAD_BALANCER, port=8080, node_port=30080, annotations={"metallb.io/address-pool": "home"}
    )
    Paperless(chart, "docs", webserver=WebserverOptions(service=service))
    manifest = synth()["Service", "docs-webserver"]

    assert manifest["metadata"]["annotations"] == {"metallb.io/address-pool": "home"}
    assert manifest["spec"]["type"] == "LoadBalancer"
    assert manifest["spec"]["ports"] == [{"name": "http", "port": 8080, "targetPort": "http", "nodePort": 30080}]


# Secrets.


def test_external_secret(chart, synth):
    """Fetched once. Another revision is another Secret, so that no pod gets a new value before the others."""
    source = ExternalSecret(store="vault", cluster_store=True, key="docs/paperless", secret_key="django")
    Paperless(chart, "docs", secret=source, secret_revision=2)
    manifests = synth()
    manifest = manifests["ExternalSecret", "docs-application-2"]

    assert manifest["spec"] == {
        "refreshPolicy": "CreatedOnce",
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": "vault"},
        "target": {"name": "docs-application-2", "creationPolicy": "Owner", "immutable": True},
        "data": [{"secretKey": "secret-key", "remoteRef": {"key": "docs/paperless", "property": "django"}}],
    }
    # One Secret per purpose: an administrator who is added later changes nothing that was fetched already.
    password = manifests["ExternalSecret", "docs-admin-2"]["spec"]
    assert password["data"] == [
        {"secretKey": "password", "remoteRef": {"key": "docs/paperless", "property": "admin-password"}}
    ]
    variables = environment(init_container(manifests["Deployment", "docs-beat"]))
    assert variables["PAPERLESS_SECRET_KEY"] == {"secretKeyRef": {"name": "docs-application-2", "key": "secret-key"}}
    assert variables["PAPERLESS_ADMIN_PASSWORD"] == {"secretKeyRef": {"name": "docs-admin-2", "key": "password"}}
    jsonschema.validate(manifest, CUSTOM["ExternalSecret"])


def test_external_secret_fetches_what_is_needed(chart, synth):
    Paperless(chart, "docs", secret=ExternalSecret(store="vault", key="docs"), admin=Admin(password=KEY))
    manifests = synth()

    assert [name for kind, name in manifests if kind == "ExternalSecret"] == ["docs-application"]
    variables = environment(init_container(manifests["Deployment", "docs-beat"]))
    assert variables["PAPERLESS_ADMIN_PASSWORD"] == {"secretKeyRef": {"name": "mine", "key": "word"}}


def test_revision_rolls_all_pods_together(chart, synth):
    """A pod with an older secret key drops the tasks of the others; Jobs are made anew for nothing."""
    Paperless(chart, "docs", secret=ExistingSecret(name="mine"), secret_revision="2026-11", flower=FlowerOptions())
    rolled = {
        identity
        for identity, template in pod_templates(synth())
        if template["metadata"].get("annotations", {}).get("cdk8s-paperless-ngx/secret-revision") == "2026-11"
    }

    assert rolled == {
        *(
            ("Deployment", f"docs-{part}")
            for part in ("webserver", "consumer", "worker", "beat", "redelivery", "flower")
        ),
        *(("StatefulSet", f"docs-{part}") for part in ("postgres", "redis")),
    }


def test_two_sources_for_the_admins_password(chart):
    with pytest.raises(
        ValueError,
        match=r"^chart/docs: admin.password and secret.admin_password \('OTHER'\) name two places for one value",
    ):
        Paperless(chart, "docs", secret=ExistingSecret(name="app", admin_password="OTHER"), admin=Admin(password=KEY))


# Data that exists.


def test_moving_in_takes_volumes_as_they_are(chart, synth):
    """Claim and path for each directory, and nothing of it made anew."""
    claim = ExistingClaim(name="old", sub_path="paperless/media", access_mode=AccessMode.READ_WRITE_ONCE)
    storage = SingleNodeStorage(
        media=claim, data=ExistingClaim(name="old", sub_path="paperless/data", access_mode=AccessMode.READ_WRITE_ONCE)
    )
    Paperless(chart, "docs", storage=storage, admin=None)
    manifests = synth()
    worker = manifests["Deployment", "docs-worker"]

    mounted = claims_mounted(worker, main_container(worker))
    assert mounted["/usr/src/paperless/media"] == ("old", "paperless/media")
    assert mounted["/usr/src/paperless/data"] == ("old", "paperless/data")
    assert ("PersistentVolumeClaim", "docs-media") not in manifests


def test_another_name_is_another_claim(chart, synth):
    """A claim's class cannot change, so data moves to a new claim beside the old one."""
    storage = SharedStorage(storage_class="cephfs", media=NewClaim(size="1Ti", name="docs-media-shared"))
    Paperless(chart, "docs", storage=storage)
    manifests = synth()
    worker = manifests["Deployment", "docs-worker"]

    assert manifests["PersistentVolumeClaim", "docs-media-shared"]["spec"]["storageClassName"] == "cephfs"
    assert claims_mounted(worker, main_container(worker))["/usr/src/paperless/media"] == ("docs-media-shared", "media")


@pytest.mark.parametrize(
    ("volume", "source"),
    [
        (
            CsiVolume(driver="smb.csi.k8s.io", attributes={"source": "//nas/scans"}, secret="nas", sub_path="in"),
            {
                "csi": {
                    "driver": "smb.csi.k8s.io",
                    "volumeAttributes": {"secretName": "nas", "source": "//nas/scans"},
                    "nodePublishSecretRef": {"name": "nas"},
                }
            },
        ),
        (
            NfsVolume(server="nas.example.org", path="/scans", sub_path="in"),
            {"nfs": {"server": "nas.example.org", "path": "/scans"}},
        ),
    ],
)
def test_consume_from_a_share(chart, synth, volume, source):
    """Scanners write to file servers; the kernel does not tell what others wrote there, so it is polled."""
    Paperless(chart, "docs", storage=SingleNodeStorage(consume=volume))
    manifests = synth()

    for part in ("consumer", "worker"):
        manifest = manifests["Deployment", f"docs-{part}"]
        assert {"name": "consume", **source} in pod_spec(manifest)["volumes"]
        mount = {"name": "consume", "mountPath": "/usr/src/paperless/consume", "subPath": "in"}
        assert mount in main_container(manifest)["volumeMounts"]
    assert config(manifests)["PAPERLESS_CONSUMER_POLLING_INTERVAL"] == "4"
    assert ("PersistentVolumeClaim", "docs-consume") not in manifests


@pytest.mark.parametrize("access_mode", [AccessMode.READ_WRITE_MANY, AccessMode.READ_WRITE_ONCE])
def test_existing_consume_claim_is_polled(chart, synth, access_mode):
    """A static volume of a file server may be ReadWriteOnce, and no event tells what the server's other clients do."""
    claim = ExistingClaim(name="scans", access_mode=access_mode)
    Paperless(chart, "docs", storage=SingleNodeStorage(consume=claim))

    assert config(synth())["PAPERLESS_CONSUMER_POLLING_INTERVAL"] == "4"


# Suspension.


@pytest.mark.parametrize("scaling", [ByQueue(minimum=1), ByCpu()])
def test_suspension_takes_processes_away_and_nothing_else(scaling):
    """Every process at 0, whatever would scale it, and no CronJob starts one; all else stays as it was."""

    def manifests(*, suspended):
        chart = cdk8s.Chart(cdk8s.Testing.app(), "chart", namespace="docs")
        docs = Paperless(
            chart, "docs", flower=FlowerOptions(), suspended=suspended, worker=WorkerOptions(scaling=scaling)
        )
        Backup(chart, "backup", instance=docs.instance)
        return {(m["kind"], m["metadata"]["name"]): m for m in cdk8s.Testing.synth(chart)}

    running, suspended = manifests(suspended=False), manifests(suspended=True)
    (claim_job,) = (identity for identity in running if identity[0] == "Job" and "-pvc-" in identity[1])
    running.pop(claim_job)
    changed = {identity for identity in running if running[identity] != suspended[identity]}

    assert running.keys() == suspended.keys()
    assert changed - {("ScaledObject", "docs-worker")} == {
        *(
            ("Deployment", f"docs-{part}")
            for part in ("webserver", "consumer", "worker", "beat", "redelivery", "flower")
        ),
        *(("CronJob", f"docs-{part}") for part in ("rescue", "backup")),
    }
    for kind, name in changed:
        manifest = suspended[kind, name]
        if kind == "Deployment":
            assert manifest["spec"]["replicas"] == 0
        elif kind == "CronJob":
            assert manifest["spec"]["suspend"] is True
        else:
            assert manifest["metadata"]["annotations"] == {"autoscaling.keda.sh/paused-replicas": "0"}


# Wrong input.

MEMORY = {"memory_request": "1Gi", "memory_limit": "1Gi"}
WRONG = [
    (Toleration, {"key": "a b"}, "key must be a name of up to 63 letters"),
    (Toleration, {"key": "a", "value": "b c"}, "value must be at most 63 letters, digits, '-', '_' and '.', with a"),
    (Pods, {"image_pull_secrets": ("A",)}, "image_pull_secrets must be the name of a Kubernetes object, got 'A'"),
    (Pods, {"priority_class": "!"}, "priority_class must be the name of a Kubernetes object, got '!'"),
    (Pods, {"annotations": {"a/b/c": "1"}}, "annotations['a/b/c'] must be a name of up to 63 letters"),
    (Pods, {"labels": {"team": "a b"}}, "labels['team'] must be at most 63 letters, digits, '-', '_' and '.'"),
    (Pods, {"labels": {"-": "a"}}, "labels['-'] must be a name of up to 63 letters"),
    (
        Pods,
        {"labels": {"app.kubernetes.io/name": "x"}},
        "labels['app.kubernetes.io/name'] is the library's own, on which selectors depend; drop it",
    ),
    (Pods, {"node_selector": {"disk": "s s d"}}, "node_selector['disk'] must be at most 63 letters"),
    (
        Pods,
        {"registry_mirror": "https://m"},
        "registry_mirror must be a registry, perhaps with a path, got 'https://m'",
    ),
    (Pods, {"registry_mirror": {"ghcr.io": "m/"}}, "registry_mirror must be a registry, perhaps with a path, got 'm/'"),
    (Pods, {"registry_mirror": "M.example.org"}, "registry_mirror must be a registry, perhaps with a path, got 'M."),
    (Pods, {"registry_mirror": "m/x:latest"}, "registry_mirror must be a registry, perhaps with a path, got 'm/x:l"),
    (
        Pods,
        {"registry_mirror": {"ghcr": "mirror"}},
        "registry_mirror['ghcr'] must be for a registry's host, got 'ghcr'; as 'ghcr.io' or 'docker.io'",
    ),
    (Proxy, {"url": "http://"}, "url must be a URL, got 'http://'; for example"),
    (Proxy, {"url": "http://p", "exceptions": ("a, b",)}, "exceptions must be hosts, domains or networks, one in each"),
    (Resources, {**MEMORY, "cpu_request": "1Gi"}, "cpu_request must be an amount of cores, got '1Gi'; for example '2'"),
    (
        Resources,
        {**MEMORY, "cpu_request": "1", "cpu_limit": "2Ki"},
        "cpu_limit must be an amount of cores, got '2Ki'; for example '2', or '500m' for half of one",
    ),
    (ByCpu, {"cpu": "1M"}, "cpu must be an amount of cores, got '1M'; for example '2'"),
    (Proxy, {"url": "proxy:3128"}, "url must be a URL, got 'proxy:3128'; for example"),
    (Proxy, {"url": "http://u:secret@p"}, "url has a login in it, which would be in git; let the proxy admit"),
    (Proxy, {"url": "http://p:99999999"}, "url must be a URL, got 'http://p:99999999'; for example"),
    (ConfigMapVolume, {"name": "A"}, "name must be the name of a Kubernetes object, got 'A'"),
    (SecretVolume, {"name": ""}, "name must be the name of a Kubernetes object, got ''"),
    (CsiVolume, {"driver": "a", "sub_path": "../x"}, "sub_path must be a relative path inside the volume, got '../x'"),
    (CsiVolume, {"driver": ""}, "driver must be the name of a Kubernetes object, got ''"),
    (NfsVolume, {"server": "nas/x", "path": "/a"}, "server must be a name or an address, got 'nas/x'"),
    (NfsVolume, {"server": "nas", "path": "a"}, "path must be the absolute path that the server exports, got 'a'"),
    (NfsVolume, {"server": "nas", "path": "/a/../b"}, "path must be the absolute path that the server exports"),
    (
        NfsVolume,
        {"server": "nas", "path": "/a", "sub_path": "/b"},
        "sub_path must be a relative path inside the volume",
    ),
    (Mount, {"path": "a", "volume": ConfigMapVolume(name="a")}, "path must be an absolute path without '..'"),
    (Mount, {"path": "/a/", "volume": ConfigMapVolume(name="a")}, "path must be an absolute path without '..'"),
    (
        Mount,
        {"path": "/usr/src/paperless/media/x", "volume": ConfigMapVolume(name="a")},
        "path '/usr/src/paperless/media/x' is in the way of /usr/src/paperless/media",
    ),
    (
        Mount,
        {"path": "/usr/src", "volume": ConfigMapVolume(name="a")},
        "path '/usr/src' is in the way of /usr/src/paperless/data",
    ),
    (
        Extras,
        {"mounts": (Mount(path="/a", volume=ConfigMapVolume(name="a")),) * 2},
        "mounts has two at /a; give each a path of its own",
    ),
    (
        Extras,
        {"environment": (Variable(name="PAPERLESS_OCR_LANGUAGE", value="deu"),)},
        "PAPERLESS_OCR_LANGUAGE in environment is a setting of paperless-ngx; processes that disagree",
    ),
    (Variable, {"name": "A B", "value": "1"}, "name must be the name of an environment variable, got 'A B'"),
    (ConsumeScripts, {}, "neither pre nor post is given; name at least one"),
    (ConsumeScripts, {"pre": "a.sh"}, "pre must be an absolute path in the image, got 'a.sh'; or name its config_map"),
    (ConsumeScripts, {"post": "/a.sh", "config_map": "a"}, "post must be a key of the ConfigMap, got '/a.sh'"),
    (ServiceOptions, {"port": 0}, "port must be a whole number, 1 to 65535, got 0"),
    (ServiceOptions, {"node_port": 30000}, "a ClusterIP Service has no node_port, got 30000; use"),
    (ServiceOptions, {"annotations": {"": "x"}}, "annotations[''] must be a name of up to 63 letters"),
    (ExternalSecret, {"store": "", "key": "a"}, "store must be the name of a Kubernetes object, got ''"),
    (ExternalSecret, {"store": "a", "key": " "}, "key must be a name in the store, got ' '"),
    (NewClaim, {"size": "1Gi", "name": "A"}, "name must be the name of a Kubernetes object, got 'A'"),
    (RescueOptions, {"schedule": "60 * * * *"}, "schedule must be a cron expression of five fields"),
    (RescueOptions, {"schedule": "* 24 * * *"}, "schedule must be a cron expression of five fields"),
    (RescueOptions, {"schedule": "* * 0 * *"}, "schedule must be a cron expression of five fields"),
    (RescueOptions, {"schedule": "* * * foo *"}, "schedule must be a cron expression of five fields"),
    (RescueOptions, {"schedule": "* * * * 7"}, "schedule must be a cron expression of five fields"),
    (RescueOptions, {"schedule": "*/0 * * * *"}, "schedule must be a cron expression of five fields"),
    (RescueOptions, {"schedule": "5-1 * * * *"}, "schedule must be a cron expression of five fields"),
]


@pytest.mark.parametrize(("value", "arguments", "sentence"), WRONG)
def test_wrong_input_gets_one_sentence(value, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{value.__name__}: {re.escape(sentence)}") as error:
        value(**arguments)

    assert "\n" not in str(error.value)


@pytest.mark.parametrize("schedule", ["0 3 * * *", "*/10 * * * *", "5 */1 1,15 jan-mar sun", "0-30/5 0 1 12 mon-fri"])
def test_schedules_that_are_some(schedule):
    assert RescueOptions(schedule=schedule)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"url": "docs.example.org"}, "url must be a URL with scheme and host, got 'docs.example.org'; for example"),
        ({"url": "https://a/../b"}, "url must be a URL whose path has no '.' or '..', got 'https://a/../b'"),
        ({"secret_revision": "A b"}, "secret_revision must be up to 20 lower-case letters, digits and '-'"),
    ],
)
def test_wrong_input_of_an_instance(chart, arguments, sentence):
    with pytest.raises(ValueError, match=f"^chart/docs: {re.escape(sentence)}"):
        Paperless(chart, "docs", **arguments)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"class_name": "A"}, "class_name must be the name of a Kubernetes object, got 'A'"),
        ({"tls_secret": "A"}, "tls_secret must be the name of a Kubernetes object, got 'A'"),
        ({"annotations": {"a b": "1"}}, "annotations['a b'] must be a name of up to 63 letters"),
        ({"part": "A"}, "part must be a DNS label"),
    ],
)
def test_wrong_input_of_an_ingress(chart, arguments, sentence):
    docs = Paperless(chart, "docs", trusted_proxies=PROXIES, url="https://docs.example.org")

    with pytest.raises(ValueError, match=f"^chart/i: {re.escape(sentence)}"):
        Ingress(chart, "i", instance=docs.instance, **arguments)


@pytest.mark.parametrize("construct", [Backup, Ingress, Worker])
def test_construct_in_another_namespace_than_its_instance(app, chart, construct):
    """Claims, ConfigMaps and Services are found in their namespace alone."""
    docs = Paperless(chart, "docs", url="https://docs.example.org")

    with pytest.raises(
        ValueError,
        match=r"^other/o: the chart's namespace is 'papers', and the instance's is 'docs'; give the",
    ):
        construct(cdk8s.Chart(app, "other", namespace="papers"), "o", instance=docs.instance)


@pytest.mark.parametrize("time_zone", ["Mars/Base", "Europe/Zurichh", "../etc/passwd", "localtime", "right/UTC"])
def test_time_zone_that_is_none(chart, time_zone):
    docs = Paperless(chart, "docs")

    with pytest.raises(ValueError, match=r"^chart/b: time_zone must be an IANA time zone such as 'Europe/Zurich', got"):
        Backup(chart, "b", instance=docs.instance, time_zone=time_zone)
