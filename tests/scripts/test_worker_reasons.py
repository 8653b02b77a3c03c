"""Which failures pass by themselves, and which tasks may run again."""

from __future__ import annotations

import errno
import importlib
import subprocess
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import cdk8s_paperless_ngx_worker as worker
import psycopg
import pytest
import redis
from cdk8s_paperless_ngx_worker import file_of, is_gone, pause, reason

AWAY, DOUBTFUL = worker._AWAY_TRIES, worker._DOUBTFUL_TRIES


def foreign(path, *bases, **attributes):
    """A class of a library that is not here, by its documented name and private module."""
    module, _, name = path.rpartition(".")
    return type(name, bases or (Exception,), {"__module__": module, **attributes})


DjangoOperationalError = foreign("django.db.utils.OperationalError")
DjangoInterfaceError = foreign("django.db.utils.InterfaceError")
DjangoIntegrityError = foreign("django.db.utils.IntegrityError")
MySQLOperationalError = foreign("MySQLdb._exceptions.OperationalError")
HttpxTransportError = foreign("httpx.TransportError")
HttpxReadTimeout = foreign("httpx.ReadTimeout", HttpxTransportError)
HttpxStatusError = foreign("httpx.HTTPStatusError")
ParseError = foreign("documents.parsers.ParseError")
ConsumerError = foreign("documents.consumer.ConsumerError")


def caused(error, cause):
    error.__cause__ = cause
    return error


def status_error(status):
    error = HttpxStatusError("status")
    error.response = SimpleNamespace(status_code=status)
    return error


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (psycopg.OperationalError("server closed the connection unexpectedly"), AWAY),
        (psycopg.errors.AdminShutdown("terminating connection"), AWAY),
        (psycopg.errors.TooManyConnections("sorry, too many clients already"), AWAY),
        (psycopg.errors.DiskFull("could not extend file"), AWAY),
        (psycopg.errors.DeadlockDetected("deadlock detected"), DOUBTFUL),
        (psycopg.errors.ProgramLimitExceeded("index row size exceeds maximum"), None),
        (psycopg.InterfaceError("the connection is closed"), AWAY),
        (DjangoOperationalError("connection failed"), AWAY),
        (caused(DjangoOperationalError("index row"), psycopg.errors.ProgramLimitExceeded("index row")), None),
        (caused(DjangoOperationalError("x"), MySQLOperationalError(2006, "Server has gone away")), AWAY),
        (caused(DjangoOperationalError("x"), MySQLOperationalError(1213, "Deadlock found")), DOUBTFUL),
        (caused(DjangoOperationalError("x"), MySQLOperationalError(1366, "Incorrect string value")), None),
        (DjangoInterfaceError("connection already closed"), AWAY),
        (DjangoIntegrityError("duplicate key"), None),
        (redis.ConnectionError("Error 111"), AWAY),
        (redis.exceptions.BusyLoadingError("Redis is loading"), AWAY),
        (redis.TimeoutError("Timeout reading from socket"), AWAY),
        (redis.ResponseError("WRONGTYPE"), None),
        (foreign("kombu.exceptions.OperationalError")("x"), AWAY),
        (OSError(errno.ENOSPC, "No space left on device"), AWAY),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), AWAY),
        (OSError(errno.ESTALE, "Stale file handle"), DOUBTFUL),
        (OSError(errno.EIO, "Input/output error"), DOUBTFUL),
        (FileNotFoundError(errno.ENOENT, "No such file"), None),
        (PermissionError(errno.EACCES, "Permission denied"), None),
        (ConnectionResetError("x"), DOUBTFUL),
        (HttpxReadTimeout("timed out"), DOUBTFUL),
        (status_error(503), DOUBTFUL),
        (status_error(422), None),
        (subprocess.CalledProcessError(-9, "unpaper"), 3),
        (subprocess.CalledProcessError(1, "unpaper"), None),
        (ParseError("damaged"), None),
        (MemoryError(), None),
    ],
)
def test_reasons(error, tries):
    found = reason(error)

    assert (found and found.tries) == tries


