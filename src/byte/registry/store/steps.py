"""Reads as steps: what to ask next, by what was answered. Who asks the database, and how it is waited for, is not said here.

A read is a generator: it yields statements, any number of them at once, and is sent the rows of each. `Read.take` runs one
in a snapshot, a statement after the other; `registry.store.lines` runs it from an event loop, and sends what is asked at
once in one go.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast

from sqlalchemy import Executable

R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
Rows: TypeAlias = Sequence[Sequence[Any]]
"""Rows, each with its values in the order of the statement's columns."""


class Ask(NamedTuple):
    """A statement with the values of its parameters. `last`: this read asks nothing after it, whatever comes back."""

    statement: Executable
    given: Mapping[str, Any] | None = None
    last: bool = False


Steps: TypeAlias = Generator[tuple[Ask, ...], Sequence[Rows], R]
"""A read that comes to an `R`."""


def rows(statement: Executable, given: Mapping[str, Any] | None = None, *, last: bool = False) -> Steps[Rows]:
    """All rows of a statement."""
    return (yield (Ask(statement, given, last),))[0]


def row(
    statement: Executable, given: Mapping[str, Any] | None = None, *, last: bool = False
) -> Steps[Sequence[Any] | None]:
    """The first row of a statement that yields few."""
    found = (yield (Ask(statement, given, last),))[0]
    return found[0] if found else None


def together(one: Steps[A], other: Steps[B]) -> Steps[tuple[A, B]]:
    """Two reads at once: what both would ask is asked together."""
    reads: tuple[Steps[Any], ...] = (one, other)
    ends: list[Any] = [None, None]
    asked: dict[int, tuple[Ask, ...]] = {}

    def go_on(at: int, answers: Sequence[Rows] | None) -> None:
        try:
            asked[at] = reads[at].send(cast(Sequence[Rows], answers))
        except StopIteration as end:
            ends[at] = end.value
            asked.pop(at, None)

    go_on(0, None)
    go_on(1, None)
    while asked:
        now = list(asked.items())
        answers = yield tuple(ask for _, asks in now for ask in asks)
        start = 0
        for at, asks in now:
            go_on(at, answers[start : start + len(asks)])
            start += len(asks)
    return ends[0], ends[1]
