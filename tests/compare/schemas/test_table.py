"""Small pairs and what oasdiff's checks say of them; None where oasdiff is silent and Byte is not."""

from typing import Any

import pytest

from tests.compare.schemas.orders import order, rows, said

TEXT = {"type": "string"}
COUNT = {"type": "integer"}
NULL = {"type": "null"}
CARD = {"type": "object", "properties": {"number": TEXT}, "title": "Card"}
CASH = {"type": "object", "properties": {"currency": TEXT}, "title": "Cash"}
Rows = list[tuple[str, str | None]]

# One property `total` with these schemas on both sides: what is said where it is sent, and where it is answered.
PROPERTY: dict[str, tuple[Any, Any, Rows, Rows]] = {
    "a maximum that falls": (
        {**COUNT, "maximum": 10},
        {**COUNT, "maximum": 5},
        [("request-property-max-decreased", "ERR")],
        [("response-property-max-decreased", None)],
    ),
    "a maximum that is set": (
        COUNT,
        {**COUNT, "maximum": 5},
        [("request-property-max-set", "WARN")],
        [("response-property-max-set", None)],
    ),
    "a maximum of a property that is not sent": (
        {**COUNT, "readOnly": True, "maximum": 10},
        {**COUNT, "readOnly": True, "maximum": 5},
        [("request-read-only-property-max-decreased", "INFO")],
        [("response-property-max-decreased", None)],
    ),
    "an exclusive minimum that was a switch": (
        {**COUNT, "exclusiveMinimum": True},
        {**COUNT, "exclusiveMinimum": 5},
        [("request-property-exclusive-min-decreased", "INFO")],
        [("response-property-exclusive-min-changed", None)],
    ),
    "a length that is no longer limited": (
        {**TEXT, "maxLength": 10},
        TEXT,
        [("request-property-max-length-removed", None)],
        [("response-property-max-length-unset", "ERR")],
    ),
    "a least length: none is nought": (
        TEXT,
        {**TEXT, "minLength": 2},
        [("request-property-min-length-increased", "ERR")],
        [("response-property-min-length-increased", None)],
    ),
    "another type": (
        TEXT,
        COUNT,
        [("request-property-type-changed", "ERR")],
        [("response-property-type-changed", "ERR")],
    ),
    "an integer that became a number": (
        COUNT,
        {"type": "number"},
        [("request-property-type-generalized", "INFO")],
        [("response-property-type-generalized", "ERR")],
    ),
    "a format of a wider one": (
        {**COUNT, "format": "int32"},
        {**COUNT, "format": "int64"},
        [("request-property-type-generalized", "INFO")],
        [("response-property-type-changed", "ERR")],
    ),
    "null in the list of types": (
        TEXT,
        {"type": ["string", "null"]},
        [("request-property-became-nullable", "INFO")],
        [("response-property-became-nullable", "ERR")],
    ),
    "null by a oneOf around it, enum and all": (
        {**TEXT, "enum": ["a", "b"]},
        {"oneOf": [NULL, {**TEXT, "enum": ["a", "b"]}]},
        [("request-property-became-nullable", "INFO")],
        [("response-property-became-nullable", "ERR")],
    ),
    "null and another enum": (
        {**TEXT, "enum": ["a", "b"]},
        {"type": ["string", "null"], "enum": ["a", None]},
        [
            ("request-property-became-nullable", "INFO"),
            ("request-property-enum-value-added", "INFO"),
            ("request-property-enum-value-removed", "ERR"),
        ],
        [
            ("response-property-became-nullable", "ERR"),
            ("response-property-enum-value-added", "WARN"),
            ("response-property-enum-value-removed", "INFO"),
        ],
    ),
    "a type that became a list of types": (
        TEXT,
        {"oneOf": [TEXT, COUNT]},
        [("request-property-list-of-types-widened", "INFO")],
        [("response-property-list-of-types-widened", "ERR")],
    ),
    "an object that became a choice of objects": (
        order(number=TEXT, currency=TEXT),
        {"oneOf": [CARD, CASH]},
        [("request-property-one-of-added", "INFO")],
        [("response-property-one-of-added", "ERR")],
    ),
    "an enum where there was none": (
        TEXT,
        {**TEXT, "enum": ["a"]},
        [("request-property-became-enum", "ERR"), ("request-property-enum-value-added", "INFO")],
        [("response-property-became-enum", None), ("response-property-enum-value-added", "WARN")],
    ),
    "values that are one number, and one that is not": (
        {"enum": [1, 2]},
        {"enum": [1.0, True]},
        [("request-property-enum-value-added", "INFO"), ("request-property-enum-value-removed", "ERR")],
        [("response-property-enum-value-added", "WARN"), ("response-property-enum-value-removed", "INFO")],
    ),
    "a default that went": (
        {**TEXT, "default": ""},
        TEXT,
        [("request-property-default-value-removed", "INFO")],
        [("response-property-default-value-removed", "INFO")],
    ),
    "a constant of its own": (
        {**TEXT, "const": "a"},
        {**TEXT, "const": "b"},
        [("request-property-const-changed", "ERR")],
        [("response-property-const-changed", "ERR")],
    ),
    "a pattern that takes everything": (
        {**TEXT, "pattern": "^a"},
        {**TEXT, "pattern": ".*"},
        [("request-property-pattern-generalized", "INFO")],
        [("response-property-pattern-changed", "INFO")],
    ),
    "a part of an allOf that says nothing": (
        {"allOf": [TEXT]},
        {"allOf": [TEXT, {"description": "words"}, {"minLength": 1}]},
        [("request-property-all-of-added", "ERR"), ("request-property-all-of-added-annotation-only", "INFO")],
        [("response-property-all-of-added", "INFO"), ("response-property-all-of-added-annotation-only", "INFO")],
    ),
    "an alternative less": (
        {"anyOf": [CARD, CASH]},
        {"anyOf": [CARD]},
        [("request-property-any-of-removed", "ERR")],
        [("response-property-any-of-removed", "INFO")],
    ),
    "an alternative that differs, known by its title": (
        {"oneOf": [CARD, CASH]},
        {"oneOf": [CARD, {**CASH, "required": ["currency"]}]},
        [("request-property-became-required", "ERR")],
        [("response-property-became-required", "INFO")],
    ),
    "a property of a property that became required, with a default": (
        order(sum={**COUNT, "default": 1}),
        order("sum", sum={**COUNT, "default": 1}),
        [("request-property-became-required-with-default", "ERR")],
        [("response-property-became-required", "INFO")],
    ),
    "a name that is required and nowhere declared": (
        order(sum=COUNT),
        order("tax", sum=COUNT),
        [("request-undeclared-property-became-required", None)],
        [("response-undeclared-property-became-required", None)],
    ),
    "a property that came, and is required": (
        order(sum=COUNT),
        order("tax", sum=COUNT, tax=COUNT),
        [("new-required-request-property", "ERR")],
        [("response-required-property-added", "INFO")],
    ),
    "a property that went": (
        order(sum=COUNT, tax=COUNT),
        order(sum=COUNT),
        [("request-property-removed", "WARN")],
        [("response-optional-property-removed", "WARN")],
    ),
    "a property for reading only that went": (
        order(sum=COUNT, tax={**COUNT, "readOnly": True}),
        order(sum=COUNT),
        [("request-read-only-property-removed", None)],
        [("response-optional-property-removed", "WARN")],
    ),
    "a property for writing only that went": (
        order("tax", sum=COUNT, tax={**COUNT, "writeOnly": True}),
        order(sum=COUNT),
        [("request-property-removed", "WARN")],
        [("response-required-write-only-property-removed", "INFO")],
    ),
    "for reading only from now on": (
        TEXT,
        {**TEXT, "readOnly": True},
        [("request-optional-property-became-read-only", "INFO")],
        [("response-optional-property-became-read-only", "INFO")],
    ),
    "a condition": (
        TEXT,
        {**TEXT, "if": {"minLength": 3}, "then": {"pattern": "a"}},
        [("request-property-if-added", "ERR"), ("request-property-then-added", "ERR")],
        [("response-property-if-added", "INFO"), ("response-property-then-added", "INFO")],
    ),
    "what must be within a list": (
        {"type": "array", "contains": TEXT, "minContains": 2},
        {"type": "array", "contains": TEXT, "minContains": 1, "maxContains": 4},
        [("request-property-max-contains-set", None), ("request-property-min-contains-decreased", "INFO")],
        [("response-property-max-contains-set", None), ("response-property-min-contains-decreased", "ERR")],
    ),
    "first items": (
        {"type": "array", "prefixItems": [TEXT]},
        {"type": "array", "prefixItems": [TEXT, COUNT]},
        [("request-property-prefix-items-added", "INFO")],
        [("response-property-prefix-items-added", "ERR")],
    ),
    "names by a pattern": (
        {"type": "object", "patternProperties": {"^x": TEXT}, "propertyNames": {"maxLength": 3}},
        {"type": "object", "patternProperties": {"^x": TEXT, "^y": TEXT}},
        [("request-property-pattern-property-added", "ERR"), ("request-property-property-names-removed", "INFO")],
        [("response-property-pattern-property-added", "INFO"), ("response-property-property-names-removed", "ERR")],
    ),
    "what a property asks for": (
        {"dependentRequired": {"a": ["b"], "c": ["d"]}, "dependentSchemas": {"a": {}}},
        {"dependentRequired": {"a": ["b", "e"], "f": ["d"]}},
        [
            ("request-property-dependent-required-added", "ERR"),
            ("request-property-dependent-required-changed", "ERR"),
            ("request-property-dependent-required-removed", "INFO"),
            ("request-property-dependent-schema-removed", "INFO"),
        ],
        [
            ("response-property-dependent-required-added", "INFO"),
            ("response-property-dependent-required-changed", "ERR"),
            ("response-property-dependent-required-removed", "ERR"),
            ("response-property-dependent-schema-removed", "ERR"),
        ],
    ),
    "what is within a text": (
        {**TEXT, "contentMediaType": "text/a"},
        {**TEXT, "contentEncoding": "base64", "contentSchema": {}},
        [
            ("request-property-content-encoding-changed", "ERR"),
            ("request-property-content-media-type-changed", "ERR"),
            ("request-property-content-schema-added", "ERR"),
        ],
        [
            ("response-property-content-encoding-changed", "ERR"),
            ("response-property-content-media-type-changed", "ERR"),
            ("response-property-content-schema-added", "INFO"),
        ],
    ),
    "what is left over": (
        {"unevaluatedProperties": {}},
        {"unevaluatedProperties": False},
        [("request-property-unevaluated-properties-removed", "INFO")],
        [("response-property-unevaluated-properties-removed", "ERR")],
    ),
    "a discriminator": (
        {"discriminator": {"propertyName": "kind", "mapping": {"a": "A", "b": "B", "c": "C"}}},
        {"discriminator": {"propertyName": "type", "mapping": {"a": "B", "b": "B", "d": "D"}}},
        [
            ("request-property-discriminator-mapping-added", "INFO"),
            ("request-property-discriminator-mapping-changed", "INFO"),
            ("request-property-discriminator-mapping-deleted", "INFO"),
            ("request-property-discriminator-property-name-changed", "INFO"),
        ],
        [
            ("response-property-discriminator-mapping-added", "INFO"),
            ("response-property-discriminator-mapping-changed", "INFO"),
            ("response-property-discriminator-mapping-deleted", "INFO"),
            ("response-property-discriminator-property-name-changed", "INFO"),
        ],
    ),
    "a deprecation with a sunset to come": (
        TEXT,
        {**TEXT, "deprecated": True, "x-sunset": "2027-01-01"},
        [("request-property-deprecated-with-sunset", "INFO")],
        [("response-property-deprecated-with-sunset", "INFO")],
    ),
    "a deprecation with a sunset in the past": (
        TEXT,
        {**TEXT, "deprecated": True, "x-sunset": "2026-05-31"},
        [("request-property-sunset-date-too-small", "ERR")],
        [("response-property-sunset-date-too-small", "ERR")],
    ),
    "a sunset that is no date": (
        TEXT,
        {**TEXT, "deprecated": True, "x-sunset": "soon"},
        [("request-property-deprecated-sunset-invalid", "ERR")],
        [("response-property-deprecated-sunset-invalid", "ERR")],
    ),
    "no longer deprecated": (
        {**TEXT, "deprecated": True},
        TEXT,
        [("request-property-reactivated", "INFO")],
        [("response-property-reactivated", "INFO")],
    ),
    "less stable": (
        TEXT,
        {**TEXT, "x-stability-level": "draft"},
        [("request-property-stability-decreased", "ERR")],
        [("response-property-stability-decreased", "ERR")],
    ),
    "values that may grow": (
        {**TEXT, "x-extensible-enum": ["a", "b"]},
        {**TEXT, "x-extensible-enum": ["b", "c"]},
        [("request-property-x-extensible-enum-value-removed", "ERR")],
        [("response-property-x-extensible-enum-changed", None)],
    ),
    "keywords that oasdiff does not look at": (
        {"multipleOf": 2, "maxProperties": 3, "additionalProperties": False, "uniqueItems": False},
        {"multipleOf": 4, "uniqueItems": True, "not": {"const": 1}, "items": TEXT},
        [
            ("request-property-additional-properties-allowed", None),
            ("request-property-items-added", None),
            ("request-property-max-properties-removed", None),
            ("request-property-multiple-of-changed", None),
            ("request-property-not-added", None),
            ("request-property-unique-items-changed", None),
        ],
        [
            ("response-property-additional-properties-allowed", None),
            ("response-property-items-added", None),
            ("response-property-max-properties-unset", None),
            ("response-property-multiple-of-changed", None),
            ("response-property-not-added", None),
            ("response-property-unique-items-changed", None),
        ],
    ),
    "words": (
        {**TEXT, "title": "a", "description": "b", "example": 1, "x-note": 1, "xml": {"name": "a"}},
        {**TEXT, "title": "c", "description": "d", "examples": [2], "externalDocs": {"url": "u"}},
        [],
        [],
    ),
}

