"""How true are the contracts that Byte reads from source? Compares with documents of the running applications.

    python bench/extract.py [--set projects|docs_src|tests_src] [--only NAME] [--misses [NAME]] [--out DIR]

`--truth` is a folder with `score.py` and `truth/<set>/`; repositories are read from `--mirror/OWNER+NAME/repo` (bare) at the commit that
the index names, without a checkout. A document that cannot be read counts as empty. `--misses NAME` prints each
operation that is not exact, and where it differs from the truth. Origins and honesty (is what is wrong marked as not
known?) are counted where the truth has them.
"""

import argparse
import gc
import importlib.util
import json
import posixpath
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from byte.extract.cache import Cache
from byte.extract.contract import applications, versions
from byte.extract.contract.read import read
from byte.extract.library import Library
from byte.model.change import Snapshot
from byte.model.contract import Application, Contract, Target, operations, resolved
from byte.sources import git

SETS = ("projects", "docs_src", "tests_src")
FASTAPI = ("fastapi+fastapi", "c3f316b7")
"""Where the two sets of FastAPI's own applications stand, and the versions that their truth was made with."""
FASTAPI_TARGET = Target((0, 141, 1), (2, 14, 3), "given", "given")
WIDTH = 230


class Case(NamedTuple):
    """One document of a set: where its source is, and what to read it for."""

    set: str
    name: str
    repo: str
    commit: str
    root: str
    file: str
    expression: str
    target: Target | None
    truth: Path

    @property
    def origins(self) -> Path:
        """Where the truth of origins stands, if there is one."""
        return self.truth.with_name(f"{self.name}.origins.json")


class Result(NamedTuple):
    """What became of a case; `document` is empty after a failure."""

    case: Case
    document: dict[str, Any]
    contract: Contract | None
    seconds: float
    failure: str


def main() -> int:
    """Run the cases and print the shares."""
    options = _options()
    score = _scorer(Path(options.truth))
    cases = [case for name in options.set or SETS for case in _cases(Path(options.truth), name, options)]
    cases = [case for case in cases if not options.only or any(part in case.name for part in options.only)]
    if not cases:
        print("No document of that name.", file=sys.stderr)
        return 2
    if options.entries:
        return _entries(cases, Path(options.mirror))
    library = Library(Cache(Path(options.cache) if options.cache else None))
    totals = {name: Totals(score) for name in SETS}
    gc.disable()
    for case in cases:
        result = _read(case, Path(options.mirror), library, found=options.found)
        gc.collect()
        totals[case.set].add(result, misses=options.misses is not None, limit=options.limit)
        if options.out:
            target = Path(options.out) / case.set / f"{case.name}.json"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(result.document, indent=1, ensure_ascii=False))
    for name in SETS:
        if totals[name].seconds:
            totals[name].print(name)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare contracts read from source with app.openapi().")
    parser.add_argument("--truth", default="/work/shared/bench/extract", help="folder with score.py and truth/")
    parser.add_argument("--mirror", default="/work/.mirror", help="folder of repositories, OWNER+NAME/repo")
    parser.add_argument("--set", action="append", choices=SETS, help="which documents; by default all")
    parser.add_argument("--only", action="append", help="only documents whose name contains this")
    parser.add_argument("--out", help="write each document below this folder")
    parser.add_argument(
        "--misses", nargs="?", const="", metavar="NAME", help="print what is not exact (of documents named so), and why"
    )
    parser.add_argument("--limit", type=int, default=12, help="differences shown for one operation")
    parser.add_argument("--true-target", action="store_true", help="versions of the index instead of the project's")
    parser.add_argument("--entries", action="store_true", help="compare applications and versions found, read nothing")
    parser.add_argument("--found", action="store_true", help="read the application that is found, not the index's")
    parser.add_argument("--cache", help="file that keeps parsed sources between runs")
    options = parser.parse_args()
    if options.misses:
        options.only = [*(options.only or ()), options.misses]
    return options


