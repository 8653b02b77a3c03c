"""PostgreSQL, MariaDB and Redis as somebody else runs them: in another namespace, with certificates and passwords."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from typing import Any

from cdk8s_paperless_ngx import pins
from tests.cluster.cluster import Cluster

NAMESPACE = "outside"
PASSWORD = "correct-horse"
_SERVERS = {"postgres": 5432, "redis": 6379, "mariadb": 3306}
_MARIADB = r"""
set -e
mariadb-install-db --no-defaults --datadir=/data/files --skip-test-db \
  --auth-root-authentication-method=normal >/dev/null
cat > /data/init.sql <<END
CREATE DATABASE IF NOT EXISTS moved CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS 'moved'@'%' IDENTIFIED BY '$PASSWORD';
GRANT ALL ON moved.* TO 'moved'@'%';
END
exec mariadbd --no-defaults --datadir=/data/files --socket=/data/socket --pid-file=/data/pid --tmpdir=/data \
  --bind-address=0.0.0.0 --init-file=/data/init.sql
"""


def certificates(folder: Path) -> dict[str, str]:
    """An authority of one's own, and a certificate for all three servers."""
    names = ",".join(f"DNS:{server}.{NAMESPACE}.svc" for server in _SERVERS)
    (folder / "names").write_text(f"subjectAltName={names}\n", encoding="utf-8")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for command in (
        ("req", "-x509", *key, "-days", "2", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.crt"),
        ("req", *key, "-subj", "/CN=servers", "-keyout", "tls.key", "-out", "tls.csr"),
        ("x509", "-req", "-in", "tls.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
         "-extfile", "names", "-out", "tls.crt"),
    ):  # fmt: skip
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
    return {name: (folder / name).read_text(encoding="utf-8") for name in ("ca.crt", "tls.crt", "tls.key")}


def secret(name: str, values: dict[str, str]) -> dict[str, Any]:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": data}


def start(cluster: Cluster, files: dict[str, str]) -> None:
    """Start the servers; PostgreSQL and Redis speak TLS and nothing else."""
    cluster.create_namespace("baseline")
    tls = ("tls.crt", "tls.key", "ca.crt")
    servers = [
        _server(
            "postgres", pins.POSTGRES,
            args=["-c", "ssl=on", "-c", "ssl_cert_file=/tls/tls.crt", "-c", "ssl_key_file=/tls/tls.key"],
            env={"POSTGRES_USER": "docs", "POSTGRES_PASSWORD": PASSWORD, "PGDATA": "/data/files"},
        ),
        _server(
            "redis", pins.VALKEY,
            args=["redis-server", "--dir", "/data", "--port", "0", "--tls-port", "6379", "--tls-auth-clients", "no",
                  "--tls-cert-file", "/tls/tls.crt", "--tls-key-file", "/tls/tls.key",
                  "--tls-ca-cert-file", "/tls/ca.crt",
                  "--user", "default", "off",
                  "--user", "docs", "on", f">{PASSWORD}", "~*", "&*", "+@all"],
            env={},
        ),
        _server(
            "mariadb", "cdk8s-paperless-ngx/mariadb:test", command=["sh", "-c", _MARIADB], env={"PASSWORD": PASSWORD}
        ),
    ]  # fmt: skip
    items = [secret("tls", {name: files[name] for name in tls}), *(item for pair in servers for item in pair)]
    for item in items:
        cluster.apply_object(item)
    for name in _SERVERS:
        cluster.kubectl("rollout", "status", f"deployment/{name}", "--timeout=120s")


def _server(
    name: str, image: str, *, env: dict[str, str], args: list[str] | None = None, command: list[str] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    labels = {"server": name}
    port = _SERVERS[name]
    container = {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": key, "value": value} for key, value in env.items()],
        "readinessProbe": {"tcpSocket": {"port": port}, "periodSeconds": 1},
        "volumeMounts": [
            {"name": "data", "mountPath": "/data"},
            {"name": "tls", "mountPath": "/tls"},
            {"name": "data", "mountPath": "/tmp", "subPath": "tmp"},
        ],
    }
    container |= ({"args": args} if args else {}) | ({"command": command} if command else {})
    pod = {
        "securityContext": {"runAsUser": 999, "runAsGroup": 999, "fsGroup": 999},
        "terminationGracePeriodSeconds": 1,
        "containers": [container],
        "volumes": [
            {"name": "data", "emptyDir": {}},
            {"name": "tls", "secret": {"secretName": "tls", "defaultMode": 0o440}},
        ],
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": labels, "ports": [{"port": port}]},
    }
    return deployment, service
