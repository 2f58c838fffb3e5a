"""Events are numbered in the order of commits, and no reader misses one."""

import threading

import pytest

from byte.registry.records import Event, Service
from byte.registry.store import Store, events, services


def event(subject: str, kind: str = "service.created", service: str | None = None) -> Event:
    return Event(type=kind, subject=subject, actor="me", service=service)


def test_an_event_comes_back_as_it_was_appended(store, clock):
    full = Event(type="a.b", service="s", version="1", subject="x", actor="me", data={"k": [1, "ö"]})
    with store.writing() as write:
        events.append(write, full)
        assert write.numbers == ()
    assert write.numbers == (1,)
    with store.reading() as read:
        found = events.get(read, 1)
        assert found is not None
        assert (found.data, found.at, found.number) == (full.data, clock.at - (clock.at - found.at), 1)
        assert events.after(read, 0, 10) == (found,)
        assert events.last(read) == events.first(read) == 1
        assert events.get(read, 2) is None


def test_events_are_filtered_by_types_and_service_in_order(store):
    with store.writing() as write:
        for at in range(30):
            events.append(write, event(str(at), f"t.{at % 3}", f"s{at % 2}"))
    with store.reading() as read:
        all_of = events.after(read, 0, 100)
        assert [one.number for one in all_of] == list(range(1, 31))
        for types in ((), ("t.0",), ("t.2", "t.0"), ("t.9",)):
            for service in (None, "s1", "s9"):
                expected = [
                    one for one in all_of
                    if one.number > 4 and (not types or one.type in types) and service in (None, one.service)
                ]  # fmt: skip
                assert list(events.after(read, 4, 7, types, service)) == expected[:7]
        assert events.after(read, 2**80, 5) == ()
        assert len(events.after(read, -(2**80), 5)) == 5


def test_numbers_are_never_used_twice_although_old_events_go(store, clock):
    with store.writing() as write:
        events.append(write, *(event(str(at)) for at in range(5)))
    clock.at += 1_000_000
    with store.writing() as write:
        assert events.forget(write, clock.at, limit=3) == 3
        assert events.forget(write, clock.at) == 2
        assert events.forget(write, clock.at) == 0
        events.append(write, event("next"))
    assert write.numbers == (6,)
    with store.reading() as read:
        assert (events.first(read), events.last(read)) == (6, 6)


def test_a_transaction_that_began_first_and_commits_last_has_the_later_number(postgresql_url):
    """Two real connections whose commits interleave: the poller between them must not pass over the slow one."""
    slow, fast = Store.open(postgresql_url), Store.open(postgresql_url)
    began, go = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with slow.writing() as write:
            services.add(write, Service(name="slow"))
            events.append(write, event("slow"))
            began.set()
            go.wait(30)

    thread = threading.Thread(target=write_slowly)
    thread.start()
    try:
        assert began.wait(30)
        with fast.writing() as write:
            services.add(write, Service(name="fast"))
            events.append(write, event("fast"))
        with fast.reading() as read:
            seen = events.after(read, 0, 10)
        assert [one.subject for one in seen] == ["fast"]
    finally:
        go.set()
        thread.join(30)
    with fast.reading() as read:
        assert [one.subject for one in events.after(read, seen[-1].number, 10)] == ["slow"]
    slow.close()
    fast.close()


@pytest.mark.parametrize("writers", [4])
def test_a_poller_beside_many_writers_misses_nothing(database_url, writers):
    """Writers commit in any order, some undo; whoever reads on from the last number seen sees all that was committed."""
    each = 15
    stores = [Store.open(database_url) for _ in range(writers + 1)]
    done = threading.Event()
    seen: list[Event] = []

    def write_some(store: Store, name: str) -> None:
        for at in range(each):
            try:
                with store.writing() as write:
                    events.append(write, event(f"{name}-{at}a"), event(f"{name}-{at}b"))
                    if at % 5 == 4:
                        raise KeyError
            except KeyError:
                pass

    def poll() -> None:
        last = 0
        while True:
            finished = done.is_set()
            with stores[-1].reading() as read:
                found = events.after(read, last, 7)
            seen.extend(found)
            last = found[-1].number if found else last
            if finished and not found:
                return

    threads = [threading.Thread(target=write_some, args=(stores[at], f"w{at}")) for at in range(writers)]
    poller = threading.Thread(target=poll)
    for thread in (poller, *threads):
        thread.start()
    for thread in threads:
        thread.join(60)
    done.set()
    poller.join(60)
    for store in stores:
        store.close()
    kept = {f"w{w}-{at}{part}" for w in range(writers) for at in range(each) if at % 5 != 4 for part in "ab"}
    assert {one.subject for one in seen} == kept
    assert [one.number for one in seen] == list(range(1, len(kept) + 1))
