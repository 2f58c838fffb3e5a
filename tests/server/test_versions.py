"""Versions, operations, consumers and reviews by HTTP; import and export."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from byte.registry import clock, keys
from byte.registry.store import Store
from byte.server import models
from byte.server.app import create_app
from tests.server.conftest import START, Time, bearer, settings

ANY = {"If-Match": "*"}
NEW = {"If-None-Match": "*"}
NDJSON = {"Content-Type": "application/x-ndjson"}


def document(version: str, *paths: str, deprecated: bool = False) -> dict[str, Any]:
    """An OpenAPI document whose operations each answer with an order."""
    order = {"$ref": "#/components/schemas/Order"}
    operation = {
        "tags": ["orders"],
        "deprecated": deprecated,
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": order}}}},
    }
    schemas = {
        "Order": {"type": "object", "properties": {"items": {"$ref": "#/components/schemas/Item"}}},
        "Item": {"type": "object", "properties": {"of": {"$ref": "#/components/schemas/Order"}}},
        "Other": {"type": "string"},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orders", "version": version},
        "paths": {path: {"get": operation} for path in paths or ("/orders",)},
        "components": {"schemas": schemas},
    }


@pytest.fixture
def orders(client: TestClient) -> TestClient:
    """A client of a registry with a service and its first version, in which nothing is asked of the next."""
    client.put("/v1/policy", json={"compatibility": "none", "verdict": "NEEDS REVISION"}, headers=NEW)
    client.post("/v1/owners", json={"name": "shop"})
    client.post("/v1/services", json={"name": "orders", "owner": "shop"})
    assert client.post("/v1/services/orders/versions", json=document("1.0.0")).status_code == 201
    return client


def items(client: TestClient, path: str) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


# --- versions ----------------------------------------------------------------------------------


def test_a_version_is_published_with_its_document_as_the_body(orders: TestClient) -> None:
    made = orders.post(
        "/v1/services/orders/versions?base=1.0.0&commit=1cd7a71", json=document("1.1.0", "/orders", "/orders/{id}")
    )
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert made.headers["location"] == "/v1/services/orders/versions/1.1.0"
    said = made.json()
    assert (said["sequence"], said["base"], said["operation_count"], said["commit"]) == (2, "1.0.0", 2, "1cd7a71")
    assert {**orders.get(made.headers["location"]).json(), "review": None} == said
    assert orders.get("/v1/services/orders").json()["latest"] == "1.1.0"
    assert [version["label"] for version in items(orders, "/v1/services/orders/versions")] == ["1.1.0", "1.0.0"]


def test_what_is_answered_is_exactly_what_the_models_say(orders: TestClient) -> None:
    operation = items(orders, "/v1/operations")[0]
    orders.put("/v1/services/orders/consumers/web", json={}, headers=NEW)
    review = orders.post("/v1/reviews", json={"service": "orders", "verdict": "APPROVED"}).json()
    for model, body in (
        (models.Version, orders.get("/v1/services/orders/versions/1.0.0").json()),
        (models.OperationSummary, operation),
        (models.Operation, orders.get(f"/v1/operations/{operation['id']}").json()),
        (models.Component, items(orders, "/v1/services/orders/versions/1.0.0/components")[0]),
        (models.Consumer, orders.get("/v1/services/orders/consumers/web").json()),
        (models.Review, review),
        (models.ReviewSummary, items(orders, "/v1/reviews")[0]),
    ):
        model.model_validate(body, extra="forbid", strict=False)


def test_the_same_content_again_is_the_version_that_is_there(orders: TestClient) -> None:
    again = orders.post(
        "/v1/services/orders/versions",
        content=json.dumps(document("1.0.0"), indent=2),
        headers={"Content-Type": "application/json"},
    )
    assert (again.status_code, again.json()["sequence"]) == (200, 1)
    other = orders.post("/v1/services/orders/versions", json=document("1.0.0", "/carts"))
    assert (other.status_code, other.json()["type"]) == (409, "/problems/conflict")


def test_a_publish_on_an_old_base_is_refused(orders: TestClient) -> None:
    assert orders.post("/v1/services/orders/versions?base=1.0.0", json=document("1.1.0", "/a")).status_code == 201
    late = orders.post("/v1/services/orders/versions?base=1.0.0", json=document("1.2.0", "/b"))
    assert (late.status_code, late.json()["type"]) == (409, "/problems/conflict")


@pytest.mark.parametrize(
    "media", ["application/yaml", "application/openapi+yaml", "text/yaml", "application/x-yaml; charset=utf-8"]
)
def test_documents_in_yaml_are_taken_as_they_are(orders: TestClient, media: str) -> None:
    text = b"# a comment\nopenapi: 3.1.0\ninfo: {title: Orders, version: 2.0.0}\npaths: {}\n"
    made = orders.post(
        "/v1/services/orders/versions?label=two&state=draft", content=text, headers={"Content-Type": media}
    )
    assert (made.status_code, made.json()["label"], made.json()["state"]) == (201, "two", "draft")
    got = orders.get("/v1/services/orders/versions/two/document")
    assert (got.content, got.headers["etag"]) == (text, f'"{made.json()["document_digest"]}"')
    assert got.headers["content-disposition"].startswith("attachment")
    assert (
        orders.get(
            "/v1/services/orders/versions/two/document", headers={"If-None-Match": got.headers["etag"]}
        ).status_code
        == 304
    )


@pytest.mark.parametrize("media", ["text/html", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_other_media_types_are_not_taken(orders: TestClient, media: str) -> None:
    refused = orders.post("/v1/services/orders/versions", content=b"{}", headers={"Content-Type": media})
    assert (refused.status_code, refused.json()["type"]) == (415, "/problems/unsupported-media-type")


@pytest.mark.parametrize("query", ["label=a%20b", "label=", "state=retired", "base=../x", "commit=xyz", "name=x"])
def test_parameters_of_a_publish_are_checked(orders: TestClient, query: str) -> None:
    assert orders.post(f"/v1/services/orders/versions?{query}", json=document("9")).status_code == 400


def test_a_version_moves_through_its_life_and_says_so_in_headers(orders: TestClient, time: Time) -> None:
    path = "/v1/services/orders/versions/1.0.0"
    assert "deprecation" not in orders.get(path).headers
    assert orders.patch(path, json={"state": "deprecated"}).status_code == 428
    assert orders.patch(path, json={"state": "deprecated"}, headers={"If-Match": '"5"'}).status_code == 412
    assert orders.patch(path, json={"state": "draft"}, headers=ANY).status_code == 409
    end = clock.shown(START + 100 * clock.DAY)
    moved = orders.patch(path, json={"state": "deprecated", "sunset_at": end}, headers={"If-Match": '"1"'})
    assert (moved.status_code, moved.json()["sunset_at"], moved.headers["etag"]) == (200, end, '"2"')
    operation = items(orders, "/v1/operations")[0]
    for aged in (path, f"{path}/document", f"{path}/components", f"/v1/operations/{operation['id']}"):
        headers = orders.get(aged).headers
        assert headers["deprecation"] == f"@{START // clock.SECOND}", aged
        assert headers["sunset"].endswith(" GMT"), aged
    kept = orders.patch(path, json={"state": "deprecated"}, headers=ANY)
    assert (kept.json()["sunset_at"], kept.headers["etag"]) == (end, '"2"')
    taken_back = orders.patch(path, json={"sunset_at": None}, headers=ANY)
    assert (taken_back.json()["sunset_at"], taken_back.json()["state"]) == (None, "deprecated")
    assert "sunset" not in taken_back.headers
    time.pass_(60)
    retired = orders.patch(path, json={"state": "retired"}, headers=ANY)
    assert (retired.status_code, retired.json()["state"]) == (200, "retired")
    types = [event["type"] for event in items(orders, "/v1/events?service=orders")]
    assert types == [
        "service.created",
        "version.published",
        "version.deprecated",
        "version.deprecated",
        "version.retired",
    ]


@pytest.mark.parametrize(
    "moment", ["2027-01-31", "2027-01-31T00:00:00", 1796083200, "tomorrow", "2027-13-01T00:00:00Z"]
)
def test_a_time_is_rfc_3339_with_its_zone(orders: TestClient, moment: Any) -> None:
    refused = orders.patch("/v1/services/orders/versions/1.0.0", json={"sunset_at": moment}, headers=ANY)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/sunset_at")


def test_components_are_listed_and_found(orders: TestClient) -> None:
    path = "/v1/services/orders/versions/1.0.0/components"
    first = orders.get(f"{path}?limit=1").json()
    assert first["items"][0]["reference"] == "#/components/schemas/Item"
    assert orders.get(first["next"]).json()["items"][0]["reference"] == "#/components/schemas/Order"
    assert len(items(orders, f"{path}?reference=%23/components/schemas/Order")) == 1
    assert items(orders, f"{path}?reference=nothing") == []


# --- operations --------------------------------------------------------------------------------


def test_operations_are_filtered(orders: TestClient) -> None:
    orders.post("/v1/services", json={"name": "carts"})
    orders.post("/v1/services/carts/versions", json=document("1", "/carts", deprecated=True))
    orders.post("/v1/services/carts/versions?state=draft", json=document("2", "/drafts"))

    def names(query: str) -> list[str]:
        return [item["path"] for item in items(orders, f"/v1/operations?{query}")]

    assert names("") == ["/orders", "/carts"]
    assert names("service=carts") == ["/carts"]
    assert names("service=carts&version=2&state=draft") == ["/drafts"]
    assert names("owner=shop") == ["/orders"]
    assert names("deprecated=true") == ["/carts"]
    assert names("deprecated=false&method=GET&kind=rest&tag=orders&health=unknown") == ["/orders"]
    assert names("method=POST") == []
    assert names("tag=nothing") == []


@pytest.mark.parametrize("query", ["deprecated=1", "deprecated=yes", "method=get", "kind=soap", "state=gone"])
def test_filters_of_operations_are_checked(orders: TestClient, query: str) -> None:
    assert orders.get(f"/v1/operations?{query}").status_code == 400


def test_an_operation_comes_with_all_that_it_refers_to(orders: TestClient) -> None:
    operation = items(orders, "/v1/operations")[0]
    whole = orders.get(f"/v1/operations/{operation['id']}").json()
    assert sorted(whole["components"]) == ["#/components/schemas/Item", "#/components/schemas/Order"]
    assert whole["body"]["responses"]["200"]["description"] == "OK"
    assert orders.get("/v1/operations/" + "0" * 24).status_code == 404


def test_a_walk_over_operations_sees_each_once_while_others_are_published(orders: TestClient) -> None:
    orders.post("/v1/services/orders/versions", json=document("2", *(f"/p{number}" for number in range(30))))
    seen: list[str] = []
    path, number = "/v1/operations?limit=4", 10
    while path:
        page = orders.get(path).json()
        seen += [item["id"] for item in page["items"]]
        path = page["next"]
        if number < 14:
            orders.post("/v1/services/orders/versions", json=document(str(number), "/new"))
            number += 1
    assert len(seen) == len(set(seen)) == 1 + 30 + 4


# --- consumers ---------------------------------------------------------------------------------


def test_a_consumer_says_what_it_uses_of_the_latest_version(orders: TestClient) -> None:
    path = "/v1/services/orders/consumers/web"
    uses = [
        {"operation": "GET /orders", "reads": ["items/price", "id"]},
        {"operation": "GET /orders", "reads": ["id"], "sends": ["x"]},
    ]
    made = orders.put(path, json={"uses": uses, "evidence": ["a:1", "a:1"]}, headers=NEW)
    assert (made.status_code, made.headers["location"]) == (201, path)
    assert made.json()["uses"] == [{"operation": "GET /orders", "reads": ["id", "items/price"], "sends": ["x"]}]
    assert made.json()["evidence"] == ["a:1"]
    assert orders.put(path, json={}, headers=NEW).status_code == 412
    assert orders.put(path, json={}).status_code == 428
    same = orders.put(path, json={"uses": uses, "evidence": ["a:1"]}, headers={"If-Match": '"1"'})
    assert (same.status_code, same.headers["etag"]) == (200, '"1"')
    assert [item["name"] for item in items(orders, "/v1/services/orders/consumers?operation=GET%20/orders")] == ["web"]
    assert items(orders, "/v1/services/orders/consumers?operation=GET%20/carts") == []
    assert orders.delete(path, headers={"If-Match": '"2"'}).status_code == 412
    assert orders.delete(path, headers={"If-Match": '"1"'}).status_code == 204
    assert orders.get(path).status_code == 404


def test_an_operation_that_is_none_is_refused_with_its_place(orders: TestClient) -> None:
    uses = [{"operation": "GET /orders"}, {"operation": "GET /nothing"}]
    refused = orders.put("/v1/services/orders/consumers/web", json={"uses": uses}, headers=NEW)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/uses/1/operation")
    assert orders.put("/v1/services/none/consumers/web", json={}, headers=NEW).status_code == 404


# --- reviews -----------------------------------------------------------------------------------


def test_a_review_is_kept_once_however_often_it_is_sent(orders: TestClient) -> None:
    body = {
        "service": "orders",
        "version": "1.0.0",
        "commit": "1cd7a71",
        "verdict": "APPROVED",
        "report": {"findings": []},
    }
    first, again = orders.post("/v1/reviews", json=body), orders.post("/v1/reviews", json=body)
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    assert orders.get(first.headers["location"]).json() == first.json()
    assert orders.post("/v1/reviews", json={**body, "verdict": "NEEDS REVISION"}).status_code == 201
    assert len(items(orders, "/v1/reviews?service=orders&version=1.0.0&verdict=APPROVED&commit=1cd7a71")) == 1
    assert all("report" not in review for review in items(orders, "/v1/reviews"))
    assert [event["type"] for event in items(orders, "/v1/events?types=review.added")] == ["review.added"] * 2


def test_a_review_is_of_something_and_bounded(orders: TestClient) -> None:
    body: dict[str, Any] = {"service": "orders", "verdict": "APPROVED"}
    assert orders.post("/v1/reviews", json={**body, "service": "none"}).status_code == 404
    assert orders.post("/v1/reviews", json={**body, "version": "9"}).status_code == 404
    assert orders.post("/v1/reviews", json={**body, "verdict": "fine"}).status_code == 400
    assert orders.post("/v1/reviews", json={**body, "report": {"a": "b" * 1_000_001}}).status_code == 413
    deep: Any = {}
    for _ in range(70):
        deep = {"a": deep}
    assert orders.post("/v1/reviews", json={**body, "report": deep}).json()["errors"][0]["pointer"] == "/report"


# --- import and export -------------------------------------------------------------------------


def test_every_line_of_an_import_is_answered_for(orders: TestClient) -> None:
    lines = [
        {"type": "owner", "name": "mail"},
        {"type": "service", "name": "post", "owner": "mail"},
        {"type": "version", "service": "post", "document": document("1", "/letters")},
        {"type": "service", "name": "Bad Name"},
        {"type": "consumer", "service": "post", "name": "web", "uses": [{"operation": "GET /letters"}]},
    ]
    body = b"\n".join(msgspec.json.encode(line) for line in lines) + b"\n{broken\n"
    answer = orders.post("/v1/imports", content=body, headers=NDJSON)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    *results, summary = [json.loads(line) for line in answer.text.splitlines()]
    assert [result["line"] for result in results] == [1, 2, 3, 4, 5, 6]
    assert [result["outcome"] for result in results][3:] == ["failed", "created", "failed"]
    assert summary["failed"] == 2
    assert items(orders, "/v1/operations?service=post")[0]["path"] == "/letters"


def test_what_is_exported_makes_the_same_registry(orders: TestClient, tmp_path: Any) -> None:
    orders.put("/v1/services/orders/consumers/web", json={"uses": [{"operation": "GET /orders"}]}, headers=NEW)
    orders.post(
        "/v1/services/orders/versions",
        content=b"openapi: 3.0.0\ninfo: {title: O, version: '3'}\npaths: {}",
        headers={"Content-Type": "application/yaml"},
    )
    exported = orders.get("/v1/export")
    assert exported.status_code == 200
    with another(tmp_path) as other:
        answer = other.post("/v1/imports", content=exported.content, headers=NDJSON)
        assert json.loads(answer.text.splitlines()[-1])["failed"] == 0, answer.text
        assert other.get("/v1/export").text == exported.text
        again = other.post("/v1/imports", content=exported.content, headers=NDJSON)
        assert json.loads(again.text.splitlines()[-1])["unchanged"] == len(exported.text.splitlines())


def another(folder: Any) -> TestClient:
    """A client of an empty registry."""
    store = Store.open(f"sqlite:///{folder}/other.db")
    token = keys.first(store)
    assert token is not None
    return TestClient(create_app(settings(), store), headers=bearer(token))


def test_an_import_of_another_type_is_refused(orders: TestClient) -> None:
    assert orders.post("/v1/imports", content=b"{}", headers={"Content-Type": "application/json"}).status_code == 415


def pieces(number: int) -> Iterator[bytes]:
    for one in range(number):
        yield msgspec.json.encode({"type": "service", "name": f"s{one}"}) + b"\n"


def test_an_import_may_be_larger_than_any_document(orders: TestClient, store: Store, admin: str) -> None:
    with TestClient(
        create_app(settings(body_limit=1_024, document_limit=1_024), store), headers=bearer(admin)
    ) as client:
        answer = client.post("/v1/imports", content=pieces(100), headers=NDJSON)
        assert json.loads(answer.text.splitlines()[-1])["created"] == 100
