"""Time the steps of a synthesis, to see where its seconds go."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

STEPS = {
    "python -c pass": ("-c", "pass"),
    "import cdk8s_plus_27": ("-c", "import cdk8s_plus_27"),
    "python main.py": ("main.py",),
}

SETTINGS = """
import sys, time, types
import cdk8s_plus_27, json, urllib.parse, zoneinfo  # what everything else needs as well
package = types.ModuleType("cdk8s_paperless_ngx")
package.__path__ = ["lib/cdk8s_paperless_ngx"]
sys.modules["cdk8s_paperless_ngx"] = package
import cdk8s_paperless_ngx.image, cdk8s_paperless_ngx.variable
start = time.process_time()
from cdk8s_paperless_ngx.settings import Settings
settings = Settings()
settings.check("chart/docs", "3.0.5")
settings.variables()
settings.secret_variables()
print(time.process_time() - start)
"""
"""The settings alone, with as little of the library as they need; processor time, so short a span is mostly noise."""


def seconds(arguments: tuple[str, ...], outdir: str) -> float:
    """Return the wall time of one Python process; a failing process ends the benchmark."""
    environment = {**os.environ, "CDK8S_OUTDIR": outdir}
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def settings_seconds() -> float:
    """Return the processor time that the settings add to a synthesis."""
    command = [sys.executable, "-c", SETTINGS]
    return float(subprocess.run(command, check=True, cwd=ROOT, text=True, capture_output=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9, metavar="N", help="runs of each step (default: %(default)s)")
    runs = parser.parse_args().runs
    if runs < 1:
        parser.error("--runs must be at least 1")

    print(f"{'seconds of wall time':<24}{'median':>8}{'min':>8}{'max':>8}   ({runs} runs)")
    with tempfile.TemporaryDirectory() as outdir:
        fastest = 0.0
        for name, arguments in STEPS.items():
            times = [seconds(arguments, outdir) for _ in range(runs)]
            fastest = min(times)
            print(f"{name:<24}{statistics.median(times):>8.2f}{fastest:>8.2f}{max(times):>8.2f}", flush=True)
    times = [settings_seconds() for _ in range(runs)]
    share = min(times) / fastest
    print(f"{'  its settings':<24}{statistics.median(times):>8.3f}{min(times):>8.3f}{max(times):>8.3f}   {share:.1%}")


if __name__ == "__main__":
    main()
