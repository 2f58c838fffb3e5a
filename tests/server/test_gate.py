"""The gate by HTTP: refusals with their proofs, trials, policies and overrides with ETags, and the models of all that."""

import json
from typing import Any

import pytest
from jsonschema_rs import validator_for
from starlette.testclient import TestClient

from byte.registry import clock, keys
from byte.registry.actors import SYSTEM
from byte.registry.store import Store
from byte.server import gate_models, models
from tests.server.conftest import START, Time, bearer

ANY = {"If-Match": "*"}
NEW = {"If-None-Match": "*"}
VERSIONS = "/v1/services/orders/versions"
LATER = clock.shown(START + 10 * clock.DAY)


def document(version: str, *fields: str) -> dict[str, Any]:
    """An OpenAPI document with one operation that answers an object with these fields."""
    schema = {"type": "object", "required": list(fields), "properties": {name: {"type": "string"} for name in fields}}
    answer = {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orders", "version": version},
        "paths": {"/orders": {"get": {"responses": answer}}},
    }


@pytest.fixture
def orders(client: TestClient) -> TestClient:
    """A client of a registry with a service, its first version, and a consumer."""
    client.post("/v1/owners", json={"name": "shop"})
    client.post("/v1/services", json={"name": "orders", "owner": "shop"})
    assert client.post(VERSIONS, json=document("1.0.0", "id", "total")).status_code == 201
    uses = [{"operation": "GET /orders", "reads": ["total"]}]
    client.put("/v1/services/orders/consumers/web", json={"uses": uses, "evidence": ["web/src/a.ts:1"]}, headers=NEW)
    return client


@pytest.fixture
def team(orders: TestClient, store: Store) -> dict[str, str]:
    """The headers of a key of the team that has the service."""
    return bearer(keys.issue(store, SYSTEM, "ci", "publish", owner="shop")[1])


def events(client: TestClient) -> list[str]:
    return [event["type"] for event in client.get("/v1/events?limit=200").json()["items"]]


def test_a_breaking_version_is_a_problem_that_carries_its_proof(orders: TestClient) -> None:
    refused = orders.post(f"{VERSIONS}?base=1.0.0&commit=1cd7a71", json=document("2.0.0", "id"))
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/version-refused")
    assert refused.headers["content-type"] == "application/problem+json"
    validator_for(gate_models.RefusedProblem.model_json_schema()).validate(refused.json())
    said = refused.json()["review"]
    assert (said["verdict"], said["base"], said["refusal_count"]) == ("NEEDS REVISION", "1.0.0", 1)
    assert said["counterexamples"][0]["value"] == '{"id":"a"}'
    (consumer,) = said["consumers"]
    assert (consumer["name"], consumer["fields"], consumer["evidence"]) == ("web", ["total"], ["web/src/a.ts:1"])
    review = orders.get(f"/v1/reviews/{said['id']}").json()
    assert (review["outcome"], review["version"], review["commit"]) == ("refused", "2.0.0", "1cd7a71")
    models.Review.model_validate(review, strict=False)
    assert orders.get(f"{VERSIONS}/2.0.0").status_code == 404
    assert events(orders)[-1] == "version.refused"


def test_a_refusal_of_a_request_with_a_key_is_told_too_and_tried_anew(orders: TestClient) -> None:
    key = {"Idempotency-Key": "one"}
    assert orders.post(VERSIONS, json=document("2.0.0", "id"), headers=key).status_code == 422
    assert events(orders)[-1] == "version.refused"
    orders.post("/v1/services/orders/overrides", json={"reason": "Nobody reads it.", "until": LATER})
    made = orders.post(VERSIONS, json=document("2.0.0", "id"), headers=key)
    again = orders.post(VERSIONS, json=document("2.0.0", "id"), headers=key)
    assert (made.status_code, again.status_code, again.json()) == (201, 201, made.json())
    assert events(orders).count("version.published") == 2


