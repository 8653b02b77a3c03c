"""Structs of jsii, without its checks and as plain values: what Node gets is the same."""

from __future__ import annotations

import cdk8s
import pytest
from cdk8s_plus_27 import k8s

from cdk8s_paperless_ngx.manifests.structs import plain, struct

CONTAINER = k8s.Container(
    name="one",
    env=[k8s.EnvVar(name="A", value="b"), k8s.EnvVar(name="EMPTY", value="")],
    ports=[k8s.ContainerPort(container_port=0, host_ip="::")],
    resources=k8s.ResourceRequirements(limits={"memory": k8s.Quantity.from_string("1Gi")}),
    security_context=k8s.SecurityContext(read_only_root_filesystem=False),
    liveness_probe=k8s.Probe(http_get=k8s.HttpGetAction(port=k8s.IntOrString.from_string("http"), path="/")),
    volume_mounts=[],
)


def pod(chart: cdk8s.Chart, containers: list[object]) -> object:
    k8s.KubePod(chart, "pod", spec=k8s.PodSpec(containers=containers))
    (manifest,) = cdk8s.Testing.synth(chart)
    return manifest


def test_fields_have_the_names_of_javascript():
    """With what is set, also where that is zero, false or empty."""
    assert plain(k8s.ContainerPort(container_port=0, host_ip="")) == {"containerPort": 0, "hostIp": ""}
    assert plain(CONTAINER)["securityContext"] == {"readOnlyRootFilesystem": False}
    assert plain(CONTAINER)["volumeMounts"] == []
    assert "workingDir" not in plain(CONTAINER)


def test_it_renders_as_the_struct_does(app):
    """Nothing is lost, in whatever depth, and what lives in Node (a quantity) stays what it is."""
    struct = pod(cdk8s.Chart(app, "struct"), [CONTAINER])
    dictionary = pod(cdk8s.Chart(app, "dictionary"), [plain(CONTAINER)])

    assert struct["spec"] == dictionary["spec"]
    assert struct["spec"]["containers"][0]["resources"] == {"limits": {"memory": "1Gi"}}


def test_without_checks_it_is_the_same_struct():
    """What the class makes of the same fields, with none for those that are not set."""
    given = {"container_port": 80, "name": "http", "host_ip": None}

    assert struct(k8s.ContainerPort, **given) == k8s.ContainerPort(**given)
    assert plain(struct(k8s.ContainerPort, **given)) == {"containerPort": 80, "name": "http"}
    assert struct(k8s.ObjectReference, kind="Pod") == k8s.ObjectReference(kind="Pod")


def test_fields_have_names():
    with pytest.raises(TypeError, match="a struct takes its fields by name"):
        struct(k8s.ContainerPort, 80)
