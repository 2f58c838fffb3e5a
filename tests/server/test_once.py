"""`Idempotency-Key`: done once however often it is sent, on both databases, by one server or several, and across crashes."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from byte.registry import keys, once
from byte.registry.actors import SYSTEM
from byte.registry.clock import DAY
from byte.registry.errors import UnavailableError
from byte.registry.store import Store, events, tables
from byte.registry.store import answers as kept
from byte.registry.work import Forgetting, Options
from byte.server.app import create_app
from tests.registry.conftest import cluster, database_url, migrated_file, postgresql_url, sqlite_url
from tests.server.conftest import Time, bearer, settings
from tests.server.test_problems import check

__all__ = ["cluster", "database_url", "migrated_file", "postgresql_url", "sqlite_url"]

JSON = {"Content-Type": "application/json"}
DOCUMENT = b'{"openapi":"3.1.0","info":{"title":"Orders","version":"1"},"paths":{"/a":{"get":{}}}}'


@pytest.fixture
def both(database_url: str, time: Time) -> Iterator[Store]:
    """A store of either kind, on the test's clock."""
    opened = Store.open(database_url, clock=time, create=False)
    yield opened
    opened.close()


@pytest.fixture
def asked(both: Store) -> Iterator[TestClient]:
    """A client with an admin's key of a server on that store."""
    token = keys.first(both)
    assert token is not None
    with TestClient(create_app(settings(), both), headers=bearer(token), raise_server_exceptions=False) as client:
        yield client


def key(text: str = "one") -> dict[str, str]:
    return {"Idempotency-Key": f'"{text}"'}


def same(first: Any, again: Any) -> None:
    """The second answer is the first one, byte for byte, and says so."""
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    for name in ("etag", "location", "content-type", "cache-control"):
        assert again.headers.get(name) == first.headers.get(name)
    assert again.headers["x-request-id"] != first.headers["x-request-id"]


def happened(store: Store) -> int:
    with store.reading() as read:
        return events.last(read)


def test_everything_that_is_made_by_a_post_is_made_once(asked: TestClient, both: Store):
    asked.post("/v1/owners", json={"name": "team", "title": "Team"})
    posts: list[tuple[str, dict[str, Any]]] = [
        ("/v1/services", {"json": {"name": "orders", "kind": "rest"}}),
        ("/v1/services/orders/versions", {"content": DOCUMENT, "headers": JSON}),
        ("/v1/owners", {"json": {"name": "other", "title": "Other"}}),
        ("/v1/keys", {"json": {"name": "CI", "scope": "read"}}),
        ("/v1/webhooks", {"json": {"url": "https://hooks.example.com/"}}),
        ("/v1/services/orders/transfer", {"json": {"owner": "team"}, "headers": {"If-Match": "*"}}),
    ]
    for number, (path, given) in enumerate(posts):
        given["headers"] = {**given.get("headers", {}), **key(f"key-{number}")}
        first = asked.post(path, **given)
        assert first.status_code in (200, 201), first.text
        before = happened(both)
        same(first, asked.post(path, **given))
        assert happened(both) == before
    assert len(asked.get("/v1/keys").json()["items"]) == 2
    assert len(asked.get("/v1/webhooks").json()["items"]) == 1


def test_without_a_key_or_with_another_it_is_done_again(asked: TestClient):
    body = {"name": "CI", "scope": "read"}
    tokens = [
        asked.post("/v1/keys", json=body, headers=headers).json()["token"]
        for headers in ({}, {}, key("one"), key("two"))
    ]
    assert len(set(tokens)) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"json": {"name": "other", "scope": "read"}},
        {"headers": {"Content-Type": "application/vnd.byte+json", **key()}},
        {"headers": {"If-Match": '"1"', **key()}},
    ],
)
def test_another_request_under_the_same_key_is_refused(asked: TestClient, both: Store, change: dict[str, Any]):
    given: dict[str, Any] = {"json": {"name": "CI", "scope": "read"}, "headers": {**JSON, **key()}}
    assert asked.post("/v1/keys", **given).status_code == 201
    before = happened(both)
    check(asked.post("/v1/keys", **{**given, **change}), "reused-key")
    assert happened(both) == before