def test_a_compatible_version_is_answered_with_its_review(orders: TestClient) -> None:
    made = orders.post(VERSIONS, json=document("1.1.0", "id", "total", "tax"))
    assert made.status_code == 201
    gate_models.PublishedVersion.model_validate(made.json(), strict=False)
    assert made.json()["review"]["verdict"] == "APPROVED"
    assert orders.get(f"/v1/reviews/{made.json()['review']['id']}").json()["outcome"] == "published"
    again = orders.post(VERSIONS, json=document("1.1.0", "id", "total", "tax"))
    assert (again.status_code, again.json()["review"]) == (200, None)


def test_a_trial_is_answered_alike_and_leaves_nothing(orders: TestClient) -> None:
    before = events(orders)
    refused = orders.post(f"{VERSIONS}?dry_run=true", json=document("2.0.0", "id"))
    good = orders.post(f"{VERSIONS}?dry_run=true", json=document("1.1.0", "id", "total", "tax"))
    new = orders.post("/v1/services/news/versions?dry_run=true&create=true", json=document("1"))
    assert (refused.status_code, good.status_code, new.status_code) == (422, 200, 200)
    for told in (good, new):
        validator_for(gate_models.PublishedVersion.model_json_schema()).validate(told.json())
    assert "location" not in good.headers
    assert (good.json()["review"]["dry_run"], good.json()["label"]) == (True, "1.1.0")
    assert (events(orders), orders.get("/v1/reviews").json()["items"]) == (before, [])
    assert orders.get("/v1/services/news").status_code == 404
    assert orders.post("/v1/services/news/versions?create=true", json=document("1")).status_code == 201


def test_reviews_are_listed_by_who_asked_and_what_became_of_it(orders: TestClient) -> None:
    orders.post("/v1/reviews", json={"service": "orders", "verdict": "APPROVED"})
    orders.post(VERSIONS, json=document("1.1.0", "id", "total", "tax"))
    orders.post(VERSIONS, json=document("2.0.0", "id"))

    def found(query: str) -> list[tuple[str, Any, Any]]:
        items = orders.get(f"/v1/reviews?sort=created_at&{query}").json()["items"]
        return [(one["source"], one["outcome"], one["version"]) for one in items]

    assert found("source=ci") == [("ci", None, None)]
    assert sorted(found("source=publish")) == [("publish", "published", "1.1.0"), ("publish", "refused", "2.0.0")]
    assert found("outcome=refused") == [("publish", "refused", "2.0.0")]
    assert found("service=orders&version=1.1.0") == [("publish", "published", "1.1.0")]
    assert orders.get("/v1/reviews?outcome=lost").status_code == 400


def test_a_policy_is_read_made_replaced_and_taken_back(orders: TestClient) -> None:
    path = "/v1/services/orders/policy"
    fresh = orders.get(path).json()
    gate_models.Policy.model_validate(fresh, extra="forbid", strict=False)
    assert (fresh["inherited"], fresh["compatibility"], fresh["revision"]) == (True, "backward", 0)
    assert orders.put(path, json={"scheme": "semver"}).status_code == 428
    assert orders.put(path, json={"scheme": "semver"}, headers=ANY).status_code == 404
    made = orders.put(path, json={"scheme": "semver"}, headers=NEW)
    assert (made.status_code, made.headers["location"], made.headers["etag"]) == (201, path, '"1"')
    assert orders.put(path, json={}, headers=NEW).status_code == 412
    assert orders.put(path, json={}, headers={"If-Match": '"9"'}).status_code == 412
    new = orders.put(path, json={"scheme": "semver", "sunset": True}, headers={"If-Match": '"1"'})
    assert (new.status_code, new.headers["etag"], new.json()["sunset"]) == (200, '"2"', True)
    assert orders.get(path, headers={"If-None-Match": '"2"'}).status_code == 304
    assert orders.delete(path, headers={"If-Match": '"2"'}).status_code == 204
    assert orders.get(path).json() == fresh
    assert (
        orders.put("/v1/policy", json={"compatibility": "none", "verdict": "NEEDS REVISION"}, headers=NEW).status_code
        == 201
    )
    assert orders.get(path).json()["compatibility"] == "none"
    assert orders.post(VERSIONS, json=document("2.0.0", "id")).json()["review"] is None
    assert orders.delete("/v1/policy", headers=ANY).status_code == 204
    assert events(orders).count("policy.created") == 2


