"""Volumes, files and variables for every container of the application, and the paths that settings name."""

from __future__ import annotations

import re

import pytest

from cdk8s_paperless_ngx import (
    Backup,
    ConfigMapVolume,
    ConsumeScripts,
    ExistingClaim,
    Extras,
    FlowerOptions,
    Mount,
    Paperless,
    PaperlessImage,
    RestoreDrill,
    SecretKey,
    SecretVolume,
    Settings,
    SharedStorage,
    Variable,
    WorkerOptions,
)
from cdk8s_paperless_ngx.model import AccessMode
from cdk8s_paperless_ngx.model.mounted_paths import READ_BY
from cdk8s_paperless_ngx.settings import IncomingMail, Paths, SoftwareTweaks
from cdk8s_paperless_ngx.settings.kinds.texts import ContainerPath
from cdk8s_paperless_ngx.settings.setting import declared_settings
from tests.conftest import config_data, environment, main_container, pod_spec, pod_specs

MEDIA = "/usr/src/paperless/media"
TRASH = Mount(path="/trash", volume=ExistingClaim(name="trash", sub_path="papers"), read_only=False)
CERTIFICATE = Mount(path="/etc/mail", volume=ConfigMapVolume(name="mail-authority"))
OWN = PaperlessImage(repository="registry.example.org/mine", version="3.1.3")
WITH_NLTK = PaperlessImage(version="3.1.3")


def whole(chart, **arguments):
    docs = Paperless(chart, "docs", flower=FlowerOptions(), **arguments)
    backup = Backup(chart, "backup", instance=docs.instance)
    RestoreDrill(chart, "drill", instance=docs.instance, generations=backup.generations)
    return docs


def containers(manifests):
    """Every container of the application's image, by the name of its object and its own; the library's own left out."""
    for (kind, name), manifest in manifests.items():
        if kind in ("Deployment", "CronJob") and name != "docs-redelivery":
            for spec in pod_specs(manifest):
                for container in (*spec.get("initContainers", []), *spec["containers"]):
                    yield f"{name}/{container['name']}", container, spec


def paths_of(container):
    return {mount["mountPath"] for mount in container["volumeMounts"]}


# What all containers get.


def test_extras_of_an_instance_reach_every_container_of_the_application(chart, synth):
    """A migration without the trash, or a gate without the client certificate of PostgreSQL, lets nothing start."""
    extras = Extras(
        mounts=(TRASH, Mount(path="/etc/postgres", volume=SecretVolume(name="docs-client"))),
        environment=(
            Variable(name="PGSSLCERT", value="/etc/postgres/tls.crt"),
            Variable(name="TOKEN", value=SecretKey(secret="mine", key="token")),
        ),
    )
    whole(chart, extras=extras)
    found = {name: (container, spec) for name, container, spec in containers(synth())}

    assert set(found) == {
        *(f"docs-{process}/gate" for process in ("webserver", "consumer", "worker", "backup", "flower")),
        *(f"docs-{name}/{name}" for name in ("webserver", "consumer", "worker", "beat", "flower", "backup")),
        *("docs-beat/migration", "docs-rescue/rescue", "docs-drill/drill"),
    }
    for container, spec in found.values():
        mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
        assert mounts["/trash"]["name"] == "instance-extra-0"
        assert mounts["/trash"]["subPath"] == "papers"
        assert mounts["/etc/postgres"] == {
            "name": "instance-extra-1",
            "mountPath": "/etc/postgres",
            "readOnly": True,
        }
        assert environment(container)["PGSSLCERT"] == "/etc/postgres/tls.crt"
        assert environment(container)["TOKEN"] == {"secretKeyRef": {"name": "mine", "key": "token"}}
        volumes = {volume["name"]: volume for volume in spec["volumes"]}
        assert volumes["instance-extra-0"]["persistentVolumeClaim"]["claimName"] == "trash"
        # The mode with which libpq takes a key of root's.
        assert volumes["instance-extra-1"]["secret"] == {"secretName": "docs-client", "defaultMode": 0o440}


def test_what_is_no_process_of_the_application_gets_none(chart, synth):
    """The redelivery has a token of the API server, and a password of the broker: no files of somebody else's."""
    whole(chart, extras=Extras(mounts=(TRASH,), environment=(Variable(name="MINE", value="1"),)))
    manifests = synth()

    for identity in (
        ("Deployment", "docs-redelivery"),
        ("StatefulSet", "docs-postgres"),
        ("StatefulSet", "docs-redis"),
    ):
        assert "instance-extra" not in str(manifests[identity])
        assert "MINE" not in environment(main_container(manifests[identity]))


