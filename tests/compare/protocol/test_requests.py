"""The request that shows a break: what base answers, in one line."""

from typing import Any

import pytest

from byte.compare.document import Node, Side
from byte.compare.protocol.requests import sample
from byte.model.contract import Document
from tests.compare.protocol.made import answer, body, changes, document, header, listing, operation, placing, query

PAGE = query("page", {"type": "integer"}, required=True)
LIST: Document = {"type": "array", "items": {"type": "string", "enum": ["new", "paid"]}}


@pytest.mark.parametrize(
    "base,revision,expected",
    [
        (
            document({"/orders/{id}": {"get": operation(), "delete": operation(parameters=[PAGE])}}),
            document({"/orders/{id}": {"get": operation()}}),
            "DELETE /orders/{id}?page=1",
        ),
        (listing(), listing(parameters=[header(required=True)]), "GET /orders (without header X-Tenant)"),
        (listing(), listing(parameters=[query(required=True)]), "GET /orders"),
        (listing(parameters=[PAGE]), listing(parameters=[PAGE, query(required=True)]), "GET /orders?page=1"),
        (
            listing(parameters=[query("state", LIST)]),
            listing(parameters=[query("state", LIST, explode=False)]),
            "GET /orders?state=new&state=new",
        ),
        (
            listing(parameters=[query("state", LIST, explode=False)]),
            listing(parameters=[query("state", LIST)]),
            "GET /orders?state=new,new",
        ),
        (placing(), placing(requestBody=body(required=True)), "POST /orders (without a body)"),
        (
            placing(requestBody={"content": {"text/csv": {}, "text/xml": {}}}),
            placing(requestBody={"content": {"text/csv": {}}}),
            "POST /orders (Content-Type: text/xml)",
        ),
        (
            listing(responses=answer(content={"text/csv": {}, "text/xml": {}})),
            listing(responses=answer(content={"text/csv": {}})),
            "GET /orders (Accept: text/xml)",
        ),
    ],
)
def test_a_break_shows_a_request(base: Document, revision: Document, expected: str) -> None:
    (found,) = [c for c in changes(base, revision) if c.level == "breaking"]
    assert found.counterexample is not None
    assert (found.counterexample.kind, found.counterexample.value) == ("request", expected)


def test_what_does_not_break_shows_none() -> None:
    assert all(c.counterexample is None for c in changes(listing(), listing(parameters=[query()])))


@pytest.mark.parametrize(
    "schema,expected",
    [
        ({"type": "integer", "minimum": 18}, 18),
        ({"type": "number", "maximum": -2}, -2),
        ({"type": ["null", "boolean"]}, True),
        ({"type": "string", "format": "date"}, "2026-01-31"),
        ({"type": "string", "minLength": 3}, "aaa"),
        ({"type": "string", "minLength": 10**9}, "a" * 60),
        ({"enum": [None, "paid"]}, "paid"),
        ({"const": 7}, 7),
        ({"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/State"}]}, "new"),
        ({"$ref": "#/components/schemas/Circle"}, "a"),
        ({}, "a"),
        (True, "a"),
    ],
)
def test_a_sample_fits_a_simple_schema(schema: Any, expected: Any) -> None:
    schemas = {"State": {"enum": ["new"]}, "Circle": {"allOf": [{"$ref": "#/components/schemas/Circle"}]}}
    side = Side(document(components={"schemas": schemas}), "base")
    assert sample(side, Node(schema, "")) == expected
