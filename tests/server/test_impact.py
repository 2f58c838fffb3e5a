"""Who uses an operation, whom a change would break, and what consumers are told."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from byte.registry import impacts
from tests.server.conftest import context

NEW = {"If-None-Match": "*"}
GET, LIST = "GET /orders/{id}", "GET /orders"


def _document(
    version: str, *gone: str, deprecated: tuple[str, ...] = (), paths: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Orders with a few fields, of which some are gone."""
    item = {name: {"type": "string"} for name in ("price", "sku") if name not in gone}
    order: dict[str, Any] = {name: {"type": "string"} for name in ("id", "note", "unused") if name not in gone}
    order["items"] = {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}
    answer = {"$ref": "#/components/schemas/Order"}
    operations = {
        name: {
            "deprecated": name in deprecated,
            "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": answer}}}},
        }
        for name in paths or ("/orders", "/orders/{id}")
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orders", "version": version},
        "paths": {path: {"get": held} for path, held in operations.items()},
        "components": {
            "schemas": {
                "Order": {"type": "object", "properties": order, "required": list(order)},
                "Item": {"type": "object", "properties": item, "required": list(item)},
            }
        },
    }


@pytest.fixture
def orders(client: TestClient) -> TestClient:
    """A client of a registry with a service and three consumers of it that use different fields."""
    client.post("/v1/owners", json={"name": "shop"})
    client.post("/v1/services", json={"name": "orders", "owner": "shop"})
    assert client.post("/v1/services/orders/versions", json=_document("1.0.0")).status_code == 201
    for name, operation, field in (("web", GET, "items/price"), ("mail", GET, "note"), ("feed", LIST, "id")):
        uses = [{"operation": operation, "reads": [field], "sends": []}]
        evidence = [f"{name}/client.py:3 {operation}"]
        at = f"/v1/services/orders/consumers/{name}"
        assert client.put(at, json={"uses": uses, "evidence": evidence}, headers=NEW).status_code == 201
    return client


