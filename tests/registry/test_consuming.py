"""Requests matched to the operations of a service: by host or name, by path and method, by fields."""

from typing import Any

import pytest

from byte.model.clients import Request, Requests, Unresolved
from byte.model.review import Location
from byte.registry.consuming import Service, consumed

TEXT = {"type": "string"}


def _operation(schema: Any = None, *parameters: str) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": schema}}} if schema is not None else {}
    return {
        "parameters": [{"name": name, "in": "query", "schema": TEXT} for name in parameters],
        "responses": {"200": {"description": "fine", **content}},
    }


ORDER = {
    "type": "object",
    "properties": {"id": TEXT, "items": {"type": "array", "items": {"type": "object", "properties": {"price": TEXT}}}},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "shop", "version": "1"},
    "paths": {
        "/orders": {"get": _operation(ORDER, "limit"), "post": _operation()},
        "/orders/{id}": {"get": _operation(ORDER)},
        "/orders/latest": {"get": _operation(ORDER)},
        "/orders/{id}/lines/{line}": {"get": _operation()},
        "/reports/{name}.csv": {"get": _operation()},
        "/files/{path:path}": {"get": _operation()},
        "/ranges/{from}-{to}": {"get": _operation()},
        "/many/" + "{a}a" * 20 + "b": {"get": _operation()},
        "/a/{x}/c": {"get": _operation()},
        "/a/b/{y}": {"get": _operation()},
    },
}
SHOP = Service(name="shop", document=DOCUMENT, bases=("https://shop.test/v1", "/api/"), names=("SHOP_URL",))


def _request(url: str, method: str = "GET", **more: Any) -> Request:
    at = Location("app/client.py", 7, 7)
    return Request(method=method, url=url, at=at, sent=at, library="httpx", **more)


def _operations(url: str, method: str = "GET", **more: Any) -> list[str]:
    return [one.operation for one in consumed(Requests((_request(url, method, **more),)), SHOP).seen]


@pytest.mark.parametrize(
    "url, expected",
    [
        ("https://shop.test/v1/orders", ["GET /orders"]),
        ("https://SHOP.test:443/v1/orders/", ["GET /orders"]),
        ("https://shop.test/v1/orders/{}", ["GET /orders/{id}"]),
        ("https://shop.test/v1/orders/7", ["GET /orders/{id}"]),
        ("https://shop.test/v1/orders/latest", ["GET /orders/latest"]),
        ("https://shop.test/v1/orders/{}/lines/{}", ["GET /orders/{id}/lines/{line}"]),
        ("https://shop.test/v1/reports/{}.csv", ["GET /reports/{name}.csv"]),
        ("https://shop.test/v1/files/a/b/c", ["GET /files/{path:path}"]),
        ("https://shop.test/orders", ["GET /orders"]),
        ("https://other.test/v1/orders", []),
        ("https://shop.test:8443/v1/orders", []),
        ("https://{}.test/v1/orders", []),
        ("{}/orders", []),
        ("/orders", []),
        ("https://shop.test/v1/{}", []),
        ("https://shop.test/v1/a/b/c", []),
        ("https://shop.test/v1/reports/{}.json", []),
        ("https://shop.test/v1/reports/all.csv", ["GET /reports/{name}.csv"]),
        ("https://shop.test/v1/reports/.csv", []),
        ("https://shop.test/v1/ranges/1-2-3", ["GET /ranges/{from}-{to}"]),
        ("https://shop.test/v1/ranges/1-", []),
        ("https://shop.test/v1/many/" + "a" * 3_000, []),
        ("https://shop.test/api/orders", ["GET /orders"]),
    ],
)
def test_a_request_is_matched_by_host_and_path(url: str, expected: list[str]) -> None:
    assert _operations(url) == expected


@pytest.mark.parametrize("name", ["SHOP_URL", "shop_url", "settings.shop_url"])
def test_what_the_source_calls_a_base_url_may_stand_for_the_service(name: str) -> None:
    assert _operations("{}/orders", names=(name,)) == ["GET /orders"]
    assert _operations("http://localhost:8000/v1/orders", names=(name,)) == ["GET /orders"]
    assert _operations("{}://{}{}/orders", names=(name,)) == ["GET /orders"]
    assert _operations("{}/orders/{}", names=(name,)) == ["GET /orders/{id}"]
    assert _operations("{}/orders", names=("BILLING_URL",)) == []


def test_a_method_that_the_path_does_not_have_is_told_with_those_that_it_has() -> None:
    (left,) = consumed(Requests((_request("https://shop.test/v1/orders", "DELETE"),)), SHOP).left
    assert left.reason == "`shop` has no such operation; that path has GET, POST"


def test_a_path_that_may_be_several_operations_is_none() -> None:
    (left,) = consumed(Requests((_request("https://shop.test/v1/a/b/c"),)), SHOP).left
    assert left.reason == "several operations fit: GET /a/b/{y}, GET /a/{x}/c"


def test_what_source_does_not_show_is_told() -> None:
    found = Requests((), (Unresolved(Location("a.py", 3, 3), "its URL is made elsewhere"),))
    (left,) = consumed(found, SHOP).left
    assert (left.at, left.reason) == ("a.py:3", "its URL is made elsewhere")


def test_fields_that_the_operation_does_not_have_are_not_claimed() -> None:
    request = _request("https://shop.test/v1/orders", reads=("id/*", "items/price", "nothing"), sends=("limit", "q"))
    (seen,) = consumed(Requests((request,)), SHOP).seen
    assert (seen.reads, seen.sends, seen.unknown) == (("id", "items/price"), ("limit", "q"), ("nothing",))


def test_the_consumer_has_one_use_for_each_operation_and_its_places() -> None:
    found = Requests(
        (
            _request("https://shop.test/v1/orders/{}", reads=("id",)),
            _request("https://shop.test/v1/orders/7", reads=("items",)),
        )
    )
    consumer = consumed(found, SHOP).consumer("web")
    assert [(use.operation, use.reads) for use in consumer.uses] == [("GET /orders/{id}", ("id", "items"))]
    assert consumer.evidence == ("app/client.py:7 GET /orders/{id}",)
