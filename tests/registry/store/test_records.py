"""Every kind of record, on both databases: what is kept comes back, what cannot be kept is refused."""

import msgspec
import pytest

from byte.registry.clock import DAY, SECOND
from byte.registry.errors import (
    ConflictError,
    ExistsError,
    InUseError,
    InvalidError,
    NotFoundError,
    StaleError,
)
from byte.registry.records import (
    Consumer,
    Event,
    HealthCheck,
    Key,
    Link,
    Owner,
    Probe,
    Review,
    Service,
    Use,
    Verdict,
    Version,
    Webhook,
)
from byte.registry.store import (
    Store,
    Write,
    consumers,
    events,
    health,
    keys,
    leases,
    owners,
    reviews,
    services,
    versions,
    webhooks,
)
from byte.registry.store.health import HOUR, Sum
from byte.registry.store.reviews import ReviewFilter
from byte.registry.store.services import ServiceFilter
from tests.registry.conftest import START
from tests.registry.store.made import content

FULL = Service(
    name="orders",
    kind="mcp",
    title="Orders ö \U0001f600",
    description="",
    owner="sales",
    lifecycle="experimental",
    tags=("b", "a"),
    links=(Link("documentation", "https://example.com/"),),
    base_url="https://orders.example.com",
    probe=Probe(path="/up", expect=(200, 204)),
)


def with_service(store: Store, name: str = "orders") -> None:
    with store.writing() as write:
        services.add(write, Service(name=name))


def test_a_service_comes_back_as_it_was_kept(store):
    with store.writing() as write:
        owners.add(write, Owner(name="sales"))
        kept = services.add(write, FULL)
    assert kept == msgspec.structs.replace(FULL, created_at=kept.created_at, updated_at=kept.updated_at)
    assert kept.created_at > START
    with store.reading() as read:
        assert services.get(read, "orders") == kept
        assert services.find(read, "other") is None
        with pytest.raises(NotFoundError, match="no service `other`"):
            services.get(read, "other")


def test_a_second_service_of_a_name_is_refused_and_the_transaction_goes_on(store):
    with_service(store)
    with store.writing() as write:
        with pytest.raises(ExistsError, match="`orders` already"):
            services.add(write, Service(name="orders", title="another"))
        services.add(write, Service(name="users"))
    with store.reading() as read:
        assert [one.title for one in services.page(read).items] == ["", ""]


def test_a_service_of_an_unknown_owner_is_refused_where_it_stands(store):
    with pytest.raises(InvalidError) as caught, store.writing() as write:
        services.add(write, Service(name="orders", owner="nobody"))
    assert [fault.pointer for fault in caught.value.faults] == ["/owner"]


def test_an_edit_at_the_right_revision_succeeds_once(store):
    with_service(store)
    with store.writing() as write:
        after = services.replace(write, Service(name="orders", title="Orders"), 1)
    assert (after.revision, after.title) == (2, "Orders")
    assert after.updated_at > after.created_at
    with pytest.raises(StaleError, match="at revision 2, not 1"), store.writing() as write:
        services.replace(write, Service(name="orders", title="lost"), 1)
    with store.reading() as read:
        assert services.get(read, "orders") == after
    with pytest.raises(NotFoundError), store.writing() as write:
        services.replace(write, Service(name="users"), 1)


def test_what_is_made_again_has_no_revision_of_what_was_removed(store):
    with store.writing() as write:
        made = services.add(write, Service(name="orders"))
        edited = services.replace(write, msgspec.structs.replace(made, title="Orders"), made.revision)
        services.remove(write, "orders", edited.revision)
        again = services.add(write, Service(name="orders"))
        assert again.revision > edited.revision
        with pytest.raises(StaleError):
            services.replace(write, msgspec.structs.replace(again, title="Old"), edited.revision)


def test_an_edit_leaves_alone_what_others_keep(store):
    with_service(store)
    with store.writing() as write:
        services.set_health(write, "orders", "down", START)
        versions.add(write, "orders", Version(service="orders", label="1.0", state="active"), content())
    with store.writing() as write:
        services.replace(write, Service(name="orders", title="new", health="up", latest="0.9"))
    with store.reading() as read:
        kept = services.get(read, "orders")
    assert (kept.title, kept.health, kept.health_since, kept.latest) == ("new", "down", START, "1.0")
    assert kept.revision == 4, "health, version and edit: each shows"


