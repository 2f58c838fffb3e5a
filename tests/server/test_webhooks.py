"""Webhooks over HTTP: for admins, with their secrets shown once."""

import base64
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from byte.registry.clock import SECOND, shown
from byte.registry.records import Event, Service
from byte.registry.store import Store, events, services
from byte.registry.store import webhooks as kept
from byte.server.routes.webhooks import Delivery, Webhook, WebhookCreated, WebhookRotated
from tests.server.conftest import bearer
from tests.server.test_problems import check

URL = "https://hooks.example.com/byte?token=1"


def made(client: TestClient, **fields: Any) -> dict[str, Any]:
    answer = client.post("/v1/webhooks", json={"url": URL, **fields})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_webhook_is_made_and_its_secret_shown_this_once(client: TestClient) -> None:
    answer = client.post("/v1/webhooks", json={"url": URL, "types": ["version.published"]})
    body = answer.json()
    WebhookCreated.model_validate_json(answer.content)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/webhooks/{body['id']}"
    assert (answer.headers["etag"], answer.headers["cache-control"]) == ('"1"', "no-store")
    assert body["secret"].startswith("whsec_")
    again = client.get(answer.headers["location"])
    Webhook.model_validate_json(again.content)
    assert again.json() == {name: value for name, value in body.items() if name != "secret"}
    assert client.get("/v1/webhooks").json() == {"items": [again.json()], "next": None}


@pytest.mark.parametrize(
    "body,pointer",
    [
        ({}, "/url"),
        ({"url": "http://hooks.example.com/"}, "/url"),
        ({"url": "https://10.0.0.1/"}, "/url"),
        ({"url": "https://user:secret@hooks.example.com/"}, "/url"),
        ({"url": URL, "types": ["Version Published"]}, "/types/0"),
        ({"url": URL, "service": "nothing"}, "/service"),
        ({"url": URL, "secret": "whsec_abc"}, "/secret"),
        ({"url": URL, "more": 1}, "/more"),
    ],
)
def test_a_webhook_that_cannot_be_is_a_problem_with_its_place(client: TestClient, body: Any, pointer: str) -> None:
    answer = client.post("/v1/webhooks", json=body)
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_the_pattern_of_secrets_takes_what_the_use_case_takes(client: TestClient) -> None:
    for length in (24, 25, 26, 27, 62, 63, 64):
        secret = "whsec_" + base64.b64encode(b"k" * length).decode()
        assert made(client, secret=secret)["secret"] == secret
    for length in (23, 65, 66):
        secret = "whsec_" + base64.b64encode(b"k" * length).decode()
        assert client.post("/v1/webhooks", json={"url": URL, "secret": secret}).status_code == 400


def test_a_webhook_is_replaced_and_patched_at_the_revision_that_was_read(client: TestClient, store: Store) -> None:
    with store.writing() as write:
        services.add(write, Service(name="orders"))
    path = f"/v1/webhooks/{made(client, types=['a.b'])['id']}"
    assert client.put(path, json={"url": URL}).status_code == 428
    assert client.put(path, json={"url": URL}, headers={"If-Match": '"7"'}).status_code == 412
    replaced = client.put(path, json={"url": URL, "service": "orders"}, headers={"If-Match": '"1"'})
    assert (replaced.status_code, replaced.headers["etag"]) == (200, '"2"')
    assert (replaced.json()["types"], replaced.json()["service"]) == ([], "orders")
    patched = client.patch(path, json={"enabled": False, "service": None, "url": None}, headers={"If-Match": '"2"'})
    assert patched.status_code == 200
    assert (patched.json()["enabled"], patched.json()["service"], patched.json()["url"]) == (False, None, URL)
    assert client.get(path).headers["etag"] == '"3"'


def test_a_webhook_is_deleted(client: TestClient) -> None:
    path = f"/v1/webhooks/{made(client)['id']}"
    assert client.delete(path).status_code == 428
    assert client.delete(path, headers={"If-Match": '"1"'}).status_code == 204
    assert client.get(path).status_code == 404


def test_how_far_a_webhook_has_come_is_told_beside_it(client: TestClient, store: Store) -> None:
    path = f"/v1/webhooks/{made(client)['id']}"
    tag = client.get(path).headers["etag"]
    with store.writing() as write:
        events.append(write, Event(type="a.b", actor="ann"))
        [webhook] = kept.page(write).items
        failed = msgspec.structs.replace(webhook, failures=2, last_error="It answered 503.", retry_at=5_000_000)
        kept.progress(write, failed)
    answer = client.get(f"{path}/delivery")
    Delivery.model_validate_json(answer.content)
    body = answer.json()
    assert (body["failures"], body["last_error"], body["retry_at"]) == (
        2,
        "It answered 503.",
        "1970-01-01T00:00:05.000000Z",
    )
    assert body["last_event"] > body["delivered"]
    assert client.get(path).headers["etag"] == tag


def test_a_secret_is_rotated_and_shown_once(client: TestClient, store: Store) -> None:
    first = made(client)
    path = f"/v1/webhooks/{first['id']}"
    assert client.post(f"{path}/secret", json={}).status_code == 428
    answer = client.post(f"{path}/secret", json={"grace_seconds": 60}, headers={"If-Match": '"1"'})
    body = answer.json()
    WebhookRotated.model_validate_json(answer.content)
    assert (answer.status_code, answer.headers["etag"], answer.headers["cache-control"]) == (200, '"2"', "no-store")
    assert body["secret"] != first["secret"]
    assert body["old_secret_until"] == shown(store.clock() + 60 * SECOND)
    assert body["secret"] not in client.get(path).text
    with store.reading() as read:
        assert len(kept.secrets(read, first["id"], store.clock())) == 2
    ended = client.post(f"{path}/secret", json={"grace_seconds": 0}, headers={"If-Match": '"2"'}).json()
    assert ended["old_secret_until"] is None
    with store.reading() as read:
        assert len(kept.secrets(read, first["id"], store.clock())) == 1
    wrong = client.post(f"{path}/secret", json={"grace_seconds": 10**7}, headers={"If-Match": "*"})
    assert check(wrong, "invalid")["errors"][0]["pointer"] == "/grace_seconds"


PATHS = [("GET", ""), ("POST", ""), ("GET", "/0123456789abcdef"), ("PUT", "/0123456789abcdef")]
MORE = [
    ("POST", "/0123456789abcdef/secret"),
    ("PATCH", "/0123456789abcdef"),
    ("DELETE", "/0123456789abcdef"),
    ("GET", "/0123456789abcdef/delivery"),
]


@pytest.mark.parametrize("method,path", [*PATHS, *MORE])
def test_only_an_admin_reaches_webhooks(client: TestClient, reader: str, method: str, path: str) -> None:
    assert client.request(method, f"/v1/webhooks{path}", headers=bearer(reader)).status_code == 403