def test_a_drill_may_not_write_to_what_is_mounted(chart, synth):
    """It tries a restore in an instance that it throws away; what is mounted belongs to the real one."""
    whole(chart, extras=Extras(mounts=(TRASH,)))
    read_only = {
        name: mount.get("readOnly", False)
        for name, container, _ in containers(synth())
        for mount in container["volumeMounts"]
        if mount["mountPath"] == "/trash"
    }

    assert read_only.pop("docs-drill/drill") is True
    assert not any(read_only.values())


def test_a_process_has_its_own_beside_them(chart, synth):
    """Both are mounted, and its variables may refer to those of all."""
    own = Extras(
        mounts=(Mount(path="/words", volume=ConfigMapVolume(name="words")),),
        environment=(Variable(name="MINE", value="$(ALL)/x"),),
    )
    everywhere = Extras(mounts=(TRASH,), environment=(Variable(name="ALL", value="/y"),))
    Paperless(chart, "docs", extras=everywhere, worker=WorkerOptions(extras=own))
    manifests = synth()
    worker = main_container(manifests["Deployment", "docs-worker"])
    names = [entry["name"] for entry in worker["env"]]

    assert {"/words", "/trash"} <= paths_of(worker)
    assert names.index("ALL") < names.index("MINE")
    assert "/words" not in paths_of(main_container(manifests["Deployment", "docs-consumer"]))


def test_claim_of_one_node_keeps_every_pod_on_that_node(chart, synth):
    """Flower mounts no directory and could start elsewhere, where that claim can never be mounted."""
    claim = ExistingClaim(name="trash", access_mode=AccessMode.READ_WRITE_ONCE)
    whole(chart, extras=Extras(mounts=(Mount(path="/trash", volume=claim),)))
    manifests = synth()

    for process in ("flower", "webserver", "worker", "consumer", "beat"):
        template = manifests["Deployment", f"docs-{process}"]["spec"]["template"]
        assert template["metadata"]["labels"]["cdk8s-paperless-ngx/node"] == "shared"
        assert "podAffinity" in template["spec"]["affinity"]
    assert "affinity" not in pod_spec(manifests["Deployment", "docs-redelivery"])


def test_claim_of_one_node_for_pods_on_several(chart):
    """All pods but those on one node would wait for ever."""
    claim = ExistingClaim(name="trash", access_mode=AccessMode.READ_WRITE_ONCE)
    with pytest.raises(
        ValueError,
        match=r"^chart/docs: extras.mounts has the ReadWriteOnce claim 'trash', and the pods run on several nodes; use",
    ):
        Paperless(
            chart,
            "docs",
            storage=SharedStorage(storage_class="nfs"),
            extras=Extras(mounts=(Mount(path="/trash", volume=claim),)),
        )


def test_no_variable_of_all_can_be_one_that_a_container_has(chart, synth):
    """Two of one name: which counts is decided by their place, and each apply finds a difference."""
    whole(chart, consume_scripts=ConsumeScripts(post="post.sh", config_map="hooks"))
    names = {name for _, container, _ in containers(synth()) for name in environment(container)}
    own = {name for name in names if not name.startswith(("PAPERLESS_", "GRANIAN_"))}

    assert {"HOME", "INSTANCE", "BACKUP_DIR", "GATE_NEEDS_INDEX", "BASIC_AUTH_PASSWORD", "PYTHONPATH"} < own
    for name in own:
        with pytest.raises(
            ValueError, match=f"^chart/{name}: extras.environment has {name}, which containers have already; "
        ):
            Paperless(
                chart,
                name,
                name="other",
                extras=Extras(environment=(Variable(name=name, value=SecretKey(secret="mine", key="x")),)),
            )


@pytest.mark.parametrize(
    ("extras", "sentence"),
    [
        (
            Extras(mounts=(TRASH,)),
            "extras.mounts has one at /trash, where the instance's extras are; mount it elsewhere",
        ),
        (
            Extras(environment=(Variable(name="ALL", value="2"),)),
            "extras.environment has ALL, which the process has already; drop it",
        ),
    ],
)
def test_what_all_containers_have_a_process_has_not_once_more(chart, extras, sentence):
    everywhere = Extras(mounts=(TRASH,), environment=(Variable(name="ALL", value="1"),))
    with pytest.raises(ValueError, match=f"^chart/docs/worker: {re.escape(sentence)}$"):
        Paperless(chart, "docs", extras=everywhere, worker=WorkerOptions(extras=extras))


