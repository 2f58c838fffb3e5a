"""Versions with all that is theirs; and operations by every filter, held against a list that is filtered by hand."""

import itertools
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byte.registry.errors import ConflictError, ExistsError, InvalidError, NotFoundError, StaleError, TooLargeError
from byte.registry.records import (
    STATES,
    Component,
    HealthState,
    Operation,
    Owner,
    Page,
    Service,
    State,
    Version,
    identity,
)
from byte.registry.store import Read, Store, operations, owners, services, versions
from byte.registry.store.facets import LISTED
from byte.registry.store.operations import OperationFilter
from tests.registry.store.made import content, operation


def add(store: Store, label: str = "1.0", state: State = "active", made=None, service: str = "orders") -> Version:
    with store.writing() as write:
        if services.find(write, service) is None:
            services.add(write, Service(name=service))
        return versions.add(write, service, Version(service=service, label=label, state=state), made or content())


def test_a_version_comes_back_with_its_operations_components_and_document(store):
    made = content(12)
    kept = add(store, made=made)
    assert (kept.sequence, kept.operations, kept.document, kept.revision) == (1, 12, made.document.digest, 1)
    with store.reading() as read:
        assert versions.get(read, "orders", "1.0") == kept == versions.latest(read, "orders")
        assert versions.document(read, kept.document) == made.document
        assert versions.components(read, "orders", "1.0").items == made.components
        assert versions.component(read, "orders", "1.0", "#/components/schemas/Thing3") == made.components[3]
        page = operations.page(read, OperationFilter(service="orders", version="1.0"), bodies=True)
        assert [msgspec.structs.replace(one, id="", service="", version="") for one in page.items] == sorted(
            made.operations, key=lambda one: one.name
        )
        for one in page.items:
            assert one.id == identity("orders", "1.0", one.name)
            assert operations.get(read, one.id) == one
        without = operations.page(read, OperationFilter(service="orders")).items
        assert without == tuple(msgspec.structs.replace(one, body={}) for one in page.items)
        for missing in (
            lambda: versions.component(read, "orders", "1.0", "#/components/schemas/Gone"),
            lambda: versions.components(read, "orders", "2.0"),
            lambda: versions.get(read, "users", "1.0"),
            lambda: operations.get(read, "0" * 24),
        ):
            with pytest.raises(NotFoundError):
                missing()


def test_components_are_listed_page_by_page(store):
    add(store)
    with store.reading() as read:
        first = versions.components(read, "orders", "1.0", limit=5)
        rest = versions.components(read, "orders", "1.0", limit=5, cursor=first.next)
        assert [one.reference[-1] for one in (*first.items, *rest.items)] == list("0123456")
        assert rest.next is None
        with pytest.raises(InvalidError, match="cursor"):
            operations.page(read, cursor=first.next)


def test_a_label_is_given_once(store):
    add(store)
    with pytest.raises(ExistsError, match=r"version `1\.0` of `orders` already"):
        add(store)
    with pytest.raises(NotFoundError), store.writing() as write:
        versions.add(write, "users", Version(service="users", label="1.0"), content())


@pytest.mark.parametrize("part", ["operations", "components"])
def test_two_parts_of_one_name_are_refused_and_nothing_is_kept(store, part):
    made = content()
    twice = msgspec.structs.replace(made, **{part: (*getattr(made, part), getattr(made, part)[0])})
    with pytest.raises(ConflictError, match=f"Two {part}"):
        add(store, made=twice)
    with store.reading() as read:
        assert services.find(read, "orders") is None


def test_the_latest_version_is_the_newest_active_one_and_else_the_newest(store):
    def latest() -> str | None:
        with store.reading() as read:
            found, service = versions.latest(read, "orders"), services.get(read, "orders")
        assert (found and found.label) == service.latest
        return service.latest

    steps: tuple[tuple[str, State, str], ...] = (
        ("1", "draft", "1"),
        ("2", "draft", "2"),
        ("3", "active", "3"),
        ("4", "active", "4"),
        ("5", "draft", "4"),
    )
    for label, state, expected in steps:
        add(store, label, state)
        assert latest() == expected
    with store.writing() as write:
        versions.change(write, Version(service="orders", label="4", state="retired"))
    assert latest() == "3"
    with store.reading() as read:
        assert [one.label for one in versions.page(read, "orders").items] == list("54321")
        assert [one.label for one in versions.page(read, "orders", sort="sequence").items] == list("12345")
        assert [one.label for one in versions.page(read, "orders", "draft", limit=2).items] == ["5", "2"]


