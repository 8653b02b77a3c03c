"""The listener that ends supervisord: by supervisord's protocol."""

from __future__ import annotations

import io

from end_with_program import listen

EVENT = (
    "ver:3.0 server:supervisor serial:21 pool:end-with-program poolserial:1 eventname:PROCESS_STATE_EXITED len:63\n"
    "processname:worker groupname:worker from_state:RUNNING expected:1"
)


def test_program_that_ended_ends_supervisord(capsys):
    """A pod whose only program is gone would look well for ever."""
    answers, ended = io.StringIO(), []

    listen(io.StringIO(EVENT), answers, lambda: ended.append(answers.getvalue()))

    assert ended == ["READY\nRESULT 2\nOK"]
    assert "processname:worker has ended (PROCESS_STATE_EXITED)" in capsys.readouterr().err


def test_supervisord_that_goes_needs_no_help():
    """It closes its end when it is told to stop."""
    listen(io.StringIO(""), io.StringIO(), lambda: (_ for _ in ()).throw(AssertionError))