def _scorer(folder: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _cases(folder: Path, name: str, options: argparse.Namespace) -> Iterator[Case]:
    place = folder / "truth" / name
    for line in (place / "index.jsonl").read_text().splitlines():
        row = json.loads(line)
        truth = place / f"{row['name']}.json"
        if name != "projects":
            yield Case(name, row["name"], *FASTAPI, "", row["file"], row["app"], FASTAPI_TARGET, truth)
            continue
        file, _, expression = row["entry"].partition(":")
        target = None
        if options.true_target:
            target = Target(versions.parsed(row["fastapi"]), versions.parsed(row["pydantic"]), "given", "given")
        repo = "+".join(row["repo"].rsplit("/", 2)[1:])
        root = row["cwd"]
        yield Case(name, row["name"], repo, row["commit"], root, posixpath.join(root, file), expression, target, truth)


@cache
def _snapshot(repo: Path, commit: str) -> Snapshot:
    found = git.find(repo)
    return found.snapshot(found.commit(commit), commit[:12])


def _read(case: Case, mirror: Path, library: Library, *, found: bool) -> Result:
    started = time.perf_counter()
    document: dict[str, Any] = {}
    contract, failure = None, ""
    try:
        snapshot = _snapshot(mirror / case.repo / "repo", case.commit)
        application = Application(case.file, case.expression, None, "given")
        if found:
            application = next(iter(applications.find(snapshot, library, case.root)), application)
        target = case.target or versions.find(snapshot, case.root, case.file)
        contract = read(snapshot, library, case.root, application, target)
        document = json.loads(json.dumps(contract.document))
    except Exception:  # noqa: BLE001 - one document that fails is counted, and the next is read
        failure = "\n".join(traceback.format_exc().splitlines()[-9:])
    return Result(case, document, contract, time.perf_counter() - started, failure)


def _entries(cases: list[Case], mirror: Path) -> int:
    """Only what is found before anything is evaluated: the application, and the versions."""
    library = Library(Cache(None))
    hits = 0
    for case in cases:
        snapshot = _snapshot(mirror / case.repo / "repo", case.commit)
        started = time.perf_counter()
        found = applications.find(snapshot, library, case.root)
        seconds = time.perf_counter() - started
        wanted = f"{case.file}:{case.expression}"
        place = next((i for i, a in enumerate(found) if a.name == wanted), None)
        hits += place == 0
        first = found[0] if found else None
        print(f"{case.name}: {'FIRST' if place == 0 else place} of {len(found)}, {seconds:.2f} s; wanted {wanted}")
        for item in found[: 1 if place == 0 else 6]:
            print(f"    {item.name}  ({item.why}{f', {item.at}' if item.at else ''})")
        target = versions.find(snapshot, case.root, first.path if first else case.file)
        row = case.target or versions.find(snapshot, case.root, case.file)
        print(f"    fastapi {_dots(target.fastapi)} ({target.fastapi_from}), pydantic {_dots(target.pydantic)} "
              f"({target.pydantic_from}); truth {_dots(row.fastapi)}, {_dots(row.pydantic)}")  # fmt: skip
    print(f"{hits}/{len(cases)} first")
    return 0


def _dots(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


# --- counting ----------------------------------------------------------------------------------


class Totals:
    """The sums over one set."""

    def __init__(self, score: Any) -> None:
        self.score = score
        self.hits: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.macro: dict[str, list[float]] = {}
        self.seconds: list[float] = []
        self.origins: Counter[str] = Counter()
        self.honest: Counter[str] = Counter()
        self.whys: Counter[str] = Counter()
        self.differences: Counter[str] = Counter()

    def add(self, result: Result, *, misses: bool, limit: int) -> None:
        """Count one document and print its line."""
        truth = json.loads(result.case.truth.read_text())
        hit, total, missed = self.score.score(result.document, truth)
        for key in self.score.SHARES:
            self.hits[key] += hit[key]
            self.all[key] += total[key]
            if total[key]:
                self.macro.setdefault(key, []).append(hit[key] / total[key])
        self.seconds.append(result.seconds)
        self.whys.update(why for _, _, why in missed)
        exact = hit["op_exact"] == total["op_exact"]
        shown = not exact or result.failure or result.case.set == "projects"
        if shown:
            parts = [f"{hit[k]}/{total[k]} {k}" for k in ("op_exact", "ops", "schemas_exact")]
            gaps = len(result.contract.gaps) if result.contract else 0
            print(f"{result.case.name}: {', '.join(parts)}; {gaps} gaps; {result.seconds:.2f} s", flush=True)
        if result.failure:
            print("    " + result.failure.replace("\n", "\n    "))
        marked = {op.name: _marked(result.document, op.body) for op in operations(result.document)}
        for method, path, _why in missed:
            name = f"{method.upper()} {path}"
            self.honest["wrong"] += 1
            self.honest["marked"] += marked.get(name, False)
            self.honest["missing"] += name not in marked
        self.honest["right"] += hit["op_exact"]
        self.honest["right but marked"] += sum(marked.values()) - sum(
            marked.get(f"{m.upper()} {p}", False) for m, p, _ in missed
        )
        if result.case.origins.exists():
            self.origins.update(_origins(result.document, json.loads(result.case.origins.read_text()), result.case))
        if misses and not exact:
            differences = Differences(self.score, result.document, truth, limit)
            for line in differences.lines(missed):
                print(f"    {line}")
            self.differences.update(differences.kinds)
            if result.contract:
                for gap in result.contract.gaps[:40]:
                    print(f"    gap {gap.path}:{gap.line}: {gap.reason}")

    def print(self, name: str) -> None:
        """The tables of the set."""
        slow = max(self.seconds)
        print(f"\n{name}: {len(self.seconds)} documents, {sum(self.seconds):.1f} s, the slowest {slow:.1f} s")
        print(f"{'share':20s}   micro     macro    hits/total")
        for key in self.score.SHARES:
            hit, total = self.hits[key], self.all[key]
            values = self.macro.get(key, [1.0])
            macro = sum(values) / len(values)
            print(f"{key:20s} {self.score.share(hit, total):7.4f}   {macro:7.4f}   {hit}/{total}")
        print("not exact because of: " + (", ".join(f"{w} {n}" for w, n in self.whys.most_common(12)) or "nothing"))
        for text, count in self.differences.most_common(30):
            print(f"  {count:5d} {text}")
        h = self.honest
        print(f"honest: of {h['wrong']} wrong operations {h['marked']} are marked as unknown or conditional, "
              f"{h['missing']} are missing; of {h['right']} right ones {h['right but marked']} are marked")  # fmt: skip
        o = self.origins
        for kind in ("operations", "schemas"):
            if o[f"{kind} in truth"]:
                print(f"origins of {kind}: {o[f'{kind} equal']} equal, {o[f'{kind} same file']} in the same file, "
                      f"of {o[f'{kind} in both']} in both and {o[f'{kind} in truth']} in truth")  # fmt: skip


def _marked(document: dict[str, Any], node: Any, depth: int = 0, seen: frozenset[str] = frozenset()) -> bool:
    """Whether something in an operation, references followed, is marked as unknown or conditional."""
    if isinstance(node, list):
        return any(_marked(document, item, depth, seen) for item in node)
    if not isinstance(node, dict):
        return False
    if "x-unknown" in node or "x-conditional" in node:
        return True
    reference = node.get("$ref")
    if (
        isinstance(reference, str)
        and reference not in seen
        and _marked(document, resolved(document, node), depth + 1, seen | {reference})
    ):
        return True
    return any(_marked(document, item, depth, seen) for item in node.values())


def _origins(document: dict[str, Any], truth: dict[str, Any], case: Case) -> Counter[str]:
    out: Counter[str] = Counter()
    ours = {(op.method, op.path): op.body.get("x-origin") for op in operations(document)}
    for row in truth.get("operations", ()):
        _compare(out, "operations", [row["origin"]], ours, (row["method"], row["path"]), case.root)
    schemas = document.get("components", {}).get("schemas", {})
    names = {name: body.get("x-origin") for name, body in schemas.items() if isinstance(body, dict)}
    for name, rows in truth.get("schemas", {}).items():
        _compare(out, "schemas", [place for _, place in rows], names, name, case.root)
    return out


def _compare(
    out: Counter[str], kind: str, places: list[Any], ours: Mapping[Any, str | None], key: object, root: str
) -> None:
    wanted = [
        f"{posixpath.normpath(posixpath.join(root, p[0]))}:{p[1]}" for p in places if p and not p[0].startswith("/")
    ]
    if not wanted:
        return
    out[f"{kind} in truth"] += 1
    if key in ours:
        found = ours[key] or ""
        out[f"{kind} in both"] += 1
        out[f"{kind} equal"] += found in wanted
        out[f"{kind} same file"] += found.rpartition(":")[0] in {w.rpartition(":")[0] for w in wanted}


# --- how two operations differ -----------------------------------------------------------------

_ABSENT = object()


class Differences:
    """Says for each inexact operation where the two documents differ, references followed."""

    def __init__(self, score: Any, candidate: dict[str, Any], truth: dict[str, Any], limit: int) -> None:
        self.score = score
        self.candidate = candidate
        self.truth = truth
        self.limit = limit
        self.told: dict[str, str] = {}
        self.kinds: Counter[str] = Counter()

    def lines(self, missed: list[tuple[str, str, str]]) -> Iterator[str]:
        """One head and a few lines an operation; the same difference of a shared schema is told once."""
        for method, path, why in missed:
            ours = self._operation(self.candidate, path, method)
            theirs = self._operation(self.truth, path, method)
            place = (ours or {}).get("x-origin", "")
            yield f"{method.upper()} {path}: {why}  {place}"
            if ours is None or theirs is None:
                continue
            for count, (at, want, got) in enumerate(self._operations(theirs, ours), 1):
                text = f"{at}: truth {_short(want)}  got {_short(got)}"
                tail = "/".join(at.split("/")[-3:])
                self.kinds[
                    f"{'/'.join(p for p in at.split('/')[-2:])}: truth {_short(want, 70)}  got {_short(got, 70)}"
                ] += 1
                key = f"{tail} {_short(want)} {_short(got)}"
                if key in self.told:
                    yield f"    {at}: as in {self.told[key]}"
                else:
                    self.told[key] = f"{method.upper()} {path}"
                    yield f"    {text}"
                if count >= self.limit:
                    yield "    ..."
                    break

    def _operation(self, document: dict[str, Any], path: str, method: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = document.get("paths", {}).get(path, {}).get(method)
        return found

    def _operations(self, theirs: dict[str, Any], ours: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
        want, got = self._params(self.truth, theirs), self._params(self.candidate, ours)
        for name in sorted({*want, *got}):
            yield from _walk(f"{name[0]} {name[1]}", want.get(name, _ABSENT), got.get(name, _ABSENT))
        want, got = (
            self._content(self.truth, theirs.get("requestBody")),
            self._content(self.candidate, ours.get("requestBody")),
        )
        yield from _walk("body", want, got)
        wants, gots = theirs.get("responses") or {}, ours.get("responses") or {}
        for code in sorted({*wants, *gots}):
            one = self._content(self.truth, wants[code]) if code in wants else _ABSENT
            two = self._content(self.candidate, gots[code]) if code in gots else _ABSENT
            if code == "422" and "HTTPValidationError" in json.dumps([wants.get(code), gots.get(code)]):
                one, two = ("present" if code in wants else _ABSENT), ("present" if code in gots else _ABSENT)
            yield from _walk(f"response {code}", one, two)
        for key, nothing in (("security", []), ("deprecated", False)):
            yield from _walk(key, theirs.get(key, nothing), ours.get(key, nothing))

    def _params(self, document: dict[str, Any], operation: dict[str, Any]) -> dict[tuple[str, str], Any]:
        out = {}
        for item in operation.get("parameters") or ():
            param = resolved(document, item)
            name = str(param.get("name", ""))
            key = (str(param.get("in")), name.lower() if param.get("in") == "header" else name)
            out[key] = {
                "required": bool(param.get("required")),
                "deprecated": bool(param.get("deprecated")),
                "schema": self._expanded(document, param.get("schema", {}), ()),
            }
        return out

    def _content(self, document: dict[str, Any], node: Any) -> Any:
        if node is None:
            return _ABSENT
        node = resolved(document, node)
        out: dict[str, Any] = {
            media: self._expanded(document, (value or {}).get("schema", {}), ())
            for media, value in (node.get("content") or {}).items()
        }
        return {"required": bool(node.get("required")), **out} if "required" in node else out

    def _expanded(self, document: dict[str, Any], schema: Any, seen: tuple[str, ...]) -> Any:
        def follow(reference: str) -> Any:
            if reference in seen or len(seen) > 5:
                return "ref:" + self.score.short(reference)
            return self._expanded(document, resolved(document, {"$ref": reference}), (*seen, reference))

        normal = self.score.norm(schema, follow)
        return _unwrapped(normal)


def _unwrapped(node: Any) -> Any:
    if isinstance(node, dict):
        if set(node) == {"$ref"}:
            return _unwrapped(node["$ref"])
        return {key: _unwrapped(value) for key, value in node.items()}
    return [_unwrapped(item) for item in node] if isinstance(node, list) else node


def _walk(at: str, want: Any, got: Any) -> Iterator[tuple[str, Any, Any]]:
    if want is not _ABSENT and got is not _ABSENT and _dump(want) == _dump(got):
        return
    if isinstance(want, dict) and isinstance(got, dict) and (want.keys() & got.keys() or not want or not got):
        for key in sorted({*want, *got}):
            yield from _walk(f"{at}/{key}", want.get(key, _ABSENT), got.get(key, _ABSENT))
    elif isinstance(want, list) and isinstance(got, list):
        ours = [_dump(item) for item in got]
        theirs = [_dump(item) for item in want]
        left = [item for item in want if _dump(item) not in ours]
        right = [item for item in got if _dump(item) not in theirs]
        for index in range(max(len(left), len(right))):
            one = left[index] if index < len(left) else _ABSENT
            two = right[index] if index < len(right) else _ABSENT
            yield from _walk(f"{at}/{index}", one, two)
    elif want is not got:
        yield at, want, got


def _dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _short(value: Any, width: int = WIDTH) -> str:
    if value is _ABSENT:
        return "nothing"
    text = _dump(value)
    return text if len(text) <= width else text[: width - 3] + "..."


if __name__ == "__main__":
    sys.exit(main())
