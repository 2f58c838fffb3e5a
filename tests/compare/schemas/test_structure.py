"""How two schemas differ: pairs of alternatives, references, what stands beside them, circles."""

from typing import Any

import pytest

from byte.compare.document import Node, Side
from byte.compare.schemas import walk
from byte.compare.schemas.structure import ListDiff
from byte.compare.schemas.view import alike, viewed
from tests.compare.schemas.orders import compared, difference, document, order, rows, said, told

TEXT = {"type": "string"}
COUNT = {"type": "integer"}
CARD = {"$ref": "#/components/schemas/Card"}
CASH = {"$ref": "#/components/schemas/Cash"}


def _list(base: list[Any], revision: list[Any]) -> ListDiff:
    diff = difference({"anyOf": base}, {"anyOf": revision}, Card=order(number=TEXT), Cash=order(coin=TEXT))
    return diff.lists["anyOf"] if diff is not None else ListDiff()


def _names(found: ListDiff) -> tuple[list[str], list[str], list[str]]:
    return [a.name for a in found.added], [a.name for a in found.deleted], [m.name for m in found.modified]


@pytest.mark.parametrize(
    "base, revision, added, deleted, modified",
    [
        ([CARD, CASH], [CASH, CARD], [], [], []),
        ([CARD], [CARD, CASH], ["Cash"], [], []),
        ([CARD, CARD], [CARD], [], ["Card"], []),
        ([TEXT, COUNT], [COUNT, TEXT], [], [], []),
        ([TEXT, COUNT], [{**TEXT, "maxLength": 1}, COUNT], [], [], ["#1"]),
        ([TEXT, COUNT], [{**TEXT, "maxLength": 1}, {**COUNT, "maximum": 1}], ["#1", "#2"], ["#1", "#2"], []),
        ([{**TEXT, "title": "A"}, COUNT], [{**COUNT, "title": "A"}, TEXT], [], [], ["#1: A", "#2"]),
        ([{**TEXT, "title": "A"}], [{**TEXT, "title": "B"}], ["#1: B"], ["#1: A"], []),
        ([CARD], [order(number=TEXT)], [], [], []),
        ([CARD], [{**order(number=TEXT), "description": "words"}], [], [], []),
        ([CARD], [order(number=COUNT)], ["#1"], ["Card"], []),
        ([CARD], [CASH], ["Cash"], ["Card"], []),
        ([{"required": ["a", "b"]}], [{"required": ["b", "a"]}], [], [], []),
        ([{"enum": [1, 2]}, TEXT], [TEXT, {"enum": [2.0, 1]}], [], [], []),
    ],
)
def test_alternatives_are_paired(
    base: list[Any], revision: list[Any], added: list[str], deleted: list[str], modified: list[str]
) -> None:
    assert _names(_list(base, revision)) == (added, deleted, modified)


def test_an_alternative_that_is_another_on_each_side_bears_both_names() -> None:
    assert _names(_list([COUNT, TEXT], [{**TEXT, "pattern": "a"}, COUNT])) == ([], [], ["#2 → #1"])


def test_what_stands_beside_a_reference_counts_from_31_on() -> None:
    schema = {**CARD, "description": "words", "maxProperties": 3}
    for version, properties in (("3.1.0", 3), ("3.0.3", None)):
        side = Side(document(schema, {"Card": order(number=TEXT)}, version), "base")
        view = viewed(side, Node(schema, "/body"))
        assert view.read("maxProperties") == properties
        assert view.pointer == "/components/schemas/Card"
        assert list(view.map("properties")) == ["number"]
        if properties is not None:
            assert view.place("maxProperties") == "/body/maxProperties"


def test_a_change_beside_a_reference_is_told() -> None:
    components = {"Card": order(number=TEXT)}
    base = document(order(card=CARD), components)
    revision = document(order(card={**CARD, "deprecated": True}), components)
    assert rows(told(base, revision)) == [("request-property-deprecated", "INFO")]


def test_a_reference_that_leads_nowhere_allows_everything() -> None:
    for reference in ("#/components/schemas/None", "#/components/schemas/Circle", "other.yaml#/A"):
        components = {"Circle": {"$ref": "#/components/schemas/Circle"}}
        base = document({"$ref": reference}, components)
        assert compared(base, document({}, components)) is None


def test_a_circle_is_followed_once() -> None:
    def person(name: Any) -> dict[str, Any]:
        return {"Person": order(name=name, friend={"$ref": "#/components/schemas/Person"})}

    ref = {"$ref": "#/components/schemas/Person"}
    changes = told(document(ref, person(TEXT)), document(ref, person(COUNT)))
    assert [change.message.split("`")[1] for change in changes] == ["name"]


def test_every_way_into_a_circle_of_two_is_told() -> None:
    def two(name: Any) -> dict[str, Any]:
        return {
            "A": order(b={"$ref": "#/components/schemas/B"}, name=name),
            "B": order(a={"$ref": "#/components/schemas/A"}),
        }

    ways = order(one={"$ref": "#/components/schemas/A"}, two={"$ref": "#/components/schemas/B"})
    changes = told(document(ways, two(TEXT)), document(ways, two(COUNT)))
    assert sorted(change.message.split("`")[1] for change in changes) == ["one/name", "two/a/name"]


def test_a_circle_on_one_side_only_is_a_difference() -> None:
    ref = {"$ref": "#/components/schemas/Node"}
    base = document(ref, {"Node": order(next=ref)})
    revision = document(ref, {"Node": order(next={"$ref": "#/components/schemas/End"}), "End": order()})
    assert [change.id for change in told(base, revision)] == ["request-property-circular-reference-changed"]


def test_places_are_in_the_order_of_the_document() -> None:
    diff = difference(
        {"properties": {"b": TEXT, "a": {"items": TEXT}}, "allOf": [TEXT]},
        {"properties": {"b": COUNT, "a": {"items": COUNT}, "c": TEXT}, "allOf": [COUNT]},
    )
    assert diff is not None
    assert [place.path for place in walk.modified(diff)] == ["allOf[#1]", "b", "a", "a/items"]
    assert [moved.path for moved in walk.added(diff)] == ["c"]
    assert [moved.path for moved in walk.deleted(diff)] == []


@pytest.mark.parametrize(
    "one, two, same",
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        ({"a": [1, {}]}, {"a": [1.0, {}]}, True),
        ([1], [1, 2], False),
        (None, False, False),
    ],
)
def test_values_are_compared_as_json(one: Any, two: Any, same: bool) -> None:
    assert alike(one, two) is same


def test_what_is_put_into_a_oneof_with_null_must_mean_the_same() -> None:
    base = {**TEXT, "enum": ["a", "b"]}
    less = {"oneOf": [{"type": "null"}, {**TEXT, "enum": ["a"]}]}
    ids = [change.id for change in said(order(total=base), order(total=less))]
    assert "request-property-became-nullable" not in ids
    assert "request-property-list-of-types-widened" in ids


def test_a_schema_in_31_may_be_true_or_false() -> None:
    assert difference({"items": True}, {"items": {}}) is None
    diff = difference({"items": False}, {"items": {}})
    assert diff is not None
    assert list(diff.ones["items"].ones) == ["not"]
