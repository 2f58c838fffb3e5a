"""Inclusion of what is sent in what is taken: equivalent rewrites, narrowings and widenings, the rules of senders."""

from typing import Any

import pytest

from byte.compare.document import Side
from byte.compare.schema.decider import Decider
from tests.compare.schema.ask import ROOT, broken, decided, proved
from tests.compare.schema.grammar import document

STRING: dict[str, Any] = {"type": "string"}
OBJECT: dict[str, Any] = {"type": "object", "properties": {"a": STRING, "b": {"type": "integer"}}, "required": ["a"]}
PARTS: dict[str, Any] = {
    "Cat": {
        "type": "object",
        "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
        "required": ["kind"],
    }
}
CAT: dict[str, Any] = {"$ref": "#/components/schemas/Cat"}
DOG: dict[str, Any] = {"type": "object", "properties": {"kind": {"const": "dog"}}, "required": ["kind"]}


def inside(schema: Any, required: bool = True) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": {"v": schema}}
    return {**made, "required": ["v"]} if required else made


EQUIVALENT: list[tuple[Any, Any]] = [
    (CAT, PARTS["Cat"]),
    (
        OBJECT,
        {
            "allOf": [
                {"type": "object", "properties": {"a": STRING}, "required": ["a"]},
                {"properties": {"b": {"type": "integer"}}},
            ]
        },
    ),
    (OBJECT, {"required": ["a"], "properties": {"b": {"type": "integer"}, "a": STRING}, "type": "object"}),
    (OBJECT, {"allOf": [OBJECT, OBJECT]}),
    ({"type": ["string", "null"]}, {"anyOf": [STRING, {"type": "null"}]}),
    ({"oneOf": [STRING, {"type": "null"}]}, {"anyOf": [{"type": "null"}, STRING]}),
    ({"const": "a"}, {"enum": ["a"]}),
    ({"enum": ["a", "b", 1]}, {"anyOf": [{"enum": ["b"]}, {"enum": ["a", 1]}]}),
    ({"enum": ["a", "b"]}, {"enum": ["a", "b"], "type": "string", "maxLength": 10}),
    ({"type": "boolean"}, {"enum": [True, False]}),
    ({"type": "integer"}, {"type": "number", "multipleOf": 1}),
    ({"type": "integer", "exclusiveMinimum": 0}, {"type": "integer", "minimum": 1}),
    (STRING, {"not": {"not": STRING}}),
    (STRING, {"not": {"type": ["integer", "number", "boolean", "null", "array", "object"]}}),
    (STRING, {**STRING, "minLength": 0}),
    ({**STRING, "pattern": "^a*$"}, {**STRING, "pattern": "^(a|aa)*$"}),
    ({**STRING, "pattern": "^.{2}$"}, {**STRING, "minLength": 2, "maxLength": 2, "pattern": r"^[^\n\r\u2028\u2029]*$"}),
    (OBJECT, {**OBJECT, "if": {}, "then": {}}),
    (OBJECT, {**OBJECT, "if": {"required": ["a"]}, "then": {"properties": {"a": STRING}}, "else": False}),
    ({"type": "array", "items": STRING}, {"type": "array", "prefixItems": [STRING, STRING], "items": STRING}),
    (
        {"type": "array", "maxItems": 1, "items": STRING},
        {"type": "array", "maxItems": 1, "prefixItems": [STRING], "items": False},
    ),
    (
        {"type": "array", "items": STRING, "maxItems": 1},
        {"type": "array", "items": STRING, "maxItems": 1, "uniqueItems": True},
    ),
    ({"oneOf": [CAT, DOG]}, {"anyOf": [DOG, CAT]}),
    ({"type": "integer"}, {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "integer", "maximum": -1}]}),
    ({"type": "integer"}, {"oneOf": [{"type": "integer", "minimum": 0}, {"type": "integer", "maximum": -1}]}),
    (STRING, {"anyOf": [{**STRING, "pattern": "^a"}, {**STRING, "pattern": "^[^a]"}, {"const": ""}]}),
    ({"type": "object"}, {"type": "object", "additionalProperties": True}),
    ({}, True),
    ({"enum": [{"a": 1}, [2]]}, {"enum": [[2.0], {"a": 1}]}),
    (
        {"type": "object", "properties": {"kind": {"enum": ["cat", "dog"]}}, "required": ["kind"]},
        {"anyOf": [{**DOG, "properties": {"kind": {"const": k}}} for k in ("cat", "dog")]},
    ),
    (
        {"type": "object", "properties": {"a": STRING, "b": STRING}, "dependentRequired": {"a": ["b"]}},
        {"type": "object", "properties": {"a": STRING, "b": STRING}, "dependentSchemas": {"a": {"required": ["b"]}}},
    ),
]


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("one, other", EQUIVALENT)
def test_equivalent_schemas_are_proved_both_ways(one: Any, other: Any, wrapped: bool):
    if wrapped:
        one, other = inside({"type": "array", "items": one}), inside({"type": "array", "items": other})

    for direction in ("request", "response"):
        for sent, taken in ((one, other), (other, one)):
            verdict = decided(sent, taken, parts=PARTS, direction=direction)
            assert verdict.proved, verdict


