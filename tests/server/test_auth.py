"""Keys: who is asked, how long an answer holds, and that no route forgets to ask."""

import asyncio
import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from byte.registry import keys
from byte.registry.actors import ANYONE, SYSTEM
from byte.registry.clock import DAY
from byte.registry.errors import ForbiddenError, InvalidError, UnauthenticatedError, UnavailableError
from byte.registry.records import SCOPES, Owner
from byte.registry.store import Store, events, owners
from byte.registry.store import keys as kept
from byte.server import app as apps
from byte.server.auth import Keyring
from byte.server.near import Reads
from byte.server.routing import Route, scope_of
from tests.server.conftest import START, Time, bearer, context, serving, settings
from tests.server.test_problems import check

OPEN = {
    "/health/live",
    "/health/ready",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/problems/{kind}",
}
"""What needs no key. Everything else does."""

ROUTES = [
    (route, method)
    for router in apps.ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]
IDS = [f"{method} {route.path}" for route, method in ROUTES]


def address(route: APIRoute) -> str:
    return re.sub(r"\{[^}]*\}", "x", route.path)


def test_every_route_is_of_the_class_that_asks_for_keys(app: FastAPI):
    others = [route for route in app.router.routes if not isinstance(route, Route)]
    assert others == []
    assert {route.path for route, _ in ROUTES} == {
        route.path for route in app.router.routes if isinstance(route, Route)
    }


@pytest.mark.parametrize("route,method", ROUTES, ids=IDS)
def test_a_route_needs_a_key_unless_it_is_listed_as_open(route: APIRoute, method: str):
    needs = scope_of(route)
    assert (needs is None) == (route.path in OPEN)
    if method != "GET" and needs is not None:
        assert needs != "read"


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """Who asks without a key; one application for all routes."""
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('auth')}/registry.db")
    tokens = {"admin": keys.first(store)}
    with store.writing() as write:
        owners.add(write, Owner(name="team"))
    tokens["read"] = keys.issue(store, SYSTEM, "reads", "read")[1]
    tokens["publish"] = keys.issue(store, SYSTEM, "publishes", "publish", owner="team")[1]
    with serving(store) as client:
        yield client, tokens
    store.close()


GUARDED = [(route, method) for route, method in ROUTES if route.path not in OPEN]
GUARDED_IDS = [f"{method} {route.path}" for route, method in GUARDED]


@pytest.mark.parametrize("route,method", GUARDED, ids=GUARDED_IDS)
def test_without_a_key_nothing_is_told_or_read(
    stranger: tuple[TestClient, dict[str, str]], route: APIRoute, method: str
):
    # A query that is wrong, a body that is none: still 401, and never a word about either.
    client, _ = stranger
    response = client.request(method, f"{address(route)}?none=1", content=b"{" if method != "GET" else None)
    check(response, "unauthenticated")
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("route,method", GUARDED, ids=GUARDED_IDS)
def test_a_key_of_a_lower_scope_is_forbidden_before_anything_is_looked_at(
    stranger: tuple[TestClient, dict[str, str]], route: APIRoute, method: str
):
    client, tokens = stranger
    needs = scope_of(route)
    assert needs is not None
    for scope in SCOPES[: SCOPES.index(needs)]:
        response = client.request(method, f"{address(route)}?none=1", headers=bearer(tokens[scope]))
        check(response, "forbidden")
    # The scope that is needed is let through to what is wrong with the request.
    response = client.request(method, f"{address(route)}?none=1", headers=bearer(tokens[needs]))
    check(response, "invalid")


BAD = {
    "no key": {},
    "another scheme": {"Authorization": "Basic YTpi"},
    "nothing": {"Authorization": ""},
    "no token": {"Authorization": "Bearer"},
    "no key of ours": {"Authorization": "Bearer ghp_abcdef"},
    "an unknown id": {"Authorization": f"Bearer byte_{'0' * 16}_{'A' * 43}"},
    "odd characters": {"Authorization": b"Bearer \xff\xfe"},
}


@pytest.mark.parametrize("headers", BAD.values(), ids=BAD)
def test_what_is_no_valid_key_is_a_401(store: Store, admin: str, headers: dict):
    with serving(store) as client:
        check(client.get("/v1/status", headers=headers), "unauthenticated")


def test_a_key_with_another_secret_is_none(store: Store, admin: str):
    assert keys.verify(store, admin) is not None
    assert keys.verify(store, admin[:-1] + ("A" if admin[-1] != "A" else "B")) is None


def test_reading_may_be_open_and_writing_never_is(store: Store, reader: str):
    with serving(store, open_read=True) as client:
        assert client.get("/v1/status").json()["caller"]["name"] == ANYONE.name
        check(client.get("/v1/keys"), "unauthenticated")
        check(client.get("/v1/status", headers=bearer("byte_no_key")), "unauthenticated")
        assert {} in client.get("/openapi.json").json()["paths"]["/v1/status"]["get"]["security"]


def test_a_key_is_shown_once_and_kept_as_a_hash(client: TestClient, store: Store):
    made = client.post("/v1/keys", json={"name": "CI", "scope": "read"})
    token = made.json()["token"]
    assert client.get("/v1/status", headers=bearer(token)).json()["caller"]["name"] == "CI"
    assert "token" not in client.get(made.headers["location"]).json()
    with store.reading() as read:
        found = kept.by_id(read, made.json()["id"])
    assert found is not None
    key, hashed = found
    assert token.rpartition("_")[2].encode() not in hashed
    assert (key.name, key.scope) == ("CI", "read")


