"""Versions are appended, never edited; a version moves through its states as the table says."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, cast

import msgspec
import pytest

from byte.registry import publish
from byte.registry.actors import SYSTEM, Actor
from byte.registry.clock import DAY
from byte.registry.consumers import declare_consumer
from byte.registry.documents import read
from byte.registry.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from byte.registry.publish import Publication, append
from byte.registry.records import NEXT, STATES, Consumer, Operation, Owner, Policy, Service, State, Use
from byte.registry.store import Store, events, operations, owners, policies, services, versions

NOW = 1_000 * DAY
TEAM = Actor("key-1", "publish", owner="team")


WAYS: dict[State, tuple[State, ...]] = {
    "draft": (),
    "active": ("active",),
    "deprecated": ("active", "deprecated"),
    "retired": ("retired",),
}
"""How a draft comes to a state."""


@pytest.fixture
def store(sqlite_url):
    opened = filled(sqlite_url)
    yield opened
    opened.close()


def filled(url):
    opened = Store.open(url, clock=lambda: NOW, create=False)
    with opened.writing() as write:
        owners.add(write, Owner(name="team"))
        owners.add(write, Owner(name="others"))
        services.add(write, Service(name="orders", owner="team"))
        # The gate has tests of its own (test_gate.py): here nothing is asked of a version.
        policies.add(write, Policy(compatibility="none", verdict="NEEDS REVISION"))
    return opened


def content(version="1.0", *paths, title="Orders"):
    value = {"openapi": "3.1.0", "info": {"title": title, "version": version}, "paths": {}}
    value["paths"] = {path: {"get": {"responses": {}}} for path in paths or ("/orders",)}
    return read(json.dumps(value).encode())


def told(store):
    with store.reading() as at:
        return [(event.type, event.service, event.version, event.actor) for event in events.after(at, 0, 100)]


def labels(store, service="orders"):
    with store.reading() as at:
        return [version.label for version in versions.page(at, service, sort="sequence").items]


# --- publishing --------------------------------------------------------------------------------


def test_a_version_is_kept_with_its_operations_document_and_event(store):
    given = content("1.0", "/a", "/b")
    version = publish.publish(store, TEAM, "orders", given, commit="abcdef0")
    assert (version.label, version.sequence, version.state, version.operations) == ("1.0", 1, "active", 2)
    assert (version.digest, version.actor, version.commit, version.base) == (given.digest, "key-1", "abcdef0", None)
    with store.reading() as at:
        assert versions.document(at, version.document) == given.document
        assert services.get(at, "orders").latest == "1.0"
        found = operations.page(at, operations.OperationFilter(service="orders"), bodies=True).items
        event = events.after(at, 0, 10)[0]
    assert [op.name for op in found] == ["GET /a", "GET /b"]
    assert isinstance(found[0], Operation)
    assert event.type == "version.published"
    assert event.data["operations"] == 2
    assert event.data["digest"] == given.digest


def test_the_label_is_the_documents_unless_one_is_given(store):
    assert publish.publish(store, TEAM, "orders", content("v4 (Hunt Valley)")).label == "v4-Hunt-Valley"
    assert publish.publish(store, TEAM, "orders", content("1", "/x"), label="2026-01").label == "2026-01"
    assert publish.publish(store, TEAM, "orders", content("", "/y")).label.startswith("0-")


def test_the_same_content_again_is_the_same_version_and_no_event(store):
    first = publish.publish(store, TEAM, "orders", content())
    before = told(store)
    assert publish.publish(store, TEAM, "orders", content()) == first
    assert publish.publish(store, TEAM, "orders", content(), base="long-gone") == first
    assert told(store) == before


def test_a_label_never_gets_another_content(store):
    publish.publish(store, TEAM, "orders", content())
    with pytest.raises(ConflictError, match="Versions are immutable"):
        publish.publish(store, TEAM, "orders", content("1.0", "/other"))
    assert labels(store) == ["1.0"]


def test_a_base_that_is_no_longer_the_latest_is_a_conflict(store):
    publish.publish(store, TEAM, "orders", content("1.0"), base="")
    second = publish.publish(store, TEAM, "orders", content("1.1", "/x"), base="1.0")
    assert second.base == "1.0"
    with pytest.raises(ConflictError, match=r"latest version of `orders` is `1\.1`, not `1\.0`"):
        publish.publish(store, TEAM, "orders", content("1.2", "/y"), base="1.0")
    with pytest.raises(ConflictError, match="not ``"):
        publish.publish(store, TEAM, "orders", content("1.2", "/y"), base="")
    assert labels(store) == ["1.0", "1.1"]


def test_of_several_publishes_on_one_base_one_succeeds(database_url):
    store = filled(database_url)
    publish.publish(store, TEAM, "orders", content("1.0"))
    outcomes = []

    def run(label):
        try:
            outcomes.append(publish.publish(store, TEAM, "orders", content(label, f"/{label}"), base="1.0").label)
        except ConflictError:
            outcomes.append("conflict")

    threads = [threading.Thread(target=run, args=(f"2.{index}",)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("conflict") == 3
    assert len(labels(store)) == 2
    store.close()


def test_a_consumer_is_declared_of_what_is_being_published(database_url):
    """Else a version could be let in that breaks somebody whom its gate did not see."""
    store = filled(database_url)
    publish.publish(store, TEAM, "orders", content("1.0", "/a"))
    draft = Consumer(service="orders", name="shop", uses=(Use("GET /a"),))
    with ThreadPoolExecutor(1) as pool:
        with store.writing() as write:
            append(write, TEAM, Publication(service="orders", content=content("2.0", "/b")))
            declared = pool.submit(declare_consumer, store, SYSTEM, draft, None, create=True)
            wait([declared], timeout=0.3)
        with pytest.raises(InvalidError, match="has no such operation"):
            declared.result(timeout=20)
    store.close()


def test_a_service_has_one_kind(store):
    tools = read(b'{"tools": []}', "orders.json")
    with pytest.raises(ConflictError, match="kind `rest`, the document is one of `mcp`"):
        publish.publish(store, TEAM, "orders", tools)


def test_a_service_that_is_not_there_is_made_only_when_asked(store):
    with pytest.raises(NotFoundError):
        publish.publish(store, TEAM, "news", content())
    publish.publish(store, TEAM, "news", content(title="News"), create=True)
    with store.reading() as at:
        made = services.get(at, "news")
    assert (made.title, made.owner, made.kind, made.latest) == ("News", "team", "rest", "1.0")
    assert [row[:2] for row in told(store)] == [("service.created", "news"), ("version.published", "news")]


def test_what_fails_leaves_nothing_behind(store):
    with pytest.raises(InvalidError):
        publish.publish(store, TEAM, "No Name", content(), create=True)
    with pytest.raises(InvalidError):
        publish.publish(store, TEAM, "fresh", content(), label="a b", create=True)
    broken = msgspec.structs.replace(content(), operations=content().operations * 2)
    with pytest.raises(ConflictError):
        publish.publish(store, TEAM, "fresh", broken, create=True)
    with store.reading() as at:
        assert services.find(at, "fresh") is None
    assert told(store) == []


@pytest.mark.parametrize(
    "who", [Actor("r", "read", owner="team"), Actor("o", "publish", owner="others"), Actor("n", "publish")]
)
def test_only_the_owner_and_admins_publish(store, who):
    with pytest.raises(ForbiddenError):
        publish.publish(store, who, "orders", content())
    with pytest.raises(ForbiddenError):
        publish.move(store, who, "orders", "1.0", "active")
    assert publish.publish(store, SYSTEM, "orders", content()).actor == "byte"


def test_nobody_makes_a_service_for_another_team(store):
    with pytest.raises(ForbiddenError), store.writing() as write:
        append(write, TEAM, Publication(service="news", content=content(), create=True, owner="others"))


@pytest.mark.parametrize(
    "given, pointer",
    [
        ({"label": ""}, "/label"),
        ({"label": "a" * 101}, "/label"),
        ({"state": "retired"}, "/state"),
        ({"commit": "x"}, "/commit"),
    ],
)
def test_what_cannot_be_kept_is_told_with_its_place(store, given, pointer):
    with pytest.raises(InvalidError) as caught:
        publish.publish(store, TEAM, "orders", content(), **given)
    assert [fault.pointer for fault in caught.value.faults] == [pointer]


# --- states ------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", STATES)
@pytest.mark.parametrize("end", STATES)
def test_a_version_moves_as_the_table_says(store, start, end):
    publish.publish(store, TEAM, "orders", content(), state="draft")
    for step in WAYS[start]:
        publish.move(store, TEAM, "orders", "1.0", step)
    before = told(store)
    if end == start:
        assert publish.move(store, TEAM, "orders", "1.0", end).state == end
        assert told(store) == before
    elif end in NEXT[start]:
        assert publish.move(store, TEAM, "orders", "1.0", end).state == end
        assert len(told(store)) == len(before) + 1
    else:
        with pytest.raises(ConflictError, match=f"is {start}"):
            publish.move(store, TEAM, "orders", "1.0", end)
        assert told(store) == before


def test_a_deprecated_version_says_since_when_and_until_when(store):
    publish.publish(store, TEAM, "orders", content())
    gone = publish.move(store, TEAM, "orders", "1.0", "deprecated", sunset=NOW + DAY)
    assert (gone.deprecated_at, gone.sunset) == (NOW, NOW + DAY)
    later = publish.move(store, TEAM, "orders", "1.0", "deprecated", sunset=NOW + 2 * DAY)
    assert (later.deprecated_at, later.sunset) == (NOW, NOW + 2 * DAY)
    assert publish.move(store, TEAM, "orders", "1.0", "deprecated") == later
    open_ended = publish.move(store, TEAM, "orders", "1.0", "deprecated", sunset=None)
    assert (open_ended.deprecated_at, open_ended.sunset) == (NOW, None)
    back = publish.move(store, TEAM, "orders", "1.0", "active")
    assert (back.deprecated_at, back.sunset) == (None, None)
    assert [row[0] for row in told(store)][1:] == ["version.deprecated"] * 3 + ["version.activated"]


@pytest.mark.parametrize("state, sunset", [("deprecated", NOW), ("deprecated", 0), ("retired", NOW + DAY)])
def test_a_sunset_is_to_come_and_of_a_deprecated_version(store, state, sunset):
    publish.publish(store, TEAM, "orders", content())
    with pytest.raises(InvalidError) as caught:
        publish.move(store, TEAM, "orders", "1.0", state, sunset=sunset)
    assert caught.value.faults[0].pointer == "/sunset_at"


def test_a_move_can_be_bound_to_a_revision(store):
    version = publish.publish(store, TEAM, "orders", content())
    moved = publish.move(store, TEAM, "orders", "1.0", "deprecated", expected=version.revision)
    with pytest.raises(StaleError):
        publish.move(store, TEAM, "orders", "1.0", "retired", expected=version.revision)
    with pytest.raises(StaleError):
        publish.move(store, TEAM, "orders", "1.0", "deprecated", expected=version.revision)
    assert moved.revision == version.revision + 1


def test_what_is_not_there_cannot_move(store):
    with pytest.raises(NotFoundError):
        publish.move(store, TEAM, "orders", "9", "active")
    with pytest.raises(NotFoundError):
        publish.move(store, TEAM, "nothing", "9", "active")


def test_a_state_that_is_none_is_told(store):
    publish.publish(store, TEAM, "orders", content())
    with pytest.raises(InvalidError):
        publish.move(store, TEAM, "orders", "1.0", cast("Any", "asleep"))
