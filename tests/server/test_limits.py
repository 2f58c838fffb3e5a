"""How much a client may ask, how long an answer may take, what every answer carries."""

import asyncio
import io
import json
import logging
import os
import threading
from collections.abc import Iterator

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from byte.registry import imports
from byte.registry.errors import UnavailableError
from byte.registry.store import Store
from byte.server.app import create_app
from byte.server.edge import Edge
from byte.server.limits import Buckets, _address
from byte.server.metrics import Metrics
from byte.server.run import forward_logs
from tests.server.conftest import bearer, context, serving, settings
from tests.server.test_problems import check


def test_a_bucket_gives_its_burst_and_then_its_rate():
    at = 0.0
    buckets = Buckets(rate=2, burst=4, monotonic=lambda: at)
    assert [buckets.take("a").allowed for _ in range(5)] == [True] * 4 + [False]
    assert buckets.take("a").wait == 0.5
    assert buckets.take("b").left == 3
    at = 0.5
    assert buckets.take("a").allowed
    assert not buckets.take("a").allowed
    at = 1_000
    assert buckets.take("a").left == 3


def test_buckets_of_many_strangers_take_bounded_memory():
    buckets = Buckets(rate=1, burst=1, monotonic=lambda: 0.0)
    for number in range(30_000):
        buckets.take(str(number))
    assert len(buckets._levels) == 20_000


@pytest.mark.parametrize(
    "first,second,same",
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("a:b", "a:b", True),
    ],
)
def test_addresses_of_version_6_count_by_their_network(first: str, second: str, same: bool):
    assert (_address({"client": (first, 1)}) == _address({"client": (second, 1)})) == same


def test_more_than_its_rate_is_refused_and_told_when_to_come_again(store: Store, reader: str):
    with serving(store, anonymous_rate_limit=1, rate_limit=3) as client:
        codes = [client.get("/v1/status").status_code for _ in range(3)]
        assert codes == [401, 401, 429]
        refused = client.get("/v1/status")
        check(refused, "rate-limited")
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.headers["ratelimit-policy"] == '"default";q=2;w=2'
        # Who invents keys stays with their address; probes are never refused.
        check(client.get("/v1/status", headers=bearer(f"byte_{'0' * 16}_{'A' * 43}")), "rate-limited")
        assert client.get("/health/live").status_code == 200
        assert client.get("/metrics").status_code == 200


def test_a_valid_key_has_a_bucket_of_its_own(store: Store, reader: str):
    with serving(store, anonymous_rate_limit=1, rate_limit=3) as client:
        codes = [client.get("/v1/status", headers=bearer(reader)).status_code for _ in range(8)]
        # The first is not known yet and counts for the address, then come the six of the key.
        assert codes == [200] * 7 + [429]


def test_every_answer_has_the_headers_that_keep_browsers_from_guessing(client: TestClient):
    for path in ("/v1/status", "/docs", "/nothing", "/health/live", "/problems/stale"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("given,kept", [("abc-1.2", True), ("a" * 129, False), ("a b", False), ('"x"', False)])
def test_a_sane_request_id_is_kept_and_another_replaced(client: TestClient, given: str, kept: bool):
    answered = client.get("/health/live", headers={"X-Request-Id": given}).headers["x-request-id"]
    assert (answered == given) == kept


def test_head_answers_as_get_does_without_a_body(client: TestClient):
    whole, head = client.get("/v1/keys"), client.head("/v1/keys")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == whole.headers["etag"]
    assert head.headers["content-length"] == whole.headers["content-length"]


def test_what_a_client_has_is_not_sent_again(client: TestClient):
    tag = client.get("/v1/keys").headers["etag"]
    again = client.get("/v1/keys", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/v1/keys", headers={"If-None-Match": '"other"'}).status_code == 200


def test_pages_of_other_origins_may_not_ask_unless_they_are_listed(store: Store):
    asked = {"Origin": "https://portal.example", "Access-Control-Request-Method": "GET"}
    with serving(store) as client:
        check(client.options("/v1/status", headers=asked), "method-not-allowed")
    with serving(store, cors_origins=("https://portal.example",)) as client:
        assert client.options("/v1/status", headers=asked).headers["access-control-allow-origin"] == asked["Origin"]


def test_the_log_names_the_route_the_actor_and_no_secret(store: Store, admin: str, log):
    with serving(store, log_level="info") as client:
        client.get(f"/v1/keys/x?key={admin}", headers={**bearer(admin), "X-Request-Id": admin})
    (line,) = log.lines()
    assert (line["route"], line["actor"], line["status"]) == ("/v1/keys/{key}", "first admin", 400)
    assert admin.rpartition("_")[2] not in log.text


def test_figures_are_counted_by_route_and_never_by_path(client: TestClient):
    client.get("/v1/keys/0000000000000001")
    client.get("/v1/keys/0000000000000002")
    client.get("/wp-admin.php")
    client.request("BREW", "/v1/keys")
    text = client.get("/metrics").text
    assert 'byte_http_requests_total{method="GET",route="/v1/keys/{key}",status="4xx"} 2.0' in text
    assert 'byte_http_requests_total{method="GET",route="none",status="4xx"} 1.0' in text
    assert 'method="other"' in text
    assert "wp-admin" not in text
    assert "BREW" not in text


def test_figures_of_the_store_and_of_who_waits_are_shown_although_an_application_starts_again(store: Store):
    app = create_app(settings(), store)
    for _ in range(2):
        names = ("store_connections_reading", "store_connections_writing", "event_waiters")
        with TestClient(app) as client:
            # The index looks at the store now and then.
            for _ in range(100):
                lines = client.get("/metrics").text.splitlines()
                if all(f"byte_{name} 0.0" in lines for name in names):
                    break
        for name in names:
            assert f"byte_{name} 0.0" in lines
        assert f'byte_process_info{{process="{os.getpid()}"}} 1.0' in lines


def test_what_python_logs_of_byte_goes_into_the_log_and_of_others_only_warnings():
    loggers = [logging.getLogger(name) for name in ("byte", "uvicorn", "asyncio")]
    before = [(one.handlers, one.level, one.propagate) for one in loggers]
    stream = io.StringIO()
    try:
        forward_logs(settings(log_level="info"), stream)
        for name in ("byte.registry.work", "uvicorn.error"):
            logging.getLogger(name).info("calm in %s", name)
            logging.getLogger(name).warning("loud in %s", name)
    finally:
        for one, (handlers, level, propagate) in zip(loggers, before, strict=True):
            one.handlers, one.propagate = handlers, propagate
            one.setLevel(level)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["level"], line["event"], line["source"]) for line in lines] == [
        ("info", "calm in byte.registry.work", "byte.registry.work"),
        ("warning", "loud in byte.registry.work", "byte.registry.work"),
        ("warning", "loud in uvicorn.error", "uvicorn.error"),
    ]


