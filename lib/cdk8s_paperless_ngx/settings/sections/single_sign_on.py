"""Single sign-on: the second half of upstream's documentation section "Authentication & SSO"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cdk8s_paperless_ngx.references import SecretKey, Variable
from cdk8s_paperless_ngx.settings.identity_providers import (
    OPENID_CONNECT,
    IdentityProvider,
    django_apps,
    providers_json,
    secret_variables,
)
from cdk8s_paperless_ngx.settings.kinds.flags import Flag
from cdk8s_paperless_ngx.settings.kinds.kind import Problem
from cdk8s_paperless_ngx.settings.kinds.lists import Listed
from cdk8s_paperless_ngx.settings.kinds.secrets import Secret
from cdk8s_paperless_ngx.settings.kinds.texts import Text
from cdk8s_paperless_ngx.settings.setting import WEBSERVER, Group, setting
from cdk8s_paperless_ngx.validation.value import value

PROVIDERS: Final = "PAPERLESS_SOCIALACCOUNT_PROVIDERS"
_GROUPS: Final = Listed(Text("a group's name"))
_PROVIDERS_GROUP: Final = Text("a group's name")


@value
class SingleSignOn(Group):
    """Logins at identity providers, which ``providers`` names: ``docs/single-sign-on.md`` says what to register there.

    The Django apps of ``providers`` follow from them, and client secrets reach the webserver alone.

    Raises:
        ValueError: A value has the wrong form; two providers have one id; they stand in a Secret, too; anybody could
            make an account, and nobody said so; or groups follow a provider that names none.
    """

    providers: tuple[IdentityProvider, ...] = ()
    """In the order of their buttons, as far as they are of one kind."""
    socialaccount_providers: SecretKey | None = setting(
        PROVIDERS, Secret(), unset="{}", since="2.5.0", read_by=WEBSERVER
    )
    """Where a whole configuration stands, in place of ``providers``: a JSON object of django-allauth's with client
    secrets in it. Its Django apps go into ``apps`` of `SoftwareTweaks`."""
    socialaccount_allow_signups: bool | None = setting(
        "PAPERLESS_SOCIALACCOUNT_ALLOW_SIGNUPS", Flag(), unset="true", since="2.5.0", read_by=WEBSERVER
    )
    """Whether a login of somebody unknown makes an account. It must be said where anybody in the world has an account
    at a provider. Without it a user logs in by name and password first, and connects the account under "My Profile"."""
    social_auto_signup: bool | None = setting(
        "PAPERLESS_SOCIAL_AUTO_SIGNUP", Flag(), unset="false", since="2.5.0", read_by=WEBSERVER
    )
    """Whether it does so without a form to fill in."""
    social_account_default_groups: tuple[str, ...] | None = setting(
        "PAPERLESS_SOCIAL_ACCOUNT_DEFAULT_GROUPS", _GROUPS, since="2.15.0", read_by=WEBSERVER
    )
    """Groups of such accounts, as far as they exist; without any, a new user may do nothing."""
    social_account_sync_groups: bool | None = setting(
        "PAPERLESS_SOCIAL_ACCOUNT_SYNC_GROUPS", Flag(), unset="false", since="2.15.0", read_by=WEBSERVER
    )
    """Whether groups follow the provider's at every login. Each login *takes all groups away* that the provider does
    not name, those that were given by hand too, and all of them where it names none. Only groups that exist in
    paperless-ngx under the same name are given."""
    social_account_sync_groups_claim: str | None = setting(
        "PAPERLESS_SOCIAL_ACCOUNT_SYNC_GROUPS_CLAIM",
        Text("a claim's name"),
        unset="groups",
        since="3.0.0",
        read_by=WEBSERVER,
    )
    """What the provider calls them."""
    social_account_sync_superuser_group: str | None = setting(
        "PAPERLESS_SOCIAL_ACCOUNT_SYNC_SUPERUSER_GROUP", _PROVIDERS_GROUP, since="3.1.0", read_by=WEBSERVER
    )
    """The provider's group whose members are superusers. Every login gives *and takes* it, so that a wrong name locks
    the last one out; unset, nothing changes."""
    social_account_sync_staff_group: str | None = setting(
        "PAPERLESS_SOCIAL_ACCOUNT_SYNC_STAFF_GROUP", _PROVIDERS_GROUP, since="3.1.0", read_by=WEBSERVER
    )
    """The same for staff, who may use Django's own pages."""
    redirect_login_to_sso: bool | None = setting(
        "PAPERLESS_REDIRECT_LOGIN_TO_SSO",
        Flag(),
        unset="false",
        since="2.11.0",
        needs=lambda on: "a provider, SingleSignOn(providers=...)" if on else "",
        read_by=WEBSERVER,
    )
    """Whether the login page leads to the first provider at once; with ``?loggedout=1`` behind its address it stays."""

    def contradictions(self) -> Iterator[tuple[str, Problem]]:
        """Yield arguments that are wrong beside others."""
        yield from self._ambiguous_providers()
        if self.providers and self.socialaccount_providers is not None:
            yield "socialaccount_providers", Problem("left out beside {providers}", self.socialaccount_providers)
        anybody = [provider.module for provider in self.providers if provider.admits_anybody]
        if anybody and self.socialaccount_allow_signups is None:
            rule = f"said: with it anybody who has an account at {anybody[0]} can make one here"
            advice = "write False, or True where the provider admits only whom you know"
            yield "socialaccount_allow_signups", Problem(rule, None, advice)
        nameless = [provider.module for provider in self.providers if not provider.names_groups]
        if self.social_account_sync_groups and nameless:
            rule = f"left out beside {nameless[0]}, which names no groups: each login there would take all away"
            advice = "use {social_account_default_groups}, or OpenIdConnect alone"
            yield "social_account_sync_groups", Problem(rule, self.social_account_sync_groups, advice)
        if self.social_account_sync_groups and self.social_account_default_groups:
            rule = "left out beside {social_account_sync_groups}, which takes them away at the same login"
            yield "social_account_default_groups", Problem(rule, self.social_account_default_groups)

    def _ambiguous_providers(self) -> Iterator[tuple[str, Problem]]:
        ids = [provider.provider_id for provider in self.providers]
        variables = [provider.secret_variable for provider in self.providers]
        if len(set(variables)) < len(variables):
            rule = "providers with different ids, and one of each but OpenIdConnect"
            yield "providers", Problem(rule, ", ".join(ids), "capitals and signs alone make no difference")
        elif OPENID_CONNECT in ids and [provider.module for provider in self.providers].count(OPENID_CONNECT) > 1:
            # django-allauth then looks for the one provider of that kind (get_provider), and finds several.
            rule = f"providers of which none has the id {OPENID_CONNECT!r}"
            yield "providers", Problem(rule, ", ".join(ids), "only one that is the only OpenIdConnect may have it")

    def django_apps(self) -> tuple[str, ...]:
        """Return the Django apps that ``providers`` need."""
        return django_apps(self.providers)

    def variables_of_providers(self) -> tuple[Variable, ...]:
        """Return the client secrets, then the JSON that refers to them; nothing without ``providers``."""
        if not self.providers:
            return ()
        return (
            *secret_variables(self.providers),
            Variable(name=PROVIDERS, value=providers_json(self.providers)),
        )
