"""Odd documents are compared or passed over: values of any type anywhere, circles, and very many operations."""

import copy
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from byte.model.contract import Document
from tests.compare.protocol.made import answer, body, changes, document, header, operation, query

WRONG: tuple[Any, ...] = (None, True, 0, -1.5, "", "x", [], [None, 1, "a", {}], {}, {"a": 1}, {"$ref": "#/paths"})
WHOLE: Document = document(
    {
        "/orders/{id}": {
            "parameters": [{**query("id"), "in": "path", "required": True}],
            "servers": [{"url": "https://{host}", "variables": {"host": {"enum": ["a", "b"], "default": "a"}}}],
            "post": operation(
                tags=["a"],
                operationId="place",
                deprecated=True,
                **{"x-sunset": "2026-07-01", "x-stability-level": "beta"},
                parameters=[query(schema={"type": "integer", "maximum": 5, "enum": [1, 2]}), header()],
                requestBody=body("multipart/form-data", {"type": "object"}, required=True),
                responses=answer(
                    headers={"X-Page": {"schema": {"type": "integer"}, "required": True}},
                    content={"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                ),
                callbacks={"paid": {"{$url}": {"post": operation(requestBody=body())}}},
                security=[{"key": ["a"]}],
                servers=[{"url": "/v1"}],
            ),
        }
    },
    webhooks={"sent": {"post": operation(requestBody=body())}},
    security=[{"key": []}, {}],
    servers=[{"url": "https://a.example"}],
    components={
        "schemas": {"Order": {"type": "object", "properties": {"id": {"type": "string"}}}},
        "securitySchemes": {
            "key": {
                "type": "oauth2",
                "flows": {"implicit": {"authorizationUrl": "u", "scopes": {"a": "A"}}},
            }
        },
    },
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value within one."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in inner:
        yield (*path, key)
        yield from places(held, (*path, key))


def put(document: Document, path: tuple[Any, ...], value: Any) -> Document:
    """A copy with another value at a place."""
    out = copy.deepcopy(document)
    at: Any = out
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = copy.deepcopy(value)
    return out


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_value_of_any_type_may_stand_anywhere(wrong: Any) -> None:
    for path in places(WHOLE):
        odd = put(WHOLE, path, wrong)
        changes(WHOLE, odd)
        changes(odd, WHOLE, None)
        assert changes(odd, copy.deepcopy(odd)) == []


def test_two_odd_documents_are_compared() -> None:
    ways = list(places(WHOLE))
    chance = random.Random(1)
    for _ in range(300):
        one, two = (put(WHOLE, chance.choice(ways), chance.choice(WRONG)) for _ in range(2))
        changes(one, two)


def test_path_items_in_a_circle_hold_nothing() -> None:
    paths: Document = {"/a": {"$ref": "#/paths/~1b"}, "/b": {"$ref": "#/paths/~1a"}}
    assert changes(document(paths), document({**paths, "/c": {"$ref": "#/paths/~1c"}})) == []


def test_path_items_are_found_behind_references() -> None:
    items: Document = {"pathItems": {"Orders": {"get": operation(), "post": operation()}}}
    base = document({"/orders": {"$ref": "#/components/pathItems/Orders"}}, components=items)
    (found,) = changes(base, document({"/orders": {"get": operation()}}))
    assert (found.id, found.base) == ("api-removed-without-deprecation", "/components/pathItems/Orders/post")


def test_references_that_lead_nowhere_are_passed_over() -> None:
    lost = {"$ref": "#/components/nowhere"}
    base = document({"/orders": {"get": operation(parameters=[lost, query()], responses={"200": lost})}})
    revision = document({"/orders": {"get": operation(parameters=[lost], responses={"200": lost}, requestBody=lost)}})
    assert {c.id for c in changes(base, revision)} >= {"request-parameter-removed"}


def test_callbacks_that_hold_each_other_do_not_grow_without_end() -> None:
    def woven(tag: str) -> Document:
        names = [f"c{i}" for i in range(30)]
        all_of_them = {name: {"$ref": f"#/components/callbacks/{name}"} for name in names}
        held = {name: {"{$url}": {"post": operation(callbacks=all_of_them, tags=[tag])}} for name in names}
        return document({"/orders": {"post": operation(callbacks=all_of_them)}}, components={"callbacks": held})

    start = time.process_time()
    assert len(changes(woven("a"), woven("b"))) < 5_000
    assert time.process_time() - start < 10


def many(count: int, tag: str = "", changed: int = -1) -> Document:
    """A document of so many operations, one of them with a tag."""
    return document(
        {
            f"/orders/{n}/{{id}}": {
                "get": operation(
                    parameters=[query("limit", {"$ref": "#/components/schemas/Limit"})],
                    **({"tags": [tag]} if n == changed else {}),
                )
            }
            for n in range(count)
        },
        components={"schemas": {"Limit": {"type": "integer"}}},
    )


def test_work_grows_with_the_change_and_not_with_the_document() -> None:
    base, revision = many(5_000), many(5_000, "a", 7)
    start = time.process_time()
    assert [c.id for c in changes(base, revision)] == ["api-tag-added"]
    assert time.process_time() - start < 2


def test_a_shared_schema_is_told_for_every_operation_that_it_reaches() -> None:
    base, revision = many(2_000), many(2_000)
    revision["components"]["schemas"]["Limit"] = {"type": "integer", "maximum": 100}
    start = time.process_time()
    assert len(changes(base, revision)) == 2_000
    assert time.process_time() - start < 5


def test_thousands_of_paths_that_are_called_otherwise_are_matched() -> None:
    base = document({f"/orders/{n}/{{id}}": {"get": operation()} for n in range(5_000)})
    revision = document({f"/orders/{n}/{{order}}": {"get": operation()} for n in range(5_000)})
    start = time.process_time()
    assert changes(base, revision) == []
    assert time.process_time() - start < 3
