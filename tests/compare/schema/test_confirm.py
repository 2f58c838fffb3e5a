"""The validator's word on single values: dialects, directions, formats, and what only a part of a document says."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.compare.document import Side
from byte.compare.schema.confirm import ASSERTED, accepts
from byte.compare.schema.dialect import Reader
from byte.compare.schema.texts import FORMATS
from tests.compare.schema import grammar
from tests.compare.schema.ask import ROOT

STRING = {"type": "string"}


def judged(body: Any, value: Any, parts: dict[str, Any] | None = None, *, version: str = "3.1.0", way: str = "request"):
    side = Side(grammar.document(body, parts or {}, version), "base")
    schema = Reader(side, way, declares=True).at(ROOT)  # type: ignore[arg-type]
    assert schema is not None
    return accepts(schema, value)


@pytest.mark.parametrize(
    "body, version, good, bad",
    [
        ({**STRING, "nullable": True}, "3.0.3", None, 1),
        ({**STRING, "nullable": True}, "3.1.0", "a", None),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, "3.0.0", 1, 0),
        ({"type": "integer", "exclusiveMinimum": 0}, "3.1.0", 1, 0),
        ({"$ref": "#/components/schemas/S", "maxLength": 1}, "3.0.0", "ab", 1),
        ({"$ref": "#/components/schemas/S", "maxLength": 1}, "3.1.0", "a", "ab"),
        ({**STRING, "format": "date"}, "3.1.0", "2024-01-01", "soon"),
        ({**STRING, "format": "password"}, "3.1.0", "x", 1),
        ({"items": [STRING], "additionalItems": False}, "3.1.0", ["a"], ["a", "b"]),
        ({"prefixItems": [STRING], "items": {"type": "integer"}}, "3.1.0", ["a", 1], ["a", "b"]),
        (
            {"dependencies": {"a": ["b"]}, "dependentSchemas": {"b": {"maxProperties": 2}}},
            "3.1.0",
            {"b": 1},
            {"b": 1, "c": 1, "d": 1},
        ),
        (
            {"additionalProperties": False, "properties": {"a": True}, "patternProperties": {"^x": STRING}},
            "3.1.0",
            {"a": 1, "xy": ""},
            {"b": 1},
        ),
        ({"allOf": [{"properties": {"a": True}}], "unevaluatedProperties": False}, "3.1.0", {"a": 1}, {"b": 1}),
        ({"propertyNames": {"maxLength": 1}}, "3.1.0", {"a": 1}, {"ab": 1}),
        ({"if": {"type": "integer"}, "then": {"minimum": 1}, "else": STRING}, "3.1.0", 1, 0),
        ({"contains": {"const": 1}, "maxContains": 1}, "3.1.0", [1, 2], [1, 1]),
        ({"type": 5, "minLength": -1, "multipleOf": 0, "enum": 3, "maximum": "x", "const": 1}, "3.1.0", 1, 2),
    ],
)
def test_what_is_an_instance_and_what_is_not(body: Any, version: str, good: Any, bad: Any):
    assert judged(body, good, {"S": STRING}, version=version) is True
    assert judged(body, bad, {"S": STRING}, version=version) is False


def test_dependencies_as_a_list_of_names_are_kept():
    assert judged({"dependencies": {"a": ["b"]}}, {"a": 1}) is False


def test_directions_take_properties_out():
    body = {"properties": {"id": {**STRING, "readOnly": True}}, "required": ["id"], "additionalProperties": False}

    assert judged(body, {}, way="request") is True
    assert judged(body, {"id": 5}, way="request") is True
    assert judged(body, {}, way="response") is False
    assert judged(body, {"id": 5}, way="response") is False


def test_a_discriminator_chooses_by_mapping_or_by_name():
    parts = {n: {"properties": {"kind": STRING}, "required": ["kind"]} for n in ("A", "B")}
    body: dict[str, Any] = {
        "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
        "discriminator": {"propertyName": "kind", "mapping": {"first": "#/components/schemas/A"}},
    }

    assert judged(body, {"kind": "first"}, parts) is True
    assert judged(body, {"kind": "B"}, parts) is True
    assert judged(body, {"kind": "A"}, parts) is False


def test_what_is_not_known_lets_everything_through():
    assert judged({"properties": {"a": {"x-unknown": {"reason": "r"}}}}, {"a": 1}) is True


def test_cycles_and_sizes_are_no_matter_and_depth_is_none_either():
    parts = {"N": {"type": "object", "properties": {"n": {"$ref": "#/components/schemas/N"}, "v": STRING}}}
    deep: Any = {}
    for _ in range(5_000):
        deep = {"n": deep}

    assert judged({"$ref": "#/components/schemas/N"}, {"n": {"n": {"v": "a"}}}, parts) is True
    assert judged({"$ref": "#/components/schemas/N"}, {"n": {"n": {"v": 1}}}, parts) is False
    assert judged({"$ref": "#/components/schemas/N"}, deep, parts) is None


def test_a_schema_that_asks_for_itself_and_broken_references_cannot_be_told():
    assert judged({"allOf": [{"$ref": "#/components/schemas/Root"}]}, 1) is None
    assert judged({"$ref": "#/components/schemas/Nowhere"}, 1) is None
    assert judged({"$ref": "https://example.com/schema.json"}, 1) is None


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(?=a)(a|aa)+$", "(a|a)*b", r"^(\w+\s?)*$"])
def test_patterns_cannot_make_it_hang(pattern: str):
    judged({"type": "string", "pattern": pattern}, "a" * 5_000 + "!")


def test_patterns_that_are_none_cannot_be_told():
    assert judged({"type": "string", "pattern": "(("}, "a") is None


def test_the_formats_that_are_asserted_are_those_that_texts_know():
    assert set(FORMATS) <= ASSERTED


@given(st.integers(0, 1 << 40))
@settings(max_examples=300, deadline=None)
def test_it_says_what_the_validator_says_of_the_whole_document(seed: int):
    rng = Random(seed)
    body, parts = grammar.schema(rng), grammar.components(rng)
    whole = grammar.validator(grammar.document(body, parts))

    for _ in range(10):
        value = grammar.payload(rng, body if rng.random() < 0.8 else grammar.schema(rng), parts)
        assert judged(body, value, parts) in (whole.is_valid(value), None)
