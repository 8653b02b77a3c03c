"""No secret in an error, in dist/ or in git: what looks like one is refused, and no sentence repeats it."""

from __future__ import annotations

import pytest

from cdk8s_paperless_ngx import (
    CsiVolume,
    ExternalPostgres,
    ExternalRedis,
    Extras,
    NfsVolume,
    Paperless,
    Proxy,
    SecretKey,
    Settings,
    Variable,
)
from cdk8s_paperless_ngx.validation.secrecy import holds_a_secret, names_a_secret

KEY = SecretKey(secret="a", key="b")


@pytest.mark.parametrize(
    "make",
    [
        lambda: ExternalRedis(host="redis+sentinel://:hunter2@a:26379", password=None, tls=None),
        lambda: ExternalRedis(host="redis://:hunter2@a,b", password=None, tls=None),
        lambda: ExternalRedis(host="unix://:hunter2@/run/redis.sock", password=None, tls=None),
        lambda: ExternalPostgres(host="h password=hunter2", password=KEY, tls=None),
        lambda: ExternalPostgres(host="postgres://h/db?password=hunter2", password=KEY, tls=None),
        lambda: NfsVolume(server="u:hunter2@nas/", path="/a"),
        lambda: Proxy(url="http://u:hunter2@proxy"),
        lambda: CsiVolume(driver="smb.csi.k8s.io", attributes={"mountOptions": "username=u%hunter2"}),
        lambda: CsiVolume(driver="smb.csi.k8s.io", attributes={"source": "//u:hunter2@nas/x"}),
        lambda: CsiVolume(driver="file.csi.azure.com", attributes={"accountKey": "hunter2"}),
        lambda: Extras(environment=(Variable(name="SMTP_PASSWORD", value="hunter2"),)),
        lambda: Extras(environment=(Variable(name="REPORT_TO", value="https://u:hunter2@report"),)),
        lambda: Extras(environment=(Variable(name="SAS", value="sv=2022-11-02&sp=rwdl&sig=hunter2"),)),
        lambda: Settings(extra_env={"AWS_SECRET_ACCESS_KEY": "hunter2"}),
        lambda: Settings(extra_env={"FOO_PASSWD": "hunter2"}),
    ],
)
def test_a_password_is_refused_and_not_repeated(make):
    with pytest.raises(ValueError, match=r"^\w+: ") as error:
        make()
    assert "hunter2" not in str(error.value)


def test_a_password_in_the_url_is_not_repeated(chart):
    with pytest.raises(ValueError, match=r"^chart/docs: url must be a URL with scheme and host, got '…@docs") as error:
        Paperless(chart, "docs", url="https://admin:hunter2@docs.example.org")
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    "name", ["secretName", "secretNamespace", "KEYBOARD", "PASSWORDLESS", "TOKENIZER", "storageKeyed"]
)
def test_ordinary_names_are_no_secrets(name):
    assert not names_a_secret(name)


@pytest.mark.parametrize(
    "text", ["//nas/scans", "http://tika:9998", "uid=1000,gid=1000", "50 % of it", "a@b.example.org"]
)
def test_ordinary_texts_hold_no_secrets(text):
    assert not holds_a_secret(text)


def test_a_variable_of_a_process_takes_a_secret_by_reference():
    assert Extras(environment=(Variable(name="SMTP_PASSWORD", value=KEY),)).environment
