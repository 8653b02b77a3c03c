"""Single sign-on in each of its ways: one provider with groups, several providers, and a proxy that logs users in.

docs/single-sign-on.md says what to register at each provider, and how to come back in when something is wrong there.
"""

from __future__ import annotations

from cdk8s import App, Chart

from cdk8s_paperless_ngx import Ingress, IngressController, Paperless, SecretKey, Settings, WebserverOptions
from cdk8s_paperless_ngx.model import PodPeer
from cdk8s_paperless_ngx.settings import (
    Authentication,
    GitHub,
    Google,
    Microsoft,
    OpenIdConnect,
    SingleSignOn,
    TokenAuthMethod,
)

TRAEFIK = PodPeer(namespace="traefik", labels={"app.kubernetes.io/name": "traefik"})


def secret(key: str) -> SecretKey:
    """Where the client secret of a provider is stored."""
    return SecretKey(secret="identity-providers", key=key)


app = App()

# A company: Authelia decides who gets in, what groups they are in, and who is an administrator.
company = Chart(app, "openid-connect", namespace="company")
Paperless(
    company,
    "papers",
    url="https://papers.example.org",
    settings=Settings(
        single_sign_on=SingleSignOn(
            providers=(
                OpenIdConnect(
                    id="authelia",
                    name="Authelia",
                    server_url="https://auth.example.org",
                    client_id="paperless",
                    client_secret=secret("authelia"),
                    scopes=("openid", "profile", "email", "groups"),
                    token_auth_method=TokenAuthMethod.CLIENT_SECRET_BASIC,
                ),
            ),
            social_auto_signup=True,
            social_account_sync_groups=True,
            social_account_sync_superuser_group="papers-administrators",
            redirect_login_to_sso=True,
        ),
        # Said when somebody of that group had logged in once.
        authentication=Authentication(disable_regular_login=True),
    ),
)

# A club: whoever has an account connects it to where they log in anyway. Nobody makes an account there.
club = Chart(app, "several-providers", namespace="club")
Paperless(
    club,
    "club",
    url="https://club.example.org",
    settings=Settings(
        single_sign_on=SingleSignOn(
            providers=(
                OpenIdConnect(
                    id="authentik",
                    name="Authentik",
                    server_url="https://authentik.example.org/application/o/club/",
                    client_id="kXw3nT",
                    client_secret=secret("authentik"),
                ),
                OpenIdConnect(
                    id="keycloak",
                    name="Keycloak",
                    server_url="https://keycloak.example.org/realms/club",
                    client_id="paperless",
                    client_secret=secret("keycloak"),
                ),
                OpenIdConnect(
                    id="pocket-id",
                    name="Pocket ID",
                    server_url="https://id.example.org",
                    client_id="7e1c3d4a",
                    client_secret=secret("pocket-id"),
                ),
                Google(client_id="1234-abcd.apps.googleusercontent.com", client_secret=secret("google")),
                Microsoft(tenant="example.org", client_id="00000000-1111", client_secret=secret("microsoft")),
                GitHub(client_id="Iv1.0123456789abcdef", client_secret=secret("github")),
            ),
            socialaccount_allow_signups=False,
        )
    ),
)

# A family: Traefik asks Authelia before each request, and says in a header who it is. Nobody else may connect.
family = Chart(app, "trusted-proxy", namespace="family")
home = Paperless(
    family,
    "home",
    url="https://home.example.org",
    trusted_proxies=("10.42.",),
    webserver=WebserverOptions(only_from=(TRAEFIK,)),
    settings=Settings(
        authentication=Authentication(
            enable_http_remote_user=True,
            logout_redirect_url="https://auth.example.org/logout",
        )
    ),
)
Ingress(
    family,
    "ingress",
    instance=home.instance,
    class_name="traefik",
    controller=IngressController.TRAEFIK,
    # A Middleware "authelia" in the namespace "traefik": forwardAuth with authResponseHeaders [Remote-User], so that
    # Traefik puts Authelia's answer in place of what a client sent.
    annotations={"traefik.ingress.kubernetes.io/router.middlewares": "traefik-authelia@kubernetescrd"},
)

app.synth()
