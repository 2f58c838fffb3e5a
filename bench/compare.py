"""How right, and how fast, is `byte diff`? Scores it on measuring sets, and times it beside other tools on real pairs.

    python bench/compare.py [--set scores|pairs] [--compat DIR] [--only NAME] [--others FOLDER] [--repeat N]

`--compat` is a folder with `score.py`, `cases/`, `semantic/` and `pairs/`. `pairs` prints for every pair of documents the
CPU seconds and peak memory of a process of its own, and what it said; `--others` names a folder in which `optic` and
`api-smart-diff` are installed (docs/benchmarks.md says how): they run on the same pairs, one after another
on the same machine, so that ratios can be taken from one table. Times are medians of `--repeat` runs, after one that
leaves Byte compiled, and of the whole process, start and imports included; memory is the worst of them.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

PATIENCE = 180
SMART = """
const { apiDiff } = require(process.argv[1]);
const fs = require("fs");
const read = (n) => n.endsWith("json") ? JSON.parse(fs.readFileSync(n, "utf8")) : require(process.argv[4]).load(fs.readFileSync(n, "utf8"));
const found = apiDiff(read(process.argv[2]), read(process.argv[3]));
console.log(JSON.stringify({ differences: found.length }));
"""


class Run(NamedTuple):
    """One run of a command: seconds of CPU, MiB at the peak, exit code (-1: out of patience), what it printed."""

    seconds: float
    memory: float
    code: int
    output: str


def main() -> int:
    """Score or time."""
    options = _options()
    compat = Path(options.compat)
    if not (compat / "score.py").is_file():
        print(f"{compat}: no measuring set: give --compat.", file=sys.stderr)
        return 2
    if options.set == "scores":
        return subprocess.run(
            [sys.executable, compat / "score.py", "--verbose", "--", *_byte()], check=False
        ).returncode
    others = Path(options.others) if options.others else None
    return _pairs(compat / "pairs", options.only, others, max(1, options.repeat))


def _byte() -> list[str]:
    return [str(Path(sys.executable).with_name("byte")), "diff"]


def _pairs(folder: Path, only: Sequence[str], others: Path | None, repeat: int) -> int:
    names = [p.name for p in sorted(folder.iterdir()) if p.is_dir() and (not only or p.name in only)]
    print(f"{'pair':6}{'KiB':>7}  {'byte':>16}  {'breaking':>8} {'warning':>7} {'info':>6}", end="")
    print(f"  {'optic':>8}  {'smart-diff':>10}" if others else "")
    failed = 0
    run([*_byte(), "--help"])
    for name in names:
        base, revision = (next(iter((folder / name).glob(f"{side}.*"))) for side in ("base", "revision"))
        size = (base.stat().st_size + revision.stat().st_size) / 2048
        done = _median([*_byte(), str(base), str(revision), "--format", "json", "--fail-on", "none"], repeat)
        failed += done.code != 0
        counts = _counts(done)
        print(f"{name:6}{size:7.0f}  {done.seconds:6.2f} s {done.memory:4.0f} MiB  {counts}", end="", flush=True)
        for command in (_optic, _smart) if others else ():
            print(
                f"  {_time(_median(command(others, base, revision), repeat)) if others else '':>9}", end="", flush=True
            )
        print()
    return 1 if failed else 0


def _counts(done: Run) -> str:
    if done.code != 0:
        return f"failed with {done.code}"
    levels = [d["level"] for d in json.loads(done.output)["differences"]]
    return "{:8} {:7} {:6}".format(*(levels.count(level) for level in ("breaking", "warning", "info")))


def _optic(others: Path, base: Path, revision: Path) -> list[str]:
    return [str(others / "node_modules/.bin/optic"), "diff", str(base), str(revision), "--check"]


def _smart(others: Path, base: Path, revision: Path) -> list[str]:
    modules = others / "node_modules"
    return ["node", "-e", SMART, str(modules / "api-smart-diff"), str(base), str(revision), str(modules / "js-yaml")]


def _time(done: Run) -> str:
    return f"> {PATIENCE} s" if done.code == -1 else f"{done.seconds:.2f} s" if done.output else f"failed {done.code}"


def _median(command: Sequence[str], repeat: int) -> Run:
    """The run of the middle time, with the worst memory of all; one that fails or never ends is not repeated."""
    runs = [run(command)]
    while len(runs) < repeat and runs[-1].code != -1 and runs[-1].output:
        runs.append(run(command))
    middle = sorted(runs)[len(runs) // 2]
    return middle._replace(memory=max(one.memory for one in runs))


def run(command: Sequence[str]) -> Run:
    """Run a command and measure it, its children included."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "w") as pipe:
            try:
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=PATIENCE, check=False, env=_environment()
                )
                code, output = done.returncode, done.stdout
            except subprocess.TimeoutExpired:
                code, output = -1, ""
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            json.dump([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code, output], pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        seconds, memory, code, output = json.load(pipe)
    os.waitpid(child, 0)
    return Run(seconds, memory, code, output)


def _environment() -> dict[str, str]:
    """That of this process, but Python keeps what it compiles, as it does for everybody."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _options() -> argparse.Namespace:
    shared = Path(__file__).resolve().parents[1].parent / "shared/bench/compat"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=("scores", "pairs"), default="scores")
    parser.add_argument("--compat", default=str(shared))
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--others", default="")
    parser.add_argument("--repeat", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
