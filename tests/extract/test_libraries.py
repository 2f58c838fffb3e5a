from collections.abc import Mapping

import pytest
from packaging.utils import canonicalize_name

from byte.extract import libraries as lb
from byte.model.facts import Project, Requirement, Undeclared
from byte.model.review import Library, Location


def declare(name: str, *, at: str = "pyproject.toml", group: str | None = None, extras: tuple[str, ...] = (),
            constraint: str = "any", explained: bool = False) -> Requirement:  # fmt: skip
    return Requirement(
        name=name, constraint=constraint, at=Location(at, 1, 1), group=group, extras=extras, explained=explained
    )


def project(*requirements: Requirement, imports: Mapping[str, tuple[Location, ...]] | None = None) -> Project:
    manifests = tuple(sorted({r.at.path for r in requirements}))
    return Project(requirements=requirements, manifests=manifests, imports=imports or {})


def at(path: str, line: int = 1) -> tuple[Location, ...]:
    return (Location(path, line, line),)


def missing(on: Project, imports: Mapping[str, tuple[Location, ...]], *first_party: str) -> list[str]:
    return [u.name for u in lb.undeclared(on, imports, first_party=frozenset(first_party))]


# --- the table ---


def test_the_table_is_sound() -> None:
    table = lb._table()
    assert len(table.libraries) >= 250
    categories = {entry.category for entry in table.libraries.values()}
    assert table.rivals <= categories
    for name, entry in table.libraries.items():
        assert canonicalize_name(name) == name
        assert 1 <= len(entry.purpose.split()) <= 7
        assert entry.purpose[-1] not in ".,"
        brought = [*entry.provides, *(d for extra in entry.extras.values() for d in extra)]
        assert all(canonicalize_name(d) == d for d in brought)
        assert all(canonicalize_name(extra) == extra for extra in entry.extras)
        assert not any(lb.is_stdlib(module) for module in lb.imports_of(name)), name


@pytest.mark.parametrize(
    "module, distribution",
    [
        ("PIL", "pillow"), ("yaml", "pyyaml"), ("bs4", "beautifulsoup4"), ("jwt", "pyjwt"), ("jose", "python-jose"),
        ("dotenv", "python-dotenv"), ("sklearn", "scikit-learn"), ("cv2", "opencv-python"), ("faiss", "faiss-cpu"),
        ("dateutil", "python-dateutil"), ("psycopg2", "psycopg2-binary"), ("attr", "attrs"), ("magic", "python-magic"),
        ("multipart", "python-multipart"), ("OpenSSL", "pyopenssl"), ("Crypto", "pycryptodome"),
        ("MySQLdb", "mysqlclient"), ("redis.asyncio", "redis"), ("google.cloud.storage", "google-cloud-storage"),
        ("google.protobuf.message", "protobuf"), ("slugify", "python-slugify"), ("git", "gitpython"),
        ("fastapi", "fastapi"), ("opentelemetry.sdk.trace", "opentelemetry-sdk"),
    ],
)  # fmt: skip
def test_distributions_for(module: str, distribution: str) -> None:
    assert lb.distributions_for(module)[0] == distribution


def test_what_is_not_known() -> None:
    assert lb.distributions_for("nobody_knows") == lb.distributions_for("google") == ()
    assert lb.purpose("nobody-knows") is lb.category("nobody-knows") is lb.runtime("nobody-knows") is None
    assert lb.imports_of("nobody-knows") == ()


def test_lookups_take_any_spelling() -> None:
    assert lb.purpose("PyYAML") == "YAML reader and writer"
    assert lb.imports_of("Python_Dateutil") == ("dateutil",)
    assert lb.category("SQLAlchemy") == "orm"
    assert lb.runtime("types-PyYAML") == "development tools"
    assert lb.purpose("types-PyYAML") == "type stubs of pyyaml"
    assert lb.purpose("opentelemetry-instrumentation-Redis") == "traces of redis"


def test_the_standard_library_does_not_depend_on_the_running_python() -> None:
    assert all(lb.is_stdlib(name) for name in ("os.path", "tomllib", "distutils", "cgi", "compression", "_thread"))
    assert not lb.is_stdlib("requests")


def test_provided() -> None:
    assert {"fastapi", "starlette", "pydantic"} <= lb.provided([declare("fastapi", extras=())])
    assert "httpx" not in lb.provided([declare("fastapi")])
    assert {"httpx", "uvicorn"} <= lb.provided([declare("fastapi", extras=("standard",))])
    assert "pandas" in lb.provided([declare("logfire", extras=("pandas",))])


def test_same_purpose() -> None:
    assert lb.same_purpose(project(declare("requests"), declare("redis")), "httpx") == ("requests",)
    assert lb.same_purpose(project(declare("requests", group="dev")), "httpx") == ()
    assert lb.same_purpose(project(declare("sqlalchemy")), "sqlmodel") == ()
    assert lb.same_purpose(project(declare("psycopg2")), "psycopg2-binary") == ()
    assert lb.same_purpose(project(declare("pytest")), "respx") == ()
    assert lb.same_purpose(None, "httpx") == ()


# --- new libraries ---