def test_scripts_may_be_in_a_volume_of_all(chart, synth):
    """A second set of workers has it by itself then."""
    hooks = Mount(path="/opt/hooks", volume=ExistingClaim(name="hooks"))
    Paperless(chart, "docs", extras=Extras(mounts=(hooks,)), consume_scripts=ConsumeScripts(post="/opt/hooks/post.sh"))
    mounts = main_container(synth()["Deployment", "docs-worker"])["volumeMounts"]

    assert [mount["name"] for mount in mounts if mount["mountPath"] == "/opt/hooks"] == ["instance-extra-0"]


@pytest.mark.parametrize("name", ["company", "allauth_company"])
def test_a_django_app_is_found_in_the_working_directory(chart, synth, name):
    """Whoever starts Python there has that folder on the module search path, the migration as well as the webserver."""
    app = Mount(path=f"/usr/src/paperless/src/{name}", volume=ConfigMapVolume(name="app"))
    Paperless(
        chart, "docs", extras=Extras(mounts=(app,)), settings=Settings(software_tweaks=SoftwareTweaks(apps=(name,)))
    )
    beat = pod_spec(synth()["Deployment", "docs-beat"])

    for container in (*beat["initContainers"], *beat["containers"]):
        assert container["workingDir"] == "/usr/src/paperless/src"
        assert app.path in paths_of(container)


@pytest.mark.parametrize("name", ["", "/documents", "/documents/parsers", "/paperless_mail", "/manage.py", "/locale"])
def test_no_mount_hides_the_application(name):
    with pytest.raises(
        ValueError,
        match=rf"^Mount: path '/usr/src/paperless/src{name}' is in the way of the application, which every process",
    ):
        Mount(path=f"/usr/src/paperless/src{name}", volume=ConfigMapVolume(name="app"))


# Paths that settings name.


def test_every_setting_that_is_a_path_is_known_here():
    """A new one is compared with the mounts, too."""
    declared = {
        f"{group_name}{argument}": known
        for group_name, group in Settings().groups()
        for argument, known in declared_settings(type(group)).items()
    }
    found = {
        name
        for name, known in declared.items()
        if isinstance(known.kind, ContainerPath) and known.needs is not None and not name.startswith("binaries.")
    }

    assert found == set(READ_BY)


def test_trash_in_a_volume_of_its_own(chart, synth):
    """System checks of each process and command write a file into it."""
    settings = Settings(paths=Paths(empty_trash_dir="/trash/papers"))
    whole(chart, settings=settings, extras=Extras(mounts=(TRASH,)))
    manifests = synth()

    assert config_data(manifests, "docs-config")["PAPERLESS_EMPTY_TRASH_DIR"] == "/trash/papers"
    for _, container, _ in containers(manifests):
        assert "/trash" in paths_of(container)


