"""What makes Argo CD or Flux apply `dist/`: one object for either, with the settings that this design needs.

Apply the file of the tool that you have, once, by hand. docs/gitops.md says why each setting is there.
"""

from __future__ import annotations

from cdk8s import ApiObjectMetadata, App, Chart
from imports.io import argoproj
from imports.io.fluxcd.toolkit import kustomize, source

REPOSITORY = "https://git.example.org/documents/paperless.git"
BRANCH = "main"

app = App()

argo = Chart(app, "argo-cd", namespace="argocd")
argoproj.Application(
    argo,
    "paperless",
    # No finalizer: deleting the Application leaves the instance alone.
    metadata=ApiObjectMetadata(name="paperless"),
    spec=argoproj.ApplicationSpec(
        project="default",
        source=argoproj.ApplicationSpecSource(repo_url=REPOSITORY, target_revision=BRANCH, path="dist"),
        destination=argoproj.ApplicationSpecDestination(server="https://kubernetes.default.svc", namespace="paperless"),
        sync_policy=argoproj.ApplicationSpecSyncPolicy(
            automated=argoproj.ApplicationSpecSyncPolicyAutomated(prune=True, self_heal=True),
            sync_options=["ServerSideApply=true", "PruneLast=true"],
            retry=argoproj.ApplicationSpecSyncPolicyRetry(
                limit=5,
                backoff=argoproj.ApplicationSpecSyncPolicyRetryBackoff(duration="10s", factor=2, max_duration="5m"),
            ),
        ),
    ),
)

flux = Chart(app, "flux", namespace="flux-system")
source.GitRepository(
    flux,
    "source",
    metadata=ApiObjectMetadata(name="paperless"),
    spec=source.GitRepositorySpec(
        url=REPOSITORY, ref=source.GitRepositorySpecRef(branch=BRANCH), interval="1m", ignore="/*\n!/dist\n"
    ),
)
kustomize.Kustomization(
    flux,
    "paperless",
    metadata=ApiObjectMetadata(name="paperless"),
    spec=kustomize.KustomizationSpec(
        source_ref=kustomize.KustomizationSpecSourceRef(
            kind=kustomize.KustomizationSpecSourceRefKind.GIT_REPOSITORY, name="paperless"
        ),
        path="./dist",
        interval="10m",
        retry_interval="1m",
        prune=True,
        wait=True,
        # A drain and a migration with a full reindex: the workers' task limit, 30 minutes by default, and 65 more.
        timeout="95m",
    ),
)

app.synth()
