"""Reads as steps, without a database."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from byte.registry.store import steps
from byte.registry.store.steps import Ask, Steps, together


def walk(name: str, number: int) -> Steps[str]:
    """A read of so many statements, each of which is told the one before."""
    found: list[str] = []
    for at in range(number):
        row = yield from steps.row(text(f"{name}{at}"))
        found.append("" if row is None else str(row[0]))
    return " ".join(found)


def run(read: Steps[Any]) -> tuple[Any, list[list[str]]]:
    """What a read comes to, and what it asks at once; each statement is answered with itself."""
    asked: list[list[str]] = []

    def answers(asks: Sequence[Ask]) -> list[list[tuple[str]]]:
        asked.append([str(ask.statement) for ask in asks])
        return [[(str(ask.statement),)] for ask in asks]

    try:
        asks = next(read)
        while True:
            asks = read.send(answers(asks))
    except StopIteration as end:
        return end.value, asked


@pytest.mark.parametrize(
    "one, other, asked",
    [
        (0, 0, []),
        (2, 0, [["a0"], ["a1"]]),
        (1, 1, [["a0", "b0"]]),
        (1, 3, [["a0", "b0"], ["b1"], ["b2"]]),
        (3, 2, [["a0", "b0"], ["a1", "b1"], ["a2"]]),
    ],
)
def test_two_reads_at_once_ask_together_and_are_told_their_own(one, other, asked):
    expected = tuple(" ".join(f"{name}{at}" for at in range(number)) for name, number in (("a", one), ("b", other)))
    assert run(together(walk("a", one), walk("b", other))) == (expected, asked)


def test_two_reads_at_once_go_into_each_other():
    found, asked = run(together(together(walk("a", 1), walk("b", 2)), walk("c", 2)))
    assert found == (("a0", "b0 b1"), "c0 c1")
    assert asked == [["a0", "b0", "c0"], ["b1", "c1"]]
