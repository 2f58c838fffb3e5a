"""How the health of services is told: from the history alone, without a probe."""

import msgspec
import pytest
from starlette.testclient import TestClient

from byte.registry.clock import DAY, SECOND, shown
from byte.registry.records import HealthCheck, HealthState, Service
from byte.registry.store import Store, health, services
from byte.server.routes.health import Health
from byte.server.routes.health import HealthCheck as Answered
from tests.server.conftest import START, bearer

MINUTE = 60 * SECOND


@pytest.fixture
def checked(store: Store) -> Store:
    """A service that was asked every minute for a day, and was down for an hour of it; one that nobody asked."""
    with store.writing() as write:
        services.add(write, Service(name="orders", base_url="https://orders.test"))
        services.add(write, Service(name="quiet"))
        checks = []
        for number in range(1_440):
            down = 600 <= number < 660
            state: HealthState = "down" if down else "up"
            latency = None if down else 10.0 + number % 100
            at = START - number * MINUTE
            checks.append(
                HealthCheck(service="orders", at=at, state=state, latency_ms=latency, status=None if down else 200)
            )
        health.add(write, *checks)
        services.set_health(write, "orders", "up", START - 600 * MINUTE)
    return store


def test_the_health_of_a_service_is_its_state_and_its_windows(checked: Store, client: TestClient) -> None:
    answer = client.get("/v1/services/orders/health")
    assert answer.status_code == 200
    body = answer.json()
    Health.model_validate_json(answer.content)
    assert (body["service"], body["state"], body["reason"]) == ("orders", "up", "")
    assert (body["since"], body["checked_at"]) == (shown(START - 600 * MINUTE), shown(START))
    windows = {window["window"]: window for window in body["windows"]}
    assert list(windows) == ["1h", "24h", "7d", "30d"]
    assert windows["1h"]["uptime"] == 1.0
    assert windows["24h"] == {
        "window": "24h",
        "checks": 1_440,
        "uptime": pytest.approx(1_380 / 1_440, abs=1e-6),
        "latency_ms": {"mean": pytest.approx(59.5, abs=1), "max": 109.0, "p50": 59.0, "p95": 105.0, "p99": 109.0},
    }
    assert windows["30d"]["checks"] == 1_440
    assert windows["30d"]["latency_ms"]["p95"] is None


def test_a_service_that_nobody_asked_says_so(checked: Store, client: TestClient) -> None:
    body = client.get("/v1/services/quiet/health").json()
    assert (body["state"], body["since"], body["checked_at"]) == ("unknown", None, None)
    assert {window["uptime"] for window in body["windows"]} == {None}
    assert {window["checks"] for window in body["windows"]} == {0}


def test_health_that_did_not_change_is_not_sent_again(checked: Store, client: TestClient) -> None:
    tag = client.get("/v1/services/orders/health").headers["etag"]
    assert client.get("/v1/services/orders/health", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("path", ["health", "health-checks"])
def test_the_health_of_what_does_not_exist_is_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(f"/v1/services/nothing/{path}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("path", ["health", "health-checks"])
def test_health_needs_a_key_that_reads(checked: Store, client: TestClient, reader: str, path: str) -> None:
    assert client.get(f"/v1/services/orders/{path}", headers={"Authorization": "x"}).status_code == 401
    assert client.get(f"/v1/services/orders/{path}", headers=bearer(reader)).status_code == 200


def test_checks_are_pages_from_the_newest(checked: Store, client: TestClient) -> None:
    answer = client.get("/v1/services/orders/health-checks?limit=200")
    found, pages = answer.json()["items"], 1
    Answered.model_validate_json(msgspec.json.encode(found[0]))
    while (path := answer.json()["next"]) is not None:
        answer = client.get(path)
        found += answer.json()["items"]
        pages += 1
    assert (len(found), pages) == (1_440, 8)
    assert found[0] == {"at": shown(START), "state": "up", "latency_ms": 10.0, "status": 200, "reason": ""}
    times = [check["at"] for check in found]
    assert times == sorted(times, reverse=True)


def test_checks_of_a_window_are_listed(checked: Store, client: TestClient) -> None:
    query = {"since": shown(START - 62 * MINUTE), "until": shown(START - 60 * MINUTE), "sort": "at"}
    items = client.get("/v1/services/orders/health-checks", params=query).json()["items"]
    assert [item["at"] for item in items] == [shown(START - 62 * MINUTE), shown(START - 61 * MINUTE)]
    later = {"since": shown(START + DAY)}
    assert client.get("/v1/services/orders/health-checks", params=later).json()["items"] == []


@pytest.mark.parametrize(
    "query", ["since=yesterday", "until=2026-11-23", "since=5", "sort=state", "limit=201", "page=1"]
)
def test_a_query_that_is_none_is_a_problem(checked: Store, client: TestClient, query: str) -> None:
    assert client.get(f"/v1/services/orders/health-checks?{query}").status_code == 400
