"""Names of files that the consumer leaves alone: globs before 3.0, regular expressions since."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from cdk8s_paperless_ngx.settings.kinds.json_values import JsonTexts, is_pattern
from cdk8s_paperless_ngx.settings.kinds.kind import Problem, Translation
from cdk8s_paperless_ngx.settings.versions import Version, version_numbers

PATTERNS: Final = "PAPERLESS_CONSUMER_IGNORE_PATTERNS"
DIRECTORIES: Final = "PAPERLESS_CONSUMER_IGNORE_DIRS"
_TEXTS: Final = JsonTexts("a pattern of file names")
_EXAMPLE: Final = r"for example r'^.*\.tmp$'"
_ORDINARY: Final = ("scan.pdf", "a.png", "IMG_0001.JPG", "Brief.docx")
"""A pattern that is found in all of these means a glob, or nothing that anybody wants."""
_OF_EXPRESSIONS: Final = r"\\|^\^|\$$"
"""What no glob of a file's name has: a backslash, or an anchor at an end."""
_OF_BOTH: Final = r"\.[*?+]|[][|+(){}]"
"""What means one thing in a glob, and another in a regular expression."""


@dataclass(eq=False, repr=False)
class IgnoredFiles(JsonTexts):
    """Patterns of file names, of which one kind of watcher or another ignores what they fit.

    Args:
        expressions_since: First version that searches names for each as for a regular expression (watchfiles'
            ``DefaultFilter``); before, each was a glob (upstream ``document_consumer.py``).
    """

    expressions_since: str = ""

    def asks(self, version: Version) -> str:
        what = "a regular expression of file names" if self._are_expressions(version) else self.each
        return f"a JSON list, each {what}"

    def problem_in(self, value: tuple[str, ...], version: Version) -> Problem | None:
        if not self._are_expressions(version):
            return None
        for member in value:
            rule = "a tuple, each a regular expression of file names"
            if not is_pattern(member):
                return Problem(rule, member, f"since {self.expressions_since} it is not one with * and ?; {_EXAMPLE}")
            if all(re.search(member, name) for name in _ORDINARY):
                advice = f"since {self.expressions_since} it ignores every file, {_ORDINARY[0]} too; {_EXAMPLE}"
                return Problem(rule, member, advice)
        return None

    def _are_expressions(self, version: Version) -> bool:
        return version >= version_numbers(self.expressions_since)


def as_expressions(text: str) -> Translation | None:
    """Return what a list of globs is for a version that takes regular expressions; None where it is the same."""
    try:
        members = _TEXTS.read(text)
    except ValueError:
        return None
    if _TEXTS.problem_with(members) is not None:
        return None
    patterns: list[str] = []
    directories: list[str] = []
    for member in members:
        folder = member.removesuffix("/*")
        if re.search(_OF_EXPRESSIONS, member):
            patterns.append(member)
        elif folder != member and not re.search(r"[]*?/[]", folder):
            directories.append(folder)
        elif re.search(_OF_BOTH, member) or "/" in member:
            return Translation({}, f"patterns were globs and are regular expressions: rewrite {member!r}, {_EXAMPLE}")
        else:
            patterns.append(_expression(member))
    if patterns == list(members):
        return None
    now = {PATTERNS: patterns, DIRECTORIES: directories}
    variables = {name: json.dumps(value, ensure_ascii=False) for name, value in now.items() if value}
    return Translation(variables, "as patterns were globs and are regular expressions")


def _expression(glob: str) -> str:
    """Return a glob as a regular expression of the whole name."""
    wild = {"*": ".*", "?": "."}
    return f"^{''.join(wild.get(character) or re.escape(character) for character in glob)}$"
