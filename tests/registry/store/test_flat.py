"""Reads cost the same however much is kept: counted in steps of the database's machine and in rows that it touches."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import event, text

from byte.registry.records import Consumer, Event, HealthCheck, Key, Owner, Review, Service, Use, Version, identity
from byte.registry.store import (
    Read,
    Store,
    consumers,
    events,
    health,
    keys,
    operations,
    owners,
    reviews,
    services,
    versions,
)
from byte.registry.store.facets import LISTED
from byte.registry.store.lines import said
from byte.registry.store.operations import OperationFilter
from byte.registry.store.reviews import ReviewFilter
from byte.registry.store.services import ServiceFilter
from byte.registry.store.steps import Ask, Steps
from tests.registry.conftest import START, Hands
from tests.registry.postgresql import Cluster
from tests.registry.store.made import METHODS, content, operation

SMALL, LARGE = 20, 120
EACH = 8
FEW = 40
"""Below how many services a list starts from them: here as seldom, in proportion, as in a store of thousands."""
PAGE = 900
"""How many tens of steps the dearest page takes: one of fifty operations, each of another version."""


def fill(store: Store, number: int) -> Store:
    """Services in which every value of every filter is somewhere, and every pair of them seldom or never."""
    with store.writing() as write:
        for at in range(8):
            owners.add(write, Owner(name=f"team{at}"))
        for at in range(number):
            name = f"s{at:05}"
            services.add(write, Service(name=name, owner=f"team{at % 8}"))
            if at % 10 == 3:
                services.set_health(write, name, "down", 1)
            made = content(
                tuple(
                    operation(
                        place,
                        method=METHODS[(place // 4 + at) % 3] if place else "DELETE",
                        tags=("common", f"tag{(at + place) % 5}", f"own{at}"),
                        deprecated=place == 7 and at % 4 == 1,
                    )
                    for place in range(EACH)
                ),
                digest=str(at),
            )
            versions.add(write, name, Version(service=name, label="1", state="retired"), made)
            versions.add(write, name, Version(service=name, label="2", state="active"), made)
            consumers.add(write, Consumer(service=name, name=f"c{at % 7}", uses=(Use("GET /"),)))
            review = Review(id=f"r{at}", service=name, verdict="APPROVED", created_at=START + at)
            reviews.add(write, review if at else msgspec.structs.replace(review, verdict="NEEDS REVISION"))
            health.add(write, *(HealthCheck(service=name, at=START + tick, state="up") for tick in range(5)))
            kind = "rare.event" if at == 0 else "common.event"
            events.append(write, Event(type=kind, service=name, actor="me"), Event(type="common.event", actor="me"))
            keys.add(write, Key(id=f"k{at}", name="k", scope="read", owner=f"team{at % 8}"), b"")
    store.tune()
    return store


OPERATIONS = [
    OperationFilter(owner=owner, health=state, method=method, tag=tag, deprecated=deprecated, states=states)
    for owner in (None, "team3", "gone")
    for state in (None, "down", "unknown")
    for method in (None, "DELETE", "GET")
    for tag in (None, "tag2", "own17", "gone")
    for deprecated in (None, True)
    for states in (LISTED, ("retired",))
]
READS: dict[str, Callable[[Read], object]] = {
    "service": lambda read: services.get(read, "s00017"),
    "operation": lambda read: operations.find(read, identity("s00017", "2", "DELETE /things-00000/{id}")),
    "closed": lambda read: operations.closed(
        read, operations.page(read, OperationFilter(service="s00017"), 1).items[0].id
    ),
    "version": lambda read: versions.get(read, "s00017", "2"),
    "latest": lambda read: versions.latest(read, "s00017"),
    "versions": lambda read: versions.page(read, "s00017"),
    "document": lambda read: versions.document(read, "sha256:document-17"),
    "components": lambda read: versions.components(read, "s00017", "2"),
    "component": lambda read: versions.component(read, "s00017", "2", "#/components/schemas/Thing3"),
    "operations of a service": lambda read: operations.page(read, OperationFilter(service="s00017")),
    "operations of a version": lambda read: operations.page(
        read, OperationFilter(service="s00017", version="1", states=("retired",), method="GET")
    ),
    "services": lambda read: services.page(read, limit=20),
    "services, newest first": lambda read: services.page(read, sort="-updated_at", limit=20),
    "services of an owner": lambda read: services.page(read, ServiceFilter(owner="team3"), limit=4),
    "owners": lambda read: owners.page(read),
    "consumers": lambda read: consumers.page(read, consumers.ConsumerFilter(service="s00017")),
    "uses": lambda read: consumers.users(read, "s00017", "GET /"),
    "reviews": lambda read: reviews.page(read, limit=20),
    "reviews of a service": lambda read: reviews.page(read, ReviewFilter(service="s00017")),
    "reviews with a verdict": lambda read: reviews.page(read, ReviewFilter(verdict="NEEDS REVISION")),
    "checks": lambda read: health.page(read, "s00017"),
    "sums": lambda read: health.sums(read, "s00017", START - 9 * health.HOUR, START + 9 * health.HOUR),
    "events": lambda read: events.after(read, 20, 20),
    "rare events": lambda read: events.after(read, 0, 20, ("rare.event",)),
    "events of a service": lambda read: events.after(read, 0, 20, ("common.event",), "s00017"),
    "last event": lambda read: (events.last(read), events.first(read)),
    "key": lambda read: keys.by_id(read, "k17"),
    "keys": lambda read: keys.page(read, limit=20),
}


@pytest.fixture(scope="module")
def files(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    folder = tmp_path_factory.mktemp("flat")
    stores = []
    for number in (SMALL, LARGE):
        shutil.copyfile(migrated_file, folder / f"{number}.db")
        stores.append(fill(Store.open(f"sqlite:///{folder / f'{number}.db'}", clock=Hands()), number))
    yield stores[0], stores[1]
    for store in stores:
        store.close()


@pytest.fixture(scope="module")
def database(cluster: Cluster) -> Iterator[Store]:
    store = fill(Store.open(cluster.create("migrated"), clock=Hands()), LARGE)
    with store.engines.writes.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What autovacuum does by itself before long: an index alone answers then.
        connection.execute(text("VACUUM ANALYZE"))
    yield store
    store.close()


def steps(store: Store, look: Callable[[Read], object]) -> int:
    """How many tens of steps SQLite takes for a read."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    with store.reading() as read:
        connection: Any = read.connection.connection.driver_connection
        look(read)
        connection.set_progress_handler(count, 10)
        try:
            look(read)
        finally:
            connection.set_progress_handler(None, 0)
    return counted[0]


