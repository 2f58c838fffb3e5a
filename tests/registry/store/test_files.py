"""SQLite read in place: what comes back is what the other way finds, of one moment, whatever goes wrong."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from byte.registry.errors import InvalidError, NotFoundError, UnavailableError
from byte.registry.records import Service
from byte.registry.store import Store, operations, services, steps, tables
from byte.registry.store.files import File
from byte.registry.store.steps import Steps
from tests.registry.store.test_lines import every, fill

COUNT = select(func.count()).select_from(tables.services)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    opened = Store.open(sqlite_url, create=False)
    yield opened
    opened.close()


@pytest.fixture
def file(store: Store) -> Iterator[File]:
    opened = store.file()
    assert opened is not None
    yield opened
    opened.close()


def value(statement: Any, given: Any = None) -> Steps[Any]:
    row = yield from steps.row(statement, given, last=True)
    return row and row[0]


def add(store: Store, name: str) -> None:
    with store.writing() as write:
        services.add(write, Service(name=name))


def test_what_is_found_is_what_the_other_way_finds(store, file):
    fill(store)
    reads = every(store)
    with store.reading() as read:
        assert [file.take(make) for make in reads] == [read.take(make()) for make in reads]
    flags = [one.deprecated for one in file.take(operations.page_steps).items]
    assert {type(flag) for flag in flags} == {bool}


def test_all_statements_of_a_read_see_one_moment_and_the_next_read_sees_the_next(store, file):
    def counts(name: str) -> Steps[list[Any]]:
        first = yield from steps.row(COUNT)
        add(store, name)
        return [first, (yield from steps.row(COUNT))]

    assert file.take(lambda: counts("a")) == [(0,), (0,)]
    assert file.take(lambda: counts("b")) == [(1,), (1,)]
    assert file.take(lambda: value(COUNT)) == 2


def test_a_reader_keeps_no_checkpoint_waiting(store, file, tmp_path: Path):
    for at in range(3):
        add(store, f"s{at}")
        with pytest.raises(NotFoundError):
            file.take(lambda: services.get_steps("gone"))
        with pytest.raises(NotFoundError):
            file.take(lambda: operations.closed_steps("gone"))
    with closing(sqlite3.connect(tmp_path / "byte.db")) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0, "busy"


def test_nothing_can_be_written_and_what_is_refused_is_told(store, file):
    with pytest.raises(UnavailableError, match="cannot be written to"):
        file.take(lambda: value(text("DELETE FROM services")))
    with pytest.raises(UnavailableError, match="lacks a table"):
        file.take(lambda: value(text("SELECT * FROM nowhere")))
    with pytest.raises(InvalidError, match="too large"):
        file.take(lambda: value(select(tables.facets.c.version).where(tables.facets.c.facet == 2**70)))
    assert file.take(lambda: value(text("SELECT 1"))) == 1


def test_a_file_that_has_gone_is_a_failure_and_is_read_again_once_it_is_back(store, file, tmp_path: Path):
    add(store, "orders")
    store.close()
    (tmp_path / "byte.db").rename(tmp_path / "away.db")
    for _ in range(2):
        with pytest.raises(UnavailableError, match="cannot be opened"):
            file.take(services.page_steps)
    (tmp_path / "away.db").rename(tmp_path / "byte.db")
    assert [one.name for one in file.take(services.page_steps).items] == ["orders"]