# The body itself with these schemas on both sides.
BODY: dict[str, tuple[Any, Any, Rows, Rows]] = {
    "an enum: oasdiff knows only values that went": (
        {**TEXT, "enum": ["a", "b"]},
        {**TEXT, "enum": ["b", "c"]},
        [("request-body-enum-value-added", None), ("request-body-enum-value-removed", "ERR")],
        [("response-body-enum-value-added", None), ("response-mediatype-enum-value-removed", "INFO")],
    ),
    "a pattern: none of oasdiff's": (
        TEXT,
        {**TEXT, "pattern": "a"},
        [("request-body-pattern-added", None)],
        [("response-body-pattern-added", None)],
    ),
    "an object that became a choice": (
        order(number=TEXT, other=TEXT),
        {"oneOf": [CARD, CASH]},
        [("request-body-wrapped-in-one-of", "ERR"), ("request-property-removed", "WARN")],
        [("response-body-wrapped-in-one-of", "ERR"), ("response-optional-property-removed", "WARN")],
    ),
    "a type": (
        order(),
        {"type": "array"},
        [("request-body-type-changed", "ERR")],
        [("response-body-type-changed", "ERR")],
    ),
    "a property that became optional": (
        order("sum", sum=COUNT),
        order(sum=COUNT),
        [("request-property-became-optional", "INFO")],
        [("response-property-became-optional", "ERR")],
    ),
    "a property deep within": (
        {"type": "array", "items": {"anyOf": [order(sum=COUNT), NULL]}},
        {"type": "array", "items": {"anyOf": [order(sum=TEXT), NULL]}},
        [("request-property-type-changed", "ERR")],
        [("response-property-type-changed", "ERR")],
    ),
    "values of a map": (
        {"additionalProperties": COUNT},
        {"additionalProperties": TEXT},
        [("request-property-type-changed", "ERR")],
        [("response-property-type-changed", "ERR")],
    ),
}


