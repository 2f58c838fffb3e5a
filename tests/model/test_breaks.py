"""What rules are told of breaks: the family, the field, the line of head, and what is left to them."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from byte.model import breaks
from byte.model.breaks import Family
from byte.model.contract import ORIGIN, Application, Contract, Document, Target
from byte.model.difference import Comparison, Counterexample, Difference
from byte.model.facts import ChangeFacts, Facts
from byte.model.operations import Pair
from byte.model.review import Location
from tests.review.made import snapshot

TOTAL = "/components/schemas/Order/properties/total"
FILES = {"app/main.py": "app = FastAPI()\n", "app/models.py": "class Order: ...\n"}


def document(line: int = 0, **total: Any) -> Document:
    """`GET /orders`, and an order whose total stands in a line, if it is there at all."""
    origin = {ORIGIN: f"app/models.py:{line}"}
    held = {"total": {**total, **origin}} if line else {}
    operation = {"responses": {}, ORIGIN: "app/main.py:7"}
    return {
        "openapi": "3.1.0",
        "paths": {"/orders": {"get": operation}},
        "components": {"schemas": {"Order": {ORIGIN: "app/models.py:1", "type": "object", "properties": held}}},
    }


def difference(id: str = "response-property-type-changed", **said: Any) -> Difference:
    given: dict[str, Any] = {
        "level": "breaking",
        "proof": "counterexample",
        "direction": "response",
        "operation": "GET /orders",
        "location": "response 200",
        "message": "the type of `total` changed",
        "reaches": ("GET /orders",),
    }
    return Difference(id=id, **given | said)


def changed(
    base: Document,
    head: Document,
    *differences: Difference,
    renames: Mapping[str, str] | None = None,
    files: tuple[str, ...] = ("app/models.py",),
    target: Target | None = None,
) -> ChangeFacts:
    application = Application("app/main.py", "app", None, "given")
    contracts = [Contract(document=d, application=application, target=target) for d in (base, head)]
    facts = cast("Facts", SimpleNamespace(snapshot=snapshot(FILES)))
    compared = Comparison(contracts[0], contracts[1], differences)
    return ChangeFacts(facts, facts, frozenset(files), renames or {}, (compared,))


@pytest.mark.parametrize(
    "id, family",
    [
        ("api-removed-without-deprecation", "removed operation"),
        ("api-path-removed-with-deprecation", "removed operation"),
        ("response-required-property-removed", "removed field"),
        ("response-property-became-optional", "removed field"),
        ("new-required-request-property", "required input"),
        ("request-property-became-required", "required input"),
        ("request-body-type-changed", "type"),
        ("response-property-became-nullable", "type"),
        ("response-success-status-removed", "status"),
        ("request-parameter-max-decreased", "other"),
        ("", "other"),
    ],
)
def test_the_family_is_told_by_the_id(id: str, family: Family) -> None:
    assert breaks.family(difference(id)) == family


def test_only_what_is_asked_for_is_given() -> None:
    kinds = [
        difference(),
        difference(level="warning"),
        difference(level="info"),
        difference("api-removed-without-deprecation"),
    ]
    change = changed(document(), document(), *kinds)
    assert [b.difference for b in breaks.breaks(change, "type")] == [kinds[0]]
    assert [b.difference for b in breaks.breaks(change, "type", levels=("breaking", "warning"))] == kinds[:2]
    assert [b.difference for b in breaks.breaks(change, "removed operation", "type")] == [kinds[0], kinds[3]]
    assert list(breaks.breaks(change)) == []


def test_what_is_undecided_is_told_apart() -> None:
    unclear = difference(level="warning", proof="undecided")
    change = changed(document(), document(), difference(), unclear)
    assert [b.difference for b in breaks.undecided(change)] == [unclear]


def test_a_break_stands_at_the_line_of_head_and_says_where_it_stood() -> None:
    found = difference(base_pointer=TOTAL, revision_pointer=TOTAL)
    (told,) = breaks.breaks(changed(document(3), document(5), found), "type")
    assert (told.at, told.owner, told.wire, told.subject) == (
        Location("app/models.py", 5, 5),
        "Order",
        "total",
        "Order.total",
    )
    assert [(step.path, step.line) for step in told.because] == [("app/models.py", 3)]
    (same,) = breaks.breaks(changed(document(3), document(3), found), "type")
    assert same.because == ()


def test_what_is_gone_stands_at_what_held_it() -> None:
    found = difference("response-required-property-removed", base_pointer=TOTAL)
    (told,) = breaks.breaks(changed(document(3), document(), found), "removed field")
    assert told.at == Location("app/models.py", 1, 1)
    assert [(step.path, step.line) for step in told.because] == [("app/models.py", 3)]


@pytest.mark.parametrize(
    "path, renames, files, at",
    [
        # The file is there and did not change: its line still is what it was.
        ("app/models.py", {}, (), Location("app/models.py", 9, 9)),
        # It changed, or has another name: the line says nothing any more.
        ("app/models.py", {}, ("app/models.py",), Location("app/models.py", 1, 1)),
        ("app/old.py", {"app/models.py": "app/old.py"}, (), Location("app/models.py", 1, 1)),
        # It is gone: all that is left is the application.
        ("app/gone.py", {}, (), Location("app/main.py", 1, 1)),
    ],
)
def test_an_operation_that_is_gone_stands_where_something_is_left(
    path: str, renames: Mapping[str, str], files: tuple[str, ...], at: Location
) -> None:
    base = {"openapi": "3.1.0", "paths": {"/a": {"get": {ORIGIN: f"{path}:9"}}}}
    found = difference("api-removed-without-deprecation", operation="GET /a", base_pointer="/paths/~1a/get")
    change = changed(base, {"openapi": "3.1.0", "paths": {}}, found, renames=renames, files=files)
    (told,) = breaks.breaks(change, "removed operation")
    assert (told.at, told.owner, told.wire) == (at, "GET /a", "")


@pytest.mark.parametrize(
    "pointer, subject",
    [
        ("/components/schemas/Order-Input/properties/total", "Order.total"),
        ("/components/schemas/Order/properties/properties/properties/x~1y", "Order.x/y"),
        ("/components/schemas/Order/items/properties/a/anyOf/0", "Order.a"),
        ("/components/schemas/Order", "Order"),
        ("/paths/~1orders/get/responses/200/content/a/schema/properties/a", "GET /orders.a"),
        ("/paths/~1orders/get/parameters/0", "GET /orders"),
        ("", "GET /orders"),
    ],
)
def test_the_subject_is_a_field_of_a_schema_or_the_operation(pointer: str, subject: str) -> None:
    (told,) = breaks.breaks(changed(document(3), document(3), difference(revision_pointer=pointer)), "type")
    assert told.subject == subject


@pytest.mark.parametrize(
    "total, target, by_version",
    [
        ({"type": ["integer", "null"]}, None, True),
        ({"type": ["integer", "null"]}, Target((0, 1), (2, 0)), True),
        ({"type": ["integer", "null"]}, Target((0, 1), (2, 0), pydantic_from="requirements.txt:1"), False),
        ({"type": "integer"}, None, False),
    ],
)
def test_what_may_be_null_may_depend_on_a_version_that_nobody_says(
    total: dict[str, Any], target: Target | None, by_version: bool
) -> None:
    found = difference(base_pointer=TOTAL, revision_pointer=TOTAL)
    (told,) = breaks.breaks(changed(document(3), document(5, **total), found, target=target), "type")
    assert told.by_version is by_version


def test_operations_of_both_sides_are_covered_whatever_their_parameters_are_called() -> None:
    def having(*paths: str) -> Document:
        return {"paths": {path: {"get": {}} for path in paths}}

    change = changed(having("/a/{id}", "/gone"), having("/a/{name}", "/new"))

    def covered(path: str, method: str = "GET") -> bool:
        side = cast("Any", SimpleNamespace(path=path))
        return breaks.covers(change, Pair(f"{method} {path}", side, side))

    asked = [("/a/{x}", "GET"), ("/a/{x}", "POST"), ("/gone", "GET"), ("/new", "GET")]
    assert [covered(*one) for one in asked] == [True, False, False, False]


def test_a_sentence_says_what_where_and_shows_it() -> None:
    shown = Counterexample(kind="payload", value={"total": "é"})
    said = breaks.sentence(difference(counterexample=shown), ["GET /a", "GET /b"])
    assert said.startswith("The type of `total` changed in ")
    assert "GET /a" in said
    assert said.endswith('. Counterexample: `{"total":"é"}`')
    assert breaks.sentence(difference(), []) == "The type of `total` changed"
    request = Counterexample(kind="request", value="GET /a?limit=5")
    assert breaks.sentence(difference(counterexample=request), []).endswith("Counterexample: `GET /a?limit=5`")


def test_a_long_payload_is_cut() -> None:
    said = breaks.sentence(difference(counterexample=Counterexample(kind="payload", value="x" * 5_000)), [])
    assert len(said) < 300
    assert said.endswith("xxx...`")
