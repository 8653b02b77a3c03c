"""What a synthesis costs: the time of main.py, and that of an app with many instances, as ratios and per instance.

Ratios are to an app that imports cdk8s-plus-27 and writes nothing, measured in turns with the others, so that they hold
on a slow or busy machine, too.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTHING = "import cdk8s_plus_27\nfrom cdk8s import App\nApp()"
MANY = """
import json, os, resource, sys, time
from cdk8s import App, Chart
from cdk8s_paperless_ngx import Backup, FlowerOptions, Paperless

count = int(sys.argv[1])
start = time.perf_counter()
app = App()
for number in range(count):
    chart = Chart(app, f"chart-{number}", namespace=f"namespace-{number}")
    paperless = Paperless(chart, f"docs-{number}", flower=FlowerOptions())
    Backup(chart, "backup", instance=paperless.instance)
app.synth()
seconds = time.perf_counter() - start


def peak(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


parents = {}
for entry in filter(str.isdigit, os.listdir("/proc")):
    try:
        with open(f"/proc/{entry}/stat") as file:
            parents[entry] = file.read().rpartition(")")[2].split()[1]
    except OSError:
        pass  # It has ended.
found = [str(os.getpid())]
for pid in found:
    found += [child for child, parent in parents.items() if parent == pid]
node = max(map(peak, found[1:]), default=0)
python = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "python": python, "node": node}))
"""


def timed(arguments: Sequence[str], folder: str) -> tuple[float, str]:
    """Return the wall time of one Python process, and what it printed; one that fails ends the benchmark."""
    environment = {**os.environ, "CDK8S_OUTDIR": folder}
    watch = (
        "import subprocess, sys, time; start = time.perf_counter(); "
        "done = subprocess.run(sys.argv[1:], check=True, capture_output=True, text=True); "
        "print(time.perf_counter() - start); print(done.stdout, end='')"
    )
    command = [sys.executable, "-c", watch, sys.executable, *arguments]
    done = subprocess.run(command, check=True, cwd=ROOT, env=environment, capture_output=True, text=True)
    seconds, _, output = done.stdout.partition("\n")
    return float(seconds), output


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9, metavar="N", help="runs of each app (default: %(default)s)")
    parser.add_argument(
        "--instances", type=int, nargs="+", default=[1, 10, 100], metavar="N", help="how many (default: 1 10 100)"
    )
    given = parser.parse_args()
    if given.runs < 1 or min(given.instances) < 1:
        parser.error("numbers must be at least 1")
    with tempfile.TemporaryDirectory() as folder:
        nothing, app = [], []
        for _ in range(given.runs):
            nothing.append(timed(("-c", NOTHING), folder)[0])
            app.append(timed(("main.py",), folder)[0])
        print(f"{'seconds':<48}{'median':>8}{'min':>8}   ({given.runs} runs in turns)")
        name = "an app that imports cdk8s-plus-27, no output"
        print(f"{name:<48}{statistics.median(nothing):>8.2f}{min(nothing):>8.2f}")
        print(f"{'python main.py':<48}{statistics.median(app):>8.2f}{min(app):>8.2f}")
        median = statistics.median(app) / statistics.median(nothing)
        print(f"{'  as a ratio':<48}{median:>8.2f}{min(app) / min(nothing):>8.2f}\n", flush=True)
        unit = statistics.median(nothing)
        print(f"{'instances in one app':<24}{'ms each':>10}{'ratio each':>12}{'Python MiB':>12}{'Node MiB':>10}")
        for count in given.instances:
            _, output = timed(("-c", MANY, str(count)), folder)
            found = json.loads(output)
            each = found["seconds"] / count
            print(
                f"{count:<24}{each * 1000:>10.0f}{each / unit:>12.3f}{found['python']:>12.0f}{found['node']:>10.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