NARROWER: list[tuple[Any, Any, str, str | None]] = [
    ({"enum": ["a"]}, {"enum": ["a", "b"]}, "enum", None),
    ({"const": 1}, {"enum": [1, 2]}, "const", None),
    ({"type": "integer"}, {"type": "number"}, "type", None),
    (STRING, {"type": ["string", "null"]}, "type", None),
    ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 0}, "minimum", None),
    ({"type": "number", "exclusiveMaximum": 1}, {"type": "number", "maximum": 1}, "exclusiveMaximum", None),
    ({"type": "integer", "multipleOf": 10}, {"type": "integer", "multipleOf": 5}, "multipleOf", None),
    ({**STRING, "maxLength": 3}, STRING, "maxLength", None),
    ({**STRING, "minLength": 3}, {**STRING, "minLength": 2}, "minLength", None),
    ({**STRING, "pattern": "^aa"}, {**STRING, "pattern": "^a"}, "pattern", None),
    ({**STRING, "format": "date"}, STRING, "format", None),
    ({**STRING, "not": {"minLength": 3}}, {**STRING, "not": {"minLength": 5}}, "not", None),
    ({"type": "array", "items": STRING, "maxItems": 2}, {"type": "array", "items": STRING}, "maxItems", None),
    ({"type": "array", "items": STRING, "minItems": 1}, {"type": "array", "items": STRING}, "minItems", None),
    ({"type": "array", "uniqueItems": True}, {"type": "array"}, "uniqueItems", None),
    (
        {"type": "array", "items": STRING, "contains": {"const": "a"}},
        {"type": "array", "items": STRING},
        "contains",
        None,
    ),
    ({**OBJECT, "required": ["a", "b"]}, OBJECT, "required", "b"),
    ({**OBJECT, "minProperties": 2}, OBJECT, "minProperties", None),
    ({**OBJECT, "maxProperties": 1}, OBJECT, "maxProperties", None),
    ({**OBJECT, "dependentRequired": {"a": ["b"]}}, OBJECT, "dependentRequired", "b"),
    ({**OBJECT, "propertyNames": {"enum": ["a"]}}, OBJECT, "propertyNames", "b"),
    ({**OBJECT, "properties": {"a": STRING}, "additionalProperties": False}, OBJECT, "additionalProperties", "b"),
    ({**OBJECT, "properties": {"a": STRING}, "unevaluatedProperties": False}, OBJECT, "unevaluatedProperties", "b"),
    (
        {"type": "object", "additionalProperties": STRING},
        {"type": "object", "additionalProperties": True},
        "type",
        None,
    ),
    (
        {"type": "object", "patternProperties": {"^x": STRING}},
        {"type": "object", "additionalProperties": True},
        "type",
        None,
    ),
    ({"oneOf": [CAT, DOG]}, {"oneOf": [CAT, DOG, {"type": "integer"}]}, "oneOf", None),
    (
        {"anyOf": [{"minimum": 5, "type": "integer"}, {"maximum": 3, "type": "integer"}]},
        {"type": "integer"},
        "anyOf",
        None,
    ),
    ({**STRING, "if": {"maxLength": 2}, "then": {"pattern": "^a"}}, STRING, "pattern", None),
    (False, STRING, "false", None),
]


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("narrow, wide, keyword, name", NARROWER)
def test_a_narrowing_fails_one_way_at_its_keyword_and_is_proved_the_other(
    narrow: Any, wide: Any, keyword: str, name: str | None, wrapped: bool
):
    if wrapped:
        narrow, wide = inside({"type": "array", "items": narrow}), inside({"type": "array", "items": wide})

    assert (keyword, name) in [(k, n) for k, n, _ in broken(wide, narrow, parts=PARTS)]
    if narrow is not False:
        assert proved(narrow, wide, parts=PARTS)


def test_five_narrowed_properties_are_five_failures_each_with_a_payload_wrong_in_one_place():
    wide = {"type": "object", "properties": {f"p{i}": {"enum": ["a", "b"]} for i in range(5)}, "required": ["p0", "p1"]}
    narrow = {**wide, "properties": {f"p{i}": {"enum": ["b"]} for i in range(5)}}

    found = broken(wide, narrow)

    assert [payload for _, _, payload in found] == [
        {"p0": "a", "p1": "b"},
        {"p0": "b", "p1": "a"},
        *({"p0": "b", "p1": "b", f"p{i}": "a"} for i in (2, 3, 4)),
    ]