def test_a_revoked_key_works_no_longer_than_a_second(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    at = 100.0
    monkeypatch.setattr(context(client).keyring, "_monotonic", lambda: at)
    made = client.post("/v1/keys", json={"name": "CI", "scope": "read"})
    theirs = bearer(made.json()["token"])
    assert client.get("/v1/status", headers=theirs).status_code == 200
    assert client.delete(made.headers["location"]).status_code == 204
    assert client.delete(made.headers["location"]).status_code == 204
    at += 1.0
    check(client.get("/v1/status", headers=theirs), "unauthenticated")
    assert client.get(made.headers["location"]).json()["revoked_at"] is not None


def test_a_key_ends_when_it_was_said_to(client: TestClient, time: Time):
    ends = "2024-10-05T00:00:00Z"  # a day after the clock of the tests begins
    made = client.post("/v1/keys", json={"name": "CI", "scope": "read", "expires_at": ends})
    theirs = bearer(made.json()["token"])
    assert client.get("/v1/status", headers=theirs).status_code == 200
    time.pass_(86_400)
    check(client.get("/v1/status", headers=theirs), "unauthenticated")


def test_an_end_that_has_passed_is_refused(store: Store):
    with pytest.raises(InvalidError, match="expired already"):
        keys.issue(store, SYSTEM, "late", "read", expires_at=START - DAY)


def test_a_key_that_publishes_needs_an_owner(client: TestClient):
    body = check(client.post("/v1/keys", json={"name": "CI", "scope": "publish"}), "invalid")
    assert [fault["pointer"] for fault in body["errors"]] == ["/owner"]


def test_only_an_admin_issues_and_sees_keys(store: Store):
    with pytest.raises(ForbiddenError):
        keys.issue(store, ANYONE, "mine", "admin")
    with pytest.raises(ForbiddenError):
        keys.page(store, ANYONE, limit=1, cursor=None)


def test_the_first_key_is_made_once(store: Store):
    token = keys.first(store)
    assert token is not None
    assert keys.verify(store, token).scope == "admin"
    assert keys.first(store) is None


def test_what_is_done_with_keys_is_an_event_that_names_who_did_it(client: TestClient, store: Store):
    key = client.post("/v1/keys", json={"name": "CI", "scope": "read"}).json()
    client.delete(f"/v1/keys/{key['id']}")
    with store.reading() as read:
        told = [(event.type, event.actor, event.subject) for event in events.after(read, 1, 10)]
    assert told == [("key.issued", "first admin", key["id"]), ("key.revoked", "first admin", key["id"])]


def test_when_a_key_was_used_is_written_down_at_the_end_at_the_latest(store: Store, reader: str, time: Time):
    time.pass_(60)
    with serving(store) as client:
        client.get("/v1/status", headers=bearer(reader))
    with store.reading() as read:
        used = kept.get(read, reader.split("_")[1]).last_used_at
    assert used == time.at


def test_however_many_wait_for_a_key_the_store_is_asked_once(store: Store, reader: str, monkeypatch):
    asked = []
    verify = keys.verify_steps

    def counted(token):
        asked.append(token)
        return verify(token)

    monkeypatch.setattr(keys, "verify_steps", counted)

    async def ask():
        ring = Keyring(Reads(store), store.clock)
        header = f"Bearer {reader}"
        found = await asyncio.gather(*(ring.actor(header, open_read=False) for _ in range(50)))
        with pytest.raises(UnauthenticatedError):
            await ring.actor("Bearer nonsense", open_read=True)
        return found

    assert len({actor.key for actor in asyncio.run(ask())}) == 1
    assert len(asked) == 1, "what is no token at all is not asked for"


def test_a_key_that_is_in_use_is_asked_for_again_before_its_second_is_over(store: Store, reader: str, monkeypatch):
    now, asked = [100.0], []
    verify = keys.verify_steps

    def counted(token):
        asked.append(now[0])
        if now[0] > 102:
            raise UnavailableError("The store cannot be reached.")
        return verify(token)

    monkeypatch.setattr(keys, "verify_steps", counted)

    async def ask():
        ring = Keyring(Reads(store), store.clock, lambda: now[0])
        for at in (100.0, 100.4, 100.6, 101.5, 102.4):
            now[0] = at
            assert (await ring.actor(f"Bearer {reader}", open_read=False)).scope == "read"
            for _ in range(3):
                await asyncio.sleep(0)
        now[0] = 102.6
        with pytest.raises(UnavailableError):
            await ring.actor(f"Bearer {reader}", open_read=False)

    asyncio.run(ask())
    # At 100.6 and 102.4 who asked was answered by what was known; the failure at 102.4 was told to nobody.
    assert asked == [100.0, 100.6, 101.5, 102.4, 102.6]


def test_settings_do_not_show_the_password_of_the_database():
    given = settings(database_url="postgresql://byte:hunter2@db/registry")
    assert "hunter2" not in repr(given)
    assert given.url() == "postgresql://byte:hunter2@db/registry"