def test_trash_inside_media_needs_no_mount(chart, synth):
    """Where media is mounted it is there; an empty one stands where a process has an empty directory for media."""
    whole(chart, settings=Settings(paths=Paths(empty_trash_dir=f"{MEDIA}/trash")))
    manifests = synth()
    with_media = {
        name: {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
        for name, container, _ in containers(manifests)
        if MEDIA in paths_of(container)
    }
    real = {name for name, mounts in with_media.items() if mounts[MEDIA] == "media"}

    assert {"docs-webserver/webserver", "docs-worker/worker", "docs-beat/migration", "docs-backup/backup"} <= real
    for name, mounts in with_media.items():
        assert mounts.get(f"{MEDIA}/trash") == (None if name in real else "private"), name
    assert len(with_media) > len(real)


def path_settings(argument, path):
    groups = {"paths": Paths, "incoming_mail": IncomingMail, "software_tweaks": SoftwareTweaks}
    group, name = argument.split(".")
    return Settings(**{group: groups[group](**{name: path})})


READ_ONLY_CLAIM = Mount(path="/trash", volume=ExistingClaim(name="trash"))
REFUSED = [
    (
        "paths.empty_trash_dir",
        "/trash",
        {},
        (
            "settings.paths.empty_trash_dir is '/trash', where nothing is mounted that lasts; have a "
            "Mount(path='/trash', volume=..., read_only=False) in extras, or name a folder inside media"
        ),
    ),
    (
        "paths.empty_trash_dir",
        "/tmp",
        {},
        "settings.paths.empty_trash_dir is '/tmp', where nothing is mounted that lasts",
    ),
    (
        "paths.empty_trash_dir",
        "/trash",
        {"worker": WorkerOptions(extras=Extras(mounts=(TRASH,)))},
        "settings.paths.empty_trash_dir is '/trash', where nothing is mounted that lasts",
    ),
    (
        "paths.empty_trash_dir",
        "/trash",
        {"extras": Extras(mounts=(READ_ONLY_CLAIM,))},
        "settings.paths.empty_trash_dir is '/trash', and nobody can write to what is mounted at /trash; mount a claim",
    ),
    (
        "paths.empty_trash_dir",
        "/etc/mail",
        {"extras": Extras(mounts=(Mount(path="/etc/mail", volume=SecretVolume(name="a"), read_only=False),))},
        "settings.paths.empty_trash_dir is '/etc/mail', and nobody can write to what is mounted at /etc/mail",
    ),
    *(
        (
            "paths.empty_trash_dir",
            f"/usr/src/paperless/{folder}",
            {},
            (
                f"settings.paths.empty_trash_dir is '/usr/src/paperless/{folder}', where something else is kept; "
                "name a folder inside media, such as '/usr/src/paperless/media/trash'"
            ),
        )
        for folder in ("media", "media/documents/originals", "data/trash", "consume/trash", "scratch", "export/trash")
    ),
    (
        "incoming_mail.email_certificate_location",
        "/etc/mail/ca.crt",
        {},
        (
            "settings.incoming_mail.email_certificate_location is '/etc/mail/ca.crt', where nothing is mounted in all "
            "containers; have a Mount(path='/etc/mail', volume=...) in extras"
        ),
    ),
    (
        "incoming_mail.email_certificate_location",
        "/usr/src/paperless/data/ca.crt",
        {"image": OWN},
        "settings.incoming_mail.email_certificate_location is '/usr/src/paperless/data/ca.crt', where nothing is",
    ),
    (
        "paths.model_file",
        "/models/classifier.pickle",
        {},
        (
            "settings.paths.model_file is '/models/classifier.pickle', where nothing is mounted for the webserver; "
            "have a Mount(path='/models', volume=..., read_only=False) in extras"
        ),
    ),
    (
        "paths.nltk_dir",
        "/words",
        {"image": WITH_NLTK},
        (
            "settings.paths.nltk_dir is '/words', where nothing is mounted for the worker; have a Mount(path='/words', "
            "volume=...) in the extras of worker"
        ),
    ),
    ("paths.staticdir", "/static", {}, "settings.paths.staticdir is '/static', where nothing is mounted for the web"),
]


@pytest.mark.parametrize(("argument", "path", "arguments", "sentence"), REFUSED)
def test_path_that_nothing_mounts(chart, argument, path, arguments, sentence):
    """No process would start, or originals would go with a pod."""
    with pytest.raises(ValueError, match=f"^chart/docs: {re.escape(sentence)}") as error:
        Paperless(chart, "docs", settings=path_settings(argument, path), **arguments)
    assert "\n" not in str(error.value)


KEYS = Mount(path="/keys", volume=SecretVolume(name="keys"))


@pytest.mark.parametrize(
    ("argument", "path", "arguments"),
    [
        ("incoming_mail.email_certificate_location", "/etc/mail/ca.crt", {"extras": Extras(mounts=(CERTIFICATE,))}),
        ("incoming_mail.email_certificate_location", "/etc/ssl/certs/ca-certificates.crt", {}),
        ("incoming_mail.email_certificate_location", "/opt/ca.crt", {"image": OWN}),
        ("incoming_mail.email_gnupg_home", "/keys", {"worker": WorkerOptions(extras=Extras(mounts=(KEYS,)))}),
        ("incoming_mail.email_gnupg_home", "/keys", {"extras": Extras(mounts=(KEYS,))}),
        ("incoming_mail.email_gnupg_home", "/usr/src/paperless/data/gnupg", {}),
        ("paths.model_file", "/usr/src/paperless/data/model/a.pickle", {}),
        ("paths.nltk_dir", "/usr/share/nltk_data", {"image": WITH_NLTK}),
        ("paths.nltk_dir", "/words", {"image": OWN}),
        ("paths.staticdir", "/usr/src/paperless/static", {}),
        ("software_tweaks.convert_tmpdir", "/tmp/convert", {}),
        ("software_tweaks.convert_tmpdir", "/usr/src/paperless/scratch/convert", {}),
    ],
)
def test_path_that_is_there(chart, argument, path, arguments):
    assert Paperless(chart, "docs", settings=path_settings(argument, path), **arguments)
