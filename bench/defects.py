"""How many labelled defects Byte names: reviews the reverse of each fix.

    python bench/defects.py CASES.jsonl MIRRORS [--show]

CASES.jsonl has one case a line (repo, fix_sha, parent_sha, category, file, line_start, line_end). MIRRORS holds the
repositories as `owner+name/repo`. A finding names a defect if its rule belongs to the category, its file is the
defect's and its own lines lie within three of it; one that only passes through in its chain is counted apart.
"""

import argparse
import json
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.model.errors import ByteError
from byte.model.review import Finding
from byte.review.run import review
from byte.sources.read import read

RULES: dict[str, frozenset[str]] = {
    "n_plus_one": frozenset({"query-in-loop", "commit-in-loop"}),
    "blocking_in_async": frozenset({"blocking-in-async"}),
    "breaking_api": frozenset(
        {"removed-operation", "removed-response-field", "new-required-input", "changed-field-type",
         "changed-default-status"}
    ),
    "config": frozenset(
        {"hard-coded-secret", "environment-read-in-handler", "secret-per-process", "wide-open-cors", "debug-left-on",
         "undeclared-dependency", "unused-dependency", "secret-in-log", "environment-past-settings"}
    ),
    "leaked_resource": frozenset(
        {"client-per-request", "dangling-task", "unclosed-resource", "temporary-file-left"}
    ),
    "memory": frozenset(
        {"whole-table-in-memory", "whole-upload-in-memory", "growing-global", "unbounded-cache", "cache-on-method",
         "unbounded-fan-out"}
    ),
    "missing_index_or_migration": frozenset(
        {"missing-migration", "missing-foreign-key-index", "unsafe-not-null", "multiple-heads"}
    ),
    "missing_timeout": frozenset({"missing-timeout"}),
    "missing_validation": frozenset(
        {"unvalidated-path-input", "unbounded-page-size", "bare-dict-body", "unchecked-none", "first-of-maybe-empty",
         "division-by-empty-length", "unbounded-string-input", "misnamed-constraint", "naive-datetime", "text-longer-than-column",
         "mutable-default"}
    ),
    "quadratic": frozenset({"membership-in-list", "quadratic-building", "query-in-loop"}),
    "race_condition": frozenset({"stale-write", "check-then-insert", "non-atomic-file-write", "growing-global"}),
    "resource_per_request": frozenset({"client-per-request", "file-read-per-request"}),
    "rest_design": frozenset(
        {"verb-in-path", "shadowed-route", "duplicate-route", "get-that-writes", "missing-response-model",
         "body-with-204", "logic-in-handler", "http-error-caught", "unauthenticated-route", "unbounded-list",
         "body-on-get"}
    ),
    "swallowed_error": frozenset(
        {"swallowed-exception", "http-error-caught", "dangling-task", "unawaited-coroutine", "client-blamed",
         "except-around-yield", "unchecked-none"}
    ),
    "unbounded_query": frozenset({"unbounded-list", "unbounded-page-size", "whole-table-in-memory"}),
}  # fmt: skip
"""Which rules can name a defect of a category; fixed before measuring."""


def near(line_start: int, line_end: int, case: dict[str, Any]) -> bool:
    """Within three lines of the defect."""
    return bool(line_start <= case["line_end"] + 3 and line_end >= case["line_start"] - 3)


def outcome(case: dict[str, Any], findings: tuple[Finding, ...]) -> str:
    """`named`, `passed` (only in a chain) or `missed`."""
    mine = [f for f in findings if f.rule in RULES.get(case["category"], ())]
    places = [(f, p.path, p.line, p.end) for f in mine for p in (f.at, *f.places)]
    if any(path == case["file"] and near(start, end, case) for _, path, start, end in places):
        return "named"
    steps = [s for f in mine for s in f.because]
    return "passed" if any(s.path == case["file"] and near(s.line, s.line, case) for s in steps) else "missed"


def main() -> None:
    """One row a category."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("cases", type=Path)
    parser.add_argument("mirrors", type=Path)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder) / "facts.sqlite")
        for line in options.cases.read_text().splitlines():
            case = json.loads(line)
            repo = options.mirrors / case["repo"].replace("/", "+") / "repo"
            if not repo.exists():
                continue
            try:
                result = review(read(repo, f"{case['fix_sha']}..{case['parent_sha']}"), Library(cache))
                found = outcome(case, result.findings)
            except (ByteError, subprocess.SubprocessError) as error:
                found = "refused"
                print(f"{case['id']}: {error}")
            counts.setdefault(case["category"], Counter())[found] += 1
            if options.show:
                print(f"{found:8} {case['id']} {case['file']}:{case['line_start']} {case['summary'][:100]}", flush=True)
    print("| category | cases | named | only in a chain | missed | refused |\n|---|---|---|---|---|---|")
    total: Counter[str] = Counter()
    for category, row in sorted(counts.items()):
        total += row
        cells = " | ".join(str(row[k]) for k in ("named", "passed", "missed", "refused"))
        print(f"| {category} | {sum(row.values())} | {cells} |")
    cells = " | ".join(str(total[k]) for k in ("named", "passed", "missed", "refused"))
    print(f"| **all** | {sum(total.values())} | {cells} |")


if __name__ == "__main__":
    main()