def test_two_properties_that_became_required_are_missed_one_at_a_time():
    found = broken(
        {"type": "object", "properties": {"a": STRING, "b": STRING}},
        {"type": "object", "properties": {"a": STRING, "b": STRING}, "required": ["a", "b"]},
    )

    assert found == [("required", "a", {"b": "a"}), ("required", "b", {"a": "a"})]


def test_a_failure_names_the_places_where_the_schemas_really_stand():
    parts = {"Item": {"type": "object", "properties": {"size": {"type": "integer"}}}}
    others = {"Item": {"type": "object", "properties": {"size": {"type": "integer", "maximum": 9}}}}
    body = inside({"type": "array", "items": {"$ref": "#/components/schemas/Item"}})

    (failure,) = decided(body, body, parts=parts, others=others).failures

    assert failure.base == failure.revision == "/components/schemas/Item/properties/size"
    assert (failure.keyword, failure.payload) == ("maximum", {"v": [{"size": 10}]})


def test_what_is_wrong_in_one_alternative_is_found_inside_of_it():
    parts = {"Dog": DOG, "Cat": PARTS["Cat"]}
    narrow = {**parts, "Cat": {**PARTS["Cat"], "required": ["kind", "lives"]}}
    body = {"oneOf": [CAT, {"$ref": "#/components/schemas/Dog"}]}

    (failure,) = decided(body, body, parts=parts, others=narrow).failures

    assert (failure.revision, failure.keyword, failure.name) == ("/components/schemas/Cat", "required", "lives")
    assert failure.payload == {"kind": "cat"}


def test_an_alternative_that_only_the_sender_has_is_blamed_on_the_alternatives():
    verdict = decided({"oneOf": [CAT, DOG]}, {"oneOf": [CAT]}, parts=PARTS)

    assert [(f.revision, f.keyword, f.payload) for f in verdict.failures] == [(ROOT, "oneOf", {"kind": "dog"})]


# --- the rules of senders and receivers


def test_a_new_optional_property_is_compatible_and_a_new_required_one_is_not():
    assert proved(OBJECT, {**OBJECT, "properties": {**OBJECT["properties"], "new": STRING}})
    assert proved(OBJECT, {**OBJECT, "properties": {"a": STRING}})
    assert [k for k, _, _ in broken(OBJECT, {**OBJECT, "required": ["a", "new"]})] == ["required"]


def test_a_sender_that_declares_nothing_writes_any_names_but_those_that_the_receiver_came_to_know():
    empty = {"type": "object", "properties": {}}

    assert proved(empty, OBJECT | {"required": []})
    assert [k for k, _, _ in broken(empty, {**empty, "maxProperties": 1})] == ["maxProperties"]
    assert [k for k, _, _ in broken(empty, {**empty, "additionalProperties": False})] == ["additionalProperties"]


def test_a_free_form_object_may_have_any_property():
    assert [(k, n) for k, n, _ in broken({"type": "object"}, {"type": "object", "properties": {"a": STRING}})] == [
        ("properties", "a")
    ]
    assert [
        (k, n)
        for k, n, _ in broken(
            {"type": "object", "additionalProperties": True}, {"type": "object", "properties": {"a": STRING}}
        )
    ] == [("properties", "a")]


def test_read_only_properties_are_no_part_of_requests_and_write_only_ones_none_of_responses():
    for word, way in (("readOnly", "request"), ("writeOnly", "response")):
        hidden = {"type": "object", "properties": {"id": {**STRING, word: True}, "a": STRING}, "required": ["id"]}
        other = {**hidden, "properties": {"id": {"type": "integer", word: True}, "a": STRING}}
        plain = {"type": "object", "properties": {"a": STRING}}
        assert proved(hidden, other, direction=way)
        assert proved(plain, hidden, direction=way)
        away = {"request": "response", "response": "request"}[way]
        assert not proved(hidden, other, direction=away)
        assert not proved(plain, hidden, direction=away)


def test_a_default_does_not_make_a_required_property_optional():
    taken = {"type": "object", "properties": {"a": {**STRING, "default": "x"}}, "required": ["a"]}

    assert [k for k, _, _ in broken({"type": "object", "properties": {"a": STRING}}, taken)] == ["required"]


def test_annotations_and_extensions_say_nothing():
    said: dict[str, Any] = {
        "description": "d",
        "title": "t",
        "examples": [1],
        "x-thing": 1,
        "deprecated": True,
        "x-extensible-enum": ["a"],
    }

    assert proved(STRING, {**STRING, **said})