def test_new_libraries() -> None:
    base = project(declare("fastapi"), declare("requests"), declare("pyyaml", group="dev"))
    head = project(
        *base.requirements,
        declare("httpx", constraint=">=0.27"),
        declare("uvicorn"),
        declare("nobody-knows"),
        declare("tenacity"),
        declare("pyyaml"),
        declare("respx", group="dev"),
        declare("boto3", group="s3"),
        imports={"tenacity": at("app/old.py", 4)},
    )
    changed = {
        "httpx": at("app/x.py", 3) + at("app/y.py"),
        "boto3": at("app/s3.py", 2),
        "respx": at("tests/test_x.py"),
        "yaml": at("app/a.py") + at("app/b.py") + at("app/c.py") + at("app/d.py"),
    }
    found = lb.new_libraries(base, head, changed)
    assert [(row.name, row.justification) for row in found] == [
        ("boto3", "imported by app/s3.py:2"),
        ("httpx", "imported by app/x.py:3, app/y.py:1; `requests` is already declared for http-client"),
        ("nobody-knows", "declared, not imported yet"),
        ("pyyaml", "imported by app/a.py:1, app/b.py:1, app/c.py:1 and 1 more"),
        ("tenacity", "declared for what app/old.py:4 imports"),
        ("uvicorn", "declared, not imported; may be needed at run time by the server command"),
    ]
    assert found[1] == Library(
        name="httpx",
        version=">=0.27",
        purpose="HTTP client, sync and async",
        justification=found[1].justification,
        at=Location("pyproject.toml", 1, 1),
    )
    assert found[2].purpose == "not known offline"


def test_a_replaced_library_is_no_rival() -> None:
    (row,) = lb.new_libraries(project(declare("requests")), project(declare("httpx")), {})
    assert "requests" not in row.justification


def test_what_needs_it_must_be_there() -> None:
    (row,) = lb.new_libraries(project(declare("qrcode")), project(declare("qrcode"), declare("pillow")), {})
    assert row.justification == "declared, not imported; may be needed at run time by qrcode"
    (row,) = lb.new_libraries(project(), project(declare("pillow")), {})
    assert row.justification == "declared, not imported yet"


def test_nothing_is_new_without_a_base_or_a_change() -> None:
    head = project(declare("httpx"), declare("redis"))
    assert lb.new_libraries(None, head, {}) == lb.new_libraries(head, head, {}) == ()


def test_an_unknown_library_is_found_by_an_equal_name() -> None:
    (row,) = lb.new_libraries(project(), project(declare("foo-bar")), {"foo_bar.baz": at("app/x.py", 2)})
    assert row.justification == "imported by app/x.py:2"


# --- imported but not declared ---


def test_undeclared() -> None:
    on = project(declare("fastapi"))
    imports = {"requests.adapters": at("app/b.py", 2), "requests": at("app/a.py"), "fastapi": at("app/a.py")}
    assert lb.undeclared(on, imports, first_party=()) == (
        Undeclared(
            name="requests",
            distributions=("requests",),
            at=at("app/a.py") + at("app/b.py", 2),
            manifests=("pyproject.toml",),
        ),
    )


@pytest.mark.parametrize(
    "module, requirement",
    [
        ("starlette.responses", declare("fastapi")),
        ("pydantic", declare("fastapi")),
        ("httpx", declare("fastapi", extras=("standard",))),
        ("botocore.exceptions", declare("boto3")),
        ("psycopg2", declare("psycopg2")),
        ("requests", declare("requests", group="dev")),
        ("cryptography", declare("python-jose", extras=("cryptography",))),
        ("redis", declare("types-redis")),
        ("cv2", declare("opencv-python-headless-custom")),
    ],
)
def test_what_is_declared_or_brought_along(module: str, requirement: Requirement) -> None:
    assert missing(project(declare("click"), requirement), {module: at("app/a.py")}) == []


def test_what_is_never_judged() -> None:
    on = project(declare("fastapi"))
    for module in ("os", "nobody_knows", "google", "azure"):
        assert missing(on, {module: at("app/a.py")}) == []
    assert missing(on, {"redis": at("app/a.py")}, "redis") == []
    for path in ("tests/a.py", "app/test_a.py", "conftest.py", "examples/a.py"):
        assert missing(on, {"redis": at(path)}) == []
    assert missing(project(declare("pytest", group="dev")), {"redis": at("app/a.py")}) == []
    places = at("app/a.py")
    assert lb.undeclared(on, {"redis": places}, first_party=(), guarded=set(places)) == ()
    assert lb.undeclared(on, {"redis": places}, first_party=(), opaque=["pyproject.toml"]) == ()


def test_each_folder_has_its_own_manifest_and_those_above() -> None:
    on = project(declare("redis"), declare("httpx", at="a/requirements.txt"))
    assert missing(on, {"redis": at("a/x.py"), "httpx": at("b/x.py")}) == ["httpx"]
    assert missing(project(declare("httpx", at="a/requirements.txt")), {"redis": at("b/x.py")}) == []


# --- declared but not imported ---


def test_unused() -> None:
    on = project(declare("redis"), declare("httpx"), declare("requests"), declare("python-jose"))
    assert [r.name for r in lb.unused(on, {"httpx.auth"})] == ["requests", "python-jose"]


@pytest.mark.parametrize(
    "requirement",
    [
        declare("uvicorn"),
        declare("nobody-knows"),
        declare("boto3", group="s3"),
        declare("boto3", explained=True),
        declare("mcp", extras=("cli",)),
        declare("types-requests"),
        declare("google-cloud-storage"),
        declare("sqlmodel"),
    ],
)
def test_what_may_be_used_without_its_import(requirement: Requirement) -> None:
    assert lb.unused(project(requirement), {"sqlalchemy", "google"}) == ()


def test_a_list_of_what_was_installed_is_not_judged() -> None:
    pinned = [declare(name, constraint="==1") for name in ("idna", "sniffio", "h11", "boto3")]
    assert lb.unused(project(*pinned), set()) == ()
    assert [r.name for r in lb.unused(project(pinned[3]), set())] == ["boto3"]