def test_each_kind_of_reason_is_counted_by_itself():
    """After an hour without a database Tika may still be starting, and its tries must not be used up."""
    errors = (
        psycopg.OperationalError("gone"),
        OSError(28, "full"),
        HttpxReadTimeout("x"),
        subprocess.CalledProcessError(-9, "u"),
    )

    assert len({reason(error).header for error in errors}) == 4


@pytest.mark.parametrize(
    ("error", "tries"), [(psycopg.OperationalError("gone"), AWAY), (OSError(28, "full"), 5), (HttpxReadTimeout("x"), 5)]
)
def test_attachment_waits_no_longer_than_its_mail_is_left_alone(error, tries):
    """Upstream fetches a mail every ten minutes until its tasks have ended: each time there is one copy more.

    While a server is away it fetches none.
    """
    assert reason(error).of_mail().tries == tries


def test_application_wraps_what_goes_wrong():
    """As `ConsumerPlugin._fail` does, and what is raised while another error is handled."""
    wrapped = caused(ConsumerError("scan.pdf: …"), caused(ParseError("tika"), HttpxReadTimeout("timed out")))
    assert reason(wrapped).why == "ReadTimeout: timed out"
    handled = ConsumerError("while it was handled")
    handled.__context__ = psycopg.OperationalError("gone")
    assert reason(handled).tries == AWAY


def test_error_that_was_handled_and_hidden_does_not_count():
    """As `raise … from None` makes one."""
    hidden = ParseError("damaged")
    hidden.__context__ = psycopg.OperationalError("gone")
    hidden.__suppress_context__ = True

    assert reason(hidden) is None


def test_causes_in_a_circle_end():
    one, other = ParseError("one"), ParseError("other")
    one.__cause__, other.__cause__ = other, one

    assert reason(one) is None


def test_pauses_grow_and_end():
    """The last one is below 5 minutes, within which all is done after a fault ends."""
    pauses = [pause(number) for number in range(10)]

    assert pauses == sorted(pauses)
    assert pauses[0] < 10
    assert max(pauses) < 300 - 2 * 10
    assert sum(pause(number) for number in range(DOUBTFUL)) < 3600
    assert sum(pause(number) for number in range(AWAY)) > 24 * 3600


@pytest.mark.parametrize(
    ("arguments", "keywords"),
    [
        ((), {"input_doc": SimpleNamespace(original_file=PurePosixPath("/scratch/a.pdf"))}),
        ((SimpleNamespace(original_file=PurePosixPath("/scratch/a.pdf")), None), {}),
        (("/scratch/a.pdf",), {"title": "x"}),
    ],
)
def test_file_of_a_task(arguments, keywords):
    assert file_of(arguments, keywords) == Path("/scratch/a.pdf")


def test_file_that_cannot_be_told():
    assert file_of((), {}) is None
    assert file_of((7,), {}) is None


def test_file_is_gone_only_if_the_file_system_says_so(tmp_path, monkeypatch):
    file = tmp_path / "a.pdf"
    assert is_gone(file)
    file.touch()
    assert not is_gone(file)
    assert not is_gone(None)

    def stale(_path):
        raise OSError(errno.ESTALE, "Stale file handle")

    monkeypatch.setattr(Path, "lstat", stale)
    assert not is_gone(file)


def test_what_is_repeated_is_what_may_run_twice():
    """`bulk_update_documents` runs workflows, which may send mails; beat brings the others again."""
    names = {name.rpartition(".")[2] for name in worker.REPEATED}

    assert "consume_file" in names
    assert names.isdisjoint(
        {"bulk_update_documents", "empty_trash", "process_mail_accounts", "check_scheduled_workflows", "send_webhook"}
    )


def test_module_does_nothing_outside_a_worker():
    """Its tests import it, and so may a tool."""
    assert importlib.import_module("cdk8s_paperless_ngx_worker").main is worker.main
