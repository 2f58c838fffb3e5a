"""What each kind of change is called, what oasdiff thinks of it, and what Byte does: one small pair for each."""

import copy
from typing import Any

import pytest

from byte.compare.levels import OASDIFF_LEVELS
from byte.model.contract import Document
from tests.compare.protocol.made import (
    FINE,
    Told,
    answer,
    body,
    document,
    header,
    listing,
    operation,
    placing,
    query,
    told,
)

NUMBER: Document = {"type": "integer"}
RETRY: Document = {"schema": {"type": "integer"}}
PAST, FUTURE, LATER = "2026-05-31", "2026-06-02", "2026-07-01"


def limited(**schema: Any) -> Document:
    """`GET /orders?limit=` with an integer that has some bounds."""
    return listing(parameters=[query(schema={"type": "integer", **schema})])


def named(**schema: Any) -> Document:
    """`GET /orders?limit=` with a string."""
    return listing(parameters=[query(schema={"type": "string", **schema})])


def deprecated(**said: Any) -> Document:
    """`GET /orders`, deprecated."""
    return listing(deprecated=True, **said)


def param(**said: Any) -> Document:
    """`GET /orders?limit=` with some fields of the parameter."""
    return listing(parameters=[query(**said)])


def retry(**said: Any) -> Document:
    """A 200 with a `Retry-After` header."""
    return listing(responses=answer(headers={"Retry-After": {"schema": {"type": "integer"}, **said}}))


def typed(schema: Document) -> Document:
    """A 200 with a `Retry-After` header of some schema."""
    return retry(schema=schema)


def spread(schema: Document, *, ahead: str) -> Document:
    """`GET /orders` with a filter object in a header, as JSON Schema says it."""
    return listing(parameters=[header("X-Filter", {"type": "object", **schema})], summary=ahead)


def answered(**content: Document) -> Document:
    """A 200 with some media types."""
    return listing(responses=answer(content={name.replace("_", "/", 1): media for name, media in content.items()}))


def answering(*names: str, schema: Document | None = None) -> Document:
    """A 200 with media types of these names."""
    return listing(responses=answer(content={name: {"schema": schema or {}} for name in names}))


TEXT: Document = {"schema": {"type": "string"}}
STRINGS: Document = {"type": "array", "items": {"type": "string"}}