@pytest.mark.parametrize("name", PROPERTY)
def test_a_property_is_told_as_oasdiff_tells_it(name: str) -> None:
    base, revision, request, response = PROPERTY[name]
    assert rows(said(order(total=base), order(total=revision))) == request
    assert rows(said(order(total=base), order(total=revision), "response")) == response


@pytest.mark.parametrize("name", BODY)
def test_a_body_is_told_as_oasdiff_tells_it(name: str) -> None:
    base, revision, request, response = BODY[name]
    assert rows(said(base, revision)) == request
    assert rows(said(base, revision, "response")) == response


def test_a_number_may_be_read_as_a_text_where_the_media_type_knows_no_difference() -> None:
    assert rows(said(COUNT, TEXT, media_type="text/plain")) == [("request-body-type-compatible", "INFO")]
    assert rows(said(COUNT, TEXT, media_type="application/problem+json")) == [("request-body-type-changed", "ERR")]


def test_a_change_says_where_it_is_and_what_it_is_about() -> None:
    base, revision = order(lines={"type": "array", "items": order("sku", sku=TEXT)}), None
    revision = order(lines={"type": "array", "items": order("sku", "count", sku=TEXT, count=COUNT)})
    (change,) = said(base, revision)
    assert change.location == "request body (application/json) → lines → items → count"
    assert change.message == "request property `lines/items/count` was added and is required"
    assert (change.base, change.revision) == ("", "/body/properties/lines/items/properties/count")
    assert change.name == "count"
    assert "required" in change.keywords
    assert change.level is None


