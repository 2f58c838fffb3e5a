"""A side finds what pointers and references name; what is the same on both sides is known with all it refers to."""

import pytest

from byte.compare.document import Node, Sameness, Side
from byte.model.contract import Document


def side(components: Document | None = None, **rest: object) -> Side:
    return Side({"openapi": "3.1.0", "components": {"schemas": components or {}}, **rest}, "base")


def to(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


def same(one: Document, two: Document, name: str = "A") -> bool:
    return Sameness(side(one), side(two)).same(to(name), to(name))


@pytest.mark.parametrize(
    "version, dialect", [("3.0.3", "3.0"), ("3.1.0", "3.1"), ("3.2.0", "3.1"), (None, "3.1"), (3.0, "3.0")]
)
def test_the_dialect_is_that_of_the_version(version: object, dialect: str) -> None:
    assert Side({"openapi": version}, "base").dialect == dialect


@pytest.mark.parametrize(
    "pointer, value",
    [
        ("", {"a/b": {"~": [1, {"": 2}]}}),
        ("/a~1b/~0/0", 1),
        ("/a~1b/~0/1/", 2),
    ],
)
def test_a_pointer_names_a_value(pointer: str, value: object) -> None:
    found = Side({"a/b": {"~": [1, {"": 2}]}}, "base").at(pointer)
    assert found == Node(value, pointer)


@pytest.mark.parametrize("part", ["2", "-1", "²", "x", "", "9" * 5_000, "1e0"])
def test_a_list_has_no_other_places_than_its_own(part: str) -> None:
    assert Side({"a": ["b", "c"]}, "base").at(f"/a/{part}") is None


def test_a_place_is_that_of_the_value_however_it_is_reached() -> None:
    node = side({"A": {"type": "object", "properties": {"a/b": {}}, "required": ["a"]}}).at("/components/schemas/A")
    assert node is not None
    assert node["properties"]["a/b"].pointer == "/components/schemas/A/properties/a~1b"
    assert [inner.pointer.rpartition("/")[2] for inner in node["required"].elements()] == ["0"]
    assert [name for name, _ in node.items()] == ["type", "properties", "required"]
    assert (node.get("none"), list(node["type"].items()), list(node.elements())) == (None, [], [])


@pytest.mark.parametrize("reference", ["A", "#A", "other.yaml#/components/schemas/A", "", "#/components/schemas/B"])
def test_a_reference_to_what_is_not_there_names_nothing(reference: str) -> None:
    found = side({"A": {}})
    assert found.target(reference) is None
    node = Node({"$ref": reference}, "/x")
    assert found.resolved(node) is node


def test_references_are_followed_to_their_end() -> None:
    found = side({"A": to("B"), "B": to("é x"), "é x": {"type": "string"}})
    assert found.resolved(Node(to("A"), "/x")) == Node({"type": "string"}, "/components/schemas/é x")
    assert found.target("#/components/schemas/%C3%A9%20x") == Node({"type": "string"}, "/components/schemas/é x")
    whole = found.target("#")
    assert whole is not None
    assert whole.value is found.document


def test_a_circle_of_references_stands_for_itself() -> None:
    found = side({"A": to("B"), "B": to("A")})
    node = Node(to("A"), "/x")
    assert found.resolved(node).value in (to("A"), to("B"))


def test_what_it_refers_to_counts() -> None:
    before = {"A": {"items": to("B")}, "B": {"type": "string"}}
    assert same(before, {"B": {"type": "string"}, "A": {"items": to("B")}})
    assert not same(before, {**before, "B": {"type": "integer"}})
    assert same({**before, "C": {}}, {**before, "C": {"type": "null"}})


def test_a_circle_is_the_same_until_something_in_it_is_not() -> None:
    ring = {name: {"properties": {"next": to(after)}} for name, after in zip("ABC", "BCA", strict=True)}
    assert same(ring, dict(ring))
    other = {**ring, "C": {**ring["C"], "title": "last"}}
    assert [same(ring, other, name) for name in "ABC"] == [False, False, False]


def test_a_part_of_a_component_is_the_whole_of_it() -> None:
    before = {"A": {"items": {"$ref": "#/components/schemas/B/properties/b"}}, "B": {"properties": {"b": {}}}}
    assert same(before, dict(before))
    assert not same(before, {**before, "B": {"properties": {"b": {"type": "string"}}}})


@pytest.mark.parametrize("one, two", [(1, 1.0), (1, True), ("1", 1), (None, False)])
def test_values_that_only_count_as_equal_are_not_the_same(one: object, two: object) -> None:
    known = Sameness(side(), side())
    assert known.same({"const": one}, {"const": one})
    assert not known.same({"const": one}, {"const": two})


def test_a_reference_out_of_components_is_never_taken_for_the_same() -> None:
    known = Sameness(side(extra={}), side(extra={"type": "string"}))
    assert not known.same({"$ref": "#/extra"}, {"$ref": "#/extra"})


def test_what_is_nested_too_deeply_to_be_told_is_not_the_same() -> None:
    deep: object = {}
    for _ in range(20_000):
        deep = {"items": deep}
    assert Sameness(side({"A": {"items": deep}}), side()).same(deep, deep) is False
