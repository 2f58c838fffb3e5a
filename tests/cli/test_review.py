"""`byte review`: options, formats and exit codes."""

import json
import re

import pytest

from byte.report import FORMATS
from tests.cli.conftest import APP, WORST
from tests.report.test_json import VALIDATOR

RANGE = "main~1..main"
LONG = "def f(session, rows):\n    try:\n        rows()\n    except Exception:\n        pass\n"


def last_line(text):
    return text.rstrip("\n").rpartition("\n")[2]


def test_a_range_is_reviewed_and_fails_on_a_blocker(byte, change):
    done = byte("review", RANGE, "--repo", str(change.root))
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("## Backend Engineer Review\n")
    assert last_line(done.out) == "### Verdict: NEEDS REVISION"


def test_what_the_repository_is_may_be_said_by_place(byte, change):
    named = byte("review", RANGE, "--repo", str(change.root / "app")).out
    assert named == byte("review", RANGE, cwd=change.root).out == byte("review", RANGE, cwd=change.root / "app").out


@pytest.mark.parametrize("name", ["terminal", *FORMATS])
def test_every_format_is_written(byte, change, name):
    done = byte("review", RANGE, "--format", name, cwd=change.root)
    assert (done.code, done.err) == (1, "")
    assert done.out.endswith("\n")
    if name in ("json", "sarif"):
        json.loads(done.out)
    if name == "json":
        assert [str(e) for e in VALIDATOR.iter_errors(json.loads(done.out))] == []
    if name == "github":
        assert re.search(r"^::(error|warning|notice) file=app/main.py,line=\d+", done.out, re.MULTILINE)
    if name in ("terminal", "markdown"):
        assert "NEEDS REVISION" in last_line(done.out)


def test_without_a_terminal_the_format_is_markdown(byte, change):
    plain = byte("review", RANGE, cwd=change.root).out
    assert plain == byte("review", RANGE, "--format", "markdown", cwd=change.root).out


@pytest.mark.parametrize(
    "fail_on, settings, code",
    [
        (None, "", 1),
        ("blocker", "", 1),
        ("major", "", 1),
        ("note", "", 1),
        ("none", "", 0),
        (None, 'fail-on = "none"', 0),
        ("blocker", 'fail-on = "none"', 1),
        (None, 'severity = { unawaited-coroutine = "major" }', 0),
        ("major", 'severity = { unawaited-coroutine = "major" }', 1),
        ("major", 'severity = { unawaited-coroutine = "note" }', 0),
        ("note", 'severity = { unawaited-coroutine = "note" }', 1),
        ("note", 'severity = { unawaited-coroutine = "off" }', 0),
    ],
)
def test_fail_on_moves_the_line(byte, make_repo, fail_on, settings, code):
    repo = make_repo()
    repo.commit({"app.py": APP, "pyproject.toml": f'[tool.byte]\nselect = ["unawaited-coroutine"]\n{settings}\n'})
    repo.commit({"app.py": f"{APP}\n\n{WORST}"})
    options = [] if fail_on is None else ["--fail-on", fail_on]
    assert byte("review", RANGE, *options, cwd=repo.root).code == code


def test_an_audit_reads_the_working_tree_or_a_revision(byte, change):
    working = byte("review", "--all", "--format", "json", cwd=change.root)
    assert working.code == 1
    found = json.loads(working.out)
    assert (found["base"], {f["introduced"] for f in found["findings"]}) == (None, {None})
    old = json.loads(byte("review", "main~1", "--all", "--format", "json", cwd=change.root).out)
    assert old["verdict"] == "APPROVED"
    refused = byte("review", RANGE, "--all", cwd=change.root)
    assert refused.code == 2
    assert "is a range" in refused.err


def test_the_working_tree_is_reviewed_since_the_default_branch(byte, make_repo):
    repo = make_repo()
    repo.commit({"app.py": APP})
    repo.git("checkout", "-q", "-b", "topic")
    repo.write({"app.py": f"{APP}\n\n{WORST}"})
    for arguments in ([], ["main"], ["HEAD"]):
        done = byte("review", *arguments, "--format", "json", cwd=repo.root)
        assert (done.code, json.loads(done.out)["head"]) == (1, "working tree")


