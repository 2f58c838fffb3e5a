"""Documents and bodies that mean harm: refused with a problem, or taken, in bounded time and memory."""

import base64
import json
import tracemalloc
from typing import Any

import pytest
from starlette.testclient import TestClient

PATH = "/v1/services/orders/versions"
JSON, YAML = "application/json", "application/yaml"
HEAD = b'{"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":{},"components":{"schemas":{"A":'


def cyclic() -> bytes:
    reference = {"$ref": "#/components/schemas/B"}
    schemas = {"A": reference, "B": {"$ref": "#/components/schemas/A"}}
    answer = {"200": {"description": "", "content": {JSON: {"schema": reference}}}}
    paths = {"/a": {"get": {"responses": answer}}}
    return json.dumps(
        {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths, "components": {"schemas": schemas}}
    ).encode()


def bomb() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]" for number in range(1, 12)]
    return "\n".join([*lines, "openapi: 3.1.0", "info: {title: x, version: '1'}", "paths: {}"]).encode()


def wide(paths: int) -> bytes:
    operation: dict[str, Any] = {"get": {"responses": {"200": {"description": "OK"}}}}
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "x", "version": "1"},
            "paths": {f"/p{number}": operation for number in range(paths)},
        }
    ).encode()


REFUSED = {
    "nothing": (b"", JSON),
    "white space": (b" \n", YAML),
    "no object": (b"[]", JSON),
    "a number": (b"1", JSON),
    "half of a document": (b'{"openapi": "3.1.0", "info": {', JSON),
    "deep JSON": (HEAD + b'{"not":' * 100_000 + b"{}" + b"}" * 100_000 + b"}}}", JSON),
    "deep lists": (b"[" * 1_000_000, JSON),
    "deep YAML": (b"openapi: 3.1.0\ninfo: " + b"[" * 100_000, YAML),
    "an alias bomb": (bomb(), YAML),
    "half of a character": (b'{"openapi": "3.1.0", "info": {"title": "\xff\xfe", "version": "1"}, "paths": {}}', JSON),
    "bytes of UTF-16 without a mark": ('{"openapi": "3.1.0"}'.encode("utf-16-le"), JSON),
    "a zip": (b"PK\x03\x04" + bytes(10_000), JSON),
    "zeros": (bytes(100_000), YAML),
    "a page": (b"<!doctype html><html></html>", YAML),
    "a huge number": (b'{"openapi": ' + b"9" * 1_000_000 + b"}", JSON),
    "tags of Python": (b"openapi: !!python/object/apply:os.system ['true']\n", YAML),
}
"""What is refused, and as what it is sent."""
TAKEN = {
    "a cyclic alias": (b"openapi: 3.1.0\ninfo: &a [*a]\n", YAML),
    "a circle of references": (cyclic(), JSON),
    "a name of half a character": (b'{"openapi":"3.1.0","info":{"title":"\\ud800","version":"1"},"paths":{}}', JSON),
    "a name with zeros": (b'{"openapi":"3.1.0","info":{"title":"a\\u0000b","version":"1"},"paths":{}}', JSON),
    "a file and a page as references": (
        b'{"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":{"/a":{"$ref":"file:///etc/passwd"},'
        b'"/b":{"$ref":"http://169.254.169.254/latest"}}}',
        JSON,
    ),
}
"""What may be taken or refused, and never more than that."""


@pytest.fixture
def orders(client: TestClient) -> TestClient:
    client.post("/v1/services", json={"name": "orders"})
    return client


@pytest.mark.parametrize("kind", REFUSED)
def test_a_hostile_document_is_refused_with_a_problem(orders: TestClient, kind: str) -> None:
    body, media = REFUSED[kind]
    answer = orders.post(PATH, content=body, headers={"Content-Type": media})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unreadable-document"), answer.text[:500]
    assert orders.get(PATH).json()["items"] == []


