"""PostgreSQL read from an event loop: what comes back is what the other way finds, of one moment, whatever goes wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, TypeVar

import pytest
from sqlalchemy import bindparam, func, insert, select, text

from byte.model.errors import ByteError
from byte.registry.errors import InvalidError, NotFoundError, UnavailableError
from byte.registry.records import Key, Service, Version
from byte.registry.store import Store, keys, lines, operations, services, steps, tables, versions
from byte.registry.store.lines import Lines
from byte.registry.store.operations import OperationFilter
from byte.registry.store.services import ServiceFilter
from byte.registry.store.steps import Ask, Steps
from tests.registry.postgresql import Cluster
from tests.registry.store.made import content

R = TypeVar("R")
ONE = text("SELECT 1")
COUNT = select(func.count()).select_from(tables.services)


@pytest.fixture
def store(postgresql_url: str) -> Iterator[Store]:
    opened = Store.open(postgresql_url, create=False)
    yield opened
    opened.close()


def run(store: Store, talk: Callable[[Lines], Awaitable[R]], size: int = 2) -> R:
    async def main() -> R:
        opened = Lines(store.engines.url, size)
        try:
            return await talk(opened)
        finally:
            opened.close()

    return asyncio.run(main())


def value(statement: Any, given: Any = None) -> Steps[Any]:
    row = yield from steps.row(statement, given, last=True)
    return row and row[0]


def add(store: Store, *names: str) -> None:
    with store.writing() as write:
        for name in names:
            services.add(write, Service(name=name))


def end(cluster: Cluster) -> None:
    """Ends every connection to the databases of a server."""
    with cluster.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'byte'")


def fill(store: Store) -> None:
    with store.writing() as write:
        for at in range(9):
            name = f"s{at}"
            services.add(write, Service(name=name, tags=("a", "ä")[: at % 3], description="é\n" * at))
            for label in "12":
                made = content(4 * at, digest=f"{at}")
                version = Version(service=name, label=label, state="active" if label == "2" else "retired")
                versions.add(write, name, version, made)
        keys.add(write, Key(id="k", name="k", scope="read"), b"\x00\xff")


FILTERS = [
    OperationFilter(method=method, tag=tag, deprecated=deprecated, service=service, states=states)
    for method in (None, "POST")
    for tag in (None, "users", "\x00", "\ud800")
    for deprecated in (None, False, True)
    for service in (None, "s4")
    for states in (("active", "deprecated"), ("active", "retired"))
]


def every(store: Store) -> list[Callable[[], Steps[Any]]]:
    """Reads of all kinds, of a store that was filled."""
    reads: list[Callable[[], Steps[Any]]] = [
        partial(services.page_steps, ServiceFilter(tag=tag), sort, 4)
        for tag in (None, "ä")
        for sort in ("name", "-name")
    ]
    reads += [partial(services.get_steps, "s2"), partial(keys.by_id_steps, "k"), partial(keys.by_id_steps, "none")]
    reads += [partial(versions.get_steps, "s3", "2")]
    for asked in FILTERS:
        cursor: str | None = None
        for _ in range(4):
            reads.append(partial(operations.page_steps, asked, 7, cursor, bodies=True))
            with store.reading() as read:
                page = operations.page(read, asked, 7, cursor, bodies=True)
            reads += [partial(operations.closed_steps, one.id) for one in page.items[:1]]
            cursor = page.next
            if cursor is None:
                break
    return reads


def test_what_is_found_is_what_the_other_way_finds(store):
    fill(store)
    reads = every(store)

    async def talk(opened: Lines) -> list[Any]:
        return list(await asyncio.gather(*map(opened.take, reads)))

    with store.reading() as read:
        assert run(store, talk) == [read.take(make()) for make in reads]


def test_all_statements_of_a_read_see_one_moment_and_the_next_read_sees_the_next(store):
    add(store, "orders")

    def counts(name: str) -> Steps[list[Any]]:
        first = yield from steps.row(COUNT)
        add(store, name)
        return [first, (yield from steps.row(COUNT))]

    async def talk(opened: Lines) -> list[list[Any]]:
        return [await opened.take(partial(counts, name)) for name in ("users", "billing")]

    assert run(store, talk, 1) == [[(1,), (1,)], [(2,), (2,)]]


def test_nothing_can_be_written(store):
    write = insert(tables.counters).values(name="x", value=1).returning(tables.counters.c.name)
    with pytest.raises(UnavailableError, match="takes no writes"):
        run(store, lambda opened: opened.take(lambda: value(write)))


@pytest.mark.parametrize(
    "statement, given, kind",
    [
        (text("SELECT 1 / 0"), None, InvalidError),
        (text("SELECT * FROM nowhere"), None, UnavailableError),
        (select(tables.facets.c.version).where(tables.facets.c.facet == bindparam("a")), {"a": 2**70}, InvalidError),
        (text("SELECT pg_sleep(60)"), None, UnavailableError),
    ],
)
def test_what_the_database_refuses_is_told_and_the_next_read_is_answered(store, statement, given, kind, monkeypatch):
    monkeypatch.setattr(lines, "_DEFAULTS", {**lines._DEFAULTS, "statement_timeout": "200ms"})

    async def talk(opened: Lines) -> Any:
        with pytest.raises(kind):
            await opened.take(lambda: value(statement, given))
        return await opened.take(lambda: value(ONE))

    assert run(store, talk, 1) == 1


def test_what_the_read_itself_raises_comes_through_and_the_line_goes_on(store):
    async def talk(opened: Lines) -> list[Any]:
        found = []
        for _ in range(3):
            with pytest.raises(NotFoundError):
                await opened.take(lambda: services.get_steps("gone"))
            with pytest.raises(NotFoundError):
                await opened.take(lambda: operations.closed_steps("gone"))
            found.append(await opened.take(lambda: value(text("SELECT pg_backend_pid()"))))
        return found

    assert len(set(run(store, talk, 1))) == 1, "it is the same connection"


def test_a_line_that_ended_while_nobody_used_it_is_replaced_unseen(store, cluster):
    async def talk(opened: Lines) -> list[int]:
        found = await asyncio.gather(*(opened.take(lambda: value(ONE)) for _ in range(2)))
        end(cluster)
        return [*found, *(await asyncio.gather(*(opened.take(lambda: value(ONE)) for _ in range(2))))]

    assert run(store, talk) == [1, 1, 1, 1]


def test_a_line_that_ends_under_a_read_is_replaced_once(store, cluster):
    ended: list[int] = []

    def read(times: int) -> Steps[Any]:
        row = yield from steps.row(ONE)
        if len(ended) < times:
            ended.append(1)
            end(cluster)
        return row, (yield from steps.row(ONE))

    async def talk(opened: Lines) -> None:
        assert await opened.take(lambda: value(ONE)) == 1
        assert await opened.take(lambda: read(1)) == ((1,), (1,))
        ended.clear()
        with pytest.raises(UnavailableError, match="cannot be reached"):
            await opened.take(lambda: read(2))
        assert await opened.take(lambda: value(ONE)) == 1

    run(store, talk, 1)


def test_a_server_that_goes_is_told_and_used_again_once_it_is_back():
    own = Cluster()
    try:
        store = Store.open(own.url("postgres"))
        add(store, "orders")

        async def talk(opened: Lines) -> None:
            assert (await opened.take(services.page_steps)).items[0].name == "orders"
            own.kill()
            for _ in range(3):
                with pytest.raises(UnavailableError, match="cannot be reached"):
                    await opened.take(services.page_steps)
            own.start()
            assert (await opened.take(services.page_steps)).items[0].name == "orders"

        run(store, talk)
        store.close()
    finally:
        own.remove()


def test_nobody_hears_the_answer_of_a_read_that_was_given_up(store):
    async def talk(opened: Lines) -> list[Any]:
        slow = asyncio.create_task(opened.take(lambda: value(text("SELECT 'slow' FROM pg_sleep(0.2)"))))
        await asyncio.sleep(0.1)
        waiting = asyncio.create_task(opened.take(lambda: value(ONE)))
        await asyncio.sleep(0)
        for task in (slow, waiting):
            task.cancel()
        assert all(
            isinstance(one, asyncio.CancelledError)
            for one in await asyncio.gather(slow, waiting, return_exceptions=True)
        )
        return [await opened.take(partial(value, text(f"SELECT {at}"))) for at in range(3)]

    assert run(store, talk, 1) == [0, 1, 2]


def test_who_waits_for_a_line_waits_no_longer_than_said(store, monkeypatch):
    monkeypatch.setattr(lines, "BUSY_S", 0.1)

    async def talk(opened: Lines) -> list[Any]:
        slow = value(text("SELECT 'slow' FROM pg_sleep(0.5)"))
        found = await asyncio.gather(opened.take(lambda: slow), opened.take(lambda: value(ONE)), return_exceptions=True)
        return [*found, await opened.take(lambda: value(ONE))]

    slow, refused, after = run(store, talk, 1)
    assert (slow, after) == ("slow", 1)
    assert isinstance(refused, UnavailableError)
    assert "busy" in str(refused)


def test_a_database_that_does_not_answer_is_not_waited_for_for_ever(store, monkeypatch):
    monkeypatch.setattr(lines, "_LONG_S", 0.1)

    async def talk(opened: Lines) -> None:
        with pytest.raises(UnavailableError, match="in time"):
            await opened.take(lambda: value(text("SELECT pg_sleep(1)")))

    run(store, talk)


def test_any_number_of_reads_share_few_lines_and_each_hears_its_own(store):
    def read(at: int) -> Steps[Any]:
        found = yield tuple(Ask(text(f"SELECT '{at}-{part}', repeat('x', {at * 1000})")) for part in range(3))
        return [rows[0][0] for rows in found], len(found[0][0][1])

    async def talk(opened: Lines) -> list[Any]:
        return list(await asyncio.gather(*(opened.take(partial(read, at)) for at in range(200))))

    assert run(store, talk, 3) == [([f"{at}-{part}" for part in range(3)], at * 1000) for at in range(200)]


def test_a_statement_larger_than_the_socket_takes_goes_out_whole(store):
    wanted = list(range(300_000))
    given = {"numbers": wanted, "some": wanted}
    read = partial(steps.rows, operations._HAVE, given, last=True)
    assert run(store, lambda opened: opened.take(read)) == []


def test_a_line_that_keeps_many_statements_is_replaced(store, monkeypatch):
    monkeypatch.setattr(lines, "_PREPARED", 3)

    async def talk(opened: Lines) -> set[int]:
        return {await opened.take(partial(value, text(f"SELECT pg_backend_pid() + 0 * {at}"))) for at in range(8)}

    assert len(run(store, talk, 1)) == 2


def test_a_read_that_asks_on_after_its_last_statement_is_a_fault(store):
    def read() -> Steps[Any]:
        yield from steps.row(ONE, last=True)
        yield from steps.row(ONE)

    with pytest.raises(AssertionError, match="asked on"):
        run(store, lambda opened: opened.take(read))


def test_without_a_database_it_is_told():
    store = Store.open("postgresql://byte:secret@localhost:1/registry", create=False)
    with pytest.raises(ByteError, match="cannot be reached") as caught:
        run(store, lambda opened: opened.take(services.page_steps))
    assert "secret" not in str(caught.value)