def test_without_a_date_a_sunset_is_undecided_and_not_listed() -> None:
    (change,) = said(order(total=TEXT), order(total={**TEXT, "deprecated": True, "x-sunset": "2026-01-01"}), as_of=None)
    assert (change.id, change.oasdiff) == ("request-property-deprecated-with-sunset", None)
    assert change.undecided


def test_deprecation_is_not_told_where_the_stability_of_the_operation_cannot_be_read() -> None:
    assert said(order(total=TEXT), order(total={**TEXT, "deprecated": True}), readable=False) == []


def test_the_stability_of_a_property_of_a_webhook_is_not_oasdiffs() -> None:
    less = order(total={**TEXT, "x-stability-level": "draft"})
    assert rows(said(order(total=TEXT), less, path="webhook:paid")) == [("request-property-stability-decreased", None)]


def test_what_could_not_be_read_on_one_side_did_not_come_or_go() -> None:
    changes = said(order(total=order(sum=TEXT)), order(total={"x-unknown": {"reason": "made at run time"}}), "response")
    assert rows(changes) == [("response-property-unknown", None)]
    assert changes[0].undecided == "it could not be read on the revision side"


def test_what_can_break_nothing_explains_no_break_that_another_change_explains() -> None:
    """Both enum values are at one place: only the one that went is what a request fails at."""
    keywords = {c.id: c.keywords for c in said(order(total={"enum": ["a", "b"]}), order(total={"enum": ["b", "c"]}))}
    assert keywords == {"request-property-enum-value-removed": ("enum",), "request-property-enum-value-added": ()}
    (more,) = said(order(total={"enum": ["a"]}), order(total={"enum": ["a", "b"]}))
    assert more.keywords == ("enum",)


def test_a_stability_level_that_cannot_be_read_is_told_where_extensions_changed() -> None:
    changes = said(order(total={"x-stability-level": 3}), order(total={"x-stability-level": 3, "x-note": 1}))
    assert rows(changes) == [("api-invalid-stability-level", "ERR")]