@pytest.mark.parametrize("mark", ["x-unknown", "x-conditional"])
def test_what_is_not_known_is_a_doubt_on_either_side_and_says_why(mark: str):
    unknown = {mark: {"reason": "a value that is not followed", "at": "schemas.py:12"}}

    for sent, taken in ((inside(unknown), inside(STRING)), (inside(STRING), inside(unknown))):
        verdict = decided(sent, taken)
        assert not verdict.failures
        assert [("schemas.py:12" in d.reason, d.base) for d in verdict.doubts] == [(True, f"{ROOT}/properties/v")]
    assert proved(unknown, {})


def test_what_is_not_known_beside_a_failure_hides_nothing():
    sent = {"type": "object", "properties": {"u": {"x-unknown": {"reason": "r", "at": "a.py:1"}}, "v": STRING}}
    taken = {"type": "object", "properties": {"u": STRING, "v": {"type": "integer"}}}

    verdict = decided(sent, taken)

    assert [f.keyword for f in verdict.failures] == ["type"]
    assert len(verdict.doubts) == 1


def test_a_discriminator_chooses_among_alternatives_that_overlap():
    parts: dict[str, Any] = {
        "A": {"type": "object", "properties": {"kind": STRING, "x": STRING}, "required": ["kind"]},
        "B": {"type": "object", "properties": {"kind": STRING, "y": STRING}, "required": ["kind"]},
    }
    body = {
        "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
        "discriminator": {"propertyName": "kind"},
    }
    wider = {**parts, "A": {**parts["A"], "properties": {**parts["A"]["properties"], "z": STRING}}}
    narrow = {**parts, "B": {**parts["B"], "required": ["kind", "y"]}}

    assert proved(body, body, parts=parts, others=wider)
    assert proved(body, body, parts=wider, others=parts)
    (failure,) = decided(body, body, parts=parts, others=narrow).failures
    assert (failure.keyword, failure.name, failure.payload) == ("required", "y", {"kind": "B"})


# --- the two dialects


def test_nullable_and_boolean_bounds_of_the_older_dialect():
    old: dict[str, Any] = {"version": "3.0.3"}
    bounded = {"type": "integer", "minimum": 0, "exclusiveMinimum": True}

    assert proved(STRING, {**STRING, "nullable": True}, **old)
    assert decided({**STRING, "nullable": True}, STRING, **old).failures[0].payload is None
    assert proved({"type": "integer", "minimum": 1}, bounded, **old)
    assert decided({"type": "integer", "minimum": 0}, bounded, **old).failures[0].payload == 0
    assert proved({"allOf": [CAT], "nullable": True}, {"nullable": True, "allOf": [CAT]}, parts=PARTS, **old)


def test_keys_beside_a_reference_count_in_the_newer_dialect_only():
    sent, taken = inside(CAT), inside({**CAT, "required": ["lives"]})

    assert proved(sent, taken, parts=PARTS, version="3.0.3")
    assert [k for k, _, _ in broken(sent, taken, parts=PARTS)] == ["required"]


def test_one_dialect_is_compared_with_the_other():
    old = Side(document({**STRING, "nullable": True}, {}, "3.0.3"), "base")
    new = Side(document({"type": ["string", "null"]}, {}), "revision")
    same_text = Side(document({**STRING, "nullable": True}, {}), "revision")

    assert Decider(old, new).decide(ROOT, ROOT, "request").proved
    assert Decider(old, new).decide(ROOT, ROOT, "response").proved
    # `nullable` is no keyword any more: the same text means less.
    assert [f.payload for f in Decider(old, same_text).decide(ROOT, ROOT, "request").failures] == [None]


# --- cycles


def test_recursive_schemas_are_decided_by_assuming_what_is_asked_already():
    def node(value: Any) -> dict[str, Any]:
        child = {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "null"}]}
        return {"Node": {"type": "object", "properties": {"next": child, "v": value}, "required": ["next"]}}

    body = {"$ref": "#/components/schemas/Node"}
    short, long = node({**STRING, "maxLength": 1}), node(STRING)

    assert proved(body, body, parts=short, others=long)
    (failure,) = decided(body, body, parts=long, others=short).failures
    assert failure.payload == {"next": None, "v": "aa"}


def test_a_schema_that_no_finite_value_satisfies_is_in_every_other():
    parts = {
        "Loop": {"type": "object", "properties": {"self": {"$ref": "#/components/schemas/Loop"}}, "required": ["self"]}
    }

    assert proved({"$ref": "#/components/schemas/Loop"}, STRING, parts=parts)


def test_schemas_that_are_not_there_or_refer_to_nothing_are_doubts():
    assert [d.reason for d in decided(inside({"$ref": "#/nowhere"}), inside(STRING)).doubts] == [
        "a reference that names nothing: #/nowhere"
    ]
    assert decided({"$ref": "#/components/schemas/Root"}, STRING).doubts
