"""Programs that run before and after a document is consumed."""

from __future__ import annotations

from collections.abc import Iterable

from cdk8s_paperless_ngx.model import paths
from cdk8s_paperless_ngx.model.volumes import ConfigMapVolume, Mount
from cdk8s_paperless_ngx.validation.errors import conflict, refusal
from cdk8s_paperless_ngx.validation.names import check_optional_name, is_key
from cdk8s_paperless_ngx.validation.paths import is_absolute_path, is_at_or_below
from cdk8s_paperless_ngx.validation.value import value


@value
class ConsumeScripts:
    """Programs that a worker runs before it reads a document, and after it has stored it.

    Args:
        pre: The first one (``PAPERLESS_PRE_CONSUME_SCRIPT``): a key of the ConfigMap, or a path in the image.
        post: The second one (``PAPERLESS_POST_CONSUME_SCRIPT``), likewise.
        config_map: Name of the ConfigMap that has them; unset, they are in an image of one's own, or in a volume that
            the instance's workers mount.

    Raises:
        ValueError: Neither is given, or one has the wrong form.
    """

    pre: str | None = None
    post: str | None = None
    config_map: str | None = None

    def __post_init__(self) -> None:
        where = type(self).__name__
        check_optional_name(where, "config_map", self.config_map)
        if self.pre is None and self.post is None:
            raise conflict(where, "neither pre nor post is given", "name at least one script")
        for argument, script in self._given().items():
            if self.config_map is None and not is_absolute_path(script):
                raise refusal(where, argument, "an absolute path in the image", script, "or name its config_map")
            if self.config_map is not None and not is_key(script):
                raise refusal(where, argument, "a key of the ConfigMap", script)

    def _given(self) -> dict[str, str]:
        return {name: script for name, script in (("pre", self.pre), ("post", self.post)) if script is not None}

    def mounts(self, worker_mounts: Iterable[Mount]) -> tuple[Mount, ...]:
        """Return what every worker has to mount to find them.

        Args:
            worker_mounts: What the instance's own workers mount beside it. Another set of workers needs those of
                them that hold a script.
        """
        if self.config_map is not None:
            volume = ConfigMapVolume(name=self.config_map)
            return (Mount(path=paths.CONSUME_SCRIPTS_DIRECTORY, volume=volume),)
        scripts = self._given().values()
        return tuple(mount for mount in worker_mounts if any(is_at_or_below(path, mount.path) for path in scripts))

    def check(self, where: str, *, official: bool, worker_mounts: Iterable[Mount]) -> None:
        """Refuse a path at which workers cannot find anything.

        Args:
            where: Construct path of the instance.
            official: Whether its image is upstream's own, which has no such scripts.
            worker_mounts: What the instance's own workers mount beside it.

        Raises:
            ValueError: Neither image nor volumes can have a script.
        """
        if self.config_map is not None or not official:
            return
        folders = (
            *(path for path in paths.RESERVED if path.startswith(paths.APPLICATION_DIRECTORY)),
            paths.WORKING_DIRECTORY,
            *paths.PROGRAM_DIRECTORIES,
            *(mount.path for mount in worker_mounts),
        )
        for argument, script in self._given().items():
            if not any(is_at_or_below(script, folder) for folder in folders):
                problem = f"workers have no file {script!r}, which consume_scripts.{argument} names"
                advice = "name the config_map that has it, an image of your own, or a Mount of the worker's extras"
                raise conflict(where, problem, advice)

    def variables(self) -> dict[str, str]:
        """Return the application's variables for them."""
        folder = f"{paths.CONSUME_SCRIPTS_DIRECTORY}/" if self.config_map else ""
        return {f"PAPERLESS_{name.upper()}_CONSUME_SCRIPT": f"{folder}{path}" for name, path in self._given().items()}