def test_an_import_more_than_are_taken_at_once_is_told_to_come_later(store: Store, admin: str, monkeypatch):
    headers = {**bearer(admin), "Content-Type": "application/x-ndjson"}
    taken = []

    def lines(*_: object) -> Iterator[bytes]:
        taken.append(context(client).importers.locked())
        yield b"{}"

    monkeypatch.setattr(imports, "lines", lines)
    with serving(store, imports_at_once=1) as client:
        for _ in range(2):
            assert client.post("/v1/imports", content=b"{}", headers=headers).status_code == 200
        assert taken == [True, True]
        assert client.portal is not None
        client.portal.call(context(client).importers.acquire)
        refused = client.post("/v1/imports", content=b"{}", headers=headers)
        assert "imports" in check(refused, "rate-limited")["detail"]
        assert refused.headers["retry-after"] == "1"


def test_figures_may_need_a_key(store: Store, reader: str):
    with serving(store, open_metrics=False) as client:
        check(client.get("/metrics"), "unauthenticated")
        assert client.get("/metrics", headers=bearer(reader)).status_code == 200


def test_a_store_that_cannot_work_makes_the_server_not_ready_and_no_list_empty(store: Store, reader: str, monkeypatch):
    def gone(*_: object):
        raise UnavailableError("The store cannot be reached.")

    with serving(store) as client:
        assert client.get("/health/ready").status_code == 200
        with monkeypatch.context() as patch:
            patch.setattr(type(store), "reading", gone)
            body = check(client.get("/health/ready"), "not-ready")
            assert body["errors"] == [{"detail": "The store cannot be reached."}]
            assert client.get("/health/live").status_code == 200
            answer = client.get("/v1/events", headers=bearer(reader))
            check(answer, "unavailable")
            assert answer.headers["retry-after"] == "2"
        # It recovers by itself.
        assert client.get("/health/ready").status_code == 200
        assert client.get("/v1/events", headers=bearer(reader)).status_code == 200


def test_an_answer_that_does_not_begin_in_time_is_a_503_and_what_comes_late_is_dropped(log):
    answered = []

    async def slow(scope, receive, send):
        await asyncio.sleep(0.2)
        await PlainTextResponse("late")(scope, receive, send)

    async def ask():
        async def send(message):
            answered.append(message)

        async def receive():
            return {"type": "http.request"}

        scope = {"type": "http", "method": "GET", "path": "/slow", "headers": [], "query_string": b""}
        edge = Edge(slow, metrics=Metrics(), log=_Quiet(), timeout=0.01)
        await edge(scope, receive, send)

    asyncio.run(ask())
    assert [message["type"] for message in answered] == ["http.response.start", "http.response.body"]
    assert answered[0]["status"] == 503
    assert b"/problems/timeout" in answered[1]["body"]


class _Quiet:
    def __getattr__(self, name: str):
        return lambda *_, **__: None


def test_who_waits_to_write_holds_up_nobody_who_reads(store: Store, admin: str):
    """With as many writers waiting for their turn as there are threads, reads are answered."""
    codes: list[int] = []
    with serving(store, threads=4) as client:

        def issue() -> None:
            made = client.post("/v1/keys", json={"name": "x", "scope": "read"}, headers=bearer(admin))
            codes.append(made.status_code)

        writers = [threading.Thread(target=issue) for _ in range(4)]
        with store.writing():
            for writer in writers:
                writer.start()
            while context(client).metrics.running._value.get() < 4:
                pass
            for _ in range(3):
                assert client.get("/v1/status", headers=bearer(admin)).status_code == 200
            assert codes == []
        for writer in writers:
            writer.join()
    assert len(codes) == 4


def test_two_applications_in_one_process_share_nothing(tmp_path):
    stores = [Store.open(f"sqlite:///{tmp_path}/{name}.db") for name in "ab"]
    apps = [create_app(settings(), store) for store in stores]
    with TestClient(apps[0]) as first, TestClient(apps[1]) as second:
        first.get("/v1/status")
        assert 'route="/v1/status"' in first.get("/metrics").text
        assert 'route="/v1/status"' not in second.get("/metrics").text
    for store in stores:
        store.close()
