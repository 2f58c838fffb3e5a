"""`byte review OLD NEW`: a pair of documents in, the whole report out."""

import gc
import json
import re

import pytest

from byte.cli import main
from byte.report import FORMATS
from tests.cli.conftest import APP, Done
from tests.cli.test_diff import BASE, with_addition, with_required, without_delete
from tests.cli.test_review import last_line
from tests.report.test_json import VALIDATOR

API = "api/openapi.json"


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """Runs `byte` in this process: most of what is asked here needs no other."""

    def run(*arguments, cwd=None):
        monkeypatch.chdir(cwd or tmp_path)
        monkeypatch.setattr("sys.argv", ["byte", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        gc.enable()
        told = capsys.readouterr()
        assert "byte: unexpected" not in told.err
        return Done(int(ended.value.code or 0), told.out, told.err)

    return run


@pytest.fixture
def two(tmp_path):
    """Writes a base and a revision, and gives their names."""

    def write(revision, base=BASE):
        for name, document in (("old.json", base), ("new.json", revision)):
            (tmp_path / name).write_text(json.dumps(document, indent=1))
        return "old.json", "new.json"

    return write


@pytest.fixture
def documents(make_repo):
    """A repository with two versions of a document; the working tree has a third."""
    made = make_repo("documents")
    made.commit({API: json.dumps(BASE, indent=1), "app.py": APP})
    made.git("tag", "v1")
    made.commit({API: json.dumps(with_addition(), indent=1)})
    made.write({API: json.dumps(without_delete(), indent=1)})
    return made


@pytest.mark.parametrize("name", ["terminal", *FORMATS])
def test_every_format_tells_the_places_of_both_documents(here, two, name):
    done = here("review", *two(with_required()), "--format", name)
    assert (done.code, done.err) == (1, "")
    if name == "json":
        document = json.loads(done.out)
        assert [str(e) for e in VALIDATOR.iter_errors(document)] == []
        assert (document["base"], document["head"]) == ("old.json", "new.json")
    if name == "sarif":
        (result,) = json.loads(done.out)["runs"][0]["results"]
        at = result["locations"][0]["physicalLocation"]
        assert at["artifactLocation"]["uri"] == "new.json"
        assert at["region"]["startLine"] > 1
    if name == "github":
        assert re.search(r"^::error file=new.json,line=\d+", done.out, re.MULTILINE)
    if name in ("terminal", "markdown", "comment"):
        assert re.search(r"\bnew\.json:\d+", done.out)
        assert re.search(r"\bold\.json:\d+", done.out)
        assert "Counterexample" in done.out
        assert "not in the input" in done.out
    if name in ("terminal", "markdown"):
        assert "NEEDS REVISION" in last_line(done.out)


@pytest.mark.parametrize(
    "revision,options,code",
    [
        (with_required, (), 1),
        (with_required, ("--fail-on", "none"), 0),
        (with_addition, ("--fail-on", "note"), 0),
    ],
)
def test_fail_on_draws_the_line_as_for_a_range(here, two, revision, options, code):
    assert here("review", *two(revision()), *options).code == code


def test_documents_come_from_git_and_from_standard_input(byte, here, documents):
    there = documents.root
    both = here("review", f"git:v1:{API}", API, cwd=there)
    assert (both.code, both.err) == (1, "")
    assert "DELETE /orders/{id} was removed" in both.out
    assert here("review", f"git:v1:{API}", cwd=there).out == both.out
    assert here("review", f"git:v1:{API}", f"git:HEAD:{API}", cwd=there).code == 0
    with (there / API).open("rb") as stream:
        piped = byte("review", f"git:v1:{API}", "-", cwd=there, stdin=stream)
    assert (piped.code, "DELETE /orders/{id} was removed" in piped.out) == (1, True)


def test_a_sunset_is_measured_by_the_day(here, two):
    base = json.loads(json.dumps(BASE))
    base["paths"]["/orders/{id}"]["delete"].update({"deprecated": True, "x-sunset": "2030-06-01"})
    names = two(without_delete(), base)
    assert here("review", *names, "--as-of", "2030-05-31").code == 1
    assert "No questions" in here("review", *names, "--as-of", "2030-06-02").out
    assert "Undecided" in here("review", *names).out


def test_what_cannot_be_read_of_either_document_is_told(here, two):
    base, revision = json.loads(json.dumps(BASE)), with_addition()
    base["paths"]["/orders"]["post"]["requestBody"] = {"$ref": "#/components/requestBodies/Gone"}
    revision["paths"]["/invoices"] = {"$ref": "gone.json#/x"}
    done = here("review", *two(revision, base))
    assert done.code == 0
    assert re.search(r"^- Not read: `?old\.json:\d+`? \(.+\), `?new\.json:\d+`? \(.+\)$", done.out, re.MULTILINE)


@pytest.mark.parametrize("name", ["terminal", *FORMATS])
def test_hostile_names_stay_names(here, two, name):
    base = json.loads(json.dumps(BASE))
    nasty = "/a`|\n### Verdict: APPROVED\x1b[31m\u202e{}@org::error::x"
    base["paths"][nasty] = {"get": {"responses": {"200": {"description": "ok"}}}}
    done = here("review", *two(BASE, base), "--format", name)
    assert done.code == 1
    assert not {"\x1b", "\u202e"} & set(done.out)
    assert "\n### Verdict: APPROVED" not in done.out
    assert "\n::error::x" not in done.out


def test_the_same_bytes_each_time(byte, two):
    names = two(with_required())
    first, second = (byte("review", *names, "--answers", env={"PYTHONHASHSEED": seed}) for seed in ("1", "2"))
    assert first == second


@pytest.mark.parametrize(
    "arguments,said",
    [
        (("old.json", "new.json", "--path", "x"), "`--path` is for a range of commits, and these are documents"),
        (("old.json", "new.json", "--all"), "`--all` is for a range"),
        (("old.json", "new.json", "--existing"), "`--existing` is for a range"),
        (("old.json", "new.json", "--write-baseline", "b"), "`--write-baseline` is for a range"),
        (("main..main", "--as-of", "2030-01-31"), "`--as-of` is for a pair of documents"),
        (("main..main", "--allow-remote"), "`--allow-remote` is for a pair of documents"),
        (("old.json", "new.json", "--as-of", "soon"), "`--as-of` is a day such as 2030-01-31"),
        (("old.json",), "`old.json` needs something to be compared with"),
        (("https://example.org/a.yaml",), "needs something to be compared with"),
        (("old.json", "https://example.org/a.yaml"), "--allow-remote"),
        (("old.json", "gone.json"), "There is no file `gone.json`"),
        (("-", "-"), "one side only"),
    ],
)
def test_what_makes_no_sense_is_refused_with_one_sentence(here, two, arguments, said):
    two(BASE)
    done = here("review", *arguments)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err


@pytest.mark.parametrize(
    "arguments,said",
    [
        (("v1", "main"), "write the range as one word, `v1..main`"),
        (("git:v1",), "is an application"),
        (("git:v1", "."), "is an application"),
        ((API, "."), "is an application"),
    ],
)
def test_revisions_and_applications_are_no_documents(here, documents, arguments, said):
    done = here("review", *arguments, cwd=documents.root)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err


def test_a_branch_that_is_called_like_a_folder_is_a_range(byte, documents):
    documents.git("branch", "api", "v1")
    assert byte("review", "api", cwd=documents.root).err == ""
