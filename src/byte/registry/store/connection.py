"""What the modules of the store work on: a snapshot to read from, and a transaction to write in.

To everybody else both are opaque: they are got from a `Store` and handed to the functions of the store's modules.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Executable, Row

from byte.registry.clock import Clock
from byte.registry.records import Event
from byte.registry.store.faults import BELOW, told
from byte.registry.store.steps import Rows, Steps

Given = Mapping[str, Any]
R = TypeVar("R")
Found: TypeAlias = Row[*tuple[Any, ...]]
"""A row, with its values in the order of the statement's columns."""


class Read:
    """One snapshot of the store: all that is read through it is of one moment."""

    __slots__ = ("_clock", "connection")

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self._clock = clock

    def rows(self, statement: Executable, given: Given | None = None) -> Sequence[Found]:
        """All rows that a statement yields."""
        try:
            return self.connection.execute(statement, given).fetchall()
        except BELOW as error:
            raise told(error) from error

    def row(self, statement: Executable, given: Given | None = None) -> Found | None:
        """The first row that a statement yields."""
        try:
            return self.connection.execute(statement, given).fetchone()
        except BELOW as error:
            raise told(error) from error

    def take(self, steps: Steps[R]) -> R:
        """What a read comes to."""
        try:
            asks = next(steps)
            while True:
                found: list[Rows] = [self.rows(ask.statement, ask.given) for ask in asks]
                asks = steps.send(found)
        except StopIteration as end:
            result: R = end.value
            return result

    def value(self, statement: Executable, given: Given | None = None) -> Any:
        """The first value of the first row; None without one."""
        row = self.row(statement, given)
        return None if row is None else row[0]

    def parts(self, statement: Executable, size: int) -> Iterator[Sequence[Found]]:
        """All rows that a statement yields, so many at a time: for more than goes into memory."""
        try:
            with self.connection.execution_options(yield_per=size).execute(statement) as result:
                yield from result.partitions()
        except BELOW as error:
            raise told(error) from error

    @property
    def kind(self) -> str:
        """Which database it is: "sqlite" or "postgresql"."""
        return self.connection.dialect.name

    @property
    def now(self) -> int:
        """The time by the store's clock."""
        return self._clock()


class Write(Read):
    """One transaction: all of it is kept, or nothing."""

    __slots__ = ("events", "numbers")

    def __init__(self, connection: Connection, clock: Clock) -> None:
        super().__init__(connection, clock)
        self.events: list[Event] = []
        self.numbers: tuple[int, ...] = ()

    def run(self, statement: Executable, given: Given | Sequence[Given] | None = None) -> int:
        """Runs a statement, once for each of what is given; the number of rows that it touched."""
        if isinstance(given, Sequence) and not given:
            return 0
        try:
            return self.connection.execute(statement, given).rowcount
        except BELOW as error:
            raise told(error) from error

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the transaction that is undone alone where it fails: the caller may catch the error and go on.

        With its events. For imports that write several documents in one transaction.
        """
        before = len(self.events)
        try:
            with self.connection.begin_nested():
                yield
        except BELOW as error:
            del self.events[before:]
            raise told(error) from error
        except BaseException:
            del self.events[before:]
            raise