@pytest.mark.parametrize("name", READS)
def test_a_read_of_a_large_store_takes_as_many_steps_as_of_a_small_one(files, name):
    small, large = (steps(store, READS[name]) for store in files)
    assert large <= small * 1.3 + 20, f"{small}0 steps among {SMALL} services, {large}0 among {LARGE}"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(operations, "_FEW", FEW)
    operations._size.cache_clear()
    yield
    operations._size.cache_clear()


def test_a_filter_that_finds_little_reads_little(files, few):
    """Whatever is asked for, the work is bounded by the page; to look at all of this store would take ten times as long."""
    for asked in OPERATIONS:
        taken = steps(files[1], partial(operations.page, asked=asked))
        assert taken <= PAGE, f"{asked}: {taken}0 steps"


def plans(store: Store, look: Callable[[Read], object], explain: str) -> Iterator[tuple[str, Sequence[Any]]]:
    """The statements of a read, each with its plan."""
    ran: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        ran.append((statement, parameters))

    event.listen(store.engines.reads, "before_cursor_execute", note)
    try:
        with store.reading() as read:
            look(read)
            event.remove(store.engines.reads, "before_cursor_execute", note)
            for statement, parameters in ran:
                yield statement, read.connection.exec_driver_sql(f"{explain} {statement}", parameters).fetchall()
    finally:
        if event.contains(store.engines.reads, "before_cursor_execute", note):
            event.remove(store.engines.reads, "before_cursor_execute", note)


