"""`byte diff` as its users run it."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from byte.cli.sides import Reader
from byte.compare import compare
from byte.compare.ids import IDS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "orders-api"
SCHEMA = json.loads((ROOT / "docs" / "schema" / "diff-1.json").read_text("utf-8"))

BASE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/orders": {
            "get": {
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 500}}],
                "responses": {"200": {"description": "ok"}},
            },
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["sku"],
                                "properties": {"sku": {"type": "string"}, "count": {"type": "integer"}},
                            }
                        }
                    },
                },
                "responses": {"201": {"description": "ok"}},
            },
        },
        "/orders/{id}": {
            "delete": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {"204": {"description": "ok"}},
            }
        },
    },
}
APP = """\
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    sku: str
    count: int | None = None


@app.post("/orders")
def place(order: Order) -> int:
    return 1
"""


def without_delete():
    revision = copy.deepcopy(BASE)
    del revision["paths"]["/orders/{id}"]
    return revision


def with_required():
    revision = copy.deepcopy(BASE)
    revision["paths"]["/orders"]["post"]["requestBody"]["content"]["application/json"]["schema"]["required"] += [
        "count"
    ]
    return revision


def with_addition():
    revision = copy.deepcopy(BASE)
    revision["paths"]["/invoices"] = {"get": {"responses": {"200": {"description": "ok"}}}}
    return revision


@pytest.fixture
def two(tmp_path):
    """Writes a base and a revision, and gives their names."""

    def write(revision, base=BASE):
        for name, document in (("base.json", base), ("revision.json", revision)):
            (tmp_path / name).write_text(json.dumps(document, indent=1))
        return "base.json", "revision.json"

    return write


# --- verdicts ----------------------------------------------------------------------------------


def test_nothing_differs(byte, two):
    done = byte("diff", *two(BASE))
    assert (done.code, done.err) == (0, "")
    assert "No differences" in done.out


def test_a_removed_operation_breaks_with_a_request(byte, two):
    done = byte("diff", *two(without_delete()), "--format", "json")
    assert done.code == 1
    document = json.loads(done.out)
    assert document["breaking"] is True
    (difference,) = [item for item in document["differences"] if item["level"] == "breaking"]
    assert difference["operation"] == "DELETE /orders/{id}"
    assert difference["counterexample"]["kind"] == "request"
    assert difference["counterexample"]["value"].startswith("DELETE /orders/")
    assert difference["base_origin"].startswith("base.json:")
    assert difference["revision_origin"] is None


def test_a_narrowed_body_breaks_with_a_payload(byte, two):
    done = byte("diff", *two(with_required()), "--format", "json")
    assert done.code == 1
    (difference,) = [item for item in json.loads(done.out)["differences"] if item["level"] == "breaking"]
    assert (difference["operation"], difference["proof"]) == ("POST /orders", "counterexample")
    schema = with_required()["paths"]["/orders"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    payload = difference["counterexample"]["value"]
    assert not jsonschema_rs.is_valid(schema, payload)
    assert jsonschema_rs.is_valid({**schema, "required": ["sku"]}, payload)
    assert difference["revision_origin"].startswith("revision.json:")


def test_an_addition_is_compatible(byte, two):
    names = two(with_addition())
    done = byte("diff", *names)
    assert done.code == 0
    assert "0 breaking" in done.out
    assert "/invoices" not in done.out
    assert "GET /invoices" in byte("diff", *names, "--changelog").out


@pytest.mark.parametrize(
    "revision,fail_on,code",
    [
        (without_delete, "breaking", 1),
        (without_delete, "warning", 1),
        (without_delete, "none", 0),
        (with_addition, "warning", 0),
        (with_addition, "breaking", 0),
    ],
)
def test_the_line_is_where_it_is_drawn(byte, two, revision, fail_on, code):
    assert byte("diff", *two(revision()), "--fail-on", fail_on).code == code


# --- formats -----------------------------------------------------------------------------------


def test_json_obeys_its_schema(byte, tmp_path):
    done = byte("diff", EXAMPLE / "base.yaml", EXAMPLE / "revision.yaml", "--format", "json")
    assert done.code == 1
    document = json.loads(done.out)
    assert [str(error) for error in jsonschema_rs.Draft202012Validator(SCHEMA).iter_errors(document)] == []
    found = {item["operation"] for item in document["differences"] if item["level"] == "breaking"}
    assert {"DELETE /orders/{id}", "GET /orders", "POST /orders"} <= found


@pytest.mark.parametrize(
    "format_,said",
    [
        ("terminal", "\nDELETE /orders/{id}\n  breaking  "),
        ("markdown", "### `DELETE /orders/{id}`"),
        ("json", '"operation": "DELETE /orders/{id}"'),
        ("sarif", '"level": "error"'),
        ("github", "::error file=base.json,line="),
    ],
)
def test_every_format(byte, two, format_, said):
    done = byte("diff", *two(without_delete()), "--format", format_)
    assert done.code == 1
    assert said in done.out
    assert "\x1b" not in done.out


def test_markdown_where_nobody_watches(byte, two):
    names = two(without_delete())
    assert byte("diff", *names).out == byte("diff", *names, "--format", "markdown").out


@pytest.mark.parametrize(
    "name,begins", [("a.md", "## API"), ("a.json", "{"), ("a.sarif", '{\n  "$schema"'), ("a.txt", "## API")]
)
def test_a_file_is_written_in_the_format_of_its_name(byte, two, tmp_path, name, begins):
    done = byte("diff", *two(without_delete()), "-o", name)
    assert (done.code, done.out) == (1, "")
    assert (tmp_path / name).read_text().startswith(begins)


def test_the_same_bytes_each_time(byte):
    first, second = (
        byte("diff", EXAMPLE / "base.yaml", EXAMPLE / "revision.yaml", "--changelog", env={"PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    )
    assert first == second


# --- where sides come from ---------------------------------------------------------------------


def test_standard_input(byte, two, tmp_path):
    names = two(without_delete())
    with (tmp_path / names[0]).open("rb") as stream:
        done = byte("diff", "-", names[1], stdin=stream)
    assert done.code == 1
    assert "DELETE /orders/{id}" in done.out


@pytest.fixture
def documents(make_repo):
    """A repository with two versions of a document; the working tree has a third."""
    made = make_repo("documents")
    made.commit({"api/openapi.json": json.dumps(BASE, indent=1)})
    made.git("tag", "v1")
    made.commit({"api/openapi.json": json.dumps(with_addition(), indent=1)})
    made.write({"api/openapi.json": json.dumps(without_delete(), indent=1)})
    return made


def test_a_document_of_a_revision(byte, documents):
    done = byte("diff", "git:v1:api/openapi.json", "git:HEAD:api/openapi.json", "--changelog", cwd=documents.root)
    assert done.code == 0
    assert "GET /invoices" in done.out
    assert "api/openapi.json:" in done.out


def test_a_document_of_a_revision_and_the_file(byte, documents):
    both = byte("diff", "git:v1:api/openapi.json", "api/openapi.json", "--format", "json", cwd=documents.root)
    assert both.code == 1
    document = json.loads(both.out)
    assert document["as_of"] == "2024-03-03"
    alone = byte("diff", "git:v1:api/openapi.json", "--format", "json", cwd=documents.root)
    assert alone.out == both.out


def test_paths_of_a_revision_may_be_relative(byte, documents):
    here = documents.root / "api"
    for name in ("git:v1:./openapi.json", "git:v1:openapi.json", "git:v1:api/openapi.json", "v1:api/openapi.json"):
        done = byte("diff", name, "openapi.json", cwd=here)
        assert (done.code, "DELETE /orders/{id}" in done.out) == (1, True), name
    elsewhere = byte("diff", "git:v1:api/openapi.json", "git:HEAD:api/openapi.json", "--repo", documents.root)
    assert elsewhere.code == 0


def test_a_bare_repository_will_do(byte, documents, tmp_path):
    documents.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    done = byte("diff", "git:v1:api/openapi.json", "git:main:api/openapi.json", "--repo", tmp_path / "bare.git")
    assert (done.code, done.err) == (0, "")
    done = byte("diff", "git:v1:api/openapi.json", "--repo", tmp_path / "bare.git")
    assert (done.code, "bare repository" in done.err) == (2, True)


@pytest.fixture
def application(make_repo):
    made = make_repo("application")
    made.commit({"backend/main.py": APP, "README.md": "# Shop\n"})
    made.git("tag", "v1")
    made.commit({"backend/main.py": APP.replace("count: int | None = None", "count: int")})
    return made


@pytest.mark.parametrize(
    "sides",
    [
        ("git:v1", "git:HEAD"),
        ("git:v1:backend", "git:HEAD:backend"),
        ("git:v1", "."),
        ("git:v1", "backend"),
        ("git:v1:backend",),
        ("git:v1",),
    ],
)
def test_applications_are_read_from_source(byte, application, sides):
    done = byte("diff", *sides, "--format", "json", cwd=application.root)
    assert done.code == 1
    found = [item for item in json.loads(done.out)["differences"] if item["level"] == "breaking"]
    assert {item["id"] for item in found} == {
        "request-property-became-required",
        "request-property-list-of-types-narrowed",
    }
    for difference in found:
        assert difference["operation"] == "POST /orders"
        assert difference["base_origin"].startswith("backend/main.py:")
        assert difference["revision_origin"].startswith("backend/main.py:")
    assert f"byte: {sides[0]}: backend/main.py:app (" in done.err
    assert byte("diff", *sides, "-q", cwd=application.root).err == ""


def test_a_document_and_an_application(byte, application):
    written = byte("contract", "--rev", "v1", "-q", cwd=application.root).out
    (application.root / "openapi.json").write_text(written)
    done = byte("diff", "openapi.json", "backend", cwd=application.root)
    assert done.code == 1
    assert "POST /orders" in done.out
    assert byte("diff", "openapi.json", "git:v1", "-q", cwd=application.root).code == 0


def test_an_application_may_be_named(byte, application):
    application.write({"backend/other.py": APP.replace("/orders", "/others")})
    done = byte("diff", "backend", "backend", "--app", "other.py:app", cwd=application.root)
    assert (done.code, "other.py:app" in done.err) == (0, True)


def test_nothing_is_left_in_the_repository(byte, application):
    byte("diff", "git:v1", cwd=application.root)
    assert application.git("status", "--porcelain", "--ignored") == ""


# --- days --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments,day",
    [
        (("git:v1:api/openapi.json", "git:HEAD:api/openapi.json"), "2024-03-03"),
        (("git:v1:api/openapi.json", "api/openapi.json"), "2024-03-03"),
        (("api/openapi.json", "api/openapi.json"), None),
        (("api/openapi.json", "api/openapi.json", "--as-of", "2030-01-31"), "2030-01-31"),
    ],
)
def test_the_day_is_given_or_that_of_the_commit(byte, documents, arguments, day):
    done = byte("diff", *arguments, "--format", "json", cwd=documents.root)
    assert json.loads(done.out)["as_of"] == day


def test_a_sunset_is_measured_by_the_day(byte, two):
    base = copy.deepcopy(BASE)
    operation = base["paths"]["/orders/{id}"]["delete"]
    operation.update({"deprecated": True, "x-sunset": "2030-06-01"})
    names = two(without_delete(), base)
    assert byte("diff", *names, "--as-of", "2030-05-31").code == 1
    after = byte("diff", *names, "--as-of", "2030-06-02", "--changelog")
    assert after.code == 0
    undecided = json.loads(byte("diff", *names, "--format", "json").out)["differences"]
    assert [item["proof"] for item in undecided if item["level"] == "warning"] == ["undecided"]


# --- files of oasdiff --------------------------------------------------------------------------


def test_an_ignore_file_is_honoured(byte, two, tmp_path):
    names = two(without_delete())
    (tmp_path / "ignore.txt").write_text(
        "We agreed on this:\n"
        "- DELETE /orders/{id} api path removed without deprecation\n"
        "- GET /gone api removed without deprecation\n"
    )
    done = byte("diff", *names, "--ignore", "ignore.txt")
    assert done.code == 0
    assert "1 ignored" in done.out
    assert "ignore.txt:3: - GET /gone" in done.out
    assert "ignore.txt:2" not in done.out


@pytest.mark.parametrize(
    "level,code,said", [("err", 1, "breaking"), ("warn", 0, "warning"), ("info", 0, "info"), ("none", 0, None)]
)
def test_a_severity_file_is_honoured(byte, two, tmp_path, level, code, said):
    names = two(without_delete())
    rows = json.loads(byte("diff", *names, "--format", "json").out)["differences"][0]["oasdiff"]
    (tmp_path / "levels.txt").write_text(f"{rows[0]['id']} {level}\n")
    done = byte("diff", *names, "--severity", "levels.txt", "--format", "json")
    assert done.code == code
    document = json.loads(done.out)
    assert [item["level"] for item in document["differences"]] == ([said] if said else [])
    assert document["summary"]["ignored"] == (0 if said else 1)


def test_a_severity_file_may_name_ids_of_byte_that_did_not_happen(byte, two, tmp_path):
    names = (
        "request-schema-narrowed",
        "response-schema-undecided",
        "server-removed",
        "request-property-format-changed",
    )
    (tmp_path / "levels.txt").write_text("".join(f"{name} info\n" for name in names))
    done = byte("diff", *two(BASE), "--severity", "levels.txt")
    assert (done.code, done.err) == (0, "")


def test_every_id_of_the_shared_pairs_is_known():
    folder = ROOT.parent / "shared" / "bench" / "compat" / "semantic"
    if not folder.exists():
        pytest.skip("the shared pairs are not here")
    reader = Reader(repo=ROOT, facts=None)
    seen: set[str] = set()
    for pair in sorted(folder.iterdir()):
        base, revision = reader.pair(str(pair / "base.yaml"), str(pair / "revision.yaml"))
        seen |= {difference.id for difference in compare(base.contract, revision.contract)}
    assert len(seen) > 20
    assert seen <= IDS


@pytest.mark.parametrize(
    "content,said", [("api-tag-added\n", "is not `id level`"), ("nothing err\n", "there is no check `nothing`")]
)
def test_a_wrong_severity_file_is_refused(byte, two, tmp_path, content, said):
    (tmp_path / "levels.txt").write_text(content)
    done = byte("diff", *two(BASE), "--severity", "levels.txt")
    assert (done.code, done.out) == (2, "")
    assert "levels.txt:1: " in done.err
    assert said in done.err


# --- what cannot be read -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments,said",
    [
        (("base.json", "gone.json"), "There is no file `gone.json`"),
        (("base.json",), "needs something to be compared with"),
        (("-", "-"), "one side only"),
        (("base.json", "https://example.org/a.yaml"), "--allow-remote"),
        (("base.json", "ftp://example.org/a.yaml", "--allow-remote"), "ftp://example.org/a.yaml"),
        (("base.json", "git:HEAD:a.json"), "git repository"),
        (("base.json", "git:"), "names no revision"),
        (("base.json", "."), "There is no Python file"),
        (("base.json", "broken.json"), "broken.json"),
        (("base.json", "note.md"), "note.md"),
        (("base.json", "base.json", "--as-of", "2030"), "is a day such as"),
        (("base.json", "base.json", "--ignore", "gone.txt"), "gone.txt cannot be read"),
        (("base.json", "base.json", "-o", "gone/out.json"), "cannot be written"),
    ],
)
def test_unusable_input_is_one_sentence(byte, two, tmp_path, arguments, said):
    two(BASE)
    (tmp_path / "broken.json").write_text('{"openapi": ')
    (tmp_path / "note.md").write_text("# Notes\n")
    done = byte("diff", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    "name,said",
    [
        ("git:nope:api/openapi.json", "There is no revision `nope`"),
        ("git:HEAD:api/gone.json", "There is no `api/gone.json` in HEAD"),
        ("git:HEAD:../openapi.json", "There is no `../openapi.json` in HEAD"),
        ("git:HEAD:api", "There is no Python file in `api`"),
    ],
)
def test_what_git_does_not_have_is_one_sentence(byte, documents, name, said):
    done = byte("diff", name, "api/openapi.json", cwd=documents.root)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_python_is_no_document(byte, application):
    done = byte("diff", "git:v1:backend/main.py", cwd=application.root)
    assert (done.code, "is Python" in done.err) == (2, True)


def test_one_bad_operation_is_told_and_the_rest_compared(byte, two):
    revision = without_delete()
    revision["paths"]["/orders"]["get"] = 7
    names = two(revision)
    done = byte("diff", *names, "--format", "terminal")
    assert done.code == 1
    assert "DELETE /orders/{id}" in done.out
    assert "byte: not read, and so not compared:" in done.err
    assert "revision revision.json:" in done.err
    document = json.loads(byte("diff", *names, "--format", "json").out)
    assert [item["side"] for item in document["problems"]] == ["revision"]


def test_hostile_names_stay_names(byte, two):
    nasty = "/a`|\n### Verdict\x1b[31m\u202e@org::error::x"
    base = copy.deepcopy(BASE)
    base["paths"][nasty] = {"get": {"responses": {"200": {"description": "ok"}}}}
    names = two(BASE, base)
    for format_ in ("terminal", "markdown", "json", "sarif", "github"):
        done = byte("diff", *names, "--format", format_)
        assert done.code == 1
        assert "\x1b" not in done.out
        assert "\u202e" not in done.out
        assert "\n### Verdict" not in done.out
        assert not any(line.startswith("::error::") for line in done.out.splitlines())
