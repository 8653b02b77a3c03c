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


def seconds(arguments: tuple[str, ...], outdir: str) -> float:
    """Return the wall time of one Python process; a failing process ends the benchmark."""
    environment = {**os.environ, "CDK8S_OUTDIR": outdir}
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9, metavar="N", help="runs of each step (default: %(default)s)")
    runs = parser.parse_args().runs
    if runs < 1:
        parser.error("--runs must be at least 1")

    print(f"{'seconds of wall time':<24}{'median':>8}{'min':>8}{'max':>8}   ({runs} runs)")
    with tempfile.TemporaryDirectory() as outdir:
        for name, arguments in STEPS.items():
            times = [seconds(arguments, outdir) for _ in range(runs)]
            print(f"{name:<24}{statistics.median(times):>8.2f}{min(times):>8.2f}{max(times):>8.2f}", flush=True)


if __name__ == "__main__":
    main()
