"""The bundled example: what `make demo` prints is what the documentation shows, and it is the right review."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import demo

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(demo.EXAMPLE.rglob("*.py"))
RENEW = (
    "the demo's report has changed: read the difference, then run "
    "`.venv/bin/python scripts/demo.py --markdown > docs/demo-report.md && make docs`"
)


def run(*arguments: str, cwd: Path = ROOT) -> str:
    command = [sys.executable, str(ROOT / "scripts" / "demo.py"), *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "library-api"
    demo.build(folder)
    return folder


@pytest.fixture(scope="module")
def report(repository: Path) -> dict[str, Any]:
    byte = [sys.executable, "-c", "from byte.cli import main; main()"]
    command = [*byte, "review", demo.RANGE, "--repo", str(repository), "--format", "json", "--no-cache"]
    done = subprocess.run(command, env=demo.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def found(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["rule"]: finding for finding in report["findings"]}


def test_the_report_is_the_documented_one() -> None:
    assert run("--markdown") == (ROOT / "docs" / "demo-report.md").read_text(encoding="utf-8"), RENEW


def test_the_demo_says_what_it_does_and_how_to_go_on(tmp_path: Path) -> None:
    out = run("--folder", "here", cwd=tmp_path)
    first, last = out.splitlines()[0], out.splitlines()[-1]
    assert "here" in first
    assert "### Verdict: NEEDS REVISION" in out
    assert last.strip() == f"git -C here diff {demo.RANGE}"

    alone = run("--folder", "here", "--review-only", cwd=tmp_path)
    told, hints = (part.strip() for part in alone.split("Look further:"))
    assert out.startswith(told)
    assert out.endswith(f"{hints}\n")
    registry = out.removeprefix(told)
    said = dict(re.findall(r"^# (.+)\n\$ .+\n\n((?:(?!# ).*\n)*)", registry, re.MULTILINE))
    assert len(said) == 6
    refused = said["The change that was reviewed above is not let in."]
    assert "library 1.1.0 is refused" in refused
    assert "- reading-club, GET /books: reads `owner`, which was removed" in refused
    assert '`{"id":0,"isbn":"a","title":"a","author":"a"}`' in refused
    assert "library 1.1.0 is published" in said["With the field kept it is."]
    assert "POST /payments/{id}/refunds" in said["Do we have an API for that?"].splitlines()[1]


def test_without_its_packages_the_registry_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "find_spec", lambda name: None if name == "sqlalchemy" else object())
    assert demo.show_registry(demo.EXAMPLE) == 0
    assert "The registry is left out: sqlalchemy not installed" in capsys.readouterr().out


def test_a_registry_that_does_not_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "registry.db").mkdir()
    with pytest.raises(SystemExit, match="The registry does not start:"), demo.served(tmp_path):
        pytest.fail("it started")


def test_the_demo_overwrites_no_other_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(SystemExit) as stopped:
        demo.main(["--folder", str(tmp_path)])
    assert stopped.value.code == 2
    assert (tmp_path / "thesis.txt").exists()


def test_commits_are_the_same_everywhere(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody else")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    demo.build(tmp_path / "again")
    revisions = [demo.git(folder, "rev-parse", "main", "ratings") for folder in (repository, tmp_path / "again")]
    assert revisions[0] == revisions[1]


def test_a_query_in_a_loop_is_followed_over_three_files(found: dict[str, dict[str, Any]]) -> None:
    finding = found["query-in-loop"]
    chain = [finding["path"], *(step["path"] for step in finding["because"])]
    assert list(dict.fromkeys(chain)) == [
        "library/routers/ratings.py",
        "library/services/ratings.py",
        "library/repositories/ratings.py",
    ]


@pytest.mark.parametrize(
    "aspect, severity, path, word",
    [
        ("Schema Design", "blocker", "library/models.py", "ratings"),
        ("Edge Cases", "major", "library/services/ratings.py", "len(stars)"),
        ("Backward Compatibility", "blocker", "library/schemas.py", "owner"),
        ("Query Efficiency", "major", "library/routers/ratings.py", "ratings.summarize"),
    ],
)
def test_each_defect_is_found_once(report: dict[str, Any], aspect: str, severity: str, path: str, word: str) -> None:
    findings = [f for f in report["findings"] if f["aspect"] == aspect]
    assert [(f["severity"], f["path"]) for f in findings] == [(severity, path)]
    assert word in findings[0]["message"]


def test_nothing_else_is_held_against_the_change(report: dict[str, Any]) -> None:
    assert sum(f["severity"] != "note" for f in report["findings"]) == 4
    assert report["verdict"] == "NEEDS REVISION"


@pytest.mark.parametrize(
    "part, place",
    [
        ("query in a loop", "library/services/loans.py"),
        ("page", "library/routers/ratings.py"),
        ("timeout", "library/clients/open_library.py"),
        ("foreign key", "library/models.py"),
    ],
)
def test_what_is_good_is_said(report: dict[str, Any], part: str, place: str) -> None:
    matching = [s for s in report["strengths"] if part in s["text"]]
    assert len(matching) == 1, report["strengths"]
    assert place in {at["path"] for at in matching[0]["places"]}


def test_the_new_library_is_listed(report: dict[str, Any]) -> None:
    (row,) = report["libraries"]
    assert (row["name"], row["version"]) == ("httpx", ">=0.28")
    assert "library/clients/open_library.py" in row["justification"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(demo.EXAMPLE)))
def test_the_example_is_valid_python(path: Path) -> None:
    compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)


def test_head_holds_only_what_differs() -> None:
    head, base = demo.EXAMPLE / "head", demo.EXAMPLE / "base"
    same = [
        path
        for path in head.rglob("*")
        if path.is_file() and (old := base / path.relative_to(head)).exists() and old.read_bytes() == path.read_bytes()
    ]
    assert same == []