def test_only_state_sunset_and_deprecation_of_a_version_change(store):
    before = add(store)
    with store.writing() as write:
        wanted = Version(service="orders", label="1.0", state="deprecated", sunset=7, deprecated_at=5, title="lost")
        after = versions.change(write, wanted, 1)
    assert after == msgspec.structs.replace(
        before, state="deprecated", sunset=7, deprecated_at=5, revision=2, updated_at=after.updated_at
    )
    with store.reading() as read:
        assert versions.get(read, "orders", "1.0") == after
        assert operations.page(read).items[0].state == "deprecated"
    with pytest.raises(StaleError), store.writing() as write:
        versions.change(write, wanted, 1)


def test_a_document_that_many_publish_is_kept_once(store):
    for label in ("1", "2"):
        add(store, label)
    add(store, made=content(digest="1"), service="users")
    with store.reading() as read:
        assert versions.document(read, "sha256:document-1").media_type == "application/json"


def test_an_operation_comes_with_all_that_it_refers_to(store):
    body = {"schema": {"$ref": "#/components/schemas/A/properties/b"}, "items": [{"$ref": "#/components/schemas/M~1N"}]}
    parts = (
        Component("#/components/schemas/A", {"properties": {"b": {"$ref": "#/components/schemas/B"}}}),
        Component("#/components/schemas/B", {"$ref": "#/components/schemas/A"}),
        Component("#/components/schemas/C", {"type": "string"}),
        Component("#/components/schemas/D", {"$ref": "https://example.com/x"}),
        Component(
            "#/components/schemas/M~1N", {"discriminator": {"mapping": {"d": "#/components/schemas/D", "x": "E"}}}
        ),
    )
    one = msgspec.structs.replace(operation(0), body=body)
    add(store, made=msgspec.structs.replace(content(()), operations=(one,), components=parts))
    with store.reading() as read:
        id = operations.page(read).items[0].id
        found, closed = operations.closed(read, id)
        assert found.body == body
        assert [part.reference[-1] for part in closed] == ["A", "B", "D", "N"]
        assert closed[0] == parts[0]
        with pytest.raises(TooLargeError, match="more than 3"):
            operations.closed(read, id, most=3)
        with pytest.raises(NotFoundError):
            operations.closed(read, "0" * 24)


def test_an_operation_that_refers_to_very_many_components_is_read_in_batches(store):
    parts = tuple(Component(f"#/components/schemas/S{at}", at) for at in range(1_200))
    one = msgspec.structs.replace(operation(0), body={"all": [{"$ref": part.reference} for part in parts]})
    add(store, made=msgspec.structs.replace(content(()), operations=(one,), components=parts))
    with store.reading() as read:
        assert len(operations.closed(read, operations.page(read).items[0].id)[1]) == 1_200


# --- lists, held against a list that is filtered by hand -----------------------------------------

SERVICES: tuple[tuple[str, str | None, HealthState], ...] = (
    ("a", "sales", "up"),
    ("b", "sales", "down"),
    ("c", "people", "up"),
    ("d", None, "unknown"),
)


