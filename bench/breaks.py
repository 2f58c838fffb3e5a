"""Are the breaks that Byte finds between two commits real? Compares with documents of the running applications.

    python bench/breaks.py TRUTH --mirror REPOS [--project NAME] [--commit SHA] [--list] [--keep DIR]

TRUTH holds `index.jsonl`, a line for each pair of commits (`project`, `repo` as OWNER+NAME, `base`, `revision`, `date`, `root`,
`entry` as FILE:EXPRESSION below root, and the versions `fastapi` and `pydantic` that the documents were made with), and
`PROJECT/COMMIT.json`, what `app.openapi()` said at each. Sources are read from `--mirror/OWNER+NAME/repo` (bare), without a
checkout. For each pair the two documents are compared, and the two contracts read from source. A break is a break of one
operation: the id of the difference, its direction, and the place in the operation.

- false: source says that it breaks, and the documents do not;
- found: both do; undecided: the documents do, and source warns of it, or of something at that place;
- missed: the documents do, and source says nothing of it.

Of the differences of any level, those alike are the same on both ways, level included; `more` are said by source alone.

`--list` prints each that is not found with its message. `--keep` saves the contracts read from source between runs: empty it when
the reading of contracts changes.
"""

import argparse
import gc
import json
import posixpath
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from byte.compare import compare
from byte.extract.cache import Cache
from byte.extract.contract import versions
from byte.extract.contract.read import read
from byte.extract.library import Library
from byte.model.contract import Application, Contract, Target
from byte.model.difference import Difference
from byte.model.errors import ByteError
from byte.sources import git


class Pair(msgspec.Struct, frozen=True):
    """A line of the index: two commits whose applications said what their documents are."""

    project: str
    repo: str
    base: str
    revision: str
    date: str
    root: str
    entry: str
    fastapi: str
    pydantic: str


class Break(NamedTuple):
    """What makes two breaks the same: an operation, and what is wrong where in it."""

    operation: str
    id: str
    direction: str
    place: str


class Score(NamedTuple):
    """What became of one pair: the breaks of each kind, and what was said of them."""

    true: dict[Break, Difference]
    found: dict[Break, Difference]
    undecided: dict[Break, Difference]
    missed: dict[Break, Difference]
    false: dict[Break, Difference]
    all: int
    alike: int
    more: int
    seconds: float


def main() -> int:
    """Run the pairs and print what is false, found, undecided and missed."""
    options = _options()
    rows = [
        msgspec.json.decode(line, type=Pair)
        for line in (options.truth / "index.jsonl").read_bytes().splitlines()
        if line
    ]
    rows = [
        row
        for row in rows
        if (not options.project or row.project in options.project)
        and (not options.commit or row.revision.startswith(tuple(options.commit)))
    ]
    if not rows:
        print("No pair of that name.", file=sys.stderr)
        return 2
    reader = Reader(options.mirror, options.keep)
    totals: dict[str, Counter[str]] = {}
    gc.disable()
    for row in rows:
        one = _document(options.truth, row.project, row.base), _document(options.truth, row.project, row.revision)
        try:
            two = reader.read(row, row.base), reader.read(row, row.revision)
        except ByteError as refusal:
            print(f"{row.project} {row.revision[:10]} {row.date}: refused: {refusal}", flush=True)
            totals.setdefault(row.project, Counter())["refused"] += 1
            continue
        score = _score(one, two)
        _count(totals.setdefault(row.project, Counter()), score)
        _print(row, score, listed=options.list)
        gc.collect()
    _table(totals)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter, usage="%(prog)s TRUTH [options]"
    )
    parser.add_argument("truth", type=Path, metavar="TRUTH", help="folder with index.jsonl and documents")
    parser.add_argument("--mirror", type=Path, required=True, help="folder of repositories")
    parser.add_argument("--project", action="append", help="only this project; may be given again")
    parser.add_argument("--commit", action="append", help="only pairs whose revision begins so; may be given again")
    parser.add_argument("--list", action="store_true", help="print what is false, undecided and missed")
    parser.add_argument("--keep", type=Path, help="folder for the contracts that were read from source")
    return parser.parse_args()


# --- the two sides -----------------------------------------------------------------------------


def _document(truth: Path, project: str, commit: str) -> Contract:
    return Contract(document=json.loads((truth / project / f"{commit}.json").read_bytes()))


