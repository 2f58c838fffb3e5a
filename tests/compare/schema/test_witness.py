"""Values that are written: small, readable, of the schema, and with no name that the sender does not declare."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.compare.document import Side
from byte.compare.schema.dialect import Reader
from byte.compare.schema.ground import Ground
from byte.compare.schema.witness import MISSING
from tests.compare.schema import grammar
from tests.compare.schema.ask import ROOT

STRING = {"type": "string"}


def ground(judgements: int = 1_000) -> Ground:
    made = Ground(lambda one, other: False)
    made.judgements = judgements
    return made


def smallest(body: Any, parts: dict[str, Any] | None = None, way: str = "request") -> Any:
    at = ground()
    reader = Reader(Side(grammar.document(body, parts or {}), "base"), way, declares=True)  # type: ignore[arg-type]
    schema = reader.at(ROOT)
    assert schema is not None
    return at.writer.smallest(at.terms.schema(schema))


@pytest.mark.parametrize(
    "body, value",
    [
        ({}, 0),
        (STRING, "a"),
        ({"type": ["null", "string"]}, "a"),
        ({"type": "integer", "minimum": 7}, 7),
        ({"type": "array", "items": STRING}, []),
        ({"type": "array", "items": STRING, "minItems": 2}, ["a", "a"]),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True}, [0, 1, -1]),
        ({"type": "array", "items": {"enum": ["a", "b"]}, "contains": {"const": "b"}}, ["b"]),
        ({"type": "array", "prefixItems": [STRING, {"type": "integer"}], "minItems": 2}, ["a", 0]),
        ({"type": "object", "properties": {"a": STRING, "b": STRING}}, {}),
        ({"type": "object", "properties": {"a": STRING, "b": STRING}, "required": ["b"]}, {"b": "a"}),
        ({"type": "object", "properties": {"a": STRING}, "minProperties": 1}, {"a": "a"}),
        ({"type": "object", "minProperties": 2}, {"a": 0, "b": 0}),
        ({"type": "object", "additionalProperties": STRING, "minProperties": 1}, {"a": "a"}),
        ({"type": "object", "patternProperties": {"^x-": STRING}, "minProperties": 1}, {"x-": "a"}),
        (
            {
                "type": "object",
                "properties": {"a": STRING, "b": STRING},
                "required": ["a"],
                "dependentRequired": {"a": ["b"]},
            },
            {"a": "a", "b": "a"},
        ),
        ({"type": "object", "properties": {"a": {"const": 1}, "b": STRING}, "not": {"maxProperties": 0}}, {"a": 1}),
        ({"enum": [{"a": [1]}]}, {"a": [1]}),
        ({"allOf": [{"properties": {"a": STRING}}, {"required": ["a"]}], "type": "object"}, {"a": "a"}),
    ],
)
def test_the_smallest_value(body: Any, value: Any):
    assert smallest(body) == value


@pytest.mark.parametrize(
    "body",
    [
        False,
        {"type": "string", "enum": [1]},
        {"type": "object", "properties": {"a": False}, "required": ["a"]},
        {"type": "object", "properties": {"a": STRING}, "minProperties": 2},
        {"type": "array", "items": False, "minItems": 1},
        {"type": "array", "items": {"enum": [1]}, "minItems": 2, "uniqueItems": True},
        {"$ref": "#/components/schemas/Loop"},
    ],
)
def test_where_there_is_none(body: Any):
    loop = {"type": "object", "properties": {"self": {"$ref": "#/components/schemas/Loop"}}, "required": ["self"]}

    assert smallest(body, {"Loop": loop}) is MISSING


def test_recursion_ends_at_the_alternative_that_does_not_recur():
    parts = {
        "Tree": {
            "type": "object",
            "properties": {"left": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]}, "v": STRING},
            "required": ["left", "v"],
        }
    }

    assert smallest({"$ref": "#/components/schemas/Tree"}, parts) == {"left": None, "v": "a"}


def test_what_does_not_exist_in_a_direction_is_not_written():
    body = {"type": "object", "properties": {"id": {**STRING, "readOnly": True}, "a": STRING}, "required": ["id", "a"]}

    assert smallest(body, way="request") == {"a": "a"}
    assert smallest(body, way="response") == {"id": "a", "a": "a"}


def test_so_many_different_values_of_a_term():
    at = ground()
    reader = Reader(Side(grammar.document({"type": ["integer", "boolean"]}, {}), "base"), "request", declares=True)
    schema = reader.at(ROOT)
    assert schema is not None

    assert at.writer.several(at.terms.schema(schema), 5) == [0, True, False, 1, -1]


@given(st.integers(0, 1 << 40))
@settings(max_examples=300, deadline=None)
def test_values_are_of_their_schemas(seed: int):
    rng = Random(seed)
    body, parts = grammar.schema(rng), grammar.components(rng)
    valid = grammar.validator(grammar.document(body, parts))
    at = ground()
    schema = Reader(Side(grammar.document(body, parts), "base"), "request", declares=True).at(ROOT)
    assert schema is not None

    for value in at.writer.several(at.terms.schema(schema), 6):
        if not at.normal.of(schema).unknown:
            assert valid.is_valid(value), (value, body, parts)


@given(st.integers(0, 1 << 40))
@settings(max_examples=200, deadline=None)
def test_no_names_are_written_but_the_declared(seed: int):
    rng = Random(seed)
    names = rng.sample(grammar.NAMES, rng.randint(1, 3))
    body = {
        "type": "object",
        "properties": {n: grammar.schema(rng, 2) for n in names},
        "required": rng.sample(names, rng.randint(0, len(names))),
        "allOf": [{"properties": {"z": STRING}}],
    }
    at = ground()
    schema = Reader(Side(grammar.document(body, grammar.components(rng)), "base"), "request", declares=True).at(ROOT)
    assert schema is not None

    for value in at.writer.several(at.terms.schema(schema), 6):
        assert set(value) <= {*names, "z"}