@pytest.fixture
def filled(store: Store) -> Store:
    """Eight versions of four services, in all states; two of another kind; tags that repeat, and none."""
    with store.writing() as write:
        for name in ("sales", "people"):
            owners.add(write, Owner(name=name))
        for name, owner, health in SERVICES:
            services.add(write, Service(name=name, owner=owner))
            services.set_health(write, name, health, 1)
    states = itertools.cycle(STATES)
    for at, (name, _, _) in enumerate((*SERVICES, *SERVICES, *SERVICES[:2])):
        made = content(
            tuple(
                operation(
                    number,
                    tags=(("x", "y"), ("x", "x"), (), ("", "z"))[(number + at) % 4],
                    deprecated=(number * 7 + at) % 5 == 0,
                )
                for number in range((at * 5) % 23)
            ),
            digest=str(at),
        )
        if at in (2, 5):
            kinds = (msgspec.structs.replace(one, kind="mcp", method="", path="") for one in made.operations)
            made = msgspec.structs.replace(made, kind="mcp", operations=tuple(kinds))
        add(store, f"v{at}", next(states), made, name)
    # A state that changed is found by what it is now.
    with store.writing() as write:
        versions.change(write, Version(service="a", label="v8", state="deprecated"))
    return store


def everything(read: Read) -> list[Operation]:
    """All operations of all states, in order, got without any filter of theirs."""
    found: list[Operation] = []
    for version in sorted(versions.page(read, limit=100).items, key=lambda one: int(one.label[1:])):
        asked = OperationFilter(service=version.service, version=version.label, states=STATES)
        page = operations.page(read, asked, limit=200)
        assert len(page.items) == version.operations
        found += page.items
    return found


def by_hand(all_of: list[Operation], asked: OperationFilter) -> list[Operation]:
    about = {name: (owner, health) for name, owner, health in SERVICES}
    return [
        one
        for one in all_of
        if asked.service in (None, one.service)
        and asked.version in (None, one.version)
        and asked.kind in (None, one.kind)
        and asked.method in (None, one.method)
        and (asked.tag is None or asked.tag in one.tags)
        and one.state in asked.states
        and asked.owner in (None, about[one.service][0])
        and asked.health in (None, about[one.service][1])
        and asked.deprecated in (None, one.deprecated)
    ]


def pages(read: Read, asked: OperationFilter, limit: int) -> Iterator[Page[Operation]]:
    page = operations.page(read, asked, limit)
    yield page
    while page.next is not None:
        page = operations.page(read, asked, limit, page.next)
        yield page


def one_of(*values):
    return st.sampled_from((None, *values))


FILTERS = st.builds(
    OperationFilter,
    service=one_of("a", "b", "gone"),
    version=one_of("v0", "v5"),
    kind=one_of("rest", "mcp"),
    method=one_of("GET", "DELETE"),
    tag=one_of("x", "y", "", "none"),
    states=st.sampled_from((LISTED, STATES, ("retired",), ("active",), ("draft", "deprecated"), ())),
    owner=one_of("sales", "people", "gone"),
    health=one_of("up", "down"),
    deprecated=one_of(True, False),
)


@pytest.mark.parametrize("few", [0, 200], ids=["from versions", "from services"])
def test_every_filter_lists_what_it_lets_through_in_pages_of_any_size(filled, few, monkeypatch):
    monkeypatch.setattr(operations, "_FEW", few)
    operations._size.cache_clear()
    with filled.reading() as read:
        all_of = everything(read)
        assert len(all_of) > 80

        @given(FILTERS, st.sampled_from((1, 2, 7, 50, 200)))
        def check(asked: OperationFilter, limit: int) -> None:
            expected = by_hand(all_of, asked)
            found = list(pages(read, asked, limit))
            assert [one.id for page in found for one in page.items] == [one.id for one in expected]
            assert all(len(page.items) == limit for page in found[:-1]), "only the last page is not full"
            assert found[-1].items or not expected

        check()
    operations._size.cache_clear()


def test_a_page_goes_on_where_its_last_one_ended_although_versions_come_and_go(filled):
    asked = OperationFilter()
    with filled.reading() as read:
        first = operations.page(read, asked, 10)
        rest = [one.id for page in itertools.islice(pages(read, asked, 200), 9) for one in page.items][10:]
    add(filled, "late", made=content(3, digest="late"), service="a")
    with filled.reading() as read:
        after = operations.page(read, asked, 200, first.next)
    assert [one.id for one in after.items][: len(rest)] == rest
    assert len(after.items) == len(rest) + 3
    with filled.writing() as write:
        services.remove(write, first.items[-1].service)
    with filled.reading() as read:
        assert operations.page(read, asked, 200, first.next).items
