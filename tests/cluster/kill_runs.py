"""Runs the backup again and again inside its pod, and kills each run, with all its children, at a random moment.

``python3 - SEED RUNS`` in the backup's container, this file on standard input. After each run every generation has to
be what it was when it was first seen, and its list of files has to hold. Prints what was seen as JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(os.environ["BACKUP_DIR"])
COMMAND = ["python3", "/opt/cdk8s-paperless-ngx/backup.py"]
KEEP = "3"
"""Few, so that generations are removed meanwhile, too."""


def begin() -> subprocess.Popen[bytes]:
    environment = os.environ | {"BACKUP_KEEP": KEEP}
    return subprocess.Popen(COMMAND, start_new_session=True, env=environment, stdout=subprocess.DEVNULL)


def contents(generation: Path) -> dict[str, str]:
    files = (path for path in sorted(generation.rglob("*")) if path.is_file())
    return {str(path.relative_to(generation)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> None:
    """Kill, and look."""
    seed, runs = sys.argv[1], int(sys.argv[2])
    moments = random.Random(seed)  # noqa: S311
    started = time.monotonic()
    assert begin().wait() == 0, "the run that nobody kills failed"
    whole = time.monotonic() - started
    seen: dict[str, dict[str, str]] = {}
    killed, damage = 0, list[str]()
    for number in range(runs):
        run = begin()
        try:
            run.wait(moments.uniform(0, whole))
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            killed += 1
        run.wait()
        for generation in sorted(FOLDER.glob("0*-*Z")):
            now = contents(generation)
            if seen.setdefault(generation.name, now) != now:
                damage.append(f"run {number}: {generation.name} has changed")
            check = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
            if subprocess.run(check, cwd=generation, check=False).returncode:
                damage.append(f"run {number}: {generation.name} is damaged")
    last = begin().wait()
    left = [path.name for path in sorted(FOLDER.glob("0*-*Z"))]
    print(json.dumps({"killed": killed, "generations": len(seen), "left": left, "damage": damage, "last": last}))


main()
