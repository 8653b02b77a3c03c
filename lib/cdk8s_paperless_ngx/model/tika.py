"""Apache Tika and Gotenberg beside an instance."""

from __future__ import annotations

from typing import Final

from cdk8s_paperless_ngx.model.names import GOTENBERG, TIKA, object_name
from cdk8s_paperless_ngx.model.resources import Resources
from cdk8s_paperless_ngx.validation.value import value

TIKA_PORT: Final = 9998
GOTENBERG_PORT: Final = 3000


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
    """

    tika_image: str = "docker.io/apache/tika:3.2.3.0"
    gotenberg_image: str = "docker.io/gotenberg/gotenberg:8.34"
    tika_resources: Resources = Resources(cpu_request="25m", memory_request="384Mi", memory_limit="1Gi")
    gotenberg_resources: Resources = Resources(cpu_request="25m", memory_request="512Mi", memory_limit="2Gi")

    def variables(self, instance: str) -> dict[str, str]:
        """Return the application's variables for them."""
        return {
            "PAPERLESS_TIKA_ENABLED": "true",
            "PAPERLESS_TIKA_ENDPOINT": f"http://{object_name(instance, TIKA)}:{TIKA_PORT}",
            "PAPERLESS_TIKA_GOTENBERG_ENDPOINT": f"http://{object_name(instance, GOTENBERG)}:{GOTENBERG_PORT}",
        }
