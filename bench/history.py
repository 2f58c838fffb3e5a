"""Reviews the last commits of repositories: crashes, verdicts, findings by rule, time.

    python bench/history.py REPO... [--commits 20] [--show]

Commits without a Python file outside tests are passed over. With --show every finding is printed with its source line,
for reading them one by one. A commit that Byte refuses (a missing object) counts as refused, with its sentence.
"""

import argparse
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.model.errors import ByteError
from byte.model.review import Review
from byte.review.run import review
from byte.sources.paths import is_test
from byte.sources.read import Request, read


def git(repo: Path, *arguments: str) -> str:
    """What git prints."""
    return subprocess.run(["git", "-C", str(repo), *arguments], capture_output=True, text=True, check=True).stdout


def commits(repo: Path, wanted: int) -> list[str]:
    """The newest commits that touch Python outside tests."""
    out: list[str] = []
    for commit in git(repo, "log", "--no-merges", "--format=%H", "--max-count=2000", "HEAD", "--", "*.py").split():
        names = git(repo, "diff-tree", "--no-commit-id", "-r", "--name-only", commit).splitlines()
        if any(n.endswith(".py") and not is_test(n) for n in names):
            out.append(commit)
        if len(out) == wanted:
            break
    return out


def show(request: Request, result: Review) -> None:
    """Every finding with its line of source."""
    for item in result.findings:
        print(f"    {item.severity.value} {item.rule} {item.path}:{item.line_start} {item.message}")
        file = request.change.head.files.get(item.path)
        data = request.change.head.read([file])[0] if file is not None else None
        lines = data.decode("utf-8", "replace").splitlines() if data is not None else []
        if 0 < item.line_start <= len(lines):
            print(f"        | {lines[item.line_start - 1].strip()[:120]}")


def main() -> None:
    """One line a repository, then the rules."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=20)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    rules: Counter[tuple[str, str]] = Counter()
    print(
        "| repository | commits | crashes | refused | approved | with changes | needs revision | findings | s a commit |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for repo in options.repositories:
        verdicts: Counter[str] = Counter()
        crashes = refused = findings = 0
        chosen = commits(repo, options.commits)
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            cache = Cache(Path(folder) / "facts.sqlite")
            for commit in chosen:
                try:
                    request = read(repo, f"{commit}~1..{commit}")
                    result = review(request, Library(cache))
                except ByteError as error:
                    refused += 1
                    print(f"    {commit[:10]}: {error}")
                    continue
                verdicts[result.verdict.value] += 1
                findings += len(result.findings)
                crashes += sum(f.rule == "rule-failed" for f in result.findings)
                rules.update((f.severity.value, f.rule) for f in result.findings)
                if options.show:
                    print(
                        f"  {commit[:10]} {result.verdict.value}: {git(repo, 'log', '-1', '--format=%s', commit)[:80]}"
                    )
                    show(request, result)
        each = (time.perf_counter() - start) / max(1, len(chosen))
        name = repo.resolve().name if repo.resolve().name != "repo" else repo.resolve().parent.name
        print(
            f"| {name} | {len(chosen)} | {crashes} | {refused} | {verdicts['APPROVED']} "
            f"| {verdicts['APPROVED WITH CHANGES']} | {verdicts['NEEDS REVISION']} | {findings} | {each:.2f} |",
            flush=True,
        )
    print("\n| severity | rule | findings |\n|---|---|---|")
    for (severity, rule), number in sorted(rules.items(), key=lambda x: (-x[1], x[0])):
        print(f"| {severity} | {rule} | {number} |")


if __name__ == "__main__":
    main()