def _impact(client: TestClient, **asked: str) -> dict[str, Any]:
    answer = client.get("/v1/services/orders/impact", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _published(client: TestClient, policy: str, document: dict[str, Any]) -> None:
    client.put("/v1/policy", json={"compatibility": policy, "verdict": "NEEDS REVISION"}, headers=NEW)
    answer = client.post("/v1/services/orders/versions", json=document)
    assert answer.status_code == 201, answer.text


def _notices(client: TestClient) -> list[dict[str, Any]]:
    events = client.get("/v1/events", params={"limit": 200}).json()["items"]
    return [event for event in events if event["type"] == "consumer.notified"]


def test_an_operation_has_its_consumers_with_their_fields_and_places(orders: TestClient) -> None:
    found = orders.get("/v1/operations", params={"service": "orders"}).json()["items"]
    id = next(one["id"] for one in found if one["name"] == GET)
    items = orders.get(f"/v1/operations/{id}/consumers").json()["items"]
    assert [(one["name"], one["reads"], one["evidence"]) for one in items] == [
        ("mail", ["note"], ["mail/client.py:3"]),
        ("web", ["items/price"], ["web/client.py:3"]),
    ]
    page = orders.get(f"/v1/operations/{id}/consumers", params={"limit": 1}).json()
    assert len(page["items"]) == 1
    assert page["next"] is not None
    assert orders.get(f"/v1/operations/{'0' * 24}/consumers").status_code == 404


def test_an_operation_keeps_its_consumers_when_its_parameters_get_another_name(orders: TestClient) -> None:
    _published(orders, "none", _document("1.1.0", paths=("/orders", "/orders/{order_id}")))
    found = orders.get("/v1/operations", params={"service": "orders"}).json()["items"]
    id = next(one["id"] for one in found if one["name"] == "GET /orders/{order_id}")
    first = orders.get(f"/v1/operations/{id}/consumers", params={"limit": 1}).json()
    second = orders.get(first["next"]).json()
    items = [*first["items"], *second["items"]]
    assert [(one["name"], one["reads"], one["evidence"]) for one in items] == [
        ("mail", ["note"], ["mail/client.py:3"]),
        ("web", ["items/price"], ["web/client.py:3"]),
    ]
    assert second["next"] is None
    assert orders.get(f"/v1/operations/{id}/consumers", params={"cursor": "x"}).status_code == 400
    patch = {"state": "deprecated"}
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    assert orders.patch("/v1/services/orders/versions/1.1.0", json=patch, headers=headers).status_code == 200
    assert [one["subject"] for one in _notices(orders)] == ["feed", "mail", "web"]


@pytest.mark.parametrize(
    "field, expected",
    [("items/price", ["web"]), ("note", ["mail"]), ("id", ["feed"]), ("items", ["web"]), ("unused", [])],
)
def test_a_field_that_goes_names_exactly_who_reads_it(orders: TestClient, field: str, expected: list[str]) -> None:
    assert _impact(orders, field=field)["affected"] == expected


def test_an_operation_that_goes_names_who_uses_it(orders: TestClient) -> None:
    found = _impact(orders, operation=GET)
    assert found["affected"] == ["mail", "web"]
    assert [(hit["reason"], hit["certain"]) for hit in found["removals"]] == [(f"uses `{GET}`", True)] * 2


@pytest.mark.parametrize(
    "asked, status",
    [
        ({"field": "nothing"}, 404),
        ({"operation": "GET /nothing"}, 404),
        ({"operation": GET, "field": "nothing"}, 404),
        ({"against": "9.9"}, 404),
        ({"version": "9.9"}, 404),
    ],
)
def test_what_is_not_there_is_a_problem(orders: TestClient, asked: dict[str, str], status: int) -> None:
    assert orders.get("/v1/services/orders/impact", params=asked).status_code == status


def test_another_version_is_compared_with_the_one_in_use(orders: TestClient) -> None:
    _published(orders, "none", _document("2.0.0", "price", "unused"))
    found = _impact(orders, version="1.0.0", against="2.0.0")
    broken = {one["message"]: [hit["consumer"] for hit in one["consumers"]] for one in found["breaks"]}
    assert broken == {
        "response property `items/items/price` was removed": ["web"],
        "response property `unused` was removed": [],
    }
    assert found["affected"] == ["web"]


def test_comparisons_wait_for_their_turn_and_leave_threads_to_those_who_read(
    orders: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns, report = context(orders).writers, impacts.report
    before, free = turns._value, []

    def counted(*given: Any) -> impacts.Report:
        free.append(turns._value)
        return report(*given)

    monkeypatch.setattr(impacts, "report", counted)
    _impact(orders, operation=GET)
    assert (free, turns._value) == ([before - 1], before)


def test_what_is_deprecated_is_ready_when_nobody_uses_it(orders: TestClient) -> None:
    _published(orders, "none", _document("1.1.0", deprecated=("/orders/{id}",)))
    (found,) = _impact(orders)["deprecated"]
    assert (found["operation"], found["consumers"], found["ready"]) == (GET, ["mail", "web"], False)
    for name in ("mail", "web"):
        orders.delete(f"/v1/services/orders/consumers/{name}", headers={"If-Match": "*"})
    (found,) = _impact(orders)["deprecated"]
    assert (found["consumers"], found["ready"]) == ([], True)


@pytest.mark.parametrize("sunset, ready", [("2099-01-01", False), ("soon", False), ("2020-01-01", True)])
def test_what_nobody_uses_is_ready_after_its_day(orders: TestClient, sunset: str, ready: bool) -> None:
    document = _document("1.1.0", deprecated=("/orders/{id}",))
    document["paths"]["/orders/{id}"]["get"]["x-sunset"] = sunset
    _published(orders, "none", document)
    for name in ("mail", "web"):
        orders.delete(f"/v1/services/orders/consumers/{name}", headers={"If-Match": "*"})
    (found,) = _impact(orders)["deprecated"]
    assert (found["sunset"], found["ready"]) == (sunset, ready)


def test_consumers_of_an_operation_hear_that_it_is_deprecated_once(orders: TestClient) -> None:
    _published(orders, "none", _document("1.1.0", deprecated=("/orders/{id}",)))
    told = [(one["subject"], one["data"]["cause"], one["data"]["operations"]) for one in _notices(orders)]
    assert told == [("mail", "deprecated", [GET]), ("web", "deprecated", [GET])]
    assert (
        orders.post("/v1/services/orders/versions", json=_document("1.2.0", deprecated=("/orders/{id}",))).status_code
        == 201
    )
    assert len(_notices(orders)) == 2


def test_consumers_that_a_version_breaks_hear_of_it(orders: TestClient) -> None:
    client = orders
    client.put("/v1/policy", json={"scheme": "semver", "verdict": "NEEDS REVISION"}, headers=NEW)
    answer = client.post("/v1/services/orders/versions", json=_document("2.0.0", "price"))
    assert answer.status_code == 201, answer.text
    (notice,) = _notices(client)
    assert (notice["subject"], notice["version"], notice["data"]["cause"]) == ("web", "2.0.0", "breaks")
    assert notice["data"]["fields"] == ["items/price"]
    assert notice["data"]["reasons"] == ["reads `items/price`, which was removed"]


def test_who_uses_a_version_hears_that_it_is_deprecated(orders: TestClient) -> None:
    patch = {"state": "deprecated", "sunset_at": "2030-01-01T00:00:00Z"}
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    assert orders.patch("/v1/services/orders/versions/1.0.0", json=patch, headers=headers).status_code == 200
    found = _impact(orders)
    assert (found["state"], found["sunset_at"], found["consumers"]) == ("deprecated", "2030-01-01T00:00:00.000000Z", 3)
    told = [(one["subject"], one["data"]["sunset_at"][:10]) for one in _notices(orders)]
    assert told == [("feed", "2030-01-01"), ("mail", "2030-01-01"), ("web", "2030-01-01")]