def test_a_key_belongs_to_who_uses_it(asked: TestClient, both: Store):
    other = keys.issue(both, SYSTEM, "another admin", "admin")[1]
    body = {"name": "CI", "scope": "read"}
    first = asked.post("/v1/keys", json=body, headers=key())
    theirs = asked.post("/v1/keys", json=body, headers={**key(), **bearer(other)})
    assert (first.status_code, theirs.status_code) == (201, 201)
    assert first.json()["token"] != theirs.json()["token"]


def test_what_failed_is_tried_anew(asked: TestClient):
    wrong = asked.post("/v1/services/orders/versions", content=DOCUMENT, headers={**JSON, **key()})
    check(wrong, "not-found")
    asked.post("/v1/services", json={"name": "orders", "kind": "rest"})
    right = asked.post("/v1/services/orders/versions", content=DOCUMENT, headers={**JSON, **key()})
    assert (right.status_code, "idempotency-replayed" in right.headers) == (201, False)


@pytest.mark.parametrize("given", ["", '""', "two words", '"half', "x" * 256, "ü"])
def test_a_key_that_is_none_is_refused(asked: TestClient, given: str):
    headers = {b"Idempotency-Key": given.encode("latin-1")}
    check(asked.post("/v1/keys", json={"name": "CI", "scope": "read"}, headers=headers), "invalid")


def test_a_key_with_and_without_quotes_is_the_same(asked: TestClient):
    body = {"name": "CI", "scope": "read"}
    same(
        asked.post("/v1/keys", json=body, headers={"Idempotency-Key": '"abc"'}),
        asked.post("/v1/keys", json=body, headers={"Idempotency-Key": "abc"}),
    )


def test_who_may_no_longer_ask_gets_no_old_answer(asked: TestClient, both: Store):
    issued, token = keys.issue(both, SYSTEM, "another admin", "admin")
    body = {"name": "CI", "scope": "read"}
    headers = {**key(), **bearer(token)}
    assert asked.post("/v1/keys", json=body, headers=headers).status_code == 201
    keys.revoke(both, SYSTEM, issued.id)
    asked.app.state.byte.keyring._entries.clear()  # type: ignore[attr-defined]
    check(asked.post("/v1/keys", json=body, headers=headers), "unauthenticated")


@pytest.mark.parametrize("days, again", [(0.9, True), (1, False), (-0.9, True), (-400, False)])
def test_an_answer_is_kept_for_a_day_also_where_the_clock_is_set(asked: TestClient, time: Time, days, again):
    body = {"name": "CI", "scope": "read"}
    first = asked.post("/v1/keys", json=body, headers=key())
    time.at += int(days * DAY)
    second = asked.post("/v1/keys", json=body, headers=key())
    assert second.status_code == 201
    assert (second.content == first.content) == again


def test_old_answers_are_forgotten(asked: TestClient, both: Store, time: Time):
    def left() -> int:
        with both.reading() as read:
            return int(read.value(select(func.count()).select_from(tables.answers)))

    ticks = 0.0
    forgetting = Forgetting(both, Options(check_days=0), clock=time, ticks=lambda: ticks)
    for number in range(3):
        asked.post("/v1/keys", json={"name": "CI", "scope": "read"}, headers=key(str(number)))
    forgetting._forget()
    assert left() == 3
    time.at += DAY + 1
    ticks = 86_401.0
    forgetting._forget()
    assert left() == 0


def test_the_store_has_no_secret_of_an_answer(asked: TestClient, both: Store):
    token = asked.post("/v1/keys", json={"name": "CI", "scope": "read"}, headers=key("a-key-of-mine")).json()["token"]
    with both.reading() as read:
        [(who, digest, sealed)] = read.rows(select(tables.answers.c.who, tables.answers.c.key, tables.answers.c.answer))
    for held in (who.encode(), digest, sealed):
        assert token.encode() not in held
        assert b"a-key-of-mine" not in held


