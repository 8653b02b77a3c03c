"""What the library does not bring: volumes, files and variables, for one process or for a whole instance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from cdk8s_paperless_ngx.model.volumes import AccessMode, ExistingClaim, Mount
from cdk8s_paperless_ngx.references import Variable
from cdk8s_paperless_ngx.validation.errors import conflict
from cdk8s_paperless_ngx.validation.secrecy import looks_like_a_secret
from cdk8s_paperless_ngx.validation.value import value


@value
class Extras:
    """What one process, or each container of the application, gets beside what the library brings.

    Args:
        mounts: Volumes from elsewhere.
        environment: More variables. Settings of paperless-ngx are the same for every process, and not among them.

    Raises:
        ValueError: Two mounts have one path, two variables one name; a variable is a setting, or looks like a secret
            and is not a `SecretKey`.
    """

    mounts: tuple[Mount, ...] = ()
    environment: tuple[Variable, ...] = ()

    def __post_init__(self) -> None:
        where = type(self).__name__
        for path in _repeated(mount.path for mount in self.mounts):
            raise conflict(where, f"mounts has two at {path}", "give each a path of its own")
        for name in _repeated(variable.name for variable in self.environment):
            raise conflict(where, f"environment has {name} twice", "drop one of the two")
        for variable in self.environment:
            _check_variable(where, variable)

    @property
    def of_one_node(self) -> ExistingClaim | None:
        """The first claim among the mounts that a single node can mount, and so decides where pods run."""
        claims = (mount.volume for mount in self.mounts if isinstance(mount.volume, ExistingClaim))
        return next((claim for claim in claims if claim.access_mode is AccessMode.READ_WRITE_ONCE), None)


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _check_variable(where: str, variable: Variable) -> None:
    name, text = variable.name, variable.value
    if isinstance(text, str) and looks_like_a_secret(name, text):
        advice = "it would be in git; name where it is stored, as SecretKey(secret=..., key=...)"
        raise conflict(where, f"the value of {name} in environment looks like a secret", advice)
    if name.startswith(("PAPERLESS_", "GRANIAN_", "CELERY_")):
        advice = "processes that disagree lose documents; use Settings, or Settings(extra_env=...)"
        raise conflict(where, f"{name} in environment is a setting of paperless-ngx", advice)