def test_services_are_listed_by_filter_and_sort_page_by_page(store, clock):
    with store.writing() as write:
        owners.add(write, Owner(name="sales"))
        for at in range(25):
            tags = ("even",) if at % 2 == 0 else ("odd", "even too")
            owner = "sales" if at % 5 == 0 else None
            services.add(write, Service(name=f"s{at:02}", tags=tags, owner=owner, lifecycle="production"))
        services.set_health(write, "s10", "down", 1)
    for sort, first in (("name", "s00"), ("-name", "s24"), ("updated_at", "s00"), ("-updated_at", "s10")):
        with store.reading() as read:
            names, cursor = [], None
            while True:
                page = services.page(read, sort=sort, limit=7, cursor=cursor)
                names += [one.name for one in page.items]
                cursor = page.next
                if cursor is None:
                    break
        assert names[0] == first
        assert len(names) == len(set(names)) == 25
    for asked, number in (
        (ServiceFilter(tag="even"), 13),
        (ServiceFilter(tag="even too"), 12),
        (ServiceFilter(owner="sales", tag="even"), 3),
        (ServiceFilter(health="down"), 1),
        (ServiceFilter(kind="a2a"), 0),
        (ServiceFilter(lifecycle="production", kind="rest"), 25),
    ):
        with store.reading() as read:
            assert len(services.page(read, asked).items) == number, asked


def test_names_are_ordered_by_code_point_on_both_databases(store):
    names = ["Z", "_", "a", "a-b", "a_b", "ab", "b", "é", "\U0001f600"]
    with store.writing() as write:
        for name in reversed(names):
            services.add(write, Service(name=name))
    with store.reading() as read:
        assert [one.name for one in services.page(read).items] == names


@pytest.mark.parametrize("cursor", ["", "!", "AAAA", "WyJvd25lcnMgYnkgbmFtZSIsImEiXQ", "W1tbW1tbW1tb", "W" * 5_000])
def test_a_cursor_that_is_none_or_of_another_list_is_refused(store, cursor):
    with store.reading() as read, pytest.raises(InvalidError, match="cursor"):
        services.page(read, cursor=cursor)


def test_a_cursor_of_another_sort_and_a_sort_that_is_none_are_refused(store):
    for name in ("a", "b"):
        with_service(store, name)
    with store.reading() as read:
        cursor = services.page(read, sort="name", limit=1).next
        assert services.page(read, sort="name", limit=1, cursor=cursor).items[0].name == "b"
        for sort in ("-name", "updated_at"):
            with pytest.raises(InvalidError, match="cursor"):
                services.page(read, sort=sort, cursor=cursor)
        with pytest.raises(InvalidError, match="no order of this list"):
            services.page(read, sort="title")


def test_hostile_text_is_kept_harmlessly_and_found_by_nobody(store):
    with store.writing() as write:
        services.add(write, Service(name="a\x00b", title="\ud800 half", tags=("\x00",)))
    with store.reading() as read:
        assert services.find(read, "a") is None
        assert services.get(read, "a\x00b").name == "a\ufffdb"
        assert services.get(read, "a\x00b").title == "\ufffd half"
        assert services.find(read, "' OR 1=1 --") is None


def test_a_removed_service_takes_all_that_is_its_own_and_no_document_that_another_needs(store):
    for name in ("orders", "users"):
        with_service(store, name)
    with store.writing() as write:
        for name, digest in (("orders", "1"), ("orders", "2"), ("users", "2")):
            versions.add(write, name, Version(service=name, label=f"v{digest}"), content(digest=digest))
        reviews.add(write, Review(id="r", service="orders", verdict="APPROVED"))
        health.add(write, HealthCheck(service="orders", at=START, state="up"))
        webhooks.add(write, Webhook(id="w", url="https://example.com", service="orders"), b"secret")
        events.append(write, Event(type="service.created", service="orders", actor="me"))
    with store.writing() as write:
        consumers.add(write, Consumer(service="orders", name="web"))
    with pytest.raises(InUseError, match="used by `web`"), store.writing() as write:
        services.remove(write, "orders")
    with store.writing() as write:
        consumers.remove(write, "orders", "web")
        with pytest.raises(StaleError):
            services.remove(write, "orders", 77)
        services.remove(write, "orders")
    with store.reading() as read:
        assert reviews.find(read, "r") is None
        assert webhooks.find(read, "w") is None
        assert versions.page(read, "orders").items == ()
        assert health.latest(read) == {}
        assert len(events.after(read, 0, 10)) == 1, "what happened has happened"
        assert versions.document(read, "sha256:document-2").data
        with pytest.raises(NotFoundError):
            versions.document(read, "sha256:document-1")