class Reader:
    """Reads contracts from source, each commit once."""

    def __init__(self, mirror: Path, keep: Path | None) -> None:
        self._mirror = mirror
        self._keep = keep
        self._library = Library(Cache(None))
        self._last: dict[tuple[str, str], Contract] = {}

    def read(self, row: Pair, commit: str) -> Contract:
        """The contract of the row's application at a commit; raises ByteError where there is none."""
        key = (row.project, commit)
        if key not in self._last:
            kept = self._keep / row.project / f"{commit}.json" if self._keep else None
            if kept and kept.exists():
                contract = Contract(document=json.loads(kept.read_bytes()))
            else:
                contract = self._fresh(row, commit)
            if kept and not kept.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(json.dumps(contract.document))
            self._last = {key: contract, **dict(list(self._last.items())[:1])}
        return self._last[key]

    def _fresh(self, row: Pair, commit: str) -> Contract:
        found = git.find(self._mirror / row.repo / "repo")
        snapshot = found.snapshot(found.commit(commit), commit[:12])
        file, _, expression = row.entry.partition(":")
        application = Application(posixpath.join(row.root, file), expression, None, "given")
        own = versions.find(snapshot, row.root, application.path)
        given = versions.parsed(row.fastapi), versions.parsed(row.pydantic)
        return read(snapshot, self._library, row.root, application, Target(*given, "given", "given", own.libraries))


# --- counting ----------------------------------------------------------------------------------


def _place(difference: Difference) -> str:
    """Where it is: by pointer in a component, which many operations share, otherwise in the words of the operation."""
    for pointer in (difference.revision_pointer, difference.base_pointer):
        if pointer.startswith("/components/"):
            return pointer
    return difference.location


def _at(differences: Iterable[Difference]) -> dict[Break, Difference]:
    """The differences by operation, each as often as it reaches one; of two at a place the worst, which stands first."""
    out: dict[Break, Difference] = {}
    for item in differences:
        for operation in item.reaches or (item.operation,):
            out.setdefault(Break(operation, item.id, item.direction, _place(item)), item)
    return out


def _level(differences: Mapping[Break, Difference], level: str) -> dict[Break, Difference]:
    return {at: item for at, item in differences.items() if item.level == level}


def _score(truth: tuple[Contract, Contract], source: tuple[Contract, Contract]) -> Score:
    started = time.perf_counter()
    said, got = _at(compare(*truth)), _at(compare(*source))
    seconds = time.perf_counter() - started
    true, ours, warned = _level(said, "breaking"), _level(got, "breaking"), _level(got, "warning")
    places = {(at.operation, at.place) for at in warned}
    left = {at: item for at, item in true.items() if at not in ours}
    undecided = {at: item for at, item in left.items() if (at.operation, at.place) in places}
    return Score(
        true=true,
        found={at: item for at, item in true.items() if at in ours},
        undecided=undecided,
        missed={at: item for at, item in left.items() if at not in undecided},
        false={at: item for at, item in ours.items() if at not in true},
        all=len(said),
        alike=sum(at in got and got[at].level == item.level for at, item in said.items()),
        more=len(got.keys() - said.keys()),
        seconds=seconds,
    )


def _count(total: Counter[str], score: Score) -> None:
    total["commits"] += 1
    total["with a true break"] += bool(score.true)
    total["with a false break"] += bool(score.false)
    for name in ("true", "found", "undecided", "missed", "false", "all", "alike", "more"):
        value: Any = getattr(score, name)
        total[name] += value if isinstance(value, int) else len(value)


def _print(row: Pair, score: Score, *, listed: bool) -> None:
    parts = [f"{len(getattr(score, name))} {name}" for name in ("true", "found", "undecided", "missed", "false")]
    print(
        f"{row.project} {row.revision[:10]} {row.date}: {', '.join(parts)}; {score.alike} of {score.all} differences "
        f"alike, {score.more} more; {score.seconds:.2f} s",
        flush=True,
    )
    for name in ("false", "missed", "undecided") if listed else ():
        for at, item in sorted(getattr(score, name).items()):
            print(f"    {name.upper()} {at.operation}: {at.id} ({at.direction}) at {at.place}: {item.message}")
            for side, origin in (("base", item.base_origin), ("revision", item.revision_origin)):
                if origin:
                    print(f"        {side} {origin}")


def _table(totals: dict[str, Counter[str]]) -> None:
    whole: Counter[str] = Counter()
    for total in totals.values():
        whole.update(total)
    print(
        f"\n{'project':12s} commits  breaking  with a false break   true  found  undecided  missed  false    all  alike   more"
    )
    for name, total in [*totals.items(), ("all", whole)]:
        print(
            f"{name:12s} {total['commits']:7d} {total['with a true break']:9d} {total['with a false break']:19d} "
            f"{total['true']:6d} {total['found']:6d} {total['undecided']:10d} {total['missed']:7d} {total['false']:6d} "
            f"{total['all']:6d} {total['alike']:6d} {total['more']:6d}"
        )
    if whole["commits"]:
        print(f"\ncommits with a false break: {whole['with a false break'] / whole['commits']:.2%}", end="; ")
    if whole["true"]:
        print(f"true breaks found: {whole['found'] / whole['true']:.2%}", end="; ")
    print(f"refused: {whole['refused']}")


if __name__ == "__main__":
    sys.exit(main())
