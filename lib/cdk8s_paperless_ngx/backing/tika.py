"""Apache Tika and Gotenberg for those who bring none: they read and print office documents and mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cdk8s_plus_27 import k8s
from constructs import Construct

from cdk8s_paperless_ngx.argument_types import check_fields
from cdk8s_paperless_ngx.backing.server import Server, server_without_data
from cdk8s_paperless_ngx.processes.process import HttpCheck
from cdk8s_paperless_ngx.resources import Resources

if TYPE_CHECKING:
    from cdk8s_paperless_ngx.instance import Instance

_TIKA: Final = "tika"
_TIKA_PORT: Final = 9998
_GOTENBERG: Final = "gotenberg"
_GOTENBERG_PORT: Final = 3000


@dataclass(frozen=True, kw_only=True, slots=True)
class BundledTika:
    """Apache Tika and Gotenberg in the instance's namespace, one pod each; workers ask them for what they cannot read.

    Both keep nothing. Gotenberg's browser runs as upstream's Compose file has it: no JavaScript, and no address but the
    files that it was sent, as mails come from strangers. Its memory goes to big pictures in mails: it makes PDF/A of
    what the browser printed with LibreOffice (measured: 540Mi after both were used, 830Mi for a document of 25 MB,
    1.5Gi for a page that is one big picture after another).

    Args:
        tika_image: Reference of Tika's image.
        gotenberg_image: Reference of Gotenberg's image.
        tika_resources: CPU and memory of Tika, each of whose two Java processes takes up to a quarter of the limit.
        gotenberg_resources: CPU and memory of Gotenberg, which starts LibreOffice or Chromium when it is asked.

    Raises:
        ValueError: An argument is of another type.
    """

    tika_image: str = "docker.io/apache/tika:3.2.3.0"
    gotenberg_image: str = "docker.io/gotenberg/gotenberg:8.34"
    tika_resources: Resources = Resources(cpu_request="25m", memory_request="384Mi", memory_limit="1Gi")
    gotenberg_resources: Resources = Resources(cpu_request="25m", memory_request="512Mi", memory_limit="2Gi")

    def __post_init__(self) -> None:
        check_fields(self)

    def settings(self, instance: str) -> dict[str, str]:
        """Return the application's settings for them."""
        return {
            "PAPERLESS_TIKA_ENABLED": "true",
            "PAPERLESS_TIKA_ENDPOINT": f"http://{instance}-{_TIKA}:{_TIKA_PORT}",
            "PAPERLESS_TIKA_GOTENBERG_ENDPOINT": f"http://{instance}-{_GOTENBERG}:{_GOTENBERG_PORT}",
        }


class TikaAndGotenberg(Construct):
    """Apache Tika and Gotenberg: a Deployment of one pod and a Service each.

    Args:
        scope: Construct to create this one in.
        id: Unique among its siblings.
        instance: The installation they belong to.
        options: What they are like.
    """

    tika: k8s.KubeDeployment
    gotenberg: k8s.KubeDeployment

    def __init__(self, scope: Construct, id: str, *, instance: Instance, options: BundledTika) -> None:
        super().__init__(scope, id)
        self.tika = server_without_data(
            Construct(self, _TIKA),
            instance,
            Server(
                component=_TIKA,
                name=_TIKA,
                image=options.tika_image,
                # Of the image (apache/tika-docker, Dockerfile).
                user_id=35002,
                port=_TIKA_PORT,
                private_paths={"tmp": "/tmp"},  # noqa: S108 (private to the pod)
                check=HttpCheck(path="/version", port=_TIKA, period_seconds=10, failures=3),
                grace_seconds=30,
                resources=options.tika_resources,
            ),
        )
        self.gotenberg = server_without_data(
            Construct(self, _GOTENBERG),
            instance,
            Server(
                component=_GOTENBERG,
                name=_GOTENBERG,
                image=options.gotenberg_image,
                # Of the image; Chromium writes to its home (gotenberg/gotenberg#949).
                user_id=1001,
                args=(
                    "gotenberg", "--chromium-disable-javascript=true", "--chromium-allow-list=file:///tmp/.*",
                ),
                port=_GOTENBERG_PORT,
                private_paths={"tmp": "/tmp", "home": "/home/gotenberg"},  # noqa: S108 (private to the pod)
                check=HttpCheck(path="/health", port=_GOTENBERG, period_seconds=10, failures=3),
                # Just below its limit it was seen to hang for ever; a long conversion must not count as that.
                alive=HttpCheck(path="/health", port=_GOTENBERG, period_seconds=60, failures=5),
                grace_seconds=60,
                resources=options.gotenberg_resources,
            ),
        )  # fmt: skip