def test_an_owner_cannot_go_while_services_or_keys_are_theirs(store):
    with store.writing() as write:
        owners.add(write, Owner(name="sales", title="Sales", contacts=(Link("chat", "https://example.com"),)))
        services.add(write, Service(name="orders", owner="sales"))
        keys.add(write, Key(id="k", name="ci", scope="publish", owner="sales"), b"hash")
    for noun in ("service", "key"):
        with pytest.raises(InUseError, match=f"the {noun} "), store.writing() as write:
            owners.remove(write, "sales")
        if noun == "service":
            with store.writing() as write:
                services.remove(write, "orders")
    with store.reading() as read:
        assert owners.page(read, "-name").items == (owners.get(read, "sales"),)
    with pytest.raises(NotFoundError), store.writing() as write:
        owners.remove(write, "marketing")


def test_consumers_are_found_by_the_operations_that_they_use(store):
    with_service(store)
    used = Use("GET /orders", reads=("id", "items/price"), sends=())
    with store.writing() as write:
        web = consumers.add(write, Consumer(service="orders", name="web", uses=(used,), evidence=("a.py:1",)))
        app = consumers.add(write, Consumer(service="orders", name="app", uses=(used, Use("POST /orders"))))
        with pytest.raises(NotFoundError):
            consumers.add(write, Consumer(service="users", name="web"))
        with pytest.raises(ExistsError, match="`web` of `orders`"):
            consumers.add(write, Consumer(service="orders", name="web"))
    with store.reading() as read:
        assert consumers.users(read, "orders", "GET /orders").items == (app, web)
        assert consumers.users(read, "orders", "POST /orders").items == (app,)
        assert consumers.page(read, consumers.ConsumerFilter(operation="POST /orders")).items == (app,)
        assert consumers.uses_of(read, "orders") == (app, web)
        assert consumers.page(read, consumers.ConsumerFilter(name="web")).items == (web,)
    with store.writing() as write:
        consumers.replace(write, Consumer(service="orders", name="app", uses=()), 1)
    with store.reading() as read:
        assert consumers.users(read, "orders", "POST /orders").items == ()
        assert consumers.page(read, consumers.ConsumerFilter(operation="POST /orders")).items == ()
        assert consumers.get(read, "orders", "app").revision == 2


def test_reviews_come_newest_first_and_with_their_report_one_by_one(store):
    with_service(store)
    with store.writing() as write:
        for at in range(5):
            verdict: Verdict = "APPROVED" if at % 2 else "NEEDS REVISION"
            review = Review(id=f"r{at}", service="orders", verdict=verdict, report={"n": at}, created_at=START + at)
            assert reviews.add(write, review) == review
    with store.reading() as read:
        first = reviews.page(read, limit=2)
        assert [one.id for one in first.items] == ["r4", "r3"]
        assert [one.id for one in reviews.page(read, limit=9, cursor=first.next).items] == ["r2", "r1", "r0"]
        approved = reviews.page(read, ReviewFilter(service="orders", verdict="APPROVED"))
        assert [(one.id, one.report) for one in approved.items] == [("r3", {}), ("r1", {})]
        assert reviews.get(read, "r3").report == {"n": 3}
    with store.writing() as write:
        assert reviews.forget(write, START + 3, limit=2) == 2
        assert reviews.forget(write, START + 3) == 1
    with store.reading() as read:
        assert [one.id for one in reviews.page(read).items] == ["r4", "r3"]