def test_of_many_at_once_one_is_done_and_the_others_are_told_so_or_get_its_answer(asked: TestClient):
    body = {"name": "CI", "scope": "read"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: asked.post("/v1/keys", json=body, headers=key()), range(16)))
    done = [each for each in answers if each.status_code == 201]
    assert done
    assert len({each.content for each in done}) == 1
    for each in answers:
        if each.status_code != 201:
            check(each, "in-progress")
            assert each.headers["retry-after"] == "1"
    assert len(asked.get("/v1/keys").json()["items"]) == 2


def test_while_it_is_answered_the_same_key_is_told_to_come_again(asked: TestClient, monkeypatch: pytest.MonkeyPatch):
    began, go_on = threading.Event(), threading.Event()
    issue = keys.issue

    def slow(*given: Any, **more: Any) -> Any:
        began.set()
        assert go_on.wait(30)
        return issue(*given, **more)

    monkeypatch.setattr(keys, "issue", slow)
    body = {"name": "CI", "scope": "read"}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(asked.post, "/v1/keys", json=body, headers=key())
        assert began.wait(30)
        check(asked.post("/v1/keys", json=body, headers=key()), "in-progress")
        go_on.set()
        same(first.result(), asked.post("/v1/keys", json=body, headers=key()))


def test_of_two_servers_one_does_it(database_url: str, time: Time):
    """The second is in its transaction when the first has committed, or is told that the first is at it."""
    stores = [Store.open(database_url, clock=time, create=False) for _ in range(2)]
    token = keys.first(stores[0])
    assert token is not None
    clients = [TestClient(create_app(settings(), store), headers=bearer(token)) for store in stores]
    body = {"name": "CI", "scope": "read"}
    with clients[0], clients[1], ThreadPoolExecutor(2) as pool:
        for number in range(5):
            answers = list(pool.map(lambda c, n=number: c.post("/v1/keys", json=body, headers=key(str(n))), clients))
            done = {each.content for each in answers if each.status_code == 201}
            assert len(done) == 1
            assert {each.status_code for each in answers} <= {201, 409}
        assert len(clients[0].get("/v1/keys").json()["items"]) == 6
    for store in stores:
        store.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_is_not_committed_was_neither_done_nor_answered(asked: TestClient, both: Store, monkeypatch, when: str):
    """The store is gone at the end of the transaction: no key without its answer, and no answer without its key."""
    end = once.Once.end

    def gone(self: once.Once, write: Any, answer: Any) -> None:
        if when == "after":
            end(self, write, answer)
        raise UnavailableError("The store cannot be reached.")

    body = {"name": "CI", "scope": "read"}
    with monkeypatch.context() as patch:
        patch.setattr(once.Once, "end", gone)
        check(asked.post("/v1/keys", json=body, headers=key()), "unavailable")
    assert len(asked.get("/v1/keys").json()["items"]) == 1
    with both.reading() as read:
        assert read.value(select(func.count()).select_from(tables.answers)) == 0
    assert asked.post("/v1/keys", json=body, headers=key()).status_code == 201
    assert [one["type"] for one in asked.get("/v1/events?after=0").json()["items"]] == ["key.issued"] * 2


def test_parts_that_are_written_together_are_one_transaction_and_each_is_undone_alone(both: Store):
    with both.together(lambda write: None) as all_:
        with both.writing() as write:
            kept.add(write, "a", b"1", kept.Kept(b"f", 1, b"x"))
        with suppress(ZeroDivisionError), both.writing() as write:
            kept.add(write, "a", b"2", kept.Kept(b"f", 1, b"x"))
            raise ZeroDivisionError
        with both.reading() as read:
            assert kept.find(read, "a", b"1") is not None, "what was written is seen within"
            assert kept.find(read, "a", b"2") is None
        all_.keep(lambda write: None)
    with both.reading() as read:
        assert kept.find(read, "a", b"1") is not None
    with both.together(lambda write: None), both.writing() as write:
        kept.add(write, "a", b"3", kept.Kept(b"f", 1, b"x"))
    with both.reading() as read:
        assert kept.find(read, "a", b"3") is None, "nobody kept it"
    with both.writing() as write:
        kept.add(write, "a", b"4", kept.Kept(b"f", 1, b"x"))
