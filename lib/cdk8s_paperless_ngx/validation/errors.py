"""Refusing wrong input: one sentence that says where it is, what is wrong and what to do."""

from __future__ import annotations

from datetime import timedelta

from cdk8s_paperless_ngx.validation.secrecy import presentable


def refusal(where: str, argument: str, rule: str, got: object, advice: str = "") -> ValueError:
    """Return the error for a value that breaks a rule of its own.

    Args:
        where: Construct path, or the name of the value's class.
        argument: Name of the argument as the caller wrote it.
        rule: What the value must be, continuing "must be".
        got: The value; what may be a password in it is left out.
        advice: What to do, where the rule alone does not say it.
    """
    return ValueError(_sentence(f"{where}: {argument} must be {rule}, got {_shown(got)}", advice))


def conflict(where: str, problem: str, advice: str = "") -> ValueError:
    """Return the error for values that are fine alone but not together.

    Args:
        where: Construct path, or the name of the value's class.
        problem: What is wrong, as a sentence without a full stop.
        advice: What to do, where the problem alone does not say it.
    """
    return ValueError(_sentence(f"{where}: {problem}", advice))


def _shown(got: object) -> str:
    return str(got) if isinstance(got, timedelta) else repr(presentable(got))


def _sentence(problem: str, advice: str) -> str:
    return f"{problem}; {advice}" if advice else problem