def test_the_sums_of_a_window_are_those_of_its_checks(store):
    with_service(store)
    checks = [
        HealthCheck(service="orders", at=START + at * 20 * 60 * SECOND, state="down" if at % 7 == 3 else "up",
                    latency_ms=None if at % 7 == 3 else float(at), status=200, reason="")
        for at in range(40)
    ]  # fmt: skip
    with store.writing() as write:
        health.add(write, *checks[:20])
        health.add(write, *checks[20:])
    for since, until in ((START, START + DAY), (START + HOUR // 2, START + 7 * HOUR + 1), (START, START + 5 * SECOND)):
        inside = [one for one in checks if since <= one.at < until]
        with store.reading() as read:
            found = health.sums(read, "orders", since, until)
        for state in ("up", "down"):
            mine = [one for one in inside if one.state == state]
            timed = [one.latency_ms for one in mine if one.latency_ms is not None]
            expected = Sum(len(mine), len(timed), sum(timed), max(timed, default=0.0))
            assert found.get(state, Sum()) == expected
    with store.reading() as read:
        assert health.latest(read) == {"orders": checks[-1]}
        page = health.page(read, "orders", limit=3)
        assert page.items == tuple(reversed(checks[-3:]))
        assert health.page(read, "orders", limit=1, cursor=page.next).items == (checks[-4],)
    with store.writing() as write:
        assert health.forget(write, checks[30].at, limit=20) == 20
        assert health.forget(write, checks[30].at) == 10
    with store.reading() as read:
        assert len(health.page(read, "orders").items) == 10
        # Whole hours outlive their checks.
        assert sum(one.checks for one in health.sums(read, "orders", 0, START + DAY).values()) == 40
    with store.writing() as write:
        assert health.forget_hours(write, START + 3 * HOUR) > 0


def test_checks_of_one_moment_are_all_kept(store):
    with_service(store)
    check = HealthCheck(service="orders", at=START, state="degraded", latency_ms=1.5)
    with store.writing() as write:
        health.add(write, check, check)
    with store.reading() as read:
        first = health.page(read, limit=1)
        assert health.page(read, limit=1, cursor=first.next).items == (check,)


def test_keys_end_once_and_remember_when_they_were_last_used(store):
    key = Key(id="k1", name="ci", scope="publish", expires_at=START + DAY)
    with store.reading() as read:
        assert keys.none(read)
        assert keys.by_id(read, "k1") is None
    with store.writing() as write:
        kept = keys.add(write, key, b"\x00hash")
        with pytest.raises(ExistsError):
            keys.add(write, key, b"other")
    with store.writing() as write:
        keys.touch(write, {"k1": START + 9, "k2": START})
        keys.touch(write, {"k1": START + 5})
    with store.reading() as read:
        assert keys.by_id(read, "k1") == (msgspec.structs.replace(kept, last_used_at=START + 9), b"\x00hash")
        assert not keys.none(read)
    with store.writing() as write:
        assert keys.revoke(write, "k1", START + 10).revoked_at == START + 10
        assert keys.revoke(write, "k1", START + 20).revoked_at == START + 10
        with pytest.raises(NotFoundError):
            keys.revoke(write, "k2")


def test_webhooks_are_due_unless_they_are_off_or_wait(store):
    with store.writing() as write:
        first = webhooks.add(write, Webhook(id="a", url="https://example.com", types=("x.y",)), b"1")
        webhooks.add(write, Webhook(id="b", url="https://example.com", enabled=False), b"2")
        with pytest.raises(NotFoundError):
            webhooks.add(write, Webhook(id="c", url="https://example.com", service="gone"), b"3")
    with store.writing() as write:
        failed = msgspec.structs.replace(first, delivered=7, failures=2, last_error="500", retry_at=START + 5)
        webhooks.progress(write, failed)
    with store.reading() as read:
        assert webhooks.due(read, START + 4, 10) == ()
        assert webhooks.due(read, START + 5, 10) == (failed,)
        assert webhooks.due(read, START - 6, 10) == (failed,), "of a clock that was set back since"
        assert webhooks.secrets(read, "b", START) == (b"2",)
    with store.writing() as write:
        edited = webhooks.replace(write, Webhook(id="a", url="https://example.org"), 1)
    assert (edited.delivered, edited.revision) == (7, 2)
    with store.writing() as write:
        webhooks.remove(write, "a", 2)
        with pytest.raises(NotFoundError):
            webhooks.secrets(write, "a", START)


def test_a_lease_is_one_holders_until_it_ends(store, clock):
    with store.writing() as write:
        assert leases.acquire(write, "probe", "one", 60 * SECOND)
        assert not leases.acquire(write, "probe", "two", 60 * SECOND)
        assert leases.acquire(write, "probe", "one", 60 * SECOND)
        assert leases.acquire(write, "other", "two", 60 * SECOND)
        leases.release(write, "probe", "two")
        assert leases.holder(write, "probe") == "one"
    clock.at += 61 * SECOND
    with store.writing() as write:
        assert leases.holder(write, "probe") is None
        assert leases.acquire(write, "probe", "two", 60 * SECOND)
        leases.release(write, "probe", "two")
        assert leases.acquire(write, "probe", "one", SECOND)


def test_a_lease_of_a_clock_that_was_set_back_is_over(store, clock):
    with store.writing() as write:
        assert leases.acquire(write, "probe", "gone", 60 * SECOND)
    clock.at -= 59 * SECOND
    with store.writing() as write:
        assert not leases.acquire(write, "probe", "two", 60 * SECOND)
    clock.at -= DAY
    with store.writing() as write:
        assert leases.acquire(write, "probe", "two", 60 * SECOND)
        assert not leases.acquire(write, "probe", "three", 60 * SECOND)


def test_another_secret_is_an_edit_of_a_webhook(store):
    with store.writing() as write:
        webhooks.add(write, Webhook(id="a", url="https://example.com"), b"1")
    with store.writing() as write:
        changed = webhooks.set_secret(write, "a", b"2", expected=1)
        with pytest.raises(StaleError):
            webhooks.set_secret(write, "a", b"3", expected=1)
        with pytest.raises(NotFoundError):
            webhooks.set_secret(write, "b", b"3")
    with store.reading() as read:
        assert webhooks.get(read, "a") == changed
        assert (changed.revision, webhooks.secrets(read, "a", START)) == (2, (b"2",))


def test_latencies_of_a_window_come_newest_first(store):
    with_service(store)
    latencies = (5.0, None, 7.5, 1.25)
    checks = [
        HealthCheck(service="orders", at=START + at, state="up", latency_ms=latency)
        for at, latency in enumerate(latencies)
    ]
    with store.writing() as write:
        health.add(write, *checks)
    with store.reading() as read:
        assert health.latencies(read, "orders", START, START + 3) == [(START + 2, 7.5), (START, 5.0)]
        assert health.latencies(read, "orders", START, START + 9, limit=1) == [(START + 3, 1.25)]
        assert health.latencies(read, "users", START, START + 9) == []


def test_a_service_that_comes_again_is_read_as_it_is_then(store):
    first = Service(name="orders", title="Before", created_at=START, updated_at=START)
    for service in (first, msgspec.structs.replace(first, title="After")):
        with store.writing() as write:
            kept = services.add(write, service)
        assert kept.title == service.title
        with store.reading() as read:
            assert services.page(read).items == (kept,)
            assert services.get(read, "orders") == kept
        with store.writing() as write:
            services.remove(write, "orders")


def test_a_store_is_near_until_a_read_took_long(store, monkeypatch):
    now, near = 10.0, store.kind == "sqlite"
    monkeypatch.setattr("byte.registry.store.store.monotonic", lambda: now)
    store.took(0.1)
    assert store.near == near
    store.took(0.5)
    assert not store.near
    now = 11.1
    assert store.near == near


def test_what_raises_is_undone_with_its_events(store):
    def add(write: Write, name: str, *, fails: bool = False) -> None:
        services.add(write, Service(name=name))
        events.append(write, Event(type="service.created", actor="me", subject=name))
        if fails:
            raise ConflictError("no")

    with pytest.raises(ConflictError), store.writing() as write:
        add(write, "orders", fails=True)
    with store.writing() as write:
        add(write, "users")
        with pytest.raises(ConflictError), write.part():
            add(write, "half", fails=True)
        with write.part():
            add(write, "whole")
    assert write.numbers == (1, 2)
    with store.reading() as read:
        assert [one.name for one in services.page(read).items] == ["users", "whole"]
        assert [one.subject for one in events.after(read, 0, 10)] == ["users", "whole"]


def test_numbers_that_no_database_keeps_are_refused(store):
    with_service(store)
    with pytest.raises(InvalidError), store.writing() as write:
        services.set_health(write, "orders", "up", 2**70)
