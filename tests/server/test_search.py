"""Finding operations over HTTP: ranked, explained, honest; and not before there is an index."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from byte.registry.errors import NotReadyError
from byte.registry.indexing.keeper import Keeper
from byte.registry.search.index import Index
from byte.registry.store import Store, events
from tests.registry.indexing.world import Hashing, published
from tests.server.conftest import bearer, context, serving, until_searched
from tests.server.test_problems import check

REFUNDS = {
    "openapi": "3.1.0",
    "info": {"title": "Payments", "version": "1"},
    "paths": {
        "/payments/{id}/refunds": {
            "post": {
                "operationId": "createRefund",
                "summary": "Refund a payment",
                "tags": ["refunds"],
                "responses": {"200": {"description": "OK"}},
            }
        },
        "/payments": {"get": {"summary": "List payments", "responses": {"200": {"description": "OK"}}}},
        "/weather": {"get": {"summary": "Tell the weather", "deprecated": True, "responses": {}}},
    },
}


@pytest.fixture
def found(client: TestClient) -> TestClient:
    """A client of a registry with three services."""
    assert client.post("/v1/owners", json={"name": "shop"}).status_code == 201
    for name, owner in (("payments", "shop"), ("billing", None)):
        assert client.post("/v1/services", json={"name": name, "owner": owner}).status_code == 201
        assert client.post(f"/v1/services/{name}/versions", json=REFUNDS).status_code == 201
    published(context(client).store, "stock", "1", "/shelves")
    until_searched(client)
    return client


def names(client: TestClient, query: str) -> list[tuple[str, str]]:
    answer = client.get(f"/v1/operations?q={query}")
    assert answer.status_code == 200, answer.text
    return [(item["service"], item["name"]) for item in answer.json()["items"]]


def test_what_is_found_comes_with_a_score_and_why(found: TestClient) -> None:
    answer = found.get("/v1/operations", params={"q": "refund a payment", "limit": 2})
    body = answer.json()
    assert [item["name"] for item in body["items"]] == ["POST /payments/{id}/refunds"] * 2
    first = body["items"][0]
    assert 0 < first["score"] <= 1
    assert first["shares"] == {"lexical": 1.0, "semantic": 0.0}
    assert "refund" in {word for words in first["matched"].values() for word in words}
    assert (body["next"], body["arms"]) == (None, "lexical")
    assert body["reason"]
    with context(found).store.reading() as read:
        assert body["index"]["last_event"] == events.last(read)
    assert body["index"]["operations"] == 7
    assert found.get(f"/v1/operations/{first['id']}").status_code == 200


@pytest.mark.parametrize(
    "asked, some",
    [
        ("service=payments", {"payments"}),
        ("owner=shop", {"payments"}),
        ("method=POST", {"payments", "billing"}),
        ("method=PUT", set()),
        ("tag=refunds", {"payments", "billing"}),
        ("tag=none", set()),
        ("kind=mcp", set()),
        ("health=unknown", {"payments", "billing"}),
        ("health=up", set()),
        ("state=active", {"payments", "billing"}),
        ("state=draft", set()),
        ("deprecated=true", set()),
        ("version=1&service=billing", {"billing"}),
        ("version=2", set()),
    ],
)
def test_every_filter_of_the_list_holds_for_a_search(found: TestClient, asked: str, some: set[str]) -> None:
    assert {service for service, name in names(found, f"refund&{asked}") if "refunds" in name} == some


def test_one_of_each_service_is_shown_when_that_is_asked(found: TestClient) -> None:
    items = found.get("/v1/operations?q=payments&group=service").json()["items"]
    assert sorted(item["service"] for item in items) == ["billing", "payments"]


@pytest.mark.parametrize(
    "query", ["q=a&cursor=x", "group=service", "q=", "q=a&limit=201", "q=a&group=owner", "q=a%0Ab", "q=a&sort=name"]
)
def test_what_no_search_takes_is_refused(found: TestClient, query: str) -> None:
    check(found.get(f"/v1/operations?{query}"), "invalid")


def test_nothing_found_is_an_answer(found: TestClient) -> None:
    body = found.get("/v1/operations", params={"q": "xylophone"}).json()
    assert (body["items"], body["answer"]) == ([], "none")


def test_a_draft_is_found_only_by_who_asks_for_drafts(found: TestClient, store: Store) -> None:
    published(store, "stock", "2", "/pallets", state="draft")
    until_searched(found)
    for asked in ("", "&version=2", "&version=2&state=active"):
        assert names(found, f"pallets{asked}") == []
    for asked in ("&state=draft", "&version=2&state=draft"):
        assert names(found, f"pallets{asked}") == [("stock", "GET /pallets")]


def test_what_changes_is_found_as_it_is_now(found: TestClient, store: Store) -> None:
    published(store, "stock", "2", "/pallets")
    until_searched(found)
    assert names(found, "shelves") == []
    assert names(found, "pallets") == [("stock", "GET /pallets")]
    assert names(found, "shelves&version=1") == [("stock", "GET /shelves")]
    etag = found.get("/v1/services/stock").headers["etag"]
    assert found.delete("/v1/services/stock", headers={"If-Match": etag}).status_code == 204
    until_searched(found)
    assert names(found, "pallets") == []


def test_operations_like_another_are_listed(found: TestClient) -> None:
    one = found.get("/v1/operations", params={"q": "refund", "service": "payments"}).json()["items"][0]["id"]
    like = found.get(f"/v1/operations/{one}/similar?others=true").json()["items"]
    assert (like[0]["service"], like[0]["name"]) == ("billing", "POST /payments/{id}/refunds")
    assert one not in {item["id"] for item in found.get(f"/v1/operations/{one}/similar").json()["items"]}
    check(found.get(f"/v1/operations/{'0' * 24}/similar"), "not-found")


@pytest.fixture
def unready(monkeypatch: pytest.MonkeyPatch) -> None:
    def index(self: Keeper) -> None:
        raise NotReadyError("The search index is being built.")

    monkeypatch.setattr(Keeper, "index", property(index))


def test_until_there_is_an_index_searches_are_told_to_come_later(client: TestClient, unready: None) -> None:
    for path in ("/v1/operations?q=a", f"/v1/operations/{'0' * 24}/similar", "/v1/duplicates?service=a"):
        answer = client.get(path)
        check(answer, "not-ready")
        assert int(answer.headers["retry-after"]) > 0
    assert client.get("/v1/operations").status_code == 200


def test_readiness_and_status_tell_of_the_index(found: TestClient) -> None:
    assert found.get("/health/ready").json() == {"status": "ok", "notes": []}
    search = found.get("/v1/status").json()["search"]
    assert (search["ready"], search["operations"], search["building"]) == (True, 7, None)


def test_figures_of_the_search_are_counted(found: TestClient) -> None:
    names(found, "refund")
    text = found.get("/metrics").text
    assert re.search(r'byte_searches_total\{answer="\w+",arms="lexical"\} [1-9]', text)
    assert re.search(r"byte_search_duration_seconds_count [1-9]", text)
    assert "byte_index_operations 7.0" in text
    assert "byte_index_ready 1.0" in text


def test_a_model_that_cannot_be_had_leaves_words_and_says_so(store: Store, admin: str) -> None:
    published(store, "stock", "1", "/shelves")
    with serving(store, embeddings="./no/such/model") as client:
        until_searched(client)
        body = client.get("/v1/operations?q=shelves", headers=bearer(admin)).json()
        assert (len(body["items"]), body["arms"], body["index"]["embeddings"]) == (1, "lexical", "")
        assert client.get("/health/ready").json()["notes"]
        assert client.get("/v1/status", headers=bearer(admin)).json()["search"]["reason"]


def test_meaning_is_looked_at_where_there_is_a_model(store: Store, admin: str, monkeypatch) -> None:
    monkeypatch.setattr("byte.registry.search.choice.opened", lambda setting, options: Hashing())
    published(store, "stock", "1", "/shelves")
    with serving(store) as client:
        until_searched(client)
        body = client.get("/v1/operations?q=shelves", headers=bearer(admin)).json()
        assert (body["arms"], body["index"]["embeddings"]) == ("lexical+semantic", "hashing")


def test_searches_do_not_wait_for_who_looks_for_duplicates(found: TestClient, monkeypatch) -> None:
    busy, over = threading.Event(), threading.Event()

    def slowly(*_: object) -> tuple[()]:
        busy.set()
        assert over.wait(30)
        return ()

    monkeypatch.setattr(Index, "twins", slowly)
    with ThreadPoolExecutor(9) as many:
        waiting = [many.submit(found.get, "/v1/duplicates?service=payments") for _ in range(8)]
        assert busy.wait(30)
        try:
            assert many.submit(names, found, "refund").result(20)
        finally:
            over.set()
        assert {one.result(30).status_code for one in waiting} == {200}


def test_what_a_service_has_in_common_with_others_is_listed(store: Store, admin: str, monkeypatch) -> None:
    monkeypatch.setattr("byte.registry.search.choice.opened", lambda setting, options: Hashing())
    for name in ("payments", "billing"):
        published(store, name, "1", "/refunds", f"/{name}")
    with serving(store) as client:
        client.headers.update(bearer(admin))
        until_searched(client)
        pairs = client.get("/v1/duplicates?service=payments&threshold=0.6").json()["items"]
        assert (pairs[0]["first"]["path"], pairs[0]["second"]["path"]) == ("/refunds", "/refunds")
        assert {pairs[0]["first"]["service"], pairs[0]["second"]["service"]} == {"payments", "billing"}
        assert client.get("/v1/duplicates?service=none").json() == {"items": [], "next": None}
        check(client.get("/v1/duplicates"), "invalid")
        check(client.get("/v1/duplicates?service=payments&threshold=0.1"), "invalid")