TABLE: dict[str, tuple[Document, Document, list[Told]]] = {
    "operation added": (
        document({"/orders": {"get": operation()}}),
        document({"/orders": {"get": operation(), "post": operation()}}),
        [("endpoint-added", "INFO", "info")],
    ),
    "path added": (document(), listing(), [("endpoint-added", "INFO", "info")]),
    "path removed": (listing(), document(), [("api-path-removed-without-deprecation", "ERR", "breaking")]),
    "path removed, deprecated": (deprecated(), document(), [("api-path-removed-with-deprecation", "INFO", "warning")]),
    "path removed before its sunset": (
        deprecated(**{"x-sunset": FUTURE}),
        document(),
        [("api-path-removed-before-sunset", "ERR", "breaking")],
    ),
    "path removed on its sunset": (
        deprecated(**{"x-sunset": "2026-06-01"}),
        document(),
        [("api-path-removed-after-sunset", None, "info")],
    ),
    "path removed, sunset unreadable": (
        deprecated(**{"x-sunset": "in May"}),
        document(),
        [("api-path-sunset-parse", "ERR", "breaking")],
    ),
    "path removed, draft": (
        listing(**{"x-stability-level": "draft"}),
        document(),
        [("api-path-removed-without-deprecation", None, "info")],
    ),
    "path removed, stability unreadable": (
        listing(**{"x-stability-level": "solid"}),
        document(),
        [("api-invalid-stability-level", "ERR", "warning"), ("api-path-removed-without-deprecation", None, "breaking")],
    ),
    "operation removed": (
        document({"/orders": {"get": operation(), "delete": operation()}}),
        listing(),
        [("api-removed-without-deprecation", "ERR", "breaking")],
    ),
    "operation removed, deprecated": (
        document({"/orders": {"get": operation(), "delete": operation(deprecated=True)}}),
        listing(),
        [("api-removed-with-deprecation", "INFO", "warning")],
    ),
    "operation removed before its sunset": (
        document({"/orders": {"get": operation(), "delete": operation(deprecated=True, **{"x-sunset": FUTURE})}}),
        listing(),
        [("api-removed-before-sunset", "ERR", "breaking")],
    ),
    "path parameter renamed": (
        document({"/orders/{id}": {"get": operation(parameters=[{**query("id"), "in": "path", "required": True}])}}),
        document({"/orders/{no}": {"get": operation(parameters=[{**query("no"), "in": "path", "required": True}])}}),
        [("request-path-parameter-renamed", None, "info")],
    ),
    "deprecated": (listing(), deprecated(), [("endpoint-deprecated", "INFO", "info")]),
    "deprecated with a sunset": (
        listing(),
        deprecated(**{"x-sunset": FUTURE}),
        [("endpoint-deprecated-with-sunset", "INFO", "info")],
    ),
    "deprecated with a sunset in the past": (
        listing(),
        deprecated(**{"x-sunset": PAST}),
        [("api-sunset-date-too-small", "ERR", "warning")],
    ),
    "deprecated with an unreadable sunset": (
        listing(),
        deprecated(**{"x-sunset": 20260601}),
        [("api-deprecated-sunset-parse", "ERR", "warning")],
    ),
    "reactivated": (deprecated(), listing(), [("endpoint-reactivated", "INFO", "info")]),
    "sunset deleted": (deprecated(**{"x-sunset": FUTURE}), deprecated(), [("sunset-deleted", "ERR", "warning")]),
    "sunset moved to the past": (
        deprecated(**{"x-sunset": LATER}),
        deprecated(**{"x-sunset": PAST}),
        [("api-sunset-date-changed-too-small", "ERR", "warning")],
    ),
    "sunset moved, still to come": (deprecated(**{"x-sunset": LATER}), deprecated(**{"x-sunset": FUTURE}), []),
    "sunset became unreadable": (
        deprecated(**{"x-sunset": LATER}),
        deprecated(**{"x-sunset": "soon"}),
        [("api-path-sunset-parse", "ERR", "warning")],
    ),
    "stability decreased": (
        listing(**{"x-stability-level": "stable"}),
        listing(**{"x-stability-level": "beta"}),
        [("api-stability-decreased", "ERR", "warning")],
    ),
    "stability increased": (
        listing(**{"x-stability-level": "beta"}),
        listing(),
        [("api-stability-increased", "INFO", "info")],
    ),
    "stability fell to draft": (
        listing(operationId="list"),
        listing(**{"x-stability-level": "draft"}),
        [("api-stability-decreased", "ERR", "warning"), ("api-operation-id-removed", None, "info")],
    ),
    "stability unreadable": (
        listing(),
        listing(**{"x-stability-level": "solid"}),
        [("api-invalid-stability-level", "ERR", "warning")],
    ),
    "operationId added": (listing(), listing(operationId="list"), [("api-operation-id-added", "INFO", "info")]),
    "operationId changed": (
        listing(operationId="orders"),
        listing(operationId="list"),
        [("api-operation-id-removed", "INFO", "info")],
    ),
    "tags": (
        listing(tags=["a", "b"]),
        listing(tags=["b", "c"]),
        [("api-tag-added", "INFO", "info"), ("api-tag-removed", "INFO", "info")],
    ),
    "schema component removed": (
        document(components={"schemas": {"Order": {}}}),
        document(),
        [("api-schema-removed", "INFO", "info")],
    ),
    "server removed": (
        document(servers=[{"url": "https://a.example/v1"}, {"url": "https://b.example"}]),
        document(servers=[{"url": "https://b.example/"}, {"url": "https://c.example"}]),
        [("server-added", None, "info"), ("server-removed", None, "warning")],
    ),
    "body added, required": (
        placing(),
        placing(requestBody=body(required=True)),
        [("request-body-added-required", "ERR", "breaking")],
    ),
    "body added": (placing(), placing(requestBody=body()), [("request-body-added-optional", "INFO", "info")]),
    "body removed": (placing(requestBody=body()), placing(), [("request-body-removed", "ERR", "breaking")]),
    "body became required": (
        placing(requestBody=body()),
        placing(requestBody=body(required=True)),
        [("request-body-became-required", "ERR", "breaking")],
    ),
    "body became optional": (
        placing(requestBody=body(required=True)),
        placing(requestBody=body()),
        [("request-body-became-optional", "INFO", "info")],
    ),
    "body's media type changed": (
        placing(requestBody=body("application/json")),
        placing(requestBody=body("text/csv")),
        [("request-body-media-type-added", "INFO", "info"), ("request-body-media-type-removed", "ERR", "breaking")],
    ),
    "body's media type widened to a range": (
        placing(requestBody=body("application/json")),
        placing(requestBody=body("application/*")),
        [("request-body-media-type-added", "INFO", "info"), ("request-body-media-type-removed", "ERR", "info")],
    ),
    "body's media type specialised": (
        placing(requestBody=body("application/json")),
        placing(requestBody=body("application/order+json")),
        [("request-body-media-type-name-changed", None, "breaking")],
    ),
    "body's schema given": (
        placing(requestBody={"content": {"text/plain": {}}}),
        placing(requestBody={"content": {"text/plain": TEXT}}),
        [("request-body-media-type-schema-added", "ERR", "warning")],
    ),
    "body's schema dropped": (
        placing(requestBody={"content": {"text/plain": TEXT}}),
        placing(requestBody={"content": {"text/plain": {}}}),
        [("request-body-media-type-schema-removed", "INFO", "info")],
    ),
    "answer's media type changed": (
        answering("application/json"),
        answering("text/csv"),
        [("response-media-type-added", "INFO", "info"), ("response-media-type-removed", "ERR", "breaking")],
    ),
    "answer's media type got a parameter": (
        answering("application/json"),
        answering("application/json; charset=utf-8"),
        [("response-media-type-name-changed", "INFO", "info")],
    ),
    "answer's media type specialised": (
        answering("application/json"),
        answering("application/problem+json"),
        [("response-media-type-name-specialized", "INFO", "info")],
    ),
    "answer's media type generalised": (
        answering("application/problem+json"),
        answering("application/json"),
        [("response-media-type-name-generalized", "ERR", "breaking")],
    ),
    "answer's schema given": (
        listing(responses=answer(content={"text/plain": {}})),
        listing(responses=answer(content={"text/plain": TEXT})),
        [("response-body-media-type-schema-added", "INFO", "info")],
    ),
    "answer's schema dropped": (
        listing(responses=answer(content={"text/plain": TEXT})),
        listing(responses=answer(content={"text/plain": {}})),
        [("response-body-media-type-schema-removed", "WARN", "warning")],
    ),
    "statuses changed": (
        listing(responses={"200": {"description": ""}, "404": {"description": ""}}),
        listing(responses={"202": {"description": ""}, "409": {"description": ""}}),
        [
            ("response-non-success-status-added", "INFO", "info"),
            ("response-non-success-status-removed", "INFO", "info"),
            ("response-success-status-added", "INFO", "info"),
            ("response-success-status-removed", "ERR", "breaking"),
        ],
    ),
    "status became a range": (
        listing(responses={"200": {"description": ""}}),
        listing(responses={"2XX": {"description": ""}}),
        [("response-success-status-added", None, "info"), ("response-success-status-removed", "ERR", "info")],
    ),
    "response header added": (
        listing(responses=answer()),
        retry(),
        [("response-header-added", "INFO", "info")],
    ),
    "response header removed": (
        retry(),
        listing(responses=answer()),
        [("optional-response-header-removed", "WARN", "warning")],
    ),
    "required response header removed": (
        retry(required=True),
        listing(responses=answer()),
        [("required-response-header-removed", "ERR", "breaking")],
    ),
    "response header became optional": (
        retry(required=True),
        retry(),
        [("response-header-became-optional", "ERR", "breaking")],
    ),
    "response header became nullable": (
        typed({"type": "integer"}),
        typed({"type": ["integer", "null"]}),
        [("response-header-became-nullable", "ERR", None)],
    ),
    "response header written in another case": (
        listing(responses=answer(headers={"X-Page": RETRY})),
        listing(responses=answer(headers={"x-page": RETRY})),
        [("optional-response-header-removed", "WARN", "info"), ("response-header-added", "INFO", "info")],
    ),
    "response header became a string": (
        typed({"type": "integer"}),
        typed({"type": "string"}),
        [("response-header-type-changed", "ERR", None)],
    ),
    "response header became a number": (
        typed({"type": "string"}),
        typed({"type": "integer"}),
        [("response-header-type-compatible", "INFO", "info")],
    ),
    "response header narrowed": (
        typed({"type": "number"}),
        typed({"type": "integer"}),
        [("response-header-type-specialized", "INFO", None)],
    ),
    "response header widened": (
        typed({"type": "integer"}),
        typed({"type": "number"}),
        [("response-header-type-generalized", "ERR", None)],
    ),
    "response header bounded": (
        typed({"type": "integer", "maximum": 60}),
        typed({"type": "integer"}),
        [("response-header-maximum-changed", None, None)],
    ),
    "parameter removed": (param(), listing(), [("request-parameter-removed", "WARN", "warning")]),
    "deprecated parameter removed": (
        param(deprecated=True),
        listing(),
        [("request-parameter-removed-with-deprecation", "INFO", "info")],
    ),
    "parameter removed before its sunset": (
        param(deprecated=True, **{"x-sunset": FUTURE}),
        listing(),
        [("request-parameter-removed-before-sunset", "ERR", "warning")],
    ),
    "parameter removed after its sunset": (
        param(deprecated=True, **{"x-sunset": PAST}),
        listing(),
        [("request-parameter-removed-after-sunset", None, "info")],
    ),
    "parameter removed, sunset unreadable": (
        param(deprecated=True, **{"x-sunset": []}),
        listing(),
        [("request-parameter-sunset-parse", "ERR", "warning")],
    ),
    "optional parameter added": (listing(), param(), [("new-optional-request-parameter", "INFO", "info")]),
    "required parameter added": (
        listing(),
        param(required=True),
        [("new-required-request-parameter", "ERR", "breaking")],
    ),
    "path parameter declared": (
        document({"/orders/{id}": {"get": operation()}}),
        document({"/orders/{id}": {"get": operation(parameters=[{**query("id"), "in": "path", "required": True}])}}),
        [("new-request-path-parameter", "ERR", "warning")],
    ),
    "parameter of the path item added": (
        document({"/orders": {"get": operation()}}),
        document({"/orders": {"get": operation(), "parameters": [query(required=True)]}}),
        [("new-required-request-default-parameter-to-existing-path", "ERR", "breaking")],
    ),
    "parameter moved to the path item": (
        document({"/orders": {"get": operation(parameters=[query()])}}),
        document({"/orders": {"get": operation(), "parameters": [query()]}}),
        [
            ("new-optional-request-default-parameter-to-existing-path", "INFO", "info"),
            ("request-parameter-removed", "WARN", "info"),
        ],
    ),
    "parameter moved from the path item": (
        document({"/orders": {"get": operation(), "parameters": [query(required=True)]}}),
        document({"/orders": {"get": operation(parameters=[query(required=True)])}}),
        [("new-required-request-parameter", "ERR", "info")],
    ),
    "parameter of the path item became required": (
        document({"/orders": {"get": operation(), "parameters": [query()]}}),
        document({"/orders": {"get": operation(), "parameters": [query(required=True)]}}),
        [("request-parameter-became-required", None, "breaking")],
    ),
    "parameter of the path item removed": (
        document({"/orders": {"get": operation(), "parameters": [query()]}}),
        listing(),
        [("request-parameter-removed", None, "warning")],
    ),
    "header written in another case": (
        listing(parameters=[header("X-Tenant", required=True)]),
        listing(parameters=[header("x-tenant", required=True)]),
        [("new-required-request-parameter", "ERR", "info"), ("request-parameter-removed", "WARN", "info")],
    ),
    "parameter became required": (
        param(),
        param(required=True),
        [("request-parameter-became-required", "ERR", "breaking")],
    ),
    "parameter became optional": (
        param(required=True),
        param(),
        [("request-parameter-became-optional", "INFO", "info")],
    ),
    "parameter deprecated": (
        param(),
        param(deprecated=True, **{"x-sunset": FUTURE}),
        [("request-parameter-deprecated", "INFO", "info")],
    ),
    "parameter deprecated with a sunset in the past": (
        param(),
        param(deprecated=True, **{"x-sunset": PAST}),
        [("request-parameter-sunset-date-too-small", "ERR", "warning")],
    ),
    "parameter reactivated": (
        param(deprecated=True),
        param(),
        [("request-parameter-reactivated", "INFO", "info")],
    ),
    "parameter's sunset deleted": (
        param(deprecated=True, **{"x-sunset": FUTURE}),
        param(deprecated=True),
        [("request-parameter-sunset-deleted", "ERR", "warning")],
    ),
    "parameter's sunset moved to the past": (
        param(deprecated=True, **{"x-sunset": FUTURE}),
        param(deprecated=True, **{"x-sunset": PAST}),
        [("request-parameter-sunset-date-changed-too-small", "ERR", "warning")],
    ),
    "parameter became an enum": (
        named(),
        named(enum=["new", "paid"]),
        [
            ("request-parameter-became-enum", "ERR", None),
            ("request-parameter-enum-value-added", "INFO", "info"),
            ("request-parameter-enum-value-added", "INFO", "info"),
        ],
    ),
    "parameter's enum changed": (
        named(enum=["new", "paid"]),
        named(enum=["paid", "sent"]),
        [("request-parameter-enum-value-added", "INFO", "info"), ("request-parameter-enum-value-removed", "ERR", None)],
    ),
    "parameter's type is text on the wire": (
        param(schema={"type": "integer"}),
        param(schema={"type": "string"}),
        [("request-parameter-type-generalized", "INFO", "info")],
    ),
    "parameter's type changed": (
        param(schema={"type": "string"}),
        param(schema={"type": "integer"}),
        [("request-parameter-type-changed", "ERR", None)],
    ),
    "one value became a list of repeated ones": (
        param(schema={"type": "string"}),
        param(schema=STRINGS),
        [("request-parameter-type-generalized", "INFO", "info")],
    ),
    "one value became a list that is joined": (
        param(schema={"type": "string"}),
        param(schema=STRINGS, explode=False),
        [
            ("request-parameter-items-changed", None, None),
            ("request-parameter-style-changed", None, "breaking"),
            ("request-parameter-type-changed", "ERR", None),
        ],
    ),
    "parameter became nullable": (
        param(schema={"type": "string"}),
        param(schema={"type": ["string", "null"]}),
        [("request-parameter-became-nullable", "INFO", None)],
    ),
    "parameter became not nullable": (
        param(schema={"type": ["string", "null"]}),
        param(schema={"type": "string"}),
        [("request-parameter-became-not-nullable", "ERR", None)],
    ),
    "parameter's list of types narrowed": (
        param(schema={"oneOf": [{"type": "string"}, {"type": "integer"}]}),
        param(schema={"type": "integer"}),
        [("request-parameter-list-of-types-narrowed", "ERR", None)],
    ),
    "pattern added": (named(), named(pattern="^a"), [("request-parameter-pattern-added", "ERR", None)]),
    "pattern removed": (named(pattern="^a"), named(), [("request-parameter-pattern-removed", "INFO", None)]),
    "pattern changed": (
        named(pattern="^a"),
        named(pattern="^b"),
        [("request-parameter-pattern-changed", "WARN", None)],
    ),
    "pattern generalised": (
        named(pattern="^a"),
        named(pattern=".*"),
        [("request-parameter-pattern-generalized", "INFO", None)],
    ),
    "default added": (limited(), limited(default=10), [("request-parameter-default-value-added", "ERR", None)]),
    "default changed": (
        limited(default=10),
        limited(default=20),
        [("request-parameter-default-value-changed", "ERR", None)],
    ),
    "default removed": (limited(default=10), limited(), [("request-parameter-default-value-removed", "ERR", None)]),
    "maximum set": (limited(), limited(maximum=100), [("request-parameter-max-set", "WARN", None)]),
    "maximum decreased": (
        limited(maximum=100),
        limited(maximum=50),
        [("request-parameter-max-decreased", "ERR", None)],
    ),
    "maximum increased": (
        limited(maximum=50),
        limited(maximum=100),
        [("request-parameter-max-increased", "INFO", None)],
    ),
    "maximum removed": (limited(maximum=50), limited(), [("request-parameter-max-removed", None, None)]),
    "exclusive bounds": (
        limited(exclusiveMaximum=50),
        limited(exclusiveMaximum=40, exclusiveMinimum=0),
        [
            ("request-parameter-exclusive-max-decreased", "ERR", None),
            ("request-parameter-exclusive-min-set", "WARN", None),
        ],
    ),
    "minimum": (limited(minimum=1), limited(minimum=2), [("request-parameter-min-increased", "ERR", None)]),
    "lengths": (
        named(minLength=1),
        named(maxLength=5),
        [("request-parameter-max-length-set", "WARN", None), ("request-parameter-min-length-decreased", "INFO", None)],
    ),
    "numbers of items": (
        param(schema={**STRINGS, "maxItems": 5}),
        param(schema={**STRINGS, "maxItems": 4, "minItems": 1}),
        [
            ("request-parameter-max-items-decreased", "ERR", None),
            ("request-parameter-min-items-increased", "ERR", None),
        ],
    ),
    "extensible enum": (
        named(**{"x-extensible-enum": ["a", "b"]}),
        named(**{"x-extensible-enum": ["b"]}),
        [("request-parameter-x-extensible-enum-value-removed", "ERR", None)],
    ),
    "something oasdiff does not look at": (
        limited(),
        limited(multipleOf=5),
        [("request-parameter-multiple-of-changed", None, None)],
    ),
    "property of a parameter": (
        param(schema={"type": "object", "properties": {"a": {"type": "string", "enum": ["x", "y"]}}}),
        param(schema={"type": "object", "properties": {"a": {"type": ["string", "null"], "enum": ["x", "z"]}}}),
        [
            ("request-parameter-property-became-nullable", "INFO", None),
            ("request-parameter-property-enum-value-added", "INFO", "info"),
            ("request-parameter-property-enum-value-removed", "ERR", None),
        ],
    ),
    "property's type, text or not": (
        param(schema={"type": "object", "properties": {"a": {"type": "integer"}}}),
        param(schema={"type": "object", "properties": {"a": {"type": "string"}}}),
        [("request-parameter-property-type-changed", "WARN", "warning")],
    ),
    "property of a header became required": (
        listing(parameters=[header("X-Filter", {"type": "object", "properties": {"a": {}}})]),
        listing(parameters=[header("X-Filter", {"type": "object", "properties": {"a": {}}, "required": ["a"]})]),
        [("request-header-property-became-required", "ERR", None)],
    ),
    "required property of a header added": (
        listing(parameters=[header("X-Filter", {"type": "object", "properties": {}})]),
        listing(parameters=[header("X-Filter", {"type": "object", "properties": {"a": {}}, "required": ["a"]})]),
        [
            ("new-required-request-header-property", "ERR", None),
            ("request-parameter-properties-changed", None, None),
            ("request-parameter-required-changed", None, None),
        ],
    ),
    "header became an enum": (
        listing(parameters=[header()]),
        listing(parameters=[header(schema={"type": "string", "enum": ["a"]})]),
        [
            ("request-header-property-became-enum", "ERR", None),
            ("request-parameter-became-enum", "ERR", None),
            ("request-parameter-enum-value-added", "INFO", "info"),
        ],
    ),
    "a list is joined": (
        param(schema=STRINGS),
        param(schema=STRINGS, explode=False),
        [("request-parameter-style-changed", None, "breaking")],
    ),
    "the style said aloud": (
        param(schema=STRINGS),
        param(schema=STRINGS, style="form", explode=True),
        [],
    ),
    "style of a single value": (param(), param(explode=False), []),
    "reserved characters": (
        param(allowReserved=True),
        param(),
        [("request-parameter-reserved-disallowed", None, "warning")],
    ),
    "empty value": (param(), param(allowEmptyValue=True), [("request-parameter-empty-value-allowed", None, "info")]),
    "parameter written as JSON now": (
        param(),
        listing(parameters=[{"name": "limit", "in": "query", "content": {"application/json": TEXT}}]),
        [("request-parameter-content-changed", None, "breaking")],
    ),
    "parameter written as JSON": (
        listing(parameters=[{"name": "f", "in": "query", "content": {"application/json": {"schema": NUMBER}}}]),
        listing(
            parameters=[
                {"name": "f", "in": "query", "content": {"application/json": {"schema": {**NUMBER, "maximum": 5}}}}
            ]
        ),
        [("request-parameter-content-maximum-changed", None, None)],
    ),
    "a parameter beside a property of its name stays": (
        listing(parameters=[query("a"), query("f", {"type": "object", "properties": {"a": NUMBER}}, explode=True)]),
        listing(
            parameters=[
                query("a", deprecated=True),
                query("f", {"type": "object", "properties": {"a": NUMBER}}, explode=True),
            ]
        ),
        [
            ("request-parameter-deprecated", None, "info"),
            ("request-parameter-deprecated", "INFO", "info"),
            ("request-parameter-type-generalized", "INFO", "info"),
        ],
    ),
    "deprecated where the stability is unreadable": (
        listing(**{"x-stability-level": "solid"}),
        listing(deprecated=True, parameters=[], **{"x-stability-level": "solid", "x-sunset": FUTURE}),
        [("api-invalid-stability-level", "ERR", "warning"), ("api-invalid-stability-level", "ERR", "warning")],
    ),
    "parameter deprecated with an unreadable sunset": (
        param(),
        param(deprecated=True, **{"x-sunset": "soon"}),
        [("request-parameter-sunset-parse", "ERR", "warning")],
    ),
    "style of a single value that shows": (
        document({"/orders/{id}": {"get": operation(parameters=[{**query("id"), "in": "path"}])}}),
        document({"/orders/{id}": {"get": operation(parameters=[{**query("id"), "in": "path", "style": "label"}])}}),
        [("request-parameter-style-changed", None, "breaking")],
    ),
    "parts of a form": (
        placing(
            requestBody={"content": {"multipart/form-data": {"encoding": {"photo": {"contentType": "image/png"}}}}}
        ),
        placing(
            requestBody={"content": {"multipart/form-data": {"encoding": {"photo": {"contentType": "image/gif"}}}}}
        ),
        [("request-body-encoding-changed", None, "warning")],
    ),
    "property of a header in a property": (
        listing(parameters=[header("X", {"properties": {"a": {"properties": {"b": {"type": "string"}}}}})]),
        listing(
            parameters=[header("X", {"properties": {"a": {"properties": {"b": {"enum": ["x"]}}, "required": ["b"]}}})]
        ),
        [
            ("request-header-property-became-enum", "ERR", None),
            ("request-header-property-became-required", "ERR", None),
            ("request-parameter-property-enum-value-added", "INFO", "info"),
            ("request-parameter-property-type-changed", "WARN", None),
        ],
    ),
    "a bound of a property": (
        param(schema={"type": "object", "properties": {"a": NUMBER}}),
        param(schema={"type": "object", "properties": {"a": {**NUMBER, "minimum": 1}}}),
        [("request-parameter-property-minimum-changed", None, None)],
    ),
    "items of a response header": (
        typed({"type": "array", "items": {"type": "string"}}),
        typed({"type": "array", "items": {"type": "string", "maxLength": 3}}),
        [("response-header-property-max-length-changed", None, None)],
    ),
    "response header written as JSON": (
        listing(responses=answer(headers={"X": {"content": {"application/json": {"schema": STRINGS}}}})),
        listing(
            responses=answer(
                headers={"X": {"content": {"application/json": {"schema": {**STRINGS, "items": {"type": "integer"}}}}}}
            )
        ),
        [("response-header-content-type-changed", None, None)],
    ),
    "response header written as something else": (
        listing(responses=answer(headers={"X": {"content": {"application/json": TEXT, "text/csv": {}}}})),
        listing(responses=answer(headers={"X": {"content": {"text/csv": {}}}})),
        [("response-header-content-changed", None, "breaking")],
    ),
    "response header's schema dropped": (
        retry(),
        listing(responses=answer(headers={"Retry-After": {}})),
        [("response-header-schema-removed", None, "warning")],
    ),
    "parameter's schema dropped": (
        param(),
        listing(parameters=[{"name": "limit", "in": "query"}]),
        [("request-parameter-schema-removed", None, "info")],
    ),
    "query parameters became an object": (
        listing(parameters=[query("size"), query("page", {"type": "integer"})]),
        listing(
            parameters=[
                query(
                    "paging",
                    {
                        "type": "object",
                        "properties": {"size": {"type": "string"}, "page": {"type": "integer", "maximum": 9}},
                    },
                    style="form",
                    explode=True,
                )
            ]
        ),
        [("request-parameter-max-set", "WARN", None)],
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_change_is_told_by_its_id_and_levels(name: str) -> None:
    base, revision, expected = TABLE[name]
    assert told(base, revision) == sorted(expected, key=lambda t: (t[0], t[1] or "", t[2] or ""))


@pytest.mark.parametrize("name", TABLE)
def test_oasdiff_s_level_is_that_of_its_check(name: str) -> None:
    base, revision, _ = TABLE[name]
    assert all(level in (None, OASDIFF_LEVELS.get(id)) for id, level, _ in told(base, revision))


@pytest.mark.parametrize("name", TABLE)
def test_a_document_does_not_differ_from_itself(name: str) -> None:
    base, revision, _ = TABLE[name]
    assert told(base, copy.deepcopy(base)) == []
    assert told(revision, copy.deepcopy(revision)) == []


def test_answers_that_are_fine_are_the_same_object_only_in_name() -> None:
    assert told(listing(responses=FINE), listing(responses=copy.deepcopy(FINE))) == []
