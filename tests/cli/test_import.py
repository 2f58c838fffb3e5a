"""`byte import`: what goes in, what is said of the rest, and the exit codes."""

import json
import shutil

import pytest

from byte.registry.store import Store
from tests.cli.started import Started

SPEC = {"openapi": "3.0.0", "info": {"title": "Orders", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}


@pytest.fixture(scope="session")
def started():
    """A process that has imported what an import needs."""
    parts = ("registry.imports", "registry.collect", "registry.client", "server.settings")
    made = Started(*(f"byte.{part}" for part in parts))
    yield made
    made.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    file = tmp_path_factory.mktemp("migrated") / "registry.db"
    Store.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def database(tmp_path, migrated):
    """A registry with all tables and no rows."""
    shutil.copyfile(migrated, tmp_path / "registry.db")
    return f"sqlite:///{tmp_path}/registry.db"


@pytest.fixture
def specs(tmp_path):
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "orders.json").write_text(json.dumps(SPEC))
    (folder / "tools.json").write_text('{"tools": [{"name": "forecast", "inputSchema": {"type": "object"}}]}')
    return folder


def test_a_folder_goes_in_and_again_changes_nothing(byte, specs, database):
    done = byte("import", "specs", "--database-url", database)
    assert (done.code, done.err) == (0, "")
    assert [line.split() for line in done.out.splitlines()] == [["2", "new"], ["2", "operations"]]
    again = byte("import", "specs", "--database-url", database)
    assert [line.split() for line in again.out.splitlines()] == [
        ["0", "new"],
        ["2", "there", "already"],
        ["2", "operations"],
    ]


def test_without_an_option_the_environment_says_where(byte, specs, database):
    assert byte("import", "specs", env={"BYTE_DATABASE_URL": database}).code == 0
    assert "2  there already" in byte("import", "specs", "--database-url", database).out


def test_failures_are_told_by_their_causes(byte, specs, database):
    for name in ("x1", "x2"):
        (specs / f"{name}.json").write_text("{")
    (specs / "z.yaml").write_text("a: 1")
    done = byte("import", "specs", "--database-url", database)
    assert done.code == 1
    said = done.out.split("\n\n")
    assert said[1].splitlines() == [
        "2 failed: `specs/x1.json:1:2` is not JSON: expecting property name enclosed in double quotes.",
        "  specs/x1.json",
        "  specs/x2.json",
    ]
    assert said[2].startswith("1 failed: `specs/z.yaml` holds an object with `a`")
    quiet = byte("import", "specs", "--database-url", database, "--quiet")
    assert quiet.out.split("\n\n")[0].strip() == said[1].strip()


def test_json_has_a_line_for_each_document(byte, specs, database):
    (specs / "x.json").write_text("{")
    done = byte("import", "specs", "--database-url", database, "--format", "json", "--owner", "team")
    assert done.code == 1
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [(row["name"], row["outcome"], row.get("service"), row.get("operations")) for row in rows] == [
        ("specs/orders.json", "created", "orders", 1),
        ("specs/tools.json", "created", "tools", 1),
        ("specs/x.json", "failed", None, None),
    ]
    assert rows[2]["reason"].endswith(".")


def test_the_first_failure_can_end_it(byte, specs, database):
    (specs / "a.json").write_text("{")
    assert byte("import", "specs", "--database-url", database, "--fail-fast").code == 1
    assert "2  new" in byte("import", "specs/orders.json", "specs/tools.json", "--database-url", database).out


def test_a_kind_can_be_given(byte, specs, database):
    done = byte("import", "specs/orders.json", "--database-url", database, "--kind", "a2a")
    assert done.code == 1
    assert "is an OpenAPI document, not an A2A agent card" in done.out


def test_lines_of_an_export_go_in(byte, tmp_path, database):
    version = {"type": "version", "service": "orders", "document": SPEC, "actor": "ci", "state": "retired"}
    rows = [{"type": "owner", "name": "team"}, version, {"type": "service", "name": "x", "owner": "nobody"}]
    (tmp_path / "all.ndjson").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    done = byte("import", "all.ndjson", "--database-url", database)
    assert done.code == 1
    assert done.out.splitlines()[-2:] == ["1 failed: There is no owner `nobody`: make it first.", "  line 3"]


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["none.json"], "There is no file or folder `none.json`"),
        (["."], "There is no document in `.`"),
        (["specs", "--database-url", "mysql://x"], "database URL must look like"),
        (["specs", "--server", "http://x", "--database-url", "sqlite:///x"], "two places"),
        (["specs", "--server", "http://127.0.0.1:1"], "refuses the connection. 0 of 2 are done"),
        (["specs", "--database-url", "sqlite:///specs/orders.json/x.db"], "byte: "),
    ],
)
def test_what_cannot_be_done_is_one_sentence(byte, specs, tmp_path, arguments, said):
    where = tmp_path / "specs" / "empty" if arguments == ["."] else tmp_path
    where.mkdir(exist_ok=True)
    done = byte("import", *arguments, cwd=where)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.splitlines()) == 1