@pytest.mark.parametrize("kind", TAKEN)
def test_an_odd_document_is_taken_or_refused(orders: TestClient, kind: str) -> None:
    body, media = TAKEN[kind]
    answer = orders.post(PATH, content=body, headers={"Content-Type": media})
    assert answer.status_code in (201, 422), answer.text[:500]
    assert "root:" not in answer.text
    for item in orders.get("/v1/operations?limit=3").json()["items"]:
        assert orders.get(f"/v1/operations/{item['id']}").status_code == 200


def test_ten_thousand_paths_are_ten_thousand_operations(orders: TestClient) -> None:
    answer = orders.post(PATH, content=wide(10_000), headers={"Content-Type": JSON})
    assert (answer.status_code, answer.json()["operation_count"]) == (201, 10_000)


def test_an_alias_bomb_costs_little_memory(orders: TestClient) -> None:
    tracemalloc.start()
    try:
        assert orders.post(PATH, content=bomb(), headers={"Content-Type": YAML}).status_code == 422
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


BODIES = {
    "deep": b'{"name":' + b"[" * 100_000,
    "deep and whole": b'{"name":"a","tags":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "half a character": b'{"name": "\\ud800"}',
    "a zero": b'{"name": "a\\u0000"}',
    "no number": b'{"name": "a", "probe": {"interval_seconds": NaN}}',
    "an endless number": b'{"name": "a", "probe": {"interval_seconds": 1e999}}',
    "a long number": b'{"name": "a", "probe": {"interval_seconds": ' + b"9" * 5_000 + b"}}",
    "bad bytes": b'{"name": "\xff"}',
    "a list": b"[]",
    "nothing": b"",
    "a byte order mark": b'\xef\xbb\xbf{"name": "A"}',
}


def test_a_hostile_body_is_refused_with_a_problem(orders: TestClient) -> None:
    for kind, body in BODIES.items():
        for method, path in (("POST", "/v1/services"), ("PATCH", "/v1/services/orders"), ("POST", "/v1/reviews")):
            headers = {"Content-Type": JSON, "If-Match": "*"}
            answer = orders.request(method, path, content=body, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid"), (kind, path, answer.text)


def test_a_body_that_is_too_large_is_refused(orders: TestClient) -> None:
    body = b'{"name": "a", "description": "' + b"x" * 1_100_000 + b'"}'
    refused = orders.post("/v1/services", content=body, headers={"Content-Type": JSON})
    assert (refused.status_code, refused.json()["type"]) == (413, "/problems/too-large")


def test_an_import_of_hostile_lines_answers_for_each(orders: TestClient) -> None:
    documents = [
        json.dumps(
            {"type": "version", "service": "orders", "document_base64": base64.b64encode(body).decode()}
        ).encode()
        for body, _ in REFUSED.values()
        if len(body) < 200_000
    ]
    lines = [
        *documents,
        b"{",
        b'{"type": "service", "name": "\\ud800"}',
        b"[" * 100_000,
        b'{"type":"owner","name":"a/b"}',
    ]
    answer = orders.post("/v1/imports", content=b"\n".join(lines), headers={"Content-Type": "application/x-ndjson"})
    *results, summary = [json.loads(line) for line in answer.text.splitlines()]
    assert {result["outcome"] for result in results} == {"failed"}
    assert summary["failed"] == len(results) == len(lines)


@pytest.mark.parametrize("text", ["%00", "%ff", "%ed%a0%80", "..%2f..", "a" * 5_000, "%0d%0aX-A:b", "\u00e9"])
def test_hostile_names_in_paths_and_queries_are_refused(orders: TestClient, text: str) -> None:
    for path in (f"/v1/services/{text}", f"/v1/owners/{text}", f"/v1/operations?tag={text}&service={text}"):
        answer = orders.get(path)
        assert answer.status_code in (400, 404, 414), (path, answer.text)
        assert "x-a" not in answer.headers
