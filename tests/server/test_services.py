"""`/v1/services`: what becomes of services."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from byte.registry import keys
from byte.registry.actors import SYSTEM
from byte.registry.store import Store
from byte.server import models
from tests.server.conftest import Time, bearer

ANY = {"If-Match": "*"}


@pytest.fixture
def shop(client: TestClient) -> TestClient:
    """A client of a registry with two teams, and a service of one."""
    for team in ("shop", "payments", "idle"):
        assert client.post("/v1/owners", json={"name": team}).status_code == 201
    made = client.post("/v1/services", json={"name": "orders", "owner": "shop", "title": "Orders", "tags": ["a", "b"]})
    assert made.status_code == 201
    return client


def event_types(client: TestClient, service: str) -> list[str]:
    return [event["type"] for event in client.get(f"/v1/events?service={service}").json()["items"]]


def test_a_new_service_is_answered_with_its_place_and_etag_and_told_as_an_event(shop: TestClient) -> None:
    made = shop.post("/v1/services", json={"name": "carts", "tags": ["z", "a", "z"]})
    assert (made.status_code, made.headers["location"], made.headers["etag"]) == (201, "/v1/services/carts", '"1"')
    assert made.json()["tags"] == ["a", "z"]
    assert shop.get(made.headers["location"]).json() == made.json()
    assert event_types(shop, "carts") == ["service.created"]


def test_what_is_answered_is_exactly_what_the_model_says(shop: TestClient) -> None:
    models.Service.model_validate(shop.get("/v1/services/orders").json(), extra="forbid", strict=False)
    models.Owner.model_validate(shop.get("/v1/owners/shop").json(), extra="forbid", strict=False)


def test_a_name_is_given_once(shop: TestClient) -> None:
    again = shop.post("/v1/services", json={"name": "orders"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-exists")


def test_an_owner_must_exist(shop: TestClient) -> None:
    refused = shop.post("/v1/services", json={"name": "carts", "owner": "nobody"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/owner")


REFUSED: list[tuple[str, Any, str]] = [
    ("name", "Orders", "/name"),
    ("name", "a--b", "/name"),
    ("name", "a" * 101, "/name"),
    ("title", "two\nlines", "/title"),
    ("title", "a\u0085b", "/title"),
    ("description", "bell\u0007", "/description"),
    ("kind", "soap", "/kind"),
    ("tags", ["A"], "/tags/0"),
    ("tags", ["a"] * 51, "/tags"),
    ("base_url", "ftp://example.com", "/base_url"),
    ("base_url", "https://user:secret@example.com", "/base_url"),
    ("base_url", "https://example.com/?q", "/base_url"),
    ("base_url", "https://example.com:70000", "/base_url"),
    ("links", [{"rel": "docs", "url": "javascript:alert(1)"}], "/links/0/url"),
    ("links", [{"rel": "docs"}], "/links/0/url"),
    ("probe", {"interval_seconds": 1}, "/probe/interval_seconds"),
    ("probe", {"path": "health"}, "/probe/path"),
    ("probe", {"interval_seconds": "60"}, "/probe/interval_seconds"),
    ("health", "up", "/health"),
    ("revision", 7, "/revision"),
]


def test_what_cannot_be_kept_is_refused_with_its_place(shop: TestClient) -> None:
    for field, value, pointer in REFUSED:
        refused = shop.post("/v1/services", json={"name": "carts", field: value})
        assert refused.status_code == 400, (field, value)
        assert pointer in [error["pointer"] for error in refused.json()["errors"]], (field, value)


@pytest.mark.parametrize(
    "url",
    [
        "http://orders",
        "https://orders.example.com:8443/v1",
        "http://10.0.0.7",
        "http://[::1]:8080/a",
        "http://[fd00::1]/",
    ],
)
def test_addresses_of_services_are_taken(shop: TestClient, url: str) -> None:
    assert shop.patch("/v1/services/orders", json={"base_url": url}, headers=ANY).json()["base_url"] == url


def test_an_edit_needs_a_precondition_and_the_right_one(shop: TestClient) -> None:
    for method, body in (("PUT", {}), ("PATCH", {}), ("DELETE", None)):
        missing = shop.request(method, "/v1/services/orders", json=body)
        assert (missing.status_code, missing.json()["type"]) == (428, "/problems/precondition-required")
        for tag in ('"7"', 'W/"1"', '"one"'):
            stale = shop.request(method, "/v1/services/orders", json=body, headers={"If-Match": tag})
            assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale")
    assert shop.get("/v1/services/orders").json()["revision"] == 1


def test_a_put_replaces_all_that_may_be_written_and_leaves_the_owner(shop: TestClient) -> None:
    put = shop.put("/v1/services/orders", json={"title": "New"}, headers={"If-Match": '"1"'})
    assert (put.status_code, put.headers["etag"]) == (200, '"2"')
    said = put.json()
    assert (said["title"], said["tags"], said["owner"]) == ("New", [], "shop")


def test_a_put_creates_only_where_there_is_none(shop: TestClient) -> None:
    none = {"If-None-Match": "*"}
    made = shop.put("/v1/services/carts", json={"owner": "shop"}, headers=none)
    assert (made.status_code, made.headers["location"]) == (201, "/v1/services/carts")
    assert shop.put("/v1/services/carts", json={"owner": "shop"}, headers=none).status_code == 412
    assert shop.put("/v1/services/other", json={}, headers=ANY).status_code == 404


def test_the_same_put_again_changes_nothing_and_tells_nothing(shop: TestClient, time: Time) -> None:
    first = shop.put("/v1/services/orders", json={"title": "New"}, headers=ANY).json()
    time.pass_(10)
    again = shop.put("/v1/services/orders", json={"title": "New"}, headers=ANY)
    assert again.json() == first
    assert event_types(shop, "orders") == ["service.created", "service.updated"]


@pytest.mark.parametrize(
    "patch, changed",
    [
        ({"title": "New"}, {"title": "New"}),
        ({"title": None}, {"title": ""}),
        ({"tags": ["c"]}, {"tags": ["c"]}),
        ({"tags": None}, {"tags": []}),
        ({"probe": {"interval_seconds": 30.0}}, {"interval_seconds": 30, "timeout_seconds": 9}),
        ({"probe": {"timeout_seconds": None}}, {"interval_seconds": 60, "timeout_seconds": 5}),
        ({"probe": None}, {"timeout_seconds": 5}),
        ({}, {"title": "Orders"}),
    ],
)
def test_a_merge_patch_replaces_members_and_null_removes_them(
    shop: TestClient, patch: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert shop.patch("/v1/services/orders", json={"probe": {"timeout_seconds": 9}}, headers=ANY).status_code == 200
    headers = {**ANY, "Content-Type": "application/merge-patch+json"}
    patched = shop.patch("/v1/services/orders", json=patch, headers=headers)
    assert patched.status_code == 200
    said = patched.json()
    assert {name: {**said, **said["probe"]}[name] for name in changed} == changed
    untouched = {"title": "Orders", "tags": ["a", "b"], "owner": "shop"}
    assert {name: said[name] for name in untouched if name not in patch} == {
        name: value for name, value in untouched.items() if name not in patch
    }


@pytest.mark.parametrize(
    "patch", [{"owner": "payments"}, {"name": "carts"}, {"health": "up"}, {"probe": {"every": 1}}, [], 1]
)
def test_a_patch_takes_nothing_that_it_may_not_write(shop: TestClient, patch: Any) -> None:
    assert shop.patch("/v1/services/orders", json=patch, headers=ANY).status_code == 400


def test_the_owner_changes_by_a_transfer_only(shop: TestClient) -> None:
    refused = shop.put("/v1/services/orders", json={"owner": "payments"}, headers=ANY)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert shop.post("/v1/services/orders/transfer", json={"owner": "nobody"}, headers=ANY).status_code == 400
    assert shop.post("/v1/services/orders/transfer", json={"owner": "payments"}).status_code == 428
    done = shop.post("/v1/services/orders/transfer", json={"owner": "payments"}, headers={"If-Match": '"1"'})
    assert (done.status_code, done.json()["owner"], done.headers["etag"]) == (200, "payments", '"2"')
    assert event_types(shop, "orders") == ["service.created", "service.transferred"]


def test_a_service_goes_with_all_of_it_but_not_while_it_is_used(shop: TestClient) -> None:
    used = shop.put("/v1/services/orders/consumers/web", json={}, headers={"If-None-Match": "*"})
    assert used.status_code == 201
    refused = shop.delete("/v1/services/orders", headers=ANY)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/in-use")
    assert shop.delete("/v1/services/orders/consumers/web", headers=ANY).status_code == 204
    gone = shop.delete("/v1/services/orders", headers={"If-Match": '"1"'})
    assert (gone.status_code, gone.content) == (204, b"")
    assert shop.get("/v1/services/orders").status_code == 404
    assert event_types(shop, "orders")[-1] == "service.deleted"


def test_an_unchanged_service_is_not_sent_again(shop: TestClient) -> None:
    for path in ("/v1/services/orders", "/v1/services", "/v1/owners/shop", "/v1/owners"):
        tag = shop.get(path).headers["etag"]
        same = shop.get(path, headers={"If-None-Match": f'"other", {tag}'})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    shop.patch("/v1/services/orders", json={"title": "New"}, headers=ANY)
    assert shop.get("/v1/services/orders", headers={"If-None-Match": '"1"'}).status_code == 200


def test_lists_are_filtered_and_sorted(shop: TestClient, time: Time) -> None:
    for name, kind, tag in (("carts", "mcp", "a"), ("mail", "a2a", "c")):
        time.pass_(1)
        shop.post("/v1/services", json={"name": name, "kind": kind, "tags": [tag], "owner": "payments"})

    def names(query: str) -> list[str]:
        return [item["name"] for item in shop.get(f"/v1/services?{query}").json()["items"]]

    assert names("") == ["carts", "mail", "orders"]
    assert names("sort=-name") == ["orders", "mail", "carts"]
    assert names("sort=-updated_at") == ["mail", "carts", "orders"]
    assert names("tag=a") == ["carts", "orders"]
    assert names("tag=a&kind=mcp") == ["carts"]
    assert names("owner=payments&health=unknown&lifecycle=production") == ["carts", "mail"]
    assert names("tag=nothing") == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "sort=size", "kind=soap", "colour=red", "tag=a&tag=b"]
)
def test_a_query_that_is_not_understood_is_refused(shop: TestClient, query: str) -> None:
    refused = shop.get(f"/v1/services?{query}")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == query.split("=")[0]


def test_a_walk_sees_every_service_once_while_others_come(shop: TestClient) -> None:
    before = {f"s{number:02}" for number in range(0, 40, 2)}
    for name in before:
        shop.post("/v1/services", json={"name": name})
    seen: list[str] = []
    path, number = "/v1/services?limit=7", 1
    while path:
        page = shop.get(path).json()
        seen += [item["name"] for item in page["items"]]
        path = page["next"]
        shop.post("/v1/services", json={"name": f"s{number:02}"})
        number += 2
    assert len(seen) == len(set(seen))
    assert before | {"orders"} <= set(seen)


def test_a_cursor_belongs_to_its_list_and_sort(shop: TestClient) -> None:
    shop.post("/v1/services", json={"name": "carts"})
    cursor = shop.get("/v1/services?limit=1").json()["next"].partition("cursor=")[2]
    assert shop.get(f"/v1/services?sort=-name&cursor={cursor}").status_code == 400
    assert shop.get(f"/v1/owners?cursor={cursor}").status_code == 400
    assert shop.get("/v1/services?cursor=nonsense").status_code == 400


# --- who may what ------------------------------------------------------------------------------


@pytest.fixture
def tokens(store: Store, shop: TestClient, admin: str) -> dict[str, str]:
    """A token of everybody who may come."""
    return {
        "admin": admin,
        "team": keys.issue(store, SYSTEM, "ci of shop", "publish", owner="shop")[1],
        "other": keys.issue(store, SYSTEM, "ci of payments", "publish", owner="payments")[1],
        "reader": keys.issue(store, SYSTEM, "a reader", "read")[1],
    }


CALLS = {
    "read a service": ("GET", "/v1/services/orders", None),
    "register one": ("POST", "/v1/services", {"name": "carts", "owner": "shop"}),
    "put one": ("PUT", "/v1/services/orders", {"title": "x"}),
    "patch one": ("PATCH", "/v1/services/orders", {"title": "x"}),
    "hand one over": ("POST", "/v1/services/orders/transfer", {"owner": "payments"}),
    "publish": (
        "POST",
        "/v1/services/orders/versions",
        {"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {}},
    ),
    "delete one": ("DELETE", "/v1/services/orders", None),
    "patch their team": ("PATCH", "/v1/owners/shop", {"title": "x"}),
    "add a team": ("POST", "/v1/owners", {"name": "new"}),
    "delete a team": ("DELETE", "/v1/owners/idle", None),
    "send a review": ("POST", "/v1/reviews", {"service": "orders", "verdict": "APPROVED"}),
    "import": ("POST", "/v1/imports", None),
    "export": ("GET", "/v1/export", None),
    "declare a consumer": ("PUT", "/v1/services/orders/consumers/web", {}),
}
ONLY_ADMIN = {"add a team", "delete a team"}
EVERYBODY = {"read a service", "export"}
EVERY_PUBLISHER = {"import", "declare a consumer"}


def called(client: TestClient, tokens: dict[str, str], who: str, call: str) -> Any:
    method, path, body = CALLS[call]
    headers = {"Authorization": ""} if who == "nobody" else bearer(tokens[who])
    headers |= {"If-None-Match": "*"} if call == "declare a consumer" else ANY
    if call == "import":
        headers["Content-Type"] = "application/x-ndjson"
    return client.request(method, path, json=body, headers=headers)


def may(who: str, call: str) -> bool:
    return (
        who == "admin"
        or (call in EVERYBODY and who != "nobody")
        or (call in EVERY_PUBLISHER and who in ("other", "team"))
        or (who == "team" and call not in ONLY_ADMIN)
    )


def test_nobody_may_what_their_key_does_not_say(shop: TestClient, tokens: dict[str, str]) -> None:
    for who in ("nobody", "reader", "other", "team"):
        for call in CALLS:
            if not may(who, call):
                answer = called(shop, tokens, who, call)
                assert answer.status_code == (401 if who == "nobody" else 403), (who, call, answer.text)
    assert event_types(shop, "orders") == ["service.created"]


@pytest.mark.parametrize(
    "who, call", [(who, call) for who in ("reader", "other", "team", "admin") for call in CALLS if may(who, call)]
)
def test_everybody_may_what_their_key_says(shop: TestClient, tokens: dict[str, str], who: str, call: str) -> None:
    answer = called(shop, tokens, who, call)
    assert answer.status_code < 300, answer.text


def test_a_key_of_a_team_registers_for_its_team(shop: TestClient, tokens: dict[str, str]) -> None:
    made = shop.post("/v1/services", json={"name": "carts"}, headers=bearer(tokens["team"]))
    assert made.json()["owner"] == "shop"
    refused = shop.post("/v1/services", json={"name": "mail", "owner": "payments"}, headers=bearer(tokens["team"]))
    assert refused.status_code == 403


def test_who_may_not_learns_nothing_of_what_exists(shop: TestClient, tokens: dict[str, str]) -> None:
    for name in ("orders", "nothing"):
        refused = shop.patch(f"/v1/services/{name}", json={}, headers={**ANY, **bearer(tokens["reader"])})
        assert refused.status_code == 403


# --- teams -------------------------------------------------------------------------------------


def test_a_team_is_edited_and_goes_once_it_owns_nothing(shop: TestClient) -> None:
    patched = shop.patch(
        "/v1/owners/shop",
        json={"title": "Web shop", "contacts": [{"rel": "chat", "url": "https://chat.example.com/shop"}]},
        headers={"If-Match": '"1"'},
    )
    assert (patched.status_code, patched.json()["title"], patched.headers["etag"]) == (200, "Web shop", '"2"')
    put = shop.put("/v1/owners/shop", json={}, headers={"If-Match": '"2"'})
    assert (put.json()["title"], put.json()["contacts"]) == ("", [])
    refused = shop.delete("/v1/owners/shop", headers=ANY)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/in-use")
    shop.post("/v1/services/orders/transfer", json={"owner": "payments"}, headers=ANY)
    assert shop.delete("/v1/owners/shop", headers=ANY).status_code == 204
    assert shop.get("/v1/owners/shop").status_code == 404


def test_a_put_adds_a_team_where_there_is_none(shop: TestClient) -> None:
    made = shop.put("/v1/owners/new", json={"title": "New"}, headers={"If-None-Match": "*"})
    assert (made.status_code, made.headers["location"]) == (201, "/v1/owners/new")
    assert shop.put("/v1/owners/new", json={}, headers={"If-None-Match": "*"}).status_code == 412
    assert [owner["name"] for owner in shop.get("/v1/owners?sort=-name").json()["items"]] == [
        "shop",
        "payments",
        "new",
        "idle",
    ]
