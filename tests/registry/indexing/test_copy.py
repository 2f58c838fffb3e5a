"""An index follows its store, whatever happens there."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from byte.registry import catalog, publish
from byte.registry.actors import SYSTEM
from byte.registry.indexing import copy as copies
from byte.registry.indexing import plan
from byte.registry.indexing.copy import Copy
from byte.registry.records import Event, Owner
from byte.registry.search.index import Index, IndexFileError
from byte.registry.search.patient import Patient
from byte.registry.search.query import Filters, Query
from byte.registry.store import Store, events, owners, searched, services
from tests.registry.indexing.world import Hashing, held, published, stored, titled


def advanced(copy: Copy, store: Store) -> Copy:
    while copy.advance(store):
        pass
    assert copy.complete
    return copy


def check(copy: Copy, store: Store) -> None:
    advanced(copy, store)
    assert held(copy.index) == stored(store)
    assert copy.index.ids() == frozenset(stored(store))
    assert copy.proven(store)


@pytest.fixture
def filled(store: Store) -> Store:
    with store.writing() as write:
        for team in ("shop", "payments"):
            owners.add(write, Owner(name=team))
    for name in ("orders", "payments", "stock"):
        published(store, name, "1", "/things", "/things/{id}")
    return store


def remade(store: Store) -> None:
    """The same name and label, and something else under it."""
    catalog.delete_service(store, SYSTEM, "orders", None)
    published(store, "orders", "1", "/things", "/others")


def ill(store: Store) -> None:
    with store.writing() as write:
        services.set_health(write, "stock", "down", write.now)
        event = Event(type="health.changed", service="stock", subject="stock", actor="byte")
        events.append(write, event)


EDITS: dict[str, Callable[[Store], object]] = {
    "nothing": lambda store: None,
    "another service": lambda store: published(store, "mail", "1", "/letters"),
    "another version": lambda store: published(store, "orders", "2", "/things", "/parcels"),
    "a draft": lambda store: published(store, "orders", "2", "/parcels", state="draft"),
    "a version is deprecated": lambda store: publish.move(store, SYSTEM, "orders", "1", "deprecated"),
    "a version is retired": lambda store: publish.move(store, SYSTEM, "orders", "1", "retired"),
    "another title": lambda store: titled(store, "orders", "Purchases"),
    "another team": lambda store: catalog.transfer_service(store, SYSTEM, "orders", "shop", None),
    "a service goes": lambda store: catalog.delete_service(store, SYSTEM, "orders", None),
    "a service is made anew": remade,
    "a service falls ill": ill,
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_index_holds_what_the_store_has_after(filled: Store, edit: Callable[[Store], object]) -> None:
    copy = Copy(Index(Hashing()))
    check(copy, filled)
    edit(filled)
    check(copy, filled)


def test_any_edits_one_after_the_other_leave_the_index_equal(filled: Store) -> None:
    copy, chance = Copy(Index(None)), random.Random(1)
    names = ["orders", "payments", "stock", "mail"]
    for turn in range(60):
        name = chance.choice(names)
        with filled.reading() as read:
            there = name in searched.find(read, [name])
        act = chance.randrange(4) if there else 0
        if act == 0:
            published(filled, name, f"{turn}", *chance.sample(["/a", "/b", "/c/{id}", "/d"], 2))
        elif act == 1:
            titled(filled, name, f"Title {turn}")
        elif act == 2:
            catalog.transfer_service(filled, SYSTEM, name, chance.choice(["shop", "payments"]), None)
        else:
            catalog.delete_service(filled, SYSTEM, name, None)
        if chance.random() < 0.4:
            check(copy, filled)
    check(copy, filled)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_what_has_no_vectors_yet_follows_the_store_too(filled: Store, edit: Callable[[Store], object]) -> None:
    model = Hashing()
    copy = Copy(Index(Patient(model, ticks=lambda: 0.0)))
    model.broken = "It is away."
    check(copy, filled)
    assert copy.bare
    published(filled, "orders", "1.5", "/parcels")
    check(copy, filled)
    edit(filled)
    check(copy, filled)


def test_the_title_of_a_service_is_searched_as_it_is_now(filled: Store) -> None:
    published(filled, "orders", "2", "/parcels", "/things")
    copy = advanced(Copy(Index(Hashing())), filled)

    def found(text: str) -> set[tuple[str, str]]:
        hits = copy.index.search(Query(text=text, limit=50, filters=Filters(state="active"))).hits
        return {(hit.entry.version, hit.entry.name) for hit in hits if "service" in hit.matched}

    all_ = {("1", "GET /things"), ("1", "GET /things/{id}"), ("2", "GET /parcels"), ("2", "GET /things")}
    assert (found("orders"), found("purchases")) == (all_, set())
    titled(filled, "orders", "Purchases")
    check(copy, filled)
    assert (found("orders"), found("purchases")) == (set(), all_)
    vectors = fresh(filled)
    assert copy.index.search(Query(text="purchases")).hits == vectors.index.search(Query(text="purchases")).hits


def fresh(store: Store) -> Copy:
    return advanced(Copy(Index(Hashing())), store)


def test_what_could_not_be_written_is_written_later(filled: Store, tmp_path: Path) -> None:
    copy = fresh(filled)
    assert copy.changed
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Not a directory"):
        copy.save(tmp_path / "file" / "index", "hashing")
    assert copy.changed
    copy.save(tmp_path / "index", "hashing")
    assert not copy.changed


def test_only_what_changed_is_read_and_embedded_again(filled: Store) -> None:
    model = Hashing()
    copy = advanced(Copy(Index(model)), filled)
    before = model.encoded
    catalog.transfer_service(filled, SYSTEM, "orders", "shop", None)
    publish.move(filled, SYSTEM, "orders", "1", "deprecated")
    check(copy, filled)
    assert model.encoded == before
    published(filled, "orders", "2", "/parcels")
    check(copy, filled)
    assert model.encoded == before + 1


def test_events_that_are_forgotten_before_they_were_seen_are_made_up_for(filled: Store) -> None:
    copy = advanced(Copy(Index(None)), filled)
    published(filled, "mail", "1", "/letters")
    catalog.delete_service(filled, SYSTEM, "stock", None)
    with filled.writing() as write:
        events.forget(write, write.now + 1)
    check(copy, filled)
    # And what comes after them is followed as before.
    published(filled, "mail", "2", "/letters", "/stamps")
    check(copy, filled)


def test_an_index_is_not_believed_of_another_store(filled: Store, sqlite_url: str, tmp_path: Path) -> None:
    advanced(Copy(Index(None)), filled).save(tmp_path / "index", "none")
    other = Store.open(f"sqlite:///{tmp_path}/other.db")
    for name in ("orders", "payments", "mail"):
        published(other, name, "1", "/things")
    copy, _ = Copy.load(tmp_path / "index", None)
    assert held(copy.index) == stored(filled)
    assert not copy.complete
    check(copy, other)
    other.close()


def test_a_store_that_goes_back_in_time_takes_its_index_along(filled: Store) -> None:
    copy = advanced(Copy(Index(None)), filled)
    copy.mark = copies.Mark(copy.mark.number + 5, copy.mark.at + 1)
    published(filled, "mail", "1", "/letters")
    check(copy, filled)


def test_an_index_that_lost_something_gets_it_back(filled: Store) -> None:
    copy = advanced(Copy(Index(None)), filled)
    some = sorted(copy.index.ids("orders"))[:1]
    copy.index.remove(some)
    with pytest.raises(RuntimeError, match="does not hold"):
        copy.proven(filled)
    copy.doubt()
    check(copy, filled)


def test_an_index_is_read_again_as_it_was_written(filled: Store, tmp_path: Path) -> None:
    model = Hashing()
    copy = advanced(Copy(Index(model)), filled)
    copy.save(tmp_path / "index", "hashing")
    again, embeddings = Copy.load(tmp_path / "index", Hashing())
    assert (embeddings, again.mark, again.services) == ("hashing", copy.mark, copy.services)
    assert held(again.index) == held(copy.index)
    published(filled, "orders", "2", "/parcels")
    check(again, filled)


@pytest.mark.parametrize("at", [0, 10, 0.5, -1])
def test_a_damaged_file_is_noticed(filled: Store, tmp_path: Path, at: float) -> None:
    file = tmp_path / "index"
    advanced(Copy(Index(Hashing())), filled).save(file, "hashing")
    data = bytearray(file.read_bytes())
    data[int(at * len(data)) if isinstance(at, float) else at] ^= 0x40
    file.write_bytes(data)
    with pytest.raises(IndexFileError):
        Copy.load(file, Hashing())
    file.write_bytes(bytes(data[: len(data) // 3]))
    with pytest.raises(IndexFileError):
        Copy.load(file, Hashing())


def test_nothing_is_to_be_done_between_equals() -> None:
    version = searched.Version(1, "1", "active", 2, "x")
    service = searched.Service("orders", "rest", "Orders", None, "up", "1", {"1": version})
    assert list(plan.steps(service, service)) == []
    assert list(plan.steps(None, None)) == []
    assert list(plan.steps(service, None)) == [plan.Remove("1")]
    assert list(plan.steps(None, service)) == [plan.Add(version)]
    assert list(plan.steps(service, service, anew=True)) == [plan.Add(version)]
    assert list(plan.steps(service, None, anew=True)) == [plan.Remove("1")]
