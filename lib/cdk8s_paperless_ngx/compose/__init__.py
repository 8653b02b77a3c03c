"""The docker-compose counterpart: the same processes, one container each, for those without a cluster."""

from __future__ import annotations

from cdk8s_paperless_ngx.compose.project import ComposeProject, compose_project

__all__ = ["ComposeProject", "compose_project"]