LOOKS: dict[str, Callable[[Read], object]] = {
    **READS,
    **{f"operations {asked}": partial(operations.page, asked=asked) for asked in OPERATIONS[::5]},
}


def test_sqlite_answers_every_read_from_an_index(files, few):
    for name, look in LOOKS.items():
        for statement, plan in plans(files[1], look, "EXPLAIN QUERY PLAN"):
            for row in plan:
                table = row[3].partition("SCAN ")[2]
                scans = bool(table) and "USING" not in table and "CONSTANT" not in table and "counters" not in table
                derived = table.startswith(("anon_", "(subquery"))
                assert not scans or derived, f"{name}: {row[3]} in {statement}"
            if not name.startswith(("operation", "closed", "latest")):
                assert not any("TEMP B-TREE FOR ORDER" in row[3] for row in plan), f"{name}: sorts in {statement}"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def touched(plan: Sequence[Any]) -> float:
    """How many rows of tables and indexes PostgreSQL looked at."""
    read = plan[0][0] if not isinstance(plan[0][0], str) else json.loads(plan[0][0])
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0))
        * node["Actual Loops"]
        for node in nodes(read[0]["Plan"])
        if node["Node Type"].endswith("Scan") and "Relation Name" in node
    )


def test_postgresql_touches_few_rows_for_every_read(database, few):
    """Of 1,920 operations in 240 versions no read looks at more than what some pages hold."""
    for name, look in LOOKS.items():
        for statement, plan in plans(database, look, "EXPLAIN (ANALYZE, FORMAT JSON)"):
            assert touched(plan) <= 400, f"{name}: {touched(plan)} rows in {statement}"


WALKED: dict[str, Callable[[], Steps[Any]]] = {
    "service": lambda: services.get_steps("s00017"),
    "version": lambda: versions.get_steps("s00017", "2"),
    "key": lambda: keys.by_id_steps("k17"),
    "services": lambda: services.page_steps(limit=20),
    "services, newest first": lambda: services.page_steps(sort="-updated_at", limit=20),
    "services of an owner": lambda: services.page_steps(ServiceFilter(owner="team3"), limit=4),
    "closed": lambda: operations.closed_steps(identity("s00017", "2", "DELETE /things-00000/{id}")),
    **{f"operations {one}": partial(operations.page_steps, one) for one in OPERATIONS if one.method != "GET"},
}


def asked(read: Read, steps: Steps[Any]) -> list[Ask]:
    """All statements of a read."""
    found: list[Ask] = []

    def noted() -> Steps[Any]:
        asks = next(steps)
        while True:
            found.extend(asks)
            try:
                asks = steps.send((yield asks))
            except StopIteration as end:
                return end.value

    read.take(noted())
    return found


def test_postgresql_touches_few_rows_where_it_has_prepared_a_statement_for_any_values(database, few):
    """As `test_postgresql_touches_few_rows_for_every_read`, for what an event loop asks: see `registry.store.lines`."""
    known: set[bytes] = set()
    with database.reading() as read:
        read.connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
        for name, look in WALKED.items():
            for ask in asked(read, look()):
                one = said(ask.statement)
                if one.sql not in known:
                    known.add(one.sql)
                    read.connection.exec_driver_sql(f"PREPARE of{len(known)} AS {one.sql.decode()}")
                    read.connection.info[one.sql] = len(known)
                values = ", ".join("'" + (value or b"").decode() + "'" for value in one.given(ask.given or {}))
                run = f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE of{read.connection.info[one.sql]} ({values})"
                plan = read.connection.exec_driver_sql(run).fetchall()
                assert touched(plan) <= 400, f"{name}: {touched(plan)} rows in {one.sql.decode()}"
        read.connection.invalidate()
    assert len(known) > 20
