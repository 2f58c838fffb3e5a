"""Measures one review of a repository: cold and warm time, memory, and whether 50 runs give the same bytes.

    python bench/review.py [--repo DIR] [--range BASE..HEAD] [--runs 50]

Cold runs start with an empty cache folder; warm ones with the facts that the cold run left, as the review of the next
commit does; again ones with the finished review too, as the second format of a workflow does. Times are wall seconds
of the whole process, memory is its peak. Sameness is one digest over markdown and JSON under different PYTHONHASHSEED,
without a cache.
"""

import argparse
import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

COMMAND = (sys.executable, "-c", "from byte.cli import main; main()", "review")


def main() -> int:
    """Print the figures, one a line; 1 if two runs differ."""
    parser = argparse.ArgumentParser(description="Measure time, memory and sameness of a review.")
    parser.add_argument("--repo", default=".", help="the repository to review")
    parser.add_argument("--range", default="HEAD~1..HEAD", help="the range to review")
    parser.add_argument("--runs", type=int, default=50, help="how many runs must agree")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "NO_COLOR": "1"}
        review = [*COMMAND, options.range, "--repo", options.repo, "--format"]

        cold = []
        for _ in range(3):
            shutil.rmtree(cache, ignore_errors=True)
            cold.append(_run([*review, "markdown"], environment))
        warm = []
        for _ in range(5):
            _forget(cache / "byte" / "facts.sqlite")
            warm.append(_run([*review, "markdown"], environment))
        again = [_run([*review, "markdown"], environment) for _ in range(5)]
        size = sum(path.stat().st_size for path in cache.rglob("*") if path.is_file())
        print(f"cold    {min(run.seconds for run in cold):.2f} s (best of {len(cold)})")
        print(f"warm    {min(run.seconds for run in warm):.2f} s (best of {len(warm)})")
        print(f"again   {min(run.seconds for run in again):.2f} s (best of {len(again)})")
        print(f"memory  {max(run.megabytes for run in cold):.0f} MB at most, cold")
        print(f"cache   {size / 1e6:.1f} MB")

        digests = {
            tuple(
                _run([*review, form, "--no-cache"], {**environment, "PYTHONHASHSEED": str(seed)}).digest
                for form in ("markdown", "json")
            )
            for seed in range(options.runs)
        }
        print(f"same    {options.runs} runs, {len(digests)} different {'answer' if len(digests) == 1 else 'answers'}")
    return 0 if len(digests) == 1 else 1


def _forget(facts: Path) -> None:
    """Leave the facts of files, take the finished reviews away."""
    with contextlib.closing(sqlite3.connect(facts)) as connection, connection:
        connection.execute("DELETE FROM facts WHERE key LIKE 'r%'")


class _Run:
    """One finished process."""

    def __init__(self, seconds: float, megabytes: float, digest: str) -> None:
        self.seconds = seconds
        self.megabytes = megabytes
        self.digest = digest


def _run(command: list[str], environment: Mapping[str, str]) -> _Run:
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        output = process.stdout.read()
        complaint = process.stderr.read().decode(errors="replace").strip()
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"`byte review` ended with {process.returncode}: {complaint}")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return _Run(time.perf_counter() - begin, usage.ru_maxrss / unit, hashlib.sha256(output).hexdigest())


if __name__ == "__main__":
    sys.exit(main())
