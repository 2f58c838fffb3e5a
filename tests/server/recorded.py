"""The examples of answers in the API document: what a registry answered when a small story was played to it.

`python -m tests.server.recorded` plays it and writes `src/byte/server/examples.json`; a test plays it again and holds the
file, and the schemas, to what was answered. Time stands, and what is random is counted, so that it is the same each time.
A new operation needs a step in `story`.
"""

import itertools
import json
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from starlette.testclient import TestClient

from byte.registry import keys
from byte.registry.clock import DAY, SECOND
from byte.registry.records import Event, HealthCheck
from byte.registry.store import Store, events, health, services
from byte.server.app import create_app
from tests.server.conftest import bearer, settings, until_searched

FILE = Path(__file__).parents[2] / "src" / "byte" / "server" / "examples.json"
NOW = 20_780 * DAY + 47_176 * SECOND
"""2026-11-23T13:06:16Z."""
ORDER = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "status": {"type": "string"}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1.4.0"},
    "servers": [{"url": "https://orders.example.com"}],
    "paths": {
        "/orders/{id}": {
            "get": {
                "operationId": "read_order",
                "summary": "Read an order",
                "tags": ["orders"],
                "security": [{"key": []}],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "description": "The order",
                        "content": {"application/json": {"schema": ORDER}},
                    }
                },
            }
        }
    },
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
}
"""Without a `$ref`: tools that read the API document take one in an example for its own."""
ANY = {"If-Match": "*"}
NEW = {"If-None-Match": "*"}
MERGE = {"Content-Type": "application/merge-patch+json", **ANY}


class Recorder:
    """Asks by the ids of operations, and keeps the first answer of each status."""

    def __init__(self, client: TestClient, store: Store) -> None:
        self.client = client
        self.store = store
        self.kept: dict[str, Any] = {}
        document = client.get("/openapi.json").json()
        self._places = {
            one["operationId"]: (method, path)
            for path, item in document["paths"].items()
            for method, one in item.items()
        }

    def ask(self, operation: str, status: int = 200, /, *, query: str = "", **given: Any) -> Any:
        """The body of an answer. `given` are what the path names, and what the request has."""
        method, path = self._places[operation]
        named = {name: given.pop(name) for name in list(given) if f"{{{name}}}" in path}
        answer = self.client.request(method, path.format(**named) + query, **given)
        assert answer.status_code == status, f"{operation}: {answer.status_code} {answer.text}"
        if answer.headers.get("content-type") != "application/json":
            return None
        body = answer.json()
        self.kept.setdefault(f"{operation} {status}", body)
        return body


def story(recorder: Recorder) -> None:
    """Every operation at least once, in an order that makes sense."""
    ask = recorder.ask
    _owners_and_services(ask)
    _versions(ask)
    operation = ask("list_operations", query="?kind=rest&method=GET&limit=1")["items"][0]["id"]
    ask("get_operation", operation=operation)
    used = {"uses": [{"operation": "GET /orders/{id}", "reads": ["id"]}], "evidence": ["web/src/orders.ts:41"]}
    ask("replace_consumer", 201, service="orders", consumer="web-shop", json=used, headers=NEW)
    used["uses"][0]["reads"] = ["id", "status"]  # type: ignore[index]
    ask("replace_consumer", service="orders", consumer="web-shop", json=used, headers=ANY)
    ask("get_consumer", service="orders", consumer="web-shop")
    ask("list_consumers", service="orders")
    ask("list_operation_consumers", operation=operation)
    ask("get_impact", service="orders", query="?operation=GET%20/orders/%7Bid%7D&field=status")
    review = {"service": "orders", "commit": "1cd7a71", "verdict": "APPROVED", "report": {"findings": []}}
    made = ask("create_review", 201, json=review)
    ask("create_review", json=review)
    ask("get_review", review=made["id"])
    ask("list_reviews")
    _policies(ask)
    with recorder.store.writing() as write:
        checks = [
            HealthCheck(
                service="orders", at=NOW - 60 * number * SECOND, state="up", latency_ms=12.5 + number, status=200
            )
            for number in range(3)
        ]
        health.add(write, *checks)
        services.set_health(write, "orders", "up", NOW - 120 * SECOND)
        events.append(write, Event(type="health.changed", service="orders", subject="orders", actor="byte"))
    ask("get_service_health", service="orders")
    ask("list_health_checks", service="orders", query="?limit=2")
    _webhooks_and_keys(ask)
    ask("list_events", query="?after=0&types=version.published")
    until_searched(recorder.client)
    ask("list_similar_operations", operation=operation)
    ask("list_duplicates", query="?service=orders")
    for operation_id in ("get_status", "get_liveness", "get_readiness"):
        ask(operation_id)