def test_a_path_limits_the_review(byte, make_repo):
    repo = make_repo()
    repo.commit({"one/app.py": APP, "two/app.py": APP})
    repo.commit({"one/app.py": f"{APP}\n\n{WORST}", "two/app.py": f"{APP}\n\nx = 1\n"})
    assert byte("review", RANGE, cwd=repo.root).code == 1
    assert byte("review", RANGE, "--path", "one/", cwd=repo.root).code == 1
    assert byte("review", RANGE, "--path", "two", cwd=repo.root).code == 0
    assert byte("review", RANGE, "--path", "two", "--path", "one", cwd=repo.root).code == 1
    missed = byte("review", RANGE, "--path", "tvo", cwd=repo.root)
    assert missed.code == 2
    assert "did you mean `two`?" in missed.err
    outside = byte("review", RANGE, "--path", "../x", cwd=repo.root)
    assert outside.code == 2
    assert "outside" in outside.err


def test_answers_are_printed_on_request(byte, change):
    without = byte("review", RANGE, cwd=change.root).out
    with_answers = byte("review", RANGE, "--answers", cwd=change.root).out
    assert without.count("How do we validate incoming requests?") == 0
    assert with_answers.count("How do we validate incoming requests?") == 1
    found = json.loads(byte("review", RANGE, "--format", "json", cwd=change.root).out)
    assert len(found["answers"]) == 7


def test_what_was_there_before_is_listed_on_request(byte, make_repo):
    repo = make_repo()
    repo.commit({"app.py": f"{APP}\n\n{WORST}"})
    repo.commit({"app.py": f"{APP}\n\n{WORST}\n\ndef other():\n    return 1\n"})
    plain = json.loads(byte("review", RANGE, "--format", "json", cwd=repo.root).out)
    assert (plain["findings"], plain["existing"]) == ([], [])
    done = byte("review", RANGE, "--existing", "--format", "json", cwd=repo.root)
    full = json.loads(done.out)
    assert (done.code, full["verdict"], full["findings"]) == (0, "APPROVED", [])
    assert [f["rule"] for f in full["existing"] if f["severity"] == "blocker"] == ["unawaited-coroutine"]
    assert {f["introduced"] for f in full["existing"]} == {False}


def test_a_baseline_is_written_and_then_only_new_findings_count(byte, change, tmp_path):
    written = byte("review", "--write-baseline", "baseline.json", cwd=change.root)
    assert (written.code, written.out) == (0, "")
    assert "baseline.json: " in written.err
    change.commit({"pyproject.toml": '[tool.byte]\nbaseline = "baseline.json"\n'})
    quiet = byte("review", "--all", "--format", "json", cwd=change.root)
    assert (quiet.code, json.loads(quiet.out)["findings"]) == (0, [])
    assert json.loads(quiet.out)["suppressed"] > 0
    change.commit({"app/more.py": f"{APP}\n\n{WORST}"})
    assert byte("review", "--all", cwd=change.root).code == 1
    assert byte("review", "main~1..main", cwd=change.root).code == 1
    again = byte("review", "--write-baseline", "baseline.json", cwd=change.root)
    assert again.code == 0
    assert byte("review", "--all", cwd=change.root).code == 0
    nowhere = byte("review", "--write-baseline", str(tmp_path / "no" / "where.json"), cwd=change.root)
    assert nowhere.code == 2
    assert "cannot be written" in nowhere.err


def test_settings_that_are_wrong_get_one_sentence(byte, change):
    change.commit({"pyproject.toml": '[tool.byte]\nselect = ["unawaited-coroutin"]\n'})
    done = byte("review", RANGE.replace("main~1", "main~2"), cwd=change.root)
    assert (done.code, done.out) == (2, "")
    assert (
        done.err
        == "byte: pyproject.toml:2: there is no rule `unawaited-coroutin`; did you mean `unawaited-coroutine`?\n"
    )


@pytest.mark.parametrize("arguments", [["--nonsense"], ["--format", "pdf"], ["--fail-on", "all"], ["a", "b"]])
def test_a_wrong_option_is_refused_with_2(byte, change, arguments):
    done = byte("review", *arguments, cwd=change.root)
    assert (done.code, done.out) == (2, "")
    assert done.err


def test_the_command_says_its_name_version_and_help(byte):
    assert re.fullmatch(r"byte \d+\.\d+\.\d+\n", byte("--version").out)
    assert byte("review", "--help").code == 0
    assert byte("nonsense").code == 2
