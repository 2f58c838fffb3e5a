"""Somebody sets the clock, forward or back: revisions, pages, limits and events go on, and keys end when the clock says."""

import pytest

from byte.registry import keys
from byte.registry.actors import SYSTEM
from byte.registry.clock import DAY, SECOND
from byte.registry.store import Store
from tests.server.conftest import START, Time, bearer, serving
from tests.server.test_problems import check

JUMPS = pytest.mark.parametrize("days", [400, -400])
PATCH = {"Content-Type": "application/merge-patch+json"}


@JUMPS
def test_a_jump_of_the_clock_changes_no_revision_and_skips_nothing(client, time: Time, days: int):
    names = [f"s{number}" for number in range(6)]
    for name in names[:3]:
        assert client.post("/v1/services", json={"name": name, "kind": "rest"}).status_code == 201
    read = client.get("/v1/services/s0")
    time.at += days * DAY
    for name in names[3:]:
        assert client.post("/v1/services", json={"name": name, "kind": "rest"}).status_code == 201
    assert client.get("/v1/services/s0", headers={"If-None-Match": read.headers["etag"]}).status_code == 304

    edit = {**PATCH, "If-Match": read.headers["etag"]}
    edited = client.patch("/v1/services/s0", json={"title": "Orders"}, headers=edit)
    assert (edited.status_code, edited.json()["revision"]) == (200, read.json()["revision"] + 1)
    check(client.patch("/v1/services/s0", json={"title": "Late"}, headers=edit), "stale")

    for sort in ("name", "updated_at", "-updated_at", "created_at"):
        seen, following = [], f"/v1/services?sort={sort}&limit=2"
        while following:
            page = client.get(following).json()
            seen += [one["name"] for one in page["items"]]
            following = page["next"]
        assert sorted(seen) == names
    events = client.get("/v1/events?after=0&limit=200").json()["items"]
    assert [one["number"] for one in events] == list(range(1, len(events) + 1))
    assert [one["subject"] for one in events if one["type"] == "service.created"] == names


@JUMPS
def test_a_jump_of_the_clock_gives_nobody_more_and_takes_nothing(store: Store, reader: str, time: Time, days: int):
    with serving(store, rate_limit=0.001, anonymous_rate_limit=100) as client:
        # The first is counted for the address: only then the key is known to be valid. The burst of a key is one here.
        codes = [client.get("/v1/status", headers=bearer(reader)).status_code for _ in range(3)]
        assert codes == [200, 200, 429]
        time.at += days * DAY
        check(client.get("/v1/status", headers=bearer(reader)), "rate-limited")


def test_a_key_ends_when_the_clock_says_so_and_only_then(store: Store, admin: str, time: Time):
    token = keys.issue(store, SYSTEM, "CI", "read", expires_at=START + 3_600 * SECOND)[1]
    with serving(store) as client:

        def status() -> int:
            return client.get("/v1/status", headers=bearer(token)).status_code

        assert status() == 200
        time.at = START - 400 * DAY
        assert status() == 200
        time.at = START + 3_601 * SECOND
        assert status() == 401
        # Set right again: no answer of the wrong time was kept.
        time.at = START
        assert status() == 200