def _owners_and_services(ask: Any) -> None:
    contacts = [{"rel": "chat", "url": "https://chat.example.com/shop"}]
    ask("create_owner", 201, json={"name": "shop", "title": "Shop", "contacts": contacts})
    ask("replace_owner", 201, owner="payments", json={"title": "Pay"}, headers=NEW)
    ask("replace_owner", owner="payments", json={"title": "Payments"}, headers=ANY)
    ask("update_owner", owner="shop", json={"title": "Web shop"}, headers=MERGE)
    ask("get_owner", owner="shop")
    ask("list_owners")
    orders = {
        "name": "orders",
        "title": "Orders",
        "description": "Takes orders, and knows what became of them.",
        "owner": "payments",
        "tags": ["shop"],
        "links": [{"rel": "source", "url": "https://git.example.com/shop/orders"}],
        "base_url": "https://orders.example.com",
    }
    ask("create_service", 201, json=orders)
    ask("replace_service", 201, service="forecast", json={"kind": "mcp", "title": "Weather"}, headers=NEW)
    ask("replace_service", service="forecast", json={"kind": "mcp", "title": "Forecast"}, headers=ANY)
    ask("update_service", service="orders", json={"tags": ["orders", "shop"]}, headers=MERGE)
    ask("transfer_service", service="orders", json={"owner": "shop"}, headers=ANY)


def _versions(ask: Any) -> None:
    ask("publish_version", 201, service="orders", query="?commit=1cd7a71", json=DOCUMENT)
    ask("publish_version", service="orders", json=DOCUMENT)
    newer = {**DOCUMENT, "info": {"title": "Orders", "version": "1.5.0"}}
    ask("publish_version", 201, service="orders", query="?base=1.4.0", json=newer)
    ends = {"state": "deprecated", "sunset_at": "2027-06-30T00:00:00Z"}
    ask("update_version", service="orders", version="1.4.0", json=ends, headers=MERGE)
    ask("get_version", service="orders", version="1.5.0")
    ask("list_versions", service="orders")
    ask("get_document", service="orders", version="1.5.0")
    ask("list_components", service="orders", version="1.5.0")
    ask("get_service", service="orders")
    ask("list_services", query="?limit=1&kind=rest")


def _policies(ask: Any) -> None:
    ask("get_default_policy")
    ask("replace_default_policy", 201, json={"compatibility": "backward"}, headers=NEW)
    ask("replace_default_policy", json={"compatibility": "backward", "sunset": True}, headers=ANY)
    mine = {"compatibility": "consumers", "severities": {"changed-default-status": "note"}}
    ask("replace_policy", 201, service="orders", json=mine, headers=NEW)
    ask("replace_policy", service="orders", json={**mine, "overriding": "owner"}, headers=ANY)
    ask("get_policy", service="orders")
    leave = {"version": "2.0.0", "rule": "removed-operation", "operation": "DELETE /orders/{id}"}
    leave |= {"reason": "Nobody has called it for a year.", "until": "2027-01-31T00:00:00Z"}
    made = ask("create_override", 201, service="orders", json=leave)["id"]
    ask("get_override", service="orders", override=made)
    ask("list_overrides", service="orders")


def _webhooks_and_keys(ask: Any) -> None:
    hook = {"url": "https://hooks.example.com/byte", "types": ["version.published"]}
    made = ask("create_webhook", 201, json=hook)["id"]
    ask("replace_webhook", webhook=made, json={**hook, "service": "orders"}, headers=ANY)
    ask("update_webhook", webhook=made, json={"types": ["version.published", "health.changed"]}, headers=MERGE)
    ask("get_webhook", webhook=made)
    ask("list_webhooks")
    ask("rotate_webhook_secret", webhook=made, json={"grace_seconds": 3_600}, headers=ANY)
    ask("get_webhook_delivery", webhook=made)
    issued = {"name": "orders CI", "scope": "publish", "owner": "shop", "expires_at": "2027-11-23T00:00:00Z"}
    key = ask("issue_key", 201, json=issued)["id"]
    ask("get_key", key=key)
    ask("list_keys", query="?limit=1")


@contextmanager
def _counted() -> Iterator[None]:
    """What is random is counted instead: examples have no secrets."""
    numbers = itertools.count(1)

    def some(size: int | None = None) -> bytes:
        return next(numbers).to_bytes(2) * ((size or 32) // 2)

    def text(size: int | None = None) -> str:
        return f"example{next(numbers):02}-".ljust(((size or 32) * 4 + 2) // 3, "A")

    with (
        patch.object(secrets, "token_bytes", some),
        patch.object(secrets, "token_hex", lambda size=None: some(size).hex()),
        patch.object(secrets, "token_urlsafe", text),
    ):
        yield


def record() -> dict[str, Any]:
    """The answers by operation and status ("get_service 200")."""
    with tempfile.TemporaryDirectory() as folder, _counted():
        store = Store.open(f"sqlite:///{folder}/registry.db", clock=lambda: NOW)
        token = keys.first(store)
        assert token is not None
        with TestClient(create_app(settings(), store), headers=bearer(token)) as client:
            recorder = Recorder(client, store)
            story(recorder)
        store.close()
    return dict(sorted(recorder.kept.items()))


def written(answers: dict[str, Any]) -> str:
    """The file: an answer a line, so that a change shows where it is."""
    lines = (f"{json.dumps(name)}: {json.dumps(answer, ensure_ascii=False)}" for name, answer in answers.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(written(record()), encoding="utf-8")