def test_a_policy_is_checked_and_an_admins(orders: TestClient, team: dict[str, str]) -> None:
    path = "/v1/services/orders/policy"
    for body in ({"scheme": "roman"}, {"severities": {"x": "note"}}, {"colour": 1}, {"sunset": "yes"}):
        assert orders.put(path, json=body, headers=NEW).status_code == 400, body
    assert orders.put(path, json={}, headers={**NEW, **team}).status_code == 403
    assert orders.get("/v1/services/none/policy").status_code == 404
    assert orders.put("/v1/services/none/policy", json={}, headers=NEW).status_code == 404


def test_an_override_is_granted_used_listed_and_ended(orders: TestClient, time: Time) -> None:
    path = "/v1/services/orders/overrides"
    made = orders.post(path, json={"rule": "removed-response-field", "reason": "Nobody reads it.", "until": LATER})
    assert made.status_code == 201
    gate_models.Override.model_validate(made.json(), extra="forbid", strict=False)
    assert orders.get(made.headers["location"]).json() == made.json()
    let = orders.post(VERSIONS, json=document("2.0.0", "id"))
    assert (let.status_code, let.json()["review"]["overrides"][0]["id"]) == (201, made.json()["id"])
    assert {"override.created", "version.overridden"} <= set(events(orders))
    assert orders.delete(made.headers["location"]).status_code == 428
    assert orders.delete(made.headers["location"], headers=ANY).status_code == 204
    assert orders.get(made.headers["location"]).status_code == 404
    orders.post(path, json={"reason": "Again.", "until": LATER})
    time.pass_(11 * 86_400)
    assert [one["ended"] for one in orders.get(path).json()["items"]] == [True]
    assert orders.post(VERSIONS, json=document("3.0.0", "other")).status_code == 422


def test_an_override_can_come_with_the_publish(orders: TestClient, team: dict[str, str]) -> None:
    asked = {"override": "Nobody reads it.", "until": LATER}
    told = orders.post(VERSIONS, json=document("2.0.0", "id"), params=asked, headers=team)
    assert (told.status_code, told.json()["type"]) == (403, "/problems/forbidden")
    orders.put("/v1/services/orders/policy", json={"overriding": "owner"}, headers=NEW)
    assert orders.post(VERSIONS, json=document("2.0.0", "id"), params={"override": "x"}).status_code == 400
    assert orders.post(VERSIONS, json=document("2.0.0", "id"), params={**asked, "until": "soon"}).status_code == 400
    assert orders.get("/v1/services/orders/overrides").json()["items"] == []
    made = orders.post(VERSIONS, json=document("2.0.0", "id"), params=asked, headers=team)
    assert made.status_code == 201
    (kept,) = orders.get("/v1/services/orders/overrides").json()["items"]
    assert (kept["version"], kept["granted_by"], kept["reason"]) == ("2.0.0", kept["granted_by"], "Nobody reads it.")


@pytest.mark.parametrize(
    "body",
    [
        {"until": LATER},
        {"reason": "x"},
        {"reason": "x", "until": "2020-01-01T00:00:00Z"},
        {"reason": "", "until": LATER},
        {"reason": "x", "until": LATER, "rule": "none"},
        {"reason": "x", "until": LATER, "colour": "red"},
    ],
)
def test_an_override_that_cannot_be_is_refused(orders: TestClient, body: dict[str, Any]) -> None:
    assert orders.post("/v1/services/orders/overrides", json=body).status_code == 400


def test_an_import_is_judged_unless_an_admin_says_not(orders: TestClient, team: dict[str, str]) -> None:
    line = json.dumps({"type": "version", "service": "orders", "document": document("2.0.0", "id")}) + "\n"
    media = {"Content-Type": "application/x-ndjson"}
    refused = json.loads(orders.post("/v1/imports", content=line, headers=media).text.splitlines()[0])
    assert (refused["outcome"], len(refused["errors"])) == ("failed", 1)
    assert orders.post("/v1/imports?gate=off", content=line, headers={**media, **team}).status_code == 403
    told = json.loads(orders.post("/v1/imports?gate=off", content=line, headers=media).text.splitlines()[0])
    assert told["outcome"] == "updated"
