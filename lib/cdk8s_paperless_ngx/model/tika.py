"""Apache Tika and Gotenberg beside an instance."""

from __future__ import annotations

import re
from typing import Final

from cdk8s_paperless_ngx import pins
from cdk8s_paperless_ngx.model.names import GOTENBERG, TIKA, object_name
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.value import value

_TIKA_4: Final = r"(.*/)?tika(:(4([.-].*)?|latest(-.*)?)(@.*)?)?"
"""Tags of Apache's image that have Tika 4 in them; ``latest`` is one since August 2026."""
TIKA_PORT: Final = 9998
GOTENBERG_PORT: Final = 3000
_ARGUMENT: Final = r"--[a-z][a-z0-9-]*(=.+)?"
_WHERE_IT_LISTENS: Final = ("--api-port", "--api-bind-ip", "--api-root-path", "--api-tls", "--api-enable-basic-auth")


@value
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
        gotenberg_args: More arguments of Gotenberg, each as ``--name=value``, such as ``--api-timeout=120s``. Where it
            has one twice, the last one counts.

    Raises:
        ValueError: ``tika_image`` is Tika 4, which fails on office documents and mails (paperless-ngx #13755); or an
            argument has another form, or changes where Gotenberg listens.
    """

    tika_image: str = pins.TIKA
    gotenberg_image: str = pins.GOTENBERG
    tika_resources: Resources = Resources(cpu_request="25m", memory_request="384Mi", memory_limit="1Gi")
    gotenberg_resources: Resources = Resources(cpu_request="25m", memory_request="512Mi", memory_limit="2Gi")
    gotenberg_args: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = type(self).__name__
        for argument in self.gotenberg_args:
            if not re.fullmatch(_ARGUMENT, argument):
                raise refusal(where, "gotenberg_args", "arguments of the form '--name=value'", argument)
            if argument.startswith(_WHERE_IT_LISTENS):
                problem = f"gotenberg_args has {argument!r}, and probes and workers come to port {GOTENBERG_PORT}"
                raise conflict(where, problem, "drop it")
        if re.fullmatch(_TIKA_4, self.tika_image):
            advice = f"with 4 office documents and mails fail (paperless-ngx #13755); the default is {pins.TIKA}"
            raise refusal(where, "tika_image", "an image of Tika 3", self.tika_image, advice)

    def variables(self, instance: str) -> dict[str, str]:
        """Return the application's variables for them."""
        return {
            "PAPERLESS_TIKA_ENABLED": "true",
            "PAPERLESS_TIKA_ENDPOINT": f"http://{object_name(instance, TIKA)}:{TIKA_PORT}",
            "PAPERLESS_TIKA_GOTENBERG_ENDPOINT": f"http://{object_name(instance, GOTENBERG)}:{GOTENBERG_PORT}",
        }
