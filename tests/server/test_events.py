"""Reading events: in order, by number, and waiting for the next."""

import threading

from starlette.testclient import TestClient

from byte.registry import keys
from byte.registry.actors import SYSTEM
from byte.registry.store import Store
from tests.server.conftest import context


def test_events_come_in_order_and_page_by_their_numbers(client: TestClient, store: Store):
    for number in range(5):
        keys.issue(store, SYSTEM, f"key {number}", "read")
    first = client.get("/v1/events?limit=4").json()
    assert [event["number"] for event in first["items"]] == [1, 2, 3, 4]
    second = client.get(first["next"]).json()
    assert [event["number"] for event in second["items"]] == [5, 6]
    assert second["next"] is None
    assert second["items"][0]["data"]["name"] == "key 3"


def test_events_can_be_chosen_by_type_and_by_service(client: TestClient, store: Store):
    key, _ = keys.issue(store, SYSTEM, "x", "read")
    keys.revoke(store, SYSTEM, key.id)
    assert [event["number"] for event in client.get("/v1/events?types=key.revoked").json()["items"]] == [3]
    both = client.get("/v1/events?types=key.revoked&types=key.issued&after=1").json()
    assert [event["number"] for event in both["items"]] == [2, 3]
    assert client.get("/v1/events?service=none").json() == {"items": [], "next": None}


def test_who_waits_gets_the_next_event_when_it_happens(client: TestClient, store: Store):
    waiting = []
    thread = threading.Thread(target=lambda: waiting.append(client.get("/v1/events?after=1&wait=20").json()))
    thread.start()
    while not context(client).tail._waiting:
        pass
    keys.issue(store, SYSTEM, "late", "read")
    thread.join()
    assert [event["data"]["name"] for event in waiting[0]["items"]] == ["late"]


def test_who_waits_is_let_go_when_the_server_stops(client: TestClient):
    waiting = []
    thread = threading.Thread(target=lambda: waiting.append(client.get("/v1/events?after=9&wait=20").json()))
    thread.start()
    while not context(client).tail._waiting:
        pass
    context(client).tail.stop()
    thread.join()
    assert waiting == [{"items": [], "next": None}]
