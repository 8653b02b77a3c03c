"""What a server beside the application is, as a plain value: PostgreSQL, Redis, Tika, Gotenberg."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from cdk8s_paperless_ngx.model.processes.process import Probe
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.frozen import FrozenMapping
from cdk8s_paperless_ngx.validation.value import value


@value
class Server:
    """A server beside the application.

    Args:
        component: Label value, part of the names, and name of its port.
        name: Value of the label ``app.kubernetes.io/name``.
        image: Reference of the container's image.
        user_id: The user that the image's server runs as.
        start: Text of the shell script that starts it; unset, the image's entrypoint does.
        args: Arguments of that script, or of the entrypoint.
        environment: Of the container.
        port: Number that it listens on.
        private_paths: Directories that it writes and nobody else reads; the rest of the root is read-only.
        startup: Must succeed once before the other probes count.
        readiness: Succeeds while it answers.
        liveness: Restarts it when it fails; unset, it ends by itself when something is wrong.
        grace_period: Between SIGTERM and SIGKILL.
        resources: CPU and memory.
    """

    component: str
    name: str
    image: str
    user_id: int
    start: str = ""
    args: tuple[str, ...] = ()
    environment: tuple[Variable, ...] = ()
    port: int
    private_paths: Mapping[str, str]
    startup: Probe | None = None
    readiness: Probe
    liveness: Probe | None = None
    grace_period: timedelta
    resources: Resources


@value
class StatefulServer(Server):
    """A server with data that it must not lose.

    Args:
        data_path: Where its claim is mounted.
        size: Of the claim.
        storage_class: Of the claim; unset, the cluster's default class.
        shared_memory: Size of ``/dev/shm``, as a quantity; unset, the container runtime's, which is 64Mi. What is in it
            counts as the container's memory.
        claim_labels: More labels of the claim.
        claim_annotations: More annotations of the claim.
    """

    data_path: str
    size: str
    storage_class: str | None
    shared_memory: str | None = None
    claim_labels: Mapping[str, str] = FrozenMapping()
    claim_annotations: Mapping[str, str] = FrozenMapping()
