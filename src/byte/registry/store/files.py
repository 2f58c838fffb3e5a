"""Short reads of SQLite in place, on one connection past SQLAlchemy's pool: for an event loop, while the store is near.

What SQLAlchemy does for a statement takes five times as long as SQLite does for its rows. A read of one statement needs no
`BEGIN`: a statement is of one moment. All others are one transaction.
"""

import sqlite3
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from sqlalchemy import Boolean, Engine, Executable
from sqlalchemy.dialects.sqlite import pysqlite

from byte.registry.store.faults import BELOW, told
from byte.registry.store.spelling import AMONG, Spelled, loads, spelled
from byte.registry.store.steps import Ask, Rows, Steps

R = TypeVar("R")
_DIALECT: Final = pysqlite.dialect()


class File:
    """A SQLite file, read by one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: sqlite3.Connection | None = None

    def take(self, make: Callable[[], Steps[R]]) -> R:
        """Run a read; `make` begins it. Raises `UnavailableError`, and what the read raises."""
        try:
            return self._take(make())
        except BELOW as error:
            # What is wrong with a connection is gone with it.
            self.close()
            raise told(error) from error

    def _take(self, steps: Steps[R]) -> R:
        connection = self._connection or self._open()
        try:
            asks = next(steps)
            if len(asks) > 1 or not asks[0].last:
                connection.execute("BEGIN")
            while True:
                asks = steps.send([_rows(connection, ask) for ask in asks])
        except StopIteration as end:
            result: R = end.value
            return result
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _open(self) -> sqlite3.Connection:
        taken = self._engine.raw_connection()
        connection: Any = taken.driver_connection
        taken.detach()
        self._connection = connection
        return self._connection

    def close(self) -> None:
        """Closes the file; the next read opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _rows(connection: sqlite3.Connection, ask: Ask) -> Rows:
    said, columns = _said(ask.statement)
    given = ask.given or {}
    values: list[Any] = []
    sizes: list[int] = []
    for value in said.values:
        if value.many:
            some = value.of(given)
            values += some
            sizes.append(len(some))
        else:
            values.append(value.of(given))
    text = said.text
    for size in sizes:
        text = AMONG.sub(f"IN ({','.join('?' * size)})", text, count=1)
    found = connection.execute(text, values).fetchall()
    return [_loaded(row, columns) for row in found] if columns else found


def _loaded(row: Sequence[Any], columns: Sequence[tuple[int, Callable[[Any], Any]]]) -> Sequence[Any]:
    values = list(row)
    for at, load in columns:
        values[at] = load(values[at])
    return values


@lru_cache(maxsize=2_048)
def _said(statement: Executable) -> tuple[Spelled, Sequence[tuple[int, Callable[[Any], Any]]]]:
    # SQLite has no truth values, only 0 and 1; what else there is comes as it is meant.
    return spelled(statement, _DIALECT), loads(statement, _DIALECT, (Boolean,))
